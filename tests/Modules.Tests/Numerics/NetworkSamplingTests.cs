using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Numerics;

/// <summary>Monte Carlo over networks, against what can be reckoned by hand.</summary>
public sealed class NetworkSamplingTests
{
    private const int N = 40_000;

    [Fact]
    public void A_chain_of_lognormals_is_lognormal()
    {
        // 1 takes 2 of 0, 2 takes 3 of 1, 0 emits 5: the product of three lognormal amounts.
        double[] sigma = [0.2, 0.3, 0.15];
        var network = Network([(0, 0, 1, 0), (1, 1, 1, 0), (2, 2, 1, 0), (0, 1, -2, sigma[0]), (1, 2, -3, sigma[1])], [(0, 0, 5, sigma[2])], 3);
        var result = Run(network, [2]);
        var summary = result.Summary(0, 0);
        var all = Math.Sqrt(sigma.Sum(s => s * s));
        var expected = new Distribution(DistributionKind.Lognormal, 30, all);
        Assert.Equal(30, summary.Certain, 1e-12);
        Near(expected.Mean, summary.Mean, summary.StandardError);
        Assert.Equal(expected.Variance, summary.Moments.Variance, 0.05 * expected.Variance);
        foreach (var u in (double[])[0.025, 0.25, 0.5, 0.75, 0.975])
        {
            Assert.Equal(Math.Log(expected.Quantile(u)), Math.Log(summary.Quantile(u)), 0.012);
        }

        Assert.True(SampleStreamTests.Kolmogorov(result.Of(0, 0).ToArray(), v => SampleStreamTests.Phi(Math.Log(v / 30) / all)) < 1.63);
        Assert.Equal(MeanShift.SkewedInputs, summary.Reason);
        Assert.True(result.LargestBackwardError < 1e-15);
        Assert.Empty(result.Direct);
        Assert.Empty(result.Refused);
    }

    [Fact]
    public void Sums_of_other_distributions_have_their_moments()
    {
        // One process emits four flows, each with a distribution of its own; two of them through factors.
        Distribution[] distributions = [new(DistributionKind.Normal, 5, 0.5), new(DistributionKind.Triangular, 1, 2, 6), new(DistributionKind.Uniform, -1, 3), new(DistributionKind.Normal, -2, 0.25)];
        double[] factors = [1, 2, -3, 0.5], values = [5, 2, 1, -2];
        var network = new UncertainNetwork(
            Prepared([(0, 0, 1)], 1), Matrix([.. values.Select((v, f) => (f, 0, v))], 4, 1), Matrix([.. factors.Select((c, f) => (0, f, c))], 1, 4),
            [.. distributions.Select((d, i) => new SampledInput((ulong)i, d, values[i]))], [.. distributions.Select((_, i) => new SampledTerm(true, i, 0, i, 1))], []);
        var summary = Run(network, [0]).Summary(0, 0);
        var mean = distributions.Select((d, i) => d.Mean * factors[i]).Sum();
        var variance = distributions.Select((d, i) => d.Variance * factors[i] * factors[i]).Sum();
        Near(mean, summary.Mean, summary.StandardError);
        Assert.Equal(variance, summary.Moments.Variance, 0.04 * variance);
        Assert.Equal(5 + 4 - 3 - 1, summary.Certain);

        var firstOrder = new FirstOrderVariance(network, [1], network.Network.Intensities(DirectImpacts.Of(network.Interventions, network.Characterisation), 1).Value);
        Assert.Equal(variance, firstOrder.Of(0).Variance, 1e-12);
        Assert.Equal(mean - 5, firstOrder.Shifts()[0], 1e-12);
        Assert.Equal(1, firstOrder.Of(0).Largest.Sum(s => s.Share), 1e-12);
    }

