using System.Diagnostics;
using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Exchange;

public sealed class EcoSpold1Tests
{
    private static DatasetPackage? _uslci;

    [Fact]
    public void Us_lci_is_read_whole()
    {
        var package = UsLci();
        Assert.Equal("ecospold1", package.Format);
        Assert.Equal(639, package.Processes.Count);
        Assert.Equal(45_656, package.Processes.Sum(p => p.Exchanges.Count));
        Assert.Equal(4_083, package.Flows.Count);
        Assert.Equal(2_791, package.Flows.Count(f => f.Kind == FlowKind.Elementary));
        Assert.Equal(47, package.Flows.Count(f => f.Kind == FlowKind.Waste));
        Assert.All(package.Processes, p => Assert.Single(p.Exchanges, e => e.Reference));
        Assert.Equal(5_852, package.Processes.Sum(p => p.Exchanges.Count(e => e.Input && Kind(package, e) == FlowKind.Elementary)));
        Assert.Equal(6_954, package.Processes.Sum(p => p.Exchanges.Count(e => e.Input && Kind(package, e) != FlowKind.Elementary)));
        Assert.Equal(24, package.Processes.Count(p => p.Kind == ProcessKind.SystemProcess));
        Assert.Equal(36, package.Processes.Count(p => p.Documentation.Licence.StartsWith("copyright=true", StringComparison.Ordinal)));
        Assert.DoesNotContain(package.Processes, p => p.Documentation.Restricted);
    }

    [Fact]
    public void Us_lci_values_stand_as_in_the_file()
    {
        var package = UsLci();
        var soybean = package.Processes[0];
        Assert.Equal(("10335", "Soybean grains, at field", "RNA", "0.0"), (soybean.Id, soybean.Name, soybean.Location, soybean.Version));
        Assert.Equal("11: Agriculture, Forestry, Fishing and Hunting/1111: Oilseed and Grain Farming", soybean.Category);
        Assert.Equal((new DateOnly(2003, 12, 31), new DateOnly(2006, 12, 31)), (soybean.ValidFrom, soybean.ValidUntil));
        Assert.Equal("Anne Landfield Greig", soybean.Documentation.Owner);
        Assert.Equal(11, soybean.Documentation.Sources.Count);
        Assert.Equal("US average", soybean.Documentation.Technology);

        var reference = soybean.Exchanges.Single(e => e.Reference);
        Assert.Equal(("6629", 1000.0, "kg", false, "RNA"), (reference.FlowId, reference.Amount, reference.Unit, reference.Input, reference.Location));
        var acephate = soybean.Exchanges[1];
        Assert.Equal(("2498", 2.2074026799097E-5, 2), (acephate.FlowId, acephate.Amount, acephate.Number));
        var flow = package.Flows.Single(f => f.Id == "2498");
        Assert.Equal(("Acephate", "emission", "water", "30560-19-1", "C4H10NO3PS", "kg"), (flow.Name, flow.Compartment, flow.Subcompartment, flow.Cas, flow.Formula, flow.Unit));
        var truck = soybean.Exchanges.Single(e => e.FlowId == "6865");
        Assert.Equal((true, 0.022, "t*km"), (truck.Input, truck.Amount, truck.Unit));
    }

    [Fact]
    public void The_reference_product_of_a_process_gives_its_flow_the_unit()
    {
        // Electricity is consumed in kWh, MJ, kJ and MWh; one number, one flow.
        var package = UsLci();
        var grid = package.Flows.Single(f => f.Id == "9871");
        Assert.Equal(("Electricity, at grid", "kWh"), (grid.Name, grid.Unit));
        Assert.Equal(5, package.Processes.SelectMany(p => p.Exchanges).Where(e => e.FlowId == "9871").Select(e => (e.Unit, e.Location)).Distinct().Count());
    }

    [Fact]
    public void Uncertainties_are_read_by_their_kind()
    {
        var exchanges = UsLci().Processes.SelectMany(p => p.Exchanges).ToList();
        Assert.Contains(exchanges, e => e.Uncertainty == new Distribution(DistributionKind.Triangular, 1.29, 1.3000000000000003, 1.31) && e.FlowId == "6949" && e.Amount == 1.3);
        Assert.Contains(exchanges, e => e.Uncertainty == new Distribution(DistributionKind.Uniform, 0, 8.15646E-5) && e.FlowId == "9516");

        var chips = Sample().Processes.Single().Exchanges[1];
        Assert.Equal(DistributionKind.Lognormal, chips.Uncertainty.Kind);
        Assert.Equal(0.15, chips.Uncertainty.First);
        Assert.Equal(Math.Log(Math.Sqrt(1.10)), chips.Uncertainty.Second, 12);
    }

