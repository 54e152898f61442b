using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Bench;

/// <summary>
/// Every public file of factors into the library in one run on one core: read by content, checked, kept in the pack form, durable. Beside it <c>sqlite3 .import</c> of the
/// text files among them into plain tables of text, which knows neither units nor gases nor workbooks.
/// </summary>
internal sealed class FactorLoadRow : BenchmarkRow
{
    private const int LeastVersions = 100_000;
    private const double LimitSeconds = 15;
    private const double TimesPeer = 12;

    public override string Name => "factor-load";

    public override string Says =>
        "all public factor files (TANLU_TEST_DATA) into the library in one run on one core: at most 15 s and over 100 000 versions; the text files among them at most 12 times sqlite3 .import of the same files";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var data = Path.Combine(Environment.GetEnvironmentVariable("TANLU_TEST_DATA") ?? Path.Combine(run.Root, "..", "shared", "data"), "carbon");
        if (!Directory.Exists(data))
        {
            Console.WriteLine($"factor-load: the open data are not at {data} (TANLU_TEST_DATA)");
            return [];
        }

        // Which files hold factors is found by a first reading, as a running server has read others before; the measured runs read everything anew.
        string[] files = [.. FactorFolder.Files([data]).Where(f => FactorImport.Read(File.ReadAllBytes(f), f).Ok)];
        string[] texts = [.. files.Where(f => Path.GetExtension(f) == ".csv")];
        var (peer, command) = Sqlite(run.Folder, texts);
        var (ours, _) = OnOneCore(() => Load(Path.Combine(run.Folder, "texts"), texts));
        var (whole, versions) = OnOneCore(() => Load(Path.Combine(run.Folder, "all"), files));
        if (versions < LeastVersions)
        {
            throw new InvalidOperationException($"factor-load: {versions.ToString(CultureInfo.InvariantCulture)} versions");
        }

        return
        [
            new Figure($"factor-load all {files.Length.ToString(CultureInfo.InvariantCulture)} files, {versions.ToString(CultureInfo.InvariantCulture)} versions", whole, LimitSeconds, "s", "limit", Goal: 1, AtMost: true),
            new Figure($"factor-load {texts.Length.ToString(CultureInfo.InvariantCulture)} text files", ours, peer, "s", command, TimesPeer, AtMost: true),
        ];
    }

    private static (double Seconds, int Versions) OnOneCore(Func<Task<(double Seconds, int Versions)>> work)
    {
        if (!OperatingSystem.IsLinux())
        {
            return work().GetAwaiter().GetResult();
        }

        return Pinned(work);
    }

    [SupportedOSPlatform("linux")]
    private static (double Seconds, int Versions) Pinned(Func<Task<(double Seconds, int Versions)>> work)
    {
        using var process = Process.GetCurrentProcess();
        var cores = process.ProcessorAffinity;
        process.ProcessorAffinity = 1;
        try
        {
            return work().GetAwaiter().GetResult();
        }
        finally
        {
            process.ProcessorAffinity = cores;
        }
    }

    private static async Task<(double Seconds, int Versions)> Load(string folder, IReadOnlyList<string> files)
    {
        await using var book = await BenchBook.Open(new StorageSettings(folder), []);
        var started = Stopwatch.GetTimestamp();
        var versions = 0;
        await foreach (var load in FactorFolder.Import(book.Packs, book.Caller, files, default))
        {
            if (load.State == FactorFileState.Unrecognised)
            {
                throw new InvalidOperationException($"factor-load: {load.Path}: {load.Problems[0].Message(Language.English)}");
            }

            versions += load.Versions;
        }

        return (Stopwatch.GetElapsedTime(started).TotalSeconds, versions);
    }

    private static (double Seconds, string Command) Sqlite(string folder, IReadOnlyList<string> files)
    {
        var arguments = new List<string> { Path.Combine(folder, "peer.db"), "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", ".mode csv" };
        for (var at = 0; at < files.Count; at++)
        {
            var header = File.ReadLines(files[at]).First();
            arguments.Add(header.Count(c => c == ';') > header.Count(c => c == ',') ? ".separator ; \\n" : ".separator , \\n");
            arguments.Add($".import \"{files[at]}\" t{at.ToString(CultureInfo.InvariantCulture)}");
        }

        return (Command.Seconds("sqlite3", arguments, folder), "sqlite3 peer.db 'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;' '.mode csv' '.import FILE tN' for each");
    }
}
