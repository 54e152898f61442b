using System.Diagnostics;
using Tanlu.Exchange;
using Tanlu.Numerics;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Runs while nothing else does.</summary>
[CollectionDefinition("result speed", DisableParallelization = true)]
public sealed class ResultSpeedAlone;

/// <summary>
/// What a result page and the edit of a bill cost on 20 000 background processes. Times are printed; judged is an order of magnitude beyond what a quiet machine takes, so that only a change of
/// the amount of work fails.
/// </summary>
[Collection("result speed")]
public sealed class ResultSpeedTests
{
    private const int Size = 20_000;

    [Fact]
    public void A_result_page_of_twenty_thousand_processes()
    {
        var network = NetworkGenerator.Generate(new NetworkRules(Size, 1));
        SystemProcess[] processes = [.. Enumerable.Range(0, Size).Select(i => new SystemProcess(i, $"p{i}", $"p{i}", $"place {i % 50}", $"stage {i % 7}/x", "", $"f{i}", "", "kg", 1, false, 1, null))];
        SystemFlow[] flows = [.. Enumerable.Range(0, network.Interventions.Rows).Select(i => new SystemFlow(i, HandMade.Emission($"e{i}"), false, false))];
        var a = network.Technology.ToMatrix();
        var system = ProductSystem.FromMatrices(processes, flows, a, network.Interventions.ToMatrix()).Value;
        var c = network.Characterisation.ToMatrix();
        var indicators = Enumerable.Range(0, c.Rows).Select(k => new IndicatorDataset($"i{k}", "", $"i{k}", "pt", [])).ToArray();
        var matched = MethodMatcher.Match(new MethodDataset { Id = "m", Name = "m", Indicators = indicators }, [.. flows.Select(f => f.Flow)], samePackage: true);
        var method = new CharacterisedMethod(matched.Method, matched.Flows, c, matched.Coverage, null);
        var prepared = Timed("prepare", () => system.Prepare().Value, 2000);
        Timed("intensities × 16", () => prepared.Characterise(method).Value, 2000);
        var demand = new ProductDemand(Enumerable.Range(0, Size).MaxBy(p => a.RowsOf(p).Length), 1);
        for (var run = 0; run < 3; run++)
        {
            var result = Timed("inventory and impacts", () => prepared.Inventory(demand).Value.Impacts(method).Value, 1000);
            var tree = Timed("contribution tree", () => result.Contributions().Tree(0), 500);
            var root = Assert.Single(tree.Roots);
            Assert.Equal(root.Impact, root.Direct + root.Rest + root.Children.Sum(n => n.Impact), 1e-10 * result.Gross(0));
            TestContext.Current.TestOutputHelper?.WriteLine($"  missing {(root.Impact - root.Direct - root.Rest - root.Children.Sum(n => n.Impact)) / result.Gross(0):E2}, forward and transposed {result.Certificate.PrimalDual:E2}, backward {result.Certificate.BackwardError:E2}");
            Timed("impact flows", () => result.Contributions().Flows(0), 500);
            Timed("a whole page", () => Page(result), 2000);
            Timed("certificate", () => ResultCertificate.Of(result), 2000);
        }
    }

    [Fact]
    public void An_edit_of_a_bill_of_two_hundred_lines()
    {
        var network = NetworkGenerator.Generate(new NetworkRules(Size, 1));
        var (a, b) = (network.Technology.ToMatrix(), network.Interventions.ToMatrix());
        var package = Timed("datasets", () => Datasets(a, b), 20_000);
        var system = Timed("linked", () => HandMade.Link(package), 20_000);
        var prepared = system.Prepare().Value;
        var c = network.Characterisation.ToMatrix();
        var method = Methods.Of(system, [.. Enumerable.Range(0, 16).Select(k => system.Flows.Select(f => c.At(k, int.Parse(f.Flow.Id.AsSpan(1)))).ToArray())]);
        var result = prepared.Inventory(new ProductDemand(system.Find("bill")!.Value, 1)).Value.Impacts(method).Value;
        var scenarios = new ScenarioSet(result);
        for (var run = 0; run < 4; run++)
        {
            var edited = Timed("edit of one line", () => scenarios.Of(new Scenario("", [new SystemChange.Amount(Size, 2 + run, 3)])).Value, 2000);
            Assert.NotEqual(0, edited.Difference[0]);
        }

        Timed("hash", () => system.Hash, 2000);
        Timed("sensitivities", () => Sensitivity.Exchanges(result, 0), 2000);
        Timed("open share", () => result.Inventory.OpenShare(), 2000);
    }

    private static Contributions Page(ImpactResult result)
    {
        var contributions = result.Contributions();
        contributions.ByProcess(0);
        contributions.ByFlow(0);
        contributions.ByPlace(0);
        contributions.ByCategory(0);
        contributions.BySupplier(0);
        contributions.Tree(0);
        contributions.Flows(0);
        return contributions;
    }

    private static DatasetPackage Datasets(SparseMatrix a, SparseMatrix b)
    {
        var processes = new List<ProcessDataset>(Size + 1);
        for (var p = 0; p < Size; p++)
        {
            var exchanges = new List<ProcessExchange> { HandMade.Ref($"f{p}", a.At(p, p)) };
            for (var i = 0; i < a.RowsOf(p).Length; i++)
            {
                if (a.RowsOf(p)[i] != p)
                {
                    exchanges.Add(HandMade.In($"f{a.RowsOf(p)[i]}", -a.ValuesOf(p)[i]));
                }
            }

            for (var i = 0; i < b.RowsOf(p).Length; i++)
            {
                exchanges.Add(HandMade.Out($"e{b.RowsOf(p)[i]}", b.ValuesOf(p)[i]));
            }

            processes.Add(HandMade.Process($"p{p}", [.. exchanges]));
        }

        processes.Add(HandMade.Process("bill", [HandMade.Ref("bill", 1), .. Enumerable.Range(0, 200).Select(i => HandMade.In($"f{i * 97}", 1 + i))]));
        return HandMade.Package(
            [.. Enumerable.Range(0, Size).Select(i => HandMade.Product($"f{i}")), HandMade.Product("bill"), .. Enumerable.Range(0, b.Rows).Select(i => HandMade.Emission($"e{i}"))], [.. processes]);
    }

    private static T Timed<T>(string what, Func<T> work, int most)
    {
        var clock = Stopwatch.StartNew();
        var result = work();
        clock.Stop();
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {clock.Elapsed.TotalMilliseconds:F1} ms");
        Assert.True(clock.ElapsedMilliseconds < most, $"{what} took {clock.ElapsedMilliseconds} ms");
        return result;
    }
}
