using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>
/// Monte Carlo over a product system: every exchange and parameter with a distribution is drawn once a sample, whatever columns and formulas use it, from a stream of its own, so that the same exchange has
/// the same numbers in every comparison. What formulas and shares of co-products make of the draws is reckoned exactly in each sample.
/// </summary>
public static class SystemSampling
{
    /// <summary>
    /// Impacts of each demand (a list of products with amounts) in each sample. Refused with <c>system_without_datasets</c>, and as <see cref="NetworkSampling.Run"/>; distributions that are
    /// none are named by process and exchange.
    /// </summary>
    public static Outcome<SampledImpacts> Run(CharacterisedSystem system, IReadOnlyList<IReadOnlyList<ProductDemand>> demands, SamplingRules rules, CancellationToken ct = default) =>
        Run(system, demands, rules, null, ct);

    /// <summary>The same, where exchanges that have pedigree scores and no distribution are uncertain by them.</summary>
    /// <param name="pedigree">Set of factors (<see cref="Pedigree.Sets"/>); null to leave such exchanges certain.</param>
    public static Outcome<SampledImpacts> Run(
        CharacterisedSystem system, IReadOnlyList<IReadOnlyList<ProductDemand>> demands, SamplingRules rules, string? pedigree, CancellationToken ct = default) =>
        SystemUncertainty.Of(system.System, pedigree).Then(uncertainty =>
        {
            var faults = uncertainty.Sources.Select(s => s.Distribution.Check(null) is { } fault ? fault with { Row = s.Exchange, Args = [$"{s.Process}: {s.Name}"] } : null).OfType<Problem>().Take(20).ToArray();
            if (faults.Length > 0)
            {
                return Outcome<SampledImpacts>.Refused(faults);
            }

            var amounts = demands.Select(d =>
            {
                var f = new double[system.System.Processes.Count];
                foreach (var demand in d)
                {
                    f[demand.Process] += demand.Amount;
                }

                return f;
            }).ToArray();
            return NetworkSampling.Run(uncertainty.Network(system, rules), amounts, rules with { FirstDimension = uncertainty.Reckoned }, ct);
        });
}
