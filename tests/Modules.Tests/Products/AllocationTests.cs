using Tanlu.Exchange;
using Tanlu.Products;
using static Tanlu.Modules.Tests.Products.HandMade;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Burdens of processes with several products, by every rule of ISO 14044:2006, 4.3.4.</summary>
public sealed class AllocationTests
{
    private static readonly FlowDataset Heat = Product("heat", "MJ");

    private static readonly FlowDataset[] Flows = [Product("power", "MJ"), Heat, Product("fuel"), Emission("co2"), Waste("ash"), Product("boiler heat", "MJ")];

    // 100 of fuel give 40 MJ of power (sold for 30) and 60 MJ of heat (sold for 10).
    private static readonly ProcessDataset Plant = Process(
        "plant", Ref("power", 40, "MJ") with { Price = 30, Currency = "EUR" }, Out("heat", 60, "MJ") with { Price = 10, Currency = "EUR" }, In("fuel", 100), Out("co2", 200));

    private static readonly ProcessDataset Mine = Process("fuel", Ref("fuel", 1), Out("co2", 1));

    private static readonly ProcessDataset Boiler = Process("boiler", Ref("heat", 10, "MJ"), Out("co2", 3));

    [Theory]
    [InlineData(CoProductRule.Physical, 0.4)]
    [InlineData(CoProductRule.Economic, 0.75)]
    public void Shares_follow_a_property_or_the_price_and_every_product_has_a_column(CoProductRule rule, double share)
    {
        var system = Link(Package(Flows, Plant, Mine), new LinkRules { CoProducts = rule });
        var (power, heat) = (system.Find("plant", "power")!.Value, system.Find("plant", "heat")!.Value);
        Assert.Equal((40.0, 60.0), (system.A.At(power, power), system.A.At(heat, heat)));
        Assert.Equal(-100 * share, system.A.At(2, power), 12);
        Assert.Equal(-100 * (1 - share), system.A.At(2, heat), 12);
        Assert.Equal(200.0, system.B.At(0, power) + system.B.At(0, heat), 12);
        Assert.Equal([share, 1 - share], system.Report.ByProducts.Select(b => b.Share!.Value), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(share, system.Processes[power].Share, 12);
    }

    [Fact]
    public void The_burden_stays_with_the_reference_and_the_by_product_is_listed()
    {
        var system = Link(Package(Flows, Plant, Mine, Boiler), new LinkRules { CoProducts = CoProductRule.Reference });
        Assert.Equal((3, 200.0), (system.Processes.Count, B(system, "co2", "plant")));
        var left = Assert.Single(system.Report.ByProducts);
        Assert.Equal(("heat", 60.0, ByProductFate.WithoutBurden), (left.Flow, left.Amount, left.Fate));
    }

    [Fact]
    public void Substitution_credits_what_the_by_product_replaces()
    {
        var system = Link(Package(Flows, Plant, Mine, Boiler), new LinkRules { CoProducts = CoProductRule.Substitution });
        Assert.Equal((60.0, 10.0), (A(system, "boiler", "plant"), A(system, "boiler", "boiler")));
        Assert.Equal(ByProductFate.Credited, Assert.Single(system.Report.ByProducts).Fate);
        var without = Link(Package(Flows, Plant, Mine), new LinkRules { CoProducts = CoProductRule.Substitution }).Report.Open.Single();
        Assert.Equal((OpenReason.NoReplacement, 60.0), (without.Reason, without.Amount));
    }

    [Fact]
    public void An_avoided_product_is_a_credit_on_whichever_side_it_stands()
    {
        foreach (var input in new[] { true, false })
        {
            var plant = Plant with { Exchanges = [Plant.Exchanges[0], Plant.Exchanges[1] with { Avoided = true, Input = input }, Plant.Exchanges[2], Plant.Exchanges[3]] };
            Assert.Equal(60, A(Link(Package(Flows, plant, Mine, Boiler)), "boiler", "plant"));
        }
    }

    [Fact]
    public void Causal_shares_are_taken_exchange_by_exchange()
    {
        var plant = Plant with
        {
            DefaultAllocation = AllocationRule.Causal,
            Allocation =
            [
                new AllocationShare(AllocationRule.Causal, "power", 3, 0.6), new AllocationShare(AllocationRule.Causal, "heat", 3, 0.4),
                new AllocationShare(AllocationRule.Causal, "power", null, 0.9), new AllocationShare(AllocationRule.Causal, "heat", null, 0.1),
            ],
        };
        var system = Link(Package(Flows, plant, Mine));
        Assert.Equal((-60.0, -40.0), (system.A.At(2, 0), system.A.At(2, 1)));
        Assert.Equal((180.0, 20.0), (system.B.At(0, 0), system.B.At(0, 1)));
    }

    [Fact]
    public void Shares_of_the_dataset_win_over_those_that_could_be_calculated()
    {
        var plant = Plant with { Allocation = [new AllocationShare(AllocationRule.Economic, "power", null, 0.8), new AllocationShare(AllocationRule.Economic, "heat", null, 0, "1 - 0.8")] };
        var system = Link(Package(Flows, plant, Mine), new LinkRules { CoProducts = CoProductRule.Economic });
        Assert.Equal((160.0, 40.0), (Math.Round(system.B.At(0, 0), 10), Math.Round(system.B.At(0, 1), 10)));
    }

    [Theory]
    [InlineData(0.5, 0.4, "allocation_sum")]
    [InlineData(1.5, -0.5, "allocation_share_range")]
    [InlineData(double.PositiveInfinity, 0, "allocation_share_range")]
    [InlineData(double.NaN, 1, "allocation_share_range")]
    public void Wrong_shares_are_refused_with_process_and_product(double power, double heat, string code)
    {
        var plant = Plant with { Allocation = [new AllocationShare(AllocationRule.Physical, "power", null, power), new AllocationShare(AllocationRule.Physical, "heat", null, heat)] };
        var problem = SystemLinker.Link([Package(Flows, plant, Mine)], new LinkRules { CoProducts = CoProductRule.Physical, WhereNotPossible = CoProductRule.Reference }).Problems.Single();
        Assert.Equal((code, "plant"), (problem.Code, problem.Args[0]));
    }

    [Fact]
    public void Lacking_data_is_refused_or_another_rule_takes_over_and_is_noted()
    {
        var plant = Plant with { Exchanges = [Plant.Exchanges[0], Plant.Exchanges[1] with { Price = null }, Plant.Exchanges[2], Plant.Exchanges[3]] };
        var package = Package(Flows, plant, Mine);
        Assert.Equal("allocation_price_missing", Refusal(package, new LinkRules { CoProducts = CoProductRule.Economic }));
        Assert.Equal("allocation_share_missing", Refusal(package, new LinkRules { CoProducts = CoProductRule.Causal }));
        Assert.Equal("allocation_property_missing", Refusal(package, new LinkRules { CoProducts = CoProductRule.Physical, PhysicalProperty = "exergy" }));
        var system = Link(package, new LinkRules { CoProducts = CoProductRule.Economic, WhereNotPossible = CoProductRule.Physical });
        Assert.Equal("allocation_other_rule", system.Report.Notes.Single().Code);
        Assert.Equal(80, system.B.At(0, 0), 10);
    }

    [Fact]
    public void Rounded_percentages_are_scaled_and_noted()
    {
        var plant = Plant with { Allocation = [new AllocationShare(AllocationRule.Physical, "power", null, 0.3333), new AllocationShare(AllocationRule.Physical, "heat", null, 0.6666)] };
        var system = Link(Package(Flows, plant, Mine), new LinkRules { CoProducts = CoProductRule.Physical });
        Assert.Equal(200, system.B.At(0, 0) + system.B.At(0, 1), 10);
        Assert.Equal("allocation_rounded", system.Report.Notes.Single().Code);
    }

    [Fact]
    public void A_by_product_may_be_what_another_process_needs()
    {
        var package = Package(Flows, Plant, Mine, Process("house", Ref("boiler heat", 1, "MJ"), In("heat", 2, "MJ")));
        var system = Link(package, new LinkRules { CoProducts = CoProductRule.Physical });
        Assert.Equal(-2, system.A.At(system.Find("plant", "heat")!.Value, system.Find("house")!.Value));
        Assert.Equal(OpenReason.NoProvider, Link(package).Report.Open.Single().Reason);
    }

    [Fact]
    public void Soy_oil_and_meal_of_earthster()
    {
        // docs.earthster.org, “Co-product allocation”: 0.6 kg of oil at 2.60 and 0.4 kg of meal at 1.00 from a process of 1 kg CO2e: by mass 60 and 40 %, by value 80 and 20 % (1.56 of 1.96).
        var package = Package(
            [Product("oil"), Product("meal"), Emission("co2")],
            Process("crushing", Ref("oil", 0.6) with { Price = 1.56, Currency = "USD" }, Out("meal", 0.4) with { Price = 0.4, Currency = "USD" }, Out("co2", 1)));
        var mass = Link(package, new LinkRules { CoProducts = CoProductRule.Physical });
        Assert.Equal([0.6, 0.4], [mass.B.At(0, 0), mass.B.At(0, 1)], (a, b) => Math.Abs(a - b) < 1e-12);
        var value = Link(package, new LinkRules { CoProducts = CoProductRule.Economic });
        Assert.Equal([0.8, 0.2], [value.B.At(0, 0), value.B.At(0, 1)], (a, b) => Math.Abs(a - b) < 0.005);
    }

    [Theory]
    [InlineData(CoProductRule.Economic, null, 2.8, 7.2)]
    [InlineData(CoProductRule.Physical, "mass", 5, 5)]
    [InlineData(CoProductRule.Physical, "manual", 2, 8)]
    public void Two_products_of_brightway_s_multifunctional_library(CoProductRule rule, string? property, double first, double second)
    {
        // brightway-lca/multifunctional @ 00c3c888 (BSD-3-Clause), tests/fixtures/basic.py, test_allocation.py and test_lcia.py: prices 7 and 12, masses 6 and 4 per unit, “manual” shares 0.2 and
        // 0.8 (there of the product as a whole, here per unit of it), 10 of an emission with the factor 5.
        FlowPropertyFactor[] Properties(double mass, double manual) => [new(null, "mass", "kg", mass), new(null, "manual", "1", manual)];
        var package = Package(
            [Product("first", "piece") with { Properties = Properties(6, 2 / 4.0) }, Product("second", "MJ") with { Properties = Properties(4, 8 / 6.0) }, Emission("a")],
            Process("1", Ref("first", 4, "piece") with { Price = 4 * 7, Currency = "EUR" }, Out("second", 6, "MJ") with { Price = 6 * 12, Currency = "EUR" }, Out("a", 10)));
        var system = Link(package, new LinkRules { CoProducts = rule, PhysicalProperty = property });
        Assert.Equal([first, second], [system.B.At(0, 0), system.B.At(0, 1)], (x, y) => Math.Abs(x - y) < 1e-12);
        var scores = system.Prepare().Value.Characterise(Methods.By(system, _ => 5)).Value;
        Assert.Equal(first * 5 / 4, scores.IntensityOf(0)[0], 12);
        Assert.Equal(second * 5 / 6, scores.IntensityOf(1)[0], 12);
    }

    [Fact]
    public void Two_connected_processes_with_co_products_of_kloepffer_and_grahl()
    {
        // W. Klöpffer and B. Grahl, Life Cycle Assessment: A Guide to Best Practice (2014), figure 3.11: 7 kg of an intermediate beside 2 kg, of it 3 kg of the product beside 1 and 2 kg; by mass
        // the product carries 3/6 of the second process and 7/9 of the first.
        FlowDataset[] flows =
        [
            Product("intermediate"), Product("co 1"), Product("product"), Product("co 2.1"), Product("co 2.2"), Emission("co2"), Resource("raw material"), Resource("energy", "MJ"),
        ];
        var system = Link(
            Package(
                flows,
                Process("1", Ref("intermediate", 7), Out("co 1", 2), In("raw material", 10), In("energy", 100, "MJ"), Out("co2", 4)),
                Process("2", Ref("product", 3), Out("co 2.1", 1), Out("co 2.2", 2), In("intermediate", 7), In("energy", 50, "MJ"), Out("co2", 2))),
            new LinkRules { CoProducts = CoProductRule.Physical });
        var found = system.Prepare().Value.Inventory(new ProductDemand(system.Find("2", "product")!.Value, 3)).Value.Flows;
        double Of(string flow) => found[system.Flows.Single(f => f.Flow.Id == flow).Index];
        Assert.Equal(0.5 * (2 + (7 / 9.0 * 4)), Of("co2"), 12);
        Assert.Equal(0.5 * 7 / 9 * 10, Of("raw material"), 12);
        Assert.Equal(0.5 * (50 + (7 / 9.0 * 100)), Of("energy"), 12);
    }

    [Fact]
    public void What_is_made_for_its_own_sake_is_replaced_before_another_by_product()
    {
        var other = Process("chp", Ref("heat", 5, "MJ"), Out("boiler heat", 1, "MJ"), Out("co2", 1));
        var system = Link(Package(Flows, Plant, Mine, other, Boiler), new LinkRules { CoProducts = CoProductRule.Substitution });
        Assert.Equal((60.0, 0.0), (A(system, "boiler", "plant"), A(system, "chp", "plant")));
    }
}
