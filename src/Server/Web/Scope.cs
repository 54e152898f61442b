using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Server.Web;

/// <summary>The accounting route a view follows: which postings count where the two rule sets differ.</summary>
public enum AccountingRoute
{
    /// <summary>GHG Protocol and ISO 14064-1.</summary>
    Ghg,

    /// <summary>The Chinese enterprise guidelines.</summary>
    China,
}

/// <summary>
/// What the scope bar chooses for every page: node of the organisation, months, GWP set, route. It lives in the URL
/// (<c>node, from, to, gwp, route</c>), so that a link shows a colleague the same figures.
/// </summary>
/// <param name="Node">Organisation node; null is everything the reader may see.</param>
/// <param name="From">First month.</param>
/// <param name="To">Last month, included.</param>
/// <param name="Pinned">The URL names the scope; links then carry all of it, because defaults move with the calendar.</param>
public sealed record Scope(long? Node, Month From, Month To, GwpSet Gwp, AccountingRoute Route, bool Pinned)
{
    /// <summary>The names of the query values that belong to the scope.</summary>
    public static readonly IReadOnlyList<string> Names = ["node", "from", "to", "gwp", "route"];

    private const int LongestMonths = 12 * 50;

    public DateInterval Period => new(From.Interval.Start, To.Interval.End);

    public string RouteCode => CodeOf(Route);

    /// <summary>The scope as a query string without <c>?</c>; empty where the URL did not name one.</summary>
    public string Query => Pinned ? Written : "";

    /// <summary>The whole scope as a query string without <c>?</c>.</summary>
    public string Written =>
        (Node is { } node ? string.Create(CultureInfo.InvariantCulture, $"node={node}&") : "") + $"from={From}&to={To}&gwp={Gwp.ToString().ToUpperInvariant()}&route={RouteCode}";

    public static string CodeOf(AccountingRoute route) => route == AccountingRoute.China ? "cn" : "ghg";

    /// <summary>The last complete calendar year, AR6, GHG Protocol.</summary>
    public static Scope Default(DateOnly today) =>
        new(null, Month.Of(today.Year - 1, 1), Month.Of(today.Year - 1, 12), GwpSet.Ar6, AccountingRoute.Ghg, Pinned: false);

    /// <summary>Reads the query; a value that is not understood gives way to the default, and months in the wrong order change places.</summary>
    public static Scope Parse(IQueryCollection query, DateOnly today)
    {
        var otherwise = Default(today);
        var from = MonthOf(query["from"], last: false);
        var to = MonthOf(query["to"], last: true);
        var first = from ?? (to is { } end ? Month.Of(end.Year, 1) : otherwise.From);
        var last = to ?? (from is { } start ? Month.Of(start.Year, 12) : otherwise.To);
        if (last.CompareTo(first) < 0)
        {
            (first, last) = (last, first);
        }

        if (last.Number - first.Number >= LongestMonths)
        {
            (first, last) = (otherwise.From, otherwise.To);
        }

        return new Scope(
            long.TryParse(query["node"], NumberStyles.None, CultureInfo.InvariantCulture, out var node) ? node : null,
            first,
            last,
            Kernel.Gwp.Parse(query["gwp"]) ?? otherwise.Gwp,
            query["route"] == "cn" ? AccountingRoute.China : AccountingRoute.Ghg,
            Names.Any(query.ContainsKey));
    }

    /// <summary><c>2025-03</c>, or <c>2025</c> for its first or last month.</summary>
    private static Month? MonthOf(string? text, bool last) => Month.Parse(text) ?? Month.Parse(text + (last ? "-12" : "-01"));
}
