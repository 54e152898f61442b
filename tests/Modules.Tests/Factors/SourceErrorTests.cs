using System.Text;
using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Factors;

/// <summary>Errors that publishers' files are known to hold: each is kept apart with its row, its column, what was found and what would be right.</summary>
public sealed class SourceErrorTests
{
    [Fact]
    public void CBAM_values_that_compound_their_mark_up_are_kept_apart_and_the_rest_of_their_row_serves()
    {
        var reading = Read("ef-eu-cbam/cbam_defaults_v20260204.latin1.csv");
        var differing = reading.Quarantine.Where(p => p.Code == "cbam_mark_up_differs").ToList();
        Assert.Equal([325, 327, 329, 338, 340], differing.Select(p => p.Row!.Value).Distinct());
        Assert.Equal(10, differing.Count);
        var first = differing[0];
        Assert.Equal(("2027 Default Value (Including mark-up)", "1.5246", "1.512"), (first.Column, first.Found, first.Args[0]));
        Assert.Contains("1.512", first.Expected(Language.English), StringComparison.Ordinal);
        Assert.Contains(reading.Versions, v => v.Series == "cbam.AO.25231000.a.total" && v.Components[0].Value == 1.26);
        Assert.Contains(reading.Versions, v => v.Series == "cbam.AO.25231000.a.with_mark_up" && v.Version == "2026");
    }

    [Fact]
    public void The_shifted_Albanian_row_and_the_missing_Chilean_value_are_named()
    {
        var reading = Read("ef-eu-cbam/cbam_defaults_v20260204.latin1.csv");
        Assert.Equal([5, 5, 5], reading.Quarantine.Where(p => p.Code == "source_columns_shifted").Select(p => p.Row!.Value));
        Assert.DoesNotContain(reading.Versions, v => v.Geography == "AL" && v.Series.Contains("25232100", StringComparison.Ordinal));
        var chile = Assert.Single(reading.Quarantine, p => p.Row == 2561);
        Assert.Equal(("no_value", "2026 Default Value (Including mark-up)"), (chile.Code, chile.Column));
        Assert.Equal(["2027", "2028"], reading.Versions.Where(v => v.Geography == "CL" && v.Series.Contains("73061100", StringComparison.Ordinal) && v.Series.EndsWith("with_mark_up", StringComparison.Ordinal)).Select(v => v.Version));

        // 7218 of Taiwan has a direct value and no total; the headings without any number are told once each.
        Assert.Contains(reading.Quarantine, p => p is { Row: 9500, Code: "no_value", Column: "Default Value (total emissions)" });
        Assert.Equal(1599 + 2, reading.Quarantine.Count(p => p.Code == "no_value"));
    }

    [Theory]
    [InlineData("ef-us-epa/hub2024-gwp-for-blended-refrigerants.csv", 25)]
    [InlineData("ef-us-epa/ghg-emission-factors-hub-2024.xlsx", 574)]
    public void R_424A_does_not_follow_from_its_composition(string file, int row)
    {
        var problem = Assert.Single(Read(file).Quarantine, p => p.Code == "gwp_differs");
        Assert.Equal((row, "100-year GWP", "3104", "2211.85"), (problem.Row, problem.Column, problem.Found, problem.Args[0]));
    }

    [Theory]
    [InlineData("SF6,23500", "SF6,25200")]
    [InlineData("HFC-23,CHF3,12400", "HFC-23,CHF3,14800")]
    public void A_GWP_of_another_set_is_kept_apart(string printed, string wrong)
    {
        var text = Encoding.UTF8.GetString(OpenData.Bytes("ef-us-epa/hub2024-gwp.csv"));
        Assert.Empty(FactorImport.Read(Encoding.UTF8.GetBytes(text), "gwp.csv").Value.Quarantine);
        var reading = FactorImport.Read(Encoding.UTF8.GetBytes(text.Replace(printed, wrong, StringComparison.Ordinal)), "gwp.csv").Value;
        var problem = Assert.Single(reading.Quarantine);
        Assert.Equal(("gwp_differs", wrong[(wrong.LastIndexOf(',') + 1)..], printed[(printed.LastIndexOf(',') + 1)..]), (problem.Code, problem.Found, problem.Args[0]));
    }

    [Fact]
    public void A_carbon_content_a_thousand_times_too_small_is_kept_apart()
    {
        var text = Encoding.UTF8.GetString(OpenData.Bytes("ef-china/cn_fuel_defaults.csv"));
        var printed = text.Replace("23.076,26.18", "23.076,0.02308", StringComparison.Ordinal);
        Assert.NotEqual(text, printed);
        Assert.Empty(FactorImport.Read(Encoding.UTF8.GetBytes(text), "f.csv").Value.Quarantine);
        var problem = Assert.Single(FactorImport.Read(Encoding.UTF8.GetBytes(printed), "f.csv").Value.Quarantine);
        Assert.Equal(("carbon_content_range", 3, "B_carbon_content_kgC_per_GJ", "0.02308"), (problem.Code, problem.Row, problem.Column, problem.Found));
        Assert.Equal(["10", "75"], problem.Args);
    }

    [Fact]
    public void A_printed_result_that_its_own_numbers_do_not_give_is_kept_apart()
    {
        var text = Encoding.UTF8.GetString(OpenData.Bytes("ef-china/cn_fuel_defaults.csv")).Replace("20.2,98,3.0959,42.652", "20.2,98,3.5959,42.652", StringComparison.Ordinal);
        var problem = Assert.Single(FactorImport.Read(Encoding.UTF8.GetBytes(text), "f.csv").Value.Quarantine);
        Assert.Equal(("carbon_product_differs", "3.5959"), (problem.Code, problem.Found));
        Assert.StartsWith("3.095", problem.Args[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_stray_back_tick_and_the_upper_bounds_of_the_UK_files_are_named()
    {
        var problems = Read("ef-uk-desnz/uk-ghg-factors-2020.csv").Quarantine;
        var tick = Assert.Single(problems, p => p.Code == "import_gas_unknown");
        Assert.Equal((7497, "ghg", "`"), (tick.Row, tick.Column, tick.Found));
        Assert.Equal([537, 538], problems.Where(p => p is { Code: "factor_number", Found: "< 1" }).Select(p => p.Row!.Value));
    }

    [Fact]
    public void A_list_of_cars_that_repeats_itself_gives_each_car_once()
    {
        var reading = Read("ef-canada-vehicles/CO2_Emissions_Canada.csv");
        Assert.All(reading.Quarantine, p => Assert.Equal("factor_row_repeated", p.Code));

        // 1 104 rows are repeated letter by letter, 296 differ in capitals only.
        Assert.Equal(1104 + 296, reading.Quarantine.Count);
        Assert.Equal(7385, reading.Versions.Count + reading.Quarantine.Count);
    }

    [Fact]
    public void Shares_and_mixes_are_no_factors()
    {
        Assert.Equal(32, Read("ef-india-open/emission_factors_v1_2.json").Quarantine.Count(p => p is { Code: "import_property", Found: "percent" }));
        Assert.Equal([25, 26], Read("ef-china/cn_process_defaults.csv").Quarantine.Select(p => p.Row!.Value));
        Assert.Equal((0, 13), (Read("ef-codecarbon/2023_canada_energy_mix.json").Versions.Count, Read("ef-codecarbon/2023_canada_energy_mix.json").Quarantine.Count));
    }

    private static PackReading Read(string file) => FactorImport.Read(OpenData.Bytes(file), file).Value;
}
