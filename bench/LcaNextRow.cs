using Tanlu.Numerics;

namespace Tanlu.Bench;

/// <summary>Each further product of a prepared network, beside a further right side of factors that are there.</summary>
internal sealed class LcaNextRow : BenchmarkRow
{
    private const int Products = 50;
    private const double Goal = 1.0 / 3;

    public override string Name => "lca-next";

    public override string Says => "a further product of 20 000 processes: supply, certificate, 16 impacts; at most a third of UMFPACK's further solve in its better orientation";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var network = new LcaCase(new NetworkRules(20_000, run.Seed));
        var first = network.First();
        var all = network.All(first.Prepared);
        LcaCase.Proven(Name, first, all, network.Product);
        var n = network.Network.Technology.Columns;
        var worst = (BackwardError: 0.0, Difference: 0.0);
        var ours = Repeats.Of(warm: 40, Products, round =>
        {
            var product = (int)((network.Product + ((round + 1L) * 7919)) % n);
            var supply = LcaCase.Value(first.Prepared.Solve(product, 1, all));
            var impacts = network.Characterisation.Times(network.Interventions.Times(supply.Values));
            worst = (Math.Max(worst.BackwardError, supply.Certificate.BackwardError), Math.Max(worst.Difference, LcaCase.Difference(impacts, all.Of(product))));
        });
        LcaCase.Require(worst.BackwardError <= LcaCase.Limit, Name, "backward error", worst.BackwardError);
        LcaCase.Require(worst.Difference <= LcaCase.Limit, Name, "forward against transposed", worst.Difference);

        var sum = 0.0;
        var lookup = Repeats.Of(warm: 40, count: 31, _ =>
        {
            for (var product = 0; product < n; product++)
            {
                sum += all.Impacts(product, 1)[0];
            }
        });
        LcaCase.Require(double.IsFinite(sum), Name, "sum of impacts", sum);
        var peers = SuiteSparse.Open(run);
        var peer = peers is null ? null : LcaPeers.Measure(peers, network, first)[0];
        List<Figure> figures =
        [
            LcaPeers.Beside($"{Name} supply and impacts", ours.Median * 1000, "ms", ours.Said, peer, p => p.Again.Median * 1000, p => $"{p.Name}, solve with the default refinement, {p.Again.Said}", Goal),
            LcaPeers.Beside($"{Name} impacts by the transposed solution", lookup.Median * 1000 / n, "ms", "", peer, p => p.Again.Median * 1000, p => $"{p.Name}, solve with the default refinement, {p.Again.Said}", Goal),
            new Figure(Name + " backward error", worst.BackwardError, LcaCase.Limit, "", "limit", Goal: 1, AtMost: true),
            new Figure(Name + " forward against transposed", worst.Difference, LcaCase.Limit, "", "limit", Goal: 1, AtMost: true),
        ];
        if (peers is not null)
        {
            // For information: less than the peer does by default, and not proven.
            var bare = Repeats.Of(peers.Umfpack(network.Network.Technology, transposed: true, network.Demand, again: 9, refined: false).Again);
            figures.Add(new Figure(
                Name + " beside a solve without refinement", ours.Median * 1000, bare.Median * 1000, "ms", $"UMFPACK on Aᵀ, refinement switched off, {bare.Said}", Goal: 1, AtMost: true, ours.Said));
        }

        return figures;
    }
}
