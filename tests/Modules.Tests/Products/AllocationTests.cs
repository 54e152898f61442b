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
}
