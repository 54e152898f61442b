using System.IO.Compression;
using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Exchange;

public sealed class OpenLcaReaderTests
{
    private const string Steel = "11111111-1111-4111-8111-111111111111";
    private const string Process = "22222222-2222-4222-8222-222222222222";
    private const string Mass = "33333333-3333-4333-8333-333333333333";
    private const string Group = "44444444-4444-4444-8444-444444444444";
    private const string Carbon = "55555555-5555-4555-8555-555555555555";

    [Theory]
    [InlineData("exchange_sync-all", 2, 2, 1, 0, 0)]
    [InlineData("exchange_sync-process", 2, 1, 0, 0, 0)]
    [InlineData("flow_property_factor_sync-all", 1, 1, 1, 1, 0)]
    [InlineData("flow_property_factor_sync-flow", 1, 0, 0, 0, 0)]
    [InlineData("nw_set_sync-all", 0, 0, 0, 1, 1)]
    [InlineData("nw_set_sync-impact_method", 0, 0, 0, 1, 0)]
    [InlineData("unit_sync-all", 1, 1, 1, 1, 0)]
    [InlineData("unit_sync-unit_group", 0, 0, 0, 0, 0)]
    public void OpenLcas_own_packages_are_read_whole_or_in_part(string name, int flows, int processes, int systems, int methods, int notes)
    {
        var package = Open(OpenData.Bytes($"lca-openlca-samples/jsonld__input__{name}.zip")).Value;
        Assert.Equal("openlca_jsonld", package.Format);
        Assert.Equal((flows, processes, systems, methods), (package.Flows.Count, package.Processes.Count, package.Systems.Count, package.Methods.Count));
        Assert.Equal(notes, package.Notes.Count);
        Assert.All(package.Notes, n => Assert.Equal("lca_jsonld_folder", n.Code));
    }

    [Fact]
    public void A_product_system_keeps_its_links()
    {
        var package = Open(OpenData.Bytes("lca-openlca-samples/jsonld__input__exchange_sync-all.zip")).Value;
        var system = Assert.Single(package.Systems);
        Assert.Equal(("68a86e58-0567-433f-ae8a-af32effe1f4c", "e18da15e-3925-46fb-a028-7075244469cc", 1.0, "test"), (system.ReferenceProcessId, system.ReferenceFlowId, system.Amount, system.Unit));
        Assert.Equal([new ProviderLink("68a86e58-0567-433f-ae8a-af32effe1f4c", 2, "1c253369-d6a6-470d-8442-1f4b65a82015", "644e363a-a8e2-423b-a25c-d109a188d963")], system.Links);
        var process = package.Processes.Single(p => p.Id == system.ReferenceProcessId);
        Assert.Equal((true, false, "test"), (process.Exchanges[0].Reference, process.Exchanges[0].Input, process.Exchanges[0].Unit));
        Assert.Equal((2, true, 1.0), (process.Exchanges[1].Number, process.Exchanges[1].Input, process.Exchanges[1].Amount));
    }

    [Fact]
    public void A_normalisation_set_of_schema_1_finds_its_method()
    {
        var method = Assert.Single(Open(OpenData.Bytes("lca-openlca-samples/jsonld__input__nw_set_sync-impact_method.zip")).Value.Methods);
        Assert.Equal("tests", Assert.Single(method.Indicators).Unit);
        var set = Assert.Single(method.Sets);
        Assert.Equal([new IndicatorWeight("fbbd6c30-4dc0-4f33-aee1-b76060f3b64c", 1, 1)], set.Indicators);
    }

    [Fact]
    public void Both_schemas_give_the_same_process()
    {
        var second = Read(Basics(), ($"processes/{Process}.json", Steelworks("isInput", "isQuantitativeReference", "isAvoidedProduct"))).Value;
        var first = Read(Basics(), ($"processes/{Process}.json", Steelworks("input", "quantitativeReference", "avoidedProduct"))).Value;
        Assert.Equivalent(first.Processes, second.Processes, strict: true);
        var process = second.Processes.Single();
        Assert.Equal(new Distribution(DistributionKind.Lognormal, 2, Math.Log(1.2)), process.Exchanges[1].Uncertainty);
        Assert.Equal("(2;3;1;5;1)", process.Exchanges[1].Pedigree);
        Assert.Equal(("co2 * 2", 2.0), (process.Exchanges[1].Formula, process.Exchanges[1].Amount));
        Assert.Equal([new ParameterDataset("co2", 1.0)], process.Parameters);
        Assert.Equal([new AllocationShare(AllocationRule.Causal, Steel, 2, 0.75)], process.Allocation);
        Assert.Equal(AllocationRule.Economic, process.DefaultAllocation);
    }

