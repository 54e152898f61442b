using System.Text.Json;
using Tanlu.Exchange;
using Tanlu.Numerics;
using Tanlu.Products;
using static Tanlu.Modules.Tests.Products.HandMade;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Whole ways from datasets to impacts against figures that others published.</summary>
public sealed class KnownResultTests
{
    private static readonly Lazy<PreparedSystem> UsLci = new(() => UsLciSystemTests.System().Prepare().Value);

    [Fact]
    public void Us_lci_footprints_of_all_published_processes_agree_to_twelve_digits()
    {
        var system = UsLciSystemTests.System();

        // The published factors are of rows, each in its own direction; ours are of flows, and a row against its flow's direction turns them round.
        var factors = UsLciSystemTests.Rows("uslci/flows.csv").Select((r, f) => UsLciSystemTests.Number(r[6]) * (system.Flows[f].Against ? -1 : 1)).ToArray();
        var method = Methods.Of(system, factors);
        var characterised = UsLci.Value.Characterise(method).Value;
        var expected = UsLciSystemTests.Rows("uslci/expected_gwp100_per_ref_unit.csv");
        // The description speaks of 384 processes; the file holds that many lines with its header.
        Assert.Equal(383, expected.Count);
        foreach (var row in expected)
        {
            var (process, gwp) = (UsLciSystemTests.Index(row[0]), UsLciSystemTests.Number(row[4]));
            Near(gwp, characterised.IntensityOf(process)[0], 1e-12, row[1]);
        }

        // The forward route for each tenth of them, with its certificate.
        foreach (var row in expected.Where((_, i) => i % 10 == 0))
        {
            var impacts = UsLci.Value.Inventory(new ProductDemand(UsLciSystemTests.Index(row[0]), 1)).Then(i => i.Impacts(method)).Value;
            Near(UsLciSystemTests.Number(row[4]), impacts.Values[0], 1e-12, row[1]);
            Assert.True(impacts.Certificate.PrimalDual < 1e-12 && impacts.Certificate.BackwardError < 1e-12, impacts.Certificate.ToString());
        }
    }

    [Fact]
    public void Us_lci_inventories_of_six_products_agree_flow_by_flow()
    {
        foreach (var product in UsLciSystemTests.Rows("uslci/expected_inventory_selected.csv").GroupBy(r => UsLciSystemTests.Index(r[0])))
        {
            UsLciSystemTests.System();
            var flows = UsLci.Value.Inventory(new ProductDemand(product.Key, 1)).Value.Flows;
            foreach (var row in product)
            {
                Near(UsLciSystemTests.Number(row[2]), flows[UsLciSystemTests.Index(row[1])], 1e-12, $"{row[0]}, flow {row[1]}");
            }
        }
    }

    [Fact]
    public void Us_lci_s_contributions_add_up_to_twelve_digits_in_every_view()
    {
        var system = UsLciSystemTests.System();
        var method = Methods.By(system, f => f.Flow.Name is "Carbon dioxide" && !f.Input ? 1 : f.Flow.Name is "Methane" && !f.Input ? 28 : 0);
        foreach (var process in new[] { 97, 156, 332, 399 })
        {
            var result = UsLci.Value.Inventory(new ProductDemand(process, 1)).Then(i => i.Impacts(method)).Value;
            var contributions = result.Contributions();
            var least = 1e-12 * result.Gross(0);
            Assert.Equal(result.Values[0], contributions.ByProcess(0).Sum(p => p.Direct), least);
            Assert.Equal(result.Values[0], contributions.ByFlow(0).Sum(p => p.Impact), least);
            Assert.Equal(result.Values[0], contributions.BySupplier(0).Sum(p => p.Impact), least);
            var tree = contributions.Tree(0, new TreeRules(0.0001, 30, 2000));
            var nodes = new Stack<TreeNode>(tree.Roots);
            var (direct, rest) = (0.0, 0.0);
            while (nodes.TryPop(out var node))
            {
                Assert.Equal(node.Impact, node.Direct + node.Rest + node.Children.Sum(c => c.Impact), least);
                (direct, rest) = (direct + node.Direct, rest + node.Rest);
                node.Children.ToList().ForEach(nodes.Push);
            }

            Assert.Equal(result.Values[0], direct + rest, least);
            foreach (var node in contributions.Flows(0) is var flows ? flows.Nodes : [])
            {
                Assert.Equal(node.Through, node.Direct + node.Rest + flows.Links.Where(l => l.To == node.Process).Sum(l => l.Impact), least);
            }
        }
    }

