using System.Globalization;
using System.Text;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Factors;

/// <summary>
/// Every file of the open data, read in one run: how many rows, versions and refused rows each gives stands in
/// <c>tests/vectors/factors/expected-loads.csv</c>. TANLU_ACCEPT=1 rewrites the counts of versions and refused rows, never what the publisher's README says.
/// </summary>
public sealed class FactorLoadTests
{
    private static readonly Lazy<IReadOnlyList<(string File, Outcome<PackReading> Reading)>> All = new(() =>
    {
        var root = Path.GetDirectoryName(Path.GetDirectoryName(OpenData.Require("known-answers/known_answers.json")))!;
        return [.. FactorFolder.Files([root]).Select(f => (Path.GetRelativePath(root, f).Replace('\\', '/'), FactorImport.Read(File.ReadAllBytes(f), f)))];
    });

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_file_gives_what_is_written_down()
    {
        var actual = new StringBuilder("file,pack,edition,share_alike,rows,versions,kept_apart,reasons\n");
        foreach (var (file, outcome) in All.Value.Where(r => r.Reading.Ok))
        {
            var reading = outcome.Value;
            var reasons = string.Join(' ', reading.Quarantine.GroupBy(q => q.Code).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key}:{g.Count().ToString(CultureInfo.InvariantCulture)}"));
            actual.Append(CultureInfo.InvariantCulture, $"{file},{reading.Pack.Code},{reading.Pack.Version},{(reading.Pack.ShareAlike ? 1 : 0)},{reading.Rows},{reading.Versions.Count},{reading.Quarantine.Count},{reasons}\n");
        }

        var path = Architecture.Repository.PathOf("tests/vectors/factors/expected-loads.csv");
        if (Environment.GetEnvironmentVariable("TANLU_ACCEPT") == "1")
        {
            File.WriteAllText(path, actual.ToString());
        }

        Assert.Equal(File.ReadAllText(path), actual.ToString());
    }

    [Fact]
    public void Rows_are_those_the_publishers_state()
    {
        var read = All.Value.Where(r => r.Reading.Ok).ToDictionary(r => r.File, r => r.Reading.Value);
        foreach (var row in DataRows.Parse(File.ReadAllBytes(Architecture.Repository.PathOf("tests/vectors/factors/published-rows.csv"))))
        {
            Assert.True(read.TryGetValue(row["file"], out var reading), row["file"] + " was not recognised");
            Assert.True(int.Parse(row["rows"], CultureInfo.InvariantCulture) == reading.Rows, $"{row["file"]}: {reading.Rows} rows");
            Assert.True(reading.Versions.Count >= int.Parse(row["at_least"], CultureInfo.InvariantCulture), $"{row["file"]}: {reading.Versions.Count} versions");
        }
    }

    [Fact]
    public void More_than_a_hundred_thousand_versions_may_ship_and_share_alike_stands_apart()
    {
        var readings = All.Value.Where(r => r.Reading.Ok).Select(r => r.Reading.Value).ToList();
        HashSet<(string Publisher, string Series, string Version)> Unique(bool shareAlike) =>
            [.. readings.Where(r => r.Pack.ShareAlike == shareAlike).SelectMany(r => r.Versions, (r, v) => (r.Pack.Publisher, v.Series, v.Version))];
        var open = Unique(shareAlike: false);
        Assert.True(open.Count > 100_000, $"{open.Count} versions");
        Assert.True(Unique(shareAlike: true).Count > 12_000);

        // No pack holds both kinds, and no set that may not be passed on has an importer.
        Assert.DoesNotContain(readings.GroupBy(r => r.Pack.Code), g => g.Select(r => r.Pack.ShareAlike).Distinct().Count() > 1);
        Assert.DoesNotContain(All.Value, r => r.Reading.Ok && (r.File.StartsWith("ef-greenlang/", StringComparison.Ordinal) || r.File.StartsWith("tests-", StringComparison.Ordinal) || r.File.Contains("cpcd", StringComparison.Ordinal)));
        Assert.All(readings, r => Assert.True(r.Pack.LicenceUrl.Length > 0 || r.Pack.Licence is "US Government work, public domain" or "facts published by government" or "IPCC values reproduced with citation", r.Pack.Licence));
        Assert.All(readings, r => Assert.True(r.Pack.Licence.Length > 0 && r.Pack.Attribution.Length > 0 && r.Pack.Publisher.Length > 0, r.Pack.Code));
    }

