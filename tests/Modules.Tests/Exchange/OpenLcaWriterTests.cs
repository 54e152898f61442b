using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Exchange;

public sealed class OpenLcaWriterTests
{
    [Fact]
    public void Reading_what_was_written_gives_the_package_again()
    {
        var package = Rich();
        var (bytes, notes) = Written(package);
        Assert.Empty(notes);
        var read = Again(bytes);
        Assert.Empty(read.Notes);
        Assert.Equivalent(package, read, strict: true);
    }

    [Fact]
    public void The_same_package_gives_the_same_bytes()
    {
        Assert.Equal(Written(Rich()).Bytes, Written(Rich()).Bytes);
        Assert.Equal(Written(Again(Written(Rich()).Bytes)).Bytes, Written(Rich()).Bytes);
    }

    [Fact]
    public void A_package_of_another_format_gets_stable_ids_and_units_that_convert()
    {
        var package = new DatasetPackage
        {
            Format = "ecospold1",
            Name = "small",
            Flows =
            [
                new FlowDataset { Id = "1", Name = "Steel", Kind = FlowKind.Product, Unit = "kg" },
                new FlowDataset { Id = "2", Name = "Electricity", Kind = FlowKind.Product, Unit = "kWh" },
                new FlowDataset { Id = "3", Name = "Carbon dioxide", Unit = "kg", Compartment = "air", Subcompartment = "low population density", Category = "air/low population density" },
            ],
            Processes =
            [
                new ProcessDataset
                {
                    Id = "9",
                    Name = "Steelworks",
                    Exchanges =
                    [
                        new ProcessExchange { Number = 1, FlowId = "1", Amount = 1, Unit = "t", Reference = true },
                        new ProcessExchange { Number = 2, FlowId = "2", Amount = 3600, Unit = "MJ", Input = true },
                        new ProcessExchange { Number = 4, FlowId = "2", Amount = 1, Unit = "kWh", Avoided = true },
                        new ProcessExchange { Number = 3, FlowId = "3", Amount = 2, Unit = "kg", Uncertainty = new Distribution(DistributionKind.Lognormal, 2, 0.05) },
                    ],
                },
            ],
        };
        var (bytes, notes) = Written(package);
        Assert.Empty(notes);
        var read = Again(bytes);
        Assert.Empty(read.Notes);
        Assert.All(read.Flows, f => Assert.True(Guid.TryParseExact(f.Id, "D", out _)));
        var electricity = read.Flows.Single(f => f.Name == "Electricity");
        var group = read.UnitGroups.Single(g => g.Id == read.FlowProperties.Single(p => p.Id == electricity.PropertyId).UnitGroupId);
        Assert.Equal("kWh", group.ReferenceUnit);
        Assert.Equal(1 / 3.6, group.Units.Single(u => u.Name == "MJ").Factor, 15);
        Assert.Equal(("air", "low population density"), read.Flows.Where(f => f.Name == "Carbon dioxide").Select(f => (f.Compartment, f.Subcompartment)).Single());
        Assert.Equal(["t", "MJ", "kWh", "kg"], read.Processes.Single().Exchanges.Select(x => x.Unit));
        Assert.Equal((true, true), (read.Processes.Single().Exchanges[2].Avoided, read.Processes.Single().Exchanges[2].Input));
        Assert.Equal(0.05, read.Processes.Single().Exchanges[3].Uncertainty.Second, 15);
        Assert.Equal(read.Flows.Select(f => f.Id), Again(Written(package).Bytes).Flows.Select(f => f.Id));
        Assert.NotEqual(read.Processes[0].Id, Again(Written(package with { Name = "other" }).Bytes).Processes[0].Id);
    }

    [Fact]
    public void What_openLca_cannot_hold_is_named()
    {
        var package = Rich();
        package = package with
        {
            Licence = "CC BY 4.0",
            Processes = [package.Processes[0] with { DefaultAllocation = AllocationRule.Substitution, Exchanges = [.. package.Processes[0].Exchanges.Select(x => x with { Amount = double.NaN })] }],
        };
        var notes = Written(package).Notes;
        Assert.Contains(notes, n => n is { Code: "lca_write_lost", Column: "licence" });
        Assert.Contains(notes, n => n is { Code: "lca_write_lost", Column: "defaultAllocationMethod" });
        Assert.Contains(notes, n => n is { Code: "lca_write_number", Column: "amount", Row: 1 });
    }