    [Fact]
    public void The_sample_is_read()
    {
        var package = Sample();
        var process = package.Processes.Single();
        Assert.Equal(("42", "community garden compost service", "DE", "12.34"), (process.Id, process.Name, process.Location, process.Version));
        Assert.Equal((new DateOnly(2024, 1, 1), new DateOnly(2025, 12, 31)), (process.ValidFrom, process.ValidUntil));
        Assert.Equal([new AllocationShare(AllocationRule.Causal, "1", 1, 1.0)], process.Allocation);
        Assert.Equal("Alex Example", process.Documentation.Owner);
        Assert.Contains("Casey Checker", process.Documentation.Review, StringComparison.Ordinal);
        Assert.Equal(["garden compost test flow"], package.Flows.Single(f => f.Id == "1").Synonyms);
        Assert.Equal("8010-00-0", package.Flows.Single(f => f.Id == "2").Cas);
    }

    [Fact]
    public void Numbers_that_count_within_datasets_do_not_mix_flows()
    {
        static string Dataset(int number, string product, string input) => $"""
            <dataset number="{number}"><metaInformation><processInformation><referenceFunction name="{product}" unit="kg" amount="1"/><geography location="CN"/><dataSetInformation type="1"/></processInformation></metaInformation>
            <flowData><exchange number="1" name="{product}" location="CN" unit="kg" meanValue="1"><outputGroup>0</outputGroup></exchange><exchange number="2" name="{input}" location="CN" unit="kg" meanValue="2"><inputGroup>5</inputGroup></exchange></flowData></dataset>
            """;
        var package = Read(Dataset(1, "钢材", "铁矿石") + Dataset(2, "铁矿石", "炸药")).Value;
        Assert.Equal(3, package.Flows.Count);
        Assert.Equal(package.Processes[1].Exchanges[0].FlowId, package.Processes[0].Exchanges[1].FlowId);
        Assert.NotEqual(package.Processes[0].Exchanges[0].FlowId, package.Processes[1].Exchanges[0].FlowId);
    }

    [Fact]
    public void By_products_that_allocation_names_become_references_and_odd_shares_are_noted()
    {
        const string Refinery = """
            <dataset number="1"><metaInformation><processInformation><referenceFunction name="refining" unit="kg" amount="1"/><dataSetInformation type="5"/></processInformation></metaInformation>
            <flowData><exchange number="10" name="petrol" unit="kg" meanValue="0.4"><outputGroup>2</outputGroup></exchange><exchange number="11" name="diesel" unit="kg" meanValue="0.6"><outputGroup>2</outputGroup></exchange>
            <exchange number="12" name="crude oil" unit="kg" meanValue="1.05"><inputGroup>5</inputGroup></exchange><exchange number="13" name="Methane" category="air" subCategory="unspecified" unit="kg" meanValue="0.01"><outputGroup>4</outputGroup></exchange>
            <allocation referenceToCoProduct="10" allocationMethod="1" fraction="45"><referenceToInputOutput>12</referenceToInputOutput><referenceToInputOutput>13</referenceToInputOutput></allocation>
            <allocation referenceToCoProduct="11" allocationMethod="1" fraction="55"><referenceToInputOutput>12</referenceToInputOutput></allocation>
            <allocation referenceToCoProduct="99" allocationMethod="1" fraction="5"/></flowData></dataset>
            """;
        var package = Read(Refinery).Value;
        var process = Assert.Single(package.Processes);
        Assert.Equal(["10", "11"], process.Exchanges.Where(e => e.Reference).Select(e => e.FlowId));
        Assert.Equal(AllocationRule.Causal, process.DefaultAllocation);
        Assert.Equal([("10", 3, 0.45), ("10", 4, 0.45), ("11", 3, 0.55)], process.Allocation.Select(s => (s.ProductFlowId, s.Exchange!.Value, s.Share)));
        Assert.Equal(("lca_allocation_sum", 4, "45 %"), package.Notes.Where(n => n.Code == "lca_allocation_sum").Select(n => (n.Code, n.Row!.Value, n.Found!)).Single());
        Assert.Equal("99", Assert.Single(package.Notes, n => n.Code == "lca_allocation_unknown").Found);

        var negative = Assert.Single(Read(Refinery.Replace("fraction=\"55\"", "fraction=\"-55\"", StringComparison.Ordinal)).Value.Notes, n => n.Code == "lca_allocation_negative");
        Assert.Equal((4, "-55 %", "t.xml: refining"), (negative.Row, negative.Found, negative.Args[0]));
    }

    [Fact]
    public void Datasets_of_several_files_with_the_same_number_are_kept_apart()
    {
        static byte[] File(string product) => Encoding.UTF8.GetBytes($"<ecoSpold xmlns=\"http://www.EcoInvent.org/EcoSpold01\"><dataset number=\"1\"><metaInformation><processInformation><referenceFunction name=\"{product}\" unit=\"kg\"/></processInformation></metaInformation><flowData><exchange number=\"1\" name=\"{product}\" unit=\"kg\" meanValue=\"1\"><outputGroup>0</outputGroup></exchange></flowData></dataset></ecoSpold>");
        var package = DatasetReader.Read(Archives.Zip(("a.xml", File("steel")), ("b.xml", File("zinc"))), "t.zip", cancellation: TestContext.Current.CancellationToken).Value;
        Assert.Equal(["1", "1~2"], package.Processes.Select(p => p.Id));
        Assert.Equal(["steel|", "zinc|"], package.Flows.Select(f => f.Id));
        Assert.Equal("b.xml", Assert.Single(package.Notes, n => n.Code == "lca_duplicate_id").Args[0]);
    }

