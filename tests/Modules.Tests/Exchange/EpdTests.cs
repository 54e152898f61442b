using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Tanlu.Exchange;

namespace Tanlu.Modules.Tests.Exchange;

/// <summary>Published declarations in ILCD+EPD: the totals that their documents state, modules apart.</summary>
public sealed class EpdTests
{
    private const string Concrete = "0aa8b645-02d9-41b4-8aa3-70335af2a9e7";
    private const string Foam = "0b4c397d-c7a1-4ceb-9718-184334f6364e";
    private const string Aluminium = "0cb92770-9007-48c6-bc03-466af8894419";
    private const string Argeton = "0e0c4e37-b7e6-4a4f-b1c9-d36da0aa16f5";
    private const string Board = "0e80e6e7-6882-47be-8bd8-5cd869a746d9";

    [Theory]
    [InlineData(Foam, "GWP", "A1-A3", 45.59, 2)]
    [InlineData(Aluminium, "GWP-total", "A1-A3", 1.931532, 6)]
    [InlineData(Argeton, "GWP", "A1-A3", 43.4, 2)]
    [InlineData(Concrete, "GWP-total", "A1", 256.723, 3)]
    [InlineData(Concrete, "GWP-total", "A2", 8.486, 3)]
    [InlineData(Concrete, "GWP-total", "A3", 3.385, 3)]
    [InlineData(Board, "GWP", "A1", 11.906613, 6)]
    [InlineData(Board, "GWP", "A2", 0.36490214, 8)]
    [InlineData(Board, "GWP", "A3", 4.0447066, 7)]
    [InlineData(Foam, "GWP", "B1", -1.46, 2)]
    [InlineData(Argeton, "GWP", "D", -3.18, 2)]
    [InlineData(Aluminium, "GWP-total", "D", -0.300629273288693, 12)]
    public void The_declared_totals_are_those_of_the_document(string id, string indicator, string module, double amount, int digits)
    {
        var impact = Assert.Single(Epd(id).Declared, i => i.Indicator.Contains($"({indicator})", StringComparison.Ordinal) && i.Module == module && i.Scenario.Length == 0);
        Assert.Equal(amount, impact.Amount, digits);
    }

    [Theory]
    [InlineData(Concrete, 152, 20 + 18, 2023, 2028, "DK", "m3")]
    [InlineData(Foam, 225, 7 + 18, 2021, null, "RER", "m3")]
    [InlineData(Aluminium, 222, 19 + 18, 2022, null, "DE", "kg")]
    [InlineData(Argeton, 325 - 53, 7 + 18, 2019, 2024, "DE", "qm")]
    [InlineData(Board, 425, 7 + 18, 2020, null, "DE", "qm")]
    public void Every_amount_of_every_module_is_read(string id, int amounts, int indicators, int from, int? until, string location, string unit)
    {
        var epd = Epd(id);
        Assert.Equal(ProcessKind.Declaration, epd.Kind);
        Assert.Equal(amounts, epd.Declared.Count);
        Assert.InRange(epd.Declared.Select(i => i.IndicatorId).Distinct().Count(), indicators - 1, indicators);
        Assert.Equal((from, location), (epd.ValidFrom!.Value.Year, epd.Location));
        Assert.True(until is null || epd.ValidUntil!.Value.Year == until);
        var reference = Assert.Single(epd.Exchanges);
        Assert.Equal((true, false, 1.0, unit), (reference.Reference, reference.Input, reference.Amount, reference.Unit));
        Assert.Equal("Free of charge for all users and uses", epd.Documentation.Licence);
        Assert.False(epd.Documentation.Restricted);
    }

