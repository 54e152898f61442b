using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>
/// The characterisation of EN 15804:2012+A2:2019 from that of the Environmental Footprint, whose models it takes over (Annex C): the core and additional indicators under their own codes, and biogenic carbon
/// dioxide with −1 for its uptake and +1 for its emission in the total and biogenic climate change. Resource, waste and output indicators are amounts of an inventory and have no factors.
/// </summary>
public static class DeclarationMethod
{
    private static readonly string[] WithBiogenic = ["GWP-total", "GWP-biogenic"];

    /// <summary>The indicators that have factors, each with the one of the Environmental Footprint that it takes over, in the order of the standard.</summary>
    public static IReadOnlyList<(KnownIndicator Indicator, KnownIndicator Of)> Sources { get; } =
    [
        .. DataRows.Read("lca/indicators.csv").Where(r => r["ef"].Length > 0)
            .Select(r => (IndicatorTable.Find("en15804", "", r["code"], "")!, IndicatorTable.Find("ef", "", r["ef"], "")!)),
    ];

    /// <summary>Refused with <c>score_indicator_missing</c> for each indicator of the Environmental Footprint that the method does not have.</summary>
    public static Outcome<MethodDataset> From(MethodDataset footprint)
    {
        var problems = new List<Problem>();
        var indicators = new List<IndicatorDataset>();
        foreach (var (indicator, source) in Sources)
        {
            if (footprint.Indicators.FirstOrDefault(i => IndicatorTable.Find("ef", i.Id, i.Code, i.Name) == source) is not { } found)
            {
                problems.Add(new Problem("score_indicator_missing", null, "indicator", source.Code, "EN 15804+A2"));
                continue;
            }

            indicators.Add(new IndicatorDataset(
                indicator.Code, indicator.Code, indicator.En, indicator.Unit, WithBiogenic.Contains(indicator.Code) ? Balanced(found.Factors) : found.Factors));
        }

        return problems.Count > 0
            ? Outcome<MethodDataset>.Refused(problems)
            : new MethodDataset { Id = footprint.Id, Name = "EN 15804+A2", Version = footprint.Version, Source = $"{footprint.Name} {footprint.Version}".Trim(), Indicators = indicators };
    }

    /// <summary>The factors with −1 and +1 for biogenic carbon dioxide: in the place of what the method gives those flows, and by name and CAS number for flows that it does not know.</summary>
    private static List<CharacterisationFactor> Balanced(IReadOnlyList<CharacterisationFactor> factors)
    {
        var balance = ClimateMethods.Of(GwpSet.Ar6, BiogenicConvention.Balance).Indicators.First(i => i.Code == "GWP-biogenic").Factors.Where(f => f.Flow.Cas == "124-38-9").ToList();
        var method = new MethodDataset { Id = "balance", Name = "balance", Indicators = [new IndicatorDataset("balance", "", "balance", "kg CO2 eq", balance)] };
        var matched = MethodMatcher.Match(method, [.. factors.Select(f => f.Flow.Unit.Length > 0 ? f.Flow : f.Flow with { Unit = "kg" })]);
        return [.. factors.Select((f, j) => matched.Coverage.Has(0, j) ? f with { Value = matched.C.At(0, j) } : f), .. balance];
    }
}
