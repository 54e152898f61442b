using System.Diagnostics;
using System.Globalization;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Bench;

/// <summary>
/// Figures of random parts of a large book: any subtree, period, gas, source and scope. Some are asked for at once after a reversal. Each is checked at the end
/// against a plain sum over the postings that were in the book when it was read.
/// </summary>
internal sealed class StatementRow : BenchmarkRow
{
    private const long Postings = 10_000_000;
    private const int RowsOfFile = 1_000_000;
    private const int WarmCuts = 150;
    private const int Reversals = 30;
    private const int PeerCuts = 12;
    private const double LimitMilliseconds = 50;

    private static readonly string[] GasCodes = ["co2", "ch4", "n2o", "hfc-32", "hfc-125", "hfc-134a"];

    public override string Name => "statement-10m";

    public override string Says =>
        "random subtree × period × gas × source figures over 10 000 000 postings, also right after a reversal: each under 50 ms warm and equal to the plain sum of its postings";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run) => Measured(run).GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Figure>> Measured(BenchmarkRun run)
    {
        var generator = new ActivityRows(run.Seed);
        await using var book = await BenchBook.Open(new StorageSettings(Path.Combine(run.Folder, "book")), generator.Sites);
        for (ulong file = 0; await book.Db.Read(tx => tx.Scalar($"SELECT CAST(coalesce(sum(postings), 0) AS BIGINT) FROM batch WHERE state = 1"), default) < Postings; file++)
        {
            var path = Path.Combine(run.Folder, $"activities-{file}.csv");
            ActivityFileContent content;
            await using (var stream = File.Create(path))
            {
                content = new ActivityRows(run.Seed + file).Write(stream, RowsOfFile);
            }

            await book.Import("statement-10m", path, content);
            File.Delete(path);
        }

        var draw = await Draw.Of(book, run.Seed);
        var started = Stopwatch.GetTimestamp();
        await book.Statements.Total(book.Caller, draw.Whole, new StatementCut(), default);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"statement-10m: all sites read into memory once in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, process {GC.GetTotalMemory(true) / 1e6:0} MB"));

        var read = new List<Read>();
        for (var at = 0; at < WarmCuts; at++)
        {
            read.Add(await Time(book, draw.Next()));
        }

        var after = new List<Read>();
        for (var at = 0; at < Reversals; at++)
        {
            var (id, site, source) = draw.NextActivity();
            var corrected = await book.Journal.Correct(book.Caller, id, null, "benchmark", default);
            if (!corrected.Ok)
            {
                throw new InvalidOperationException($"statement-10m: {corrected.Problems[0].Message(Language.English)}");
            }

            // The part that the reversal touched, and the whole.
            after.Add(await Time(book, at % 2 == 0 ? (draw.Whole with { Node = site }, new StatementCut(Source: source)) : (draw.Whole, new StatementCut())));
        }

        var ratio = await Peer(book, read);
        await Check(book, [.. read, .. after]);
        return
        [
            new Figure("statement-10m slowest figure", read.Max(r => r.Milliseconds), LimitMilliseconds, "ms", "limit", Goal: 1, AtMost: true),
            new Figure("statement-10m slowest figure right after a reversal", after.Max(r => r.Milliseconds), LimitMilliseconds, "ms", "limit", Goal: 1, AtMost: true),
            ratio,
        ];
    }

    private static async Task<Read> Time(BenchBook book, (StatementQuery Query, StatementCut Cut) asked)
    {
        var started = Stopwatch.GetTimestamp();
        var total = await book.Statements.Total(book.Caller, asked.Query, asked.Cut, default);
        var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return total.Ok ? new Read(asked.Query, asked.Cut, total.Value, milliseconds) : throw new InvalidOperationException($"statement-10m: {total.Problems[0].Code}");
    }

    /// <summary>The same figures as sums that SQLite computes over the balances, which are by month and key already.</summary>
    private static async Task<Figure> Peer(BenchBook book, IReadOnlyList<Read> read)
    {
        var (ours, peer) = (new List<double>(), new List<double>());
        foreach (var cut in read.Take(PeerCuts))
        {
            var sites = (await book.Tree.Subtree(book.Caller, cut.Query.Node, null, default)).Value.Select(n => n.Id).ToList();
            var started = Stopwatch.GetTimestamp();
            await book.Db.Read(
                tx => tx.Query(
                    $"""
                    SELECT account, fixed_gwp, other_gas, sum(co2_mg), sum(ch4_mg), sum(n2o_mg), sum(other_mg), sum(co2e_mg), sum(energy_wh) FROM balance
                    WHERE tenant = {book.Caller.Tenant} AND site IN {Sql.In(sites)} AND month >= {cut.Query.From.Number} AND month < {cut.Query.To.Number} AND route <= 1
                    GROUP BY account, fixed_gwp, other_gas
                    """,
                    r => r.Int64(0)),
                default);
            peer.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            ours.Add(cut.Milliseconds);
        }

        return new Figure("statement-10m median figure", Median(ours), Median(peer), "ms", "SELECT sum(…) FROM balance GROUP BY account, fixed_gwp, other_gas in SQLite, same boundary and period", Goal: 1, AtMost: true);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>One walk over all postings, added to every figure that had them.</summary>
    private static async Task Check(BenchBook book, IReadOnlyList<Read> read)
    {
        var nodes = (await book.Tree.Subtree(book.Caller, null, null, default)).Value;
        var paths = nodes.ToDictionary(n => n.Id, n => n.Path);
        var wants = read.Select(r => new
        {
            r.Cut,
            Sites = nodes.Where(n => r.Query.Node is not { } top || n.Path.StartsWith(paths[top], StringComparison.Ordinal)).Select(n => n.Id).ToHashSet(),
            From = r.Query.From.Number,
            To = r.Query.To.Number,
            r.Total.Book.Seq,
            r.Query.Gwp,
        }).ToArray();
        var sums = new Int128[wants.Length];
        await book.Db.Read(
            tx =>
            {
                var seqs = tx.Query($"SELECT id, seq FROM batch WHERE state = 1", r => (Id: r.Int64(0), Seq: r.Int64(1))).ToDictionary(b => b.Id, b => b.Seq);
                tx.Each(
                    $"""
                    SELECT batch, site, source, account, month, route, fixed_gwp, other_gas, co2_mg, co2_bio_mg, ch4_fossil_mg, ch4_nonfossil_mg, ch4_mg, n2o_mg, other_mg, co2e_mg, energy_wh
                    FROM posting
                    """,
                    r =>
                    {
                        if (r.Int32(5) > 1)
                        {
                            return; // the guideline's own lines: the figures are of the GHG Protocol route
                        }

                        var (seq, site, source, account, month) = (seqs[r.Int64(0)], r.Int64(1), r.Int64(2), new Account((short)r.Int32(3)), r.Int32(4));
                        var key = new PostingKey(account, (Route)r.Int32(5), (GwpSet)r.Int32(6), (short)r.Int32(7));
                        var amounts = new Amounts(r.Int64(8), r.Int64(9), r.Int64(10), r.Int64(11), r.Int64(12), r.Int64(13), r.Int64(14), r.Int64(15), r.Int64(16));
                        for (var at = 0; at < wants.Length; at++)
                        {
                            var want = wants[at];
                            if (seq <= want.Seq && month >= want.From && month < want.To && (want.Cut.Source is null || want.Cut.Source == source)
                                && (want.Cut.Scope is null || want.Cut.Scope == account.Scope) && want.Sites.Contains(site))
                            {
                                sums[at] += Plain(amounts, key, want.Cut.Gas, want.Gwp);
                            }
                        }
                    });
                return true;
            },
            default);
        for (var at = 0; at < wants.Length; at++)
        {
            if (sums[at] != read[at].Total.AllScopes.Scaled)
            {
                throw new InvalidOperationException($"statement-10m: {read[at].Query} {read[at].Cut} is {read[at].Total.AllScopes.Scaled}, the postings add up to {sums[at]}");
            }
        }

        if (sums.Count(s => s != 0) < wants.Length / 2)
        {
            throw new InvalidOperationException("statement-10m: more than half of the figures are zero and prove nothing");
        }
    }

    private static Int128 Plain(Amounts a, PostingKey key, short? gas, GwpSet gwp) => gas switch
    {
        null => Co2e.InScopes(a, key.OtherGas, gwp),
        { } g when g == Gases.Co2.Id => (Int128)a.Co2 * Gwp.Scale,
        { } g when g == Gases.Ch4.Id => (Int128)a.Ch4 * Gwp.Scaled(gwp, g),
        { } g when g == Gases.N2O.Id => (Int128)a.N2O * Gwp.Scaled(gwp, g),
        { } g => key.OtherGas == g ? (Int128)a.Other * Gwp.Scaled(gwp, g) : 0,
    };

    private sealed record Read(StatementQuery Query, StatementCut Cut, CutTotal Total, double Milliseconds);

    /// <summary>Random questions, the same for a seed.</summary>
    private sealed class Draw(Random random, IReadOnlyList<Node> nodes, ILookup<long, long> sources, IReadOnlyList<(ActivityId Id, long Site, long Source)> activities, int first, int last)
    {
        private int _activity;

        public StatementQuery Whole => new(null, new Month(first), new Month(last + 1));

        public static async Task<Draw> Of(BenchBook book, ulong seed)
        {
            var nodes = (await book.Tree.Subtree(book.Caller, null, null, default)).Value;
            var sources = (await book.Journal.Sources(book.Caller, null, default)).Value.ToLookup(s => s.Site, s => s.Id);
            var (months, activities) = await book.Db.Read(
                tx => (
                    tx.First($"SELECT min(month), max(month) FROM balance", r => (r.Int32(0), r.Int32(1))),
                    tx.Query(
                        $"""
                        SELECT a.batch, a.row_number, a.site, a.source FROM activity a
                        WHERE a.batch = (SELECT min(id) FROM batch WHERE state = 1) AND a.row_number % 9973 = 7 AND a.own_postings > 0
                          AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.tenant = a.tenant AND c.target_batch = a.batch AND c.target_row = a.row_number)
                        ORDER BY a.row_number
                        """,
                        r => (new ActivityId(r.Int64(0), r.Int32(1)), r.Int64(2), r.Int64(3)))),
                default);
            return new Draw(new Random(unchecked((int)seed)), nodes, sources, activities, months.Item1, months.Item2);
        }

        public (StatementQuery Query, StatementCut Cut) Next()
        {
            var node = random.Next(4) == 0 ? null : nodes[random.Next(nodes.Count)];
            var from = random.Next(first, last + 1);
            var to = random.Next(from + 1, last + 2);
            var gwp = random.Next(2) == 0 ? GwpSet.Ar5 : GwpSet.Ar6;
            short? gas = random.Next(3) == 0 ? Gases.Get(GasCodes[random.Next(GasCodes.Length)]).Id : null;
            int? scope = random.Next(4) == 0 ? random.Next(1, 3) : null;
            long? source = node is { Kind: NodeKind.Site } && random.Next(2) == 0 && sources[node.Id].ToArray() is { Length: > 0 } own ? own[random.Next(own.Length)] : null;
            return (new StatementQuery(node?.Id, new Month(from), new Month(to), gwp), new StatementCut(Source: source, Scope: scope, Gas: gas));
        }

        public (ActivityId Id, long Site, long Source) NextActivity() => activities[_activity++];
    }
}
