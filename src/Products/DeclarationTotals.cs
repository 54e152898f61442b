using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>One indicator of a declaration with its modules.</summary>
/// <param name="Indicator">Null where the declaration has an indicator that <see cref="IndicatorTable"/> does not know.</param>
/// <param name="Code">Code of the indicator; of EN 15804+A2 also where the declaration follows +A1 and the meaning is the same but for the method (<c>GWP</c> is read as <c>GWP-total</c>).</param>
/// <param name="Older">The declaration follows EN 15804+A1: the figure is not comparable with one of +A2.</param>
/// <param name="UnitFits">False where the unit is not the indicator's: the figure stands as declared.</param>
/// <param name="Modules">Amount by module code as declared, in the order of the life cycle.</param>
/// <param name="ProductStage">A1 to A3; null where they are not all there.</param>
/// <param name="Total">Sum of all declared modules without D; null where there are none.</param>
/// <param name="Beyond">Module D; null where it is not declared. Never part of a total.</param>
public sealed record DeclaredTotal(
    KnownIndicator? Indicator, string Code, string Name, string Unit, bool Older, bool UnitFits,
    IReadOnlyList<KeyValuePair<string, double>> Modules, double? ProductStage, double? Total, double? Beyond);

/// <summary>The sums of an environmental product declaration (EN 15804:2012+A2:2019, 7.2.3 to 7.2.5).</summary>
public static class DeclarationTotals
{
    private static readonly string[] Product = ["A1", "A2", "A3"];

    /// <summary>Scenarios that a declaration names, in the order of the file.</summary>
    public static IReadOnlyList<string> Scenarios(IReadOnlyList<DeclaredImpact> declared) => [.. declared.Select(d => d.Scenario).Where(s => s.Length > 0).Distinct()];

    /// <summary>
    /// The indicators in the order of the standard, then those it does not know. Modules without a scenario count in every scenario.
    /// </summary>
    /// <param name="scenario">Scenario whose modules count; null for the first that the declaration names.</param>
    public static IReadOnlyList<DeclaredTotal> Of(IReadOnlyList<DeclaredImpact> declared, string? scenario = null)
    {
        var chosen = scenario ?? Scenarios(declared).FirstOrDefault() ?? "";
        var totals = declared
            .Where(d => d.Scenario.Length == 0 || d.Scenario == chosen)
            .GroupBy(d => (d.IndicatorId, d.Indicator, d.Unit))
            .Select(g => Of(g.Key.IndicatorId, g.Key.Indicator, g.Key.Unit, g));
        var order = IndicatorTable.Of("en15804").Select((n, i) => (n.Code, i)).ToDictionary(n => n.Code, n => n.i);
        return [.. totals.OrderBy(t => order.GetValueOrDefault(t.Code, int.MaxValue))];
    }

    private static DeclaredTotal Of(string id, string name, string unit, IEnumerable<DeclaredImpact> amounts)
    {
        var (known, older) = Known(id, name, unit);
        var code = known is null ? "" : older && known.Code == "GWP" ? "GWP-total" : known.Code;
        var modules = amounts
            .GroupBy(a => a.Module.Trim().ToUpperInvariant())
            .Select(g => new KeyValuePair<string, double>(g.Key, g.Last().Amount))
            .OrderBy(m => LifeCycleModule.Covered(m.Key) is [var first, ..] ? Place(first) : int.MaxValue)
            .ToList();
        return new DeclaredTotal(
            known, code, name, unit, older, known is not null && IndicatorTable.IsUnit(known, unit), modules,
            Sum(modules, Product), Total(modules), Sum(modules, ["D"]));
    }

    private static (KnownIndicator? Known, bool Older) Known(string id, string name, string unit)
    {
        if (ById("en15804a1", id) is { } olderById)
        {
            return (olderById, true);
        }

        if (ById("en15804", id) is { } newerById)
        {
            return (newerById, false);
        }

        // A name such as ODP is of either edition: the unit tells.
        var newer = IndicatorTable.Find("en15804", id, "", name);
        var older = IndicatorTable.Find("en15804a1", id, "", name);
        return older is not null && (newer is null || (!IndicatorTable.IsUnit(newer, unit) && IndicatorTable.IsUnit(older, unit))) ? (older, true) : (newer, false);
    }

    private static KnownIndicator? ById(string set, string id) => id.Length > 0 ? IndicatorTable.Find(set, id, "", "") : null;

    private static int Place(LifeCycleModule module) => LifeCycleModule.All.TakeWhile(m => m != module).Count();

    /// <summary>The sum of exactly these modules from the codes declared; null where they do not make it up.</summary>
    private static double? Sum(List<KeyValuePair<string, double>> modules, string[] wanted)
    {
        var open = wanted.ToHashSet(StringComparer.Ordinal);
        var sum = 0.0;
        foreach (var (code, amount) in modules.OrderByDescending(m => LifeCycleModule.Covered(m.Key).Count))
        {
            var covered = LifeCycleModule.Covered(code);
            if (covered.Count > 0 && covered.All(m => open.Contains(m.Code)))
            {
                sum += amount;
                open.ExceptWith(covered.Select(m => m.Code));
            }
        }

        return open.Count == 0 ? sum : null;
    }

    /// <summary>What is declared both as a sum (A1-A3) and singly counts once.</summary>
    private static double? Total(List<KeyValuePair<string, double>> modules)
    {
        var counted = new HashSet<LifeCycleModule>();
        double? sum = null;
        foreach (var (code, amount) in modules.OrderByDescending(m => LifeCycleModule.Covered(m.Key).Count))
        {
            var covered = LifeCycleModule.Covered(code);
            if (covered.Count > 0 && covered.All(m => m.InTotal) && !covered.Any(counted.Contains))
            {
                sum = (sum ?? 0) + amount;
                counted.UnionWith(covered);
            }
        }

        return sum;
    }
}
