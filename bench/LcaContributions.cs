using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Numerics;
using Tanlu.Products;

namespace Tanlu.Bench;

/// <summary>What a result page asks of a prepared and characterised system: another demand with its impacts, contribution tree and flow diagram.</summary>
internal static class LcaContributions
{
    private const double LimitMilliseconds = 50;
    private const int Demands = 31;

    public static IReadOnlyList<Figure> Measure(string row, NetworkRules rules)
    {
        var network = NetworkGenerator.Generate(rules);
        var flows = Enumerable.Range(0, rules.Flows).Select(i => new FlowDataset { Id = Name("flow", i), Name = Name("flow", i), Unit = "kg" }).ToArray();
        var system = LcaCase.Value(ProductSystem.FromMatrices(
            [.. Enumerable.Range(0, rules.Processes).Select(i => new SystemProcess(i, Name("process", i), Name("process", i), "", "", "", Name("product", i), Name("product", i), "kg", 1, Treats: false, 1, null))],
            [.. flows.Select((f, i) => new SystemFlow(i, f, Input: false, Against: false))],
            network.Technology.ToMatrix(),
            network.Interventions.ToMatrix()));
        var method = MethodMatcher.Match(Method(network.Characterisation, flows), flows, samePackage: true);
        var prepared = LcaCase.Value(system.Prepare());
        var known = LcaCase.Value(prepared.Characterise(method));
        var (shown, nodes, links, apart) = (0, 0, 0, 0.0);
        var all = Repeats.Of(warm: 40, Demands, round =>
        {
            var (product, indicator) = ((int)((rules.Seed + ((ulong)(round + 1) * 7919)) % (ulong)rules.Processes), round % rules.Indicators);
            var impacts = LcaCase.Value(LcaCase.Value(prepared.Inventory(new ProductDemand(product, 1))).Impacts(method));
            var contributions = impacts.Contributions();
            var tree = contributions.Tree(indicator);
            var diagram = contributions.Flows(indicator);
            var root = tree.Roots[0];
            var sum = root.Direct + root.Rest + root.Children.Sum(c => c.Impact);
            LcaCase.Require(Math.Abs(sum - impacts.Values[indicator]) <= LcaCase.Limit * Math.Abs(sum), row, "the tree's branches against the total", sum - impacts.Values[indicator]);
            apart = Math.Max(apart, LcaCase.Difference(impacts.Values, known.IntensityOf(product)));
            (shown, nodes, links) = (tree.Nodes, diagram.Nodes.Count, diagram.Links.Count);
        });
        LcaCase.Require(apart <= LcaCase.Limit, row, "forward against transposed", apart);
        return
        [
            new Figure(
                $"{row} impacts, contribution tree and flow diagram at {rules.Processes}", all.Median * 1000, LimitMilliseconds, "ms", "limit", Goal: 1, AtMost: true,
                $"{all.Said}; the last with {shown} branches, {nodes} nodes, {links} links"),
        ];
    }

    private static MethodDataset Method(Triplets characterisation, FlowDataset[] flows) => new()
    {
        Id = "generated",
        Name = "generated",
        Indicators =
        [
            .. Enumerable.Range(0, characterisation.Count).GroupBy(e => characterisation.Row[e]).OrderBy(g => g.Key).Select(g => new IndicatorDataset(
                Name("indicator", g.Key), Name("I", g.Key), Name("indicator", g.Key), "kg",
                [.. g.Select(e => new CharacterisationFactor(flows[characterisation.Column[e]], characterisation.Value[e], "kg"))])),
        ],
    };

    private static string Name(string of, int number) => string.Create(CultureInfo.InvariantCulture, $"{of} {number}");
}