    [Fact]
    public void Compartments_come_from_the_category()
    {
        var flow = Read(Basics()).Value.Flows.Single(f => f.Id == Carbon);
        Assert.Equal(("Emission to air", "urban air", "124-38-9"), (flow.Compartment, flow.Subcompartment, flow.Cas));
        Assert.Equal(("emission/air", "troposphere/rural"), OpenLcaCategories.Compartment("Elementary Flows/emission/air/troposphere/rural"));
        Assert.Equal(("Resource", "in ground"), OpenLcaCategories.Compartment("Resource/in ground"));
    }

    [Fact]
    public void Categories_of_schema_1_are_followed_to_their_root_and_never_round_in_circles()
    {
        static string Category(string id, string name, string parent) => $$"""{"@id":"{{id}}","name":"{{name}}","category":{"@id":"{{parent}}"} }""";
        var package = Read(
            ("categories/a.json", Category("a", "Metals", "b")),
            ("categories/b.json", Category("b", "Materials", "")),
            ("categories/c.json", Category("c", "Loop", "d")),
            ("categories/d.json", Category("d", "Back", "c")),
            ("flows/x.json", """{"@id":"x","name":"x","flowType":"PRODUCT_FLOW","category":{"@id":"a"}}"""),
            ("flows/y.json", """{"@id":"y","name":"y","flowType":"PRODUCT_FLOW","category":{"@id":"c"}}""")).Value;
        Assert.Equal("Materials/Metals", package.Flows[0].Category);
        Assert.Contains(package.Notes, n => n.Code == "lca_category_cycle" && n.Args[0] == "Loop");
    }

    [Fact]
    public void What_a_partial_package_lacks_is_noted_once_and_read_from_the_reference()
    {
        var package = Read(($"processes/{Process}.json", Steelworks("isInput", "isQuantitativeReference", "isAvoidedProduct"))).Value;
        Assert.Equal(2, package.Flows.Count);
        Assert.Equal((FlowKind.Elementary, "kg", "Emission to air"), package.Flows.Where(f => f.Id == Carbon).Select(f => (f.Kind, f.Unit, f.Compartment)).Single());
        Assert.Contains(package.Notes, n => n is { Code: "lca_link_missing", Column: "flow", Row: 1, Found: "Steel" } && n.Args[0] == "Steelworks");
        Assert.Equal(package.Notes.Count, package.Notes.Select(n => (n.Column, n.Args[1])).Distinct().Count());
    }

    [Theory]
    [InlineData("\"amount\":2,", "\"amount\":1e999,", "lca_number_not_finite", "amount", 2)]
    [InlineData("\"amount\":2,", "\"amount\":\"NaN\",", "lca_number_not_finite", "amount", 2)]
    [InlineData("\"amount\":2,", "\"amount\":\"many\",", "lca_number_broken", "amount", 2)]
    [InlineData("\"value\":0.75", "\"value\":null", "lca_number_missing", "value", null)]
    [InlineData("\"name\":\"kg\"", "\"name\":\"\"", "lca_unit_missing", "unit", 1)]
    public void A_broken_value_refuses_the_file_and_names_process_exchange_and_field(string old, string broken, string code, string field, int? exchange)
    {
        var json = Steelworks("isInput", "isQuantitativeReference", "isAvoidedProduct").Replace(old, broken, StringComparison.Ordinal).Replace("\"refUnit\":\"kg\"", "\"refUnit\":\"\"", StringComparison.Ordinal);
        var problem = Read(($"processes/{Process}.json", json)).Problems[0];
        Assert.Equal((code, field, exchange), (problem.Code, problem.Column, problem.Row));
        Assert.Equal("Steelworks", problem.Args[0]);
    }

    [Fact]
    public void Broken_json_names_file_and_line()
    {
        var problem = Read(Basics(), ("processes/x.json", "{\n\"name\": \"x\",\n oops")).Problems.Single();
        Assert.Equal(("lca_json_broken", 3, "processes/x.json"), (problem.Code, problem.Row, problem.Args[0]));
    }

    [Fact]
    public void Parameters_that_need_each_other_are_named()
    {
        var package = Read(Basics(), ("processes/x.json", """
            {"@id":"x","name":"x","parameters":[{"name":"a","formula":"2*b","value":1},{"name":"b","formula":"C + 1","value":1},{"name":"c","formula":"sqrt(a)","value":1},{"name":"d","isInputParameter":true,"value":1}]}
            """)).Value;
        var note = package.Notes.Single(n => n.Code == "lca_parameter_cycle");
        Assert.Equal(("a → b → c → a", "x"), (note.Found, note.Args[0]));
    }

