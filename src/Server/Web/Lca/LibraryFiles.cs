using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Server.Identity;

namespace Tanlu.Server.Web.Lca;

/// <summary>The files that the pages of life cycle data hand out.</summary>
internal static class LibraryFiles
{
    public static void Map(WebApplication app) =>
        app.MapGet("/lca/libraries/{id:long}/file", Export).WithName("page-library-file").RequireAuthorization(RightPolicies.Page(Right.ReadFigures, everywhere: true)).ExcludeFromDescription();

    /// <summary>The library as openLCA JSON-LD, without what its owner does not let be passed on; <c>sealed.csv</c> in it says what that is.</summary>
    private static async Task<IResult> Export(long id, Ui ui, Libraries libraries, CancellationToken ct)
    {
        var exported = await libraries.Export(ui.Caller, id, ct);
        return exported.Ok ? TypedResults.Stream(exported.Value.Content, "application/zip", exported.Value.FileName)
            : exported.Problems[0].Code == "not_permitted" ? TypedResults.Forbid() : TypedResults.NotFound();
    }
}
