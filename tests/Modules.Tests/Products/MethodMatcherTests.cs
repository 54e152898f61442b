using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

public sealed class MethodMatcherTests
{
    private const string Fossil = "349b29d1-3e58-4c66-98b9-9d1a076efd2e";
    private const string Methane = "0795345f-c7ae-410c-ad25-1845784c75f5";

    [Fact]
    public void An_id_that_is_a_uuid_comes_before_the_name()
    {
        var matched = MethodMatcher.Match(
            Method(Factor(Flow(Fossil, "Renamed", "air"), 1), Factor(Flow("x", "Carbon dioxide, fossil", "air"), 7)),
            [Flow(Fossil, "Carbon dioxide, fossil", "air")]);

        Assert.Equal(1, matched.C.At(0, 0));
        Assert.Equal(FlowMatch.Id, matched.Coverage.Findings[0].Step);
    }

    [Fact]
    public void An_id_that_is_no_uuid_means_nothing_outside_its_package()
    {
        var method = Method(Factor(Flow("7", "Carbon dioxide, fossil", "air"), 1));
        var flows = new[] { Flow("7", "Ammonia", "air") };

        Assert.Equal(FlowMatch.None, MethodMatcher.Match(method, flows).Coverage.Findings[0].Step);
        Assert.Equal(FlowMatch.Id, MethodMatcher.Match(method, flows, samePackage: true).Coverage.Findings[0].Step);
    }

    [Fact]
    public void A_flow_known_by_id_takes_no_factor_from_its_namesake()
    {
        var method = new MethodDataset
        {
            Id = "m",
            Name = "m",
            Indicators =
            [
                new IndicatorDataset("i", "", "i", "kg", [Factor(Flow(Fossil, "Ammonia", "air"), 1)]),
                new IndicatorDataset("j", "", "j", "kg", [Factor(Flow("other", "Ammonia", "air"), 5)]),
            ],
        };

        var matched = MethodMatcher.Match(method, [Flow(Fossil, "Ammonia", "air")]);

        Assert.True(matched.Coverage.Has(0, 0));
        Assert.False(matched.Coverage.Has(1, 0));
    }

    [Theory]
    [InlineData("Emission to air", "low population density")]
    [InlineData("air", "non-urban air or from high stacks")]
    [InlineData("Emissions to air", "Emissions to non-urban air or from high stacks")]
    [InlineData("Airborne emissions", "low. pop.")]
    public void The_spellings_of_a_place_are_one(string compartment, string sub)
    {
        var method = Method(Factor(Flow("a", "Ammonia", "air"), 1), Factor(Flow("b", "Ammonia", "air", "non-urban air or from high stacks"), 2));

        Assert.Equal(2, MethodMatcher.Match(method, [Flow("q", "ammonia", compartment, sub)]).C.At(0, 0));
        Assert.Equal(1, MethodMatcher.Match(method, [Flow("q", "ammonia", compartment, "lower stratosphere + upper troposphere")]).C.At(0, 0));
        Assert.Equal(FlowMatch.None, MethodMatcher.Match(method, [Flow("q", "ammonia", "water")]).Coverage.Findings[0].Step);
    }

    [Fact]
    public void Long_term_falls_back_by_way_of_the_wider_sub_compartment()
    {
        var method = Method(Factor(Flow("a", "Zinc", "water"), 1), Factor(Flow("b", "Zinc", "water", "ground-"), 2));

        Assert.Equal(2, MethodMatcher.Match(method, [Flow("q", "Zinc", "water", "ground-, long-term")]).C.At(0, 0));
    }

    [Fact]
    public void A_flow_without_sub_compartment_takes_what_all_of_them_agree_on()
    {
        var agree = Method(Factor(Flow("a", "Zinc", "soil", "agricultural"), 3), Factor(Flow("b", "Zinc", "soil", "forestry"), 3));
        var differ = Method(Factor(Flow("a", "Zinc", "soil", "agricultural"), 3), Factor(Flow("b", "Zinc", "soil", "forestry"), 4));

        Assert.Equal(3, MethodMatcher.Match(agree, [Flow("q", "Zinc", "soil")]).C.At(0, 0));
        Assert.Equal(FlowGap.Ambiguous, MethodMatcher.Match(differ, [Flow("q", "Zinc", "soil")]).Coverage.Findings[0].Gap);
    }

