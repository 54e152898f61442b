using Tanlu.Numerics;

namespace Tanlu.Bench;

/// <summary>Networks that an iteration finds hard or impossible: the same proof, and not slower than the peer.</summary>
internal sealed class LcaHardRow : BenchmarkRow
{
    public override string Name => "lca-hard";

    public override string Says => "20 000 processes with column sums to 0.97, 5 % credits, loops over one, products in another order than processes: proven to 1e-10, and a first product no slower than UMFPACK's better orientation";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var plain = new NetworkRules(20_000, run.Seed);
        var figures = new List<Figure>();
        foreach (var (what, rules) in (ReadOnlySpan<(string, NetworkRules)>)
        [
            ("column sums to 0.97", plain with { ColumnSum = 0.97 }),
            ("credits 5 %", plain with { Credits = 0.05 }),
            ("20 loops over one", plain with { LoopsOverOne = 20 }),
            ("credits, loops, products apart", plain with { ColumnSum = 0.97, Credits = 0.05, LoopsOverOne = 20, RowsApart = true }),
        ])
        {
            var row = $"{Name} {what}";
            var network = new LcaCase(rules);
            LcaFirst? first = null;
            var ours = Repeats.Of(warm: 3, count: 5, _ => first = network.First());
            var difference = LcaCase.Proven(row, first!, network.All(first!.Prepared), network.Product);
            var peer = SuiteSparse.Open(run) is { } peers ? LcaPeers.Measure(peers, network, first)[0] : null;
            var (sweeps, fallback) = (first.Supply.Certificate.Sweeps, first.Supply.Certificate.Fallback ?? "none");
            figures.Add(LcaPeers.Beside(row, ours.Median * 1000, "ms", $"{ours.Said}; {sweeps} sweeps, fallback {fallback}", peer, p => p.First.Median * 1000, p => p.Steps, goal: 1));
            figures.Add(new Figure(row + " backward error", first.Supply.Certificate.BackwardError, LcaCase.Limit, "", "limit", Goal: 1, AtMost: true));
            figures.Add(new Figure(row + " forward against transposed", difference, LcaCase.Limit, "", "limit", Goal: 1, AtMost: true));
        }

        return figures;
    }
}
