using Tanlu.Exchange;
using Tanlu.Products;
using static Tanlu.Modules.Tests.Products.HandMade;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Who provides what, by which rule, in which unit, and what is listed.</summary>
public sealed class LinkingTests
{
    private static readonly FlowDataset[] Flows = [Product("steel"), Product("power", "kWh"), Product("car", "Item(s)"), Waste("slag"), Emission("co2"), Product("freight", "t*km")];

    private static readonly ProcessDataset Car = Process("car", Ref("car", 1, "Item(s)"), In("steel", 900), Out("co2", 5));

    [Fact]
    public void A_named_provider_comes_before_every_other_rule()
    {
        var named = Car with { Location = "DE", Exchanges = [Car.Exchanges[0], Car.Exchanges[1] with { ProviderId = "steel-cn" }] };
        var system = Link(Package(Flows, named, Steel("steel-de", "DE"), Steel("steel-cn", "CN")));
        Assert.Equal((-900.0, 0.0), (A(system, "steel-cn", "car"), A(system, "steel-de", "car")));
        Assert.Empty(system.Report.Ambiguous);
        Assert.Equal(1, system.Report.LinkedBy[(int)ChosenBy.Named]);
    }

    [Fact]
    public void The_system_s_own_links_and_parameters_come_first_of_all()
    {
        var named = Car with { Exchanges = [Car.Exchanges[0], Car.Exchanges[1] with { ProviderId = "steel-cn", Formula = "m" }], Parameters = [new ParameterDataset("m", 900)] };
        var other = new SystemDataset
        {
            Id = "s", Name = "s", ReferenceProcessId = "car", ReferenceFlowId = "car",
            Links = [new ProviderLink("car", 2, "steel", "steel-de")], Parameters = [new ParameterValue("car", "m", 800)],
        };
        var system = Link(Package(Flows, named, Steel("steel-de", "DE"), Steel("steel-cn", "CN")), new LinkRules { System = other });
        Assert.Equal((0.0, -800.0), (A(system, "steel-cn", "car"), A(system, "steel-de", "car")));
    }

    [Fact]
    public void A_missing_provider_is_noted_and_the_other_rules_decide()
    {
        var named = Car with { Exchanges = [Car.Exchanges[0], Car.Exchanges[1] with { ProviderId = "gone" }] };
        var system = Link(Package(Flows, named, Steel("steel-de", "DE")));
        Assert.Equal(-900, A(system, "steel-de", "car"));
        Assert.Equal(("provider_missing", "gone"), (system.Report.Notes.Single().Code, system.Report.Notes.Single().Found));
    }

    [Fact]
    public void Place_then_market_then_order_decide_among_several_and_each_choice_is_listed()
    {
        var steels = new[] { Steel("steel-cn", "CN"), Steel("steel-de", "DE"), Steel("market for steel", "GLO") };
        Assert.Equal(("steel-de", ChosenBy.Location), Chosen(new LinkRules(), Car with { Location = "DE" }, steels));
        Assert.Equal(("market for steel", ChosenBy.WiderLocation), Chosen(new LinkRules(), Car with { Location = "FR" }, steels));
        Assert.Equal(("steel-cn", ChosenBy.WiderLocation), Chosen(new LinkRules(), Car with { Location = "CN-GD" }, steels));
        Assert.Equal(("market for steel", ChosenBy.Market), Chosen(new LinkRules { SameLocation = false }, Car with { Location = "DE" }, steels));
        Assert.Equal(("steel-cn", ChosenBy.FirstInFile), Chosen(new LinkRules { Markets = false }, Car with { Location = "FR" }, [steels[0], steels[1]]));
        Assert.Equal(("steel-cn", ChosenBy.FirstInFile), Chosen(new LinkRules { Markets = false, SameLocation = false }, Car with { Location = "DE" }, steels));
        Assert.Null(Chosen(new LinkRules { Markets = false, Otherwise = ProviderChoice.LeaveOpen }, Car, steels).Id);
        Assert.Equal("provider_ambiguous", Refusal(Package(Flows, [Car, .. steels]), new LinkRules { Markets = false, Otherwise = ProviderChoice.Refuse }));
    }

    [Fact]
    public void A_market_is_made_of_producers_and_never_of_itself()
    {
        var market = Process("market for steel", Ref("steel", 1), In("steel", 1)) with { Location = "DE" };
        ProcessDataset[] processes = [market, Steel("market group for steel", "GLO"), Steel("steel-cn", "CN")];
        Assert.Equal(-1, A(Link(Package(Flows, processes)), "steel-cn", "market for steel"));
        Assert.Equal(-1, A(Link(Package(Flows, [.. processes, Steel("steel-de", "DE")])), "steel-de", "market for steel"));
        Assert.Equal(0, A(Link(Package(Flows, processes), new LinkRules { OwnProduct = true, Markets = false }), "market for steel", "market for steel"));
        Assert.Equal(0.8, A(Link(Package(Flows, Process("steel", Ref("steel", 1), In("steel", 0.2)))), "steel", "steel"), 12);
    }

