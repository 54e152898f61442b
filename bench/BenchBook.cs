using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Bench;

/// <summary>An empty book with the sites that generated rows name: a group of one company for each province, with its sites below.</summary>
internal sealed class BenchBook : IAsyncDisposable
{
    private BenchBook(StorageSettings settings, Db db)
    {
        Db = db;
        Audit = new Audit(db, TimeProvider.System);
        Tree = new OrganisationTree(db, Audit);
        Tenants = new Tenants(db, TimeProvider.System, Audit);
        Packs = new FactorPacks(db, Blobs.Open(settings, TimeProvider.System), Audit, TimeProvider.System);
        Journal = new Journal(db, Packs, Tree, Audit, TimeProvider.System);
        Statements = new Statements(db, Tree, Tenants, Journal, new PinnedCalculations(db, Packs), TimeProvider.System);
    }

    public Db Db { get; }

    public Audit Audit { get; }

    public OrganisationTree Tree { get; }

    public Tenants Tenants { get; }

    public FactorPacks Packs { get; }

    public Journal Journal { get; }

    public Statements Statements { get; }

    public required Caller Caller { get; init; }

    public static async Task<BenchBook> Open(StorageSettings settings, IReadOnlyList<GeneratedSite> sites)
    {
        var db = await Db.Open(settings, TimeProvider.System);
        await Migrator.Run(db, [OrganisationModule.Migrations, FactorsModule.Migrations, LedgerModule.Migrations, InventoryModule.Migrations]);
        var tenant = (await new Tenants(db, TimeProvider.System, new Audit(db, TimeProvider.System)).Add("Benchmark group", "基准测试集团", default)).Value;
        var book = new BenchBook(settings, db) { Caller = Caller.System(tenant.Id) };
        var group = (await book.Tree.Add(book.Caller, new NewNode(null, NodeKind.Group, "GROUP", "Group", "集团"), default)).Value;
        foreach (var province in sites.GroupBy(s => s.Region))
        {
            var company = (await book.Tree.Add(book.Caller, new NewNode(group.Id, NodeKind.Company, province.Key, province.Key, province.Key), default)).Value;
            foreach (var site in province)
            {
                await book.Tree.Add(book.Caller, new NewNode(company.Id, NodeKind.Site, site.Code, site.Code, site.Code, site.Region), default);
            }
        }

        return book;
    }

    /// <summary>Imports a generated file and checks that every good row is in the book and every bad one is named.</summary>
    public async Task Import(string row, string path, ActivityFileContent content)
    {
        var imported = await Journal.Import(Caller, path, new ImportOptions(SkipBad: true), null, default);
        if (!imported.Ok)
        {
            throw new InvalidOperationException($"{row}: {imported.Problems[0].Message(Language.English)}");
        }

        var batch = imported.Value.Batch;
        if (batch.Rows != content.Rows - content.Bad || batch.Refused != content.Bad)
        {
            throw new InvalidOperationException($"{row}: {batch.Rows} rows taken and {batch.Refused} refused of {content}");
        }
    }

    public ValueTask DisposeAsync() => Db.DisposeAsync();
}
