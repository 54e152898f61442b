using System.Diagnostics;
using System.Globalization;
using Tanlu.Ledger;
using Tanlu.Storage;

namespace Tanlu.Bench;

/// <summary>
/// The generated rows through parse, match, calculate, post and balance into the book, durable, beside the engine's own bulk load of the same file into one
/// table: <c>sqlite3 .import</c> or <c>psql \copy</c>. Meanwhile another request reads and writes all the time, and must never wait long.
/// </summary>
internal sealed class PostRow(Dialect engine) : BenchmarkRow
{
    private const int Rows = 1_000_000;
    private const double LimitMegabytes = 1024;
    private const double LimitWaitMilliseconds = 100;

    public override string Name => engine == Dialect.Sqlite ? "post-1m" : "post-1m-pg";

    public override string Says => engine == Dialect.Sqlite
        ? "1 000 000 rows imported into the book in SQLite (synchronous=FULL): at most 6 times sqlite3 .import of the file, under 1 GB, no other request waiting over 100 ms"
        : "1 000 000 rows imported into the book in PostgreSQL (fsync on): at most 25 times psql \\copy of the file into one table, under 1 GB, no other request waiting over 100 ms";

    // The peer fills one table without a key; ours parses, matches and calculates, and fills three tables under their keys in short durable transactions.
    private double TimesPeer => engine == Dialect.Sqlite ? 6 : 25;

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var path = Path.Combine(run.Folder, "activities.csv");
        var rows = new ActivityRows(run.Seed);
        ActivityFileContent content;
        using (var file = File.Create(path))
        {
            content = rows.Write(file, Rows);
        }

        using var server = engine == Dialect.Postgres ? PostgresServer.Start(run) : null;
        var (peer, command) = server is null ? Sqlite(run.Folder, path) : Copy(server, run.Folder, path);
        var (ours, wait, memory) = Ours(new StorageSettings(Path.Combine(run.Folder, "book"), server?.Database("book")), path, rows.Sites, content).GetAwaiter().GetResult();
        return
        [
            new Figure(Name, ours, peer, "s", command, TimesPeer, AtMost: true),
            new Figure($"{Name} memory", memory, LimitMegabytes, "MB", "limit", Goal: 1, AtMost: true),
            new Figure($"{Name} longest wait of another request", wait, LimitWaitMilliseconds, "ms", "limit", Goal: 1, AtMost: true),
        ];
    }

    private static (double Seconds, string Command) Sqlite(string folder, string path)
    {
        var database = Path.Combine(folder, "peer.db");
        string[] arguments = [database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", ".mode csv", ".import activities.csv row"];
        var seconds = Command.Seconds("sqlite3", arguments, folder);
        File.Delete(database);
        return (seconds, $"sqlite3 peer.db 'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;' '.mode csv' '.import {Path.GetFileName(path)} row'");
    }

    private static (double Seconds, string Command) Copy(PostgresServer server, string folder, string path)
    {
        server.Database("peer");
        var header = File.ReadLines(path).First();
        server.Psql("peer", $"CREATE TABLE row ({string.Join(", ", header.Split(',').Select(c => $"\"{c}\" text"))})");
        var copy = $"\\copy row FROM '{Path.GetFileName(path)}' CSV HEADER";
        return (Command.Seconds("psql", [.. server.Arguments("peer"), "-c", copy], folder), $"psql -c \"{copy}\"");
    }

    private static async Task<(double Seconds, double LongestWait, double Megabytes)> Ours(StorageSettings settings, string path, IReadOnlyList<GeneratedSite> sites, ActivityFileContent content)
    {
        await using var book = await BenchBook.Open(settings, sites);
        using var stop = new CancellationTokenSource();
        var other = Task.Run(() => OtherRequests(book, stop.Token));
        var started = Stopwatch.GetTimestamp();
        await book.Import("post-1m", path, content);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var memory = PeakMegabytes();
        await stop.CancelAsync();
        var wait = Math.Max(await other, await OneLook(book));
        var check = await book.Journal.CheckBalances(book.Caller, default);
        return check.Ok && check.Value.Sound ? (seconds, wait, memory) : throw new InvalidOperationException("post-1m: the balances are not the sum of the postings");
    }

    /// <summary>What people do meanwhile, over and over. The longest in milliseconds.</summary>
    private static async Task<double> OtherRequests(BenchBook book, CancellationToken stop)
    {
        var longest = 0.0;
        while (!stop.IsCancellationRequested)
        {
            longest = Math.Max(longest, await OneLook(book));
            await Task.Delay(20, CancellationToken.None);
        }

        return longest;
    }

    /// <summary>A look at the tree, at activities and postings, and a line of the audit log: how long they took together, in milliseconds.</summary>
    private static async Task<double> OneLook(BenchBook book)
    {
        var started = Stopwatch.GetTimestamp();
        await book.Tree.Subtree(book.Caller, null, null, CancellationToken.None);
        await book.Journal.Activities(book.Caller, new ActivityQuery(), CancellationToken.None);
        await book.Journal.Postings(book.Caller, new PostingQuery(), CancellationToken.None);
        await book.Db.Write(tx => book.Audit.Write(tx, book.Caller, "session.sign_in", "benchmark"), CancellationToken.None);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double PeakMegabytes()
    {
        // The kernel's own account of the process, garbage and file pages in memory included.
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(6, line.Length - 9).Trim(), CultureInfo.InvariantCulture) / 1024;
    }
}
