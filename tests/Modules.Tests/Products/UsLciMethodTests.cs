using Tanlu.Kernel;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

/// <summary>US LCI from its file through the built-in method of AR5, against the published footprints, which count four gases only.</summary>
public sealed class UsLciMethodTests
{
    [Fact]
    public void The_built_in_method_gives_the_published_footprints_and_the_halocarbons_that_they_leave_out()
    {
        var system = UsLciSystemTests.System();
        var matched = MethodMatcher.Match(ClimateMethods.Of(GwpSet.Ar5, BiogenicConvention.Zero), [.. system.Flows.Select(f => f.Flow)]);
        var rows = UsLciSystemTests.Rows("uslci/flows.csv");
        for (var f = 0; f < rows.Count; f++)
        {
            if (UsLciSystemTests.Number(rows[f][6]) is var published and not 0)
            {
                Assert.Equal(published, matched.C.At(0, f));
            }
        }

        var characterised = system.Prepare().Value.Characterise(matched).Value;
        var expected = UsLciSystemTests.Rows("uslci/expected_gwp100_per_ref_unit.csv").Where(r => Math.Abs(UsLciSystemTests.Number(r[4])) > 1e-9).ToList();
        var shares = expected.Select(r => (characterised.IntensityOf(UsLciSystemTests.Index(r[0]))[0] / UsLciSystemTests.Number(r[4])) - 1).Order().ToList();

        // The half of the products contain next to no halocarbons.
        Assert.InRange(shares[shares.Count / 2], -1e-9, 1e-3);

        // Aluminium: 10.86 published; the fluorocarbons of its electrolysis add a quarter, as the published inventory times the factors says too.
        var aluminium = UsLciSystemTests.Rows("uslci/expected_inventory_selected.csv").Where(r => r[0] == "399").Sum(r => UsLciSystemTests.Number(r[2]) * matched.C.At(0, UsLciSystemTests.Index(r[1])));
        Assert.Equal(aluminium, characterised.IntensityOf(399)[0], 9);
        Assert.Equal(13.4792, characterised.IntensityOf(399)[0], 4);
    }

    [Fact]
    public void Coverage_of_a_footprint_names_the_largest_flows_without_a_factor()
    {
        var system = UsLciSystemTests.System();
        var matched = MethodMatcher.Match(ClimateMethods.Of(GwpSet.Ar5, BiogenicConvention.Zero), [.. system.Flows.Select(f => f.Flow)]);
        var inventory = system.Prepare().Value.Inventory(new ProductDemand(399, 1)).Value.Flows;
        var coverage = matched.Coverage.Of(inventory, 5);

        Assert.True(coverage.Characterised > 10 && coverage.Flows > 100);
        Assert.Equal(coverage.Flows, coverage.Steps.Values.Sum());
        Assert.Equal("mass", coverage.Quantities[0].Quantity);
        Assert.Equal(5, coverage.Largest.Count);
        Assert.All(coverage.Largest, l => Assert.DoesNotContain("Carbon dioxide", l.Name, StringComparison.Ordinal));
        Assert.Equal(coverage.Largest.OrderByDescending(l => l.Share).Select(l => l.Name), coverage.Largest.Select(l => l.Name));
    }
}
