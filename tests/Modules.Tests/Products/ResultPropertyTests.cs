using FsCheck;
using FsCheck.Fluent;
using Tanlu.Exchange;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

/// <summary>What must hold for every system, whatever its numbers.</summary>
public sealed class ResultPropertyTests
{
    private static readonly double[][] Factors = [[1, 2, 0.5, 0, 3, 1], [0, 1, 0, 4, 1, 0]];

    private static readonly Arbitrary<(int Seed, int Size, bool Credits, bool CoProducts)> Systems = Arb.From(
        from seed in Gen.Choose(0, 1_000_000)
        from size in Gen.Choose(2, 25)
        from credits in Gen.Elements(true, false)
        from coProducts in Gen.Elements(true, false)
        select (seed, size, credits, coProducts));

    [Fact]
    public void Contributions_by_process_flow_place_category_supplier_and_stage_sum_to_the_total() => Holds(Systems, s =>
    {
        var result = Result(s);
        var contributions = result.Contributions();
        for (var k = 0; k < 2; k++)
        {
            Sum(result, k, contributions.ByProcess(k).Sum(c => c.Direct));
            Sum(result, k, contributions.ByFlow(k).Sum(c => c.Impact));
            var spots = contributions.HotSpots(k, 0.7, 5);
            Sum(result, k, spots.Spots.Sum(h => h.Impact) + spots.Rest);
            Assert.True(spots.Spots.Count <= 5 && (spots.Shown >= 0.7 || spots.Spots.Count == 5 || result.Gross(k) == 0));
            Sum(result, k, contributions.ByPlace(k).Sum(c => c.Impact));
            Sum(result, k, contributions.ByCategory(k).Sum(c => c.Impact));
            Sum(result, k, contributions.BySupplier(k).Sum(c => c.Impact));
            Sum(result, k, contributions.ByStage(k, l => result.System.Processes[l.Supplier].Location).Sum(c => c.Impact));
            Assert.Equal(result.Values[k] == 0 ? 0 : 1, contributions.ByProcess(k).Sum(c => c.Share), 9);
        }
    });

    [Fact]
    public void In_a_tree_every_branch_is_its_own_its_children_s_and_its_rest() => Holds(Systems, s =>
    {
        var result = Result(s);
        var tree = result.Contributions().Tree(0, new TreeRules(0.001, 12, 200));
        Sum(result, 0, tree.Roots.Sum(r => r.Impact));
        var rest = 0.0;
        Visit(tree.Roots);
        Sum(result, 0, tree.Shown + rest);

        void Visit(IEnumerable<TreeNode> nodes)
        {
            foreach (var node in nodes)
            {
                Sum(result, 0, node.Direct + node.Children.Sum(c => c.Impact) + node.Rest, node.Impact);
                rest += node.Rest;
                Assert.All(node.Children, c => Assert.Equal(node.Level + 1, c.Level));
                Visit(node.Children);
            }
        }
    });

    [Fact]
    public void In_a_diagram_what_enters_a_node_is_what_passes_it() => Holds(Systems, s =>
    {
        var result = Result(s);
        var flows = result.Contributions().Flows(0, new FlowRules(0.01, 10));
        foreach (var node in flows.Nodes)
        {
            Sum(result, 0, node.Direct + node.Rest + flows.Links.Where(l => l.To == node.Process).Sum(l => l.Impact), node.Through);
        }
    });

    [Fact]
    public void Twice_the_demand_causes_twice_the_impact_and_two_demands_cause_their_sum() => Holds(Systems, s =>
    {
        var (prepared, method) = Prepared(s);
        var a = prepared.Inventory(new ProductDemand(0, 3)).Value.Impacts(method).Value;
        var b = prepared.Inventory(new ProductDemand(1, 5)).Value.Impacts(method).Value;
        var both = prepared.Inventory([new ProductDemand(0, 6), new ProductDemand(1, 5)]).Value.Impacts(method).Value;
        Sum(both, 0, (2 * a.Values[0]) + b.Values[0]);
        Sum(both, 1, (2 * a.Values[1]) + b.Values[1]);
    });

    [Fact]
    public void The_order_of_processes_and_exchanges_does_not_matter() => Holds(Systems, s =>
    {
        var package = Package(s);
        var random = new System.Random(s.Seed);
        var mixed = package with
        {
            Flows = [.. package.Flows.OrderBy(_ => random.Next())],
            Processes = [.. package.Processes.OrderBy(_ => random.Next()).Select(p => p with { Exchanges = [.. p.Exchanges.OrderBy(_ => random.Next())] })],
        };
        var (one, other) = (Result(package), Result(mixed));
        Sum(one, 0, other.Values[0]);
        Sum(one, 1, other.Values[1]);
        foreach (var process in one.System.Processes)
        {
            var there = other.System.Find(process.Id, process.FlowId)!.Value;
            Assert.Equal(one.Inventory.Supply[process.Index], other.Inventory.Supply[there], 1e-9 * Math.Max(1, Math.Abs(one.Inventory.Supply[process.Index])));
        }
    });

