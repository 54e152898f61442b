using Tanlu.Numerics;

namespace Tanlu.Bench;

/// <summary>All products of a prepared network × 16 indicators by the transposed route.</summary>
internal sealed class LcaAllRow : BenchmarkRow
{
    private const double LimitMilliseconds = 30;

    public override string Name => "lca-all";

    public override string Says => "all 20 000 products × 16 indicators of a prepared network, with the certificate; limit 30 ms";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var network = new LcaCase(new NetworkRules(20_000, run.Seed));
        var first = network.First();
        Intensities? all = null;
        var ours = Repeats.Of(warm: 40, count: 31, _ => all = network.All(first.Prepared));
        var difference = LcaCase.Proven(Name, first, all!, network.Product);
        return
        [
            new Figure(Name, ours.Median * 1000, LimitMilliseconds, "ms", "limit", Goal: 1, AtMost: true, ours.Said),
            new Figure(Name + " backward error", all!.Certificate.BackwardError, LcaCase.Limit, "", "limit", Goal: 1, AtMost: true),
            new Figure(Name + " forward against transposed", difference, LcaCase.Limit, "", "limit", Goal: 1, AtMost: true),
        ];
    }
}
