using System.Globalization;
using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Exchange;

public sealed class EcoSpold2Tests
{
    private const string Kg = "<unitName xml:lang=\"en\">kg</unitName>";

    private static DatasetPackage? _uslci;

    [Fact]
    public void Us_lci_is_read_whole()
    {
        var package = UsLci();
        Assert.Equal("ecospold2", package.Format);
        Assert.Equal(771, package.Processes.Count);
        Assert.Equal(637 + 254, package.Processes.Sum(p => p.Exchanges.Count));
        Assert.Equal(276, package.Flows.Count(f => f.Kind != FlowKind.Elementary));
        Assert.Equal(100, package.Flows.Count(f => f.Kind == FlowKind.Elementary));
        Assert.Equal(537, package.Processes.Sum(p => p.Parameters.Count));
        Assert.Equal(202, package.Processes.Sum(p => p.Parameters.Count(x => x.Formula is not null)));
        Assert.Equal(45, package.Processes.Count(p => p.Exchanges.Any(e => e.Reference)));
        Assert.Equal(3, package.Processes.Count(p => p.Kind == ProcessKind.SystemProcess));
        Assert.Equal(130, package.Processes.Count(p => p.Documentation.Licence.Length > 0));

        // The exporter left most processes without a product, and wrote an infinite variance where it divided by nothing.
        Assert.Equal(726, package.Notes.Count(n => n.Code == "lca_reference_missing"));
        Assert.All(package.Notes.Where(n => n.Code == "lca_number_not_finite"), n => Assert.Equal("INF", n.Found));
        Assert.Contains(package.Notes, n => n.Code == "lca_uncertainty_unusable");
    }

    [Fact]
    public void Us_lci_values_stand_as_in_the_file()
    {
        var flooring = UsLci().Processes.Single(p => p.Id == "027d304f-00e4-380e-9bba-4e6bde2d685a");
        Assert.Equal(("Solid strip and plank flooring, hardwood, E", "RNA", "0.2.0.0"), (flooring.Name, flooring.Location, flooring.Version));
        Assert.Equal(new DateOnly(2005, 12, 31), flooring.ValidFrom);
        Assert.Equal("Average technology.", flooring.Documentation.Technology);
        Assert.StartsWith("Eastern USA", flooring.Documentation.Geography, StringComparison.Ordinal);
        var reference = flooring.Exchanges[0];
        Assert.Equal((true, false, 1.0, "m3", "e612ea29-a772-3244-979c-f5bb4eaac256"), (reference.Reference, reference.Input, reference.Amount, reference.Unit, reference.FlowId));
        var lumber = flooring.Exchanges[2];
        Assert.Equal((true, 2.16, "m3"), (lumber.Input, lumber.Amount, lumber.Unit));
        Assert.Equal((false, false, 762.75, "kg"), (flooring.Exchanges[3].Input, flooring.Exchanges[3].Reference, flooring.Exchanges[3].Amount, flooring.Exchanges[3].Unit));

        var cement = UsLci().Processes.SelectMany(p => p.Parameters).First(p => p.Name == "Portland_Cement");
        Assert.Equal(("Concrete*Cement_Fraction", 1042256.2079999999), (cement.Formula, cement.Value));
    }

