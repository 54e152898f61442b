using FsCheck;
using FsCheck.Fluent;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Kernel;

public sealed class UnitTableTests
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(20_000).WithReplay(7_202_406, 23);

    [Fact]
    public void Every_spelling_names_its_unit_and_every_unit_its_names()
    {
        foreach (var row in DataRows.Read("units/units.csv"))
        {
            var unit = Units.Get(row["code"]);
            Assert.Equal(row["code"], unit.Code);
            Assert.Equal(row["name_zh"], Units.Name(unit, Language.Chinese));
            Assert.NotEmpty(Units.Name(unit, Language.English));
            Assert.All(row["aliases"].Split('|', StringSplitOptions.RemoveEmptyEntries), alias => Assert.Same(unit, Units.Find(alias)));
        }
    }

    [Fact]
    public void No_annotation_is_also_a_unit()
    {
        // PCS is a piece in English and the gross calorific value (pouvoir calorifique supérieur) behind a French unit of energy.
        foreach (var row in DataRows.Read("units/words.csv").Where(r => r["meaning"] != "ambiguous" && r["spelling"] != "PCS"))
        {
            Assert.True(Units.Find(row["spelling"]) is null, row["spelling"]);
        }

        Assert.All(Gases.All, g => Assert.True(Units.Find(g.Code) is null && Units.Find(g.Formula) is null, g.Code));
    }

    [Fact]
    public void Units_a_billion_apart_are_never_confused()
    {
        foreach (var (big, small) in new[] { ("Mg", "mg"), ("MW", "mW"), ("MWh", "mWh"), ("MJ", "mJ"), ("ML", "mL") })
        {
            Assert.True(Units.Get(big).ToCoherent / Units.Get(small).ToCoherent > 0.9e9);
        }

        Assert.Null(Units.Find("MG"));
        Assert.Null(Units.Find("mw"));
        Assert.Null(Units.Find("mt"));
    }

    [Fact]
    public void Any_two_units_per_each_other_are_one_or_a_rate()
    {
        foreach (var unit in Units.Table.Where(u => u.Code != "1"))
        {
            var one = Units.Find($"({unit.Code})/({unit.Code})");
            Assert.True(one is not null && one.Dimension == Dimension.None && one.Factor == Rational.One, unit.Code);
            Assert.True(Units.Find("kg CO2e/" + unit.Code) is { } rate && rate.Dimension == Dimension.OfMass / unit.Dimension, unit.Code);
        }
    }

    [Fact]
    public void Any_text_is_read_or_refused_but_never_thrown_at()
    {
        var pieces = Gen.Elements(
            Units.Table.Select(u => u.Code).Concat(
            [
                "/", "/", ".", " ", " ", "*", "-", "^", "(", ")", "{", "}", ",", "10", "10^4", "0", "1e9", "99999999999999999999999", "^-3", "³", "⁻", "per ", "CO2e", "钢", "万", "亿",
                "of", "foo", "gross", "(Net CV)", "20 °C", "℃", "µ", "\0", "\uFFFF", "\uD800", "，", "e", "E+", "2021", "1,000", "%",
            ]).ToArray());
        var built = pieces.ArrayOf().Select(parts => string.Concat(parts));
        var plain = ArbMap.Default.GeneratorFor<string>().Select(s => s ?? "");
        Check.One(Seeded, Prop.ForAll(Gen.OneOf(built, plain).ToArbitrary(), text => Readable(text)));
        Assert.All(
            [new string('(', 200), new string('(', 100) + "kg" + new string(')', 98), string.Concat(Enumerable.Repeat("t(", 90)), string.Concat(Enumerable.Repeat("m^9", 60)),
                string.Concat(Enumerable.Repeat("(10^9)^9", 20)), string.Concat(Enumerable.Repeat("10^30 ", 30)) + "kg", new string('1', 199), "1e999999999 kg", new string('a', 5000)],
            text => Assert.True(Readable(text)));
    }

    [Fact]
    public void A_unit_that_is_missing_unknown_or_ambiguous_says_so()
    {
        Assert.Equal("unit_missing", Units.Read(" ").Problems[0].Code);
        Assert.Equal("unit_missing", Units.Read(null).Problems[0].Code);
        Assert.Equal("unit_unknown", Units.Read("flurbs").Problems[0].Code);
        Assert.Equal("unit_ambiguous", Units.Read("Ton").Problems[0].Code);
        Assert.Equal("t", Units.Read(" 吨 ").Value.Code);
    }

    [Fact]
    public void Units_of_the_open_data_are_all_known()
    {
        Assert.SkipUnless(Vectors.OpenData is not null, "The open data is not there (TANLU_TEST_DATA).");
        var folder = Path.Combine(Vectors.OpenData!, "carbon");
        var spellings = Directory.GetFiles(Path.Combine(folder, "ef-uk-desnz"), "*.csv").SelectMany(f => DataRows.Parse(File.ReadAllBytes(f))).Select(r => r["uom"])
            .Concat(DataRows.Parse(File.ReadAllBytes(Path.Combine(folder, "ef-oefdb", "OpenEmissionFactorsDB-2022-05-12.csv"))).Select(r => r["activity_unit"]))
            .Concat(DataRows.Parse(File.ReadAllBytes(Path.Combine(folder, "ef-china", "cn_process_defaults.csv"))).Select(r => r["unit"]))
            .Concat(DataRows.Parse(File.ReadAllBytes(Path.Combine(folder, "ef-china", "cn_electricity_other_factors.csv"))).Select(r => r["unit"]))
            .Concat(Directory.GetFiles(Path.Combine(folder, "ef-us-epa"), "Supply*.csv").SelectMany(f => DataRows.Parse(File.ReadAllBytes(f))).Select(r => r["Unit"]))
            .Where(u => u.Length > 0).Distinct().ToArray();
        Assert.True(spellings.Length > 30);
        Assert.Equal("", string.Join(" | ", spellings.Where(u => Units.Find(u) is null)));
    }

    private static bool Readable(string text) => Units.Find(text) is not { } unit || (double.IsFinite(unit.ToCoherent) && unit.ToCoherent > 0);
}
