using Tanlu.Exchange;
using Tanlu.Numerics;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Methods for tests, matched to a system's flows by row.</summary>
internal static class Methods
{
    /// <summary>One indicator for every row of factors, one factor for every flow of the system.</summary>
    public static CharacterisedMethod Of(ProductSystem system, params double[][] factors)
    {
        var indicators = factors.Select((row, k) => new IndicatorDataset(
            $"i{k}", "", $"indicator {k}", "pt",
            [.. row.Select((value, f) => (value, f)).Where(v => v.value != 0).Select(v => new CharacterisationFactor(system.Flows[v.f].Flow, v.value, system.Flows[v.f].Flow.Unit))])).ToArray();
        var entries = factors.SelectMany((row, k) => row.Select((value, f) => (k, f, value))).Where(e => e.value != 0).ToArray();
        var c = SparseMatrix.FromTriplets(factors.Length, system.Flows.Count, [.. entries.Select(e => e.k)], [.. entries.Select(e => e.f)], [.. entries.Select(e => e.value)]);
        var method = new MethodDataset { Id = "m", Name = "m", Indicators = indicators };
        var matched = MethodMatcher.Match(method, [.. system.Flows.Select(f => f.Flow)], samePackage: true);
        return new CharacterisedMethod(method, matched.Flows, c, matched.Coverage, null);
    }

    public static CharacterisedMethod By(ProductSystem system, Func<SystemFlow, double> factor) => Of(system, [.. system.Flows.Select(factor)]);
}
