using Tanlu.Automation;
using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary>The book that a command works on: the data folder of this machine, or the PostgreSQL database that its setting names.</summary>
public sealed class LocalBook : IAsyncDisposable
{
    private readonly Db _db;

    private LocalBook(Db db, Blobs blobs, TimeProvider time)
    {
        _db = db;
        Blobs = blobs;
        var audit = Audit = new Audit(db, time);
        Tree = new OrganisationTree(db, audit);
        Packs = new FactorPacks(db, blobs, audit, time);
        Journal = new Journal(db, Packs, Tree, audit, time);
        Tenants = new Tenants(db, time, audit);
        var calculations = new PinnedCalculations(db, Packs);
        Statements = new Statements(db, Tree, Tenants, Journal, calculations, time);
        Effects = new LibraryEffects(db, Packs, new ActivityQuantities(db), new PinnedCalculations(db, Packs), Tree, Journal);
        Editions = new Editions(db, Statements, audit, time);
        Evidence = new EvidenceFiles(db, blobs, time, audit);
        Packages = new Packages(db, Tree, Editions, calculations, Evidence, audit);
        var shelf = new LibraryShelf(db);
        Libraries = new Libraries(db, blobs, shelf, audit, time);
        Processes = new Processes(db, shelf);
        PreparedSystems = new PreparedSystems(Libraries);
        ProcessEdits = new ProcessEdits(db, audit, time);
        Flows = new LibraryFlows(db, shelf);
        var methods = new MethodShelf(db);
        Methods = new ImpactMethods(db, blobs, audit, methods, time);
        Mappings = new FlowMappings(db, blobs, audit, methods, time);
        Calculations = new Calculations(Libraries, Processes, PreparedSystems, Methods, Mappings);
    }

    /// <summary>The modules in the order in which their tables may refer to each other.</summary>
    public static IReadOnlyList<MigrationSource> Migrations { get; } =
        [OrganisationModule.Migrations, AutomationModule.Migrations, FactorsModule.Migrations, LedgerModule.Migrations, InventoryModule.Migrations, ProductsModule.Migrations];

    public Blobs Blobs { get; }

    public Audit Audit { get; }

    public Tenants Tenants { get; }

    public OrganisationTree Tree { get; }

    public FactorPacks Packs { get; }

    public Journal Journal { get; }

    public Statements Statements { get; }

    public LibraryEffects Effects { get; }

    public Editions Editions { get; }

    public EvidenceFiles Evidence { get; }

    public Packages Packages { get; }

    public Libraries Libraries { get; }

    public Processes Processes { get; }

    public PreparedSystems PreparedSystems { get; }

    public ProcessEdits ProcessEdits { get; }

    public LibraryFlows Flows { get; }

    public ImpactMethods Methods { get; }

    public FlowMappings Mappings { get; }

    public Calculations Calculations { get; }

    /// <summary>Opens the book and brings it to this program's state.</summary>
    public static async Task<LocalBook> Open(StorageSettings settings, TimeProvider time, CancellationToken ct)
    {
        var book = new LocalBook(await Db.Open(settings, time, ct), Blobs.Open(settings, time), time);
        await Migrator.RunAll(book._db, Migrations, ct);
        await book.Packs.KeepBuiltIn(ct);
        return book;
    }

    /// <summary>Opens the book to look at it as it is: nothing is written. Refused where it awaits migrations.</summary>
    public static async Task<Outcome<LocalBook>> Look(StorageSettings settings, TimeProvider time, CancellationToken ct)
    {
        var db = await Db.Open(settings, time, ct);
        try
        {
            var pending = await Migrator.Pending(db, Migrations, ct);
            if (pending == 0)
            {
                return new LocalBook(db, Blobs.Open(settings, time), time);
            }

            await db.DisposeAsync();
            return new Problem("book_pending", Column: "--data", Found: settings.DataFolder, Args: [pending.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    /// <summary>The tenant that a command works for: the one named, or the only one there is.</summary>
    public async Task<Outcome<Caller>> Caller(long? tenant, Language language, CancellationToken ct)
    {
        var tenants = (await Tenants.All(ct)).ConvertAll(t => t.Id);
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
