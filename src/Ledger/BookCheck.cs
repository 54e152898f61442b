using System.Text;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>One place where the book does not hold.</summary>
/// <param name="Code">Text key <c>book.{Code}</c>: balance_differs, root_differs, chain_broken, calculation_differs.</param>
public sealed record BookFault(string Code, string Subject, string Detail = "")
{
    public string Text(Language language) => Texts.Fill(language, "book." + Code, Subject, Detail);
}

/// <summary>The proof of a tenant's book.</summary>
public sealed record BookCheck(int Batches, long Rows, long Postings, int Balances, IReadOnlyList<BookFault> Faults)
{
    public bool Sound => Faults.Count == 0;
}

/// <summary>Computes every root, link and balance again from the rows and compares.</summary>
internal static class BookChecking
{
    private const int RowsAtOnce = 4000;
    private const int MostFaults = 200;

    public static BookCheck Of(Tx tx, long tenant)
    {
        var faults = new List<BookFault>();
        var hashes = Calculations(tx, tenant, faults);
        var sums = new Dictionary<BalanceKey, Amounts>();
        var (rows, postings) = (0L, 0L);
        var previous = BatchRoot.Beginning;
        var batches = BatchStore.Chain(tx, tenant);
        var expected = 1L;
        foreach (var batch in batches)
        {
            var (root, foundRows, foundPostings) = Root(tx, tenant, batch.Id, hashes, sums);
            rows += foundRows;
            postings += foundPostings;
            if (!root.AsSpan().SequenceEqual(batch.Root))
            {
                Fault("root_differs", $"{batch.Id}");
            }

            var link = BatchRoot.Link(
                previous, batch.Root!, tenant, batch.Id, expected, batch.Kind, batch.Rows, batch.Refused, batch.Postings, batch.FileHash, batch.Reason, batch.SealedAt!.Value,
                BatchStore.SealedBy(tx, batch.Id));
            if (batch.Seq != expected || !link.AsSpan().SequenceEqual(batch.Chain) || !previous.AsSpan().SequenceEqual(batch.Previous))
            {
                Fault("chain_broken", $"{batch.Id}", $"{expected}");
            }

            previous = batch.Chain!;
            expected++;
        }

        var balances = 0;
        BalanceStore.Each(
            tx, tenant,
            (key, amounts) =>
            {
                balances++;
                Add(sums, key, amounts, -1);
            });
        foreach (var (key, difference) in sums)
        {
            if (difference != default)
            {
                Fault("balance_differs", Name(key));
            }
        }

        return new BookCheck(batches.Count, rows, postings, balances, faults);

        void Fault(string code, string subject, string detail = "")
        {
            if (faults.Count < MostFaults)
            {
                faults.Add(new BookFault(code, subject, detail));
            }
        }
    }

    private static string Name(BalanceKey key) => $"source {key.Source}, account {key.Key.Account.Number}, {new Month(key.Month)}";

    private static Dictionary<long, byte[]> Calculations(Tx tx, long tenant, List<BookFault> faults)
    {
        var hashes = new Dictionary<long, byte[]>();
        foreach (var calculation in CalculationStore.All(tx, tenant))
        {
            hashes[calculation.Id] = calculation.Hash;
            if (!calculation.Pin.Hash(calculation.FactorSetHash).AsSpan().SequenceEqual(calculation.Hash) && faults.Count < MostFaults)
            {
                faults.Add(new BookFault("calculation_differs", $"{calculation.Id}"));
            }
        }

        return hashes;
    }

