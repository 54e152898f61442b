using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Route = Tanlu.Factors.Methods.Route;

namespace Tanlu.Server.Web.Measuring;

/// <summary>From the scope bar to the statement it asks for.</summary>
public static class ScopeQuery
{
    public static Route RouteOf(AccountingRoute route) => route == AccountingRoute.China ? Route.Guideline : Route.GhgProtocol;

    public static StatementQuery Statement(this Scope scope) => new(scope.Node, scope.From, new Month(scope.To.Number + 1), scope.Gwp, RouteOf(scope.Route));

    /// <summary>The period of equal length just before.</summary>
    public static Scope Before(this Scope scope)
    {
        var months = scope.To.Number - scope.From.Number + 1;
        return scope with { From = new Month(scope.From.Number - months), To = new Month(scope.From.Number - 1) };
    }

    public static IReadOnlyList<Month> Months(this Scope scope) => [.. Enumerable.Range(scope.From.Number, scope.To.Number - scope.From.Number + 1).Select(n => new Month(n))];
}
