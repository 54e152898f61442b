using System.Globalization;
using System.Text;
using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Factors;

public sealed class FactorImportTests
{
    [Theory]
    [InlineData(2016, 5483, 4979)]
    [InlineData(2017, 7010, 6180)]
    [InlineData(2018, 6967, 6194)]
    [InlineData(2019, 6992, 6165)]
    [InlineData(2020, 7510, 6589)]
    [InlineData(2021, 6284, 6284)]
    [InlineData(2022, 6464, 6464)]
    [InlineData(2023, 8039, 6916)]
    [InlineData(2025, 8741, 7029)]
    public void A_UK_year_gives_every_row_a_place(int year, int rows, int numbers)
    {
        var file = $"ef-uk-desnz/uk-ghg-factors-{year}.csv";
        var reading = FactorImport.Read(OpenData.Bytes(file), file).Value;
        Assert.Equal((rows, numbers), (reading.Rows, reading.Numbers));
        Assert.Equal(rows - numbers, reading.Quarantine.Count(p => p.Code == "no_value"));

        // Every number stands in a version (once, leaving further uses of the same row aside) or in the quarantine.
        var inVersions = reading.Versions.Where(v => !v.Series.Contains('#')).Sum(v => v.Components.Count);
        Assert.Equal(numbers, inVersions + reading.Quarantine.Count(p => p.Code != "no_value"));
        Assert.All(reading.Versions, v => Assert.Equal(year.ToString(CultureInfo.InvariantCulture), v.Version));
        Assert.All(reading.Quarantine, p => Assert.True(Texts.Has("problem." + p.Code) && p.Row > 1));
    }

    [Fact]
    public void The_gases_of_a_UK_row_add_up_to_its_total_and_are_no_masses()
    {
        var split = 0;
        foreach (var version in Uk(2025).Versions.Where(v => v.Components.Count == 4))
        {
            Assert.Equal(version.Find(ComponentKind.Co2e)!.Value, version.Components.Where(c => c.Kind == ComponentKind.GasAsCo2e).Sum(c => c.Value), 2e-5 * Math.Max(1, version.Components[0].Value));
            Assert.DoesNotContain(version.Components, c => c.Kind == ComponentKind.GasMass);
            split++;
        }

        Assert.True(split > 1300);
    }

    [Fact]
    public void A_UK_series_keeps_its_key_although_spellings_changed()
    {
        foreach (var series in new[] { "fuels/gaseous-fuels/natural-gas/kwh-gross-cv", "fuels/liquid-fuels/diesel-average-biofuel-blend/l", "uk-electricity/electricity-generated/electricity-uk/kwh", "wtt-fuels/gaseous-fuels/natural-gas/kwh-net-cv" })
        {
            foreach (var year in new[] { 2016, 2020, 2021, 2022, 2023, 2025 })
            {
                Assert.Contains(Uk(year).Versions, v => v.Series == series);
            }
        }

        // Whatever 2022 and 2025 both publish has one key: far more than half of each year.
        var both = Uk(2022).Versions.Select(v => v.Series).Intersect(Uk(2025).Versions.Select(v => v.Series)).Count();
        Assert.True(both > 2200, $"only {both} series in common");
    }

    [Fact]
    public void UK_years_stand_in_one_library_as_versions_of_one_series()
    {
        var library = FactorLibrary.Empty.With(Uk(2022)).With(Uk(2023)).With(Uk(2025));
        var electricity = library.Named("uk-desnz:uk-electricity/electricity-generated/electricity-uk/kwh");
        Assert.Equal([0.19338, 0.207074, 0.177], electricity.OrderBy(v => v.ValidFrom).Select(v => Math.Round(v.Find(ComponentKind.Co2e)!.Value, 6)));
        Assert.Equal([GwpSet.Ar4, GwpSet.Ar5, GwpSet.Ar5], electricity.OrderBy(v => v.ValidFrom).Select(v => v.Gwp));
        Assert.Equal(library.Count, library.With(Uk(2025)).Count);
    }

