using FsCheck;
using FsCheck.Fluent;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>Any cut of the book is the plain sum of its postings, at once after every change.</summary>
public sealed class CutTotalTests
{
    private static readonly string[] SiteCodes = ["S1", "S2", "S3", "B1"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task Every_cut_is_the_plain_sum_of_its_postings(Dialect engine)
    {
        await using var book = await InventoryBook.Open(engine);
        await book.Import(Enumerable.Range(0, 60).SelectMany(n => Lines(n)));
        await book.Import(Enumerable.Range(60, 30).SelectMany(n => Lines(n)));
        await Agree(book, seed: 1);

        // A reversal, a new value, a new activity: the very next reading has them.
        var page = (await book.Book.Journal.Activities(book.Book.Caller, new ActivityQuery(Take: 40), Ct)).Value.Activities;
        Assert.True((await book.Book.Journal.Correct(book.Book.Caller, page[3].Id, null, "booked twice", Ct)).Ok);
        await Agree(book, seed: 2);
        var values = (await book.Book.Journal.Values(book.Book.Caller, page[7].Id, Ct)).Value;
        var again = new NewActivity(new Dictionary<ActivityField, string>(values.Values) { [ActivityField.Quantity] = "4321.5" });
        Assert.True((await book.Book.Journal.Correct(book.Book.Caller, page[7].Id, again, "meter read again", Ct)).Ok);
        await Agree(book, seed: 3);
    }

    [Theory, EngineData]
    public async Task A_total_stays_in_the_subtree_and_in_the_tenant(Dialect engine)
    {
        await using var book = await InventoryBook.Open(engine);
        await book.Import(Enumerable.Range(0, 40).SelectMany(n => Lines(n)));
        var site = book.Book.Estate.S1;
        var limited = new Caller(book.Book.Caller.Tenant, book.Book.Caller.Person, "viewer", Role.Viewer, site.Path, Language.English);
        var all = await Total(book, InventoryBook.Year(), new StatementCut());
        var own = (await book.Statements.Total(limited, InventoryBook.Year(), new StatementCut(), Ct)).Value;
        var postings = await book.Postings(caller: limited);
        Assert.NotEmpty(postings);
        Assert.True(own.AllScopes.Scaled < all.AllScopes.Scaled);
        Assert.Equal(Plain(postings, InventoryBook.Year(), new StatementCut()), Sums(own.Parts, own.Query.Gwp));
        var other = book.Book.Estate.S2;
        Assert.Equal("not_found", (await book.Statements.Total(limited, InventoryBook.Year(other), new StatementCut(), Ct)).Problems[0].Code);
        Assert.Empty((await book.Statements.Total(limited, InventoryBook.Year(), new StatementCut(Site: other.Id), Ct)).Value.Parts);
        var device = new Caller(limited.Tenant, limited.Person, limited.Name, Role.Device, Caller.WholeTenant, Language.English);
        Assert.Equal("not_permitted", (await book.Statements.Total(device, InventoryBook.Year(), new StatementCut(), Ct)).Problems[0].Code);
    }

    /// <summary>Sums near the end of 64 bits stay exact: each balance fits, their sums do not.</summary>
    [Fact]
    public void Sums_beyond_64_bits_stay_exact()
    {
        var key = new PostingKey(new Account(100), Route.Both, GwpSet.None, 0);
        var origin = new EntryOrigin(1, 0, "fuel.diesel", "f", "s", "l", "V", []);
        long[] masses = [long.MaxValue, long.MaxValue - 5, -long.MaxValue, long.MaxValue, 7, long.MinValue + 1];
        var rows = masses.Select((mass, at) => new BalanceRow(9, 24000 + (at % 3), 4, 1, 0, key, DataQuality.Measured, false, default(Amounts) with { Co2 = mass, EnergyWh = at })).ToList();
        var site = SiteSums.Of(9, rows, _ => origin);
        for (var from = 24000; from <= 24003; from++)
        {
            for (var to = from; to <= 24003; to++)
            {
                var sums = new CutSums(new StatementQuery(null, new Month(from), new Month(Math.Max(to, from + 1))), new StatementCut());
                site.AddTo(sums, from, to);
                var expected = rows.Where(r => r.Month >= from && r.Month < to).Aggregate(Int128.Zero, (sum, r) => sum + r.Amounts.Co2);
                Assert.Equal(expected, sums.Parts.Aggregate(Int128.Zero, (sum, p) => sum + p.Amounts.Co2));
                var entries = new List<StatementEntry>();
                site.Entries(from, to, entries);
                Assert.Equal(expected, entries.Aggregate(Int128.Zero, (sum, e) => sum + e.Amounts.Co2));
            }
        }
    }

    [Theory, EngineData]
    public async Task What_does_not_fit_in_memory_is_read_again(Dialect engine)
    {
        await using var book = await InventoryBook.Open(engine);
        await book.Import(Enumerable.Range(0, 40).SelectMany(n => Lines(n)));
        var sites = (await book.Book.Installation.Tree.Subtree(book.Book.Caller, null, null, Ct)).Value.Select(n => n.Id).ToList();
        var roomy = await new BookSums(book.Book.Db, book.Pinned).Of(book.Book.Caller.Tenant, sites, InventoryBook.Year(), Ct);
        var tight = new BookSums(book.Book.Db, book.Pinned, mostBytes: 1);
        for (var round = 0; round < 2; round++)
        {
            var sums = await tight.Of(book.Book.Caller.Tenant, sites, InventoryBook.Year(), Ct);
            Assert.Equal(roomy.Sites.Select(s => (s.Site, s.Bytes)), sums.Sites.Select(s => (s.Site, s.Bytes)));
        }
    }

    private static async Task Agree(InventoryBook book, ulong seed)
    {
        var postings = await book.Postings();
        var nodes = (await book.Book.Installation.Tree.Subtree(book.Book.Caller, null, null, Ct)).Value;
        var sources = postings.Select(p => p.Source).Distinct().ToArray();
        var spans = nodes.ToDictionary(n => n.Id, n => SiteMonths.Of(n.ValidFrom, n.ValidTo));
        var cuts =
            from node in Gen.Elements([null, .. nodes.Select(n => (Node?)n)])
            from first in Gen.Choose(0, 11)
            from months in Gen.Choose(1, 12)
            from route in Gen.Elements(Route.GhgProtocol, Route.Guideline)
            from gwp in Gen.Elements(GwpSet.Sar, GwpSet.Ar4, GwpSet.Ar5, GwpSet.Ar6)
            from scope in Gen.Elements((int?)null, null, null, 1, 2, 3)
            from gas in Gen.Elements((short?)null, null, null, Gases.Co2.Id, Gases.Ch4.Id, Gases.N2O.Id, Gases.Get("hfc-32").Id)
            from source in Gen.Frequency((2, Gen.Constant((long?)null)), (1, Gen.Elements([.. sources.Select(s => (long?)s)])))
            from month in Gen.Elements((int?)null, null, null, 3, 14)
            select (Query: new StatementQuery(node?.Id, new Month(Month.Of(2023, 1).Number + first), new Month(Month.Of(2023, 1).Number + first + months), gwp, route),
                Cut: new StatementCut(Month: month is { } m ? new Month(Month.Of(2023, 1).Number + m) : null, Source: source, Scope: scope, Gas: gas), Path: node?.Path ?? "/");
        var paths = nodes.ToDictionary(n => n.Id, n => n.Path);
        var seen = 0;
        foreach (var (query, cut, path) in cuts.Sample(150, new Rnd(seed), 50))
        {
            var total = await Total(book, query, cut);
            var expected = Plain(
                postings.Where(p => paths[p.Site].StartsWith(path, StringComparison.Ordinal) && spans[p.Site].Has(p.Month.Number)), query, cut);
            Assert.Equal(expected, Sums(total.Parts, query.Gwp));
            Assert.Equal(expected.Scopes, total.AllScopes.Scaled);
            Assert.Equal(expected.Scopes, Enumerable.Range(1, 3).Aggregate(Int128.Zero, (sum, s) => sum + total.Scope(s).Scaled));
            seen += expected.Scopes != 0 ? 1 : 0;
            if (cut == new StatementCut())
            {
                var built = (await book.Build(query)).Statement;
                Assert.Equal((built.AllScopes, built.EnergyWh, built.Apart, built.BiogenicCo2Mg), (total.AllScopes, total.EnergyWh, total.Apart, total.BiogenicCo2Mg));
            }
        }

        Assert.True(seen > 20, $"Only {seen} of the cuts held anything.");
    }

    private static async Task<CutTotal> Total(InventoryBook book, StatementQuery query, StatementCut cut)
    {
        var total = await book.Statements.Total(book.Book.Caller, query, cut, Ct);
        Assert.True(total.Ok, total.Ok ? "" : total.Problems[0].Code);
        return total.Value;
    }

    /// <summary>The same figures from postings alone.</summary>
    private static (Int128 Scopes, Int128 Energy) Plain(IEnumerable<Posting> postings, StatementQuery query, StatementCut cut) => Sums(
        [
            .. postings.Where(p =>
                p.Month.Number >= query.From.Number && p.Month.Number < query.To.Number && (cut.Month is not { } m || p.Month == m)
                && (p.Key.Route == Route.Both || p.Key.Route == query.Route)
                && (cut.Source is null || p.Source == cut.Source) && (cut.Scope is null || p.Key.Account.Scope == cut.Scope))
                .Select(p => new CutPart(p.Key, Cut(p, cut.Gas))),
        ],
        query.Gwp);

    private static Amounts Cut(Posting p, short? gas) =>
        gas is not { } id ? p.Amounts
        : id == Gases.Co2.Id ? new Amounts(p.Amounts.Co2, 0, 0, 0, 0, 0, 0, 0, 0)
        : id == Gases.Ch4.Id ? new Amounts(0, 0, 0, 0, p.Amounts.Ch4, 0, 0, 0, 0)
        : id == Gases.N2O.Id ? new Amounts(0, 0, 0, 0, 0, p.Amounts.N2O, 0, 0, 0)
        : new Amounts(0, 0, 0, 0, 0, 0, p.Key.OtherGas == id ? p.Amounts.Other : 0, 0, 0);

    private static (Int128 Scopes, Int128 Energy) Sums(IEnumerable<CutPart> parts, GwpSet gwp) => parts.Aggregate(
        (Scopes: Int128.Zero, Energy: Int128.Zero),
        (sum, p) => (sum.Scopes + Co2e.InScopes(p.Amounts, p.Key.OtherGas, gwp), sum.Energy + p.Amounts.EnergyWh));

    private static IEnumerable<string> Lines(int n)
    {
        var site = SiteCodes[n % SiteCodes.Length];
        yield return Rows.Diesel(site, (n % 12) + 1, 10 + n, $"Boiler {n % 5}");
        yield return Rows.Power(site, ((n + 5) % 12) + 1, 1000 + n, $"Meter {n % 7}");
        yield return Rows.Row(site, "Chiller", "refrigerant.R-410A", (n % 12) + 1, 1 + (n / 3.0), "kg");
    }
}
