using System.Text;
using System.Text.Json;
using Tanlu.Exchange;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Exchange;

/// <summary>What the readers give is what linking and solving need: from a format's bytes to known results.</summary>
public sealed class LinkedFormatsTests
{
    [Fact]
    public void OpenLcas_loop_written_and_read_again_has_openLcas_results()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(OpenData.Lca("openlca-result-tests/result_provider_2x2.json")));
        var root = document.RootElement;
        double[][] Matrix(string name) => [.. root.GetProperty(name).EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.GetDouble()).ToArray())];
        var (technology, interventions, impacts) = (Matrix("tech_matrix"), Matrix("envi_matrix"), Matrix("impact_matrix"));
        var inputs = root.GetProperty("envi_flow_is_input").EnumerateArray().Select(v => v.GetBoolean()).ToArray();
        var expected = root.GetProperty("expected");
        var totals = expected.GetProperty("total_flows").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        var direct = Enumerable.Range(0, 3).Select(i => Enumerable.Range(0, 2).Sum(f => impacts[i][f] * totals[f])).ToArray();

        static string Id(int n) => $"{n:x8}-0000-4000-8000-000000000000";
        var group = new UnitGroupDataset(Id(1), "Mass", "kg", [new UnitDataset("kg", 1)]);
        var property = new FlowPropertyDataset(Id(2), "Mass", Id(1));
        var products = Enumerable.Range(0, 2).Select(i => new FlowDataset { Id = Id(10 + i), Name = $"product {i}", Kind = FlowKind.Product, Unit = "kg", PropertyId = Id(2) }).ToArray();
        var flows = Enumerable.Range(0, 2).Select(i => new FlowDataset { Id = Id(20 + i), Name = $"flow {i}", Unit = "kg", PropertyId = Id(2), Category = inputs[i] ? "Elementary flows/Resource" : "Elementary flows/Emission to air", Compartment = inputs[i] ? "Resource" : "Emission to air" }).ToArray();
        ProcessDataset Process(int c) => new()
        {
            Id = Id(30 + c),
            Name = $"process {c}",
            Exchanges =
            [
                .. Enumerable.Range(0, 2).Select(r => new ProcessExchange { Number = r + 1, FlowId = products[r].Id, Input = technology[r][c] < 0, Amount = Math.Abs(technology[r][c]), Unit = "kg", Reference = r == c, ProviderId = r == c ? null : Id(30 + r) }),
                .. Enumerable.Range(0, 2).Select(r => new ProcessExchange { Number = r + 3, FlowId = flows[r].Id, Input = inputs[r], Amount = inputs[r] ? -interventions[r][c] : interventions[r][c], Unit = "kg" }),
            ],
        };
        var package = new DatasetPackage
        {
            Format = OpenLcaReader.Code,
            Name = "loop",
            UnitGroups = [group],
            FlowProperties = [property],
            Flows = [.. products, .. flows],
            Processes = [Process(0), Process(1)],
            Methods = [new MethodDataset { Id = Id(40), Name = "m", Indicators = [.. Enumerable.Range(0, 3).Select(i => new IndicatorDataset(Id(50 + i), "", $"indicator {i}", "pt", [.. Enumerable.Range(0, 2).Where(f => impacts[i][f] != 0).Select(f => new CharacterisationFactor(flows[f], inputs[f] ? -impacts[i][f] : impacts[i][f], "kg"))]))] }],
            Systems = [new SystemDataset { Id = Id(60), Name = "system", ReferenceProcessId = Id(30), ReferenceFlowId = products[0].Id, Amount = root.GetProperty("demand").GetProperty("amount").GetDouble(), Unit = "kg", Links = [new ProviderLink(Id(30), 2, products[1].Id, Id(31)), new ProviderLink(Id(31), 1, products[0].Id, Id(30))] }],
            Results =
            [
                new StoredResult
                {
                    Id = Id(70), Name = "result", SystemId = Id(60), MethodId = Id(40), ReferenceFlowId = products[0].Id, Amount = 0.5, Unit = "kg",
                    Flows = [.. Enumerable.Range(0, 2).Select(f => new StoredFlow(flows[f].Id, inputs[f], Math.Abs(totals[f]), "kg"))], Impacts = [.. Enumerable.Range(0, 3).Select(i => new StoredImpact(Id(50 + i), $"indicator {i}", direct[i], "pt"))],
                },
            ],
        };
        Assert.Equal([3.0, 6, 9], direct);

        var bytes = new MemoryStream();
        Assert.Empty(OpenLcaWriter.Write(package, bytes));
        var read = OpenLcaReaderTests.Open(bytes.ToArray()).Value;
        var compared = StoredResultComparison.Of(read, read.Results.Single()).Value;
        Assert.Equal(5, compared.Differences.Count);
        Assert.All(compared.Differences, d => Assert.Equal(0, d.Relative!.Value, 1e-12));
    }

    [Fact]
    public void A_sector_of_useeio_provides_a_dollar_with_the_published_impacts()
    {
        var package = DatasetReader.Read(new MemoryStream(UseeioTests.Archive()), "USEEIOv2.0.1-411.zip", cancellation: TestContext.Current.CancellationToken).Value;
        foreach (var sector in new[] { "1111A0/US", "333618/US", "221100/US" })
        {
            var compared = StoredResultComparison.Of(package, package.Results.Single(r => r.ProcessId == sector)).Value;
            Assert.Equal(23, compared.Differences.Count);
            Assert.True(compared.Largest < 1e-11, $"{sector}: {compared.Largest}");
        }
    }

    [Fact]
    public void A_simapro_file_is_solved_with_its_waste_its_credit_and_its_shares()
    {
        var text = SimaProReaderTests.Head() + """
            Process

            Process identifier
            steel

            Products
            Steel;kg;2;75;not defined;Metals;
            Slag;kg;1;25;not defined;Metals;

            Avoided products
            Heat;MJ;3;Undefined;0;0;0;

            Materials/fuels
            Ore;kg;4;Undefined;0;0;0;

            Emissions to air
            Carbon dioxide;;kg;8;Undefined;0;0;0;

            Waste to treatment
            Dust;kg;2;Undefined;0;0;0;

            End

            Process

            Process identifier
            ore

            Products
            Ore;ton;1;100;not defined;Minerals;

            Emissions to air
            Carbon dioxide;;g;500000;Undefined;0;0;0;

            End

            Process

            Process identifier
            heat

            Products
            Heat;MJ;1;100;not defined;Energy;

            Emissions to air
            Carbon dioxide;;kg;0.1;Undefined;0;0;0;

            End

            Process

            Process identifier
            landfill

            Waste treatment
            Dust;kg;1;All waste types;Waste;

            Emissions to air
            Carbon dioxide;;kg;0.25;Undefined;0;0;0;

            End

            Method

            Name
            M

            Impact category
            GWP;kg CO2 eq

            Substances
            Air;(unspecified);Carbon dioxide;000124-38-9;1;kg

            End

            Units
            kg;Mass;1;kg
            g;Mass;0.001;kg
            ton;Mass;1000;kg
            MJ;Energy;1;MJ

            End
            """;
        var package = DatasetReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "s.csv", cancellation: TestContext.Current.CancellationToken).Value;

        // For 2 kg steel and 1 kg slag: 8 + 4 × 0.5 - 3 × 0.1 + 2 × 0.25 = 10.2; three quarters of it for the steel.
        var system = SystemLinker.Link([package], new LinkRules()).Value;
        var demand = system.Demand(system.Find("steel", "Steel")!.Value, 1, "kg").Value;
        var inventory = system.Prepare().Then(p => p.Inventory(demand)).Value;
        var method = MethodMatcher.Match(package.Methods.Single(), [.. system.Flows.Select(f => f.Flow)]);
        Assert.Equal(10.2 * 0.75 / 2, inventory.Impacts(method).Value.Values[0], 12);
    }
}