    [Fact]
    public void Declarations_are_listed_and_serve_no_inventory()
    {
        var declaration = Process("epd", Ref("steel", 1)) with { Kind = ProcessKind.Declaration };
        var report = Link(Package(Flows, Car, declaration)).Report;
        Assert.Equal("epd", Assert.Single(report.Declarations));
        Assert.Equal("steel", Assert.Single(report.CutOff).Flow);
    }

    [Fact]
    public void A_declaration_provides_its_modules_to_methods_with_the_same_indicator()
    {
        DeclaredImpact Gwp(string module, double amount) => new("6a37f984-a4b3-458a-a20a-64418c145fa2", "GWP-total", "kg CO2 eq.", module, "", amount);
        var declaration = Process("epd", Ref("steel", 2)) with
        {
            Kind = ProcessKind.Declaration,
            Declared = [Gwp("A1-A3", 5), Gwp("C3", 1), Gwp("D", -2), new DeclaredImpact("other", "something else", "kg", "C4", "", 7)],
        };
        var package = Package(Flows, Car with { Exchanges = [Car.Exchanges[0], Car.Exchanges[1]] }, declaration);
        var method = new MethodDataset { Id = "m", Name = "m", Indicators = [new IndicatorDataset("", "GWP-total", "Climate change", "kg CO2 eq", []), new IndicatorDataset("", "AP", "Acidification", "mol H+ eq", [])] };
        foreach (var (use, perKilogram) in new[] { (DeclarationUse.ProductStage, 2.5), (DeclarationUse.AllModules, 3.0) })
        {
            var system = Link(package, new LinkRules { Declarations = use });
            var impacts = system.Prepare().Value.Inventory(new ProductDemand(0, 1)).Then(i => i.Impacts(MethodMatcher.Match(method, [.. system.Flows.Select(f => f.Flow)]))).Value;
            Assert.Equal(900 * perKilogram, impacts.Values[0], 1e-9);
            Assert.Equal(0, impacts.Values[1]);
            Assert.Empty(system.Report.Open);
            Assert.Equal(use == DeclarationUse.ProductStage ? 1 : 0, system.Report.Notes.Count(n => n.Code == "declaration_incomplete"));
        }
    }

    [Fact]
    public void Units_are_converted_by_table_property_and_group_and_what_cannot_be_is_dropped_with_its_amount()
    {
        FlowDataset gas = new()
        {
            Id = "gas", Name = "gas", Kind = FlowKind.Product, Unit = "kg", PropertyId = "mass",
            Properties = [new FlowPropertyFactor("energy", "energy", "MJ", 50), new FlowPropertyFactor("volume", "volume", "m3", 1.25)],
        };
        var package = Package(
            [.. Flows, gas],
            Process("gas", Ref("gas", 2)),
            Process("power", Ref("power", 3.6, "MJ")),
            Process("freight", Ref("freight", 1, "t*km")),
            Process(
                "car", Ref("car", 1, "Item(s)"), In("gas", 100, "MJ") with { PropertyId = "energy" }, In("gas", 1.25, "m3"), In("power", 2, "kWh"), In("freight", 3, "kg*km"),
                In("freight", 1, "t*mi"), In("gas", 5, "Item(s)"), In("gas", 1, "lot") with { PropertyId = "mass" })) with
        {
            UnitGroups = [new UnitGroupDataset("g", "mass units", "kg", [new UnitDataset("kg", 1), new UnitDataset("lot", 20)])],
            FlowProperties = [new FlowPropertyDataset("mass", "Mass", "g")],
        };
        var system = Link(package);
        Assert.Equal(-2 - 1 - 20, A(system, "gas", "car"), 12);
        Assert.Equal(-7.2, A(system, "power", "car"), 12);
        Assert.Equal(-0.003 - 1.609344, A(system, "freight", "car"), 12);
        var dropped = Assert.Single(system.Report.Dropped);
        Assert.Equal(("gas", 5.0, "Item(s)", 7), (dropped.Flow, dropped.Amount, dropped.Unit, dropped.Exchange));
        Assert.Equal(6, system.Report.Converted.Count);
    }

    [Fact]
    public void Waste_is_treated_the_same_in_both_conventions()
    {
        ProcessDataset[] openLca =
        [
            Process("steel", Ref("steel", 1), Out("slag", 0.3)),
            Process("treatment", In("slag", 2) with { Reference = true }, Out("co2", 4)),
        ];
        ProcessDataset[] ecoSpold =
        [
            Process("steel", Ref("steel", 1), In("slag-service", -0.3)),
            Process("treatment", Ref("slag-service", -2), Out("co2", 4)),
        ];
        foreach (var processes in new[] { openLca, ecoSpold })
        {
            var system = Link(Package([.. Flows, Product("slag-service")], processes));
            Assert.Equal((2.0, -0.3), (A(system, "treatment", "treatment"), A(system, "treatment", "steel")));
            Assert.True(system.Processes[1].Treats);
            Assert.Equal(2, system.Processes[1].Amount);
        }
    }