    [Theory]
    [InlineData("electricity.grid", FactorRole.Main, "kWh", 0.177)]
    [InlineData("electricity.grid", FactorRole.Losses, "kWh", 0.01853)]
    [InlineData("electricity.grid", FactorRole.Upstream, "kWh", 0.0459)]
    [InlineData("fuel.natural_gas", FactorRole.Main, "kWh (Gross CV)", 0.18296)]
    [InlineData("fuel.natural_gas", FactorRole.Main, "kWh (Net CV)", 0.2027)]
    [InlineData("fuel.natural_gas", FactorRole.Main, "Sm3", 2.06672)]
    [InlineData("fuel.diesel", FactorRole.Main, "L", 2.57082)]
    [InlineData("fuel.diesel", FactorRole.Upstream, "L", 0.61101)]
    public void UK_rows_serve_our_activities(string activity, FactorRole role, string unit, double value) =>
        Assert.Contains(Uk(2025).Versions, v => v.Activity == activity && v.Role == role && v.Geography == "GB" && v.Components[0].Unit.Code == "kg/" + unit
            && Math.Abs(v.Components[0].Value - value) < 1e-9);

    [Fact]
    public void Gross_and_net_are_separate_series_and_biogenic_carbon_is_a_mass_of_its_own()
    {
        var gas = Uk(2025).Versions.Where(v => v.Activity == "fuel.natural_gas" && v.Role == FactorRole.Main && v.Basis != UnitCondition.None).ToList();
        Assert.Equal([UnitCondition.GrossCalorific, UnitCondition.NetCalorific], gas.OrderBy(v => v.Priority).Select(v => v.Basis));
        var outside = Uk(2025).Versions.Where(v => v.Role == FactorRole.OutsideScopes && v.Activity == "fuel.diesel").ToList();
        Assert.NotEmpty(outside);
        Assert.All(outside, v => Assert.Equal((ComponentKind.GasMass, Gases.Co2Biogenic), (v.Components.Single().Kind, v.Components.Single().Gas)));
    }

    [Theory]
    [InlineData("original-2018-flat-file-v1.01.xls", 2018)]
    [InlineData("original-2023-flat-file-v1.1.xlsx", 2023)]
    [InlineData("original-2025-flat-file.xlsx", 2025)]
    public void A_published_workbook_gives_what_its_CSV_copy_gives(string file, int year)
    {
        var original = FactorImport.Read(OpenData.Bytes("ef-uk-desnz/" + file), file).Value;
        var copy = Uk(year);
        Assert.Equal((copy.Rows, copy.Numbers), (original.Rows, original.Numbers));
        Assert.Equal(copy.Versions.Select(v => v.Id), original.Versions.Select(v => v.Id));
        Assert.Equal(copy.Versions.SelectMany(v => v.Components), original.Versions.SelectMany(v => v.Components));
        Assert.All(original.Versions, v => Assert.Equal("V", v.Mark));
    }

    [Fact]
    public void The_full_set_workbook_is_unrolled_into_the_same_series()
    {
        var full = FactorImport.Read(OpenData.Bytes("ef-uk-desnz/original-2024-full-set-v1.1.xlsx"), "original-2024-full-set-v1.1.xlsx").Value;
        Assert.Equal(7029, full.Numbers);
        double Of(string series) => full.Versions.Single(v => v.Series == series).Find(ComponentKind.Co2e)!.Value;
        Assert.Equal(0.20705, Of("uk-electricity/electricity-generated/electricity-uk/kwh"));
        Assert.Equal(0.1829, Of("fuels/gaseous-fuels/natural-gas/kwh-gross-cv"));
        Assert.Equal(2.51279, Of("fuels/liquid-fuels/diesel-average-biofuel-blend/l"));
        var flat = Uk(2025).Versions.Select(v => v.Series).ToHashSet();
        Assert.True(full.Versions.Count(v => flat.Contains(v.Series)) > 0.97 * full.Versions.Count);
    }

