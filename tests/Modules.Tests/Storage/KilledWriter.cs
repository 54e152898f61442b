using System.Diagnostics;
using System.Globalization;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Storage
{
    /// <summary>A process that writes and says what it has written, until it is killed: a child of the test, which is this same program.</summary>
    internal static class KilledWriter
    {
        private const string Folder = "TANLU_KILLED_WRITER_FOLDER";
        private const string Postgres = "TANLU_KILLED_WRITER_POSTGRES";

        public static readonly MigrationSource Migrations = MigrationSource.Of("killed", [(1, "row", "CREATE TABLE written (number {int64} PRIMARY KEY, half {int64} NOT NULL, payload {text} NOT NULL) {strict}")]);

        public static Process Start(StorageSettings settings)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            {
                start.ArgumentList.Add(typeof(KilledWriter).Assembly.Location);
            }

            // The hook below runs before Main, so the child never gets as far as running tests.
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(KilledWriter).Assembly.Location;
            start.Environment[Folder] = settings.DataFolder;
            start.Environment[Postgres] = settings.Postgres ?? "";
            return Process.Start(start)!;
        }

        public static async Task Run()
        {
            if (Environment.GetEnvironmentVariable(Folder) is not { } folder)
            {
                return;
            }

            await using var db = await Db.Open(new StorageSettings(folder, Environment.GetEnvironmentVariable(Postgres)), TimeProvider.System);
            using var output = Console.OpenStandardOutput();
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async lane =>
            {
                for (long number = lane; ; number += 4)
                {
                    await db.Write(tx => Write(tx, number, bulk: number % 3 == 0), CancellationToken.None);
                    var line = System.Text.Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + "\n");
                    lock (output)
                    {
                        output.Write(line);
                        output.Flush();
                    }
                }
            }));
        }

        // Two rows a unit, so that half a unit would show.
        private static void Write(Tx tx, long number, bool bulk)
        {
            if (!bulk)
            {
                tx.Execute($"INSERT INTO written (number, half, payload) VALUES ({number}, 0, {new string('碳', 100)})");
                tx.Execute($"INSERT INTO written (number, half, payload) VALUES ({-number - 1}, 1, 'second')");
                return;
            }

            using var rows = tx.Bulk("written", "number", "half", "payload");
            foreach (var half in (long[])[0, 1])
            {
                rows.Int64(half == 0 ? number : -number - 1);
                rows.Int64(half);
                rows.Text("bulk"u8);
                rows.EndRow();
            }

            rows.Complete();
        }
    }

    public sealed class KilledWriterTests
    {
        [Theory]
        [EngineData]
        public async Task Every_acknowledged_row_is_there_after_kill_9(Dialect engine)
        {
            var ct = TestContext.Current.CancellationToken;
            await using var store = await TestStore.Open(engine, KilledWriter.Migrations);
            using var child = KilledWriter.Start(store.Settings);
            var acknowledged = new List<long>();
            while (await child.StandardOutput.ReadLineAsync(ct) is { } line)
            {
                acknowledged.Add(long.Parse(line, CultureInfo.InvariantCulture));
                if (acknowledged.Count == 300)
                {
                    // SIGKILL; what it said before that still stands in the pipe and counts.
                    child.Kill();
                }
            }

            await child.WaitForExitAsync(ct);
            Assert.True(acknowledged.Count >= 300, $"The writer ended by itself with code {child.ExitCode} after {acknowledged.Count} rows.");
            await store.Reopen();
            var (firsts, seconds) = await store.Db.Read(
                tx => (tx.Query($"SELECT number FROM written WHERE half = 0", r => r.Int64(0)), tx.Query($"SELECT -number - 1 FROM written WHERE half = 1", r => r.Int64(0))), ct);
            Assert.Empty(acknowledged.Except(firsts));
            Assert.Equal(firsts.Order(), seconds.Order());
            if (engine == Dialect.Sqlite)
            {
                Assert.Equal("ok", await store.Db.Read(tx => tx.First($"PRAGMA integrity_check", r => r.Text(0)), ct));
            }

            // The dead writer holds nothing.
            await store.Db.Write(tx => tx.Execute($"INSERT INTO written (number, half, payload) VALUES ({long.MaxValue}, 0, 'after')"), ct);
        }
    }
}

/// <summary>.NET calls this by its name, without a namespace, before Main of a process that names this assembly in DOTNET_STARTUP_HOOKS.</summary>
internal static class StartupHook
{
    public static void Initialize() => Task.Run(Tanlu.Modules.Tests.Storage.KilledWriter.Run).GetAwaiter().GetResult();
}
