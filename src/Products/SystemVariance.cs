using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>What one uncertain exchange or parameter adds to the variance of an impact.</summary>
/// <param name="Derivative">Impact per unit of the source.</param>
/// <param name="Variance">Derivative² × variance of the source.</param>
/// <param name="Share">Of the variance of all sources together.</param>
public sealed record SourceVariance(UncertainSource Source, double Derivative, double Variance, double Share);

/// <summary>
/// Where the uncertainty of an impact comes from, to first order and without sampling (Heijungs 2010): the sensitivities of one adjoint solution and the variances of the sources. Says what to measure
/// next. Shares of co-products are held constant.
/// </summary>
public static class SystemVariance
{
    /// <summary>The sources with a part in the variance, the largest first. Refused with <c>system_without_datasets</c> for labelled matrices.</summary>
    /// <param name="pedigree">As in <see cref="SystemSampling"/>.</param>
    public static Outcome<IReadOnlyList<SourceVariance>> Of(ImpactResult result, int indicator, int most = 20, string? pedigree = null) =>
        SystemUncertainty.Of(result.System, pedigree).Then(uncertainty =>
        {
            var derivatives = Sensitivity.Exchanges(result, indicator, int.MaxValue)
                .GroupBy(e => ($"{result.System.Processes[e.Process].Id}|{e.Exchange}", result.System.Processes[e.Process].Name))
                .ToDictionary(g => g.Key, g => g.Sum(e => e.Derivative));
            foreach (var parameter in Sensitivity.Parameters(result, indicator))
            {
                derivatives.TryAdd(($"{parameter.Parameter.ProcessId}|{parameter.Parameter.Name}", parameter.Parameter.Owner), parameter.Derivative);
            }

            var parts = uncertainty.Sources
                .Select(s => (Source: s, Derivative: derivatives.GetValueOrDefault((s.Key, s.Process))))
                .Select(s => (s.Source, s.Derivative, Variance: s.Derivative * s.Derivative * s.Source.Distribution.Variance))
                .Where(s => s.Variance > 0).ToArray();
            var total = parts.Sum(s => s.Variance);
            return Outcome<IReadOnlyList<SourceVariance>>.Done(
            [
                .. parts.OrderByDescending(s => s.Variance).ThenBy(s => s.Source.Key, StringComparer.Ordinal).Take(most).Select(s => new SourceVariance(s.Source, s.Derivative, s.Variance, s.Variance / total)),
            ]);
        });
}
