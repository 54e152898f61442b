using System.Globalization;
using System.Text;
using System.Text.Json;
using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>Electricity as other projects expect it, with their factors as a pack and the factor found by activity, place and year.</summary>
public sealed class OtherProjectTests
{
    private const string Head = """
        # pack: other-project
        # version: 1
        # name_en: Factors of another project
        # name_zh: 其他项目的因子
        # publisher: test
        # licence: test
        # attribution: test
        # share_alike: 0
        series,version,valid_from,valid_to,activity,role,geography,technology,name_en,name_zh,components,basis,gwp,priority,source,page,mark,uncertainty_percent,quality,note

        """;

    /// <summary>
    /// atomic6-electricity of the known answers: 27 subregions, AR4. The project converts by 0.4536 kg/lb, the pound is 0.45359237 kg exactly, so its
    /// total is 17 millionths higher; corrected for that, the two agree to its tolerance.
    /// </summary>
    [Fact]
    public void Purchased_electricity_of_every_subregion_adds_up()
    {
        using var factors = JsonDocument.Parse(OpenData.Bytes("tests-atomic6-ghg/factors_electricity_emission_factors.json"));
        using var sheet = JsonDocument.Parse(OpenData.Bytes("tests-atomic6-ghg/electricity_canonical_instance.json"));
        var pack = new StringBuilder(Head);
        foreach (var region in factors.RootElement.EnumerateObject())
        {
            pack.Append(CultureInfo.InvariantCulture, $"{region.Name},1,2000-01-01,,electricity.grid,main,US-EGRID-{region.Name.ToUpperInvariant()},,Grid,电网,");
            pack.Append(CultureInfo.InvariantCulture, $"co2={Raw(region, "co2")} lb/MWh|ch4={Raw(region, "ch4")} lb/MWh|n2o={Raw(region, "n2o")} lb/MWh,,,1,atomic6-org/ghg,,S,,,\n");
        }

        var rows = new StringBuilder("site,source,activity,start,end,quantity,unit,region\n");
        foreach (var (at, row) in sheet.RootElement.GetProperty("totalElectricityPurchased").EnumerateArray().Index())
        {
            rows.Append(CultureInfo.InvariantCulture, $"Plant,Meter {at},electricity.grid,2020-01-01,2020-12-31,{row.GetProperty("electricityPurchased").GetRawText()},kWh,{row.GetProperty("eGridSubregion").GetString()!.ToUpperInvariant()}\n");
        }

        var tonnes = Calculate(rows.ToString(), pack.ToString(), GwpSet.Ar4).Scope2Location.Tonnes;

        var expected = sheet.RootElement.GetProperty("CO2EquivalentEmissionsLocationBasedElectricityEmissions").GetDouble() * 0.45359237 / 0.4536;
        Assert.Equal(expected, tonnes, expected * 1e-6);

        static string Raw(JsonProperty region, string gas) => region.Value.GetProperty(gas).GetRawText();
    }

    /// <summary>hyperledger-ca-electricity of the known answers: 128 kWh in California.</summary>
    [Fact]
    public void Electricity_of_a_state_takes_the_state_s_factor()
    {
        var pack = Head + "ca,2019,2019-01-01,2020-01-01,electricity.grid,main,US-CA,,Grid,电网,co2=0.19359146878269065 t/MWh,,,1,hyperledger blockchain-carbon-accounting test data,,S,,,\n";

        var statement = Calculate("site,source,activity,start,end,quantity,unit,region\nOffice,Meter,electricity.grid,2019-01-01,2019-12-31,128,kWh,US-CA\n", pack, GwpSet.Ar5);

        Assert.Equal(24.779708, statement.Scope2Location.Kilograms, 1e-3);
    }

    private static Statement Calculate(string csv, string pack, GwpSet gwp)
    {
        var reading = PackFile.Parse(Encoding.UTF8.GetBytes(pack), "pack.csv", builtIn: false).Value;
        Assert.Empty(reading.Quarantine.Select(q => q.Message(Language.English)));
        using var file = ActivityFile.Open(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "activities.csv").Value;
        StatelessCalculation? calculation = null;
        var reader = file.Read(FactorLibrary.BuiltIn.With(reading), siteExists: null, r =>
        {
            calculation = new StatelessCalculation(r, gwp, RouteChoice.ByPlace);
            return calculation.Add;
        }, ct: TestContext.Current.CancellationToken);
        Assert.Empty(reader.Problems.Select(p => p.Message(Language.English)));
        return calculation!.Statement();
    }
}