    [Fact]
    public void Us_lci_is_sampled_with_the_distributions_of_its_file()
    {
        var system = UsLciSystemTests.System();
        var method = Methods.By(system, f => f.Flow.Name is "Carbon dioxide" && !f.Input ? 1 : 0);
        var characterised = UsLci.Value.Characterise(method).Value;
        var sources = SystemUncertainty.Of(system).Value.Sources;
        TestContext.Current.TestOutputHelper?.WriteLine($"{sources.Count} sources: {string.Join(", ", sources.CountBy(s => s.Distribution.Kind).Select(c => $"{c.Key} {c.Value}"))}");
        // Most deviations of the file are exactly one: no uncertainty.
        Assert.Equal(394, sources.Count);
        var uncertain = sources.Select(s => s.Process).ToHashSet();
        int[] demanded = [.. system.Processes.Where(p => uncertain.Contains(p.Name) && characterised.IntensityOf(p.Index)[0] > 0).Select(p => p.Index).Take(20)];
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var sampled = SystemSampling.Run(characterised, [.. demanded.Select(p => new[] { new ProductDemand(p, 1) })], new SamplingRules(400, 3), TestContext.Current.CancellationToken);
        Assert.True(sampled.Ok, sampled.Ok ? "" : sampled.Problems[0].Message(Tanlu.Kernel.Language.English));
        TestContext.Current.TestOutputHelper?.WriteLine($"400 samples: {clock.ElapsedMilliseconds} ms, refused {sampled.Value.Refused.Count}");
        var spread = 0.0;
        for (var demand = 0; demand < demanded.Length; demand++)
        {
            var values = sampled.Value.Of(demand, 0).ToArray();
            TestContext.Current.TestOutputHelper?.WriteLine($"{sampled.Value.Certain(demand, 0):R}: {values.Min():R} – {values.Average():R} – {values.Max():R}");
            Assert.True(values.All(double.IsFinite));
            spread = Math.Max(spread, (values.Max() - values.Min()) / values.Average());
            Assert.Equal(characterised.IntensityOf(demanded[demand])[0], sampled.Value.Certain(demand, 0), 1e-9);
        }

        Assert.InRange(spread, 0.001, 1);
    }

    [Fact]
    public void A_loop_of_two_gives_every_quantity_that_openlca_gives()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(OpenData.Lca("openlca-result-tests/result_provider_2x2.json")));
        var (root, expected) = (document.RootElement, document.RootElement.GetProperty("expected"));
        var b = Rows(root.GetProperty("envi_matrix"));
        FlowDataset[] flows = [Product("p0"), Product("p1"), Emission("e0"), Resource("e1")];
        var system = Link(Package(
            flows,
            Process("a", Ref("p0", 1), In("p1", 1), Out("e0", b[0][0]), In("e1", -b[1][0])),
            Process("b", Ref("p1", 1), In("p0", 0.5), Out("e0", b[0][1]), In("e1", -b[1][1]))));

        // Their resources are negative amounts with negative factors; here both are positive.
        var c = Rows(root.GetProperty("impact_matrix")).Select(r => new[] { r[0], -r[1] }).ToArray();
        var prepared = system.Prepare().Value;
        var inventory = prepared.Inventory(new ProductDemand(0, root.GetProperty("demand").GetProperty("amount").GetDouble())).Value;
        var result = inventory.Impacts(Methods.Of(system, c)).Value;
        Same(Row(expected.GetProperty("scaling_vector")), inventory.Supply);
        Same(Row(expected.GetProperty("total_requirements")), [inventory.OutputOf(0), inventory.OutputOf(1)]);
        Same(Row(expected.GetProperty("total_flows")), [inventory.Flows[0], -inventory.Flows[1]]);
        var contributions = result.Contributions();
        for (var p = 0; p < 2; p++)
        {
            Same(Rows(expected.GetProperty("solution_of_one"))[p], prepared.Network.Solve(p, 1).Value.Values);
            Same(Rows(expected.GetProperty("total_impacts_of_one"))[p], result.Characterised.IntensityOf(p).ToArray());
            Same(Rows(expected.GetProperty("direct_impacts"))[p], [.. Enumerable.Range(0, 3).Select(k => contributions.Of(p, k).Direct)]);
            Same(Rows(expected.GetProperty("total_impacts_of"))[p], [.. Enumerable.Range(0, 3).Select(k => contributions.Upstream(p, k).Value)]);
            var factor = Row(expected.GetProperty("total_factor"))[p];
            var ofOne = Rows(expected.GetProperty("total_flows_of_one"))[p];
            Same([.. ofOne.Select(f => f * factor)], Rows(expected.GetProperty("total_flows_of"))[p]);
            Same(ofOne, Signed(prepared.Inventory(new ProductDemand(p, 1)).Value.Flows));
            var own = prepared.Network.Solve(p, 1).Value.Values[p];
            Same([Row(expected.GetProperty("loop_factor"))[p]], [1 / (system.A.At(p, p) * own)]);
        }
    }

    [Fact]
    public void Fuel_and_electricity_of_heijungs_and_suh()
    {
        // R. Heijungs and S. Suh, The Computational Structure of LCA (2002), chapter 2: 2 l of fuel make 10 kWh, 50 l of crude oil make 100 l of fuel; 1000 kWh: 120 kg CO2,
        // 14 kg SO2 and 100 l of crude oil.
        FlowDataset[] flows = [Product("electricity", "kWh"), Product("fuel", "l"), Emission("co2"), Emission("so2"), Resource("crude oil", "l")];
        var system = Link(Package(
            flows,
            Process("power", Ref("electricity", 10, "kWh"), In("fuel", 2, "l"), Out("co2", 1), Out("so2", 0.1)),
            Process("refinery", Ref("fuel", 100, "l"), Out("co2", 10), Out("so2", 2), In("crude oil", 50, "l"))));
        var inventory = system.Prepare().Value.Inventory(new ProductDemand(0, 1000)).Value;
        Same([100, 2], inventory.Supply);
        Same([120, 14, 100], inventory.Flows);
    }

    private static double[] Signed(double[] flows) => [flows[0], -flows[1]];

    private static double[] Row(JsonElement row) => [.. row.EnumerateArray().Select(v => v.GetDouble())];

    private static double[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(Row)];

    private static void Same(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-10);
        }
    }

    private static void Near(double expected, double found, double relative, string what) =>
        Assert.True(Math.Abs(expected - found) <= relative * Math.Max(Math.Abs(expected), 1e-30), $"{what}: {found:R}, not {expected:R}");
}