    [Fact]
    public void The_2026_JSON_set_continues_the_series()
    {
        var set = FactorImport.Read(OpenData.Bytes("ef-defra2026-egrid2023-eurostat/defra-2026.json"), "defra-2026.json").Value;
        Assert.Empty(set.Quarantine);
        Assert.Equal(893, set.Rows);

        // The transcription leaves out the text of the column (fuel, way of disposal), so that rows which have one are series of their own; the rest goes on.
        var flat = Uk(2025).Versions.Select(v => v.Series).ToHashSet();
        Assert.True(set.Versions.Count(v => flat.Contains(v.Series)) > 400);
        foreach (var sheet in new[] { "wtt-uk-electricity/uk-electricity-t-d/electricity-uk/kwh", "transmission-and-distribution/t-d-uk-electricity/electricity-uk/kwh" })
        {
            Assert.Contains(sheet, flat);
            Assert.Contains(set.Versions, v => v.Series == sheet);
        }

        var gas = set.Versions.Single(v => v.Series == "fuels/gaseous-fuels/natural-gas/kwh-gross-cv");
        Assert.Equal((0.18231, "fuel.natural_gas", GwpSet.Ar5), (gas.Find(ComponentKind.Co2e)!.Value, gas.Activity, gas.Gwp));
        Assert.Equal(0.13096, set.Versions.Single(v => v is { Activity: "electricity.grid", Role: FactorRole.Main }).Find(ComponentKind.Co2e)!.Value);
        foreach (var version in set.Versions.Where(v => v.Components.Count == 4))
        {
            Assert.Equal(version.Components[0].Value, version.Components.Skip(1).Sum(c => c.Value), 1e-4 * Math.Max(1, version.Components[0].Value));
        }
    }

    [Theory]
    [InlineData("v1.3.0_NAICS_CO2e_USD2022", "v1.3.0_NAICS_byGHG_USD2022", GwpSet.Ar5, 18288)]
    [InlineData("v1.2_NAICS_CO2e_USD2021", "v1.2_NAICS_byGHG_USD2021", GwpSet.Ar4, 16256)]
    public void US_supply_chain_totals_equal_the_sum_of_their_gases(string totalFile, string gasFile, GwpSet gwp, int gasRows)
    {
        var totals = FactorImport.Read(OpenData.Bytes($"ef-us-epa/SupplyChainGHGEmissionFactors_{totalFile}.csv"), "a.csv").Value;
        var gases = FactorImport.Read(OpenData.Bytes($"ef-us-epa/SupplyChainGHGEmissionFactors_{gasFile}.csv"), "b.csv").Value;
        Assert.Equal((1016, 3048, 0), (totals.Rows, totals.Numbers, totals.Quarantine.Count));
        Assert.Equal((gasRows, gasRows * 3, 0), (gases.Rows, gases.Numbers, gases.Quarantine.Count));
        Assert.All(totals.Versions, v => Assert.Equal(gwp, v.Gwp));
        var bySeries = gases.Versions.ToDictionary(v => v.Series);
        var differences = new List<double>();
        foreach (var total in totals.Versions.Where(v => v.Role == FactorRole.Main))
        {
            var sum = bySeries[total.Series].Components.Sum(c => c.Value * (c.Gas is { } gas ? (double)Gwp.Scaled(gwp, gas.Id) / Gwp.Scale : 1));
            differences.Add(Math.Abs(sum - total.Components[0].Value) / total.Components[0].Value);
        }

        differences.Sort();
        Assert.True(differences[differences.Count / 2] < 0.003, $"median {differences[differences.Count / 2]:P2}");
        Assert.True(differences[(int)(differences.Count * 0.99)] < 0.02, $"99 % {differences[(int)(differences.Count * 0.99)]:P2}");
    }

    [Fact]
    public void US_supply_chain_without_margins_and_margins_add_up()
    {
        var reading = FactorImport.Read(OpenData.Bytes("ef-us-epa/SupplyChainGHGEmissionFactors_v1.3.0_NAICS_CO2e_USD2022.csv"), "a.csv").Value;
        var values = reading.Versions.ToDictionary(v => v.Series, v => v.Components[0].Value);
        Assert.All(values.Keys.Where(k => k.Count(c => c == '.') == 1), k => Assert.Equal(values[k], values[k + ".without_margins"] + values[k + ".margins"], 0.0011));
        Assert.Equal(0.532, values["naics.111110"]);
        Assert.Equal("spend.naics.111110", reading.Versions.First(v => v.Series == "naics.111110").Activity);
    }

