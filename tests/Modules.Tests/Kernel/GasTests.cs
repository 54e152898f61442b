using System.Globalization;
using System.Text.Json;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Kernel;

public sealed class GasTests
{
    [Fact]
    public void Ids_and_spellings_name_one_gas()
    {
        Assert.All(Gases.All, g =>
        {
            Assert.Same(g, Gases.Get(g.Id));
            Assert.Same(g, Gases.Find(g.Code.ToUpperInvariant()));
            Assert.NotEqual("", g.Name(Language.Chinese));
        });
        Assert.Equal("co2", Gases.Co2.Code);
        Assert.True(Gases.Co2Biogenic.Biogenic);
        Assert.Equal(["ch4_fossil", "ch4_nonfossil", "ch4", "n2o"], new[] { Gases.Ch4Fossil, Gases.Ch4NonFossil, Gases.Ch4, Gases.N2O }.Select(g => g.Code));
    }

    [Fact]
    public void Known_values_of_the_four_sets()
    {
        foreach (var row in Vectors.Read("kernel/gwp.csv"))
        {
            var found = Gwp.Find(Gwp.Parse(row["set"])!.Value, Gases.Get(row["gas"]));
            Assert.True(found is not null && found.Value == double.Parse(row["gwp"], CultureInfo.InvariantCulture), $"{row["set"]} {row["gas"]}");
            Assert.NotEmpty(found.Source);
        }
    }

    [Fact]
    public void Values_agree_with_the_table_of_the_US_EPA()
    {
        Assert.SkipUnless(Vectors.OpenData is not null, "The open data is not there (TANLU_TEST_DATA).");
        var published = DataRows.Parse(File.ReadAllBytes(Path.Combine(Vectors.OpenData!, "carbon", "gwp", "IPCC_GWP_values.csv")))
            .Where(r => r["Parameter"] == "GWP100" && double.TryParse(r["Value"], NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            .ToLookup(r => (r["AR"], Plain(r["Acronym"] is "(no data)" or "" ? r["Formula"] : r["Acronym"])), r => double.Parse(r["Value"], CultureInfo.InvariantCulture));
        var compared = 0;
        foreach (var value in Gwp.All)
        {
            var found = published[(Gwp.Code(value.Set), Plain(value.Gas.Code))].Concat(published[(Gwp.Code(value.Set), Plain(value.Gas.Formula))]).ToArray();
            if (found.Length == 0 || value.Gas.Code.StartsWith("ch4", StringComparison.Ordinal) || value.Gas.Biogenic)
            {
                continue;
            }

            // SF6 in AR6: the file holds the figure before IPCC's correction of 2024; the note of our row says so.
            if (value is { Set: GwpSet.Ar6, Gas.Code: "SF6" or "sf6" })
            {
                continue;
            }

            compared++;
            Assert.True(found.Any(v => Math.Abs(v - value.Value) < 1e-9), $"{Gwp.Code(value.Set)} {value.Gas.Code}: {value.Value} against {string.Join(" ", found)}");
        }

        Assert.True(compared >= 60, $"Only {compared} values compared.");
    }

    [Theory]
    [InlineData("ar5.json", GwpSet.Ar5)]
    [InlineData("ar6.json", GwpSet.Ar6)]
    public void Values_agree_with_a_signed_off_set(string file, GwpSet set)
    {
        Assert.SkipUnless(Vectors.OpenData is not null, "The open data is not there (TANLU_TEST_DATA).");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Vectors.OpenData!, "carbon", "gwp", file)));
        var compared = 0;
        foreach (var value in json.RootElement.GetProperty("values").EnumerateArray())
        {
            // The set names HFCs without their hyphen: Hfc134a.
            var name = value.GetProperty("gas").GetString()!;
            var gas = name switch
            {
                "FossilMethane" or "MethaneFossil" => Gases.Ch4Fossil,
                "BiogenicMethane" or "MethaneBiogenic" or "MethaneNonFossil" => Gases.Ch4NonFossil,
                _ => Gases.Find(name.Insert(Math.Min(3, name.Length), "-")) ?? Gases.Find(value.GetProperty("formula").GetString()!),
            };
            if (gas is null || Gwp.Find(set, gas) is not { } ours)
            {
                continue;
            }

            compared++;
            Assert.Equal(value.GetProperty("gwp").GetDouble(), ours.Value);
        }

        Assert.True(compared == 14, $"Only {compared} values compared.");
    }

    [Fact]
    public void Blends_give_the_published_potentials_from_their_composition()
    {
        Assert.All(Blends.All, b => Assert.Equal(1, b.Parts.Sum(p => p.Share), 9));
        Assert.SkipUnless(Vectors.OpenData is not null, "The open data is not there (TANLU_TEST_DATA).");
        var rows = DataRows.Parse(File.ReadAllBytes(Path.Combine(Vectors.OpenData!, "carbon", "ef-us-epa", "hub2024-gwp-for-blended-refrigerants.csv"))).ToArray();
        Assert.Equal(30, rows.Length);
        foreach (var row in rows)
        {
            var code = row["ASHRAE"];

            // The publisher prints 3 104 for R-424A, which its own composition cannot give.
            var expected = code == "R-424A" ? 2211.85 : double.Parse(row["100-year GWP"], CultureInfo.InvariantCulture);
            Assert.Equal(expected, KyotoGwp(Blends.Find(code)!, GwpSet.Ar5), code == "R-424A" ? 1e-6 : 0.6);
        }
    }

    [Theory]
    [InlineData(GwpSet.Ar4, 2087.5)]
    [InlineData(GwpSet.Ar5, 1923.5)]
    [InlineData(GwpSet.Ar6, 2255.5)]
    public void R410A_under_each_set(GwpSet set, double expected) => Assert.Equal(expected, KyotoGwp(Blends.Find("r-410a")!, set), 1e-9);

    private static double KyotoGwp(Blend blend, GwpSet set) =>
        blend.Parts.Where(p => p.Gas.Regime == GasRegime.Kyoto).Sum(p => p.Share * Gwp.Scaled(set, p.Gas.Id) / Gwp.Scale);

    private static string Plain(string name) => name.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
}