    [Fact]
    public void What_two_products_share_cancels_in_their_difference()
    {
        // Products 1 and 2 both take 4 of the uncertain product 0, which emits an uncertain 3; nothing else is uncertain.
        var network = Network([(0, 0, 1, 0), (1, 1, 1, 0), (2, 2, 2, 0), (0, 1, -4, 0), (0, 2, -8, 0)], [(0, 0, 3, 0.5)], 3);
        var result = Run(network, [1], [2]);
        var pair = result.Compare(0, 1, 0);
        Assert.Equal(0, pair.Difference.StandardDeviation, 1e-12);
        Assert.Equal(0.5, pair.Probability);
        Assert.True(result.Summary(0, 0).StandardDeviation > 1);

        // A little more in one of them shows in every sample.
        var more = Network([(0, 0, 1, 0), (1, 1, 1, 0), (2, 2, 2, 0), (0, 1, -4.1, 0), (0, 2, -8, 0)], [(0, 0, 3, 0.5)], 3);
        Assert.Equal(1, Run(more, [1], [2]).Compare(0, 1, 0).Probability);
        Assert.Equal(4.1 / 4, Run(more, [1], [2]).Compare(0, 1, 0).RatioQuantile(0.1)!.Value, 1e-12);
    }

    [Fact]
    public void Threads_samples_and_demands_besides_do_not_change_a_sample()
    {
        var network = Generated(400, out var demand);
        var one = Solved(network, [demand], new SamplingRules(50, 9, Threads: 1));
        var two = Solved(network, [demand], new SamplingRules(50, 9, Threads: 2));
        var more = Solved(network, [demand], new SamplingRules(83, 9, Threads: 2));
        var other = Solved(network, [demand], new SamplingRules(50, 10, Threads: 2));
        for (var indicator = 0; indicator < one.Indicators; indicator++)
        {
            Assert.Equal(one.Of(0, indicator), two.Of(0, indicator));
            Assert.Equal(one.Of(0, indicator), more.Of(0, indicator)[..50]);
            Assert.NotEqual(one.Of(0, indicator).ToArray(), other.Of(0, indicator).ToArray());
        }

        // Another demand beside it reaches more of the network; the samples stay but for rounding.
        var second = new double[network.Network.Size];
        second[17] = 3;
        var both = Solved(network, [second, demand], new SamplingRules(50, 9));
        for (var sample = 0; sample < 50; sample++)
        {
            Assert.Equal(one.Of(0, 2)[sample], both.Of(1, 2)[sample], 1e-6 * Math.Abs(one.Of(0, 2)[sample]));
        }
    }

    [Fact]
    public void Samples_are_those_of_the_matrix_solved_anew()
    {
        var network = Generated(300, out var demand);
        var result = Solved(network, [demand], new SamplingRules(16, 4));
        Assert.True(result.LargestBackwardError is > 0 and <= 1e-10);
        for (var sample = 0; sample < 16; sample++)
        {
            var (a, b) = Drawn(network, 4, sample);
            var supply = PreparedNetwork.Prepare(a).Value.Solve(demand).Value.Values;
            var impacts = network.Characterisation.Times(b.Times(supply));
            for (var indicator = 0; indicator < impacts.Length; indicator++)
            {
                Assert.Equal(impacts[indicator], result.Of(0, indicator)[sample], 1e-7 * Math.Abs(impacts[indicator]));
            }
        }
    }

    [Fact]
    public void The_order_of_processes_and_entries_does_not_matter_where_keys_are_kept()
    {
        var network = Generated(200, out var demand);
        var n = network.Network.Size;
        int[] to = [.. Enumerable.Range(0, n).Select(i => ((i * 77) + 13) % n)];
        Assert.Equal(n, to.Distinct().Count());
        var a = Moved(network.Network.Technology, r => to[r], c => to[c]);
        var b = Moved(network.Interventions, r => r, c => to[c]);
        var moved = network with
        {
            Network = PreparedNetwork.Prepare(a).Value,
            Interventions = b,
            Inputs = [.. network.Inputs.Reverse()],
            Terms = [.. network.Terms.Select(t => t with { Row = t.Elementary ? t.Row : to[t.Row], Column = to[t.Column], Input = network.Inputs.Length - 1 - t.Input })],
        };
        var movedDemand = new double[n];
        for (var i = 0; i < n; i++)
        {
            movedDemand[to[i]] = demand[i];
        }

        foreach (var quasi in (bool[])[false, true])
        {
            var before = Solved(network, [demand], new SamplingRules(24, 5, quasi));
            var after = Solved(moved, [movedDemand], new SamplingRules(24, 5, quasi));
            for (var sample = 0; sample < 24; sample++)
            {
                Assert.Equal(before.Of(0, 1)[sample], after.Of(0, 1)[sample], 1e-6 * Math.Abs(before.Of(0, 1)[sample]));
            }
        }
    }

