using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tanlu.Cli;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Flows;

/// <summary>
/// The real command, killed at random moments of an import: afterwards the book holds all of the file or nothing of it, its sums and chain hold, and
/// the same file can be imported as if nothing had happened.
/// </summary>
public sealed class KilledImportTests : IAsyncDisposable
{
    private const int Kills = 6;
    private const int Rows = 60_000;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "tanlu-killed-" + Path.GetRandomFileName());

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_import_that_is_killed_leaves_all_or_nothing()
    {
        var cancel = TestContext.Current.CancellationToken;
        Directory.CreateDirectory(_folder);
        var file = Path.Combine(_folder, "activities.csv");
        await File.WriteAllTextAsync(file, Csv(), cancel);
        await Found(cancel);
        var random = new Random(20260229);

        // How long the whole import takes is learned on a copy of the empty book, so that the kills fall inside it.
        Copy("book", "measure");
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(0, await Import("measure", file, killAfter: null, cancel));
        var whole = Stopwatch.GetElapsedTime(started);
        var expected = await State("measure", cancel);
        Assert.Equal(Rows, expected.Rows);

        var interrupted = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var name = "killed" + kill.ToString(CultureInfo.InvariantCulture);
            Copy("book", name);
            var ended = await Import(name, file, whole * random.NextDouble(), cancel);
            var after = await State(name, cancel);
            Assert.True(after.Sound, $"kill {kill}: the book does not hold");
            Assert.True(after == expected || after.Rows == 0, $"kill {kill}: {after.Rows} rows of {Rows}");
            if (ended == 0)
            {
                Assert.Equal(expected, after);
            }

            if (after.Rows == 0)
            {
                interrupted++;
                Assert.Equal(0, await Import(name, file, killAfter: null, cancel));
                Assert.Equal(expected, await State(name, cancel));
            }
        }

        Assert.True(interrupted > 0, "no kill fell inside the import");
    }

    private static string Csv()
    {
        var text = new StringBuilder("site,source,activity,start,end,quantity,unit,region,quality\n");
        for (var row = 0; row < Rows; row++)
        {
            var month = (row % 24) + 1;
            var first = new DateOnly(2023, 1, 1).AddMonths(month - 1);
            text.Append(CultureInfo.InvariantCulture, $"S{row % 40},Meter {row / 960},electricity.grid,{first:yyyy-MM-dd},{first.AddMonths(1).AddDays(-1):yyyy-MM-dd},{row}.5,kWh,CN-JS,measured\n");
        }

        return text.ToString();
    }

    /// <summary>A book with a company and its sites.</summary>
    private async Task Found(CancellationToken cancel)
    {
        await using var db = await Db.Open(Settings("book"), TimeProvider.System, cancel);
        await Migrator.Run(db, LocalBook.Migrations, cancel);
        var audit = new Audit(db, TimeProvider.System);
        var tenant = (await new Tenants(db, TimeProvider.System, audit).Add("Killed", "中断", cancel)).Value;
        var tree = new OrganisationTree(db, audit);
        var caller = Caller.System(tenant.Id);
        var company = (await tree.Add(caller, new NewNode(null, NodeKind.Company, "C", "Company", "公司"), cancel)).Value;
        for (var site = 0; site < 40; site++)
        {
            await tree.Add(caller, new NewNode(company.Id, NodeKind.Site, $"S{site}", $"Site {site}", $"厂区 {site}", "CN-JS"), cancel);
        }
    }

    private static async Task<int> Import(string folder, string file, TimeSpan? killAfter, CancellationToken cancel)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, "tanlu");
        var data = Path.Combine(Path.GetDirectoryName(file)!, folder);
        using var process = Process.Start(new ProcessStartInfo(executable, ["import", file, "--data", data]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (killAfter is { } time)
        {
            await Task.Delay(time, cancel);
            process.Kill();
        }

        await process.WaitForExitAsync(cancel);
        return process.ExitCode;
    }

    private async Task<BookState> State(string folder, CancellationToken cancel)
    {
        await using var book = await LocalBook.Open(Settings(folder), TimeProvider.System, cancel);
        await book.Journal.DropUnsealed(TimeSpan.Zero, cancel);
        var caller = (await book.Caller(null, Language.English, cancel)).Value;
        var check = (await book.Journal.CheckBalances(caller, cancel)).Value;
        var statement = (await book.Statements.Build(
            caller, new StatementQuery(null, Month.Of(2023, 1), Month.Of(2025, 1), GwpSet.Ar6, Route.GhgProtocol), cancel)).Value.Statement;
        return new BookState(check.Sound, check.Rows, statement.AllScopes);
    }

    private StorageSettings Settings(string folder) => new(Path.Combine(_folder, folder));

    private void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.Combine(_folder, to));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, from)))
        {
            File.Copy(file, Path.Combine(_folder, to, Path.GetFileName(file)));
        }
    }

    private sealed record BookState(bool Sound, long Rows, Co2eSum Total);
}
