using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Flows;

/// <summary>
/// The real process, killed at random moments on both engines. Afterwards everything acknowledged is there, nothing is half there, every chain, balance and file holds, and
/// the work can be done again as if nothing had happened.
/// </summary>
public sealed class KillPointTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Dialect.Sqlite)]
    [InlineData(Dialect.Postgres)]
    public Task A_killed_process_loses_nothing_and_leaves_nothing_half_done(Dialect engine) => Run(engine, new Kills(Import: 3, Seal: 3, Record: 2, Backup: 2, Restore: 2), rows: 4_000, seed: 20260229);

    /// <summary>200 kills: 100 on each engine.</summary>
    [Theory(Explicit = true)]
    [InlineData(Dialect.Sqlite)]
    [InlineData(Dialect.Postgres)]
    public Task Two_hundred_kill_points(Dialect engine) => Run(engine, new Kills(Import: 25, Seal: 20, Record: 20, Backup: 15, Restore: 20), rows: 20_000, seed: 4711);

    private static async Task Run(Dialect engine, Kills kills, int rows, int seed)
    {
        Assert.SkipUnless(engine == Dialect.Sqlite || CrashBook.HasPostgres, "PostgreSQL is not there: TANLU_TEST_POSTGRES is not set (tests/engines start sets it).");
        await using var books = new CrashBook(engine);
        var empty = await books.Found();
        var file = await books.Activities(rows);
        var random = new Random(seed);

        // How long each whole work takes is learned first, so that the kills fall inside it.
        var full = await books.Copy(empty, "full");
        var import = await Timed(["import", file, .. CrashBook.Options(full)]);
        var filled = await CrashBook.State(full, "whole import");
        Assert.Equal(rows, filled.Rows);
        var hit = 0;
        for (var kill = 0; kill < kills.Import + kills.Seal; kill++)
        {
            var share = kill < kills.Import ? random.NextDouble() : 0.75 + (random.NextDouble() / 3);
            hit += await KillImport(books, empty, file, import * share, filled, $"{engine} import {kill} at {share:P0}") ? 1 : 0;
        }

        Assert.True(hit > 0, "no kill fell inside an import");
        await KillRecording(books, empty, kills.Record, random);
        var backup = Path.Combine(books.Folder, "whole.tanlu.zip");
        var saving = await Timed(["backup", "--out", backup, .. CrashBook.Options(full)]);
        for (var kill = 0; kill < kills.Backup; kill++)
        {
            await KillBackup(books, full, saving * random.NextDouble(), $"{engine} backup {kill}");
        }

        var restoring = await Timed(["restore", backup, .. CrashBook.Options(await books.Place("measured"))]);
        for (var kill = 0; kill < kills.Restore; kill++)
        {
            // Half of them where the finished book is moved into place.
            var share = kill % 2 == 0 ? random.NextDouble() : 0.8 + (random.NextDouble() * 0.25);
            await KillRestore(await books.Place($"restored{kill}"), backup, restoring * share, filled, $"{engine} restore {kill} at {share:P0}");
        }
    }

    /// <returns>Whether the import was interrupted.</returns>
    private static async Task<bool> KillImport(CrashBook books, StorageSettings empty, string file, TimeSpan after, CrashState filled, string what)
    {
        var book = await books.Copy(empty, what.Replace(' ', '-').Replace("%", ""));
        var code = await Killed(["import", file, .. CrashBook.Options(book)], after);
        var state = await CrashBook.State(book, what);
        Assert.True(state == filled || state.Rows == 0, $"{what}: {state.Rows} rows of {filled.Rows}");
        Assert.True(code != 0 || state == filled, $"{what}: acknowledged and not there");
        if (state.Rows > 0)
        {
            return false;
        }

        var (again, _, complained) = await TanluRun.Once(["import", file, .. CrashBook.Options(book)], Ct);
        Assert.True(again == 0, $"{what}: {complained}");
        Assert.Equal(filled, await CrashBook.State(book, what));
        return true;
    }

    /// <summary>A server with several clients that record activities, killed again and again over one book.</summary>
    private static async Task KillRecording(CrashBook books, StorageSettings empty, int kills, Random random)
    {
        var book = await books.Copy(empty, "recording");
        var acknowledged = new ConcurrentBag<string>();
        await CrashBook.AddClerk(book);
        for (var kill = 0; kill < kills; kill++)
        {
            var before = acknowledged.Count;
            await using var server = await TanluRun.Serve(CrashBook.Options(book), Ct);
            using var http = await CrashBook.Clerk(server);
            var round = kill;
            var clients = Enumerable.Range(0, 4).Select(client => Task.Run(() => Record(http, acknowledged, $"{round}-{client}"), Ct)).ToList();
            while (acknowledged.Count == before && !clients.Any(c => c.IsCompleted))
            {
                await Task.Delay(10, Ct);
            }

            await Task.Delay(random.Next(900), Ct);
            server.Kill();
            await Task.WhenAll(clients);
            var state = await CrashBook.State(book, $"{books.Engine} recording {kill}", acknowledged);

            // Each client may have had one request under way whose answer was lost.
            Assert.InRange(state.Rows, acknowledged.Count, acknowledged.Count + (4 * (kill + 1)));
        }
    }

    private static async Task Record(HttpClient http, ConcurrentBag<string> acknowledged, string client)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                var month = (i % 12) + 1;
                using var answer = await http.PostAsJsonAsync(
                    "/api/v1/activities",
                    new { site = $"S{i % 40}", source = "Meter " + client, activity = "electricity.grid", start = $"2024-{month:00}-01", end = $"2024-{month:00}-28", quantity = i + 0.5, unit = "kWh", region = "CN-JS", quality = "measured" },
                    Ct);
                if (answer.StatusCode == HttpStatusCode.Created)
                {
                    acknowledged.Add((await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetString()!);
                }
                else
                {
                    Assert.Fail($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Ct)}");
                }
            }
        }
        catch (HttpRequestException)
        {
            // The server is gone.
        }
    }

    private static async Task KillBackup(CrashBook books, StorageSettings book, TimeSpan after, string what)
    {
        var file = Path.Combine(books.Folder, what.Replace(' ', '-') + ".tanlu.zip");
        var code = await Killed(["backup", "--out", file, .. CrashBook.Options(book)], after);
        Assert.True(code != 0 || File.Exists(file), $"{what}: acknowledged and not there");
        if (File.Exists(file))
        {
            Assert.Equal(0, (await TanluRun.Once(["backup", "verify", file], Ct)).Code);
        }

        var next = file.Replace(".tanlu.zip", "-next.tanlu.zip", StringComparison.Ordinal);
        Assert.Equal(0, (await TanluRun.Once(["backup", "--out", next, .. CrashBook.Options(book)], Ct)).Code);
        Assert.Empty(Directory.EnumerateFiles(books.Folder, "*.partial"));
        Assert.Equal(0, (await TanluRun.Once(["backup", "verify", next], Ct)).Code);
    }

    private static async Task KillRestore(StorageSettings target, string backup, TimeSpan after, CrashState filled, string what)
    {
        var code = await Killed(["restore", backup, .. CrashBook.Options(target)], after);
        var (again, _, complained) = await TanluRun.Once(["restore", backup, .. CrashBook.Options(target)], Ct);
        Assert.True(again == 0 || complained.Contains("is not empty", StringComparison.Ordinal), $"{what}: {complained}");
        Assert.True(code != 0 || again != 0, $"{what}: acknowledged and not there");
        Assert.Equal(filled, await CrashBook.State(target, what));
    }

    private static async Task<TimeSpan> Timed(IEnumerable<string> arguments)
    {
        var started = Stopwatch.GetTimestamp();
        var (code, _, complained) = await TanluRun.Once(arguments, Ct);
        Assert.True(code == 0, complained);
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<int> Killed(IEnumerable<string> arguments, TimeSpan after)
    {
        await using var run = TanluRun.Start(arguments);
        var end = run.End(Ct);
        await Task.WhenAny(end, Task.Delay(after, Ct));
        if (!end.IsCompleted)
        {
            run.Kill();
        }

        return await end;
    }

    private sealed record Kills(int Import, int Seal, int Record, int Backup, int Restore);
}
