using FsCheck;
using FsCheck.Fluent;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Numerics;

/// <summary>What holds of every network: random ones, and generated ones of the structure of a large database.</summary>
public sealed class NetworkPropertyTests
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(4_711_815, 19);

    private static readonly Arbitrary<int> Seeds = Arb.From(Gen.Choose(0, int.MaxValue));

    [Fact]
    public void A_loop_is_refused_as_not_productive_exactly_when_its_supply_is_negative_somewhere()
    {
        Check.One(Seeded, Prop.ForAll(Seeds, seed =>
        {
            var draws = new SeededDraws((ulong)seed, 9);
            var n = 2 + draws.Below(12);
            var rows = new double[n][];
            for (var i = 0; i < n; i++)
            {
                rows[i] = new double[n];
                for (var j = 0; j < n; j++)
                {
                    // A ring, so that all are one loop, and some more.
                    rows[i][j] = i == j ? 1 : j == (i + 1) % n || draws.Unit() < 0.3 ? -draws.Unit() : 0;
                }
            }

            var network = PreparedNetwork.Prepare(NetworkTests.Matrix(rows)).Value;
            var supply = new double[n];
            supply[0] = 1;
            DenseFactors.Of([.. rows.SelectMany(r => r)], n).Solve(supply);
            var outcome = network.Solve(0, 1);
            return outcome.Ok ? Array.TrueForAll(supply, v => v >= 0) : outcome.Problems[0].Code == "network_not_productive" && Array.Exists(supply, v => v < 0);
        }));
    }

    [Theory]
    [InlineData(0.75, 0.0, 0)]
    [InlineData(0.97, 0.0, 0)]
    [InlineData(0.75, 0.05, 0)]
    [InlineData(0.75, 0.0, 6)]
    [InlineData(0.97, 0.1, 12)]
    public void Generated_networks_are_solved_by_both_routes_to_ten_digits(double columnSum, double credits, int loops)
    {
        var generated = NetworkGenerator.Generate(new NetworkRules(3000, 7, 200, 16, columnSum, credits, loops, RowsApart: loops > 6));
        var network = PreparedNetwork.Prepare(generated.Technology.ToMatrix()).Value;
        Assert.True(network.Shape.Largest > 500);
        var direct = DirectImpacts.Of(generated.Interventions.ToMatrix(), generated.Characterisation.ToMatrix());
        var intensities = network.Intensities(direct, 16).Value;
        Proven(intensities.Certificate);
        Assert.Equal(loops > 0, intensities.Certificate.Fallback is not null);
        for (var product = 0; product < 3000; product += 97)
        {
            var supply = network.Solve(product, 2.5, intensities).Value;
            Proven(supply.Certificate);
            Proven(network.Solve(product, 2.5).Value.Certificate);
            var impacts = new double[16];
            for (var process = 0; process < 3000; process++)
            {
                for (var k = 0; k < 16; k++)
                {
                    impacts[k] += direct[(process * 16) + k] * supply.Values[process];
                }
            }

            NetworkTests.Near(intensities.Impacts(product, 2.5), impacts, 1e-9);
        }
    }

    [Theory]
    [InlineData(1.02)]
    [InlineData(2.5)]
    public void Of_a_large_loop_that_cannot_deliver_those_are_named_that_make_it_grow(double gain)
    {
        // Two processes in the large loop of a network that is fine otherwise, and each of them takes so much of the other that the two deliver nothing.
        var generated = NetworkGenerator.Generate(new NetworkRules(2000, 11, 5, 1)).Technology;
        var matrix = generated.ToMatrix();
        var order = PreparedNetwork.Prepare(matrix).Value.Order;
        var component = Enumerable.Range(0, order.Components).MaxBy(c => order.ComponentStarts[c + 1] - order.ComponentStarts[c]);
        var (one, other) = (order.Process[order.ComponentStarts[component] + 40], order.Process[order.ComponentStarts[component] + 90]);
        var network = PreparedNetwork.Prepare(SparseMatrix.FromTriplets(
            2000, 2000, [.. generated.Row, one, other], [.. generated.Column, other, one],
            [.. generated.Value, -gain * matrix.At(one, one), -gain * matrix.At(other, other)])).Value;
        var problem = Assert.Single(network.Solve(one, 1).Problems);
        Assert.Equal("network_not_productive", problem.Code);
        var named = NetworkRefusal.Processes(problem);
        Assert.True(named.Contains(one) && named.Contains(other) && named.Count <= 12, string.Join(' ', named));
        Assert.Equal(problem.Args, Assert.Single(network.Solve(one, 1, null).Problems).Args);
        Assert.True(double.IsNaN(network.Intensities(new double[2000], 1).Value.Of(one)[0]));
    }

    [Fact]
    public void Many_threads_get_the_same_bits()
    {
        var technology = NetworkGenerator.Generate(new NetworkRules(3000, 7, 5, 1, 0.75, 0.02, 4)).Technology.ToMatrix();
        var alone = PreparedNetwork.Prepare(technology).Value;
        var expected = Enumerable.Range(0, 12).Select(i => alone.Solve(i * 200, 1).Value.Values).ToList();
        var shared = PreparedNetwork.Prepare(technology).Value;
        var found = new double[12][];
        Parallel.For(0, 12, i => found[i] = shared.Solve(i * 200, 1).Value.Values);
        Assert.All(Enumerable.Range(0, 12), i => Assert.Equal(expected[i], found[i]));
    }

    [Fact]
    public void What_was_asked_before_says_nothing()
    {
        var generated = NetworkGenerator.Generate(new NetworkRules(3000, 7, 5, 1, 0.97, 0.05, 6)).Technology.ToMatrix();
        var (fresh, used) = (PreparedNetwork.Prepare(generated).Value, PreparedNetwork.Prepare(generated).Value);
        var direct = Enumerable.Range(0, 3000).Select(i => (double)(i % 11)).ToArray();
        Assert.True(used.Intensities(direct, 1).Ok && used.CallsFor(3).Ok && used.Solve(5, -2).Ok);
        Assert.Equal(fresh.Solve(77, 1).Value.Values, used.Solve(77, 1).Value.Values);
        Assert.Equal(fresh.Solve(78, 1).Value.Certificate, used.Solve(78, 1).Value.Certificate);
    }

    [Fact]
    public void The_numbering_of_processes_and_products_and_the_order_of_entries_say_nothing()
    {
        Check.One(Seeded, Prop.ForAll(Seeds, seed =>
        {
            var generated = NetworkGenerator.Generate(new NetworkRules(120, (ulong)seed, 5, 1, Credits: 0.02)).Technology;
            var draws = new SeededDraws((ulong)seed, 8);
            var (rows, columns, entries) = (draws.Order(120), draws.Order(120), draws.Order(generated.Count));
            var turned = SparseMatrix.FromTriplets(
                120, 120, [.. entries.Select(e => rows[generated.Row[e]])], [.. entries.Select(e => columns[generated.Column[e]])], [.. entries.Select(e => generated.Value[e])]);
            var (one, other) = (PreparedNetwork.Prepare(generated.ToMatrix()).Value, PreparedNetwork.Prepare(turned).Value);
            var (supply, same) = (one.Solve(seed % 120, 1).Value.Values, other.Solve(rows[seed % 120], 1).Value.Values);
            return Enumerable.Range(0, 120).All(p => Close(supply[p], same[columns[p]]));
        }));
    }

    [Fact]
    public void Supply_is_linear_in_the_demand_and_forward_is_transposed()
    {
        Check.One(Seeded, Prop.ForAll(Seeds, seed =>
        {
            var draws = new SeededDraws((ulong)seed, 8);
            var network = PreparedNetwork.Prepare(NetworkGenerator.Generate(new NetworkRules(150, (ulong)seed, 5, 1, Credits: 0.02)).Technology.ToMatrix()).Value;
            var (one, other, both, direct) = (new double[150], new double[150], new double[150], new double[150]);
            var (a, b) = (draws.Normal(), draws.Normal());
            for (var i = 0; i < 150; i++)
            {
                (one[i], other[i], direct[i]) = (draws.Below(5) == 0 ? draws.Unit() : 0, draws.Below(5) == 0 ? draws.Unit() : 0, draws.Unit());
                both[i] = (a * one[i]) + (b * other[i]);
            }

            var (x, y, z) = (network.Solve(one).Value.Values, network.Solve(other).Value.Values, network.Solve(both).Value.Values);
            var intensity = network.Intensities(direct, 1).Value;
            var forward = direct.Zip(x, (d, s) => d * s).Sum();
            return Enumerable.Range(0, 150).All(p => Math.Abs((a * x[p]) + (b * y[p]) - z[p]) <= 1e-9 * (Math.Abs(a * x[p]) + Math.Abs(b * y[p])))
                && Math.Abs(forward - intensity.Impacts(one)[0]) <= 1e-10 * direct.Zip(x, (d, s) => Math.Abs(d * s)).Sum();
        }));
    }

    [Fact]
    public void Changed_columns_are_the_same_as_preparing_anew()
    {
        Check.One(Seeded, Prop.ForAll(Seeds, seed =>
        {
            var draws = new SeededDraws((ulong)seed, 8);
            var network = PreparedNetwork.Prepare(NetworkGenerator.Generate(new NetworkRules(150, (ulong)seed, 5, 1)).Technology.ToMatrix()).Value;
            var changes = Enumerable.Range(0, 1 + draws.Below(6)).Select(_ => draws.Below(150)).Distinct()
                .Select(process =>
                {
                    // Half of every input, and something new.
                    var (rows, values) = (network.Technology.RowsOf(process).ToArray(), network.Technology.ValuesOf(process).ToArray());
                    return ColumnChange.To(network.Technology, process, [.. rows, draws.Below(150)], [.. values.Select(v => v < 0 ? v / 2 : v), -1e-3 * draws.Unit()]);
                }).ToList();
            var changed = network.With(changes).Value;
            var anew = PreparedNetwork.Prepare(changed.Technology).Value;
            var product = draws.Below(150);
            var (again, updated) = (anew.Solve(product, 1), changed.Solve(product, 1));
            if (!again.Ok || !updated.Ok)
            {
                // The new input may be one unit too many.
                return again.Ok == updated.Ok && again.Problems[0].Code == updated.Problems[0].Code;
            }

            var (expected, found) = (again.Value, updated.Value);
            var direct = Enumerable.Range(0, 300).Select(_ => draws.Unit()).ToArray();
            var intensities = changed.Intensities(network.Intensities(direct, 2).Value).Value.All.ToArray();
            return found.Certificate is { BackwardError: < 1e-10, PrimalDual: < 1e-10 }
                && Enumerable.Range(0, 150).All(p => Close(expected.Values[p], found.Values[p]))
                && anew.Intensities(direct, 2).Value.All.ToArray().Zip(intensities).All(v => Close(v.First, v.Second));
        }));
    }

    [Fact]
    public void A_change_of_one_process_is_one_division()
    {
        var network = PreparedNetwork.Prepare(NetworkGenerator.Generate(new NetworkRules(400, 3, 5, 1)).Technology.ToMatrix()).Value;
        var direct = Enumerable.Range(0, 1200).Select(i => 1.0 + (i % 7)).ToArray();
        var intensities = network.Intensities(direct, 3).Value;
        for (var process = 0; process < 400; process += 13)
        {
            var callsFor = network.CallsFor(process).Value;
            var input = network.Technology.RowsOf(process).ToArray().FirstOrDefault(row => network.Technology.At(row, process) < 0, -1);
            if (input < 0)
            {
                continue;
            }

            var change = ColumnChange.Moved(process, input, -network.Technology.At(input, process), to: (input + 1) % 400, 1e-3);
            var expected = network.With([change]).Value.Intensities(intensities).Value.All.ToArray();
            for (var product = 0; product < 400; product += 7)
            {
                NetworkTests.Near(expected.AsSpan(product * 3, 3).ToArray(), intensities.Changed(product, change, callsFor).Value, 1e-9);
            }
        }
    }

    [Fact]
    public void Torn_loops_are_what_dense_elimination_says()
    {
        for (ulong seed = 0; seed < 40; seed++)
        {
            var draws = new SeededDraws(seed, 8);
            var n = 250 + draws.Below(200);
            var (rows, columns, values) = (new List<int>(), new List<int>(), new List<double>());
            for (var i = 0; i < n; i++)
            {
                Put(i, i, 1);
                Put((i + 1) % n, i, -0.9);
                for (var e = 0; e < 4; e++)
                {
                    var row = draws.Below(draws.Below(2) == 0 ? n : 12);
                    if (row != i)
                    {
                        Put(row, i, draws.Normal());
                    }
                }
            }

            var matrix = SparseMatrix.FromTriplets(n, n, rows.ToArray(), columns.ToArray(), values.ToArray());
            var (torn, dense) = (TornFactors.Of(matrix), DenseFactors.Of(Rows(matrix), n));
            Assert.IsType<TornFactors>(torn);
            var right = Enumerable.Range(0, n * 3).Select(_ => draws.Normal()).ToArray();
            foreach (var transposed in new[] { false, true })
            {
                var (one, other) = (right.AsSpan().ToArray(), right.AsSpan().ToArray());
                Apply(torn, one, transposed);
                Apply(dense, other, transposed);
                var scale = other.Max(Math.Abs);
                Assert.All(one.Zip(other), v => Assert.True(Math.Abs(v.First - v.Second) <= 1e-7 * scale, $"{seed}"));
            }

            void Put(int row, int column, double value)
            {
                rows.Add(row);
                columns.Add(column);
                values.Add(value);
            }
        }

        static void Apply(LoopFactors factors, double[] right, bool transposed)
        {
            if (transposed)
            {
                factors.SolveTransposed(right, 3);
            }
            else
            {
                factors.Solve(right, 3);
            }
        }
    }

    private static void Proven(Certificate certificate) => Assert.True(certificate.BackwardError <= 1e-11 && certificate.PrimalDual <= 1e-10, certificate.ToString());

    private static bool Close(double expected, double actual) => Math.Abs(expected - actual) <= 1e-8 * Math.Max(Math.Abs(expected), 1e-200);

    internal static double[] Rows(SparseMatrix matrix)
    {
        var dense = new double[matrix.Rows * matrix.Columns];
        for (var column = 0; column < matrix.Columns; column++)
        {
            for (var i = 0; i < matrix.RowsOf(column).Length; i++)
            {
                dense[(matrix.RowsOf(column)[i] * matrix.Columns) + column] = matrix.ValuesOf(column)[i];
            }
        }

        return dense;
    }
}
