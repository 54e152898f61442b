using Tanlu.Exchange;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

public sealed class DeclarationTotalsTests
{
    [Fact]
    public void Module_d_stays_outside_every_total()
    {
        var total = Only([("A1", "", 3), ("A2", "", 1), ("A3", "", 2), ("C4", "", 0.5), ("D", "", -4)]);

        Assert.Equal((6, 6.5, -4), (total.ProductStage, total.Total, total.Beyond));
    }

    [Fact]
    public void A_sum_and_its_parts_count_once_and_a_missing_part_leaves_the_product_stage_open()
    {
        var both = Only([("A1-A3", "", 6), ("A1", "", 3), ("A2", "", 1), ("A3", "", 2), ("A4", "", 1)]);
        Assert.Equal((6, 7), (both.ProductStage, both.Total));

        var partial = Only([("A1", "", 3), ("A3", "", 2)]);
        Assert.Null(partial.ProductStage);
        Assert.Equal(5, partial.Total);
        Assert.Null(partial.Beyond);
    }

    [Fact]
    public void One_scenario_counts_at_a_time()
    {
        DeclaredImpact[] declared = [Of("A1-A3", "", 6), Of("C3", "recycling", 1), Of("C3", "landfill", 2), Of("D", "recycling", -3), Of("D", "landfill", 0)];

        Assert.Equal(["recycling", "landfill"], DeclarationTotals.Scenarios(declared));
        Assert.Equal((7, -3), (DeclarationTotals.Of(declared)[0].Total, DeclarationTotals.Of(declared)[0].Beyond));
        Assert.Equal((8, 0), (DeclarationTotals.Of(declared, "landfill")[0].Total, DeclarationTotals.Of(declared, "landfill")[0].Beyond));
    }

    [Fact]
    public void The_older_edition_is_read_under_the_newer_name_and_marked()
    {
        var older = DeclarationTotals.Of([new DeclaredImpact("77e416eb-a363-4258-a04e-171d843a6460", "Global warming potential (GWP)", "kg CO_(2)-Äq.", "A1-A3", "", 5)])[0];
        Assert.Equal(("GWP-total", true, true), (older.Code, older.Older, older.UnitFits));

        var byUnit = DeclarationTotals.Of([new DeclaredImpact("", "Acidification potential of land and water (AP)", "kg SO2 eq", "A1", "", 5)])[0];
        Assert.Equal(("AP", true), (byUnit.Code, byUnit.Older));

        var newer = DeclarationTotals.Of([new DeclaredImpact("", "Acidification potential of land and water (AP)", "mol H^(+)-Äq.", "A1", "", 5)])[0];
        Assert.Equal(("AP", false), (newer.Code, newer.Older));
    }

    [Fact]
    public void An_indicator_that_nobody_knows_is_there_all_the_same_and_last()
    {
        var totals = DeclarationTotals.Of([new DeclaredImpact("x", "Own indicator", "kg", "A1", "", 5), Of("A1", "", 1)]);

        Assert.Equal(["GWP-total", ""], totals.Select(t => t.Code));
        Assert.Equal(5, totals[1].Total);
    }

    [Theory]
    [InlineData("A1-A3", "A1 A2 A3")]
    [InlineData("B", "B1 B2 B3 B4 B5 B6 B7")]
    [InlineData("C2", "C2")]
    [InlineData("D", "D")]
    [InlineData("A3-A1", "")]
    [InlineData("X", "")]
    public void A_module_code_covers_modules(string code, string modules) => Assert.Equal(modules, string.Join(' ', LifeCycleModule.Covered(code).Select(m => m.Code)));

    private static DeclaredTotal Only((string Module, string Scenario, double Amount)[] amounts) =>
        Assert.Single(DeclarationTotals.Of([.. amounts.Select(a => Of(a.Module, a.Scenario, a.Amount))]));

    private static DeclaredImpact Of(string module, string scenario, double amount) =>
        new("6a37f984-a4b3-458a-a20a-64418c145fa2", "Global Warming Potential - total (GWP-total)", "kg CO2 eqv.", module, scenario, amount);
}