    [Fact]
    public void Sobol_points_find_the_mean_with_fewer_samples()
    {
        var network = Network([(0, 0, 1, 0), (1, 1, 1, 0), (0, 1, -2, 0.3)], [(0, 0, 5, 0.2), (0, 1, 1, 0.4)], 2);
        var exact = (2 * 5 * Math.Exp((0.09 + 0.04) / 2)) + Math.Exp(0.08);
        var demand = Unit(2, 1);
        double Error(bool quasi) => Enumerable.Range(1, 20).Average(seed => Math.Abs(Solved(network, [demand], new SamplingRules(1024, (ulong)seed, quasi)).Summary(0, 0).Mean - exact));
        Assert.True(Error(true) < Error(false) / 8, $"{Error(true)} {Error(false)}");
    }

    [Fact]
    public void Loops_over_one_in_some_samples_are_solved_directly_or_refused_and_counted()
    {
        // 0 and 1 feed each other: 0.9 · 0.9 as written, over 1 in about a third of the samples, where no real supply exists.
        var network = Network([(0, 0, 1, 0), (1, 1, 1, 0), (0, 1, -0.9, 0.3), (1, 0, -0.9, 0.3)], [(0, 0, 1, 0)], 2);
        var result = Run(network, [0]);
        Assert.NotEmpty(result.Refused);
        Assert.All(result.Refused, r => Assert.Equal(("network_not_productive", "0 1"), (r.Problem.Code, r.Problem.Args[1])));
        Assert.Equal(N, result.Summary(0, 0).Count + result.Refused.Count);
        var expected = N * (1 - SampleStreamTests.Phi(-2 * Math.Log(0.9) / (0.3 * Math.Sqrt(2))));
        Near(expected, result.Refused.Count, Math.Sqrt(expected));
        Assert.True(double.IsNaN(result.Of(0, 0)[(int)result.Refused[0].Sample]));
        Assert.True(double.IsNaN(result.BackwardErrors[result.Refused[0].Sample]));

        // With a credit in the loop the direct solver has an answer for each.
        var credit = Network([(0, 0, 1, 0), (1, 1, 1, 0), (0, 1, -1.5, 0.1), (1, 0, 1.5, 0.1)], [(0, 0, 1, 0)], 2);
        var solved = Run(credit, [0]);
        Assert.Empty(solved.Refused);
        Assert.NotEmpty(solved.Direct);
        for (var sample = 0; sample < 100; sample++)
        {
            var (a, _) = Drawn(credit, 1, sample);
            Assert.Equal(1 / (1 - (a.At(0, 1) * a.At(1, 0))), solved.Of(0, 0)[sample], 1e-9);
        }
    }

    [Fact]
    public void Supplied_values_take_the_place_of_draws_and_a_sample_without_them_is_counted()
    {
        var network = new UncertainNetwork(
            Prepared([(0, 0, 1), (1, 1, 1), (0, 1, -2)], 2), Matrix([(0, 0, 5.0)], 1, 2), Matrix([(0, 0, 1.0)], 1, 1), [], [new(false, 0, 1, 0, -2), new(true, 0, 0, 1, 1)], [1, 5],
            (sample, values) =>
            {
                (values[0], values[1]) = (1 + sample, 5);
                return sample != 3;
            });
        var result = Solved(network, [Unit(2, 1)], new SamplingRules(6));
        Assert.Equal([10, 20, 30, double.NaN, 50, 60], result.Of(0, 0).ToArray());
        Assert.Equal((3, "sample_without_values"), (Assert.Single(result.Refused).Sample, result.Refused[0].Problem.Code));
    }

    [Fact]
    public void An_input_of_several_entries_is_drawn_once_and_entries_add_several_inputs()
    {
        // Both emissions of process 0 are 2 and 3 times the same fuel; the second has an addition of its own.
        var network = new UncertainNetwork(
            Prepared([(0, 0, 1)], 1), Matrix([(0, 0, 2.0), (1, 0, 4.0)], 2, 1), Matrix([(0, 0, 1.0), (1, 1, 1.0)], 2, 2),
            [new(1, new(DistributionKind.Lognormal, 1, 0.4), 1), new(2, new(DistributionKind.Uniform, 0, 1), 0.5)],
            [new(true, 0, 0, 0, 2), new(true, 1, 0, 0, 3), new(true, 1, 0, 1, 1)], []);
        var result = Solved(network, [[1]], new SamplingRules(40, 6));
        for (var sample = 0; sample < 40; sample++)
        {
            var fuel = network.Inputs[0].Distribution.Quantile(SampleStreams.Unit(6, 1, sample));
            Assert.Equal(2 * fuel, result.Of(0, 0)[sample], 1e-8);
            Assert.Equal((3 * fuel) + 0.5 + SampleStreams.Unit(6, 2, sample), result.Of(0, 1)[sample], 1e-8);
        }
    }

