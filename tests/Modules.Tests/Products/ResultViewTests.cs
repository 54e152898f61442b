using Tanlu.Exchange;
using Tanlu.Numerics;
using Tanlu.Products;
using static Tanlu.Modules.Tests.Products.HandMade;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Trees, diagrams, stages, comparisons, certificates and break-even on systems small enough to reckon by hand.</summary>
public sealed class ResultViewTests
{
    // Steel needs half its weight in power, power a tenth of its amount in steel: a loop. A car needs both.
    private static readonly FlowDataset[] Flows = [Product("steel"), Product("power", "MJ"), Product("car", "Item(s)"), Emission("co2"), Emission("dust"), Resource("ore")];

    private static readonly DatasetPackage Cars = Package(
        Flows,
        Process("steel", Ref("steel", 1), In("power", 0.5, "MJ"), Out("co2", 2), In("ore", 1.5), Out("dust", 0.01)) with { Location = "CN", Category = "Materials/Metals" },
        Process("power", Ref("power", 1, "MJ"), In("steel", 0.1), Out("co2", 1)) with { Location = "CN", Category = "Energy/Mix" },
        Process("car", Ref("car", 1, "Item(s)"), In("steel", 900) with { Comment = "body" }, In("power", 2000, "MJ") with { Comment = "assembly" }, Out("co2", 10)) with
        {
            Location = "DE",
            Category = "Products",
            Parameters = [new ParameterDataset("steel", 900)],
        });

    [Fact]
    public void A_loop_is_followed_round_by_round_until_a_round_falls_below_the_cut_off()
    {
        // y: steel = 2 + 0.5 power, power = 1 + 0.1 steel: steel = 2.5 / 0.95, power = 1 + 0.25 / 0.95.
        var (steel, power) = (2.5 / 0.95, 1 + (0.25 / 0.95));
        var result = Result(Link(Cars));
        Assert.Equal(10 + (900 * steel) + (2000 * power), result.Values[0], 1e-9);
        var tree = result.Contributions().Tree(0, new TreeRules(0.001));
        var root = Assert.Single(tree.Roots);
        Assert.Equal((10.0, 0, false), (root.Direct, root.Level, root.Repeats));
        Assert.Equal([1, 0], root.Children.Select(c => c.Process));
        Assert.Equal([2000 * power, 900 * steel], root.Children.Select(c => c.Impact), (a, b) => Math.Abs(a - b) < 1e-9);
        var round = root.Children[0];
        Assert.False(round.Repeats);
        while (round.Children.Count > 0)
        {
            Assert.Single(round.Children);
            Assert.Equal(round.Impact, round.Direct + round.Children[0].Impact, 1e-9);
            round = round.Children[0];
            Assert.Equal(round.Level > 2, round.Repeats);
            Assert.True(round.Impact >= 0.001 * result.Values[0]);
        }

        Assert.True(round.Level > 4);
        Assert.Equal((1, true), (round.RestInputs, round.Rest < 0.001 * result.Values[0]));
        Assert.Equal(3, result.Contributions().Tree(0, new TreeRules(0, 1)).Nodes);
        Assert.Equal(2, result.Contributions().Tree(0, new TreeRules(0, 100, 2)).Nodes);
    }

    [Fact]
    public void Impacts_go_by_stage_place_and_flow()
    {
        var result = Result(Link(Cars));
        var contributions = result.Contributions();
        var comments = Cars.Processes[2].Exchanges.ToDictionary(e => e.Number, e => e.Comment);
        var stages = contributions.ByStage(0, line => line.Exchange is { } e ? comments[e] : "own").ToDictionary(s => s.Key, s => s.Impact);
        Assert.Equal(900 * 2.5 / 0.95, stages["body"], 1e-9);
        Assert.Equal(10, stages["own"], 1e-9);
        Assert.Equal(["CN", "DE"], contributions.ByPlace(0).Select(p => p.Key));
        Assert.Equal(["Energy", "Materials", "Products"], contributions.ByCategory(0).Select(p => p.Key).Order());
        Assert.Equal("co2", result.System.Flows[Assert.Single(contributions.ByFlow(0)).Flow].Flow.Id);
        Assert.Equal(10, Assert.Single(contributions.ByFlow(0, 2)).Impact);
        Assert.Equal([0, 1, 2], contributions.ByProcess(0).Select(p => p.Process).Order());
    }

