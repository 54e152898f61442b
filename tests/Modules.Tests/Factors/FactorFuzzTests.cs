using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Factors;

/// <summary>Damaged copies of real files: an importer answers with rows, with problems, or with both, and never throws or hangs.</summary>
public sealed class FactorFuzzTests
{
    private const int Copies = 24;
    private const int LongestText = 40_000;
    private const double LongestSeconds = 20;

    public static TheoryData<string> Files => new(
        "ef-ademe/Base.Carbone.V20.2_Extrait.BCS-1.csv", "ef-ademe/emission-factors.json", "ef-boavizta-devices/boavizta-data-us.csv", "ef-canada-vehicles/CO2_Emissions_Canada.csv",
        "ef-china/cn_fuel_defaults.csv", "ef-china/cn_process_defaults.csv", "ef-codecarbon/global_energy_mix.json", "ef-codecarbon/2016_usa_emissions.json",
        "ef-codecarbon/carbon_intensity_per_source.json", "ef-defra2026-egrid2023-eurostat/egrid-2023.json", "ef-electricitymaps-co2js/electricity_maps_yearly_2021_2025.csv",
        "ef-eu-cbam/cbam_benchmarks_2026.csv", "ef-eu-cbam/cbam_defaults_v20260204.latin1.csv", "ef-india-open/emission_factors_v1_2.json", "ef-oefdb/OpenEmissionFactorsDB-2022-05-12.csv",
        "ef-owid-ember/carbon-intensity-electricity.csv", "ef-uk-desnz/uk-ghg-factors-2022.csv", "ef-uk-desnz/uk-ets-inventory-carbon-emission-factors-2025.xlsx",
        "ef-us-epa/SupplyChainGHGEmissionFactors_v1.3.0_NAICS_byGHG_USD2022.csv", "ef-us-epa/ghg-emission-factors-hub-2024.xlsx", "ef-us-epa/hub2024-gwp-for-blended-refrigerants.csv",
        "ef-us-grid-fuels-oge/emission_factors_for_co2_ch4_n2o.csv", "ef-useeio-exiobase-imports/US_detail_import_factors_exiobase_2019.csv",
        "ghgp-cross-sector/Emission_Factors_for_Cross_Sector_Tools_V2.0.xlsx", "ipcc-2006/ipcc2006_stationary_defaults.csv");

    [Theory]
    [MemberData(nameof(Files))]
    public void A_damaged_file_is_answered(string file)
    {
        var whole = OpenData.Bytes(file);

        // Texts are cut short, so that many damages hit the beginning where the layout is; a packed workbook is damaged as a whole.
        var start = file.EndsWith(".xlsx", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal) ? whole : whole[..Math.Min(whole.Length, LongestText)];
        var random = new Random(file.Length * 7919);
        for (var copy = 0; copy < Copies; copy++)
        {
            var bytes = Damaged(start, random);
            var started = Stopwatch.GetTimestamp();
            var outcome = FactorImport.Read(bytes, file);
            Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds < LongestSeconds, $"copy {copy.ToString(CultureInfo.InvariantCulture)} took too long");
            if (!outcome.Ok)
            {
                Assert.All(outcome.Problems, p => Assert.True(Texts.Has("problem." + p.Code), p.Code));
                continue;
            }

            var reading = outcome.Value;
            Assert.All(reading.Quarantine, p => Assert.True(Texts.Has("problem." + p.Code), p.Code));
            Assert.All(reading.Versions, v => Assert.True(v.Components.Count > 0 && v.Series.Length > 0 && Regions.Find(v.Geography) is not null && v.Components.All(c => double.IsFinite(c.Value))));

            // Whatever was taken can be kept: the pack form reads it again without a loss.
            Assert.Equal(reading.Versions.Count, reading.Versions.Count == 0 ? 0 : PackFile.Parse(PackFile.Write(reading.Pack, reading.Versions), file, builtIn: false).Value.Versions.Count);
        }
    }

    [Theory]
    [InlineData("{\"A\":{\"facteurs\":{\"France\":{\"kgCO2e/kg\":\"\\ud800\"}}}}")]
    [InlineData("{\"factors\":[{\"id\":\"\\udc00\"}]}")]
    public void A_text_that_is_no_text_is_named(string json) => Assert.Equal("import_json_broken", Assert.Single(FactorImport.Read(Encoding.UTF8.GetBytes(json), "x.json").Problems).Code);

    private static byte[] Damaged(byte[] source, Random random)
    {
        var bytes = source.ToList();
        for (var times = random.Next(1, 6); times > 0 && bytes.Count > 8; times--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 200), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    bytes.InsertRange(at, "\",;\n{}[]\"@\u0000\t1e999 -1 NaN"u8.ToArray());
                    break;
                case 5:
                    // Numbers change into other things a cell may hold.
                    for (var i = at; i < at + length; i++)
                    {
                        bytes[i] = bytes[i] is >= (byte)'0' and <= (byte)'9' ? (byte)"09.,-e <%"[random.Next(9)] : bytes[i];
                    }

                    break;
                default:
                    var other = random.Next(bytes.Count);
                    (bytes[at], bytes[other]) = (bytes[other], bytes[at]);
                    break;
            }
        }

        return [.. bytes];
    }
}
