using Tanlu.Exchange;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Exchange;

/// <summary>
/// brightway's Monte Carlo fixtures, sampled. Their characterisation, normalisation and weighting factors are uncertain too: each becomes a process that takes so much of the next and a last one that emits
/// the weight, so that the score of a sample is the product along the chain.
/// </summary>
public sealed class BrightwaySamplingTests
{
    private const int N = 60_000;

    [Fact]
    public void The_basic_fixture_has_the_moments_that_its_distributions_give()
    {
        var chain = new Chain(Read("mc_basic"), null);
        var summary = NetworkSampling.Run(chain.Network, [chain.Demand], new SamplingRules(N, 11), TestContext.Current.CancellationToken).Value.Summary(0, 0);
        Assert.Equal(1.1, summary.Certain, 1e-7);
        Assert.InRange(summary.Mean, 1.375 - (4 * summary.StandardError), 1.375 + (4 * summary.StandardError));
        Check(chain, summary);
    }

    [Fact]
    public void The_complete_fixture_too_with_normalisation_and_weighting()
    {
        var chain = new Chain(Read("mc_basic"), Read("mc_complete"));
        var summary = NetworkSampling.Run(chain.Network, [chain.Demand], new SamplingRules(N, 12), TestContext.Current.CancellationToken).Value.Summary(0, 0);
        Check(chain, summary);
    }

    private static void Check(Chain chain, SampleSummary summary)
    {
        var (mean, variance) = chain.Expected();
        Assert.InRange(summary.Mean, mean - (4 * summary.StandardError), mean + (4 * summary.StandardError));
        Assert.Equal(variance, summary.Moments.Variance, 0.05 * variance);
        Assert.Equal(N, summary.Count);
    }

    private static MatrixPackage Read(string fixture)
    {
        using var stream = File.OpenRead(OpenData.Lca($"bw2calc-fixtures/{fixture}.zip"));
        return BrightwayReader.ReadMatrices(stream, fixture + ".zip", ReadLimits.Default, TestContext.Current.CancellationToken).Value;
    }

    /// <summary>Activities 0 and 1, then for each flow its factor and its norm, then the weight.</summary>
    private sealed class Chain
    {
        private const int Flow = 2;
        private const int Norm = 4;
        private const int Weight = 6;

        private readonly List<(int Row, int Column, double Value)> _a = [.. Enumerable.Range(0, Weight + 1).Select(i => (i, i, 1.0))];
        private readonly List<SampledInput> _inputs = [];
        private readonly List<SampledTerm> _terms = [];
        private readonly Distribution[] _paths = new Distribution[8];

        public Chain(MatrixPackage basic, MatrixPackage? complete)
        {
            var technosphere = Group(basic, "technosphere_matrix");
            var rows = technosphere.Rows.Distinct().Order().ToList();
            var columns = technosphere.Columns.Distinct().Order().ToList();
            for (var i = 0; i < technosphere.Rows.Count; i++)
            {
                if (technosphere.Flip[i])
                {
                    Needs(rows.IndexOf(technosphere.Rows[i]), columns.IndexOf(technosphere.Columns[i]), technosphere, i, 0);
                }
            }

            var biosphere = Group(basic, "biosphere_matrix");
            var flows = biosphere.Rows.Distinct().Order().ToList();
            for (var i = 0; i < biosphere.Rows.Count; i++)
            {
                var flow = flows.IndexOf(biosphere.Rows[i]);
                Needs(Flow + flow, columns.IndexOf(biosphere.Columns[i]), biosphere, i, 1 + flow);
            }

            var characterisation = Group(basic, "characterization_matrix");
            var normalisation = complete is null ? null : Group(complete, "normalization_matrix");
            for (var flow = 0; flow < 2; flow++)
            {
                // The norms are given for flows of other numbers: they are taken in their order.
                Needs(Norm + flow, Flow + flow, characterisation, At(characterisation, flows[flow]), 3 + flow);
                Needs(Weight, Norm + flow, normalisation, flow, 5 + flow);
            }

            var weighting = complete is null ? null : Group(complete, "weighting_matrix");
            var weight = weighting?.Values[0] ?? 1;
            if (weighting is not null)
            {
                _terms.Add(new SampledTerm(true, 0, Weight, _inputs.Count, 1));
                _inputs.Add(new SampledInput(99, weighting.Uncertainty[0], weight));
                _paths[7] = weighting.Uncertainty[0];
            }

            var size = Weight + 1;
            var technology = SparseMatrix.FromTriplets(size, size, [.. _a.Select(e => e.Row)], [.. _a.Select(e => e.Column)], [.. _a.Select(e => e.Value)]);
            Network = new UncertainNetwork(
                PreparedNetwork.Prepare(technology).Value, SparseMatrix.FromTriplets(1, size, [0], [Weight], [weight]), SparseMatrix.FromTriplets(1, 1, [0], [0], [1]), [.. _inputs], [.. _terms], []);
            Demand = new double[size];
            Demand[rows.IndexOf(3)] = 1;
        }

        public UncertainNetwork Network { get; }

        public double[] Demand { get; }

        /// <summary>Of w (b1 c1 n1 + a b2 c2 n2): products of independent variables, w being common to both.</summary>
        public (double Mean, double Variance) Expected()
        {
            double Product(Func<Distribution, double> moment, params int[] path) => path.Where(p => _paths[p].Kind != DistributionKind.None).Aggregate(1.0, (product, p) => product * moment(_paths[p]));
            double First(Distribution d) => d.Mean;
            double Second(Distribution d) => d.Variance + (d.Mean * d.Mean);
            var (one, two) = (Product(First, 1, 3, 5), Product(First, 0, 2, 4, 6));
            var square = Product(Second, 7) * (Product(Second, 1, 3, 5) + Product(Second, 0, 2, 4, 6) + (2 * one * two));
            var mean = Product(First, 7) * (one + two);
            return (mean, square - (mean * mean));
        }

        private void Needs(int row, int column, MatrixGroup? group, int at, int path)
        {
            var value = group?.Values[at] ?? 1;
            _a.Add((row, column, -value));
            if (group is not null && group.Uncertainty.Count > 0 && !group.Uncertainty[at].IsCertain)
            {
                _terms.Add(new SampledTerm(false, row, column, _inputs.Count, -1));
                _inputs.Add(new SampledInput((ulong)path, group.Uncertainty[at], value));
                _paths[path] = group.Uncertainty[at];
            }
        }

        private static MatrixGroup Group(MatrixPackage package, string matrix) => package.Groups.Single(g => g.Matrix == matrix);

        private static int At(MatrixGroup group, long flow) => group.Rows.Select((id, i) => (id, i)).First(r => r.id == flow).i;
    }
}