    [Fact]
    public void A_diagram_shows_what_passes_and_leaves_the_small_out()
    {
        var result = Result(Link(Cars));
        var flows = result.Contributions().Flows(0);
        Assert.Equal((3, 4, 0), (flows.Nodes.Count, flows.Links.Count, flows.LeftOut));
        Assert.Equal(result.Values[0], flows.Nodes.Single(n => n.Process == 2).Through, 1e-9);
        Assert.Equal(1, flows.ShownDirect, 1e-12);
        var small = result.Contributions().Flows(0, new FlowRules(0.01, 1));
        Assert.Equal((1, 2), (small.Nodes.Count, small.LeftOut));
        Assert.Equal(result.Values[0] - 10, small.Nodes[0].Rest, 1e-9);
    }

    [Fact]
    public void A_certificate_names_system_method_proof_and_what_did_not_count()
    {
        var package = Cars with { Processes = [Cars.Processes[0], Cars.Processes[1], Cars.Processes[2] with { Exchanges = [.. Cars.Processes[2].Exchanges, In("gone", 50) with { Number = 9 }] }] };
        var result = Result(Link(package));
        var certificate = ResultCertificate.Of(result);
        Assert.Equal((result.System.Hash, 64), (certificate.SystemHash, certificate.MethodHash.Length));
        Assert.True(certificate.Solver.BackwardError < 1e-14 && certificate.Solver.PrimalDual < 1e-14);
        Assert.Equal(2.0 / 3, certificate.UncharacterisedShare, 12);
        Assert.Equal(["ore", "dust"], certificate.Coverage.Largest.Select(f => f.Name));
        Assert.InRange(certificate.UncharacterisedMass!.Value, 0.1, 0.9);
        var (open, amount) = Assert.Single(certificate.Open.Largest);
        Assert.Equal(("gone", 50.0, OpenReason.NoFlow), (open.Flow, amount, open.Reason));

        Assert.Equal(new OpenSum(OpenReason.NoFlow, 1, 50, 0, 0), Assert.Single(certificate.Open.ByReason));

        // Steel for the car and, in the loop, for its power, beside 50 kg of something unknown.
        var steel = 900 + (0.1 * result.Inventory.OutputOf(1));
        Assert.Equal(50 / (50 + steel), certificate.Open.Mass!.Value, 12);
    }

    [Fact]
    public void Two_results_are_compared_by_process_and_flow()
    {
        var system = Link(Cars);
        var lighter = system.With([new SystemChange.Amount(2, 2, 500)]).Value;
        var compared = ResultComparison.Of(Result(system), Result(lighter)).Value;
        Assert.Equal(-400 * 2.5 / 0.95, compared.Totals[0].Difference, 1e-9);
        Assert.Equal(compared.Totals[0].Difference, compared.ByProcess(0).Sum(p => p.Difference), 1e-9);
        Assert.Equal(compared.Totals[0].Difference, compared.ByFlow(0).Sum(p => p.Difference), 1e-9);
        Assert.Equal("steel {CN}", compared.ByProcess(0)[0].Key);
        Assert.Equal("comparison_methods_differ", ResultComparison.Of(Result(system), Result(system, 2)).Problems[0].Code);
    }

    [Fact]
    public void Break_even_is_found_to_the_last_digits_or_said_not_to_be_there()
    {
        var package = Cars with { Parameters = [new ParameterDataset("share", 0.5)] };
        package = package with
        {
            Flows = [.. Flows, Product("light car", "Item(s)")],
            Processes =
            [
                .. package.Processes,
                Process("light", Ref("light car", 1, "Item(s)"), In("power", 1000, "MJ") with { Formula = "12000 * share^2" }),
            ],
        };
        var prepared = Link(package).Prepare().Value;
        var method = Methods.By(prepared.System, f => f.Flow.Id == "co2" ? 1 : 0);
        var (a, b) = (prepared.Inventory(new ProductDemand(2, 1)).Value.Impacts(method).Value, prepared.Inventory(new ProductDemand(3, 1)).Value.Impacts(method).Value);
        var share = prepared.System.Parameters.Single(p => p.Name == "share").Number;
        var found = BreakEven.Of(a, b, 0, share, 0, 1).Value;
        var power = 1 + (0.25 / 0.95);
        Assert.Equal(Math.Sqrt(a.Values[0] / power / 12000), Assert.Single(found.Values), 1e-12);
        Assert.True(found.AtFrom > 0 && found.AtUntil < 0 && found.Evaluations < 60);
        Assert.Empty(BreakEven.Of(a, b, 0, share, 0, 0.1).Value.Values);
        Assert.Equal("break_even_range", BreakEven.Of(a, b, 0, share, 1, 1).Problems[0].Code);
        Assert.Equal([-2, 1, 3], BreakEven.Search(x => (x - 1) * (x + 2) * (x - 3), -10, 10).Value.Values, (x, y) => Math.Abs(x - y) < 1e-10);
    }

