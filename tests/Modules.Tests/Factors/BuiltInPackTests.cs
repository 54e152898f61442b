using System.Globalization;
using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Factors;

public sealed class BuiltInPackTests
{
    [Fact]
    public void Every_built_in_pack_loads_without_quarantine()
    {
        foreach (var name in DataRows.Names("packs/"))
        {
            var reading = PackFile.Parse(DataRows.Bytes(name), name, builtIn: true);
            Assert.True(reading.Ok, name);
            Assert.True(
                reading.Value.Quarantine.Count == 0,
                name + "\n" + string.Join("\n", reading.Value.Quarantine.Take(10).Select(p => $"{p.Row} {p.Column} {p.Code} {p.Found} {string.Join(";", p.Args)}")));
            Assert.NotEmpty(reading.Value.Pack.Licence);
            Assert.All(reading.Value.Versions, v => Assert.NotEmpty(v.NameZh));
        }
    }

    [Theory]
    [InlineData("cn-grid", 123)]
    [InlineData("cn-electricity-footprint", 20)]
    [InlineData("cn-fuel-s", 22)]
    [InlineData("cn-fuel-n", 36)]
    [InlineData("cn-fuel-p", 14)]
    [InlineData("cn-fuel-g", 26)]
    [InlineData("cn-ncsc", 65)]
    [InlineData("cn-heat", 1)]
    [InlineData("cn-process", 53)]
    [InlineData("ipcc-2006", 135)]
    public void Packs_hold_what_their_documents_hold(string pack, int versions) =>
        Assert.Equal(versions, FactorLibrary.BuiltIn.All.Count(v => v.Pack.Code == pack));

    [Fact]
    public void Every_China_grid_value_equals_the_open_table()
    {
        var rows = DataRows.Parse(OpenData.Bytes("ef-china/cn_grid_co2_factors_2021_2023.csv")).ToList();
        Assert.Equal(114, rows.Count);
        foreach (var row in rows)
        {
            var place = row["level"] switch { "national" => "CN", "region" => Regions.Find(row["area_zh"])!.Code, _ => row["iso_3166_2"] };
            var version = FactorLibrary.BuiltIn.Find($"cn-grid:grid.{place}@{row["data_year"]}");
            Assert.NotNull(version);
            Assert.Equal(Number(row["factor"]), version.Components.Single().Value);
            Assert.Equal(FactorRole.Main, version.Role);
            Assert.Equal(new DateOnly(int.Parse(row["data_year"], CultureInfo.InvariantCulture) + 1, 1, 1), version.ValidTo);
        }
    }

    [Fact]
    public void Official_bases_are_kept_apart_and_never_serve_unnamed()
    {
        var library = FactorLibrary.BuiltIn;
        Assert.Equal(0.6096, library.Find("cn-grid:grid.CN.residual@2023")!.Components[0].Value);
        Assert.Equal(0.8273, library.Find("cn-grid:grid.CN.fossil@2023")!.Components[0].Value);
        Assert.Equal(0.5703, library.Find("cn-grid:grid.CN.ets@2022")!.Components[0].Value);
        Assert.Equal(0.5777, library.Find("cn-electricity-footprint:footprint.mean@2024")!.Components[0].Value);
        Assert.DoesNotContain(library.Of("electricity.grid", FactorRole.Main), v => v.Series.Contains("residual") || v.Series.Contains("footprint"));
        var losses = Assert.Single(library.Of("electricity.grid", FactorRole.Losses), v => v.Geography == "CN" && v.Version == "2024");
        Assert.Equal(0.0327, losses.Components[0].Value);
    }

    [Fact]
    public void Chinese_fuel_sets_reproduce_the_published_results()
    {
        var checkedPairs = 0;
        foreach (var row in DataRows.Parse(OpenData.Bytes("ef-china/cn_fuel_defaults.csv")))
        {
            var activity = ActivityTypes.Find(row["fuel_zh"])?.Code;
            Assert.NotNull(activity);
            foreach (var (set, column) in new[] { ("cn-fuel-s", "A"), ("cn-fuel-n", "B") })
            {
                if (row[$"{column}_tco2_per_unit"].Length == 0)
                {
                    continue;
                }

                var version = FactorLibrary.BuiltIn.All.Single(v => v.Pack.Code == set && v.Activity == activity);
                var perUnit = version.Find(ComponentKind.NetCalorificValue)!.Value * version.Find(ComponentKind.CarbonContent)!.Value / 1000
                    * version.Find(ComponentKind.Oxidation)!.Value / 100 * 44 / 12;
                Assert.Equal(Number(row[$"{column}_tco2_per_unit"]), perUnit, 5e-4);
                checkedPairs++;
            }
        }

        Assert.Equal(37, checkedPairs);
    }

    [Fact]
    public void Provincial_guide_reproduces_its_check_vectors()
    {
        Assert.Equal(3.0959, PerUnit("fuel.diesel"), 5e-5);
        Assert.Equal(2.9251, PerUnit("fuel.gasoline"), 5e-5);
        Assert.Equal(21.6219, PerUnit("fuel.natural_gas"), 5e-5);
        Assert.Equal(1.7417, PerUnit("fuel.bituminous_coal"), 1e-4);

        static double PerUnit(string activity)
        {
            var version = FactorLibrary.BuiltIn.Find($"cn-fuel-p:{activity}@2025")!;
            return version.Find(ComponentKind.NetCalorificValue)!.Value * version.Find(ComponentKind.CarbonContent)!.Value / 1000
                * version.Find(ComponentKind.Oxidation)!.Value / 100 * 44 / 12;
        }
    }

    [Fact]
    public void Ipcc_defaults_reproduce_kilograms_per_tonne()
    {
        var rows = DataRows.Parse(OpenData.Bytes("ipcc-2006/ipcc2006_stationary_defaults.csv")).ToList();
        Assert.Equal(54, rows.Count);
        foreach (var row in rows)
        {
            var version = FactorLibrary.BuiltIn.All.Single(v => v.Pack.Code == "ipcc-2006" && v.Role == FactorRole.Main && v.NameEn.Contains($"({row["fuel"]})"));
            var co2 = version.Find(ComponentKind.GasMass)!;
            Assert.Equal(Number(row["kg_co2_per_tj"]), co2.Value);
            Assert.Equal(row["biogenic"] == "true", co2.Gas == Gases.Co2Biogenic);
            Assert.Equal(UnitCondition.NetCalorific, version.Basis);
            if (row["kg_co2_per_tonne"].Length > 0)
            {
                Assert.Equal(Number(row["kg_co2_per_tonne"]), version.Find(ComponentKind.NetCalorificValue)!.Value * co2.Value / 1000, 0.01);
            }

            var other = FactorLibrary.BuiltIn.Of(version.Activity, FactorRole.CombustionOther).Single();
            Assert.Equal(Number(row["kg_ch4_per_tj_commercial"]), other.Components.Single(c => c.Gas == Gases.Ch4).Value);
            Assert.Equal(Number(row["kg_n2o_per_tj_commercial"]), other.Components.Single(c => c.Gas == Gases.N2O).Value);
        }
    }

    [Fact]
    public void Every_fuel_finds_methane_and_nitrous_oxide_of_combustion()
    {
        foreach (var fuel in ActivityTypes.All.Where(a => a.Method == MethodKind.Combustion))
        {
            Assert.Contains(FactorLibrary.BuiltIn.Of(fuel.Code, FactorRole.CombustionOther), v => v.Geography == "WORLD");
        }
    }

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
