using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Exchange;

public sealed class IlcdTests
{
    private const string Units = "00000000-0000-4000-8000-000000000001";
    private const string Mass = "00000000-0000-4000-8000-000000000002";
    private const string Steel = "00000000-0000-4000-8000-000000000003";
    private const string Carbon = "00000000-0000-4000-8000-000000000004";
    private const string Mill = "00000000-0000-4000-8000-000000000005";
    private const string Gwp = "00000000-0000-4000-8000-000000000006";

    [Fact]
    public void The_samples_are_read()
    {
        var process = Sample("process");
        var abs = Assert.Single(process.Processes);
        Assert.Equal(("76d6aaa4-37e2-40b2-994c-03292b600074", "Acrylonitrile-Butadiene-Styrene granulate (ABS); production mix, at plant", "RER", "Materials production/Plastics", "02.01.000"), (abs.Id, abs.Name, abs.Location, abs.Category, abs.Version));
        Assert.Equal((ProcessKind.SystemProcess, new DateOnly(1996, 1, 1), new DateOnly(2006, 12, 31)), (abs.Kind, abs.ValidFrom, abs.ValidUntil));
        Assert.False(abs.Documentation.Restricted);
        Assert.StartsWith("The data set can be used free of charge", abs.Documentation.Licence, StringComparison.Ordinal);
        var output = Assert.Single(abs.Exchanges);
        Assert.Equal((true, false, 1.0, "0d7a3ad1-6556-11dd-ad8b-0800200c9a66"), (output.Reference, output.Input, output.Amount, output.FlowId));

        // The flow is not in the file: its name is, its unit is not.
        Assert.Equal(("carcass meal", ""), (process.Flows.Single().Name, process.Flows.Single().Unit));
        var absent = Assert.Single(process.Notes, n => n.Code == "lca_reference_absent");
        Assert.Equal(134, absent.Row);
        Assert.Single(process.Notes, n => n.Code == "lca_unit_unknown");

        // Mass is a property of the network's own, so its unit is known without it; that it is not here is still said.
        var flow = Sample("flow").Flows.Single();
        Assert.Equal(("glycidol", FlowKind.Elementary, "556-52-5", "C3H6O2", "kg", "Emissions to air"), (flow.Name, flow.Kind, flow.Cas, flow.Formula, flow.Unit, flow.Compartment));
        Assert.Equal("Emissions to lower stratosphere and upper troposphere", flow.Subcompartment);

        Assert.Equal(new FlowPropertyDataset("93a60a56-a3c8-11da-a746-0800200b9a66", "Mass", "93a60a57-a4c8-11da-a746-0800200c9a66"), Sample("flowproperty").FlowProperties.Single());
        var group = Sample("unit").UnitGroups.Single();
        Assert.Equal(("Units of mass", "kg"), (group.Name, group.ReferenceUnit));
        Assert.Equal(0.45, group.Units.Single(u => u.Name == "lb av").Factor);
        Assert.Equal(45.359237, group.Units.Single(u => u.Name == "cwt").Factor);
        Assert.Empty(Sample("source").Notes);
        Assert.Empty(Sample("contact").Notes);
    }

    [Fact]
    public void An_archive_links_flow_property_and_unit()
    {
        var package = Read().Value;
        Assert.Equal("ilcd", package.Format);
        Assert.Empty(package.Notes);
        var process = Assert.Single(package.Processes);
        Assert.Equal(["t", "t", "t"], process.Exchanges.Select(e => e.Unit));
        Assert.Equal("钢铁厂", process.Name);
        Assert.Equal("某钢铁公司", process.Documentation.Owner);
        Assert.True(process.Documentation.Restricted);

        var (steel, scrap, carbon) = (process.Exchanges[0], process.Exchanges[1], process.Exchanges[2]);
        Assert.Equal((0, true, false, 1.0), (steel.Number, steel.Reference, steel.Input, steel.Amount));
        Assert.Equal((true, 0.5, "0.25 * load"), (scrap.Input, scrap.Amount, scrap.Formula));
        Assert.Equal(new ParameterDataset("load", 2, null, new Distribution(DistributionKind.Normal, 2, 0.1), "factor"), process.Parameters[0]);
        Assert.Equal("load * 3", process.Parameters[1].Formula);
        Assert.Equal((DistributionKind.Lognormal, 1900.0), (carbon.Uncertainty.Kind, carbon.Uncertainty.First));
        Assert.Equal(Math.Log(1.21) / 2, carbon.Uncertainty.Second, 12);
        Assert.Equal([new AllocationShare(AllocationRule.Causal, Steel, 2, 1)], process.Allocation);

        var indicator = Assert.Single(Assert.Single(package.Methods).Indicators);
        Assert.Equal(("IPCC", "Climate change", "t"), (package.Methods[0].Name, indicator.Name, indicator.Unit));
        Assert.Equal((1.0, "t", "CN"), (indicator.Factors[0].Value, indicator.Factors[0].Unit, indicator.Factors[0].Location));
        Assert.Equal(Carbon, indicator.Factors[0].Flow.Id);
    }