    [Fact]
    public void Another_provider_and_a_provider_for_what_was_open_are_scenarios()
    {
        var package = Cars with
        {
            Flows = [.. Flows, Product("green steel", "t")],
            Processes = [.. Cars.Processes, Process("green steel", Ref("green steel", 1, "t"), In("power", 3000, "MJ"), In("missing", 2))],
        };
        var system = Link(package);
        var baseline = Result(system);
        var (green, steel) = (baseline.Characterised.IntensityOf(3)[0], baseline.Characterised.IntensityOf(0)[0]);
        var results = new ScenarioSet(baseline).Of(
        [
            new Scenario("green", [new SystemChange.Provider(2, 2, 3)]),
            new Scenario("missing is steel", [new SystemChange.Provider(3, 3, 0), new SystemChange.Provider(2, 2, 3)]),
            new Scenario("nothing", []),
        ]).Value;
        Assert.Equal(900 * ((green / 1000) - steel), results[0].Difference[0], 1e-9);
        Assert.Equal(results[0].Values[0] + (0.9 * 2 * steel), results[1].Values[0], 1e-9);
        Assert.Equal((0.0, 0.0), (results[2].Difference[0], results[2].Relative(0)));
        Assert.Equal(results[0].Values[0], Result(system.With([new SystemChange.Provider(2, 2, 3)]).Value).Values[0], 1e-9);
        Assert.Empty(system.With([new SystemChange.Provider(3, 3, 0)]).Value.Report.Open);
        Assert.Equal(7, Assert.Single(system.With([new SystemChange.Amount(3, 3, 7)]).Value.Report.Open).Amount);
        Assert.Equal("change_unit", system.With([new SystemChange.Provider(2, 2, 1)]).Problems[0].Code);
        Assert.Equal("change_exchange_unknown", system.With([new SystemChange.Amount(2, 77, 1)]).Problems[0].Code);
        Assert.Equal("not_found", system.With([new SystemChange.Parameter(77, 1)]).Problems[0].Code);
        Assert.Equal("change_not_finite", system.With([new SystemChange.Amount(2, 2, double.NaN)]).Problems[0].Code);
        Assert.Equal("process_reference_zero", system.With([new SystemChange.Amount(2, 1, 0)]).Problems[0].Code);
    }

    [Fact]
    public void Mass_and_energy_in_and_out_are_balanced_by_process()
    {
        var balance = BalanceCheck.Of(Link(Cars), BalanceCheck.Mass).Single(b => b.Process == "steel");
        Assert.Equal((1.5, 3.01, 4, 1), (balance.In, Math.Round(balance.Out, 12), balance.Known, balance.Unknown));
        Assert.Equal(1.51 / 3.01, balance.Gap, 12);
        var treatment = Package([Product("waste service"), Emission("co2")], Process("t", Ref("waste service", -2), Out("co2", 2)));
        Assert.Equal(0, BalanceCheck.Of(Link(treatment), BalanceCheck.Mass).Single().Gap);
        Assert.Equal(["car", "power", "steel"], BalanceCheck.Of(Link(Cars), BalanceCheck.Energy).Select(b => b.Process).Order());
    }

    [Fact]
    public void Labelled_matrices_are_a_system_with_the_same_results()
    {
        var linked = Link(Cars);
        var system = ProductSystem.FromMatrices([.. linked.Processes.Select(p => p with { Dataset = null })], linked.Flows, linked.A, linked.B).Value;
        Assert.Equal(Result(linked).Values[0], Result(system).Values[0]);
        Assert.Equal(3, Result(system).Contributions().BySupplier(0).Count);
        Assert.Empty(Sensitivity.Parameters(Result(system), 0));
        Assert.Equal("system_without_datasets", system.With([]).Problems[0].Code);
        Assert.Equal(2, system.Demand(1, 2, "MJ").Value.Amount);
        Assert.Equal(7.2, system.Demand(1, 2, "kWh").Value.Amount, 12);
        Assert.Equal("demand_unit", system.Demand(1, 2, "kg").Problems[0].Code);
        Assert.Equal("matrices_do_not_fit", ProductSystem.FromMatrices([], linked.Flows, linked.A, linked.B).Problems[0].Code);
        var empty = SparseMatrix.FromTriplets(3, 3, [0], [0], [1.0]);
        Assert.Equal(("matrices_diagonal", "power {CN}"), ProductSystem.FromMatrices(linked.Processes, linked.Flows, empty, linked.B).Problems.Select(p => (p.Code, p.Args[0])).Single());
    }

