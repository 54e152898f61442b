using System.Text;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Modules.Tests.Ledger;

/// <summary>Measured properties that cannot be, and those that just can: each refusal at its column, in both languages.</summary>
public sealed class MeasuredRangeTests
{
    [Theory]
    [InlineData("fuel.diesel", "t", "ncv=42000,ncv_unit=GJ/t", "property_absurd", "ncv")]
    [InlineData("fuel.diesel", "t", "ncv=42,ncv_unit=kg/m3", "property_unit", "ncv_unit")]
    [InlineData("fuel.diesel", "t", "carbon_content=2.5,carbon_content_unit=t/t", "property_absurd", "carbon_content")]
    [InlineData("fuel.diesel", "t", "carbon_content=20.2,carbon_content_unit=L", "property_unit", "carbon_content_unit")]
    [InlineData("fuel.diesel", "L", "density=840,density_unit=kg/L", "property_absurd", "density")]
    [InlineData("refrigerant.R-32", "kg", "stock_start=5,stock_end=500", "stock_beyond_purchase", "stock_end")]
    [InlineData("refrigerant.R-32", "kg", "stock_start=1e12,stock_end=5", "quantity_absurd", "quantity")]
    [InlineData("fuel.diesel", "t", "leak_rate=5 %", "refrigerant_only", "leak_rate")]
    public void Refuses_at_the_column(string activity, string unit, string cells, string code, string column)
    {
        var problem = Assert.Single(Read(activity, unit, cells));
        Assert.Equal((code, column, 2), (problem.Code, problem.Column, problem.Row));
        Assert.NotNull(problem.Found);
        foreach (var language in Enum.GetValues<Language>())
        {
            Assert.DoesNotContain('{', problem.Message(language) + problem.Expected(language));
            Assert.DoesNotContain('[', problem.Message(language) + problem.Expected(language));
        }
    }

    [Theory]
    [InlineData("fuel.diesel", "t", "ncv=42652,ncv_unit=kJ/kg")]
    [InlineData("fuel.diesel", "t", "ncv=10180,ncv_unit=kcal/kg")]
    [InlineData("fuel.natural_gas", "Nm3", "ncv=35.5,ncv_unit=MJ/Nm3")]
    [InlineData("fuel.diesel", "t", "carbon_content=0.0202,carbon_content_unit=t/GJ")]
    [InlineData("fuel.diesel", "t", "carbon_content=86.1,carbon_content_unit=%")]
    [InlineData("fuel.natural_gas", "10^4 Nm3", "carbon_content=5.96,carbon_content_unit=t/10^4 Nm3")]
    [InlineData("fuel.diesel", "L", "density=840,density_unit=kg/m3")]
    [InlineData("fuel.diesel", "t", "oxidation=98 %")]
    [InlineData("refrigerant.R410A", "kg", "stock_start=12,stock_end=52")]
    public void Takes_what_can_be(string activity, string unit, string cells) => Assert.Empty(Read(activity, unit, cells));

    private static IReadOnlyList<Problem> Read(string activity, string unit, string cells)
    {
        var pairs = cells.Split(',').Select(c => c.Split('=', 2)).ToList();
        var csv = $"site,source,activity,start,end,quantity,unit,region,{string.Join(',', pairs.Select(p => p[0]))}\n"
            + $"Plant,Source,{activity},2023-01-01,2023-12-31,40,{unit},CN,{string.Join(',', pairs.Select(p => p[1]))}\n";
        using var file = ActivityFile.Open(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "case.csv").Value;
        var reader = file.Read(FactorLibrary.BuiltIn, siteExists: null, _ => (in ActivityRecord _) => true);
        return reader.Problems;
    }
}