    [Fact]
    public void The_same_archive_as_tidas_json_reads_the_same()
    {
        var xml = Read().Value;
        var json = Read([.. Files().Select(f => (f.Name.Replace(".xml", ".json", StringComparison.Ordinal), Tidas.From(f.Text)))]).Value;
        Assert.Equal(xml.Processes[0].Exchanges, json.Processes[0].Exchanges);
        Assert.Equal(xml.Processes[0].Parameters, json.Processes[0].Parameters);
        Assert.Equal(xml.Flows.Select(f => (f.Id, f.Name, f.Unit)), json.Flows.Select(f => (f.Id, f.Name, f.Unit)));
        Assert.Equal(xml.Processes[0].Name, json.Processes[0].Name);
        Assert.Equal(xml.Methods[0].Indicators[0].Factors.Count, json.Methods[0].Indicators[0].Factors.Count);
    }

    [Fact]
    public void What_is_missing_or_goes_in_circles_is_noted_with_its_line()
    {
        // The property refers to itself as its unit group.
        var circle = Read([.. Files().Where(f => f.Name != "unitgroups/u.xml").Select(f => (f.Name, f.Text.Replace(Units, Mass, StringComparison.Ordinal)))]).Value;
        var absent = Assert.Single(circle.Notes, n => n.Code == "lca_reference_absent" && n.Column == "referenceToReferenceUnitGroup");
        Assert.Equal(("flowproperties/p.xml", 4, Mass), (absent.Args[0], absent.Row, absent.Found));
        Assert.Contains(circle.Notes, n => n.Code == "lca_unit_unknown");

        var noFlow = Read([.. Files().Where(f => f.Name != "flows/c.xml").Select(f => (f.Name, f.Text))]).Value;
        Assert.Equal(2, noFlow.Flows.Count);
        Assert.Contains(noFlow.Notes, n => n is { Code: "lca_reference_absent", Column: "referenceToFlowDataSet", Found: Carbon });
    }

    [Fact]
    public void The_newest_of_several_versions_is_read()
    {
        var files = Files().ToList();
        var older = files.Single(f => f.Name == "flows/s.xml").Text.Replace("01.00.000", "00.99.000", StringComparison.Ordinal).Replace("钢", "旧", StringComparison.Ordinal);
        foreach (var order in new[] { files.Append(("flows/s0.xml", older)), files.Prepend(("flows/s0.xml", older)) })
        {
            var package = Read([.. order]).Value;
            Assert.Equal("钢", package.Flows.Single(f => f.Id == Steel).Name);
            Assert.Equal(Steel, Assert.Single(package.Notes, n => n.Code == "lca_version_older").Found);
        }
    }

    [Fact]
    public void Amounts_of_a_flow_that_is_more_than_its_unit_are_given_in_the_unit()
    {
        var package = Read([.. Files().Select(f => (f.Name, f.Name == "flows/s.xml" ? f.Text.Replace("<meanValue>1</meanValue>", "<meanValue>5</meanValue>", StringComparison.Ordinal) : f.Text))]).Value;
        Assert.Equal([5, 2.5, 1900], package.Processes[0].Exchanges.Select(e => e.Amount));
        Assert.Equal("0.25 * load * 5", package.Processes[0].Exchanges[1].Formula);
        Assert.Equal(("5", "钢"), package.Notes.Where(n => n.Code == "lca_reference_amount").Select(n => (n.Found!, n.Args[1])).Single());
    }

