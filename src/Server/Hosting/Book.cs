using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Server.Flows.Demo;
using Tanlu.Storage;

namespace Tanlu.Server.Hosting;

/// <summary>
/// The book behind the host: opened by the settings, brought to this program's state before the first request, and given a first administrator
/// where nobody exists yet.
/// </summary>
internal sealed class Book(Db db, FactorPacks packs, Journal journal, TimeProvider time) : IHostedService
{
    /// <summary>The modules in the order in which their tables may refer to each other.</summary>
    private static readonly IReadOnlyList<MigrationSource> Modules = [OrganisationModule.Migrations, FactorsModule.Migrations, LedgerModule.Migrations, InventoryModule.Migrations];

    /// <summary>Set when this start made the first administrator; whoever started the host shows the password once.</summary>
    public FirstAdministrator? First { get; private set; }

    public static void Add(IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(new StorageSettings(settings.DataPath, settings.Postgres));

        // Opened while the host is built, before any request: nothing waits for this thread.
        services.AddSingleton(s => Db.Open(s.GetRequiredService<StorageSettings>(), s.GetRequiredService<TimeProvider>()).GetAwaiter().GetResult());
        services.AddSingleton(OrganisationSettings.Default);
        services.AddSingleton<Audit>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<People>();
        services.AddSingleton<OrganisationTree>();
        services.AddSingleton<Tenants>();
        services.AddSingleton(s => Blobs.Open(s.GetRequiredService<StorageSettings>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<EvidenceFiles>();
        services.AddSingleton<FactorPacks>();
        services.AddSingleton<Journal>();
        services.AddSingleton<PinnedCalculations>();
        services.AddSingleton<Statements>();
        services.AddSingleton<Editions>();
        services.AddSingleton<DemoSeed>();
        services.AddSingleton<Book>();
        services.AddHostedService(s => s.GetRequiredService<Book>());
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Migrator.Run(db, Modules, cancellationToken);
        await packs.KeepBuiltIn(cancellationToken);
        await journal.DropUnsealed(null, cancellationToken);
        First = await FirstStart.Ensure(db, time, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
