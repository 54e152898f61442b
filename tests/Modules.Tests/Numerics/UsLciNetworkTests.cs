using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Numerics;

/// <summary>US LCI with the results that bw2calc 2.5.0 gives (its README tells how the matrices came about).</summary>
public sealed class UsLciNetworkTests
{
    private const double Within = 1e-12;

    [Fact]
    public void The_structure_is_the_one_that_is_known()
    {
        var shape = Network().Shape;
        Assert.Equal((639, 3809, 612, 3, 26), (shape.Size, shape.Count, shape.Components, shape.Loops, shape.Largest));
    }

    [Fact]
    public void The_climate_impacts_of_383_processes_are_met_by_both_routes()
    {
        var network = Network();
        var interventions = Read("B.csv", "row_flow", "col_process", 2980, 639);
        var factors = Rows("flows.csv").Select(row => double.Parse(row["gwp100_cf"])).ToArray();
        var direct = interventions.Transposed().Times(factors);
        var intensities = network.Intensities(direct, 1).Value;
        Assert.True(intensities.Certificate.BackwardError < 1e-14, intensities.Certificate.ToString());
        Assert.True(intensities.Certificate.PrimalDual < 1e-13, intensities.Certificate.ToString());
        var expected = Rows("expected_gwp100_per_ref_unit.csv").ToList();
        // The README says 384; the file has that many lines, its header among them.
        Assert.Equal(383, expected.Count);
        foreach (var row in expected)
        {
            var (process, value) = (int.Parse(row["process_index"]), double.Parse(row["gwp100_kg_co2e_per_1_unit_of_product_bw2calc"]));
            Close(value, intensities.Of(process)[0], row["name"]);
            var supply = network.Solve(process, 1, intensities).Value;
            Close(value, Sum(direct, supply.Values), row["name"]);
            Assert.True(supply.Certificate.BackwardError < 1e-14 && supply.Certificate.PrimalDual < 1e-13, row["name"] + supply.Certificate);
        }
    }

    [Fact]
    public void The_six_inventories_are_met()
    {
        var network = Network();
        var interventions = Read("B.csv", "row_flow", "col_process", 2980, 639);
        var byProcess = Rows("expected_inventory_selected.csv").GroupBy(row => int.Parse(row["process_index"])).ToList();
        Assert.Equal([97, 156, 332, 347, 399, 402], byProcess.Select(g => g.Key).Order());
        foreach (var process in byProcess)
        {
            var inventory = interventions.Times(network.Solve(process.Key, 1).Value.Values);
            foreach (var row in process)
            {
                Close(double.Parse(row["amount_per_1_unit_of_product_bw2calc"]), inventory[int.Parse(row["flow_index"])], $"{process.Key} {row["flow_index"]}");
            }
        }
    }

    private static PreparedNetwork Network() => PreparedNetwork.Prepare(Read("A.csv", "row_product", "col_process", 639, 639)).Value;

    private static SparseMatrix Read(string file, string row, string column, int rows, int columns)
    {
        var entries = Rows(file).ToList();
        return SparseMatrix.FromTriplets(
            rows, columns, entries.Select(e => int.Parse(e[row])).ToArray(), entries.Select(e => int.Parse(e[column])).ToArray(), entries.Select(e => double.Parse(e["value"])).ToArray());
    }

    private static IEnumerable<DataRow> Rows(string file) => DataRows.Parse(OpenData.Bytes($"../lca/uslci/{file}"));

    private static double Sum(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static void Close(double expected, double actual, string what) =>
        Assert.True(Math.Abs(expected - actual) <= Within * Math.Abs(expected), $"{what}: {expected:R} is {actual:R}");
}
