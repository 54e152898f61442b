using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

public sealed class SingleScoreTests
{
    [Fact]
    public void The_published_scores_of_2518_foods_are_met()
    {
        var (indicators, foods) = Agribalyse();
        var worst = foods.Max(f => Math.Abs((Score(BuiltInSets.Get(BuiltInSets.Ef31), indicators, f.Impacts) * 1000 / f.Score) - 1));

        Assert.Equal(2518, foods.Count);
        Assert.InRange(worst, 1e-6, 6e-6);
    }

    [Fact]
    public void With_the_ozone_factor_of_ef_3_0_a_food_is_off_by_two_percent()
    {
        var (indicators, foods) = Agribalyse();
        var set = BuiltInSets.Get(BuiltInSets.Ef31);
        var older = set with { Indicators = [.. set.Indicators.Select(i => i.IndicatorId == "OD" ? i with { Normalisation = 0.053648 } : i)] };
        var worst = foods.Max(f => Math.Abs((Score(older, indicators, f.Impacts) * 1000 / f.Score) - 1));

        Assert.InRange(worst, 1.5e-2, 2.5e-2);
    }

    [Fact]
    public void Ecobalyse_pef_scores_of_four_garments_are_met()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(OpenData.Lca("ecobalyse/e2e_textile_expected_4_cases.json")));
        var worst = file.RootElement.GetProperty("cases").EnumerateArray().Max(c =>
        {
            var (indicators, impacts) = Ecobalyse(c.GetProperty("impacts"));
            return Math.Abs((Score(BuiltInSets.Get(BuiltInSets.EcobalysePef), indicators, impacts) * 1e6 / c.GetProperty("impacts").GetProperty("pef").GetDouble()) - 1);
        });

        Assert.InRange(worst, 0, 1.9e-6);
    }

    [Fact]
    public void Ecobalyse_environmental_costs_of_processes_are_met()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(OpenData.Lca("ecobalyse/processes_impacts_full_expected.json")));
        var processes = file.RootElement.EnumerateArray().ToList();
        var worst = processes.Max(p =>
        {
            var (indicators, impacts) = Ecobalyse(p.GetProperty("impacts"));
            var expected = p.GetProperty("impacts").GetProperty("ecs").GetDouble();
            return expected == 0 ? 0 : Math.Abs((Score(BuiltInSets.Get(BuiltInSets.EcobalyseCost), indicators, impacts) * 1e6 / expected) - 1);
        });

        Assert.Equal(10, processes.Count);
        Assert.InRange(worst, 0, 4.9e-5);
    }

    [Fact]
    public void Ecobalyse_food_letters_are_met()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(OpenData.Lca("ecobalyse/e2e_food_letter_scores_expected.json")));
        Assert.All(file.RootElement.GetProperty("cases").EnumerateArray(), c =>
        {
            var impact = c.GetProperty("impact_micropoints_per_kg").GetDouble();
            Assert.Equal((c.GetProperty("outOf100").GetInt32(), c.GetProperty("letter").GetString()), (LogarithmicGrade.EcobalyseFood.Points(impact), LogarithmicGrade.EcobalyseFood.Letter(impact)));
        });
    }

    [Theory]
    [InlineData(BuiltInSets.Ef31, 1)]
    [InlineData(BuiltInSets.Ef31WithoutToxicity, 1.0002)]
    [InlineData(BuiltInSets.PlanetaryBoundaries, 1)]
    public void Weights_add_up(string set, double sum) => Assert.Equal(sum, BuiltInSets.Get(set).Indicators.Sum(i => i.Weight!.Value), 9);

    [Fact]
    public void The_world_crosses_the_boundaries_that_it_is_known_to_cross()
    {
        var ratios = BuiltInSets.Boundaries.ToDictionary(b => b.Indicator, b => b.Ratio);
        Assert.Equal(984.65, BuiltInSets.Boundaries.Single(b => b.Indicator == "CC").PerPerson, 2);
        Assert.Equal(
            new Dictionary<string, double>
            {
                ["PM"] = 7.98, ["CC"] = 7.67, ["ETF"] = 2.99, ["RUM"] = 2.01, ["RUF"] = 2.01, ["EUF"] = 1.91, ["LU"] = 1.09, ["POF"] = 0.69,
                ["EUM"] = 0.67, ["OD"] = 0.67, ["WU"] = 0.44, ["AC"] = 0.38, ["HTNC"] = 0.22, ["EUT"] = 0.20, ["HTC"] = 0.12, ["IR"] = 0.06,
            }.OrderBy(r => r.Key),
            ratios.ToDictionary(r => r.Key, r => Math.Round(r.Value, 2)).OrderBy(r => r.Key));
        foreach (var row in DataRows.Parse(File.ReadAllBytes(OpenData.Lca("planetary-boundaries/lcia_planetary_boundaries_sala2020.csv"))))
        {
            Assert.Equal(double.Parse(row["ef31_world_footprint_over_boundary"], CultureInfo.InvariantCulture), ratios[row["indicator"]], 4);
        }
    }

    [Fact]
    public void The_boundary_weighted_score_of_a_persons_share_of_everything_is_the_same_for_each_indicator()
    {
        var indicators = BuiltInSets.Boundaries.Select(b => new IndicatorDataset(b.Indicator, b.Indicator, b.Indicator, b.Unit, [])).ToArray();
        var score = SingleScore.Of(BuiltInSets.Get(BuiltInSets.PlanetaryBoundaries), indicators, [.. BuiltInSets.Boundaries.Select(b => b.PerPerson)]).Value;

        Assert.All(score.Parts, p => Assert.Equal(score.Parts[0].Weighted!.Value, p.Weighted!.Value, 12));
    }

    [Fact]
    public void A_score_without_an_indicator_in_another_unit_or_with_two_candidates_is_refused()
    {
        var set = BuiltInSets.Get(BuiltInSets.Ef31);
        var indicators = set.Indicators.Select(i => IndicatorTable.Find("ef", i.IndicatorId, "", "")!).Select(k => new IndicatorDataset("x-" + k.Code, "", k.En, k.Unit, [])).ToArray();
        var impacts = new double[16];

        Assert.True(SingleScore.Of(set, indicators, impacts).Ok);
        Assert.Equal("score_indicator_missing", Assert.Single(SingleScore.Of(set, indicators[1..], impacts).Problems).Code);
        Assert.Equal("score_unit", Assert.Single(SingleScore.Of(set, [indicators[0] with { Unit = "kg SO2 eq" }, .. indicators[1..]], impacts).Problems).Code);
        Assert.Equal("score_indicator_twice", Assert.Single(SingleScore.Of(set, [.. indicators, indicators[0] with { Id = "y" }], new double[17]).Problems).Code);
    }

    private static double Score(NormalisationWeighting set, IReadOnlyList<IndicatorDataset> indicators, double[] impacts) => SingleScore.Of(set, indicators, impacts).Value.Total!.Value;

    private static (IReadOnlyList<IndicatorDataset> Indicators, double[] Impacts) Ecobalyse(JsonElement impacts)
    {
        var known = impacts.EnumerateObject()
            .Select(i => (i.Value, Known: IndicatorTable.Find("ef", i.Name, "", "") ?? IndicatorTable.Find("ecobalyse", i.Name, "", "")))
            .Where(i => i.Known is not null).ToList();
        return ([.. known.Select(k => new IndicatorDataset(k.Known!.Code, "", "", k.Known.Unit, []))], [.. known.Select(k => k.Value.GetDouble())]);
    }

    private static (IReadOnlyList<IndicatorDataset> Indicators, IReadOnlyList<(double Score, double[] Impacts)> Foods) Agribalyse()
    {
        using var zip = ZipFile.OpenRead(OpenData.Lca("agribalyse/agribalyse-31-synthese.zip"));
        using var bytes = new MemoryStream();
        using (var entry = zip.GetEntry("agribalyse-31-synthese.csv")!.Open())
        {
            entry.CopyTo(bytes);
        }

        var records = CsvText.Records(bytes.ToArray()).Select(r => r.ToArray()).ToList();
        var columns = Enumerable.Range(0, records[0].Length).Select(i => (i, Known: IndicatorTable.Find("ef", "", "", records[0][i]))).Where(c => c.Known is not null).ToList();
        Assert.Equal(16, columns.Count);
        return (
            [.. columns.Select(c => new IndicatorDataset(c.Known!.Code, "", records[0][c.i], c.Known.Unit, []))],
            [.. records.Skip(1).Select(r => (Number(r[12]), columns.Select(c => Number(r[c.i])).ToArray()))]);

        static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
    }
}
