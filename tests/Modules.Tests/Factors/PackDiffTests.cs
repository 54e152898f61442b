using System.Text;
using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Factors;

/// <summary>What an edition changes, version by version.</summary>
public sealed class PackDiffTests
{
    [Fact]
    public void A_corrected_file_shows_values_spellings_bases_sets_and_what_has_gone()
    {
        var before = Library(Pack("1", "CC0-1.0",
            "a,2023,2023-01-01,,freight.road,main,CN,co2e=2 kg/tonne.km,,AR5",
            "b,2023,2023-01-01,,,named,CN,co2=1000 g/kWh,,",
            "c,2023,2023-01-01,,,named,CN,co2=1 kg/kWh,,",
            "d,2023,2023-01-01,,fuel.diesel,main,CN,co2=74 kg/GJ,net,",
            "e,2023,2023-01-01,,,named,CN,co2=1 kg/kg,,",
            "f,2022,2022-01-01,2023-01-01,,named,CN,co2=1 kg/kg,,",
            "f,2023,2023-01-01,,,named,CN,co2=1 kg/kg,,"));
        var diff = Diff(before, Pack("2", "CC-BY-SA-4.0",
            "a,2023,2023-01-01,,freight.road,main,CN,co2e=3 kg/tonne.km,,AR6",
            "b,2023,2023-01-01,,,named,CN,co2=1 kg/kWh,,",
            "c,2023,2023-01-01,,,named,CN,co2=1 kg/kg,,",
            "d,2023,2023-01-01,,fuel.diesel,main,CN,co2=74 kg/GJ,gross,",
            "f,2023,2023-01-01,,,named,CN,co2=1 kg/kg,,",
            "g,2023,2023-01-01,,,named,CN,co2=1 kg/kg,,"));
        Assert.Equal(VersionDifference.Value | VersionDifference.Gwp, Of(diff, "a").What);
        Assert.Equal(50, Of(diff, "a").Percent!.Value, 9);
        Assert.Equal(VersionDifference.UnitSpelling, Of(diff, "b").What);
        Assert.Equal(0, Of(diff, "b").Percent);
        Assert.Equal(VersionDifference.Unit, Of(diff, "c").What);
        Assert.Null(Of(diff, "c").Percent);
        Assert.Equal(VersionDifference.Basis, Of(diff, "d").What);
        Assert.Equal(ChangeKind.Ended, Of(diff, "e").Kind);
        Assert.Equal((ChangeKind.Withdrawn, "2022"), (Of(diff, "f").Kind, Of(diff, "f").Before!.Version));
        Assert.Equal(ChangeKind.Added, Of(diff, "g").Kind);
        Assert.Equal(1, diff.Unchanged);
        Assert.Equal(("licence", "CC0-1.0", "CC-BY-SA-4.0"), diff.Identity.Select(i => (i.Field, i.Before, i.After)).Single());
        Assert.Equal("1", Assert.Single(diff.Replaces).Version);
    }

    [Fact]
    public void A_further_year_is_compared_with_the_year_before_and_ends_what_it_leaves_out()
    {
        var before = Library(
            Pack("2022", "OGL", "a,2022,2022-01-01,2023-01-01,,named,GB,co2=4 kg/kg,,", "z,2022,2022-01-01,2023-01-01,,named,GB,co2=4 kg/kg,,"),
            Pack("2023", "OGL", "a,2023,2023-01-01,2024-01-01,,named,GB,co2=5 kg/kg,,", "b,2023,2023-01-01,2024-01-01,,named,GB,co2=5 kg/kg,,"));
        var diff = Diff(before, Pack("2024", "OGL", "a,2024,2024-01-01,2025-01-01,,named,GB,co2=6 kg/kg,,"));
        Assert.Empty(diff.Replaces);
        Assert.Equal(2, diff.Beside.Count);
        var a = Of(diff, "a");
        Assert.Equal((ChangeKind.Renewed, "2023", VersionDifference.Value), (a.Kind, a.Before!.Version, a.What));
        Assert.Equal(20, a.Percent!.Value, 9);
        Assert.Equal(ChangeKind.Ended, Of(diff, "b").Kind);

        // What ended long ago is no news, and an older year that comes late ends nothing.
        Assert.Equal(2, diff.Changes.Count);
        Assert.DoesNotContain(Diff(before, Pack("2021", "OGL", "a,2021,2021-01-01,2022-01-01,,named,GB,co2=6 kg/kg,,")).Changes, c => c.Kind == ChangeKind.Ended);
    }