    /// <summary>The batch's root from its rows as they stand now; adds its postings to the sums on the way.</summary>
    private static (byte[] Root, long Rows, long Postings) Root(Tx tx, long tenant, long batch, Dictionary<long, byte[]> hashes, Dictionary<BalanceKey, Amounts> sums)
    {
        var tree = new BatchRoot();
        var leaf = new RowLeaf();
        var postings = 0L;
        var targets = tx.Query(
            $"SELECT row_number, target_batch, target_row FROM correction WHERE tenant = {tenant} AND batch = {batch}",
            r => (Row: r.Int32(0), Target: new ActivityId(r.Int64(1), r.Int32(2)))).ToDictionary(c => c.Row, c => c.Target);
        for (var after = -1; ;)
        {
            // A row has an activity or, where it only takes another back, postings alone.
            var last = tx.First(
                $"SELECT row_number FROM posting WHERE tenant = {tenant} AND batch = {batch} AND row_number > {after} ORDER BY row_number LIMIT 1 OFFSET {RowsAtOnce}", r => (int?)r.Int32(0));
            var lastActivity = tx.First(
                $"SELECT row_number FROM activity WHERE tenant = {tenant} AND batch = {batch} AND row_number > {after} ORDER BY row_number LIMIT 1 OFFSET {RowsAtOnce}", r => (int?)r.Int32(0));
            var to = Math.Min(last ?? int.MaxValue, lastActivity ?? int.MaxValue);
            var activities = tx.Query(
                $"""
                SELECT row_number, site, source, calculation, first_day, last_day, quantity, quality, uncertainty_percent, own_postings, evidence, supplier, note FROM activity
                WHERE tenant = {tenant} AND batch = {batch} AND row_number > {after} AND row_number <= {to} ORDER BY row_number
                """,
                r => (
                    Row: r.Int32(0), Site: r.Int64(1), Source: r.Int64(2), Calculation: r.Int64(3), First: r.Int32(4), Last: r.Int32(5), Quantity: r.Double(6), Quality: (DataQuality)r.Int32(7),
                    Uncertainty: r.DoubleOrNull(8), Own: r.Int32(9), Evidence: r.TextOrNull(10), Supplier: r.TextOrNull(11), Note: r.TextOrNull(12)));
            var byRow = tx.Query(
                $"""
                SELECT batch, row_number, line, site, source, calculation, part, account, month, route, fixed_gwp, quality, evidenced, other_gas,
                       co2_mg, co2_bio_mg, ch4_fossil_mg, ch4_nonfossil_mg, ch4_mg, n2o_mg, other_mg, co2e_mg, energy_wh FROM posting
                WHERE tenant = {tenant} AND batch = {batch} AND row_number > {after} AND row_number <= {to} ORDER BY row_number, line
                """,
                JournalStore.MapPosting);
            postings += byRow.Count;
            var (a, p) = (0, 0);
            while (a < activities.Count || p < byRow.Count)
            {
                var row = Math.Min(a < activities.Count ? activities[a].Row : int.MaxValue, p < byRow.Count ? byRow[p].Id.Row : int.MaxValue);
                var has = a < activities.Count && activities[a].Row == row;
                leaf.Start(row, has, targets.TryGetValue(row, out var target) ? target : null);
                if (has)
                {
                    var x = activities[a++];
                    leaf.Activity(
                        x.Site, x.Source, hashes.GetValueOrDefault(x.Calculation) ?? BatchRoot.Beginning, x.First, x.Last, x.Quantity, x.Quality, x.Uncertainty, x.Own, Utf8(x.Evidence),
                        Utf8(x.Supplier), Utf8(x.Note));
                }

                for (; p < byRow.Count && byRow[p].Id.Row == row; p++)
                {
                    var x = byRow[p];
                    leaf.Posting(
                        x.Site, x.Source, hashes.GetValueOrDefault(x.Calculation) ?? BatchRoot.Beginning, x.Part, x.Key, x.Month, x.Quality, x.Evidenced, x.Amounts);
                    Add(sums, BalanceKey.Of(x), x.Amounts, 1);
                }

                tree.Add(row, leaf.Bytes);
            }

            if (to == int.MaxValue)
            {
                var count = tree.Count;
                return (tree.Root(), count, postings);
            }

            after = to;
        }
    }

    private static byte[] Utf8(string? text) => text is null ? [] : Encoding.UTF8.GetBytes(text);

    /// <summary>Postings less balances. Every amount fits 64 bits and every balance is kept in them, so on a sound book no difference can leave them for good.</summary>
    private static void Add(Dictionary<BalanceKey, Amounts> sums, BalanceKey key, Amounts amounts, int sign)
    {
        ref var sum = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
        sum = sum.Wrapping(amounts, sign);
    }
}
