using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Exchange;

/// <summary>brightway's own test packages with the results that bw2calc 2.5.0 has for them.</summary>
public sealed class BrightwayTests
{
    [Fact]
    public void The_basic_fixture_has_the_supply_that_bw2calc_has()
    {
        var network = Network("basic_fixture");
        Assert.Equal(([1L, 2], [101, 102], [1L]), (network.Products, network.Activities, network.Flows), (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2.SequenceEqual(b.Item2) && a.Item3.SequenceEqual(b.Item3));
        var supply = Supply(network, (1, 1));
        Assert.Equal([1, 0.5], supply);
        Assert.Equal(1, Score(network, supply));
    }

    [Fact]
    public void The_example_database_has_the_matrix_the_supplies_and_the_scores_of_all_eight_products()
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(OpenData.Lca("bw2calc-fixtures/expected_results.json")));
        var example = expected.RootElement.GetProperty("bw2io_example_db");
        var network = Network("bw2io_example_db", "ipcc_simple");
        var technology = network.Technology();
        var rows = example.GetProperty("technosphere").EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.GetDouble()).ToArray()).ToArray();
        for (var r = 0; r < 8; r++)
        {
            Assert.Equal(rows[r], Enumerable.Range(0, 8).Select(c => technology.At(r, c)));
        }

        using var mapping = JsonDocument.Parse(File.ReadAllBytes(OpenData.Lca("bw2calc-fixtures/bw2io_example_db_mapping.json")));
        var ids = mapping.RootElement.EnumerateArray().ToDictionary(p => p[0].GetString()!, p => p[1].GetInt64());
        var results = example.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(8, results.Count);
        foreach (var result in results)
        {
            var supply = Supply(network, (ids[result.GetProperty("demand").GetString()!], 1));
            foreach (var expectedSupply in result.GetProperty("supply").EnumerateObject())
            {
                Assert.Equal(expectedSupply.Value.GetDouble(), supply[network.Activity(ids[expectedSupply.Name])], 1e-12);
            }

            var score = result.GetProperty("score_kg_co2e").GetDouble();
            Assert.Equal(score, Score(network, supply), 1e-14 * Math.Max(1, score));
        }
    }

    [Theory]
    [InlineData("first", 11.0, 8.19, 28.200000000000003)]
    [InlineData("second", 30.0, 6.7, 120.0)]
    public void Three_databases_and_two_methods_give_the_scores_of_bw2calc(string method, double g, double e, double z)
    {
        var network = Network("multi_lca_simple_1", "multi_lca_simple_2", "multi_lca_simple_3", "multi_lca_simple_4", "multi_lca_simple_5", "multi_lca_simple_normalization", "multi_lca_simple_weighting");
        double Of(long product, double amount) => Score(network, Supply(network, (product, amount)), [method, "category"]);
        Assert.Equal(g, Of(100, 1), 12);
        Assert.Equal(e, Of(103, 2), 12);
        Assert.Equal(z, Of(105, 3), 11);
    }

    [Fact]
    public void Normalisation_and_weighting_are_diagonals_of_their_own()
    {
        var network = Network("multi_lca_simple_1", "multi_lca_simple_2", "multi_lca_simple_3", "multi_lca_simple_4", "multi_lca_simple_5", "multi_lca_simple_normalization", "multi_lca_simple_weighting");

        // Flows 200 to 203; the set n1 keeps 201 and 203 only, w1 multiplies by 42.
        var normalisation = network.Diagonal("normalization_matrix", ["n", "1"]);
        Assert.Equal([0, 1, 0, 1], normalisation);
        Assert.Equal((42.0, 84.0), (network.Weight(["w", "1"]), network.Weight(["w", "2"])));
        var inventory = network.Interventions().Times(Supply(network, (105, 3)));
        var normalised = network.Diagonal("characterization_matrix", ["first", "category"]).Select((c, i) => c * inventory[i] * normalisation[i]).Sum();
        Assert.Equal(12, normalised, 12);
        Assert.Equal(42 * 12.0, normalised * network.Weight(["w", "1"])!.Value, 9);
    }

    [Fact]
    public void Scenarios_are_taken_in_their_order_and_again_from_the_first()
    {
        var package = Read("array_sequential");
        Assert.True(package.Sequential);
        var network = MatrixNetwork.From(package).Value;
        var supply = Supply(network, (1, 1));
        Assert.Equal([1, 2, 3, 4, 1], Enumerable.Range(0, 5).Select(s => network.Interventions(s).Times(supply)[0]));
    }

    [Fact]
    public void A_single_weight_comes_from_the_last_group_and_its_scenario()
    {
        var package = Read("svdm");
        Assert.Equal([42.0], package.Groups[0].Values);
        Assert.Equal(new Distribution(DistributionKind.Uniform, 0.2f, 0.8f), package.Groups[0].Uncertainty[0]);
        Assert.Equal([1, 2, 3, 4, 5], package.Groups[1].Scenarios.Select(s => s[0]));
        var network = Network("basic_fixture", "svdm");
        Assert.Equal([1.0, 2, 5, 1], new[] { 0, 1, 4, 5 }.Select(s => network.Weight(null, s)!.Value));
        Assert.Equal(88, Network("basic_fixture", "svdm", "svdm2").Weight());
    }

    [Fact]
    public void Distributions_of_the_monte_carlo_fixtures_are_read_with_their_signs()
    {
        var network = Network("mc_basic", "mc_complete");
        var entries = network.Technosphere();
        Assert.Equal([1.0, 1.0, -0.5], entries.Select(e => e.Value));
        Assert.Equal([Distribution.Certain, Distribution.Certain, new Distribution(DistributionKind.Uniform, 0.2f, 0.8f)], entries.Select(network.UncertaintyOf));
        Assert.Equal(-0.8, network.GroupOf(entries[2]).Signed(entries[2].Entry, 0.8));
        Assert.Equal([new Distribution(DistributionKind.Uniform, 0.5, 1.5), new Distribution(DistributionKind.Uniform, 0, 0.2f)], network.Biosphere().Select(network.UncertaintyOf));
        Assert.Equal(new Distribution(DistributionKind.Uniform, 100, 400), Read("mc_complete").Groups[0].Uncertainty[1]);
        Assert.Equal(1.0 + (2 * 0.1 * 0.5), Score(network, Supply(network, (3, 1))), 12);
    }

    [Fact]
    public void Draws_from_the_monte_carlo_fixture_have_the_mean_that_its_distributions_give()
    {
        // The score of one unit of product 3 is c1 b1 + c2 b2 a, all independent and uniform; its mean is 1.25 × 1 + 2.5 × 0.1 × 0.5.
        var network = Network("mc_basic");
        var random = new Random(7);
        double Drawn(MatrixEntry entry) => network.UncertaintyOf(entry) is { Kind: DistributionKind.Uniform } u ? network.GroupOf(entry).Signed(entry.Entry, u.First + (random.NextDouble() * (u.Second - u.First))) : entry.Value;
        var (technosphere, biosphere) = (network.Technosphere(), network.Biosphere());
        var characterisation = Read("mc_basic").Groups.Single(g => g.Matrix == "characterization_matrix");
        const int Runs = 4000;
        var (sum, squares) = (0.0, 0.0);
        for (var run = 0; run < Runs; run++)
        {
            var technology = SparseMatrix.FromTriplets(2, 2, [.. technosphere.Select(e => e.Row)], [.. technosphere.Select(e => e.Column)], [.. technosphere.Select(Drawn)]);
            var supply = PreparedNetwork.Prepare(technology).Then(p => p.Solve(network.Product(3), 1)).Value.Values;
            var score = biosphere.Sum(e => Drawn(e) * supply[e.Column] * (characterisation.Uncertainty[e.Row].First + (random.NextDouble() * (characterisation.Uncertainty[e.Row].Second - characterisation.Uncertainty[e.Row].First))));
            sum += score;
            squares += score * score;
        }

        var mean = sum / Runs;
        var error = Math.Sqrt(((squares / Runs) - (mean * mean)) / Runs);
        Assert.True(Math.Abs(mean - 1.375) < 4 * error, $"{mean} ± {error}");
    }

    [Fact]
    public void Every_fixture_is_also_a_package_of_datasets()
    {
        using var stream = File.OpenRead(OpenData.Lca("bw2calc-fixtures/multi_lca_simple_1.zip"));
        var package = DatasetReader.Read(stream, "multi.zip", cancellation: TestContext.Current.CancellationToken).Value;
        Assert.Equal(("brightway_datapackage", 3, 5), (package.Format, package.Processes.Count, package.Flows.Count));
        var process = package.Processes[1];
        Assert.Equal(("activity/2", "activity 2"), (process.Id, process.Name));
        Assert.Equal([("product/100", true, 0.5, false), ("product/102", false, 1.0, true), ("flow/200", false, 4.0, false), ("flow/201", false, 2.0, false)], process.Exchanges.Select(x => (x.FlowId, x.Input, x.Amount, x.Reference)));
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", 24, null)]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (6,), }", 24, null)]
    [InlineData("{'shape': (), 'fortran_order': True, 'descr': '|u1'}", 1, null)]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (4,), }", 24, "lca_npy_length")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2147483647, 2147483647), }", 24, "lca_npy_broken")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", 24, "lca_npy_broken")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", 24, "lca_npy_broken")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 3), }", 24, "lca_npy_broken")]
    [InlineData("{'descr': '<f8', 'shape': (3,), }", 24, "lca_npy_broken")]
    [InlineData("{'descr': __import__('os'), 'fortran_order': False, 'shape': (3,), }", 24, "lca_npy_broken")]
    public void A_head_that_lies_is_refused(string head, int bytes, string? code)
    {
        var array = NpyArray.Read(Npy(head, new byte[bytes]), "x.npy");
        Assert.Equal(code, array.Ok ? null : array.Problems[0].Code);
    }

    [Fact]
    public void Numbers_of_both_byte_orders_and_all_sizes_are_read()
    {
        Assert.Equal(1.5, NpyArray.Read(Npy("{'descr': '>f8', 'fortran_order': False, 'shape': (1,)}", [0x3F, 0xF8, 0, 0, 0, 0, 0, 0]), "x").Value.Number(0));
        Assert.Equal(-2, NpyArray.Read(Npy("{'descr': '<i2', 'fortran_order': False, 'shape': (1,)}", [0xFE, 0xFF]), "x").Value.Integer(0));
        Assert.Equal(1, NpyArray.Read(Npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1,)}", [0x00, 0x3C]), "x").Value.Number(0));
        var columns = NpyArray.Read(Npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3)}", [1, 2, 3, 4, 5, 6]), "x").Value;
        Assert.Equal((1.0, 3.0, 6.0), (columns.Number(0), columns.Number(0, 1), columns.Number(1, 2)));
    }

    [Fact]
    public void A_package_without_its_arrays_names_what_is_missing()
    {
        var to = new MemoryStream();
        using (var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var stream = zip.CreateEntry("datapackage.json").Open();
            stream.Write("""{"name":"x","resources":[{"name":"a.indices","group":"a","matrix":"technosphere_matrix","kind":"indices","path":"a.indices.npy"},{"group":"b","matrix":"m","kind":"data","path":"c.npy"}]}"""u8);
        }

        to.Position = 0;
        var problems = BrightwayReader.ReadMatrices(to, "x.zip", ReadLimits.Default, TestContext.Current.CancellationToken).Problems;
        Assert.Equal(["lca_package_part", "lca_package_kind", "lca_package_part", "lca_package_kind"], problems.Select(p => p.Code));
        Assert.Equal(("a.indices.npy", "a"), (problems[0].Found, problems[1].Args[0]));
    }

    internal static byte[] Npy(string head, byte[] data)
    {
        var text = Encoding.ASCII.GetBytes(head + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. text, .. data];
    }

    private static MatrixPackage Read(string fixture)
    {
        using var stream = File.OpenRead(OpenData.Lca($"bw2calc-fixtures/{fixture}.zip"));
        return BrightwayReader.ReadMatrices(stream, fixture + ".zip", ReadLimits.Default, TestContext.Current.CancellationToken).Value;
    }

    private static MatrixNetwork Network(params string[] fixtures) => MatrixNetwork.From([.. fixtures.Select(Read)]).Value;

    private static double[] Supply(MatrixNetwork network, params (long Product, double Amount)[] demand)
    {
        var f = new double[network.Products.Count];
        foreach (var (product, amount) in demand)
        {
            f[network.Product(product)] = amount;
        }

        return PreparedNetwork.Prepare(network.Technology()).Then(p => p.Solve(f)).Value.Values;
    }

    private static double Score(MatrixNetwork network, double[] supply, IReadOnlyList<string>? method = null) =>
        network.Interventions().Times(supply).Zip(network.Diagonal("characterization_matrix", method)).Sum(p => p.First * p.Second);
}