    [Fact]
    public void What_would_be_found_for_an_activity_is_said_for_a_first_pack_too()
    {
        var (pack, versions) = Read(Pack("1", "OGL",
            "road,2025,2025-01-01,,electricity.grid,main,CN-GD,co2=0.2 kg/kWh,,", "own,2025,2025-01-01,,,named,CN-GD,co2=0.2 kg/kWh,,"));
        var change = Assert.Single(ServedChange.Of(FactorLibrary.BuiltIn, FactorLibrary.BuiltIn.With(pack, versions), versions));
        Assert.Equal(("electricity.grid", "CN-GD", "t:road@2025"), (change.Activity, change.Region, change.After!.Id));
        Assert.StartsWith("cn-grid:grid.CN-GD@", change.Before!.Id, StringComparison.Ordinal);
        Assert.True(PackDiff.Of(FactorLibrary.BuiltIn, pack, versions).First);
    }

    [Fact]
    public void The_part_that_is_asked_for_comes_with_the_largest_change_first()
    {
        var before = Library(Pack("1", "OGL", "a,1,2023-01-01,,,named,GB,co2=100 kg/kg,,", "b,1,2023-01-01,,,named,GB,co2=100 kg/kg,,"));
        var diff = Diff(before, Pack("2", "OGL", "a,1,2023-01-01,,,named,GB,co2=101 kg/kg,,", "b,1,2023-01-01,,,named,GB,co2=50 kg/kg,,", "c,1,2023-01-01,,,named,GB,co2=50 kg/kg,,"));
        Assert.Equal(["b", "a", "c"], PackChanges.Order(diff.Changes, null, null, null).Select(c => c.Series));
        Assert.Equal(["a", "b", "c"], PackChanges.Order(diff.Changes, null, null, "series").Select(c => c.Series));
        Assert.Equal(["c"], PackChanges.Order(diff.Changes, "added", null, null).Select(c => c.Series));
        Assert.Equal(["b", "a"], PackChanges.Order(diff.Changes, "value", null, null).Select(c => c.Series));
        Assert.Equal(["b"], PackChanges.Order(diff.Changes, null, "B", null).Select(c => c.Series));
    }

    private static SeriesChange Of(PackDiff diff, string series) => diff.Changes.Single(c => c.Series == series);

    private static PackDiff Diff(FactorLibrary before, string file)
    {
        var (pack, versions) = Read(file);
        return PackDiff.Of(before, pack, versions);
    }

    private static FactorLibrary Library(params string[] files) => files.Aggregate(FactorLibrary.BuiltIn, (library, file) =>
    {
        var (pack, versions) = Read(file);
        return library.With(pack, versions);
    });

    private static (FactorPack Pack, IReadOnlyList<FactorVersion> Versions) Read(string file)
    {
        var reading = PackFile.Parse(Encoding.UTF8.GetBytes(file), "t.csv", builtIn: false).Value;
        Assert.Empty(reading.Quarantine);
        return (reading.Pack, reading.Versions);
    }

    private static string Pack(string version, string licence, params string[] rows) =>
        $"# pack: t\n# version: {version}\n# name_en: T\n# publisher: P\n# licence: {licence}\n"
        + "series,version,valid_from,valid_to,activity,role,geography,components,basis,gwp,name_en,source,mark\n"
        + string.Join('\n', rows.Select(r => r + ",Name,Source,V")) + "\n";
}
