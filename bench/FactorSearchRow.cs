using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Bench;

/// <summary>
/// The queries of <c>tests/vectors/factors/search-queries.csv</c> over more than 100 000 versions: the shipped packs, the open data files and generated packs, beside SQLite's
/// FTS5 with trigrams and LIKE over the same rows. A query whose expected series do not come first has no figure.
/// </summary>
internal sealed class FactorSearchRow : BenchmarkRow
{
    private const int Versions = 105_000;
    private const int Packs = 200;
    private const int Rounds = 5;
    private const double LimitMilliseconds = 30;

    private static readonly string[] Folders = ["ef-uk-desnz", "ef-us-epa", "ef-owid-ember", "ef-eu-cbam", "ef-india-open", "ef-defra2026-egrid2023-eurostat"];

    public override string Name => "factor-search";

    public override string Says => "200 queries in both languages over more than 100 000 factor versions in 200 packs: p99 under 30 ms, beside SQLite FTS5 (trigram) and LIKE";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var files = Files(run).ToList();
        var started = Stopwatch.GetTimestamp();
        var readings = new PackReading[files.Count];
        Parallel.For(0, files.Count, at => readings[at] = PackFile.Parse(files[at], $"{at}.csv", builtIn: false).Value);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var reading = Stopwatch.GetElapsedTime(started).TotalSeconds;
        started = Stopwatch.GetTimestamp();
        var library = readings.Aggregate(FactorLibrary.BuiltIn, (l, r) => l.With(r));
        library.Search(new FactorSearch("柴油"));
        var indexing = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var index = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(readings);
        var versions = library.Count;
        var texts = readings.Sum(r => (long)r.Versions.Count);

