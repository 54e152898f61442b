using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Factors;

/// <summary>
/// What people of the field type finds what they mean: the queries of <c>tests/vectors/factors/search-queries.csv</c> over the shipped packs and the open data.
/// </summary>
public sealed class FactorSearchTests
{
    private static readonly string[] Folders = ["ef-uk-desnz", "ef-us-epa", "ef-owid-ember", "ef-eu-cbam", "ef-india-open", "ef-defra2026-egrid2023-eurostat"];

    private static readonly Lazy<FactorLibrary> Public = new(() => Folders
        .SelectMany(f => FactorFolder.Files([Path.GetDirectoryName(OpenData.Require($"{f}/README.md"))!]))
        .Where(f => !Path.GetFileName(f).StartsWith("hub2024-", StringComparison.Ordinal)) // single tables of the workbook beside them
        .Select(f => FactorImport.Read(File.ReadAllBytes(f), f)).Where(r => r.Ok)
        .Aggregate(FactorLibrary.BuiltIn, (library, r) => library.With(r.Value)));

    [Fact]
    public void Two_hundred_queries_in_both_languages_find_what_they_mean_first()
    {
        var rows = DataRows.Parse(File.ReadAllBytes(Architecture.Repository.PathOf("tests/vectors/factors/search-queries.csv"))).ToList();
        Assert.Equal(200, rows.Count);
        var wrong = new List<string>();
        foreach (var row in rows)
        {
            var found = Series(Public.Value.Search(new FactorSearch(row["query"], Take: 30) { Home = row["home"] is { Length: > 0 } home ? home : null }));
            string[] expected = [.. new[] { row["first"], row["second"], row["third"] }.Where(s => s.Length > 0)];
            if (!found.Take(expected.Length).SequenceEqual(expected))
            {
                wrong.Add($"{row["query"]} ({row["home"]}): {string.Join(", ", found.Take(3))} instead of {string.Join(", ", expected)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("柴油", "CN", "cn-fuel-s:fuel.diesel@2013-2015")]
    [InlineData("电网", "CN-GD", "cn-grid:grid.CN-GD@2023")]
    [InlineData("电网 2021", "CN", "cn-grid:grid.CN@2021")]
    [InlineData("２０２２年广东电网", null, "cn-grid:grid.CN-GD@2022")]
    [InlineData("cn-grid:grid.CN@2021", null, "cn-grid:grid.CN@2021")]
    [InlineData("diesel", "GB", "uk-desnz:fuels/liquid-fuels/diesel-average-biofuel-blend/")]
    [InlineData("diesl", "GB", "uk-desnz:fuels/liquid-fuels/diesel-average-biofuel-blend/")]
    [InlineData("焦", "CN", "cn-fuel-g:fuel.coke@gbt-32151")]
    public void The_shipped_packs_answer_by_themselves(string text, string? home, string id) =>
        Assert.StartsWith(id, FactorLibrary.BuiltIn.Search(new FactorSearch(text) { Home = home }).Versions[0].Id, StringComparison.Ordinal);

    [Fact]
    public void A_mistyped_word_is_told_and_no_word_finds_nothing()
    {
        Assert.Equal("diesel", FactorLibrary.BuiltIn.Search(new FactorSearch("deisel")).ReadAs);
        Assert.Null(FactorLibrary.BuiltIn.Search(new FactorSearch("diesel")).ReadAs);
        Assert.Equal(0, FactorLibrary.BuiltIn.Search(new FactorSearch("qqqqqqqq")).Total);
        Assert.Equal(0, FactorLibrary.BuiltIn.Search(new FactorSearch("龘龘")).Total);
    }

    [Fact]
    public void Facets_count_what_each_of_their_values_would_give()
    {
        var search = new FactorSearch("diesel", Region: "GB", Take: 5) { WithFacets = true };
        var hits = FactorLibrary.BuiltIn.Search(search);
        foreach (var (facet, with) in new (string, Func<string, FactorSearch>)[]
        {
            ("region", v => search with { Region = v }), ("publisher", v => search with { Publisher = v }), ("pack", v => search with { Pack = v }), ("unit", v => search with { Unit = v }),
            ("activity", v => search with { Activity = v }), ("licence", v => search with { Licence = v }), ("mark", v => search with { Mark = v }), ("share_alike", v => search with { ShareAlike = v == "1" }),
        })
        {
            Assert.NotEmpty(hits.Facets[facet]);
            Assert.All(hits.Facets[facet], c => Assert.Equal(c.Count, FactorLibrary.BuiltIn.Search(with(c.Value)).Total));
        }

        Assert.True(hits.Facets["region"].Count > 1);
        Assert.Equal(hits.Total, hits.Facets["publisher"].Sum(c => c.Count));
    }

    [Fact]
    public void Pages_follow_each_other_without_gap_or_repetition()
    {
        var all = FactorLibrary.BuiltIn.Search(new FactorSearch("煤", Take: 500)).Versions;
        var paged = Enumerable.Range(0, (all.Count / 7) + 1).SelectMany(p => FactorLibrary.BuiltIn.Search(new FactorSearch("煤", Skip: p * 7, Take: 7)).Versions);
        Assert.Equal(all.Select(v => v.Id), paged.Select(v => v.Id));
    }

    private static List<string> Series(FactorHits hits) => [.. hits.Versions.Select(v => $"{v.Pack.Code}:{v.Series}").Distinct()];
}
