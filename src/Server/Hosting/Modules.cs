using Microsoft.AspNetCore.DataProtection;
using Tanlu.Automation;
using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Server.Flows.Demo;
using Tanlu.Storage;

namespace Tanlu.Server.Hosting;

/// <summary>The verbs of the modules as services. All of them hold no state but what they remember of the book, so one of each serves everybody.</summary>
internal static class Modules
{
    public static void Add(IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton(new StorageSettings(settings.DataPath, settings.Postgres));

        // Opened while the host is built, before any request: nothing waits for this thread.
        services.AddSingleton(s => Db.Open(s.GetRequiredService<StorageSettings>(), s.GetRequiredService<TimeProvider>()).GetAwaiter().GetResult());
        services.AddSingleton(s => Blobs.Open(s.GetRequiredService<StorageSettings>(), s.GetRequiredService<TimeProvider>()));

        services.AddSingleton(new OrganisationSettings(TimeSpan.FromHours(settings.SessionHours), TimeSpan.FromMinutes(settings.SessionIdleMinutes)));
        services.AddSingleton<Audit>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<ApiTokens>();
        services.AddSingleton<Passkeys>();
        services.AddSingleton<People>();
        services.AddSingleton<Invitations>();
        services.AddSingleton<Tenants>();
        services.AddSingleton<OrganisationTree>();
        services.AddSingleton<EvidenceFiles>();

        services.AddSingleton<JobBoard>();
        services.AddSingleton<OutboundGuard>();
        services.AddSingleton(s =>
        {
            var protector = s.GetRequiredService<IDataProtectionProvider>().CreateProtector("webhook-secret");
            return new WebhookSettings(protector.Protect, protector.Unprotect, s.GetRequiredService<OutboundGuard>().Refuses);
        });
        services.AddSingleton<Webhooks>();
        services.AddSingleton<WebhookQueue>();

        services.AddSingleton<FactorPacks>();
        services.AddSingleton<Journal>();
        services.AddSingleton<PinnedCalculations>();
        services.AddSingleton<Statements>();
        services.AddSingleton<Editions>();
        services.AddSingleton<ActivityQuantities>();
        services.AddSingleton<LibraryEffects>();
        services.AddSingleton<Packages>();
        services.AddSingleton<Populations>();

        services.AddSingleton<LibraryShelf>();
        services.AddSingleton<Libraries>();
        services.AddSingleton<Processes>();
        services.AddSingleton<PreparedSystems>();
        services.AddSingleton<Calculations>();
        services.AddSingleton<ProcessEdits>();
        services.AddSingleton<LibraryFlows>();
        services.AddSingleton<MethodShelf>();
        services.AddSingleton<ImpactMethods>();
        services.AddSingleton<FlowMappings>();
        services.AddSingleton<Bills>();
        services.AddSingleton<BillResults>();
        services.AddSingleton<BillImports>();

        services.AddSingleton<DemoSeed>();
    }
}