        var queries = DataRows.Parse(File.ReadAllBytes(Path.Combine(run.Root, "tests", "vectors", "factors", "search-queries.csv"))).ToList();
        var all = new List<(string Query, double Milliseconds)>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var row in queries)
            {
                var search = new FactorSearch(row["query"], Take: 50) { Home = row["home"] is { Length: > 0 } home ? home : null, WithFacets = true };
                started = Stopwatch.GetTimestamp();
                var hits = library.Search(search);
                all.Add((row["query"] + row["home"], Stopwatch.GetElapsedTime(started).TotalMilliseconds));
                Check(row, hits);
            }
        }

        // The median of a query's rounds: a pause of a busy machine says nothing of the search.
        var times = all.GroupBy(t => t.Query).Select(g => Quantile([.. g.Select(t => t.Milliseconds)], 0.5)).ToList();
        var (fts, like) = Peer(run.Folder, library, queries);
        var match = MicrosecondsPerMatch(library);
        return
        [
            new Figure("factor-search p99", Quantile(times, 0.99), LimitMilliseconds, "ms", "limit", Goal: 1, AtMost: true),
            new Figure("factor-search p50", Quantile(times, 0.5), Quantile(like, 0.5), "ms", "sqlite3 LIKE over the same rows", Goal: 0.2, AtMost: true),
            new Figure("factor-search p50 beside FTS5", Quantile(times, 0.5), Quantile(fts, 0.5), "ms", "sqlite3 FTS5 trigram over the same rows, queries of three characters and more", Goal: 1, AtMost: true),
            new Figure("factor-search versions", versions, 100_000, "versions", "limit", Goal: 1, AtMost: false),
            new Figure("factor-search read at first use", reading, 10, "s", "limit", Goal: 1, AtMost: true),
            new Figure("factor-search indexed at first search", indexing, 10, "s", "limit", Goal: 1, AtMost: true),
            new Figure("factor-search index per version", index / (double)texts, 1024, "B", "limit", Goal: 1, AtMost: true),
            new Figure("factor-search match", match, 100, "µs", "limit", Goal: 1, AtMost: true),
        ];
    }

    /// <summary>Files in the pack form: the open data, as its importers read it, and generated packs up to the number that is asked for.</summary>
    private static IEnumerable<byte[]> Files(BenchmarkRun run)
    {
        var data = Environment.GetEnvironmentVariable("TANLU_TEST_DATA") ?? Path.Combine(run.Root, "..", "shared", "data");
        if (!Directory.Exists(Path.Combine(data, "carbon", Folders[0])))
        {
            throw new InvalidOperationException("factor-search: the open data is not here (TANLU_TEST_DATA), and the expected results are those of it");
        }

        var versions = FactorLibrary.BuiltIn.Count;
        var packs = FactorLibrary.BuiltIn.Packs.Count();
        foreach (var file in FactorFolder.Files([.. Folders.Select(f => Path.Combine(data, "carbon", f)).Where(Directory.Exists)]))
        {
            // Single tables of the workbook beside them.
            if (Path.GetFileName(file).StartsWith("hub2024-", StringComparison.Ordinal))
            {
                continue;
            }

            if (FactorImport.Read(File.ReadAllBytes(file), file) is { Ok: true, Value: { Versions.Count: > 0 } read })
            {
                versions += read.Versions.Count;
                packs++;
                yield return PackFile.Write(read.Pack, read.Versions);
            }
        }

        // Editions of one publisher that repeat each other leave fewer versions than rows, so there are some more.
        var missing = Math.Max(20, Packs - packs);
        var each = (Versions + 15_000 - versions) / missing;
        for (var pack = 0; pack < missing && each > 0; pack++)
        {
            yield return Generated(run.Seed, pack, each);
        }
    }

    /// <summary>A pack of industry averages of far places: long names of the field's own words, four years each.</summary>
    private static byte[] Generated(ulong seed, int pack, int versions)
    {
        string[] en = ["diesel", "electricity", "steel", "cement", "transport", "heat", "paper", "glass", "plastics", "waste", "natural gas", "coal", "freight", "water", "aluminium"];
        string[] zh = ["柴油", "电力", "钢材", "水泥", "运输", "热力", "纸张", "玻璃", "塑料", "废物", "天然气", "煤炭", "货运", "水", "铝"];
        string[] places = ["AQ", "FJ", "TV", "NR", "KI", "WS", "TO", "PW"];
        var state = seed ^ ((ulong)pack * 0x9E3779B97F4A7C15);
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"# pack: generated-{pack}\n# version: 1\n# name_en: Generated set {pack}\n# name_zh: 生成集{pack}\n# publisher: Generator {pack % 40}\n# licence: CC0-1.0\n");
        text.Append("series,version,valid_from,valid_to,activity,role,geography,name_en,name_zh,components,source,mark\n");
        for (var row = 0; row < versions; row++)
        {
            var (a, b, sector, year) = (Next(en.Length), Next(en.Length), row / 4, 2019 + (row % 4));
            text.Append(CultureInfo.InvariantCulture, $"sector.{sector}.{en[a].Replace(' ', '-')},{year},{year}-01-01,{year + 1}-01-01,,named,{places[pack % places.Length]},")
                .Append(CultureInfo.InvariantCulture, $"\"Sector {sector} of the input-output table with use of {en[a]} and {en[b]}, average of all producers\",第{sector}部门投入产出平均值（含{zh[a]}和{zh[b]}使用）,")
                .Append(CultureInfo.InvariantCulture, $"co2={1 + (Next(9000) / 1000.0)} kg/kg,Generated table {pack},U\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());

        int Next(int below)
        {
            state += 0x9E3779B97F4A7C15;
            var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (int)((z ^ (z >> 31)) % (ulong)below);
        }
    }

    private static void Check(DataRow row, FactorHits hits)
    {
        string[] expected = [.. new[] { row["first"], row["second"], row["third"] }.Where(s => s.Length > 0)];
        var found = hits.Versions.Select(v => $"{v.Pack.Code}:{v.Series}").Distinct().Take(expected.Length).ToList();
        if (!found.SequenceEqual(expected))
        {
            throw new InvalidOperationException($"factor-search: {row["query"]} found {string.Join(", ", found)} instead of {string.Join(", ", expected)}");
        }
    }

    private static (List<double> Fts, List<double> Like) Peer(string folder, FactorLibrary library, List<DataRow> queries)
    {
        var csv = new StringBuilder("id,text\n");
        foreach (var v in library.All)
        {
            csv.Append('"').Append(v.Id.Replace("\"", "\"\"", StringComparison.Ordinal)).Append("\",\"")
                .Append($"{v.NameEn} {v.NameZh} {v.Activity} {v.Geography} {v.Version}".Replace("\"", "\"\"", StringComparison.Ordinal)).Append("\"\n");
        }

        File.WriteAllText(Path.Combine(folder, "versions.csv"), csv.ToString());
        var script = new StringBuilder("CREATE VIRTUAL TABLE f USING fts5(id UNINDEXED, text, tokenize='trigram');\n.mode csv\n.import versions.csv v\nINSERT INTO f SELECT id, text FROM v;\n.timer on\n");
        foreach (var row in queries)
        {
            var words = row["query"].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => w.Replace("'", "''", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal)).ToList();
            script.Append(CultureInfo.InvariantCulture, $".print like\nSELECT count(*), min(id) FROM (SELECT id FROM v WHERE {string.Join(" AND ", words.Select(w => $"text LIKE '%{w}%'"))} ORDER BY length(text) LIMIT 50);\n");
            if (words.TrueForAll(w => w.Length >= 3))
            {
                script.Append(CultureInfo.InvariantCulture, $".print fts\nSELECT count(*), min(id) FROM (SELECT id FROM f WHERE f MATCH '{string.Join(" AND ", words.Select(w => $"\"{w}\""))}' ORDER BY rank LIMIT 50);\n");
            }
        }

        File.WriteAllText(Path.Combine(folder, "queries.sql"), script.ToString());
        using var process = Process.Start(new ProcessStartInfo("sqlite3", ["peer.db", ".read queries.sql"]) { RedirectStandardOutput = true, WorkingDirectory = folder })!;
        var fts = new List<double>();
        var like = new List<double>();
        var into = like;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line is "fts" or "like")
            {
                into = line == "fts" ? fts : like;
            }
            else if (line.StartsWith("Run Time: real ", StringComparison.Ordinal))
            {
                into.Add(double.Parse(line.Split(' ')[3], CultureInfo.InvariantCulture) * 1000);
            }
        }

        process.WaitForExit();
        return process.ExitCode == 0 && fts.Count > 0 ? (fts, like) : throw new InvalidOperationException("factor-search: sqlite3 failed");
    }

    /// <summary>What an import asks for: an activity, a place and a day.</summary>
    private static double MicrosecondsPerMatch(FactorLibrary library)
    {
        const int times = 20_000;
        string[] activities = ["electricity.grid", "fuel.diesel", "fuel.natural_gas", "heat.purchased"];
        var region = Regions.Get("CN-GD");
        var started = Stopwatch.GetTimestamp();
        for (var at = 0; at < times; at++)
        {
            var type = ActivityTypes.Get(activities[at % activities.Length]);
            var found = Matcher.Find(library, type, type.Code, FactorRole.Main, region, new DateOnly(2023, 6, 1), _ => Outcome<bool>.Done(true));
            if (!found.Ok)
            {
                throw new InvalidOperationException("factor-search: nothing matched for " + type.Code);
            }
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / times;
    }

    private static double Quantile(List<double> values, double at)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * at))];
    }
}
