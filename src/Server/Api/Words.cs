using System.Globalization;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Route = Tanlu.Factors.Methods.Route;

namespace Tanlu.Server.Api;

/// <summary>How addresses and bodies spell what is not a number, a text or a date.</summary>
internal static class Words
{
    public static string? Of(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    public static string Of(DataQuality quality) => quality.ToString().ToLowerInvariant();

    /// <summary>The month of <c>2024-03</c>, or null.</summary>
    public static Month? Month(string? text) => Kernel.Month.Parse(text);

    public static Problem MonthProblem(string column, string? found) => new(string.IsNullOrEmpty(found) ? "month_needed" : "month_unknown", Column: column, Found: found);

    /// <summary>A statement's query. Months are written with the last one included, as people do.</summary>
    public static Outcome<StatementQuery> Query(long? node, string? from, string? to, string? gwp, string? route)
    {
        var problems = new List<Problem>();
        var first = Month(from);
        var last = Month(to);
        if (first is null || last is null)
        {
            problems.Add(MonthProblem(first is null ? "from" : "to", first is null ? from : to));
        }

        var set = gwp is null ? GwpSet.Ar6 : Gwp.Parse(gwp);
        if (set is null)
        {
            problems.Add(new Problem("gwp_unknown", Column: "gwp", Found: gwp));
        }

        var way = route is null ? Route.GhgProtocol : RouteCodes.Parse(route);
        if (way is null)
        {
            problems.Add(new Problem("route_unknown", Column: "route", Found: route));
        }

        return problems.Count > 0
            ? Outcome<StatementQuery>.Refused(problems)
            : new StatementQuery(node, first!.Value, new Month(last!.Value.Number + 1), set!.Value, way!.Value);
    }
}
