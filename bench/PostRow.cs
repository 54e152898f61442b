using System.Diagnostics;
using System.Globalization;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Bench;

/// <summary>
/// The generated rows through parse, match, calculate, post and balance into SQLite, durable, beside <c>sqlite3 .import</c> of the same file into one
/// table. Meanwhile another request reads and writes all the time, and must never wait long.
/// </summary>
internal sealed class PostRow : BenchmarkRow
{
    private const int Rows = 1_000_000;
    private const double TimesImport = 6;
    private const double LimitMegabytes = 1024;
    private const double LimitWaitMilliseconds = 100;

    public override string Name => "post-1m";

    public override string Says =>
        "1 000 000 rows imported into the book in SQLite (synchronous=FULL): at most 6 times sqlite3 .import of the file, under 1 GB, no other request waiting over 100 ms";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var path = Path.Combine(run.Folder, "activities.csv");
        var rows = new ActivityRows(run.Seed);
        ActivityFileContent content;
        using (var file = File.Create(path))
        {
            content = rows.Write(file, Rows);
        }

        var (peer, command) = Peer(run.Folder, path);
        var (ours, wait, memory) = Ours(run.Folder, path, rows.Sites, content).GetAwaiter().GetResult();
        return
        [
            new Figure("post-1m", ours, peer, "s", command, TimesImport, AtMost: true),
            new Figure("post-1m memory", memory, LimitMegabytes, "MB", "limit", Goal: 1, AtMost: true),
            new Figure("post-1m longest wait of another request", wait, LimitWaitMilliseconds, "ms", "limit", Goal: 1, AtMost: true),
        ];
    }

    private static (double Seconds, string Command) Peer(string folder, string path)
    {
        var database = Path.Combine(folder, "peer.db");
        string[] arguments = [database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", ".mode csv", ".import activities.csv row"];
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("sqlite3", arguments) { RedirectStandardOutput = true, WorkingDirectory = folder })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("post-1m: sqlite3 failed");
        }

        File.Delete(database);
        return (seconds, $"sqlite3 peer.db 'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;' '.mode csv' '.import {Path.GetFileName(path)} row'");
    }

    private static async Task<(double Seconds, double LongestWait, double Megabytes)> Ours(string folder, string path, IReadOnlyList<GeneratedSite> sites, ActivityFileContent content)
    {
        var settings = new StorageSettings(Path.Combine(folder, "book"));
        await using var db = await Db.Open(settings, TimeProvider.System);
        await Migrator.Run(db, [OrganisationModule.Migrations, FactorsModule.Migrations, LedgerModule.Migrations]);
        var audit = new Audit(db, TimeProvider.System);
        var tree = new OrganisationTree(db, audit);
        var packs = new FactorPacks(db, Blobs.Open(settings, TimeProvider.System), audit, TimeProvider.System);
        var journal = new Journal(db, packs, tree, audit, TimeProvider.System);
        var tenant = (await new Tenants(db, TimeProvider.System, audit).Add("Benchmark group", "基准测试集团", default)).Value;
        var caller = Caller.System(tenant.Id);
        var group = (await tree.Add(caller, new NewNode(null, NodeKind.Company, "GROUP", "Group", "集团"), default)).Value;
        foreach (var site in sites)
        {
            await tree.Add(caller, new NewNode(group.Id, NodeKind.Site, site.Code, site.Code, site.Code, site.Region), default);
        }

        using var stop = new CancellationTokenSource();
        var other = Task.Run(() => OtherRequests(db, journal, tree, audit, caller, stop.Token));
        var started = Stopwatch.GetTimestamp();
        var imported = await journal.Import(caller, path, new ImportOptions(SkipBad: true), null, default);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var memory = PeakMegabytes();
        await stop.CancelAsync();
        var wait = await other;
        if (!imported.Ok)
        {
            throw new InvalidOperationException("post-1m: " + imported.Problems[0].Message(Language.English));
        }

        var batch = imported.Value.Batch;
        if (batch.Rows != content.Rows - content.Bad || batch.Refused != content.Bad)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"post-1m: {batch.Rows} rows taken and {batch.Refused} refused of {content}"));
        }

        var check = await journal.CheckBalances(caller, default);
        return check.Ok && check.Value.Sound ? (seconds, wait, memory) : throw new InvalidOperationException("post-1m: the balances are not the sum of the postings");
    }

    /// <summary>What people do meanwhile: look at the tree and at activities, write a line of the audit log. The longest of these in milliseconds.</summary>
    private static async Task<double> OtherRequests(Db db, Journal journal, OrganisationTree tree, Audit audit, Caller caller, CancellationToken stop)
    {
        var longest = 0.0;
        while (!stop.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            await tree.Subtree(caller, null, null, CancellationToken.None);
            await journal.Activities(caller, new ActivityQuery(), CancellationToken.None);
            await db.Write(tx => audit.Write(tx, caller, "session.sign_in", "benchmark"), CancellationToken.None);
            longest = Math.Max(longest, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(20, CancellationToken.None);
        }

        return longest;
    }

    private static double PeakMegabytes()
    {
        // The kernel's own account of the process, garbage and file pages in memory included.
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(6, line.Length - 9).Trim(), CultureInfo.InvariantCulture) / 1024;
    }
}
