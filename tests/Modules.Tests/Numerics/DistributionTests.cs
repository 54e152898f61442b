using System.Runtime.Intrinsics;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Numerics;

/// <summary>Distributions, their functions and the pedigree.</summary>
public sealed class DistributionTests
{
    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.6, 0.2533471031357997988)]
    [InlineData(0.75, 0.6744897501960817432)]
    [InlineData(0.9, 1.281551565544600467)]
    [InlineData(0.95, 1.6448536269514727149)]
    [InlineData(0.975, 1.9599639845400542355)]
    [InlineData(0.99, 2.3263478740408411009)]
    [InlineData(0.995, 2.575829303548900761)]
    [InlineData(0.9999, 3.7190164854556805644)]
    [InlineData(1e-3, -3.0902323061678135415)]
    [InlineData(1e-6, -4.7534243088228989482)]
    [InlineData(1e-10, -6.3613409024040562047)]
    [InlineData(1e-12, -7.0344838253011319298)]
    [InlineData(1e-15, -7.941345326170996781)]
    public void The_normal_quantile_has_the_published_values(double u, double z)
    {
        // Near 1 the probability itself is rounded.
        Assert.Equal(z, NormalQuantile.Of(u), 4e-13 * Math.Max(1, Math.Abs(z)) * (u > 0.999 ? 10 : 1));
        Assert.Equal(z, LaneMath.NormalQuantile(Vector512.Create(u))[3], 3e-10 * Math.Max(1e-3, Math.Abs(z)));
    }

    [Fact]
    public void Functions_of_eight_lanes_are_right_to_their_stated_digits()
    {
        for (var i = -30_000; i <= 30_000; i++)
        {
            var x = i * 0.02;
            Assert.True(Math.Abs((LaneMath.Exp(x) / Math.Exp(x)) - 1) < 1e-13 * Math.Max(1, Math.Abs(x) / 50), $"exp {x}");
            var y = Math.Exp(x);
            Assert.True(Math.Abs(LaneMath.Log(y) - Math.Log(y)) < 1e-13 * Math.Max(1, Math.Abs(x)), $"ln {y}");
        }

        for (var i = 1; i < 100_000; i++)
        {
            var u = i / 100_000.0;
            var z = NormalQuantile.Of(u);
            Assert.True(Math.Abs(LaneMath.NormalQuantile(Vector512.Create(u))[0] - z) <= 4e-10 * Math.Abs(z), $"quantile {u}");
        }

        for (var tail = 1e-3; tail > 1e-16; tail *= 0.7)
        {
            Assert.True(Math.Abs((LaneMath.NormalQuantile(Vector512.Create(tail))[7] / NormalQuantile.Of(tail)) - 1) <= 4e-10, $"tail {tail}");
        }
    }

    [Theory]
    [InlineData(DistributionKind.Lognormal, 3, 0.4, 0)]
    [InlineData(DistributionKind.Lognormal, -3, 0.4, 0)]
    [InlineData(DistributionKind.Normal, -2, 0.7, 0)]
    [InlineData(DistributionKind.Uniform, -1, 5, 0)]
    [InlineData(DistributionKind.Triangular, 1, 2, 6)]
    [InlineData(DistributionKind.Triangular, 1, 1, 6)]
    [InlineData(DistributionKind.Triangular, 1, 6, 6)]
    public void Quantiles_give_mean_and_variance_in_any_unit(DistributionKind kind, double first, double second, double third)
    {
        var distribution = new Distribution(kind, first, second, third);
        Assert.Null(distribution.Check(1, "x"));
        foreach (var factor in (double[])[1, -2.5])
        {
            // The integral of the quantile over (0, 1) is the mean; its square gives the variance.
            const int n = 200_000;
            var scaled = distribution.Times(factor);
            var moments = default(SampleMoments);
            var before = double.NegativeInfinity;
            for (var i = 0; i < n; i++)
            {
                var x = scaled.Quantile((i + 0.5) / n);
                Assert.True(x >= before);
                before = x;
                moments.Add(x);
            }

            Assert.Equal(distribution.Mean * factor, moments.Mean, 2e-4);
            Assert.Equal(distribution.Variance * factor * factor, moments.Variance, 4e-3 * distribution.Variance * factor * factor);
            Assert.Equal(distribution.Mean * factor, scaled.Mean, 1e-12);
        }
    }

    [Theory]
    [InlineData(DistributionKind.Lognormal, 1, -0.1, 0, "distribution_sigma")]
    [InlineData(DistributionKind.Lognormal, 1, double.NaN, 0, "distribution_sigma")]
    [InlineData(DistributionKind.Lognormal, 1, double.PositiveInfinity, 0, "distribution_sigma")]
    [InlineData(DistributionKind.Lognormal, 1, 40, 0, "distribution_sigma")]
    [InlineData(DistributionKind.Normal, 1, -2, 0, "distribution_sigma")]
    [InlineData(DistributionKind.Normal, double.NaN, 2, 0, "distribution_not_finite")]
    [InlineData(DistributionKind.Triangular, 1, 4, 3, "distribution_triangular")]
    [InlineData(DistributionKind.Triangular, 2, 1, 3, "distribution_triangular")]
    [InlineData(DistributionKind.Triangular, 2, 3, double.NaN, "distribution_not_finite")]
    [InlineData(DistributionKind.Uniform, 3, 1, 0, "distribution_bounds")]
    public void What_cannot_be_drawn_from_is_named(DistributionKind kind, double first, double second, double third, string code)
    {
        var problem = new Distribution(kind, first, second, third).Check(7, "Steel, electricity");
        Assert.Equal((code, 7), (problem!.Code, problem.Row));
        Assert.Contains("Steel, electricity", problem.Message(Language.English), StringComparison.Ordinal);
    }

    [Fact]
    public void A_width_of_zero_is_a_certain_value()
    {
        Assert.True(new Distribution(DistributionKind.Lognormal, 2, 0).IsCertain);
        Assert.True(new Distribution(DistributionKind.Triangular, 2, 2, 2).IsCertain);
        Assert.True(Distribution.Certain.IsCertain);
        Assert.False(new Distribution(DistributionKind.Uniform, 2, 2.1).IsCertain);
    }

    [Theory]
    [InlineData("(2;3;1;5;1)", 0.0006 + 0.0006 + 0 + 0.002 + 0)]
    [InlineData("(5,5,5,5,5)", 0.04 + 0.008 + 0.04 + 0.002 + 0.12)]
    [InlineData("(1,1,1,1,1,na)", 0)]
    [InlineData("(na;4;na;2;3)", 0.002 + 2.5e-5 + 0.008)]
    public void The_pedigree_adds_its_variances_to_the_basic_one(string scores, double added)
    {
        var pedigree = Pedigree.Parse(scores)!.Value;
        Assert.Equal(added, pedigree.AddedVariance(), 1e-15);
        Assert.Equal(Math.Sqrt(0.0006 + added), pedigree.Sigma(), 1e-15);
        Assert.Equal(Math.Sqrt(0.12 + added), pedigree.Sigma(0.12), 1e-15);
    }

    [Fact]
    public void The_older_notation_by_factors_says_the_same()
    {
        // U of ecoinvent 2 for the worst scores: 1.5, 1.2, 1.5, 1.1, 2.0, basic 1.05 (e^(2σ) each); the variances of ecoinvent 3 are its rounded squares.
        double[] factors = [1.5, 1.2, 1.5, 1.1, 2.0, 1.05];
        var sigma = Math.Sqrt(factors.Sum(u => Math.Log(u) * Math.Log(u))) / 2;
        Assert.Equal(sigma, new Pedigree(5, 5, 5, 5, 5).Sigma(), 0.005);
    }

    [Theory]
    [InlineData("")]
    [InlineData("(1;2;3)")]
    [InlineData("(1;2;3;4;6)")]
    [InlineData("(1;2;x;4;5)")]
    public void Other_texts_are_no_pedigree(string text) => Assert.Null(Pedigree.Parse(text));
}
