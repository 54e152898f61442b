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
    public void Samples_of_a_system_are_those_of_the_drawn_datasets_and_shared_inputs_stay_shared()
    {
        var random = new Random(5);
        var package = RandomSystems.Package(5, 10, credits: false, coProducts: true).Scaled();
        package = package with
        {
            Parameters = [package.Parameters[0] with { Uncertainty = new Distribution(DistributionKind.Uniform, 0.8, 0.95) }],
            Processes = [.. package.Processes.Select(p => p with { Exchanges = [.. p.Exchanges.Select(e => random.Next(2) == 0 && e.Amount != 0 ? e with { Uncertainty = new Distribution(DistributionKind.Lognormal, e.Amount, 0.05) } : e)] })],
        };
        var rules = new LinkRules { CoProducts = CoProductRule.Physical };
        var system = Link(package, rules);
        var method = Methods.By(system, f => f.Input ? 0.5 : 1);
        var characterised = system.Prepare().Value.Characterise(method).Value;
        var demand = new[] { new ProductDemand(0, 2) };
        var sampled = SystemSampling.Run(characterised, [demand, demand], new SamplingRules(24, 9), TestContext.Current.CancellationToken).Value;
        Assert.Empty(sampled.Refused);
        Assert.Equal(characterised.Of(demand)[0], sampled.Certain(0, 0), 1e-9);
        Assert.Equal(sampled.Of(0, 0).ToArray(), sampled.Of(1, 0).ToArray());

        var sources = SystemUncertainty.Of(system).Value.Sources;
        for (var sample = 0; sample < 24; sample += 5)
        {
            var drawn = sources.ToDictionary(s => s.Key, s => s.Distribution.Quantile(SampleStreams.Unit(9, SampleStreams.Key(s.Key), sample)));
            var anew = Link(
                package with
                {
                    Parameters = [package.Parameters[0] with { Value = drawn["|scale"] }],
                    Processes = [.. package.Processes.Select(p => p with { Exchanges = [.. p.Exchanges.Select(e => e with { Amount = drawn.GetValueOrDefault($"{p.Id}|{e.Number}", e.Amount) })] })],
                },
                rules);
            var expected = anew.Prepare().Value.Characterise(Methods.By(anew, f => f.Input ? 0.5 : 1)).Value.Of(demand)[0];
            Assert.Equal(expected, sampled.Of(0, 0)[sample], 1e-9 * Math.Abs(expected));
        }

        var wrong = package with { Processes = [package.Processes[0] with { Exchanges = [package.Processes[0].Exchanges[0] with { Formula = null, Uncertainty = new Distribution(DistributionKind.Lognormal, 1, -1) }] }] };
        var broken = Link(wrong);
        var refused = SystemSampling.Run(broken.Prepare().Value.Characterise(Methods.By(broken, _ => 1)).Value, [demand], new SamplingRules(4), TestContext.Current.CancellationToken);
        Assert.Equal((1, "p0: f0"), (refused.Problems[0].Row, refused.Problems[0].Args[0]));
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
