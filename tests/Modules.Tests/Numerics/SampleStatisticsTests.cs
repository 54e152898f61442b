using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Numerics;

/// <summary>What samples say.</summary>
public sealed class SampleStatisticsTests
{
    [Fact]
    public void Moments_come_out_the_same_in_one_piece_and_in_many()
    {
        var values = Enumerable.Range(0, 10_001).Select(s => 1e6 + Math.Exp(NormalQuantile.Of(SampleStreams.Unit(3, 9, s)))).ToArray();
        var whole = SampleMoments.Of(values);
        var parts = default(SampleMoments);
        foreach (var part in values.Chunk(777))
        {
            parts.Add(SampleMoments.Of(part));
        }

        var mean = values.Average();
        var second = values.Sum(v => (v - mean) * (v - mean));
        var third = values.Sum(v => Math.Pow(v - mean, 3));
        foreach (var moments in (SampleMoments[])[whole, parts])
        {
            Assert.Equal(10_001, moments.Count);
            Assert.Equal(mean, moments.Mean, 1e-8);
            Assert.Equal(second / 10_000, moments.Variance, 1e-6);
            Assert.Equal(third / 10_001 / Math.Pow(second / 10_001, 1.5), moments.Skewness, 1e-6);
        }
    }

    [Fact]
    public void Quantiles_and_bins_are_exact()
    {
        var summary = new SampleSummary([5, 1, 4, 2, 3], certain: 3);
        Assert.Equal((3, 1, 5, 2, 1.1), (summary.Median, summary.Least, summary.Most, summary.Quantile(0.25), summary.Lower));
        Assert.Equal(MeanShift.None, summary.Reason);
        Assert.Equal([2, 1, 2], summary.Histogram(3).Select(b => b.Count));
        Assert.Equal((1, 5), (summary.Histogram(3)[0].From, summary.Histogram(3)[2].To));
        Assert.Equal(4, Assert.Single(new SampleSummary([2, 2, 2, 2], 2).Histogram(9)).Count);
        Assert.Empty(new SampleSummary([], 2).Histogram(9));
        Assert.True(double.IsNaN(new SampleSummary([], 2).Median));
    }

    [Fact]
    public void The_reason_why_the_mean_is_off_is_stated()
    {
        var sigma = 0.8;
        var values = Enumerable.Range(0, 20_000).Select(s => Math.Exp(sigma * NormalQuantile.Of(SampleStreams.Unit(1, 1, s)))).ToArray();
        Assert.Equal(MeanShift.SkewedInputs, new SampleSummary(values, 1, Math.Exp(sigma * sigma / 2) - 1).Reason);
        Assert.Equal(MeanShift.Structure, new SampleSummary(values, 1, 0).Reason);
    }

    [Fact]
    public void A_pair_is_compared_sample_by_sample()
    {
        double[] a = [1, 5, 3, double.NaN, 4], b = [2, 4, 3, 1, 1];
        var pair = new PairComparison(a, b, 3, 2);
        Assert.Equal(4, pair.Difference.Count);
        Assert.Equal(2.5 / 4, pair.Probability);
        Assert.Equal(Math.Sqrt(0.625 * 0.375 / 4), pair.StandardError, 1e-15);
        Assert.Equal((0.75, 1), (pair.Difference.Mean, pair.Difference.Certain));
        Assert.Equal(1.125, pair.RatioQuantile(0.5));
        Assert.Null(new PairComparison([1, 2], [0, 1], 1, 1).RatioQuantile(0.5));
    }
}
