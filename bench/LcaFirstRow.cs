using Tanlu.Numerics;

namespace Tanlu.Bench;

/// <summary>The first product of a network of 20 000 processes with 16 impacts, from unordered entries in memory.</summary>
internal sealed class LcaFirstRow : BenchmarkRow
{
    private const double Goal = 1.0 / 20;

    public override string Name => "lca-first";

    public override string Says => "first product with 16 impacts of 20 000 processes from unordered entries; UMFPACK (A and Aᵀ, default control) and KLU from Debian's SuiteSparse, 20 times quicker than the better";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var network = new LcaCase(new NetworkRules(20_000, run.Seed));
        LcaFirst? first = null;
        var ours = Repeats.Of(warm: 40, count: 31, _ => first = network.First());
        var difference = LcaCase.Proven(Name, first!, network.All(first!.Prepared), network.Product);
        var figures = new List<Figure>();
        if (SuiteSparse.Open(run) is { } peers)
        {
            foreach (var peer in LcaPeers.Measure(peers, network, first))
            {
                figures.Add(new Figure($"{Name} beside {peer.Name}", ours.Median * 1000, peer.First.Median * 1000, "ms", peer.Steps, Goal, AtMost: true, ours.Said));
            }
        }
        else
        {
            figures.Add(new Figure(Name, ours.Median * 1000, double.NaN, "ms", LcaPeers.Missing, Goal, AtMost: true, ours.Said));
        }

        figures.Add(new Figure(Name + " backward error", first.Supply.Certificate.BackwardError, LcaCase.Limit, "", "limit", Goal: 1, AtMost: true));
        figures.Add(new Figure(Name + " forward against transposed", difference, LcaCase.Limit, "", "limit", Goal: 1, AtMost: true));
        return figures;
    }
}