    [Fact]
    public void Both_routes_agree_and_both_are_certified() => Holds(Systems, s =>
    {
        var result = Result(s);
        Assert.InRange(result.Certificate.PrimalDual, 0, 1e-11);
        Assert.InRange(result.Certificate.BackwardError, 0, 1e-10);
    });

    [Fact]
    public void Every_sensitivity_is_the_finite_difference_of_the_system_linked_anew() => Holds(Systems, s =>
    {
        const double Step = 1e-5;
        var package = Package(s);
        var result = Result(package);
        foreach (var sensitivity in Sensitivity.Parameters(result, 0).Take(6))
        {
            var parameter = sensitivity.Parameter;
            var above = Result(package, new ParameterValue(parameter.ProcessId, parameter.Name, parameter.Value + Step)).Values[0];
            var below = Result(package, new ParameterValue(parameter.ProcessId, parameter.Name, parameter.Value - Step)).Values[0];
            Assert.Equal((above - below) / (2 * Step), sensitivity.Derivative, 1e-5 * Math.Max(result.Gross(0), Math.Abs(sensitivity.Derivative)));
        }
    });

    [Fact]
    public void A_scenario_by_low_rank_update_is_the_system_linked_and_prepared_anew() => Holds(Systems, s =>
    {
        var baseline = Result(s);
        var random = new System.Random(s.Seed);
        var system = baseline.System;
        var changes = new List<SystemChange>();
        foreach (var entry in system.Model!.Entries.Where(e => system.Model.Columns[e.Column].Reference != e.Exchange).OrderBy(_ => random.Next()).Take(4))
        {
            var process = system.Model.Processes[entry.Process];
            changes.Add(new SystemChange.Amount(entry.Column, process.Dataset.Exchanges[entry.Exchange].Number, process.Amounts[entry.Exchange] * (0.5 + (0.5 * random.NextDouble()))));
        }

        changes.Add(new SystemChange.Parameter(random.Next(system.Parameters.Count), 0.95));
        var scenario = new ScenarioSet(baseline).Of(new Scenario("s", changes)).Value;
        var anew = Result(system.With(changes).Value);
        for (var k = 0; k < 2; k++)
        {
            Sum(anew, k, scenario.Values[k]);
            Sum(anew, k, baseline.Values[k] + scenario.Difference[k]);
        }
    });

    [Fact]
    public void Shares_of_every_exchange_of_every_process_sum_to_one() => Holds(Systems, s =>
    {
        var model = Link(Package((s.Seed, s.Size, s.Credits, true)), CoProductRule.Economic).Model!;
        for (var p = 0; p < model.Processes.Length; p++)
        {
            if (model.ColumnsOf(p) > 1)
            {
                for (var e = 0; e < model.Processes[p].Amounts.Length; e++)
                {
                    Assert.Equal(1, model.Products[p].Select((_, product) => model.Shares[p].Of(product, e).Value).Sum(), 1e-12);
                }
            }
        }
    });

    private static DatasetPackage Package((int Seed, int Size, bool Credits, bool CoProducts) s) => RandomSystems.Package(s.Seed, s.Size, s.Credits, s.CoProducts).Scaled();

    private static ProductSystem Link(DatasetPackage package, CoProductRule rule, params ParameterValue[] values) =>
        SystemLinker.Link([package], new LinkRules { CoProducts = rule, Parameters = values }).Value;

    private static CharacterisedMethod Method(ProductSystem system) =>
        Methods.Of(system, [.. Factors.Select(row => system.Flows.Select(f => row[f.Flow.Id[1] - '0']).ToArray())]);

    private static (PreparedSystem Prepared, CharacterisedMethod Method) Prepared((int Seed, int Size, bool Credits, bool CoProducts) s)
    {
        var system = Link(Package(s), CoProductRule.Economic);
        return (system.Prepare().Value, Method(system));
    }

    private static ImpactResult Result((int Seed, int Size, bool Credits, bool CoProducts) s) => Result(Package(s));

    private static ImpactResult Result(DatasetPackage package, params ParameterValue[] values) => Result(Link(package, CoProductRule.Economic, values));

    private static ImpactResult Result(ProductSystem system) =>
        system.Prepare().Then(p => p.Inventory(new ProductDemand(system.Find("p0", "f0")!.Value, 7))).Then(i => i.Impacts(Method(system))).Value;

    private static void Sum(ImpactResult result, int indicator, double found, double? expected = null) =>
        Assert.Equal(expected ?? result.Values[indicator], found, 1e-12 * Math.Max(result.Gross(indicator), 1e-12) * 10);

    private static void Holds<T>(Arbitrary<T> cases, Action<T> property) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(4_202_411, 17), Prop.ForAll(cases, property));
}
