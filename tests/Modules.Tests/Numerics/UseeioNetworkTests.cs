using System.IO.Compression;
using System.Text.Json;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Numerics;

/// <summary>USEEIO 2.0.1: the published total requirements and impacts of 411 sectors, from its direct requirements by the dense route and by the sparse one.</summary>
public sealed class UseeioNetworkTests
{
    private const int Sectors = 411;
    private const int Indicators = 23;

    [Fact]
    public void The_total_requirements_are_met()
    {
        var inverse = DenseNetwork.FromRequirements(Requirements(), Sectors).Value.Inverse().Value;
        using var archive = ZipFile.OpenRead(OpenData.Require("../lca/useeio-2.0.1-411/L.zip"));
        using var stream = archive.GetEntry("L.json")!.Open();
        var published = Rows(JsonDocument.Parse(stream));
        var worst = 0.0;
        for (var i = 0; i < published.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(published[i] - inverse[i]));
        }

        // Bit for bit it is what LAPACK gives; another order of the same operations differs in the last digits of numbers around 1.
        Assert.True(worst < 2e-14, $"{worst:R}");
    }

    [Fact]
    public void The_impacts_per_dollar_are_met_by_the_dense_and_the_sparse_route()
    {
        var requirements = Requirements();
        var direct = Turned(Published("D"));
        var dense = DenseNetwork.FromRequirements(requirements, Sectors).Value.Intensities(direct, Indicators).Value;
        var sparse = PreparedNetwork.Prepare(Sparse(requirements)).Value.Intensities(direct, Indicators).Value;
        var published = Turned(Published("N"));
        for (var i = 0; i < published.Length; i++)
        {
            Assert.True(Math.Abs(published[i] - dense.All[i]) <= 2e-14 * Math.Abs(published[i]), $"{i}: {published[i]:R} {dense.All[i]:R}");
            Assert.True(Math.Abs(published[i] - sparse.All[i]) <= 2e-11 * Math.Abs(published[i]), $"{i}: {published[i]:R} {sparse.All[i]:R}");
        }

        Assert.True(dense.Certificate.BackwardError < 1e-15 && dense.Certificate.PrimalDual < 1e-14, dense.Certificate.ToString());
        Assert.True(sparse.Certificate.BackwardError < 1e-11 && sparse.Certificate.PrimalDual < 1e-10, sparse.Certificate.ToString());
        var codes = Labels("sectors", "code");
        var greenhouse = Labels("indicators", "code").IndexOf("GHG");
        Same(1.0376960588454214, dense.Of(codes.IndexOf("1111A0"))[greenhouse]);
        Same(2.4747284708036603, dense.Of(codes.IndexOf("1111B0"))[greenhouse]);
        Same(0.3708173487273083, dense.Of(codes.IndexOf("333618"))[greenhouse]);
    }

    [Fact]
    public void The_totals_of_the_demands_are_met()
    {
        var network = DenseNetwork.FromRequirements(Requirements(), Sectors).Value;
        var intensities = network.Intensities(Turned(Published("D")), Indicators).Value;
        var indicators = Labels("indicators", "code");
        var production = Demand("2012_US_Production_Complete");
        Same(4.919522464611601e12, intensities.Impacts(production)[indicators.IndexOf("GHG")]);
        Same(5.174275895516597e12, intensities.Impacts(Demand("2012_US_Consumption_Complete"))[indicators.IndexOf("GHG")]);
        Same(1.6197171520327709e13, intensities.Impacts(production)[indicators.IndexOf("VADD")]);

        var supply = network.Solve(production).Value;
        Assert.True(supply.Certificate.BackwardError < 1e-15 && supply.Certificate.PrimalDual < 1e-14, supply.Certificate.ToString());
        var output = Published("q");
        var failing = Enumerable.Range(0, Sectors).Where(i => Math.Abs(supply.Values[i] - output[i]) > 0.01 * Math.Abs(output[i])).ToList();
        Assert.Equal(["S00300/US", "S00402/US"], failing.Select(i => Labels("sectors", "id")[i]).Order(StringComparer.Ordinal));
    }

    private static double[] Requirements() => Published("A");

    private static double[] Published(string name) => Rows(Document(name));

    private static JsonDocument Document(string name) => JsonDocument.Parse(OpenData.Bytes($"../lca/useeio-2.0.1-411/{name}.json"));

    private static double[] Rows(JsonDocument document) => [.. document.RootElement.EnumerateArray().SelectMany(row => row.EnumerateArray().Select(v => v.GetDouble()))];

    private static List<string> Labels(string name, string label) => [.. Document(name).RootElement.EnumerateArray().Select(e => e.GetProperty(label).GetString()!)];

    private static double[] Demand(string name)
    {
        var ids = Labels("sectors", "id");
        var demand = new double[Sectors];
        foreach (var entry in Document(name).RootElement.EnumerateArray())
        {
            demand[ids.IndexOf(entry.GetProperty("sector").GetString()!)] = entry.GetProperty("amount").GetDouble();
        }

        return demand;
    }

    // Indicators × sectors becomes sectors × indicators.
    private static double[] Turned(double[] values)
    {
        var turned = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            turned[(i % Sectors * Indicators) + (i / Sectors)] = values[i];
        }

        return turned;
    }

    private static SparseMatrix Sparse(double[] requirements)
    {
        var places = Enumerable.Range(0, requirements.Length).Where(i => requirements[i] != 0 || i / Sectors == i % Sectors).ToArray();
        return SparseMatrix.FromTriplets(
            Sectors, Sectors, places.Select(i => i / Sectors).ToArray(), places.Select(i => i % Sectors).ToArray(),
            places.Select(i => (i / Sectors == i % Sectors ? 1 : 0) - requirements[i]).ToArray());
    }

    private static void Same(double expected, double actual) => Assert.True(Math.Abs(expected - actual) <= 1e-13 * Math.Abs(expected), $"{expected:R} is {actual:R}");
}
