using System.Text.Json;
using Tanlu.Exchange;
using Tanlu.Products;
using static Tanlu.Modules.Tests.Products.HandMade;

namespace Tanlu.Modules.Tests.Products;

/// <summary>From files of several formats through reader, linker and solver to figures that their makers published.</summary>
public sealed class FormatsToResultsTests
{
    [Fact]
    public void Brightway_s_example_database_gives_the_scores_of_bw2calc()
    {
        var system = Link(Read("bw2calc-fixtures/bw2io_example_db.zip"));
        var method = MethodMatcher.Match(Read("bw2calc-fixtures/ipcc_simple.zip").Methods[0], [.. system.Flows.Select(f => f.Flow)], samePackage: true);
        var characterised = system.Prepare().Value.Characterise(method).Value;
        using var document = JsonDocument.Parse(File.ReadAllBytes(OpenData.Lca("bw2calc-fixtures/expected_results.json")));
        var results = document.RootElement.GetProperty("bw2io_example_db").GetProperty("results").EnumerateArray().ToArray();
        string[] order = ["Driving an electric car", "Electric car", "Electric car battery", "Steel", "Electricity", "Lithium", "Driving an combustion car", "Combustion car"];
        var found = 0;
        foreach (var result in results)
        {
            var place = Array.IndexOf(order, result.GetProperty("demand").GetString());
            var expected = result.GetProperty("score_kg_co2e").GetDouble();
            Assert.Contains(system.Processes, p => Math.Abs(characterised.IntensityOf(p.Index)[0] - expected) <= 1e-9 * Math.Abs(expected) && p.Id == $"activity/{place + 1}");
            found++;
        }

        Assert.True(found >= 3);
    }

    [Fact]
    public void A_system_with_its_stored_result_comes_through_openlca_s_format_with_the_same_comparison()
    {
        const string Board = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5a01", Wood = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5a02", Dust = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5a03", Co2 = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5a04";
        const string Making = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5b01", Felling = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5b02", Other = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5b03", Burning = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5b04";
        const string Mass = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5c01", Group = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5c02", System = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5d01", Result = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5d02";
        var co2 = Emission(Co2) with { Name = "Carbon dioxide", PropertyId = Mass };
        var method = new MethodDataset
        {
            Id = "0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5e01", Name = "GWP",
            Indicators = [new IndicatorDataset("0e1f7a52-7b5f-4f0e-8a61-2d1f3c4b5e02", "", "GWP", "kg CO2 eq", [new CharacterisationFactor(co2, 1, "kg")])],
        };
        var package = Package(
            [Product(Board) with { PropertyId = Mass }, Product(Wood) with { PropertyId = Mass }, Waste(Dust) with { PropertyId = Mass }, co2],
            Process(Making, Ref(Board, 1), In(Wood, 2), Out(Dust, 0.5), Out(Co2, 0.3)) with { Parameters = [new ParameterDataset("loss", 0.5)] },
            Process(Felling, Ref(Wood, 10), Out(Co2, 1)),
            Process(Other, Ref(Wood, 10), Out(Co2, 4)),
            Process(Burning, In(Dust, 1) with { Reference = true }, Out(Co2, 1.8))) with
        {
            UnitGroups = [new UnitGroupDataset(Group, "Units of mass", "kg", [new UnitDataset("kg", 1), new UnitDataset("t", 1000)])],
            FlowProperties = [new FlowPropertyDataset(Mass, "Mass", Group)],
            Methods = [method],
            Systems = [new SystemDataset { Id = System, Name = "boards", ReferenceProcessId = Making, ReferenceFlowId = Board, Amount = 2, Unit = "t", Links = [new ProviderLink(Making, 2, Wood, Other), new ProviderLink(Making, 3, Dust, Burning)] }],
            Results =
            [
                new StoredResult
                {
                    Id = Result, Name = "stored", SystemId = System, MethodId = method.Id, Amount = 2, Unit = "t", Flows = [new StoredFlow(Co2, false, 4000, "kg")],
                    Impacts = [new StoredImpact(method.Indicators[0].Id, "GWP", 2000 * (0.3 + 0.8 + 0.9), "kg CO2 eq")],
                },
            ],
        };
        using var file = new MemoryStream();
        OpenLcaWriter.Write(package, file);
        file.Position = 0;
        var read = DatasetReader.Read(file, "boards.zip", cancellation: TestContext.Current.CancellationToken).Value;
        foreach (var one in new[] { package, read })
        {
            var compared = StoredResultComparison.Of(one, Assert.Single(one.Results)).Value;
            Assert.Equal(2, compared.Differences.Count);
            Assert.InRange(compared.Largest!.Value, 0, 1e-12);
            Assert.Equal((2, 1), (compared.Conventions.Providers[(int)ChosenBy.System], compared.Conventions.WasteInputs));
        }
    }

    [Theory]
    [InlineData("lca-openlca-samples/io__simapro__csv__input__process.csv")]
    [InlineData("lca-openlca-samples/io__ecospold1__example.xml")]
    [InlineData("lca-openlca-samples/io__ecospold2__input__sample_ecospold2.xml")]
    [InlineData("lca-openlca-samples/io__ilcd__process.xml")]
    [InlineData("lca-openlca-samples/jsonld__input__exchange_sync-all.zip")]
    public void Samples_of_every_format_become_systems_that_account_for_every_exchange(string path)
    {
        using var file = File.OpenRead(OpenData.Require(path));
        var package = DatasetReader.Read(file, path, cancellation: TestContext.Current.CancellationToken).Value;
        var linked = SystemLinker.Link([package], new LinkRules { StoredAmounts = true, WhereNotPossible = CoProductRule.Reference });
        Assert.True(linked.Ok || linked.Problems[0].Code == "system_empty", linked.Ok ? "" : linked.Problems[0].Message(Tanlu.Kernel.Language.English));
        if (linked.Ok)
        {
            Accounted(linked.Value);
            Assert.True(linked.Value.Prepare().Ok);
        }
    }

    [Fact]
    public void Every_exchange_of_us_lci_stands_in_a_matrix_or_in_the_report() => Accounted(UsLciSystemTests.System());

    /// <summary>Each exchange has an entry, stands among the open ones or by-products, or is an output of nothing.</summary>
    private static void Accounted(ProductSystem system)
    {
        var model = system.Model!;
        var entries = model.Entries.Select(e => (e.Process, e.Exchange)).ToHashSet();
        var open = system.Report.Open.Select(o => (model.Columns[o.Column].Process, o.Exchange)).ToHashSet();
        var byProducts = system.Report.ByProducts.Select(b => (b.Process, b.Exchange)).ToHashSet();
        for (var p = 0; p < model.Processes.Length; p++)
        {
            var process = model.Processes[p];
            for (var e = 0; e < process.Amounts.Length && model.ColumnsOf(p) > 0; e++)
            {
                var number = process.Dataset.Exchanges[e].Number;
                Assert.True(
                    entries.Contains((p, e)) || open.Contains((p, number)) || byProducts.Contains((process.Dataset.Name, number)) || process.Amounts[e] == 0,
                    $"{process.Dataset.Name}, exchange {number}: {process.FlowName(e)}");
            }
        }
    }

    private static DatasetPackage Read(string path)
    {
        using var file = File.OpenRead(OpenData.Lca(path));
        return DatasetReader.Read(file, path).Value;
    }
}