    [Fact]
    public void Scenarios_stay_apart_and_are_explained()
    {
        var epd = Epd(Foam);
        var credits = epd.Declared.Where(i => i.Module == "D" && i.Indicator.Contains("(GWP)", StringComparison.Ordinal)).ToList();
        Assert.Equal(["S1", "S2"], credits.Select(i => i.Scenario));
        Assert.Equal(-2.718, credits[1].Amount);
        Assert.Contains("S2: 100% Recycling", epd.Documentation.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_modules_are_not_declared_and_said()
    {
        var package = Package(Argeton);
        var note = Assert.Single(package.Notes, n => n.Code == "lca_module_undeclared");
        Assert.Contains("A4", note.Found, StringComparison.Ordinal);
        Assert.DoesNotContain(package.Processes[0].Declared, i => i.Indicator.Contains("(PERE)", StringComparison.Ordinal) && i.Module == "A4");
    }

    [Fact]
    public void Texts_are_English_where_there_are_some()
    {
        Assert.StartsWith("Aluminum profile, mill finish", Epd(Aluminium).Name, StringComparison.Ordinal);
        Assert.Equal("Aggressiv 35MPa max 16mm vib-fri Færdig beton", Epd(Concrete).Name);
        Assert.Equal("Skagen Cement Støberi A/S", Epd(Concrete).Documentation.Owner);
        Assert.Contains("EN 15804+A2", Epd(Concrete).Documentation.DataTreatment, StringComparison.Ordinal);
        Assert.Equal("MJ", Epd(Board).Declared.First(i => i.Indicator.Contains("(PERE)", StringComparison.Ordinal)).Unit);
        Assert.Equal("kg CO_(2)-Äq.", Epd(Board).Declared.First(i => i.Indicator.Contains("(GWP)", StringComparison.Ordinal)).Unit);
    }

    [Fact]
    public void Mass_per_declared_unit_is_a_property_of_the_product()
    {
        var flow = Assert.Single(Package(Concrete).Flows);
        var mass = flow.Properties.Single(p => p.Name == "Mass");
        Assert.Equal((2265.0, "kg", "m3"), (mass.Factor, mass.Unit, flow.Unit));
    }

    [Fact]
    public void The_same_declaration_as_xml_reads_the_same()
    {
        foreach (var id in new[] { Concrete, Foam, Aluminium, Argeton, Board })
        {
            var json = Epd(id);
            var xml = DatasetReader.Read(new MemoryStream(EpdXml.From(File.ReadAllBytes(Path(id)))), "epd.xml", cancellation: TestContext.Current.CancellationToken).Value;
            Assert.Equal("ilcd_epd", xml.Format);
            var process = Assert.Single(xml.Processes);
            Assert.Equal(json.Declared, process.Declared);
            Assert.Equal((json.Id, json.Name, json.Kind, json.Location, json.ValidFrom), (process.Id, process.Name, process.Kind, process.Location, process.ValidFrom));
            Assert.Equal(json.Documentation.Licence, process.Documentation.Licence);
        }
    }

    [Theory]
    [InlineData("License fee", true)]
    [InlineData("Free of charge for members only", true)]
    [InlineData("Free of charge for all users and uses", false)]
    public void Licences_that_forbid_passing_on_restrict(string licence, bool restricted)
    {
        var json = File.ReadAllText(Path(Foam)).Replace("Free of charge for all users and uses", licence, StringComparison.Ordinal);
        var epd = DatasetReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), "epd.json", cancellation: TestContext.Current.CancellationToken).Value.Processes[0];
        Assert.Equal((licence, restricted), (epd.Documentation.Licence, epd.Documentation.Restricted));
    }