    [Fact]
    public void Results_and_declarations_are_read()
    {
        static string Result(string id, double amount) => $$"""
            {"@id":"{{id}}","name":"r","impactResults":[{"indicator":{"@id":"gwp","name":"GWP","refUnit":"kg CO2 eq"},"amount":{{amount}} }],
             "flowResults":[{"flow":{"@id":"{{Steel}}"},"isRefFlow":true,"amount":5,"unit":{"name":"t"} },{"flow":{"@id":"{{Carbon}}"},"amount":7}]}
            """;
        var package = Read(
            Basics(),
            ("results/r1.json", Result("r1", 3)),
            ("results/r2.json", Result("r2", 4)),
            ("epds/e.json", $$"""{"@id":"e","name":"Steel EPD","product":{"flow":{"@id":"{{Steel}}"},"amount":1000,"unit":{"name":"kg"} },"modules":[{"name":"A1-A3","result":{"@id":"r2"},"multiplicator":2}]}""")).Value;
        var result = Assert.Single(package.Results);
        Assert.Equal((Steel, 5.0, "t"), (result.ReferenceFlowId, result.Amount, result.Unit));
        Assert.Equal(new StoredFlow(Carbon, false, 7, "kg"), result.Flows[1]);
        var declaration = package.Processes.Single(p => p.Kind == ProcessKind.Declaration);
        Assert.Equal([new DeclaredImpact("gwp", "GWP", "kg CO2 eq", "A1-A3", "", 8)], declaration.Declared);
        Assert.Equal(1000, declaration.Exchanges.Single().Amount);
    }

    [Fact]
    public void A_single_dataset_is_read_too()
    {
        var json = Steelworks("isInput", "isQuantitativeReference", "isAvoidedProduct");
        Assert.Equal("Steelworks", Open(Encoding.UTF8.GetBytes(json)).Value.Processes.Single().Name);
    }

    internal static (string Path, string Json)[] Basics() =>
    [
        ("openlca.json", """{"schemaVersion":2}"""),
        ($"unit_groups/{Group}.json", $$"""{"@id":"{{Group}}","name":"Units of mass","units":[{"@id":"66666666-6666-4666-8666-666666666666","name":"kg","conversionFactor":1,"isRefUnit":true},{"name":"t","conversionFactor":1000}]}"""),
        ($"flow_properties/{Mass}.json", $$"""{"@id":"{{Mass}}","name":"Mass","unitGroup":{"@id":"{{Group}}"} }"""),
        ($"flows/{Steel}.json", $$"""{"@id":"{{Steel}}","name":"Steel","flowType":"PRODUCT_FLOW","flowProperties":[{"flowProperty":{"@id":"{{Mass}}"},"isRefFlowProperty":true,"conversionFactor":1}]}"""),
        ($"flows/{Carbon}.json", $$"""{"@id":"{{Carbon}}","name":"Carbon dioxide","flowType":"ELEMENTARY_FLOW","cas":"000124-38-9","category":"Elementary flows/Emission to air/urban air","flowProperties":[{"flowProperty":{"@id":"{{Mass}}"},"isRefFlowProperty":true,"conversionFactor":1}]}"""),
    ];

    internal static string Steelworks(string input, string reference, string avoided) => $$"""
        {"@type":"Process","@id":"{{Process}}","name":"Steelworks","processType":"UNIT_PROCESS","defaultAllocationMethod":"ECONOMIC_ALLOCATION","location":"CN",
         "parameters":[{"name":"co2","isInputParameter":true,"value":1}],
         "exchanges":[
          {"internalId":1,"{{reference}}":true,"{{input}}":false,"{{avoided}}":false,"amount":1,"flow":{"@id":"{{Steel}}","name":"Steel","flowType":"PRODUCT_FLOW","refUnit":"kg"},"unit":{"name":"kg"} },
          {"internalId":2,"{{input}}":false,"amount":2,"amountFormula":"co2 * 2","dqEntry":"(2;3;1;5;1)","flow":{"@id":"{{Carbon}}","name":"Carbon dioxide","flowType":"ELEMENTARY_FLOW","refUnit":"kg","category":"Elementary flows/Emission to air/urban air"},
           "unit":{"@id":"66666666-6666-4666-8666-666666666666","name":"kg"},"uncertainty":{"distributionType":"LOGNORMAL_DISTRIBUTION","geomMean":2,"geomSd":1.2} }],
         "allocationFactors":[{"allocationType":"CAUSAL_ALLOCATION","product":{"@id":"{{Steel}}"},"exchange":{"internalId":2},"value":0.75}]}
        """;

    internal static byte[] Zip(params IEnumerable<(string Path, string Json)> parts)
    {
        var to = new MemoryStream();
        using (var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, json) in parts)
            {
                using var stream = zip.CreateEntry(path).Open();
                stream.Write(Encoding.UTF8.GetBytes(json));
            }
        }

        return to.ToArray();
    }

    internal static Outcome<DatasetPackage> Open(byte[] content) => DatasetReader.Read(new MemoryStream(content), "test.zip", cancellation: TestContext.Current.CancellationToken);

    private static Outcome<DatasetPackage> Read(params IEnumerable<(string Path, string Json)> parts) => Open(Zip(parts));

    private static Outcome<DatasetPackage> Read(IEnumerable<(string Path, string Json)> basics, params IEnumerable<(string Path, string Json)> more) => Open(Zip(basics.Concat(more)));
}
