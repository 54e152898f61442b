using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>What happens where a file lists a pair of flow and indicator more than once with different values (the workbook of EF 3.1 does so 182 times).</summary>
public enum RepeatRule : byte
{
    /// <summary>The first value serves, as in the order of the publisher's table.</summary>
    First,

    /// <summary>The last value serves.</summary>
    Last,

    /// <summary>The file is refused and the pairs are named.</summary>
    Refuse,
}

/// <summary>Decides about factors that a file lists twice, once, when the method comes in; the pairs are kept beside it.</summary>
public static class MethodRepeats
{
    private const int MostNamed = 200;

    /// <returns>The method with one factor for each pair, place and unit, and the pairs that had several; refused with <c>method_factor_twice</c> under <see cref="RepeatRule.Refuse"/>.</returns>
    public static Outcome<(MethodDataset Method, IReadOnlyList<RepeatedFactor> Repeated)> Resolve(MethodDataset method, RepeatRule rule)
    {
        var repeated = new List<RepeatedFactor>();
        var indicators = method.Indicators.Select(indicator =>
        {
            var places = new Dictionary<(string, string, FlowPlace, string, string), int>();
            var kept = new List<CharacterisationFactor>(indicator.Factors.Count);
            foreach (var factor in indicator.Factors)
            {
                var flow = factor.Flow;
                var key = MethodIndex.IsGlobal(flow.Id) ? (flow.Id, "", default, factor.Unit, factor.Location) : (flow.Id, flow.Name, FlowPlace.Of(flow), factor.Unit, factor.Location);
                if (places.TryAdd(key, kept.Count))
                {
                    kept.Add(factor);
                    continue;
                }

                var first = kept[places[key]];
                if (first.Value != factor.Value)
                {
                    repeated.Add(new RepeatedFactor(indicator.Id, MethodIndex.Described(flow), factor.Location, first.Value, factor.Value));
                    kept[places[key]] = rule == RepeatRule.Last ? factor : first;
                }
            }

            return kept.Count == indicator.Factors.Count ? indicator : indicator with { Factors = kept };
        }).ToList();
        return rule == RepeatRule.Refuse && repeated.Count > 0
            ? Outcome<(MethodDataset, IReadOnlyList<RepeatedFactor>)>.Refused([.. repeated.Take(MostNamed).Select(r => new Problem(
                "method_factor_twice", null, "factor", r.Flow, r.IndicatorId, r.First.ToString(CultureInfo.InvariantCulture), r.Other.ToString(CultureInfo.InvariantCulture), method.Name))])
            : (method with { Indicators = indicators }, repeated);
    }
}
