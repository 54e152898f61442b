using System.Text;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>A book with the statements over it; the clock stands in March 2025.</summary>
internal sealed class InventoryBook : IAsyncDisposable
{
    /// <summary>A factor with everything to warn of: it ended, it was not read at its source, and it is CO2e of another set.</summary>
    private const string OldFreight = """
        # pack: old-freight
        # version: 1
        # name_en: Old freight
        # name_zh: 旧货运因子
        # publisher: test
        # licence: CC0-1.0
        # attribution: test
        # share_alike: 0
        series,version,valid_from,valid_to,activity,role,geography,technology,name_en,name_zh,components,basis,gwp,priority,source,page,mark,uncertainty_percent,quality,note
        road,2021,2021-01-01,2022-01-01,freight.road,main,CN,,Road freight,公路货运,co2e=0.1234567 kg/tonne.km,,AR5,1,a paper,1,S,,,
        """;

    private InventoryBook(Book book)
    {
        Book = book;
        var installation = book.Installation;
        Pinned = new PinnedCalculations(book.Db, book.Packs);
        Statements = new Statements(book.Db, installation.Tree, installation.Tenants, book.Journal, Pinned, installation.Store.Clock);
        Editions = new Editions(book.Db, Statements, installation.Audit, installation.Store.Clock);
    }

    public Book Book { get; }

    public PinnedCalculations Pinned { get; }

    public Statements Statements { get; }

    public Editions Editions { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<InventoryBook> Open(Dialect engine)
    {
        var book = await Book.Open(engine);
        await Migrator.Run(book.Db, [InventoryModule.Migrations]);
        using var pack = new MemoryStream(Encoding.UTF8.GetBytes(OldFreight));
        Assert.True((await book.Packs.Import(book.Caller, pack, "old-freight.csv", Ct, serve: true)).Ok);
        return new InventoryBook(book);
    }

    public static StatementQuery Year(Node? node = null, GwpSet gwp = GwpSet.Ar6, Route route = Route.GhgProtocol) =>
        new(node?.Id, Month.Of(2023, 1), Month.Of(2024, 1), gwp, route);

    public async Task<BoundaryStatement> Build(StatementQuery query, Caller? caller = null)
    {
        var built = await Statements.Build(caller ?? Book.Caller, query, Ct);
        Assert.True(built.Ok, built.Ok ? "" : built.Problems[0].Code);
        return built.Value;
    }

    public async Task Import(params IEnumerable<string> rows)
    {
        var imported = await Book.Import(Rows.Csv(rows));
        Assert.True(imported.Ok, imported.Ok ? "" : $"{imported.Problems[0].Code} {imported.Problems[0].Row} {imported.Problems[0].Found}");
    }

    /// <summary>Every posting of the sealed book, read one by one.</summary>
    public async Task<List<Posting>> Postings(PostingQuery? query = null, Caller? caller = null)
    {
        var all = new List<Posting>();
        var next = query ?? new PostingQuery();
        for (; ; )
        {
            var page = (await Book.Journal.Postings(caller ?? Book.Caller, next with { Take = 500 }, Ct)).Value;
            all.AddRange(page.Postings);
            if (page.Next is null)
            {
                return all;
            }

            next = next with { After = page.Next };
        }
    }

    public ValueTask DisposeAsync() => Book.DisposeAsync();
}