    [Fact]
    public void What_was_read_survives_the_form_in_which_it_is_kept()
    {
        foreach (var (file, outcome) in All.Value.Where(r => r.Reading is { Ok: true, Value.Versions.Count: > 0 }))
        {
            var reading = outcome.Value;
            var again = PackFile.Parse(PackFile.Write(reading.Pack, reading.Versions), file, builtIn: false).Value;
            Assert.True(again.Quarantine.Count == 0, $"{file}: {again.Quarantine.FirstOrDefault()}");
            Assert.Equal(reading.Versions.Count, again.Versions.Count);
            for (var at = 0; at < again.Versions.Count; at++)
            {
                Assert.Equal(reading.Versions[at].Components, again.Versions[at].Components);
            }
        }
    }

    [Fact]
    public void Every_version_is_named_in_Chinese_as_well()
    {
        Assert.All(All.Value.Where(r => r.Reading.Ok), r => Assert.True(r.Reading.Value.Versions.All(v => v.NameZh.Any(c => c > '\u3000') && v.NameEn.Length > 0), r.File));
    }

    [Fact]
    public void No_row_is_dropped_without_a_word()
    {
        Assert.All(All.Value.Where(r => r.Reading.Ok), r => Assert.All(r.Reading.Value.Quarantine, p =>
        {
            Assert.True(p.Row is > 0 || p.Code.StartsWith("table", StringComparison.Ordinal), $"{r.File}: {p}");
            Assert.True(Texts.Has("problem." + p.Code) && Texts.Has("expected." + p.Code), p.Code);
        }));
        Assert.All(All.Value.Where(r => !r.Reading.Ok), r => Assert.True(Texts.Has("problem." + r.Reading.Problems[0].Code), r.File));
    }

    [Theory]
    [EngineData]
    public async Task A_folder_comes_in_once_and_a_second_run_changes_nothing(Dialect engine)
    {
        var folder = Directory.CreateTempSubdirectory("factors").FullName;
        await using var book = await Book.Open(engine);
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "us"));
            File.Copy(OpenData.Require("ef-us-epa/hub2024-steam-and-heat.csv"), Path.Combine(folder, "us", "heat.csv"));
            File.Copy(OpenData.Require("ef-us-epa/hub2024-scope3-cat-5-12.csv"), Path.Combine(folder, "us", "waste.csv"));
            File.WriteAllText(Path.Combine(folder, "README.md"), "# Read me\nNothing here is a factor.\n");
            var files = FactorFolder.Files([folder]);
            var first = await FactorFolder.Import(book.Packs, book.Caller, files, Ct).ToListAsync(Ct);
            Assert.Equal([FactorFileState.Unrecognised, FactorFileState.Taken, FactorFileState.Taken], first.Select(f => f.State));
            Assert.Equal((1, 1, 0), (first[1].Rows, first[1].Versions, first[1].Problems.Count));
            Assert.Equal((61, 183, 0), (first[2].Rows, first[2].Versions, first[2].Problems.Count));
            Assert.Equal("US Environmental Protection Agency (EPA)", first[2].Pack!.Publisher);

            var packs = (await book.Packs.List(book.Caller, Ct)).Value.Count;
            var second = await FactorFolder.Import(book.Packs, book.Caller, [.. files, Path.Combine(folder, "gone.csv")], Ct).ToListAsync(Ct);
            Assert.Equal([FactorFileState.Unrecognised, FactorFileState.Known, FactorFileState.Known, FactorFileState.Unrecognised], second.Select(f => f.State));
            Assert.Equal(packs, (await book.Packs.List(book.Caller, Ct)).Value.Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