    [Fact]
    public void Impact_categories_become_methods()
    {
        static string Category(int number, string sub, string unit, double factor) => $"""
            <dataset number="{number}"><metaInformation><processInformation><referenceFunction name="GWP 100a" category="IPCC 2013" subCategory="{sub}" unit="{unit}" amount="1"/><dataSetInformation type="4" version="1.0"/></processInformation></metaInformation>
            <flowData><exchange number="77" name="Methane" category="air" subCategory="low population density" unit="kg" meanValue="{factor}"/></flowData></dataset>
            """;
        var method = Assert.Single(Read(Category(1, "climate change", "kg CO2-Eq", 28) + Category(2, "climate change, biogenic", "kg CO2-Eq", 27)).Value.Methods);
        Assert.Equal("IPCC 2013", method.Name);
        Assert.Equal(["climate change/GWP 100a", "climate change, biogenic/GWP 100a"], method.Indicators.Select(i => i.Name));
        var factor = Assert.Single(method.Indicators[0].Factors);
        Assert.Equal(("Methane", FlowKind.Elementary, "air", 28.0, "kg"), (factor.Flow.Name, factor.Flow.Kind, factor.Flow.Compartment, factor.Value, factor.Unit));
    }

    [Theory]
    [InlineData("meanValue=\"1,5\"", "lca_number_comma", "1,5")]
    [InlineData("meanValue=\"INF\"", "lca_number_not_finite", "INF")]
    [InlineData("meanValue=\"NaN\"", "lca_number_not_finite", "NaN")]
    [InlineData("meanValue=\"1e999\"", "lca_number_not_finite", "1e999")]
    [InlineData("meanValue=\"one\"", "lca_number_broken", "one")]
    [InlineData("", "lca_number_missing", null)]
    public void An_amount_that_is_none_refuses_the_file_with_dataset_and_line(string amount, string code, string? found)
    {
        var problem = Assert.Single(Read($"<dataset number=\"7\"><metaInformation><processInformation><referenceFunction name=\"Steel\" unit=\"kg\"/></processInformation></metaInformation>\n<flowData>\n<exchange number=\"1\" name=\"Steel\" unit=\"kg\" {amount}><outputGroup>0</outputGroup></exchange></flowData></dataset>").Problems);
        Assert.Equal((code, 4, "meanValue", found), (problem.Code, problem.Row, problem.Column, problem.Found));
        Assert.Equal("t.xml: Steel", problem.Args[0]);
    }

    [Fact]
    public void Reading_us_lci_costs_no_more_memory_than_its_text()
    {
        // The time is printed and only the memory judged: a busy machine changes the one and not the other. 19 MB take 0.6 s on one quiet core.
        var bytes = File.ReadAllBytes(OpenData.Lca("uslci/uslci_fy21_q3_ecospold1.zip"));
        Assert.True(DatasetReader.Read(new MemoryStream(bytes), "uslci.zip", cancellation: TestContext.Current.CancellationToken).Ok);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        Assert.True(DatasetReader.Read(new MemoryStream(bytes), "uslci.zip", cancellation: TestContext.Current.CancellationToken).Ok);
        clock.Stop();
        var perExchange = (GC.GetAllocatedBytesForCurrentThread() - before) / 45_656;
        TestContext.Current.TestOutputHelper!.WriteLine($"{clock.Elapsed.TotalMilliseconds:0} ms, {perExchange} bytes per exchange");
        Assert.True(perExchange < 4_000, $"{perExchange} bytes per exchange");
    }

    private static DatasetPackage UsLci() => _uslci ??= Read(OpenData.Lca("uslci/uslci_fy21_q3_ecospold1.zip"), "uslci.zip");

    private static DatasetPackage Sample() => Read(OpenData.Require("lca-openlca-samples/io__ecospold1__example.xml"), "example.xml");

    private static DatasetPackage Read(string path, string name)
    {
        using var stream = File.OpenRead(path);
        return DatasetReader.Read(stream, name).Value;
    }

    private static Outcome<DatasetPackage> Read(string datasets) =>
        DatasetReader.Read(new MemoryStream(Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ecoSpold xmlns=\"http://www.EcoInvent.org/EcoSpold01\">{datasets}</ecoSpold>")), "t.xml");

    private static FlowKind Kind(DatasetPackage package, ProcessExchange exchange) => package.Flows.First(f => f.Id == exchange.FlowId).Kind;
}
