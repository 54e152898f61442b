using System.Text;
using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Factors;

public sealed class PackFileTests
{
    private const string Good = "s.one,2024,2024-01-01,2025-01-01,electricity.grid,main,CN-GD,,One,一,co2=0.5 kg/kWh,,,,Source,,S,,,";

    [Fact]
    public void A_good_row_passes()
    {
        var reading = Read(Good);
        Assert.Empty(reading.Quarantine);
        Assert.Equal("test:s.one@2024", Assert.Single(reading.Versions).Id);
    }

    [Theory]
    [InlineData("electricity.grid", "electricity.gird", "factor_activity_unknown", "activity")]
    [InlineData("electricity.grid", "外购电力", "factor_activity_unknown", "activity")]
    [InlineData("CN-GD", "CN-ZZ", "factor_region_unknown", "geography")]
    [InlineData("CN-GD", "广东", "factor_region_unknown", "geography")]
    [InlineData("main", "Main", "factor_role_unknown", "role")]
    [InlineData("2024-01-01", "2024-1-1", "factor_date", "valid_from")]
    [InlineData("2025-01-01", "2023-01-01", "factor_dates_order", "valid_to")]
    [InlineData("2025-01-01", "2024-01-01", "factor_dates_order", "valid_to")]
    [InlineData("co2=0.5 kg/kWh", "co2=-0.5 kg/kWh", "factor_value_range", "components")]
    [InlineData("co2=0.5 kg/kWh", "co2=NaN kg/kWh", "factor_number", "components")]
    [InlineData("co2=0.5 kg/kWh", "co2=1e400 kg/kWh", "factor_number", "components")]
    [InlineData("co2=0.5 kg/kWh", "\"co2=0,5 kg/kWh\"", "factor_number", "components")]
    [InlineData("co2=0.5 kg/kWh", "co2=0.5 kg/kWhh", "factor_unit_unknown", "components")]
    [InlineData("co2=0.5 kg/kWh", "co2=0.5 kWh/kg", "factor_unit_kind", "components")]
    [InlineData("co2=0.5 kg/kWh", "co2=0.5 kg", "factor_unit_kind", "components")]
    [InlineData("co2=0.5 kg/kWh", "ncv=0.5 kg/kWh", "factor_unit_kind", "components")]
    [InlineData("co2=0.5 kg/kWh", "oxidation=101 %", "factor_value_range", "components")]
    [InlineData("co2=0.5 kg/kWh", "xyz=0.5 kg/kWh", "factor_component_unknown", "components")]
    [InlineData("co2=0.5 kg/kWh", "co2=0.5 kg/kWh|co2=0.6 kg/kWh", "factor_component_twice", "components")]
    [InlineData("co2=0.5 kg/kWh", "co2 0.5 kg/kWh", "factor_component_form", "components")]
    [InlineData(",S,", ",X,", "factor_mark", "mark")]
    [InlineData(",S,,,", ",S,-1,,", "factor_uncertainty", "uncertainty_percent")]
    [InlineData(",S,,,", ",S,,,,stray", "pack_row_long", null)]
    [InlineData("s.one", "", "pack_cell_empty", "series")]
    [InlineData("s.one", "s@one", "factor_key", "series")]
    public void A_bad_cell_goes_into_quarantine_with_its_place(string found, string replacement, string code, string? column)
    {
        var reading = Read(Good.Replace(found, replacement, StringComparison.Ordinal));
        Assert.Empty(reading.Versions);
        var problem = Assert.Single(reading.Quarantine);
        Assert.Equal((code, column, 10), (problem.Code, problem.Column, problem.Row));
        Assert.True(Texts.Has("problem." + code) && Texts.Has("expected." + code));
    }

