using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>How to sample.</summary>
/// <param name="Quasi">The inputs that matter most (by first-order variance, up to <see cref="SobolPoints.MostDimensions"/>) get Sobol points, the others random numbers: fewer samples for the same accuracy where few inputs matter. The standard error that a summary states is that of random samples, too large for these.</param>
/// <param name="Threads">0 for as many as the machine has. The result does not depend on it.</param>
public sealed record SamplingRules(int Samples, ulong Seed = 1, bool Quasi = false, int Threads = 0)
{
    /// <summary>Samples × demands × indicators that are kept.</summary>
    public const int MostKept = 20_000_000;

    /// <summary>Dimensions of the Sobol points that are taken already, by what is reckoned outside.</summary>
    public int FirstDimension { get; init; }

    /// <summary>The number of a supplied value's own input in a sample: of its stream, or of a dimension of the Sobol points.</summary>
    public double Unit(ulong key, long sample, int dimension) => Quasi && dimension < SobolPoints.MostDimensions
        ? SobolPoints.Shifted(dimension, (uint)sample, SampleStreams.Shift(Seed, key))
        : SampleStreams.Unit(Seed, key, sample);
}

/// <summary>Monte Carlo over a network: the same pattern, other values, eight samples side by side from the certain solution on.</summary>
public static class NetworkSampling
{
    private const int MostProblems = 20;

    /// <summary>
    /// Impacts of each demand in each sample. Refused with <c>sampling_count</c>, <c>sampling_too_many</c>, the problems of distributions (<c>distribution_…</c>), or those of the network without
    /// uncertainty. A sample of its own that cannot be solved is no refusal: it is counted and named in the result.
    /// </summary>
    /// <param name="demands">Amounts by product, one list for each demand.</param>
    public static Outcome<SampledImpacts> Run(UncertainNetwork network, IReadOnlyList<double[]> demands, SamplingRules rules, CancellationToken ct = default)
    {
        var k = network.Characterisation.Rows;
        if (rules.Samples < 1 || demands.Count == 0)
        {
            return new Problem("sampling_count", Found: Text(rules.Samples));
        }

        if ((long)rules.Samples * demands.Count * Math.Max(k, 1) > SamplingRules.MostKept)
        {
            return new Problem("sampling_too_many", Found: Text(rules.Samples), Args: [Text(demands.Count), Text(k), Text(SamplingRules.MostKept / (demands.Count * Math.Max(k, 1)))]);
        }

        if (Faults(network) is { Count: > 0 } faults)
        {
            return Outcome<SampledImpacts>.Refused(faults);
        }

        return Certain(network, demands).Then(certain => Sampled(network, demands, rules, certain, ct));
    }

    private static List<Problem> Faults(UncertainNetwork network)
    {
        var faults = new List<Problem>();
        for (var input = 0; input < network.Inputs.Length && faults.Count < MostProblems; input++)
        {
            if (network.Inputs[input].Distribution.Check(null) is { } fault)
            {
                var term = Array.Find(network.Terms, t => t.Input == input);
                faults.Add(fault with { Args = [$"{(term.Elementary ? "B" : "A")}[{term.Row}, {term.Column}]"] });
            }
        }

        return faults;
    }

    private static Outcome<CertainNetwork> Certain(UncertainNetwork network, IReadOnlyList<double[]> demands)
    {
        var k = network.Characterisation.Rows;
        Intensities? intensities = null;
        if (k > 0)
        {
            var found = network.Network.Intensities(DirectImpacts.Of(network.Interventions, network.Characterisation), k);
            if (!found.Ok)
            {
                return Outcome<CertainNetwork>.Refused(found.Problems);
            }

            intensities = found.Value;
        }

        var supplies = new List<Supply>(demands.Count);
        foreach (var demand in demands)
        {
            var solved = network.Network.Solve(demand, intensities);
            if (!solved.Ok)
            {
                return Outcome<CertainNetwork>.Refused(solved.Problems);
            }

            supplies.Add(solved.Value);
        }

        return new CertainNetwork(supplies, intensities);
    }

    private static Outcome<SampledImpacts> Sampled(UncertainNetwork network, IReadOnlyList<double[]> demands, SamplingRules rules, CertainNetwork certain, CancellationToken ct)
    {
        var k = network.Characterisation.Rows;
        var values = new double[demands.Count * k];
        var shift = new double[values.Length];
        var importance = rules.Quasi ? new double[network.Inputs.Length] : [];
        for (var d = 0; d < demands.Count && certain.Intensities is not null; d++)
        {
            network.Characterisation.Times(network.Interventions.Times(certain.Supplies[d].Values)).CopyTo(values, d * k);
            var firstOrder = new FirstOrderVariance(network, certain.Supplies[d].Values, certain.Intensities);
            firstOrder.Shifts().CopyTo(shift, d * k);
            for (var indicator = 0; indicator < k && rules.Quasi; indicator++)
            {
                foreach (var share in firstOrder.Of(indicator, SobolPoints.MostDimensions).Largest)
                {
                    importance[share.Input] = Math.Max(importance[share.Input], share.Share);
                }
            }
        }

        // By importance, and among equals by key: positions play no part.
        int[] evenly = [.. Enumerable.Range(0, importance.Length).Where(i => importance[i] > 0).OrderByDescending(i => importance[i]).ThenBy(i => network.Inputs[i].Key).Take(Math.Max(0, SobolPoints.MostDimensions - rules.FirstDimension))];
        var plan = new SamplingPlan(network, demands, [.. certain.Supplies.Select(s => s.Values)], evenly, rules.FirstDimension);
        var sweeps = certain.Supplies.TrueForAll(s => s.Certificate.Fallback is null);
        var blocks = new SampleBlock[(rules.Samples + SampleLanes.Lanes - 1) / SampleLanes.Lanes];
        var options = new ParallelOptions { MaxDegreeOfParallelism = rules.Threads > 0 ? rules.Threads : Environment.ProcessorCount, CancellationToken = ct };
        Parallel.For(
            0, blocks.Length, options, () => new SampleLanes(plan, rules.Seed, sweeps),
            (block, _, lanes) =>
            {
                blocks[block] = lanes.Run((long)block * SampleLanes.Lanes);
                return lanes;
            },
            lanes => lanes.Dispose());
        return new SampledImpacts(rules, demands.Count, k, values, shift, blocks);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed record CertainNetwork(List<Supply> Supplies, Intensities? Intensities);
}
