using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

public sealed class ClimateMethodTests
{
    [Fact]
    public void Every_cas_number_of_the_gas_rows_has_the_right_check_digit_and_every_gas_with_a_value_has_a_flow()
    {
        var rows = DataRows.Read("lca/gas-flows.csv").ToList();
        Assert.All(rows.Concat(DataRows.Read("lca/gwp-more.csv")), r => Assert.True(FlowNames.IsCas(r["cas"]), r["cas"]));

        var gases = rows.Select(r => Gases.Get(r["gas"])).ToHashSet();
        Assert.All(Gwp.All, v => Assert.Contains(v.Gas, gases));
    }

    [Fact]
    public void The_parts_add_up_to_the_total()
    {
        foreach (var method in ClimateMethods.All)
        {
            var total = method.Indicators[0].Factors;
            Assert.Equal(total.Count, method.Indicators.Skip(1).Sum(i => i.Factors.Count));
            Assert.Equal(total.Sum(f => f.Value), method.Indicators.Skip(1).Sum(i => i.Factors.Sum(f => f.Value)), 6);
            Assert.Equal(method.Indicators[1].Factors.Count(f => f.Flow.Name.Contains("CFC", StringComparison.Ordinal)) > 0, method.Indicators[1].Factors.Any(f => f.Flow.Cas == "75-69-4"));
        }
    }

    [Fact]
    public void Biogenic_carbon_dioxide_counts_as_the_convention_says_and_is_never_without_a_factor()
    {
        var flows = new[]
        {
            Flow("Carbon dioxide, in air", "natural resource", "in air"), Flow("Carbon dioxide, biogenic", "air"), Flow("Carbon dioxide, fossil", "air"), Flow("Methane, non-fossil", "air"),
            Flow("Carbon dioxide, land transformation", "Airborne emissions", "low. pop."), Flow("Carbon dioxide, to soil or biomass stock", "soil", "forestry"),
        };
        double[] Row(BiogenicConvention convention, int indicator)
        {
            var matched = MethodMatcher.Match(ClimateMethods.Of(GwpSet.Ar6, convention), flows);
            Assert.All(matched.Coverage.Findings, f => Assert.NotEqual(FlowMatch.None, f.Step));
            return [.. Enumerable.Range(0, flows.Length).Select(j => matched.C.At(indicator, j))];
        }

        Assert.Equal([0.0, 0, 1, 27, 1, -1], Row(BiogenicConvention.Zero, 0));
        Assert.Equal([-1.0, 1, 1, 27, 1, -1], Row(BiogenicConvention.Balance, 0));
        Assert.Equal([0.0, 0, 1, 0, 0, 0], Row(BiogenicConvention.Balance, 1));
        Assert.Equal([-1.0, 1, 0, 27, 0, 0], Row(BiogenicConvention.Balance, 2));
        Assert.Equal([0.0, 0, 0, 0, 1, -1], Row(BiogenicConvention.Balance, 3));
    }

    [Theory]
    [InlineData(GwpSet.Sar, 21, 310)]
    [InlineData(GwpSet.Ar4, 25, 298)]
    [InlineData(GwpSet.Ar5, 28, 265)]
    [InlineData(GwpSet.Ar6, 27.9, 273)]
    public void Montreal_gases_count_and_each_report_has_its_own_values(GwpSet set, double methane, double nitrousOxide)
    {
        var matched = MethodMatcher.Match(
            ClimateMethods.Of(set, BiogenicConvention.Zero),
            [Flow("Methane", "air"), Flow("Nitrous oxide", "air"), Flow("Trichlorofluoromethane", "air", cas: "75-69-4")]);

        Assert.Equal([methane, nitrousOxide], [matched.C.At(0, 0), matched.C.At(0, 1)]);
        Assert.Equal(Gwp.Find(set, Gases.Get("CFC-11"))?.Value ?? 0, matched.C.At(0, 2));
    }

    [Fact]
    public void Us_lci_flows_get_the_factors_that_its_expected_footprints_rest_on()
    {
        var rows = DataRows.Parse(File.ReadAllBytes(OpenData.Lca("uslci/flows.csv"))).ToArray();
        var flows = rows.Select(r => new FlowDataset { Id = r["index"], Name = r["name"], Compartment = r["category"], Subcompartment = r["subcategory"], Unit = r["unit"] }).ToArray();
        var matched = MethodMatcher.Match(ClimateMethods.Of(GwpSet.Ar5, BiogenicConvention.Zero), flows);
        for (var j = 0; j < rows.Length; j++)
        {
            var expected = double.Parse(rows[j]["gwp100_cf"], CultureInfo.InvariantCulture);
            if (expected != 0)
            {
                Assert.Equal(expected, matched.C.At(0, j));
            }
        }

        // Halocarbons have factors here which the expected footprints leave out.
        var more = Enumerable.Range(0, rows.Length).Where(j => matched.C.At(0, j) != 0 && rows[j]["gwp100_cf"] == "0.0").Select(j => rows[j]["name"]).ToHashSet();
        Assert.Contains("HFC-134a", more);
        Assert.Contains("CFC-11", more);
        Assert.DoesNotContain("Methanesulfonic acid", more);
    }

    [Fact]
    public void A_published_method_of_ar5_agrees_for_every_gas_that_both_know_but_for_methane()
    {
        using var file = File.OpenRead(OpenData.Require("lca-openlca-samples/io__simapro__csv__input__method.csv"));
        var published = DatasetReader.Read(file, "method.csv", cancellation: TestContext.Current.CancellationToken).Value.Methods[0].Indicators.First(i => i.Name.Contains("GWP100", StringComparison.Ordinal));
        var matched = MethodMatcher.Match(ClimateMethods.Of(GwpSet.Ar5, BiogenicConvention.Zero), [.. published.Factors.Select(f => f.Flow)]);
        var known = Enumerable.Range(0, published.Factors.Count).Where(j => matched.Coverage.Has(0, j)).ToList();
        var differ = known.Where(j => Math.Abs(matched.C.At(0, j) - published.Factors[j].Value) > 0.5).Select(j => published.Factors[j].Flow.Name).Order(StringComparer.Ordinal);

        // The publisher counts fossil methane as 28 since its version 3.06, without the carbon dioxide that it becomes; the report gives 30.
        Assert.Equal(["Methane, fossil", "Methane, land transformation"], differ);
        Assert.InRange(known.Count, 20, published.Factors.Count);
    }

    private static FlowDataset Flow(string name, string compartment, string sub = "", string? cas = null) =>
        new() { Id = name, Name = name, Unit = "kg", Compartment = compartment, Subcompartment = sub, Cas = cas };
}
