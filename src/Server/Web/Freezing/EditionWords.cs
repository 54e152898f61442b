using Tanlu.Inventory;
using Route = Tanlu.Factors.Methods.Route;

namespace Tanlu.Server.Web.Freezing;

/// <summary>What an edition's choices are called in the texts of the scope bar.</summary>
internal static class EditionWords
{
    public static string RouteCode(EditionHead head) => Scope.CodeOf(RouteOf(head.Route));

    private static AccountingRoute RouteOf(Route route) => route == Route.Guideline ? AccountingRoute.China : AccountingRoute.Ghg;
}