    [Fact]
    public void The_exchanges_that_matter_most_are_named_with_their_elasticity()
    {
        var result = Result(Link(Cars));
        var all = Sensitivity.Exchanges(result, 0);
        var steel = all.Single(s => s is { Process: 2, Exchange: 2 });
        Assert.Equal(("steel", 900.0, "kg"), (steel.Flow, steel.Amount, steel.Unit));
        Assert.Equal(2.5 / 0.95, steel.Derivative, 1e-12);
        Assert.Equal(900 * 2.5 / 0.95 / result.Values[0], steel.Elasticity, 1e-12);

        // Everything of a process grown by a tenth is the same process: elasticities of its amounts sum to zero.
        Assert.Equal(0, all.Where(s => s.Process == 2).Sum(s => s.Elasticity), 1e-12);
        Assert.Equal(all.Take(3), Sensitivity.Exchanges(result, 0, 3));
    }

    [Fact]
    public void Us_eeio_is_a_system_of_labelled_matrices_with_its_published_total_impacts()
    {
        var a = Dense("A");
        var (d, n) = (Dense("D"), Dense("N"));
        var size = a.Length;
        var technology = SparseMatrix.FromTriplets(
            size, size, [.. Enumerable.Range(0, size * size).Select(i => i / size)], [.. Enumerable.Range(0, size * size).Select(i => i % size)],
            [.. Enumerable.Range(0, size * size).Select(i => (i / size == i % size ? 1 : 0) - a[i / size][i % size])]);
        var direct = SparseMatrix.FromTriplets(
            d.Length, size, [.. Enumerable.Range(0, d.Length * size).Select(i => i / size)], [.. Enumerable.Range(0, d.Length * size).Select(i => i % size)],
            [.. Enumerable.Range(0, d.Length * size).Select(i => d[i / size][i % size])]);
        SystemProcess[] sectors = [.. Enumerable.Range(0, size).Select(i => new SystemProcess(i, $"s{i}", $"s{i}", "US", "", "", $"c{i}", "", "USD", 1, false, 1, null))];
        SystemFlow[] flows = [.. Enumerable.Range(0, d.Length).Select(i => new SystemFlow(i, Emission($"d{i}"), false, false))];
        var system = ProductSystem.FromMatrices(sectors, flows, technology, direct).Value;
        var unit = Methods.Of(system, [.. Enumerable.Range(0, d.Length).Select(k => Enumerable.Range(0, d.Length).Select(f => f == k ? 1.0 : 0).ToArray())]);
        var characterised = system.Prepare().Value.Characterise(unit).Value;
        for (var j = 0; j < size; j++)
        {
            for (var k = 0; k < d.Length; k++)
            {
                Assert.Equal(n[k][j], characterised.IntensityOf(j)[k], 1e-11 * Math.Max(Math.Abs(n[k][j]), 1e-12));
            }
        }

        static double[][] Dense(string name) =>
            System.Text.Json.JsonSerializer.Deserialize<double[][]>(File.ReadAllBytes(OpenData.Lca($"useeio-2.0.1-411/{name}.json")))!;
    }

    [Fact]
    public void What_cannot_be_solved_is_refused_with_the_names_of_the_processes()
    {
        var package = Package(Flows, Process("steel", Ref("steel", 1), In("power", 1, "MJ")), Process("power", Ref("power", 1, "MJ"), In("steel", 1)));
        var singular = Link(package).Prepare();
        Assert.False(singular.Ok);
        Assert.Contains("steel", singular.Problems[0].Args[0], StringComparison.Ordinal);
        var greedy = Package(Flows, Process("steel", Ref("steel", 1), In("power", 2, "MJ")), Process("power", Ref("power", 1, "MJ"), In("steel", 2)));
        var refused = Link(greedy).Prepare().Then(p => p.Inventory(new ProductDemand(0, 1)));
        Assert.Equal("network_not_productive", refused.Problems[0].Code);
        Assert.Contains("power", refused.Problems[0].Args[0], StringComparison.Ordinal);
    }

    private static ImpactResult Result(ProductSystem system, double factor = 1)
    {
        var demand = new ProductDemand(system.Find("car")!.Value, 1);
        return system.Prepare().Then(p => p.Inventory(demand)).Then(i => i.Impacts(Methods.By(system, f => f.Flow.Id == "co2" ? factor : 0))).Value;
    }
}
