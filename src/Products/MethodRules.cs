using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>What a method must be to be kept.</summary>
internal static class MethodRules
{
    private const int MostIndicators = 10_000;
    private const int LongestName = 500;
    private const int MostProblems = 50;

    public static IReadOnlyList<Problem> Problems(MethodDataset method) => [.. Wrong(method).Take(MostProblems)];

    /// <summary>The method with the product's own sets that fit its indicators, after its publisher's.</summary>
    public static MethodDataset WithSets(MethodDataset method)
    {
        var fitting = BuiltInSets.All.Where(s => method.Sets.All(own => own.Id != s.Id) && SingleScore.Of(s, method.Indicators, new double[method.Indicators.Count]).Ok).ToList();
        return fitting.Count == 0 ? method : method with { Sets = [.. method.Sets, .. fitting] };
    }

    private static IEnumerable<Problem> Wrong(MethodDataset method)
    {
        if (string.IsNullOrWhiteSpace(method.Name) || method.Name.Length > LongestName)
        {
            yield return new Problem("method_name", null, "name", method.Name);
        }

        if (method.Indicators.Count is 0 or > MostIndicators)
        {
            yield return new Problem("method_indicators", null, "indicators", method.Indicators.Count.ToString(CultureInfo.InvariantCulture), method.Name);
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var indicator in method.Indicators)
        {
            if (indicator.Id.Length == 0 || !ids.Add(indicator.Id))
            {
                yield return new Problem("method_indicator_id", null, "indicator", indicator.Id.Length > 0 ? indicator.Id : indicator.Name, method.Name);
            }

            foreach (var factor in indicator.Factors.Where(f => !double.IsFinite(f.Value)))
            {
                yield return new Problem("method_factor_value", null, "factor", factor.Value.ToString(CultureInfo.InvariantCulture), indicator.Name, factor.Flow.Name);
            }

            foreach (var factor in indicator.Factors.Where(f => string.IsNullOrWhiteSpace(f.Flow.Name)))
            {
                yield return new Problem("method_factor_flow", null, "flow", factor.Flow.Id, indicator.Name);
            }
        }

        foreach (var set in method.Sets)
        {
            foreach (var weight in set.Indicators)
            {
                if (!ids.Contains(weight.IndicatorId))
                {
                    yield return new Problem("method_set_indicator", null, "indicator", weight.IndicatorId, set.Name);
                }

                if (weight.Normalisation is { } n && (n == 0 || !double.IsFinite(n)) || weight.Weight is { } w && !double.IsFinite(w))
                {
                    yield return new Problem("method_set_value", null, weight.IndicatorId, (weight.Normalisation is 0 ? 0 : weight.Weight ?? weight.Normalisation ?? 0).ToString(CultureInfo.InvariantCulture), set.Name);
                }
            }
        }
    }
}
