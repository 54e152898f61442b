using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Factors;

public sealed class FactorLibraryTests
{
    [Fact]
    public void Search_finds_two_Chinese_characters()
    {
        var hits = FactorLibrary.BuiltIn.Search(new FactorSearch("柴油"));
        Assert.True(hits.Total >= 4);
        Assert.All(hits.Versions.Take(4), v => Assert.Contains("柴油", ActivityTypes.Get(v.Activity).Zh));
    }

    [Fact]
    public void Search_finds_English_words_from_their_beginning()
    {
        Assert.Contains(FactorLibrary.BuiltIn.Search(new FactorSearch("diesel")).Versions, v => v.Activity == "fuel.diesel");
        Assert.Contains(FactorLibrary.BuiltIn.Search(new FactorSearch("dies")).Versions, v => v.Activity == "fuel.diesel");
        Assert.Equal(0, FactorLibrary.BuiltIn.Search(new FactorSearch("esel")).Total);
    }

    [Fact]
    public void Search_mixes_languages_and_puts_the_newest_first()
    {
        var hits = FactorLibrary.BuiltIn.Search(new FactorSearch("grid 广东"));
        Assert.Equal(3, hits.Total);
        Assert.Equal("cn-grid:grid.CN-GD@2023", hits.Versions[0].Id);
    }

    [Fact]
    public void An_exact_code_comes_before_names_that_begin_so()
    {
        var hits = FactorLibrary.BuiltIn.Search(new FactorSearch("grid.CN-GD"));
        Assert.Equal("grid.CN-GD", hits.Versions[0].Series);
        Assert.Equal("cn-grid:grid.CN@2021", FactorLibrary.BuiltIn.Search(new FactorSearch("cn-grid:grid.CN@2021")).Versions[0].Id);
    }

    [Fact]
    public void Filters_narrow_a_search_and_pages_do_not_repeat()
    {
        var all = FactorLibrary.BuiltIn.Search(new FactorSearch("", Activity: "electricity.grid", Year: 2022, Take: 500));
        Assert.All(all.Versions, v => Assert.True(v is { Activity: "electricity.grid", ValidFrom.Year: <= 2022 }));
        Assert.Equal(all.Total, all.Versions.Count);
        var first = FactorLibrary.BuiltIn.Search(new FactorSearch("", Activity: "electricity.grid", Year: 2022, Take: 10));
        var second = FactorLibrary.BuiltIn.Search(new FactorSearch("", Activity: "electricity.grid", Year: 2022, Skip: 10, Take: 10));
        Assert.Equal(all.Versions.Take(20).Select(v => v.Id), first.Versions.Concat(second.Versions).Select(v => v.Id));
        Assert.All(FactorLibrary.BuiltIn.Search(new FactorSearch("煤", Pack: "cn-fuel-s")).Versions, v => Assert.Equal("cn-fuel-s", v.Pack.Code));
        Assert.Equal(3, FactorLibrary.BuiltIn.Search(new FactorSearch("", Region: "CN-GD")).Total);
    }

    [Fact]
    public void Names_are_found_with_and_without_pack_and_version()
    {
        var library = FactorLibrary.BuiltIn;
        Assert.Single(library.Named("cn-grid:grid.CN-GD@2022"));
        Assert.Single(library.Named("grid.CN-GD@2022"));
        Assert.Equal(3, library.Named("cn-grid:grid.CN-GD").Count);
        Assert.True(library.Named("fuel.diesel").Count > 1);
        Assert.Empty(library.Named("grid.CN-GD@1999"));
        Assert.Empty(library.Named("no-pack:grid.CN-GD@2022"));
        Assert.Null(library.Find("grid.CN-GD@2022"));
    }

    [Fact]
    public void A_snapshot_does_not_change_when_a_pack_comes_or_goes()
    {
        var before = FactorLibrary.BuiltIn;
        var count = before.Count;
        var without = before.Without("cn-grid");
        Assert.Equal(count, before.Count);
        Assert.Equal(count - 123, without.Count);
        Assert.DoesNotContain(without.Of("electricity.grid", FactorRole.Main), v => v.Pack.Code == "cn-grid");
        var grid = before.Packs.Single(p => p.Code == "cn-grid");
        Assert.Equal(count, without.With(grid, [.. before.All.Where(v => v.Pack == grid)]).Count);
    }

    [Fact]
    public void Editions_of_one_pack_stand_beside_each_other_unless_they_repeat_a_version()
    {
        var grid = FactorLibrary.BuiltIn.Packs.Single(p => p.Code == "cn-grid");
        var old = FactorLibrary.BuiltIn.All.First(v => v.Pack == grid);
        var next = grid with { Version = "next", Hash = "b" };
        var beside = FactorLibrary.Empty.With(grid, [old]).With(next, [old with { Pack = next, Version = "1999" }]);
        Assert.Equal(2, beside.Count);
        var replaced = beside.With(next with { Version = "last" }, [old with { Pack = next with { Version = "last" } }]);
        Assert.Equal(2, replaced.Count);
        Assert.Equal("last", Assert.Single(replaced.Packs, p => p.Version == "last").Version);
    }

    [Fact]
    public void A_hundred_thousand_versions_are_searched_while_one_types()
    {
        var pack = new FactorPack("big", "1", "h", "Big", "大", "us", "CC0", "", ShareAlike: false, BuiltIn: false);
        var types = ActivityTypes.All;
        var places = Regions.All.ToArray();
        var component = new FactorComponent(ComponentKind.GasMass, Gases.Co2, 1, Units.Get("kg/kWh"));
        FactorVersion[] versions =
        [
            .. Enumerable.Range(0, 100_000).Select(i => new FactorVersion
            {
                Pack = pack, Series = $"series.{i % 20_000}.{places[i % places.Length].Code}", Version = (2000 + (i / 20_000)).ToString(), ValidFrom = new DateOnly(2000 + (i / 20_000), 1, 1),
                ValidTo = new DateOnly(2001 + (i / 20_000), 1, 1), Activity = types[i % types.Count].Code, Geography = places[i % places.Length].Code, NameEn = $"{types[i % types.Count].En} number {i}",
                NameZh = types[i % types.Count].Zh, Components = [component], Source = "generated", Mark = "U",
            }),
        ];
        var library = FactorLibrary.BuiltIn.With(pack, versions);
        string[] queries = ["柴", "柴油", "d", "di", "dies", "diesel", "grid 广东", "n", "number 4", "外购电力", "waste landfill", "series.77", "CN-GD", "电力 2003", "e", "R-410A"];
        foreach (var query in queries)
        {
            Assert.True(library.Search(new FactorSearch(query)).Versions.Count <= 50);
        }

        // The best of ten rounds for each query: a pause of a busy machine says nothing of the search, and a slow query is slow every time.
        var slowest = queries.Max(query => Enumerable.Range(0, 10).Min(_ =>
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            library.Search(new FactorSearch(query));
            return watch.Elapsed.TotalMilliseconds;
        }));
        Assert.True(slowest < 30, $"The slowest query takes {slowest:F2} ms.");
    }
}