    [Theory]
    [InlineData("ghg-emission-factors-hub-2024.xlsx")]
    [InlineData("hub2024-stationary-combustion.csv")]
    public void Hub_stationary_fuels_equal_the_expected_table(string file)
    {
        var whole = FactorImport.Read(OpenData.Bytes("ef-us-epa/" + file), file).Value;
        var reading = whole with { Versions = [.. whole.Versions.Where(v => v.Series.StartsWith("stationary.", StringComparison.Ordinal))] };
        Assert.DoesNotContain(reading.Quarantine, p => p.Row < 100);
        var expected = DataRows.Parse(OpenData.Bytes("ef-us-epa/expected-hub2024-table1.csv")).ToList();
        Assert.Equal(expected.Count, reading.Versions.Count);
        foreach (var row in expected)
        {
            var version = reading.Versions.SingleOrDefault(v => v.NameEn.StartsWith(row["Fuel Type"] + ", ", StringComparison.Ordinal) && v.Page == row["Fuel Category"]);
            Assert.True(version is not null, row["Fuel Category"] + " " + row["Fuel Type"] + " is missing");
            Assert.Equal("2024", version.Version);
            Assert.Equal(UnitCondition.GrossCalorific, version.Basis);
            Assert.Equal(row["Heat Content (HHV)"], version.Find(ComponentKind.GrossCalorificValue)?.Value.ToString("0.###############", CultureInfo.InvariantCulture) ?? "");
            Assert.Equal(Number(row["CO2 Factor (kg CO2 per mmBtu)"]), version.Components.Single(c => c.Gas == Gases.Co2 || c.Gas == Gases.Co2Biogenic).Value);
            Assert.Equal(Number(row["CH4 Factor (g CO2 per mmBtu)"]), version.Components.Single(c => c.Gas == Gases.Ch4).Value, 1e-12);
            Assert.Equal(Number(row["N2O Factor (g CO2 per mmBtu)"]), version.Components.Single(c => c.Gas == Gases.N2O).Value, 1e-12);
        }
    }

    [Theory]
    [InlineData("hub2024-electricity.csv", 56)]
    [InlineData("hub2024-mobile-combustion-co2.csv", 10)]
    [InlineData("hub2024-scope3-cat-4-9.csv", 7)]
    [InlineData("hub2024-scope3-cat-6-7.csv", 12)]
    [InlineData("hub2024-steam-and-heat.csv", 1)]
    [InlineData("hub2024-mobile-combustion-ch4-and-n2o-for-non-road-vehicles.csv", 40)]
    public void Hub_tables_are_read_whole(string file, int versions)
    {
        var reading = FactorImport.Read(OpenData.Bytes("ef-us-epa/" + file), file).Value;
        Assert.Empty(reading.Quarantine);
        Assert.Equal(versions, reading.Versions.Count);
    }

    [Fact]
    public void Egrid_gives_gas_masses_of_its_own_places()
    {
        var reading = FactorImport.Read(OpenData.Bytes("ef-defra2026-egrid2023-eurostat/egrid-2023.json"), "egrid-2023.json").Value;
        Assert.Equal(27, reading.Versions.Count);
        var upstate = Assert.Single(reading.Versions, v => v.Geography == "US-EGRID-NYUP");
        Assert.Equal((109.8115704, "electricity.grid", "2023"), (upstate.Components[0].Value, upstate.Activity, upstate.Version));
        Assert.All(reading.Versions, v => Assert.All(v.Components, c => Assert.Equal(ComponentKind.GasMass, c.Kind)));
    }