    [Theory]
    [InlineData(DistributionKind.None, 0, 0, 0, 7)]
    [InlineData(DistributionKind.Lognormal, 3, 0, 0, 3)]
    [InlineData(DistributionKind.Normal, 3, 0, 0, 3)]
    [InlineData(DistributionKind.Uniform, 3, 3, 0, 3)]
    [InlineData(DistributionKind.Triangular, 3, 3, 3, 3)]
    public void A_distribution_without_width_is_its_value_alone_and_among_others(DistributionKind kind, double first, double second, double third, double value)
    {
        var network = new UncertainNetwork(
            Prepared([(0, 0, 1)], 1), Matrix([(0, 0, 7.0), (1, 0, 9.0)], 2, 1), Matrix([(0, 0, 1.0), (1, 1, 1.0)], 2, 2),
            [new(1, new(kind, first, second, third), 7), new(2, new(kind, first, second, third), 7), new(3, new(DistributionKind.Uniform, 1, 3), 2)],
            [new(true, 0, 0, 0, 1), new(true, 1, 0, 1, 1), new(true, 1, 0, 2, 1)], []);
        var result = Solved(network, [[1]], new SamplingRules(12, 6));
        Assert.All(result.Of(0, 0).ToArray(), v => Assert.Equal(value, v, 1e-12));
        Assert.All(result.Of(0, 1).ToArray().Select((v, sample) => (v, sample)), p => Assert.Equal(value + 1 + (2 * SampleStreams.Unit(6, 3, p.sample)), p.v, 1e-12));
        Assert.True(double.IsFinite(result.Summary(0, 0).InputShift));
    }

    [Fact]
    public void First_order_variance_is_that_of_the_samples_where_uncertainties_are_small()
    {
        var network = Generated(400, out var demand, shrink: 0.05);
        var result = Solved(network, [demand], new SamplingRules(4000, 2));
        var intensities = network.Network.Intensities(DirectImpacts.Of(network.Interventions, network.Characterisation), result.Indicators).Value;
        var firstOrder = new FirstOrderVariance(network, network.Network.Solve(demand).Value.Values, intensities);
        for (var indicator = 0; indicator < result.Indicators; indicator++)
        {
            var (variance, largest) = firstOrder.Of(indicator);
            Assert.Equal(variance, result.Summary(0, indicator).Moments.Variance, 0.12 * variance);
            Assert.True(largest[0].Share >= largest[^1].Share && largest[0].Share <= 1);
        }
    }