    [Theory]
    [InlineData("<meanValue>1000</meanValue>", "<meanValue>1.000,0</meanValue>", "lca_number_comma", "unitgroups/u.xml", "meanValue")]
    [InlineData("<meanValue>1000</meanValue>", "<meanValue>0</meanValue>", "lca_unit_missing", "unitgroups/u.xml", "meanValue")]
    [InlineData("<referenceToReferenceUnit>1</referenceToReferenceUnit>", "", "lca_unit_missing", "unitgroups/u.xml", "referenceToReferenceUnit")]
    [InlineData("<meanAmount>1900</meanAmount>", "<meanAmount>INF</meanAmount>", "lca_number_not_finite", "processes/m.xml: 钢铁厂", "meanAmount")]
    [InlineData("<meanAmount>1900</meanAmount>", "", "lca_number_missing", "processes/m.xml: 钢铁厂", "meanAmount")]
    [InlineData("<exchangeDirection>Output</exchangeDirection><meanAmount>1900", "<meanAmount>1900", "lca_direction_missing", "processes/m.xml: 钢铁厂", "exchangeDirection")]
    public void A_fault_names_dataset_and_field(string sound, string broken, string code, string dataset, string field)
    {
        var problems = Read([.. Files().Select(f => (f.Name, f.Text.Replace(sound, broken, StringComparison.Ordinal)))]).Problems;
        var problem = Assert.Single(problems);
        Assert.Equal((code, dataset, field), (problem.Code, problem.Args[0], problem.Column));
        Assert.NotNull(problem.Row);
    }