    [Fact]
    public void Mapping_rows_read_layouts_that_no_code_knows()
    {
        var ember = FactorImport.Read(OpenData.Bytes("ef-owid-ember/carbon-intensity-electricity.csv"), "x.csv").Value;
        Assert.Equal(6106, ember.Versions.Count + ember.Quarantine.Count);
        Assert.Equal(583.04, ember.Versions.Single(v => v.Series == "intensity.CHN" && v.Version == "2023").Components[0].Value, 0.005);
        Assert.Empty(ember.Quarantine);

        var cbam = FactorImport.Read(OpenData.Bytes("ef-eu-cbam/cbam_defaults_v20260204.latin1.csv"), "x.csv").Value;
        Assert.Contains(cbam.Versions, v => v.Geography == "CN" && v.Series.StartsWith("cbam.CN.7208", StringComparison.Ordinal) && v.Components[0].Value == 3.186893);
        Assert.All(cbam.Versions, v => Assert.Equal((FactorRole.Named, ""), (v.Role, v.Activity)));

        var india = FactorImport.Read(OpenData.Bytes("ef-india-open/emission_factors_v1_2.json"), "x.json").Value;
        Assert.Equal(0.7117, india.Versions.Single(v => v.Activity == "electricity.grid").Components[0].Value);
        Assert.Equal(32, india.Quarantine.Count(p => p is { Code: "import_property", Found: "percent" }));
    }

