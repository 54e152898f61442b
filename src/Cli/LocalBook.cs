using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary>The book that a command works on: the data folder of this machine, or the PostgreSQL database that its setting names.</summary>
public sealed class LocalBook : IAsyncDisposable
{
    private readonly Db _db;
    private readonly Tenants _tenants;

    private LocalBook(Db db, Blobs blobs, TimeProvider time)
    {
        _db = db;
        var audit = new Audit(db, time);
        Tree = new OrganisationTree(db, audit);
        Packs = new FactorPacks(db, blobs, audit, time);
        Journal = new Journal(db, Packs, Tree, audit, time);
        _tenants = new Tenants(db, time, audit);
        Statements = new Statements(db, Tree, _tenants, Journal, new PinnedCalculations(db, Packs), time);
    }

    /// <summary>The modules in the order in which their tables may refer to each other.</summary>
    public static IReadOnlyList<MigrationSource> Migrations { get; } =
        [OrganisationModule.Migrations, FactorsModule.Migrations, LedgerModule.Migrations, InventoryModule.Migrations];

    public OrganisationTree Tree { get; }

    public FactorPacks Packs { get; }

    public Journal Journal { get; }

    public Statements Statements { get; }

    /// <summary>Opens the book and brings it to this program's state.</summary>
    public static async Task<LocalBook> Open(StorageSettings settings, TimeProvider time, CancellationToken ct)
    {
        var book = new LocalBook(await Db.Open(settings, time, ct), Blobs.Open(settings, time), time);
        await Migrator.Run(book._db, Migrations, ct);
        await book.Packs.KeepBuiltIn(ct);
        return book;
    }

    /// <summary>The tenant that a command works for: the one named, or the only one there is.</summary>
    public async Task<Outcome<Caller>> Caller(long? tenant, Language language, CancellationToken ct)
    {
        var tenants = (await _tenants.All(ct)).ConvertAll(t => t.Id);
        if (tenants.Count == 0)
        {
            return new Problem("tenant_none");
        }

        if (tenant is { } wanted ? !tenants.Contains(wanted) : tenants.Count > 1)
        {
            return new Problem("tenant_needed", Column: "--tenant", Found: tenant?.ToString(System.Globalization.CultureInfo.InvariantCulture), Args: [string.Join(", ", tenants)]);
        }

        return Organisation.Caller.System(tenant ?? tenants[0]) with { Language = language };
    }

    public ValueTask DisposeAsync() => _db.DisposeAsync();
}
