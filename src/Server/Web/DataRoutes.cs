using Tanlu.Server.Flows;
using Tanlu.Server.Web.Activities;
using Tanlu.Server.Web.Import;
using Tanlu.Server.Web.Search;

namespace Tanlu.Server.Web;

/// <summary>What the pages of data need beside themselves: the flows behind them and the files they hand out.</summary>
internal static class DataRoutes
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ImportUploads>();
        services.AddSingleton<ImportReview>();
        services.AddSingleton<ImportStart>();
        services.AddSingleton<ActivityTrial>();
        services.AddSingleton<SearchWords>();
        services.AddSingleton<Reference.ApiReference>();
    }

    public static void Map(WebApplication app)
    {
        ImportFiles.Map(app);
        Lca.LibraryFiles.Map(app);
        ActivityRoutes.Map(app);
        LcaMethods.FactorFile.Map(app);
    }
}
