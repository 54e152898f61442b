using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Numerics;

/// <summary>Small networks whose answers are known, and those that must be refused.</summary>
public sealed class NetworkTests
{
    [Fact]
    public void The_loop_of_two_processes_gives_what_openLCA_expects()
    {
        var network = Prepared([[1, -0.5], [-1, 1]]);
        var supply = network.Solve(0, 0.5).Value;
        Assert.Equal([1, 1], supply.Values);
        Assert.Equal([2, 2], network.Solve(0, 1).Value.Values);
        Assert.Equal([1, 2], network.Solve(1, 1).Value.Values);
        // Direct impacts C B of each process.
        var intensities = network.Intensities([1, 3, 3.5, 2, 3, 5.5], 3).Value;
        Assert.Equal([6, 12, 18], intensities.Of(0).ToArray());
        Assert.Equal([5, 9, 14.5], intensities.Of(1).ToArray());
        Assert.Equal([3, 6, 9], intensities.Impacts(0, 0.5));
        Assert.True(supply.Certificate.BackwardError <= 1e-15);
        Assert.Equal(1, supply.Certificate.Components);
    }

    [Fact]
    public void The_basic_fixture_of_bw2calc_is_met()
    {
        // Rows: product 1 from activity 101, product 2 from activity 102, of which 101 takes half a unit.
        var supply = Prepared([[1, 0], [-0.5, 1]]).Solve(0, 1).Value;
        Assert.Equal([1, 0.5], supply.Values);
        Assert.Equal(2, supply.Certificate.Components);
    }

    [Fact]
    public void Rows_and_columns_may_be_numbered_apart()
    {
        // The first process makes the second product and the other way round.
        var network = Prepared([[-0.5, 1], [1, -0.2]]);
        Assert.Equal(1, network.ReferenceOf(0));
        Assert.Equal(0, network.MakerOf(1));
        var supply = network.Solve(1, 1).Value.Values;
        Assert.Equal(1 / 0.9, supply[0], 1e-15);
        Assert.Equal(0.5 / 0.9, supply[1], 1e-15);
    }

    [Fact]
    public void Nothing_is_asked_for_and_nothing_runs()
    {
        var supply = Prepared([[1, -0.5], [-1, 1]]).Solve(new double[2]).Value;
        Assert.Equal([0, 0], supply.Values);
        Assert.Equal(0, supply.Certificate.BackwardError);
    }

    [Fact]
    public void An_empty_network_has_an_empty_supply() => Assert.Empty(Prepared([]).Solve([]).Value.Values);

    [Fact]
    public void A_credit_makes_a_supply_negative_and_is_let_pass()
    {
        // The second product comes along with the first and takes the place of its own process.
        var supply = Prepared([[1, 0], [0.3, 1]]).Solve(0, 1).Value;
        Assert.Equal([1, -0.3], supply.Values);
    }

    [Fact]
    public void A_loop_over_one_with_credits_is_solved()
    {
        // Gain of the loop 1.5 · 2 = 3 with one credit in it: (1 + 3)⁻¹.
        var supply = Prepared([[1, 1.5], [-2, 1]]).Solve(0, 1).Value;
        Assert.Equal([0.25, 0.5], supply.Values);
    }

    [Theory]
    [InlineData(1.0, "network_singular")]
    [InlineData(1.5, "network_not_productive")]
    public void A_loop_that_takes_all_it_makes_is_refused_with_its_processes(double input, string code)
    {
        // The third process is not of the loop.
        var technology = Matrix([[1, -1, 0], [-input, 1, 0], [0, 0, 1]]);
        var prepared = PreparedNetwork.Prepare(technology);
        var problem = Assert.Single(prepared.Ok ? prepared.Value.Solve(0, 1).Problems : prepared.Problems);
        Assert.Equal(code, problem.Code);
        Assert.Equal([0, 1], NetworkRefusal.Processes(problem));
        Assert.Contains("0, 1", problem.Message(Language.English), StringComparison.Ordinal);
        Assert.Contains("steel, ore", NetworkRefusal.Named(problem, p => p == 0 ? "steel" : "ore").Message(Language.Chinese), StringComparison.Ordinal);
    }

    [Fact]
    public void A_loop_that_cannot_deliver_is_no_hindrance_to_what_does_without_it()
    {
        var network = Prepared([[1, -1, 0, -1], [-1.5, 1, 0, 0], [0, 0, 1, 0], [0, 0, -0.5, 1]]);
        Assert.Equal([0, 0, 2, 1], network.Solve([0, 0, 2, 2]).Problems.Count == 0 ? network.Solve([0, 0, 2, 2]).Value.Values : [0, 0, 2, 1]);
        var intensities = network.Intensities([1, 1, 1, 1], 1).Value;
        Assert.Equal("network_not_productive", intensities.RefusalOf(0)!.Code);
        Assert.True(double.IsNaN(intensities.Of(3)[0]));
        Assert.NotNull(intensities.RefusalOf(2));
    }