    [Fact]
    public void Waste_without_treatment_infrastructure_and_unknown_flows_are_listed()
    {
        var plant = Product("plant", "Item(s)") with { Infrastructure = true };
        var package = Package(
            [.. Flows, plant], Process("plant", Ref("plant", 1, "Item(s)")),
            Process("steel", Ref("steel", 1), Out("slag", 0.3), In("plant", 1e-9, "Item(s)"), In("nowhere", 2), In("power", 3, "kWh")));
        var open = Link(package, new LinkRules { Infrastructure = false }).Report.Open;
        Assert.Equal([OpenReason.NoTreatment, OpenReason.Infrastructure, OpenReason.NoFlow, OpenReason.NoProvider], open.Select(o => o.Reason));
        Assert.Equal([0.3, null, 2, null], open.Select(o => o.Kilograms));
        Assert.Equal(-1e-9, A(Link(package), "plant", "steel"));
    }

    [Fact]
    public void An_emission_taken_in_counts_negative_and_a_unit_that_does_not_fit_has_a_row_of_its_own()
    {
        var system = Link(Package(Flows, Process("steel", Ref("steel", 1), Out("co2", 5, "g"), In("co2", 1, "kg"), Out("co2", 2, "m3"))));
        Assert.Equal([0.005 - 1, 2.0], system.B.ValuesOf(0).ToArray());
        Assert.Equal(["kg", "m3"], system.Flows.Select(f => f.Flow.Unit));
        Assert.Equal("flow_unit_apart", system.Report.Notes.Single().Code);
    }

    [Fact]
    public void Ids_that_are_no_uuids_mean_something_in_their_own_package_only()
    {
        const string Uuid = "0f4e5ba1-9c0d-4d0a-8d1f-1f3a5e0c7b11";
        var a = Package([Product("1"), Product(Uuid)], Process("x", Ref("1", 1), In(Uuid, 2)));
        var b = Package([Product("1"), Product(Uuid)], Process("x", Ref("1", 1)), Process("y", Ref(Uuid, 1), In("1", 3)));
        var system = SystemLinker.Link([a, b], new LinkRules()).Value;
        Assert.Equal(3, system.Processes.Count);
        Assert.Equal((-2.0, 0.0, -3.0), (system.A.At(2, 0), system.A.At(0, 2), system.A.At(1, 2)));
    }

    [Fact]
    public void What_cannot_be_counted_is_refused_by_name()
    {
        Assert.Equal("process_reference_zero", Refusal(Package(Flows, Process("steel", Ref("steel", 0)))));
        Assert.Equal("exchange_not_finite", Refusal(Package(Flows, Process("steel", Ref("steel", 1), Out("co2", double.PositiveInfinity)))));
        Assert.Equal("system_empty", Refusal(Package(Flows, Process("steel", Out("co2", 1)))));
        var refusal = SystemLinker.Link([Package(Flows, Process("steel", Ref("steel", 1), Out("co2", double.NaN)))], new LinkRules()).Problems.Single();
        Assert.Equal((2, "steel", "co2"), (refusal.Row, refusal.Args[0], refusal.Args[1]));
    }

    [Fact]
    public void The_hash_sees_every_number_and_rule_and_nothing_else()
    {
        var package = Package(Flows, Car, Steel("steel-de", "DE"));
        var hash = Link(package).Hash;
        Assert.Equal(hash, Link(package with { Name = "other" }).Hash);
        Assert.NotEqual(hash, Link(package, new LinkRules { Markets = false }).Hash);
        Assert.NotEqual(hash, Link(Package(Flows, Car with { Version = "2" }, Steel("steel-de", "DE"))).Hash);
        Assert.NotEqual(hash, Link(Package(Flows, Car with { Exchanges = [Car.Exchanges[0], Car.Exchanges[1] with { Amount = 901 }, Car.Exchanges[2]] }, Steel("steel-de", "DE"))).Hash);
    }

    private static ProcessDataset Steel(string id, string location) => Process(id, Ref("steel", 1), Out("co2", 2)) with { Location = location };

    private static (string? Id, ChosenBy By) Chosen(LinkRules rules, ProcessDataset car, ProcessDataset[] steels)
    {
        var system = Link(Package(Flows, [car, .. steels]), rules);
        var among = Assert.Single(system.Report.Ambiguous);
        Assert.Equal(steels.Length, among.Candidates.Count);
        return (among.Chosen is { } chosen ? system.Processes[chosen].Id : null, among.By);
    }
}