    [Fact]
    public void One_cas_number_does_not_make_biogenic_carbon_fossil()
    {
        var method = Method(Factor(Flow("a", "Carbon dioxide, fossil", "air", cas: "000124-38-9"), 1), Factor(Flow("b", "Carbon dioxide, from soil or biomass stock", "air", cas: "124-38-9"), 2));
        var matched = MethodMatcher.Match(
            method,
            [
                Flow("q", "Kohlendioxid", "air", cas: "124-38-9"),
                Flow("r", "Carbon dioxide, biogenic", "air", cas: "124-38-9"),
                Flow("s", "Carbon dioxide, land transformation", "air", cas: "124-38-9"),
            ]);

        Assert.Equal([FlowMatch.Cas, FlowMatch.None, FlowMatch.Cas], matched.Coverage.Findings.Select(f => f.Step));
        Assert.Equal([1.0, 0, 2], Enumerable.Range(0, 3).Select(j => matched.C.At(0, j)));
    }

    [Fact]
    public void Water_is_told_apart_by_name_only()
    {
        var method = Method(Factor(Flow("a", "Water, river", "resource", "in water", "7732-18-5", "m3"), 42, "m3"));

        Assert.Equal(FlowMatch.None, MethodMatcher.Match(method, [Flow("q", "Water, turbine use", "resource", "in water", "7732-18-5", "m3")]).Coverage.Findings[0].Step);
        Assert.Equal(FlowMatch.Name, MethodMatcher.Match(method, [Flow("q", "water (river)", "Raw", "in water", "7732-18-5", "m3")]).Coverage.Findings[0].Step);
    }

    [Fact]
    public void Units_are_converted_and_where_nothing_leads_the_flow_says_so()
    {
        var method = Method(Factor(Flow("a", "Radon-222", "air", unit: "kBq"), 2, "kBq"), Factor(Flow("b", "Gas, natural", "resource", "in ground", unit: "MJ"), 1, "MJ"));
        var gas = Flow("q", "Gas, natural", "resource", "in ground", unit: "m3");
        var matched = MethodMatcher.Match(
            method, [Flow("p", "Radon-222", "air", unit: "Bq"), gas, gas with { Properties = [new FlowPropertyFactor(null, "Net calorific value", "MJ", 36)] }]);

        Assert.Equal(0.002, matched.C.At(0, 0), 15);
        Assert.Equal(FlowGap.UnitDiffers, matched.Coverage.Findings[1].Gap);
        Assert.Equal(36, matched.C.At(0, 2));
    }

    [Fact]
    public void A_mapping_leads_to_the_flow_in_both_directions_and_coverage_shows_what_it_gained()
    {
        var method = Method(Factor(Flow(Methane, "Methane, fossil", "air"), 29.8));
        var mapping = new FlowMappingSet("m", "1", [new FlowMapping("own", "gas-7", "Grubengas", "air", "g", "ecoinvent", Methane, "Methane, fossil", "air", "kg", 0.001)]);
        var flows = new[] { Flow("gas-7", "Grubengas", "air", unit: "kg"), Flow("p", "Dust", "air") };
        var matched = MethodMatcher.Match(method, flows, mapping);

        // 1 kg is 1000 g of the source, which are 1 kg of the target.
        Assert.Equal(29.8, matched.C.At(0, 0), 12);
        var coverage = matched.Coverage.Of([2, 6]);
        Assert.Equal((2, 1, 0), (coverage.Flows, coverage.Characterised, coverage.BeforeMapping));
        Assert.Equal(new QuantityCoverage("mass", "kg", 8, 2, 0), Assert.Single(coverage.Quantities));
        Assert.Equal((1, 0), (coverage.Indicators[0].Flows, coverage.Indicators[0].BeforeMapping));
        var missing = Assert.Single(coverage.Largest);
        Assert.Equal(("Dust", 6.0, 0.75), (missing.Name, missing.Amount, missing.Share));

        var backwards = MethodMatcher.Match(Method(Factor(Flow("x", "Grubengas", "air", unit: "g"), 0.0298, "g")), [Flow(Methane, "Methane, fossil", "air")], mapping);
        Assert.Equal(29.8, backwards.C.At(0, 0), 12);
    }