    [Theory]
    [InlineData("45.59", "45,59", "lca_number_comma")]
    [InlineData("45.59", "Infinity", "lca_number_not_finite")]
    [InlineData("45.59", "1e400", "lca_number_not_finite")]
    [InlineData("45.59", "ND", "lca_number_broken")]
    public void An_amount_that_is_none_refuses_the_file(string sound, string broken, string code)
    {
        var json = File.ReadAllText(Path(Foam)).Replace($"\"{sound}\"", $"\"{broken}\"", StringComparison.Ordinal);
        var problems = DatasetReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), "epd.json", cancellation: TestContext.Current.CancellationToken).Problems;
        var problem = Assert.Single(problems);
        Assert.Equal((code, "A1-A3", broken), (problem.Code, problem.Column, problem.Found));
        Assert.StartsWith("epd.json: Cement-based", problem.Args[0], StringComparison.Ordinal);
    }

    private static string Path(string id) => OpenData.Require($"epd-ilcd/ilcd-{id}.json");

    private static ProcessDataset Epd(string id) => Package(id).Processes.Single();

    private static DatasetPackage Package(string id)
    {
        using var stream = File.OpenRead(Path(id));
        return DatasetReader.Read(stream, $"{id}.json").Value;
    }
}

/// <summary>Writes a registry's JSON as the XML that the same registry would serve, as far as the reader looks at it.</summary>
internal static class EpdXml
{
    private static readonly XNamespace Process = "http://lca.jrc.it/ILCD/Process";
    private static readonly XNamespace Common = "http://lca.jrc.it/ILCD/Common";
    private static readonly XNamespace Epd = "http://www.iai.kit.edu/EPD/2013";

    private static readonly HashSet<string> Attributes = ["refObjectId", "version", "type", "uri", "dataSetInternalID", "level", "classId", "location"];

    public static byte[] From(byte[] json)
    {
        var root = new XElement(Process + "processDataSet", new XAttribute(XNamespace.Xmlns + "common", Common), new XAttribute(XNamespace.Xmlns + "epd", Epd));
        Fill(root, JsonNode.Parse(json)!.AsObject());
        using var stream = new MemoryStream();
        new XDocument(root).Save(stream);
        return stream.ToArray();
    }

    private static void Fill(XElement element, JsonObject values)
    {
        foreach (var (key, value) in values)
        {
            foreach (var one in value is JsonArray many ? many.ToList() : [value])
            {
                Add(element, key == "exchange direction" ? "exchangeDirection" : key, one);
            }
        }
    }

    private static void Add(XElement parent, string name, JsonNode? value)
    {
        switch (value)
        {
            case null:
                break;
            case JsonObject any when name == "anies":
                Extension(parent, any);
                break;
            case JsonObject text when text.ContainsKey("lang") || (text.ContainsKey("value") && text["value"] is JsonValue):
                var element = new XElement(Namespace(name) + name, text["value"]?.ToString() ?? "");
                if (text["lang"] is { } lang)
                {
                    element.Add(new XAttribute(XNamespace.Xml + "lang", lang.ToString()));
                }

                foreach (var (key, other) in text.Where(t => Attributes.Contains(t.Key)))
                {
                    element.Add(new XAttribute(key, other!.ToString()));
                }

                parent.Add(element);
                break;
            case JsonObject child when name is not "otherAttributes":
                var inner = new XElement(Namespace(name) + name);
                Fill(inner, child);
                parent.Add(inner);
                break;
            case JsonValue scalar when Attributes.Contains(name):
                parent.SetAttributeValue(name, scalar.ToString());
                break;
            case JsonValue scalar:
                parent.Add(new XElement(Namespace(name) + name, scalar.ToString()));
                break;
        }
    }

    private static void Extension(XElement parent, JsonObject any)
    {
        if (any["module"] is { } module)
        {
            var amount = new XElement(Epd + "amount", new XAttribute(Epd + "module", module.ToString()), any["value"]?.ToString() ?? "");
            if (any["scenario"] is { } scenario)
            {
                amount.Add(new XAttribute(Epd + "scenario", scenario.ToString()));
            }

            parent.Add(amount);
        }
        else if (any["value"] is JsonObject value)
        {
            var reference = new XElement(Epd + any["name"]!.ToString());
            Fill(reference, value);
            parent.Add(reference);
        }
    }

    private static XNamespace Namespace(string name) => name is "UUID" or "shortDescription" or "other" or "generalComment" or "synonyms" or "classification" or "class" or "dataSetVersion" or "licenseType" or "accessRestrictions" ? Common : Process;
}