    [Fact]
    public void The_French_set_reads_the_same_in_the_form_the_publisher_gives_it_out()
    {
        var extract = Encoding.UTF8.GetString(OpenData.Bytes("ef-ademe/Base.Carbone.V20.2_Extrait.BCS-1.csv"));
        var copy = FactorImport.Read(Encoding.UTF8.GetBytes(extract), "copy.csv").Value;

        // The publisher's own file is Latin-1, cut by semicolons, with decimal commas.
        var official = new StringBuilder();
        foreach (var record in CsvText.Records(Encoding.UTF8.GetBytes(extract)))
        {
            official.AppendJoin(';', record.Select(c => FactorComponents.TryNumber(c, out _) ? c.Replace('.', ',') : $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append('\n');
        }

        var reading = FactorImport.Read(Encoding.Latin1.GetBytes(official.ToString()), "Base_Carbone.csv").Value;
        Assert.Equal(532, reading.Versions.Count);
        Assert.Equal(copy.Versions.Select(v => v.Id), reading.Versions.Select(v => v.Id));
        Assert.Equal(copy.Versions.SelectMany(v => v.Components), reading.Versions.SelectMany(v => v.Components));
        var coal = reading.Versions.Single(v => v.Series == "element.12895.combustion");
        Assert.Equal((95.8, GwpSet.Ar5, "FR", 20.0), (coal.Find(ComponentKind.Co2e)!.Value, coal.Gwp, coal.Geography, coal.UncertaintyPercent));
        Assert.Equal(95.8, coal.Components.Where(c => c.Kind == ComponentKind.GasAsCo2e).Sum(c => c.Value), 0.05);
        Assert.Contains("Agglomérés de houille", coal.NameEn, StringComparison.Ordinal);
        Assert.StartsWith("燃料：", coal.NameZh, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_version_has_a_name_in_Chinese_or_says_that_the_original_stands()
    {
        Assert.All(Uk(2025).Versions, v => Assert.Contains(v.NameZh, c => c > '\u3000'));
        Assert.Contains(Uk(2025).Versions, v => v.Activity.Length == 0 && v.NameZh.Contains("名称为原文", StringComparison.Ordinal));
    }

    [Fact]
    public void Our_own_packs_come_in_by_the_same_door()
    {
        var grid = FactorLibrary.BuiltIn.Packs.Single(p => p.Code == "cn-grid");
        var bytes = PackFile.Write(grid, [.. FactorLibrary.BuiltIn.All.Where(v => v.Pack == grid)]);
        using var stream = new MemoryStream(bytes);
        var reading = FactorImport.Read(stream, "anything.bin").Value;
        Assert.False(reading.Pack.BuiltIn);
        Assert.Equal(123, reading.Versions.Count);
    }

    [Fact]
    public void Traps_of_the_UK_files_are_named_at_their_row()
    {
        var header = "id,scope,level_1,level_2,level_3,level_4,column_text,uom,ghg,factor,year\n";
        var rows = new[]
        {
            ",Scope 1,Fuels,Gaseous fuels,Butane,,,tonnes,kg CO2e,3033.38,2025",
            ",Scope 1,Fuels,Gaseous fuels,Butane,,,tonnes,kg CO2e,3033.38,2025",
            ",Scope 1,Fuels,Gaseous fuels,Butane,,,litres,kg CO2e,,2025",
            ",Scope 1,Fuels,Gaseous fuels,Butane,,,barrels of fun,kg CO2e,1,2025",
            ",Scope 1,Fuels,Gaseous fuels,Butane,,,kWh (Net CV),`,1,2025",
            ",Scope 1,Fuels,Gaseous fuels,Butane,,,kWh (Net CV),kg CO2e,< 1,2025",
            ",Scope 1,SECR kWh pass & delivery vehs,Motorbike,Small,,,km,kWh (Net CV),0.4,2025",
            ",Scope 1,Fuels,Gaseous fuels,CNG,,,litres,kg CO2e of CH4 per unit,0.1,2025",
            ",Scope 3,Hotel stay,Hotel stay,Atlantis,,,Room per night,kg CO2e,12,2025",
            "END,,,,,,,,,,",
        };
        var reading = FactorImport.Read(Encoding.UTF8.GetBytes(header + string.Join('\n', rows)), "x.csv").Value;
        Assert.Equal(
            [
                (3, "factor_component_twice"), (4, "no_value"), (5, "factor_unit_unknown"), (6, "import_gas_unknown"), (7, "factor_number"), (8, "import_not_emission"),
                (9, "import_total_missing"), (10, "factor_region_unknown"), (11, "no_value"),
            ],
            reading.Quarantine.Select(p => (p.Row!.Value, p.Code)).Order());
        Assert.Equal("fuels/gaseous-fuels/butane/t", Assert.Single(reading.Versions).Series);
    }

    [Theory]
    [InlineData("", "table_empty")]
    [InlineData("a,b\n1,2\n", "import_not_recognised")]
    [InlineData("{\"a\":[{\"b\":1}]}", "import_not_recognised")]
    [InlineData("{\"a\":", "import_json_broken")]
    [InlineData("# pack: x\n", "pack_empty")]
    public void What_is_no_factor_file_is_refused(string text, string code) =>
        Assert.Equal(code, FactorImport.Read(Encoding.UTF8.GetBytes(text), "x").Problems[0].Code);

    [Theory]
    [InlineData("ef-uk-desnz/uk-ghg-factors-2025.csv", 40_000)]
    [InlineData("ef-us-epa/hub2024-stationary-combustion.csv", 40_000)]
    [InlineData("ef-defra2026-egrid2023-eurostat/egrid-2023.json", 40_000)]
    [InlineData("ef-us-epa/ghg-emission-factors-hub-2024.xlsx", int.MaxValue)]
    public void Damaged_files_of_publishers_never_throw(string file, int length)
    {
        var whole = OpenData.Bytes(file);
        var source = whole[..Math.Min(whole.Length, length)];
        var random = new Random(77);
        for (var round = 0; round < 40; round++)
        {
            var bytes = (byte[])source.Clone();
            for (var hit = random.Next(1, 30); hit > 0; hit--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var outcome = FactorImport.Read(bytes, "damaged");
            Assert.True(outcome.Ok || outcome.Problems.All(p => Texts.Has("problem." + p.Code)));
        }
    }

    [Fact]
    public void A_megabyte_of_UK_factors_takes_less_than_a_second()
    {
        var bytes = OpenData.Bytes("ef-uk-desnz/uk-ghg-factors-2025.csv");
        _ = FactorImport.Read(bytes, "warm-up.csv");
        var best = TimeSpan.MaxValue;
        // The best of a few: the tests share their cores, and a pause says nothing of the reader.
        for (var round = 0; round < 5 && best.TotalSeconds >= 1; round++)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            _ = FactorImport.Read(bytes, "uk.csv");
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        Assert.True(best.TotalSeconds < 1, best.ToString());
    }

    private static PackReading Uk(int year)
    {
        var file = $"ef-uk-desnz/uk-ghg-factors-{year}.csv";
        return FactorImport.Read(OpenData.Bytes(file), file).Value;
    }

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
