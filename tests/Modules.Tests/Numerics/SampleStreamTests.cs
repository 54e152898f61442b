using System.Runtime.Intrinsics;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Numerics;

/// <summary>Random numbers by place, and Sobol points.</summary>
public sealed class SampleStreamTests
{
    [Fact]
    public void The_words_of_samples_are_the_sequence_of_SplitMix64()
    {
        // The published sequence of the seed 1234567.
        ulong[] known = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        Assert.Equal(known, Enumerable.Range(0, 5).Select(n => SampleStreams.SampleWord(1234567, n)));
    }

    [Fact]
    public void Eight_lanes_draw_what_one_draws()
    {
        for (var key = 0ul; key < 50; key++)
        {
            var words = Vector512.Create([.. Enumerable.Range(0, 8).Select(s => SampleStreams.SampleWord(7, s))]);
            var lanes = SampleStreams.Units(words, SampleStreams.KeyWord(key));
            for (var s = 0; s < 8; s++)
            {
                Assert.Equal(SampleStreams.Unit(7, key, s), lanes[s]);
            }
        }
    }

    [Fact]
    public void Numbers_are_uniform_along_a_stream_and_across_streams()
    {
        const int n = 20_000;
        Assert.True(Kolmogorov([.. Enumerable.Range(0, n).Select(s => SampleStreams.Unit(1, 42, s))], u => u) < 1.63);
        Assert.True(Kolmogorov([.. Enumerable.Range(0, n).Select(k => SampleStreams.Unit(1, (ulong)k, 3))], u => u) < 1.63);
        Assert.True(Kolmogorov([.. Enumerable.Range(0, n).Select(seed => SampleStreams.Unit((ulong)seed, 42, 3))], u => u) < 1.63);
    }

    [Fact]
    public void Normals_are_normal_and_neighbouring_streams_have_nothing_in_common()
    {
        const int n = 20_000;
        var z = Enumerable.Range(0, n).Select(s => NormalQuantile.Of(SampleStreams.Unit(5, 1, s))).ToArray();
        Assert.True(Kolmogorov(z, Phi) < 1.63);
        for (var other = 2ul; other < 40; other++)
        {
            var correlation = Enumerable.Range(0, n).Sum(s => z[s] * NormalQuantile.Of(SampleStreams.Unit(5, other, s))) / n;
            Assert.True(Math.Abs(correlation) < 4.5 / Math.Sqrt(n), $"{other}: {correlation}");
        }

        var lag = Enumerable.Range(1, n - 1).Sum(s => z[s] * z[s - 1]) / n;
        Assert.True(Math.Abs(lag) < 4.5 / Math.Sqrt(n));
    }

    [Fact]
    public void Keys_tell_names_and_numbers_apart()
    {
        ulong[] keys = [SampleStreams.Key("a", 1), SampleStreams.Key("a", 2), SampleStreams.Key("a", 1, 2), SampleStreams.Key("a", 2, 1), SampleStreams.Key("b", 1), SampleStreams.Key(""), SampleStreams.Key(new string('过', 200))];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(SampleStreams.Key("a", 1), SampleStreams.Key("a", 1));
    }

    [Fact]
    public void Sobol_points_begin_as_published_and_every_dimension_fills_its_intervals()
    {
        // The first points of dimensions 1 to 3 in natural order.
        Assert.Equal([0, 0.5, 0.25, 0.75, 0.125], Enumerable.Range(0, 5).Select(n => SobolPoints.Plain(0, (uint)n)));
        Assert.Equal([0, 0.5, 0.75, 0.25, 0.625], Enumerable.Range(0, 5).Select(n => SobolPoints.Plain(1, (uint)n)));
        Assert.Equal([0, 0.5, 0.75, 0.25, 0.375], Enumerable.Range(0, 5).Select(n => SobolPoints.Plain(2, (uint)n)));
        for (var dimension = 0; dimension < SobolPoints.MostDimensions; dimension++)
        {
            Assert.Equal(256, Enumerable.Range(0, 256).Select(n => (int)(SobolPoints.Plain(dimension, (uint)n) * 256)).Distinct().Count());
            Assert.Equal(256, Enumerable.Range(0, 256).Select(n => (int)(SobolPoints.Shifted(dimension, (uint)n, 0x9E3779B97F4A7C15) * 256)).Distinct().Count());
        }
    }

    [Fact]
    public void Two_dimensions_at_a_time_fill_a_square()
    {
        // Each of the 16 × 16 cells of the first two dimensions holds one of 256 points.
        Assert.Equal(256, Enumerable.Range(0, 256).Select(n => ((int)(SobolPoints.Plain(0, (uint)n) * 16), (int)(SobolPoints.Plain(1, (uint)n) * 16))).Distinct().Count());
    }

    /// <summary>√n times the largest distance of the distribution functions; 1.63 is exceeded once in a hundred.</summary>
    internal static double Kolmogorov(double[] values, Func<double, double> distribution)
    {
        values = [.. values.Order()];
        var largest = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            var f = distribution(values[i]);
            largest = Math.Max(largest, Math.Max(f - ((double)i / values.Length), ((i + 1.0) / values.Length) - f));
        }

        return largest * Math.Sqrt(values.Length);
    }

    /// <summary>Distribution function of the standard normal by the series of Marsaglia (2004).</summary>
    internal static double Phi(double x)
    {
        var (sum, term, before) = (x, x, 0.0);
        for (var i = 3; sum != before && i < 400; i += 2)
        {
            before = sum;
            term *= x * x / i;
            sum += term;
        }

        return x < -8 ? 0 : x > 8 ? 1 : 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }
}
