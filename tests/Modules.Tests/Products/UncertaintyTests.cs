using Tanlu.Exchange;
using Tanlu.Numerics;
using Tanlu.Products;
using static Tanlu.Modules.Tests.Products.HandMade;

namespace Tanlu.Modules.Tests.Products;

/// <summary>What draws make of a system's matrices: the same as linking the drawn datasets.</summary>
public sealed class UncertaintyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Draws_give_the_matrices_of_the_drawn_datasets(int seed)
    {
        var random = new Random(seed);
        var package = RandomSystems.Package(seed, 12, credits: true, coProducts: true).Scaled();
        package = package with
        {
            Parameters = [package.Parameters[0] with { Uncertainty = new Distribution(DistributionKind.Uniform, 0.8, 0.95) }],
            Processes = [.. package.Processes.Select(p => p with { Exchanges = [.. p.Exchanges.Select(e => random.Next(2) == 0 ? e with { Uncertainty = new Distribution(DistributionKind.Normal, e.Amount, 0.1) } : e)] })],
        };
        var rules = new LinkRules { CoProducts = CoProductRule.Physical };
        var system = Link(package, rules);
        var uncertainty = SystemUncertainty.Of(system).Value;
        Assert.Equal(uncertainty.Sources.Count, uncertainty.Sources.Select(s => s.Key).Distinct().Count());
        Assert.DoesNotContain(uncertainty.Sources, s => s.Exchange is { } e && package.Processes.Single(p => p.Name == s.Process).Exchanges[e - 1].Formula is not null);

        var draws = uncertainty.Sources.Select(s => s.Value * (0.8 + (0.2 * random.NextDouble()))).ToArray();
        var (a, b) = (new double[system.A.Count], new double[system.B.Count]);
        Assert.True(uncertainty.Fill(draws, a, b).Value);
        var drawn = uncertainty.Sources.Zip(draws).ToDictionary(s => s.First.Key, s => s.Second);
        var anew = Link(
            package with
            {
                Parameters = [package.Parameters[0] with { Value = drawn["|scale"] }],
                Processes = [.. package.Processes.Select(p => p with { Exchanges = [.. p.Exchanges.Select(e => e with { Amount = drawn.GetValueOrDefault($"{p.Id}|{e.Number}", e.Amount) })] })],
            },
            rules);
        Same(anew.A, a);
        Same(anew.B, b);
        Assert.True(uncertainty.Fill([.. uncertainty.Sources.Select(s => s.Value)], a, b).Value);
        Same(system.A, a);
        Same(system.B, b);
    }

    [Fact]
    public void Labelled_matrices_have_no_sources() =>
        Assert.Equal("system_without_datasets", SystemUncertainty.Of(ProductSystem.FromMatrices([], [], SparseMatrix.FromTriplets(0, 0, [], [], []), SparseMatrix.FromTriplets(0, 0, [], [], [])).Value).Problems[0].Code);

    [Fact]
    public void Many_scenarios_of_one_system_may_be_asked_for_side_by_side()
    {
        var system = Link(RandomSystems.Package(7, 25, credits: false).Scaled());
        var method = Methods.By(system, f => f.Input ? 0 : 1);
        var scenarios = new ScenarioSet(system.Prepare().Value.Inventory(new ProductDemand(0, 1)).Value.Impacts(method).Value);
        var asked = Enumerable.Range(0, 40).Select(i => new Scenario($"{i}", [new SystemChange.Amount(i % 25, 1, 100 + i), new SystemChange.Parameter(i % 3, 0.9)])).ToArray();
        var one = asked.Select(s => scenarios.Of(s).Value.Values[0]).ToArray();
        var many = new double[asked.Length];
        Parallel.For(0, asked.Length, i => many[i] = scenarios.Of(asked[i]).Value.Values[0]);
        Assert.Equal(one, many);
    }

    private static void Same(SparseMatrix expected, double[] found)
    {
        var at = 0;
        for (var column = 0; column < expected.Columns; column++)
        {
            foreach (var value in expected.ValuesOf(column))
            {
                Assert.Equal(value, found[at++], 1e-12 * Math.Max(1, Math.Abs(value)));
            }
        }

        Assert.Equal(found.Length, at);
    }
}
