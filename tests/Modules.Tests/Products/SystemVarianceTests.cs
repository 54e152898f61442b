using Tanlu.Exchange;
using Tanlu.Numerics;
using Tanlu.Products;
using static Tanlu.Modules.Tests.Products.HandMade;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Where the uncertainty of a product's impact comes from, uncertainty by pedigree, and Sobol points for parameters.</summary>
public sealed class SystemVarianceTests
{
    [Fact]
    public void The_parts_of_a_variance_are_those_reckoned_by_hand()
    {
        // h = amount × (5 + own) with amount = 2 load: load uniform on 0.5 … 1.5, 5 normal ± 0.5, own 1 certain.
        var result = Result(Made());
        var parts = SystemVariance.Of(result, 0).Value;
        Assert.Equal(10.0, result.Values[0] - 1, 1e-12);
        Assert.Equal(["load", "co2"], parts.Select(p => p.Source.Name));
        Assert.Equal(10, parts[0].Derivative, 1e-12);
        Assert.Equal(100.0 / 12, parts[0].Variance, 1e-9);
        Assert.Equal((2, 4 * 0.25), (parts[1].Derivative, parts[1].Variance), (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-12 && Math.Abs(a.Item2 - b.Item2) < 1e-12);
        Assert.Equal(1, parts.Sum(p => p.Share), 1e-12);
        Assert.Single(SystemVariance.Of(result, 0, most: 1).Value);

        // The samples have it, too: var(xy) of independent x and y is exact.
        var sampled = SystemSampling.Run(result.Characterised, [[new ProductDemand(result.Inventory.Demands[0].Process, 1)]], new SamplingRules(40_000, 2), TestContext.Current.CancellationToken).Value.Summary(0, 0);
        var exact = (((4.0 / 12) + 4) * (0.25 + 25)) - 100;
        Assert.Equal(exact, sampled.Moments.Variance, 0.04 * exact);
        Assert.InRange(sampled.Mean, 11 - (4 * sampled.StandardError), 11 + (4 * sampled.StandardError));
    }

    [Fact]
    public void Scores_become_a_lognormal_only_where_that_is_asked_for_and_nothing_else_is_given()
    {
        var system = Made();
        Assert.DoesNotContain(SystemUncertainty.Of(system).Value.Sources, s => s.FromPedigree);
        var source = Assert.Single(SystemUncertainty.Of(system, Pedigree.Usual).Value.Sources, s => s.FromPedigree);
        Assert.Equal(("co2", DistributionKind.Lognormal, 1.0), (source.Name, source.Distribution.Kind, source.Distribution.First));
        Assert.Equal(Math.Sqrt(0.0006 + 0.0006 + 0.0006 + 0.002), source.Distribution.Second, 1e-15);

        // Empirical factors say more of the same scores.
        Assert.True(Assert.Single(SystemUncertainty.Of(system, "ciroth-2016").Value.Sources, s => s.FromPedigree).Distribution.Second > 3 * source.Distribution.Second);
        Assert.Equal(3, SystemVariance.Of(Result(system), 0, pedigree: Pedigree.Usual).Value.Count);
        var characterised = Result(system).Characterised;
        ProductDemand[] demand = [new(system.Find("customer")!.Value, 1)];
        double Deviation(string? pedigree) => SystemSampling.Run(characterised, [demand], new SamplingRules(64), pedigree, TestContext.Current.CancellationToken).Value.Summary(0, 0).StandardDeviation;
        Assert.NotEqual(Deviation(null), Deviation("ciroth-2016"));
    }

    [Fact]
    public void Sobol_points_serve_parameters_too()
    {
        var system = Made();
        var characterised = Result(system).Characterised;
        ProductDemand[] demand = [new(system.Find("customer")!.Value, 1)];
        double Error(bool quasi) => Enumerable.Range(1, 12).Average(
            seed => Math.Abs(SystemSampling.Run(characterised, [demand], new SamplingRules(256, (ulong)seed, quasi), TestContext.Current.CancellationToken).Value.Summary(0, 0).Mean - 11));
        Assert.True(Error(true) < Error(false) / 6, $"{Error(true)} {Error(false)}");
    }

    private static ProductSystem Made() => Link(Package(
        [Product("supply"), Product("use"), Emission("co2")],
        Process("supplier", Ref("supply", 1), Out("co2", 5) with { Uncertainty = new Distribution(DistributionKind.Normal, 5, 0.5), Pedigree = "(5;5;5;5;5)" }),
        Process("customer", Ref("use", 1), In("supply", 2) with { Formula = "2 * load", Pedigree = "(1;1;1;1;5)" }, Out("co2", 1) with { Pedigree = "(2;3;1;5;1)" }) with
        {
            Parameters = [new ParameterDataset("load", 1, null, new Distribution(DistributionKind.Uniform, 0.5, 1.5))],
        }));

    private static ImpactResult Result(ProductSystem system) =>
        system.Prepare().Value.Inventory(new ProductDemand(system.Find("customer")!.Value, 1)).Value.Impacts(Methods.By(system, _ => 1)).Value;
}
