using Tanlu.Numerics;

namespace Tanlu.Bench;

/// <summary>A regionalised database: 200 000 processes, two million entries.</summary>
internal sealed class LcaLargeRow : BenchmarkRow
{
    private const int Products = 15;
    private const double OneMilliseconds = 100;
    private const double AllMilliseconds = 500;

    public override string Name => "lca-200k";

    public override string Says => "200 000 processes: one product of a prepared network under 100 ms, all × 16 indicators under 0.5 s; at 20 000 a demand's impacts, contribution tree and flow diagram under 50 ms";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var network = new LcaCase(new NetworkRules(200_000, run.Seed));
        LcaFirst? first = null;
        var fromEntries = Repeats.Of(warm: 2, count: 3, _ => first = network.First());
        Intensities? all = null;
        var every = Repeats.Of(warm: 4, count: 7, _ => all = network.All(first!.Prepared));
        var difference = LcaCase.Proven(Name, first!, all!, network.Product);
        var n = network.Network.Technology.Columns;
        var worst = first!.Supply.Certificate.BackwardError;
        var one = Repeats.Of(warm: 4, Products, round =>
        {
            var product = (int)((network.Product + ((round + 1L) * 7919)) % n);
            var supply = LcaCase.Value(first.Prepared.Solve(product, 1, all));
            var impacts = network.Characterisation.Times(network.Interventions.Times(supply.Values));
            worst = Math.Max(worst, supply.Certificate.BackwardError);
            difference = Math.Max(difference, LcaCase.Difference(impacts, all!.Of(product)));
        });
        return
        [
            new Figure($"{Name} one product", one.Median * 1000, OneMilliseconds, "ms", "limit", Goal: 1, AtMost: true, $"{one.Said}; the first from unordered entries {fromEntries.Median * 1000:0} ms"),
            new Figure($"{Name} all × 16", every.Median * 1000, AllMilliseconds, "ms", "limit", Goal: 1, AtMost: true, every.Said),
            new Figure(Name + " backward error", worst, LcaCase.Limit, "", "limit", Goal: 1, AtMost: true),
            new Figure(Name + " forward against transposed", difference, LcaCase.Limit, "", "limit", Goal: 1, AtMost: true),
            .. LcaContributions.Measure(Name, new NetworkRules(20_000, run.Seed)),
        ];
    }
}