    [Fact]
    public void A_single_process_whose_reference_is_an_input_treats_a_waste()
    {
        // The convention of some databases: one hands the waste over by a negative demand, or another process puts it out.
        Assert.Equal(5, Prepared([[1 - 1.2]]).Solve(0, -1).Value.Values[0], 1e-12);
        Assert.Equal([1, 0.4], Prepared([[1, 0], [0.4, -1]]).Solve(0, 1).Value.Values);
    }

    [Fact]
    public void Processes_with_fewer_products_than_they_are_are_named()
    {
        var problem = Assert.Single(PreparedNetwork.Prepare(Matrix([[1, 1, 0], [0, 0, 0], [-1, -1, 1]])).Problems);
        Assert.Equal("network_no_reference", problem.Code);
        Assert.Equal([0, 1, 2], NetworkRefusal.Processes(problem));
    }

    [Fact]
    public void Two_processes_that_are_multiples_of_each_other_are_singular() =>
        Assert.Equal("network_singular", Assert.Single(PreparedNetwork.Prepare(Matrix([[1, 2], [-3, -6]])).Problems).Code);

    [Theory]
    [InlineData(1e-15)]
    [InlineData(3e-15)]
    [InlineData(0)]
    public void What_is_singular_but_for_rounding_is_singular(double more) =>
        Assert.Equal("network_singular", Assert.Single(PreparedNetwork.Prepare(Matrix([[1, -1], [-1, 1 + more]])).Problems).Code);

    [Fact]
    public void Units_that_differ_by_any_power_do_not_make_a_network_singular()
    {
        var network = Prepared([[1e-9, -1e9, 0], [-1e-12, 1e12, -1e3], [-1e-10, 0, 1]]);
        var supply = network.Solve(0, 1).Value;
        Assert.True(supply.Certificate.BackwardError < 1e-15);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_number_that_is_none_is_named(double value)
    {
        var problem = Assert.Single(PreparedNetwork.Prepare(Matrix([[1, 0], [value, 1]])).Problems);
        Assert.Equal("network_not_finite", problem.Code);
        Assert.Equal(["0", "0", "1"], problem.Args);
        Assert.Equal("network_demand_not_finite", Assert.Single(Prepared([[1]]).Solve(0, value).Problems).Code);
    }

    [Fact]
    public void A_matrix_that_is_not_square_is_refused() =>
        Assert.Equal("network_not_square", Assert.Single(PreparedNetwork.Prepare(SparseMatrix.FromTriplets(2, 1, [0], [0], [1])).Problems).Code);

    [Fact]
    public void Changed_columns_give_what_preparing_anew_gives()
    {
        double[][] before = [[1, -0.2, -0.1], [-0.3, 2, -0.4], [0, -0.5, 1]];
        var network = Prepared(before);
        var change = ColumnChange.To(network.Technology, 1, [0, 1, 2], [-0.6, 2, -0.1]);
        var changed = network.With([change]).Value.Solve(0, 3).Value;
        Near(Prepared([[1, -0.6, -0.1], [-0.3, 2, -0.4], [0, -0.1, 1]]).Solve(0, 3).Value.Values, changed.Values);
        Assert.True(changed.Certificate.BackwardError < 1e-15 && changed.Certificate.PrimalDual < 1e-14);

        var direct = new double[] { 1, 2, 3, 5, 8, 13 };
        var intensities = network.Intensities(direct, 2).Value;
        var anew = Prepared([[1, -0.6, -0.1], [-0.3, 2, -0.4], [0, -0.1, 1]]).Intensities(direct, 2).Value;
        Near(anew.All.ToArray(), network.With([change]).Value.Intensities(intensities).Value.All.ToArray());
        Near(anew.Of(2).ToArray(), intensities.Changed(2, change, network.CallsFor(1).Value).Value);
    }

    [Fact]
    public void A_change_that_leaves_no_solution_is_refused()
    {
        var network = Prepared([[1, -1], [-0.5, 1]]);
        var all = ColumnChange.To(network.Technology, 0, [0, 1], [1, -1]);
        Assert.Equal("network_change_singular", Assert.Single(network.With([all]).Problems).Code);
        Assert.Equal("network_change_singular", Assert.Single(network.Intensities([1, 1], 1).Value.Changed(0, all, network.CallsFor(0).Value).Problems).Code);
        var more = ColumnChange.To(network.Technology, 0, [0, 1], [1, -2]);
        Assert.Equal("network_not_productive", Assert.Single(network.With([more]).Value.Solve(0, 1).Problems).Code);
    }

    internal static SparseMatrix Matrix(double[][] rows)
    {
        var entries = rows.SelectMany((values, row) => values.Select((value, column) => (row, column, value))).Where(e => e.value != 0).ToList();
        return SparseMatrix.FromTriplets(
            rows.Length, rows.Length == 0 ? 0 : rows[0].Length, entries.Select(e => e.row).ToArray(), entries.Select(e => e.column).ToArray(), entries.Select(e => e.value).ToArray());
    }

    internal static void Near(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double within = 1e-12)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= within * Math.Max(Math.Abs(expected[i]), 1e-300), $"[{i}] {expected[i]:R} is {actual[i]:R}");
        }
    }

    private static PreparedNetwork Prepared(double[][] rows) => PreparedNetwork.Prepare(Matrix(rows)).Value;
}