    [Fact]
    public void Versions_of_a_series_may_not_overlap_repeat_or_change_their_purpose()
    {
        var overlapping = Good.Replace(",2024,2024-01-01", ",2024b,2024-06-01", StringComparison.Ordinal);
        var elsewhere = Good.Replace(",2024,2024-01-01,2025-01-01", ",2025,2025-01-01,2026-01-01", StringComparison.Ordinal).Replace("CN-GD", "CN-SH", StringComparison.Ordinal);
        var reading = Read(Good, Good, overlapping, elsewhere);
        Assert.Equal(["factor_row_repeated", "factor_versions_overlap", "factor_series_differs"], reading.Quarantine.Select(p => p.Code));
        Assert.Single(reading.Versions);
    }

    [Fact]
    public void A_fuel_factor_per_energy_says_its_calorific_basis()
    {
        var row = Good.Replace("electricity.grid", "fuel.diesel", StringComparison.Ordinal);
        Assert.Equal("factor_basis_missing", Assert.Single(Read(row).Quarantine).Code);
        Assert.Empty(Read(row.Replace("kg/kWh,,", "kg/kWh,net,", StringComparison.Ordinal)).Quarantine);
        Assert.Equal("factor_basis_conflict", Assert.Single(Read(row.Replace("kg/kWh,,", "kg/kWh{gross},net,", StringComparison.Ordinal)).Quarantine).Code);
    }

    [Fact]
    public void Built_in_packs_survive_writing_and_reading()
    {
        foreach (var pack in FactorLibrary.BuiltIn.Packs)
        {
            FactorVersion[] versions = [.. FactorLibrary.BuiltIn.All.Where(v => v.Pack == pack)];
            var again = PackFile.Parse(PackFile.Write(pack, versions), "again.csv", builtIn: true).Value;
            Assert.Empty(again.Quarantine);
            Assert.Equal(PackFile.Write(again.Pack, again.Versions), PackFile.Write(pack, versions));
            Assert.Equal(versions.Select(v => v.Id), again.Versions.Select(v => v.Id));
            Assert.Equal(versions.SelectMany(v => v.Components), again.Versions.SelectMany(v => v.Components));
        }
    }

    [Theory]
    [InlineData("", "pack_empty")]
    [InlineData("a,b\n1,2\n", "pack_header_missing")]
    [InlineData("# pack: Bad Code\n# version: 1\n# name_en: x\n# publisher: x\n# licence: x\nseries\n", "pack_code")]
    [InlineData("# pack: x\n# version: 1\n# name_en: x\n# publisher: x\n# licence: x\nseries,colour\n", "pack_column_unknown")]
    [InlineData("# pack: x\n# version: 1\n# name_en: x\n# publisher: x\n# licence: x\nseries,version\n", "pack_column_missing")]
    public void A_file_that_is_no_pack_is_refused(string text, string code) =>
        Assert.Equal(code, Assert.Single(PackFile.Parse(Encoding.UTF8.GetBytes(text), "x.csv", builtIn: false).Problems).Code);

    [Fact]
    public void Damaged_packs_never_throw()
    {
        var random = new Random(20240501);
        var source = PackFile.Write(FactorLibrary.BuiltIn.Packs.First(p => p.Code == "cn-fuel-s"), [.. FactorLibrary.BuiltIn.All.Where(v => v.Pack.Code == "cn-fuel-s")]);
        for (var round = 0; round < 400; round++)
        {
            var bytes = (byte[])source.Clone();
            for (var hit = random.Next(1, 12); hit > 0; hit--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)",\"\n#|= 0"[random.Next(8)];
            }

            var reading = PackFile.Parse(bytes, "fuzz.csv", builtIn: false);
            Assert.True(!reading.Ok || reading.Value.Versions.Count + reading.Value.Quarantine.Count > 0);
        }
    }

    private static PackReading Read(params string[] rows)
    {
        var header = "# pack: test\n# version: 1\n# name_en: Test\n# name_zh: 测试\n# publisher: us\n# licence: CC0\n# attribution: none\n# share_alike: 0\n";
        return PackFile.Parse(Encoding.UTF8.GetBytes(header + string.Join(',', PackFile.Columns) + "\n" + string.Join("\n", rows) + "\n"), "test.csv", builtIn: false).Value;
    }
}