    [Fact]
    public void The_sample_is_read()
    {
        using var stream = File.OpenRead(OpenData.Require("lca-openlca-samples/io__ecospold2__input__sample_ecospold2.xml"));
        var package = DatasetReader.Read(stream, "sample.xml", cancellation: TestContext.Current.CancellationToken).Value;
        var process = Assert.Single(package.Processes);
        Assert.Equal(("08a78e38-fdbe-4ea8-869f-7735b41ecf85", "Sample", "AX", "0112:Growing of rice", "3.0.0.8"), (process.Id, process.Name, process.Location, process.Category, process.Version));
        Assert.Equal((new DateOnly(2013, 1, 1), new DateOnly(2014, 12, 31)), (process.ValidFrom, process.ValidUntil));
        Assert.True(process.Documentation.Restricted);
        Assert.Equal("Albert Zimmermann (AARHUSU)", process.Documentation.Owner);
        Assert.Equal("included activities start\nincluded activities end\nsample comment 1\nsample commen 2", process.Documentation.Description);
        Assert.Equal(5, process.Exchanges.Count);

        var pentanol = process.Exchanges[0];
        Assert.Equal((true, 33.0, "kg", "23 + SUM(8;2)", "487444bd-76ac-4cbe-8d5f-6e2e43b21275"), (pentanol.Reference, pentanol.Amount, pentanol.Unit, pentanol.Formula, pentanol.ProviderId));
        Assert.Equal("(5;5;5;5;5)", pentanol.Pedigree);
        Assert.Equal((DistributionKind.Lognormal, 33.0, Math.Sqrt(2.21)), (pentanol.Uncertainty.Kind, pentanol.Uncertainty.First, pentanol.Uncertainty.Second));
        var flow = package.Flows.Single(f => f.Id == pentanol.FlowId);
        Assert.Equal(("1-pentanol", "71-41-0", "kg", 6), (flow.Name, flow.Cas, flow.Unit, flow.Properties.Count));
        Assert.Equal(0.681818181818182, flow.Properties.Single(p => p.Name == "carbon content, fossil").Factor);

        // The triangle's mode 25 lies above its maximum 5, and an undefined distribution says nothing: both are noted.
        Assert.Equal(Distribution.Certain, process.Exchanges[1].Uncertainty);
        Assert.Contains(package.Notes, n => n is { Code: "lca_uncertainty_unusable", Found: "triangular" });
        Assert.Equal(new Distribution(DistributionKind.Normal, 22, Math.Sqrt(2)), process.Exchanges[2].Uncertainty);
        Assert.Equal(new Distribution(DistributionKind.Uniform, 1, 5), process.Exchanges[3].Uncertainty);
        Assert.Contains(package.Notes, n => n is { Code: "lca_uncertainty_unread", Found: "undefined" });
        Assert.Contains(package.Notes, n => n.Code == "lca_provider_absent");

        var chloride = package.Flows.Single(f => f.Name == "Chloride");
        Assert.Equal((FlowKind.Elementary, "soil", "industrial", "16887-00-6"), (chloride.Kind, chloride.Compartment, chloride.Subcompartment, chloride.Cas));
        Assert.Equal(["p", "vehicle_life", "allard_mine_area_yearly_growth"], process.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void An_activity_split_by_products_gives_a_process_for_each_and_links_by_product()
    {
        var (heat, power, chp, user) = (Uuid(1), Uuid(2), Uuid(10), Uuid(11));
        var package = Read(
            Activity(chp, "CHP", Product(power, "power", 1, "outputGroup", "0") + Product(heat, "heat", 0, "outputGroup", "2")),
            Activity(chp, "CHP", Product(heat, "heat", 1, "outputGroup", "0") + Product(power, "power", 0, "outputGroup", "2")),
            Activity(user, "mill", Product(Uuid(3), "flour", 1, "outputGroup", "0") + Product(heat, "heat", 2, "inputGroup", "5", chp))).Value;
        Assert.Equal([$"{chp}_{power}", $"{chp}_{heat}", user], package.Processes.Select(p => p.Id));
        Assert.Equal($"{chp}_{heat}", package.Processes[2].Exchanges[1].ProviderId);
        Assert.DoesNotContain(package.Notes, n => n.Code is "lca_provider_absent" or "lca_duplicate_id");
    }

    [Fact]
    public void The_same_dataset_twice_is_noted_and_kept_apart()
    {
        var activity = Activity(Uuid(1), "a", Product(Uuid(2), "p", 1, "outputGroup", "0"));
        var package = Read(activity, activity).Value;
        Assert.Equal(2, package.Processes.Select(p => p.Id).Distinct().Count());
        Assert.Single(package.Notes, n => n.Code == "lca_duplicate_id");
    }

    [Fact]
    public void Negative_waste_is_kept_and_noted()
    {
        var (waste, treatment) = (Uuid(1), Uuid(10));
        var package = Read(
            Activity(treatment, "landfill", Product(waste, "rubble", -1, "outputGroup", "0")),
            Activity(Uuid(11), "building", Product(Uuid(2), "wall", 1, "outputGroup", "0") + Product(waste, "rubble", -5, "inputGroup", "5", treatment))).Value;
        Assert.Equal(FlowKind.Waste, package.Flows.Single(f => f.Id == waste).Kind);
        Assert.Equal(-1, package.Processes[0].Exchanges[0].Amount);
        Assert.Equal((true, -5.0, treatment), (package.Processes[1].Exchanges[1].Input, package.Processes[1].Exchanges[1].Amount, package.Processes[1].Exchanges[1].ProviderId));
        Assert.Equal("1", package.Notes.Single(n => n.Code == "lca_waste_negative").Found);

        // Linked as it stands, a wall has five kilograms treated.
        var system = SystemLinker.Link([package], new LinkRules()).Value;
        var wall = system.Find(Uuid(11))!.Value;
        Assert.Equal(5, system.Prepare().Value.Inventory(new ProductDemand(wall, 1)).Value.Supply[system.Find(treatment)!.Value], 12);
    }

    [Fact]
    public void Prices_impacts_and_variables_are_read()
    {
        var flows = Product(Uuid(2), "power", 2, "outputGroup", "0").Replace("<outputGroup>", "<property propertyId=\"p\" amount=\"0.1\" variableName=\"price_of_power\"><name>price</name><unitName>EUR2005</unitName></property><outputGroup>", StringComparison.Ordinal)
            + $"<impactIndicator impactIndicatorId=\"{Uuid(50)}\" amount=\"0.7\"><impactMethodName>IPCC 2013</impactMethodName><impactCategoryName>climate change</impactCategoryName><name>GWP 100a</name><unitName>kg CO2-Eq</unitName></impactIndicator>"
            + Product(Uuid(3), "coal", 1, "inputGroup", "1").Replace("amount=\"1\"", "amount=\"1\" variableName=\"coal\" mathematicalRelation=\"2 * Ref('x', 'y')\"", StringComparison.Ordinal);
        var package = Read(Activity(Uuid(1), "plant", flows)).Value;
        var process = package.Processes[0];
        Assert.Equal((0.2, "EUR2005"), (process.Exchanges[0].Price!.Value, process.Exchanges[0].Currency));
        Assert.Equal(new DeclaredImpact(Uuid(50), "IPCC 2013/climate change/GWP 100a", "kg CO2-Eq", "", "", 0.7), Assert.Single(process.Declared));
        Assert.Equal([("price_of_power", 0.1), ("coal", 1.0)], process.Parameters.Select(p => (p.Name, p.Value)));

        // What another dataset says cannot be followed: the stored amount stands, and it is said.
        Assert.Null(process.Exchanges[1].Formula);
        Assert.Contains(package.Notes, n => n is { Code: "lca_formula_reference", Column: "mathematicalRelation" });
    }

    [Fact]
    public void Formulas_that_go_in_circles_are_named()
    {
        const string Circle = "\n<parameter variableName=\"a\" mathematicalRelation=\"2*b\" amount=\"1\"/>\n<parameter variableName=\"b\" mathematicalRelation=\"a+1\" amount=\"1\"/>";
        var note = Assert.Single(Read(Activity(Uuid(1), "plant", Product(Uuid(2), "p", 1, "outputGroup", "0") + Circle)).Value.Notes, n => n.Code == "lca_parameter_cycle");
        Assert.Equal(("1.spold: plant", 3, "a → b → a"), (note.Args[0], note.Row, note.Found));
    }

    [Fact]
    public void English_is_preferred_and_Chinese_kept_where_there_is_none()
    {
        var activity = Activity(Uuid(1), "x", Product(Uuid(2), "p", 1, "outputGroup", "0"))
            .Replace("<activityName xml:lang=\"en\">x</activityName>", "<activityName xml:lang=\"de\">Stahl</activityName><activityName xml:lang=\"zh\">钢</activityName>", StringComparison.Ordinal);
        Assert.Equal("钢", Read(activity).Value.Processes[0].Name);
    }

    [Theory]
    [InlineData("amount=\"1\"", "amount=\"1,0\"", "lca_number_comma", "amount")]
    [InlineData("<unitName xml:lang=\"en\">kg</unitName>", "", "lca_unit_missing", "unitName")]
    [InlineData("intermediateExchangeId", "other", "lca_id_missing", "intermediateExchangeId")]
    [InlineData("<outputGroup>0</outputGroup>", "<outputGroup>9</outputGroup>", "lca_group_unknown", "outputGroup")]
    public void A_fault_names_dataset_line_and_field(string sound, string broken, string code, string field)
    {
        var text = Activity(Uuid(1), "steel", "\n" + Product(Uuid(2), "steel", 1, "outputGroup", "0")).Replace(sound, broken, StringComparison.Ordinal);
        var problem = Assert.Single(Read(text).Problems);
        Assert.Equal((code, 3, field), (problem.Code, problem.Row, problem.Column));
        Assert.Equal("1.spold: steel", problem.Args[0]);
    }

    private static string Uuid(int i) => $"00000000-0000-4000-8000-{i.ToString("x12", CultureInfo.InvariantCulture)}";

    private static string Product(string id, string name, double amount, string direction, string group, string? provider = null) =>
        $"<intermediateExchange id=\"{Uuid(99)}\" unitId=\"u\" amount=\"{amount}\" intermediateExchangeId=\"{id}\"{(provider is null ? "" : $" activityLinkId=\"{provider}\"")}><name xml:lang=\"en\">{name}</name>{Kg}<{direction}>{group}</{direction}></intermediateExchange>";

    private static string Activity(string id, string name, string flows) => $"""
        <?xml version="1.0" encoding="utf-8"?><ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold02"><activityDataset>
        <activityDescription><activity id="{id}" type="1"><activityName xml:lang="en">{name}</activityName></activity><geography><shortname xml:lang="en">CN</shortname></geography></activityDescription><flowData>{flows}</flowData></activityDataset></ecoSpold>
        """;

    private static Outcome<DatasetPackage> Read(params string[] files) =>
        DatasetReader.Read(Archives.Zip([.. files.Select((text, at) => ($"{at + 1}.spold", Encoding.UTF8.GetBytes(text)))]), "t.zip");

    private static DatasetPackage UsLci()
    {
        if (_uslci is null)
        {
            using var stream = File.OpenRead(OpenData.Lca("uslci/uslci_fy18_q3_ecospold2.zip"));
            _uslci = DatasetReader.Read(stream, "uslci.zip").Value;
        }

        return _uslci;
    }
}