    [Fact]
    public void Us_lci_goes_through_openLca_with_all_its_exchanges()
    {
        using var stream = File.OpenRead(OpenData.Lca("uslci/uslci_fy21_q3_ecospold1.zip"));
        var package = DatasetReader.Read(stream, "uslci.zip", cancellation: TestContext.Current.CancellationToken).Value;
        var (bytes, notes) = Written(package);
        var read = Again(bytes);
        Assert.Equal(package.Processes.Count, read.Processes.Count);
        Assert.Equal(package.Flows.Count, read.Flows.Count);
        Assert.Equal(
            package.Processes.SelectMany(p => p.Exchanges).Select(x => (x.Amount, x.Unit, x.Input, x.Reference)).Order(),
            read.Processes.SelectMany(p => p.Exchanges).Select(x => (x.Amount, x.Unit, x.Input, x.Reference)).Order());
        Assert.Equal(["lca_write_unit"], notes.Select(n => n.Code).Distinct());
    }

    private static (byte[] Bytes, IReadOnlyList<Problem> Notes) Written(DatasetPackage package)
    {
        var to = new MemoryStream();
        var notes = OpenLcaWriter.Write(package, to);
        return (to.ToArray(), notes);
    }

    private static DatasetPackage Again(byte[] bytes) => OpenLcaReaderTests.Open(bytes).Value;