    [Fact]
    public void What_cannot_be_sampled_is_refused_by_name()
    {
        var network = Network([(0, 0, 1, 0)], [(0, 0, 1, 0.1)], 1);
        Assert.Equal("sampling_count", NetworkSampling.Run(network, [[1]], new SamplingRules(0), TestContext.Current.CancellationToken).Problems[0].Code);
        Assert.Equal("sampling_too_many", NetworkSampling.Run(network, [[1]], new SamplingRules(30_000_000), TestContext.Current.CancellationToken).Problems[0].Code);
        var bad = network with { Inputs = [network.Inputs[0] with { Distribution = new(DistributionKind.Lognormal, 1, -1) }] };
        var problem = Assert.Single(NetworkSampling.Run(bad, [[1]], new SamplingRules(10), TestContext.Current.CancellationToken).Problems);
        Assert.Contains("B[0, 0]", problem.Message(Language.English), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_uncertain_gives_the_certain_value_in_every_sample()
    {
        var network = Generated(300, out var demand, shrink: 0);
        var result = Solved(network, [demand], new SamplingRules(9));
        for (var sample = 0; sample < 9; sample++)
        {
            Assert.Equal(result.Certain(0, 3), result.Of(0, 3)[sample], 1e-9 * Math.Abs(result.Certain(0, 3)));
        }
    }

    private static UncertainNetwork Generated(int processes, out double[] demand, double shrink = 1)
    {
        var made = NetworkGenerator.Generate(new NetworkRules(processes, 3, Flows: 60, Indicators: 5, Uncertain: true));
        demand = Unit(processes, processes / 3);
        return UncertainNetwork.Of(PreparedNetwork.Prepare(made.Technology.ToMatrix()).Value, Shrunk(made.Technology), Shrunk(made.Interventions), made.Characterisation.ToMatrix());

        Triplets Shrunk(Triplets matrix) => matrix with { Sigma = [.. matrix.Sigma.Select(s => s * shrink)] };
    }

    /// <summary>The matrices of a sample, drawn one by one.</summary>
    private static (SparseMatrix A, SparseMatrix B) Drawn(UncertainNetwork network, ulong seed, long sample)
    {
        var moves = network.Terms.Select(t => (Term: t, Move: t.Factor * (network.Inputs[t.Input].Distribution.Quantile(SampleStreams.Unit(seed, network.Inputs[t.Input].Key, sample)) - network.Inputs[t.Input].Value))).ToArray();
        return (With(network.Network.Technology, [.. moves.Where(m => !m.Term.Elementary)]), With(network.Interventions, [.. moves.Where(m => m.Term.Elementary)]));

        static SparseMatrix With(SparseMatrix matrix, (SampledTerm Term, double Move)[] moves)
        {
            var entries = Entries(matrix).Concat(moves.Select(m => (m.Term.Row, m.Term.Column, m.Move))).ToArray();
            return Matrix(entries, matrix.Rows, matrix.Columns);
        }
    }

    private static IEnumerable<(int Row, int Column, double Value)> Entries(SparseMatrix matrix) =>
        Enumerable.Range(0, matrix.Columns).SelectMany(c => Enumerable.Range(0, matrix.RowsOf(c).Length).Select(i => (matrix.RowsOf(c)[i], c, matrix.ValuesOf(c)[i])));

    private static SparseMatrix Moved(SparseMatrix matrix, Func<int, int> row, Func<int, int> column) =>
        Matrix([.. Entries(matrix).Select(e => (row(e.Row), column(e.Column), e.Value))], matrix.Rows, matrix.Columns);

    private static UncertainNetwork Network((int Row, int Column, double Value, double Sigma)[] a, (int Row, int Column, double Value, double Sigma)[] b, int size) => UncertainNetwork.Of(
        Prepared([.. a.Select(e => (e.Row, e.Column, e.Value))], size), Triplets(a, size, size), Triplets(b, 1, size), Matrix([(0, 0, 1.0)], 1, 1));

    private static Triplets Triplets((int Row, int Column, double Value, double Sigma)[] entries, int rows, int columns) =>
        new(rows, columns, [.. entries.Select(e => e.Row)], [.. entries.Select(e => e.Column)], [.. entries.Select(e => e.Value)], [.. entries.Select(e => e.Sigma)]);

    private static PreparedNetwork Prepared((int Row, int Column, double Value)[] entries, int size) => PreparedNetwork.Prepare(Matrix(entries, size, size)).Value;

    private static SparseMatrix Matrix((int Row, int Column, double Value)[] entries, int rows, int columns) =>
        SparseMatrix.FromTriplets(rows, columns, [.. entries.Select(e => e.Row)], [.. entries.Select(e => e.Column)], [.. entries.Select(e => e.Value)]);

    private static double[] Unit(int size, int product)
    {
        var demand = new double[size];
        demand[product] = 1;
        return demand;
    }

    private static SampledImpacts Run(UncertainNetwork network, params int[][] products) =>
        Solved(network, [.. products.Select(p => Unit(network.Network.Size, p[0]))], new SamplingRules(N));

    private static SampledImpacts Solved(UncertainNetwork network, IReadOnlyList<double[]> demands, SamplingRules rules)
    {
        var result = NetworkSampling.Run(network, demands, rules, TestContext.Current.CancellationToken);
        Assert.True(result.Ok, string.Join("; ", result.Problems.Select(p => p.Message(Language.English))));
        return result.Value;
    }

    /// <summary>Within four standard errors.</summary>
    private static void Near(double expected, double found, double standardError) => Assert.InRange(found, expected - (4 * standardError), expected + (4 * standardError));
}
