using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Broken datasets end in a refusal in words or in a system that says what is missing, never in an exception or a number that is none.</summary>
public sealed class BrokenSystemTests
{
    private static readonly double[] Numbers = [0, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, 1e-300, -1e300];

    private static readonly string[] Formulas =
        ["1/0", "loop_a", "0/0", "ln(-1)", "own * ", "nobody", "if(own;1)", "((((", "2^2000", "1e400", "scale", "unitconversion(1;'kg';'MJ')", "-own", "own - own", "''", "own;own", "１＋１"];

    [Fact]
    public void Mutated_packages_never_break_linking_or_solving()
    {
        var codes = new SortedSet<string>(StringComparer.Ordinal);
        var (linked, solved) = (0, 0);
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var package = Mutated(random, RandomSystems.Package(seed % 50, 4 + (seed % 9), seed % 2 == 0, seed % 3 == 0).Scaled());
            var rules = Rules(random);
            var system = SystemLinker.Link([package], rules);
            Spoken(system.Problems, codes);
            if (!system.Ok)
            {
                continue;
            }

            linked++;
            Spoken(system.Value.Report.Notes, codes);
            BalanceCheck.Of(system.Value, BalanceCheck.Mass);
            _ = system.Value.Hash;
            var prepared = system.Value.Prepare();
            Spoken(prepared.Problems, codes);
            if (!prepared.Ok)
            {
                continue;
            }

            var result = prepared.Value.Inventory(new ProductDemand(random.Next(system.Value.Processes.Count), 1)).Then(i => i.Impacts(Methods.By(system.Value, f => f.Input ? 0 : 1)));
            Spoken(result.Problems, codes);
            if (result.Ok)
            {
                solved++;
                Assert.True(double.IsFinite(result.Value.Values[0]), $"seed {seed}");
                Views(result.Value, random, codes);
            }
        }

        Assert.True(linked > 300 && solved > 200, $"{linked} linked, {solved} solved");
        string[] expected =
        [
            "exchange_not_finite", "process_reference_zero", "formula_syntax", "formula_unknown_name", "formula_not_finite", "formula_cycle", "formula_arguments", "provider_missing", "flow_unit_apart",
            "provider_ambiguous", "allocation_sum", "allocation_share_range", "allocation_price_missing", "allocation_property_missing", "impact_not_finite",
        ];
        Assert.Empty(expected.Except(codes));
    }

    private static void Views(ImpactResult result, Random random, SortedSet<string> codes)
    {
        var contributions = result.Contributions();
        contributions.Tree(0);
        contributions.Flows(0);
        contributions.BySupplier(0);
        contributions.HotSpots(0);
        Sensitivity.Parameters(result, 0);
        Sensitivity.Exchanges(result, 0);
        ResultCertificate.Of(result);
        SystemChange[] changes =
        [
            new SystemChange.Amount(random.Next(-1, 9), random.Next(0, 9), Numbers[random.Next(Numbers.Length)]), new SystemChange.Parameter(random.Next(-1, 9), random.NextDouble()),
            new SystemChange.Provider(random.Next(-1, 9), random.Next(0, 9), random.Next(-1, 9)),
        ];
        foreach (var change in changes)
        {
            var scenario = new ScenarioSet(result).Of(new Scenario("s", [change]));
            Spoken(scenario.Problems, codes);
            Assert.True(!scenario.Ok || double.IsFinite(scenario.Value.Values[0]));
        }
    }

    private static DatasetPackage Mutated(Random random, DatasetPackage package)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var p = random.Next(package.Processes.Count);
            var process = package.Processes[p];
            if (process.Exchanges.Count == 0)
            {
                continue;
            }

            var e = random.Next(process.Exchanges.Count);
            var exchange = process.Exchanges[e];
            package = random.Next(14) switch
            {
                0 => With(package, p, e, exchange with { Amount = Numbers[random.Next(Numbers.Length)], Formula = null }),
                1 => With(package, p, e, exchange with { Formula = Formulas[random.Next(Formulas.Length)] }),
                2 => With(package, p, e, exchange with { Unit = new[] { "", "MJ", "kg", "parsec", "Item(s)" }[random.Next(5)] }),
                3 => With(package, p, e, exchange with { FlowId = new[] { "", "gone", "f0", "waste", "e0" }[random.Next(5)] }),
                4 => With(package, p, e, exchange with { ProviderId = new[] { "", "gone", "p0", process.Id }[random.Next(4)] }),
                5 => With(package, p, e, exchange with { Reference = !exchange.Reference }),
                6 => With(package, p, e, exchange with { Input = !exchange.Input }),
                7 => With(package, p, e, exchange with { Avoided = true, PropertyId = "none" }),
                8 => With(package, p, process with { Parameters = [new ParameterDataset("own", 1, "loop_a"), new ParameterDataset("loop_a", 1, "own"), new ParameterDataset("own", double.NaN)] }),
                9 => With(package, p, process with { Exchanges = [.. process.Exchanges, .. process.Exchanges.Take(2)] }),
                10 => With(package, p, process with { Id = "p0", Exchanges = random.Next(2) == 0 ? [] : process.Exchanges }),
                11 => With(package, p, process with { DefaultAllocation = (AllocationRule)random.Next(5), Allocation = [.. process.Exchanges.Take(3).Select(x => new AllocationShare(AllocationRule.Physical, x.FlowId, null, Numbers[random.Next(Numbers.Length)]))] }),
                12 => With(package, p, process with { Allocation = [.. process.Exchanges.Select(x => new AllocationShare(AllocationRule.Economic, x.FlowId, random.Next(2) == 0 ? x.Number : null, random.NextDouble()))] }),
                _ => package with { Flows = [.. package.Flows.Where((_, f) => f != random.Next(package.Flows.Count))], Parameters = [new ParameterDataset("scale", Numbers[random.Next(Numbers.Length)])] },
            };
        }

        return package;
    }

    private static LinkRules Rules(Random random) => new()
    {
        CoProducts = (CoProductRule)random.Next(6),
        WhereNotPossible = random.Next(2) == 0 ? null : (CoProductRule)random.Next(6),
        Otherwise = (ProviderChoice)random.Next(3),
        OwnProduct = random.Next(2) == 0,
        SameLocation = random.Next(2) == 0,
        StoredAmounts = random.Next(2) == 0,
        FlowRows = (FlowRows)random.Next(2),
        Parameters = random.Next(4) == 0 ? [new ParameterValue(null, "scale", Numbers[random.Next(Numbers.Length)])] : [],
    };

    private static DatasetPackage With(DatasetPackage package, int p, int e, ProcessExchange exchange) =>
        With(package, p, package.Processes[p] with { Exchanges = [.. package.Processes[p].Exchanges.Select((x, i) => i == e ? exchange : x)] });

    private static DatasetPackage With(DatasetPackage package, int p, ProcessDataset process) => package with { Processes = [.. package.Processes.Select((x, i) => i == p ? process : x)] };

    /// <summary>Every refusal has both languages and fills its holes.</summary>
    private static void Spoken(IReadOnlyList<Problem> problems, SortedSet<string> codes)
    {
        foreach (var problem in problems)
        {
            codes.Add(problem.Code);
            foreach (var language in new[] { Language.English, Language.Chinese })
            {
                Assert.DoesNotMatch(@"^\[|\{\d\}|\{found\}", problem.Message(language) + problem.Expected(language));
            }
        }
    }
}