    [Fact]
    public void A_place_takes_its_own_factor_its_countrys_or_the_one_for_everywhere()
    {
        var water = Flow("a", "Water", "resource", unit: "m3");
        var method = Method(Factor(water, 43, "m3"), Factor(water, 69, "m3", "CN"), Factor(water, 5, "m3", "DE"));
        var flow = Flow("q", "Water", "resource", unit: "m3");
        var matched = MethodMatcher.Match(
            method, [flow, flow with { Location = "CN-GD" }, flow with { Location = "DE" }, flow with { Location = "FR" }, flow with { Name = "Water, DE" }]);

        Assert.Equal([43.0, 69, 5, 43, 5], Enumerable.Range(0, 5).Select(j => matched.C.At(0, j)));

        var regional = MethodMatcher.Match(Method(Factor(water, 69, "m3", "CN")), [flow]);
        Assert.Equal(FlowGap.OtherPlacesOnly, regional.Coverage.Findings[0].Gap);
    }

    [Fact]
    public void A_pair_listed_twice_takes_the_first_value_and_is_named()
    {
        var land = Flow(Fossil, "Occupation, forest", "natural resource", "land", unit: "m2*a");
        var matched = MethodMatcher.Match(Method(Factor(land, 2, "m2*a"), Factor(land, 3, "m2*a"), Factor(land, 2, "m2*a")), [land]);

        Assert.Equal(2, matched.C.At(0, 0));
        Assert.Equal(new RepeatedFactor("i", "Occupation, forest (natural resource/land)", "", 2, 3), Assert.Single(matched.Coverage.Repeated));
    }

    [Fact]
    public void A_compartment_that_nobody_can_read_is_named_and_one_that_is_not_said_is_any()
    {
        var method = Method(Factor(Flow("a", "Zinc", "water"), 1), Factor(Flow("b", "Copper", ""), 2), Factor(Flow("c", "Lead", "outer space"), 3));
        var matched = MethodMatcher.Match(method, [Flow("p", "Zinc", "outer space"), Flow("q", "Copper", "soil"), Flow("r", "Lead", "water"), Flow("s", "Zinc", "")]);

        Assert.Equal([FlowGap.PlaceUnknown, FlowGap.None, FlowGap.NotInMethod, FlowGap.NotInMethod], matched.Coverage.Findings.Select(f => f.Gap));
        Assert.Equal(2, matched.C.At(0, 1));
    }

    [Fact]
    public void Every_compartment_of_the_open_databases_is_known()
    {
        var rows = DataRows.Parse(File.ReadAllBytes(OpenData.Lca("uslci/flows.csv")));
        Assert.All(rows.Where(r => r["name"].Length > 0), r => Assert.True(FlowPlace.Of($"{r["category"]}/{r["subcategory"]}").Compartment.Length > 0, $"{r["category"]}/{r["subcategory"]}"));
        Assert.All(Ef31Table.Rows(), r => Assert.True(FlowPlace.Of($"{r["compartment"]}/{r["subcompartment"]}").Compartment.Length > 0, r["compartment"]));
    }

    [Fact]
    public void A_factor_of_zero_is_a_factor()
    {
        var matched = MethodMatcher.Match(Method(Factor(Flow("a", "Carbon dioxide, biogenic", "air"), 0)), [Flow("q", "Carbon dioxide, biogenic", "air")]);

        Assert.True(matched.Coverage.Has(0, 0));
        Assert.Empty(matched.Coverage.Of([1]).Largest);
    }

    private static MethodDataset Method(params CharacterisationFactor[] factors) =>
        new() { Id = "m", Name = "m", Indicators = [new IndicatorDataset("i", "", "i", "kg", factors)] };

    private static CharacterisationFactor Factor(FlowDataset flow, double value, string unit = "kg", string location = "") => new(flow, value, unit, location);

    private static FlowDataset Flow(string id, string name, string compartment, string sub = "", string? cas = null, string unit = "kg") =>
        new() { Id = id, Name = name, Unit = unit, Compartment = compartment, Subcompartment = sub, Cas = cas };
}
