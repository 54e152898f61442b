using System.Diagnostics;
using System.Globalization;
using Tanlu.Numerics;

namespace Tanlu.Bench;

/// <summary>Monte Carlo with every input and every intervention lognormal, beside a factorisation with kept analysis and a solve per sample, which is what direct solvers need.</summary>
internal sealed class LcaMonteCarloRow : BenchmarkRow
{
    private const int Samples = 1000;
    private const int Few = 64;
    private const double LeastPerSecond = 300;

    public override string Name => "lca-montecarlo";

    public override string Says => "20 000 processes with every exchange uncertain, 16 indicators: at least 300 samples/s on two cores, each with its backward error";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var network = new LcaCase(new NetworkRules(20_000, run.Seed, Uncertain: true));
        var first = network.First();
        var uncertain = UncertainNetwork.Of(first.Prepared, network.Network.Technology, network.Network.Interventions, network.Characterisation);
        IReadOnlyList<double[]> demands = [network.Demand];
        var few = Sampled(Few, threads: 1);
        Sampled(Few, threads: 0);
        var (started, worked) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var sampled = Sampled(Samples, threads: 0);
        var rate = Samples / Stopwatch.GetElapsedTime(started).TotalSeconds;
        var processor = (Environment.CpuUsage.TotalTime - worked).TotalSeconds;
        LcaCase.Require(sampled.Refused.Count == 0, Name, "samples refused", sampled.Refused.Count);
        LcaCase.Require(sampled.LargestBackwardError <= LcaCase.Limit, Name, "backward error", sampled.LargestBackwardError);
        for (var indicator = 0; indicator < first.Impacts.Length; indicator++)
        {
            // The same samples on one thread as on all, to the bit; and none of them the value without uncertainty.
            LcaCase.Require(few.Of(0, indicator).SequenceEqual(sampled.Of(0, indicator)[..Few]), Name, "another result on one thread, indicator", indicator);
            LcaCase.Require(sampled.Of(0, indicator).ToArray().Distinct().Count() == Samples, Name, "samples repeat, indicator", indicator);
            var off = Math.Abs(sampled.Certain(0, indicator) - first.Impacts[indicator]) / Math.Abs(first.Impacts[indicator]);
            LcaCase.Require(off <= LcaCase.Limit, Name, "value without uncertainty", off);
        }

        var figures = new List<Figure>
        {
            new(
                Name, rate, LeastPerSecond, "samples/s", "limit", Goal: 1, AtMost: false,
                string.Create(CultureInfo.InvariantCulture, $"{Samples} samples in {processor:0.00} s of processor time, {sampled.Direct.Count} by the direct solver")),
            new(Name + " backward error", sampled.LargestBackwardError, LcaCase.Limit, "", "limit", Goal: 1, AtMost: true),
        };
        if (SuiteSparse.Open(run) is { } peers)
        {
            var peer = LcaPeers.Measure(peers, network, first)[0];
            var seconds = peer.Run.Numeric + peer.Again.Median;
            figures.Add(new Figure(
                Name + " beside a direct solver", rate, 1 / seconds, "samples/s",
                string.Create(CultureInfo.InvariantCulture, $"{peer.Name}, one numeric factorisation and one solve a sample, drawing not counted"), Goal: 20, AtMost: false));
        }

        return figures;

        SampledImpacts Sampled(int samples, int threads) => LcaCase.Value(NetworkSampling.Run(uncertain, demands, new SamplingRules(samples, run.Seed, Threads: threads)));
    }
}