    internal static IEnumerable<(string Name, string Text)> Files()
    {
        const string Common = "xmlns:common=\"http://lca.jrc.it/ILCD/Common\"";
        const string Version = "<administrativeInformation><publicationAndOwnership><common:dataSetVersion>01.00.000</common:dataSetVersion></publicationAndOwnership></administrativeInformation>";
        yield return ("processes/m.xml", $"""
            <processDataSet xmlns="http://lca.jrc.it/ILCD/Process" {Common}><processInformation><dataSetInformation><common:UUID>{Mill}</common:UUID><name><baseName xml:lang="de">Stahlwerk</baseName><baseName xml:lang="zh">钢铁厂</baseName></name></dataSetInformation>
            <quantitativeReference type="Reference flow(s)"><referenceToReferenceFlow>0</referenceToReferenceFlow></quantitativeReference><geography><locationOfOperationSupplyOrProduction location="CN"/></geography>
            <mathematicalRelations><variableParameter name="load"><meanValue>2</meanValue><uncertaintyDistributionType>normal</uncertaintyDistributionType><relativeStandardDeviation95In>0.2</relativeStandardDeviation95In><comment>factor</comment></variableParameter>
            <variableParameter name="double"><formula>load * 3</formula><meanValue>6</meanValue></variableParameter></mathematicalRelations></processInformation>
            <modellingAndValidation><LCIMethodAndAllocation><typeOfDataSet>Unit process, single operation</typeOfDataSet></LCIMethodAndAllocation></modellingAndValidation>
            <administrativeInformation><publicationAndOwnership><common:dataSetVersion>01.00.000</common:dataSetVersion><common:referenceToOwnershipOfDataSet refObjectId="x"><common:shortDescription xml:lang="zh">某钢铁公司</common:shortDescription></common:referenceToOwnershipOfDataSet><common:licenseType>License fee</common:licenseType></publicationAndOwnership></administrativeInformation>
            <exchanges>
            <exchange dataSetInternalID="0"><referenceToFlowDataSet refObjectId="{Steel}"/><exchangeDirection>Output</exchangeDirection><meanAmount>1</meanAmount></exchange>
            <exchange dataSetInternalID="1"><referenceToFlowDataSet refObjectId="{Steel}"/><exchangeDirection>Input</exchangeDirection><referenceToVariable>load</referenceToVariable><meanAmount>0.25</meanAmount><resultingAmount>0.5</resultingAmount></exchange>
            <exchange dataSetInternalID="2"><referenceToFlowDataSet refObjectId="{Carbon}"><common:shortDescription>CO2</common:shortDescription></referenceToFlowDataSet><exchangeDirection>Output</exchangeDirection><meanAmount>1900</meanAmount><uncertaintyDistributionType>log-normal</uncertaintyDistributionType><relativeStandardDeviation95In>1.21</relativeStandardDeviation95In><allocations><allocation internalReferenceToCoProduct="0" allocatedFraction="100"/></allocations></exchange>
            </exchanges></processDataSet>
            """);
        yield return ("lciamethods/i.xml", $"""
            <LCIAMethodDataSet xmlns="http://lca.jrc.it/ILCD/LCIAMethod" {Common}><LCIAMethodInformation><dataSetInformation><common:UUID>{Gwp}</common:UUID><common:name xml:lang="en">Climate change</common:name><methodology>IPCC</methodology></dataSetInformation>
            <quantitativeReference><referenceQuantity refObjectId="{Mass}"/></quantitativeReference></LCIAMethodInformation>
            <characterisationFactors><factor><referenceToFlowDataSet refObjectId="{Carbon}"/><location>CN</location><exchangeDirection>Output</exchangeDirection><meanValue>1</meanValue></factor></characterisationFactors>{Version}</LCIAMethodDataSet>
            """);
        yield return ("flows/s.xml", Flow(Steel, "钢", "zh", "Product flow", "<common:classification><common:class level=\"0\">金属</common:class></common:classification>"));
        yield return ("flows/c.xml", Flow(Carbon, "carbon dioxide", "en", "Elementary flow", "<common:elementaryFlowCategorization><common:category level=\"0\">Emissions</common:category><common:category level=\"1\">Emissions to air</common:category></common:elementaryFlowCategorization>"));
        yield return ("flowproperties/p.xml", $"""
            <flowPropertyDataSet xmlns="http://lca.jrc.it/ILCD/FlowProperty" {Common}><flowPropertiesInformation>
            <dataSetInformation><common:UUID>{Mass}</common:UUID><common:name xml:lang="en">Mass</common:name></dataSetInformation>
            <quantitativeReference>
            <referenceToReferenceUnitGroup refObjectId="{Units}"/></quantitativeReference></flowPropertiesInformation>{Version}</flowPropertyDataSet>
            """);
        yield return ("unitgroups/u.xml", $"""
            <unitGroupDataSet xmlns="http://lca.jrc.it/ILCD/UnitGroup" {Common}><unitGroupInformation><dataSetInformation><common:UUID>{Units}</common:UUID><common:name xml:lang="en">Mass</common:name></dataSetInformation><quantitativeReference><referenceToReferenceUnit>1</referenceToReferenceUnit></quantitativeReference></unitGroupInformation>
            <units><unit dataSetInternalID="0"><name>kt</name><meanValue>1000</meanValue></unit><unit dataSetInternalID="1"><name>t</name><meanValue>1</meanValue></unit></units>{Version}</unitGroupDataSet>
            """);

        static string Flow(string id, string name, string lang, string type, string classes) => $"""
            <flowDataSet xmlns="http://lca.jrc.it/ILCD/Flow" {Common}><flowInformation><dataSetInformation><common:UUID>{id}</common:UUID><name><baseName xml:lang="{lang}">{name}</baseName></name><classificationInformation>{classes}</classificationInformation></dataSetInformation>
            <quantitativeReference><referenceToReferenceFlowProperty>0</referenceToReferenceFlowProperty></quantitativeReference></flowInformation><modellingAndValidation><LCIMethod><typeOfDataSet>{type}</typeOfDataSet></LCIMethod></modellingAndValidation>{Version}
            <flowProperties><flowProperty dataSetInternalID="0"><referenceToFlowPropertyDataSet refObjectId="{Mass}"/><meanValue>1</meanValue></flowProperty></flowProperties></flowDataSet>
            """;
    }

    private static Outcome<DatasetPackage> Read() => Read([.. Files()]);

    private static Outcome<DatasetPackage> Read(IReadOnlyList<(string Name, string Text)> files) =>
        DatasetReader.Read(Archives.Zip([.. files.Select(f => (f.Name, Encoding.UTF8.GetBytes(f.Text)))]), "t.zip");

    private static DatasetPackage Sample(string name)
    {
        using var stream = File.OpenRead(OpenData.Require($"lca-openlca-samples/io__ilcd__{name}.xml"));
        return DatasetReader.Read(stream, $"{name}.xml").Value;
    }
}
