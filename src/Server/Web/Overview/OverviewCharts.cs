using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Server.Web.Measuring;
using Tanlu.Server.Web.Parts;

namespace Tanlu.Server.Web.Overview;

/// <summary>The drawings of the overview, each from the entries of one statement.</summary>
public sealed class OverviewCharts(Ui ui, BoundaryStatement of)
{
    public const string Unit = "t CO2e";

    private const int MostBars = 10;
    private const int MostSources = 9;

    private readonly Statement _statement = of.Statement;
    private readonly FigureNames _names = new(ui, of.Header);

    /// <summary>Scopes by month. A month without any entry is a gap, not a zero.</summary>
    public Chart ByMonth()
    {
        var months = ui.Scope.Months();
        var sums = _statement.By(e => (e.Month, e.Key.Account.Scope));
        var known = _statement.Entries.Select(e => e.Month).ToHashSet();
        return Charts.StackedByMonth(
            ui, months,
            [
                .. Enumerable.Range(1, 3).Where(s => _statement.Entries.Any(e => e.Key.Account.Scope == s)).Select(s => new ChartSeries(
                    FigureNames.Scope(ui, s), Colour(s), [.. months.Select(m => known.Contains(m) ? sums.GetValueOrDefault((m, s)).Tonnes : (double?)null)])),
            ],
            Unit);
    }

    public Chart BySite() => Bars(
        ui.T("sheet.by.site"), _statement.By(e => e.Site).Select(s => (Name: _names.Site(s.Key), s.Value.Tonnes, Cut: new FigureCut(Site: s.Key))), "c6");

    public Chart ByCategory() => Bars(
        ui.T("overview.category"),
        _statement.By(e => e.Key.Account.Number).Where(a => a.Key > 300).Select(a => (Name: FigureNames.Account(ui, a.Key), a.Value.Tonnes, Cut: new FigureCut(Account: a.Key))), "scope3");

    /// <summary>From source over site to scope; small sources of a site flow together.</summary>
    public Chart Flow()
    {
        var sums = _statement.By(e => (e.Source, e.Site, e.Key.Account.Scope)).Where(s => s.Value.Scaled > 0).ToList();
        var largest = sums.GroupBy(s => s.Key.Source).OrderByDescending(g => g.Sum(s => s.Value.Tonnes)).Take(MostSources).Select(g => g.Key).ToHashSet();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var scopes = Enumerable.Range(1, 3).ToDictionary(s => s, s => Unique(taken, FigureNames.Scope(ui, s)));
        var sites = sums.Select(s => s.Key.Site).Distinct().ToDictionary(s => s, s => Unique(taken, _names.Site(s)));
        var sources = sums.Select(s => s.Key.Source).Distinct().Where(largest.Contains).ToDictionary(s => s, s => Unique(taken, _names.Source(s)));
        var others = sums.Where(s => !largest.Contains(s.Key.Source)).Select(s => s.Key.Site).Distinct().ToDictionary(s => s, s => Unique(taken, ui.T("overview.others_of", _names.Site(s))));
        string From(long source, long site) => sources.GetValueOrDefault(source) ?? others[site];
        return Charts.Sankey(
            ui,
            [
                .. sources.Values.Concat(others.Values).Select(n => new FlowNode(n, "c7")), .. sites.Values.Select(n => new FlowNode(n, "c6")),
                .. sums.Select(s => s.Key.Scope).Distinct().Order().Select(s => new FlowNode(scopes[s], Colour(s))),
            ],
            [
                .. sums.GroupBy(s => (From: From(s.Key.Source, s.Key.Site), s.Key.Site)).Select(g => new FlowLink(
                    g.Key.From, sites[g.Key.Site], g.Sum(s => s.Value.Tonnes),
                    ui.Explain(new FigureCut(Site: g.Key.Site, Source: g.Select(s => s.Key.Source).Distinct().Count() == 1 ? g.First().Key.Source : null)))),
                .. sums.GroupBy(s => (s.Key.Site, s.Key.Scope)).Select(g => new FlowLink(
                    sites[g.Key.Site], scopes[g.Key.Scope], g.Sum(s => s.Value.Tonnes), ui.Explain(new FigureCut(Scope: g.Key.Scope, Site: g.Key.Site)))),
            ],
            Unit);
    }

    /// <summary>Where the values come from.</summary>
    public string Source => ui.SourceLine(of.Header.EntityName(ui.Language));

    public static string Colour(int scope) => scope switch { 1 => "scope1", 2 => "scope2", _ => "scope3" };

    private Chart Bars(string heading, IEnumerable<(string Name, double Tonnes, FigureCut Cut)> parts, string colour)
    {
        var sorted = parts.Where(p => p.Tonnes != 0).OrderByDescending(p => p.Tonnes).ToList();
        var bars = sorted.Take(MostBars).Select(p => new ChartBar(p.Name, p.Tonnes, colour, ui.Explain(p.Cut))).ToList();
        if (sorted.Count > MostBars)
        {
            bars.Add(new ChartBar(ui.T("overview.others", sorted.Count - MostBars), sorted.Skip(MostBars).Sum(p => p.Tonnes), "c7"));
        }

        return Charts.Bars(ui, heading, bars, Unit);
    }

    // The drawing tells nodes apart by name, so a name that is used again carries a number.
    private static string Unique(HashSet<string> taken, string name)
    {
        var unique = name;
        for (var again = 2; !taken.Add(unique); again++)
        {
            unique = $"{name} ({again.ToString(System.Globalization.CultureInfo.InvariantCulture)})";
        }

        return unique;
    }
}