    /// <summary>A package with something in every field that openLCA can hold.</summary>
    internal static DatasetPackage Rich()
    {
        static string Id(int n) => $"{n:x8}-0000-4000-8000-000000000000";
        var group = new UnitGroupDataset(Id(1), "Units of mass", "kg", [new UnitDataset("kg", 1, Id(101)), new UnitDataset("t", 1000, Id(102))]);
        var energyGroup = new UnitGroupDataset(Id(2), "Units of energy", "MJ", [new UnitDataset("MJ", 1, Id(103)), new UnitDataset("kWh", 3.6, Id(104))]);
        var mass = new FlowPropertyDataset(Id(3), "Mass", group.Id);
        var energy = new FlowPropertyDataset(Id(4), "Energy", energyGroup.Id);
        var steel = new FlowDataset { Id = Id(5), Name = "钢 steel", Kind = FlowKind.Product, Unit = "kg", PropertyId = mass.Id, Category = "Metals/Iron", Location = "CN", Synonyms = ["iron", "钢材"], Properties = [new FlowPropertyFactor(energy.Id, "Energy", "MJ", 0.1)] };
        var slag = new FlowDataset { Id = Id(6), Name = "slag", Kind = FlowKind.Waste, Unit = "kg", PropertyId = mass.Id };
        var carbon = new FlowDataset { Id = Id(7), Name = "CO2", Kind = FlowKind.Elementary, Unit = "kg", PropertyId = mass.Id, Category = "Elementary flows/Emission to air/urban air", Compartment = "Emission to air", Subcompartment = "urban air", Cas = "124-38-9", Formula = "CO2" };
        var plant = new ProcessDataset
        {
            Id = Id(8),
            Name = "Steelworks",
            Category = "Metals",
            Location = "CN-HE",
            Version = "01.00.002",
            Infrastructure = true,
            ValidFrom = new DateOnly(2020, 1, 1),
            ValidUntil = new DateOnly(2025, 12, 31),
            DefaultAllocation = AllocationRule.Economic,
            Allocation = [new AllocationShare(AllocationRule.Physical, steel.Id, null, 0.9), new AllocationShare(AllocationRule.Causal, steel.Id, 3, 0.25, "0.5 * x")],
            Parameters = [new ParameterDataset("x", 0.5, null, new Distribution(DistributionKind.Uniform, 0.1, 0.9), "a share"), new ParameterDataset("y", 1, "2*x")],
            Exchanges =
            [
                new ProcessExchange { Number = 1, FlowId = steel.Id, Amount = 1.5, Unit = "t", Reference = true, Price = 3000, Currency = "CNY" },
                new ProcessExchange { Number = 2, FlowId = steel.Id, Amount = 36, Unit = "kWh", PropertyId = energy.Id, Input = true, Avoided = true, Comment = "credit" },
                new ProcessExchange { Number = 3, FlowId = carbon.Id, Amount = 2.25, Unit = "kg", Formula = "y * 2", Pedigree = "(1;2;3;4;5)", Location = "CN", Uncertainty = new Distribution(DistributionKind.Lognormal, 2.25, Math.Log(1.37)) },
                new ProcessExchange { Number = 5, FlowId = slag.Id, Amount = 0.3, Unit = "kg", ProviderId = Id(9), Uncertainty = new Distribution(DistributionKind.Triangular, 0.1, 0.3, 0.4) },
            ],
            Documentation = new ProcessDocumentation { Description = "多行\n\"text\"", Technology = "BF", Geography = "China", Time = "2020", Sampling = "s", DataTreatment = "d", Review = "r", Owner = "CISA", Licence = "internal", Restricted = true, Sources = ["Source A", new string('长', 120)] },
        };
        var treatment = new ProcessDataset { Id = Id(9), Name = "Treatment", Kind = ProcessKind.SystemProcess, Version = "1", Exchanges = [new ProcessExchange { Number = 1, FlowId = slag.Id, Amount = 1, Unit = "kg", Input = true, Reference = true, Uncertainty = new Distribution(DistributionKind.Normal, 1, 0.1) }] };
        var declaration = new ProcessDataset
        {
            Id = Id(10),
            Name = "EPD",
            Kind = ProcessKind.Declaration,
            Location = "DE",
            ValidUntil = new DateOnly(2030, 1, 1),
            Exchanges = [new ProcessExchange { Number = 1, FlowId = steel.Id, Amount = 1, Unit = "t", Reference = true }],
            Declared = [new DeclaredImpact(Id(11), "GWP", "kg CO2 eq", "A1-A3", "", 2000), new DeclaredImpact(Id(11), "GWP", "kg CO2 eq", "C4", "landfill", 3)],
            Documentation = new ProcessDocumentation { Description = "e", Owner = "Maker" },
        };
        var gwp = new IndicatorDataset(Id(11), "GWP", "Climate change", "kg CO2 eq", [new CharacterisationFactor(carbon, 1, "kg"), new CharacterisationFactor(carbon, 1100, "t", "CN", null, new Distribution(DistributionKind.Normal, 1100, 5))]);
        return new DatasetPackage
        {
            Format = OpenLcaReader.Code,
            Name = "test",
            UnitGroups = [group, energyGroup],
            FlowProperties = [mass, energy],
            Flows = [steel, slag, carbon],
            Processes = [plant, treatment, declaration],
            Methods = [new MethodDataset { Id = Id(12), Name = "Method", Version = "3.1", Source = "JRC", Indicators = [gwp], Sets = [new NormalisationWeighting(Id(13), "World", "Pt", [new IndicatorWeight(gwp.Id, 7553.08, 0.2106)])] }],
            Systems = [new SystemDataset { Id = Id(14), Name = "System", ReferenceProcessId = plant.Id, ReferenceFlowId = steel.Id, Amount = 2, Unit = "kWh", Links = [new ProviderLink(plant.Id, 5, slag.Id, treatment.Id)], Parameters = [new ParameterValue(plant.Id, "x", 0.7), new ParameterValue(null, "global", 3)] }],
            Results = [new StoredResult { Id = Id(15), Name = "Result", SystemId = Id(14), MethodId = Id(12), ReferenceFlowId = steel.Id, Amount = 2, Unit = "t", Flows = [new StoredFlow(carbon.Id, false, 4, "kg"), new StoredFlow(steel.Id, false, 2, "t")], Impacts = [new StoredImpact(gwp.Id, "Climate change", 4, "kg CO2 eq")] }],
            Parameters = [new ParameterDataset("global", 2)],
            Mappings = [new FlowMapping("A", carbon.Id, "CO2", "air", "kg", "B", Id(16), "Carbon dioxide", "Emission to air", "kg", 1.5)],
        };
    }
}
