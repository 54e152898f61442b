using System.Diagnostics;
using System.Globalization;
using System.Text;
using Npgsql;
using Tanlu.Automation;
using Tanlu.Cli;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Server.Jobs;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Jobs;

/// <summary>
/// Three real server processes on one PostgreSQL share fifty imports; one is killed in the middle and one is asked to stop. Every file is in the book exactly once.
/// </summary>
public sealed class SharedWorkTests : IAsyncDisposable
{
    private const int Jobs = 50;
    private const int RowsEach = 1500;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("tanlu-shared-").FullName;
    private readonly string _database = "tanlu_" + Guid.NewGuid().ToString("N");
    private readonly List<Process> _servers = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string? Engine => System.Environment.GetEnvironmentVariable("TANLU_TEST_POSTGRES") is { Length: > 0 } server ? server : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            if (!server.HasExited)
            {
                server.Kill();
                await server.WaitForExitAsync(CancellationToken.None);
            }

            server.Dispose();
        }

        if (Engine is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await OnEngine($"DROP DATABASE IF EXISTS {_database} WITH (FORCE)");
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Three_processes_share_fifty_imports_and_a_killed_one_loses_none()
    {
        Assert.SkipWhen(Engine is null && System.Environment.GetEnvironmentVariable("TANLU_REQUIRE_ENGINES") != "1", "PostgreSQL is not there: TANLU_TEST_POSTGRES is not set.");
        await OnEngine($"CREATE DATABASE {_database} TEMPLATE template0 ENCODING 'UTF8'");
        var text = new NpgsqlConnectionStringBuilder(Engine) { Database = _database, MaxPoolSize = 12 }.ToString();
        var settings = new StorageSettings(Path.Combine(_folder, "book"), text);
        await using var db = await Db.Open(settings, TimeProvider.System, Ct);
        await Migrator.Run(db, LocalBook.Migrations, Ct);
        var audit = new Audit(db, TimeProvider.System);
        var tenant = (await new Tenants(db, TimeProvider.System, audit).Add("Shared", "共享", Ct)).Value;
        var caller = Caller.System(tenant.Id);
        var tree = new OrganisationTree(db, audit);
        var company = (await tree.Add(caller, new NewNode(null, NodeKind.Company, "C", "Company", "公司"), Ct)).Value;
        await tree.Add(caller, new NewNode(company.Id, NodeKind.Site, "S", "Site", "厂区", "CN-JS"), Ct);

        var board = new JobBoard(db, audit, TimeProvider.System);
        var blobs = Blobs.Open(settings, TimeProvider.System);
        for (var job = 0; job < Jobs; job++)
        {
            using var content = new MemoryStream(Encoding.UTF8.GetBytes(Csv(job)));
            var hash = (await blobs.Put(content, Ct)).Value.Hash;
            var work = JobJson.Write(new ImportWork(hash.ToString(), $"file {job}.csv", false, new Dictionary<string, string>(), "", null));
            Assert.True((await board.Enqueue(caller, new NewJob(ImportJob.Kind, Right.WriteActivities, $"file {job}.csv", work), Ct)).Ok);
        }

        for (var server = 0; server < 3; server++)
        {
            _servers.Add(Serve(text));
        }

        await Until(board, caller, jobs => jobs.Count(j => j.Ended) >= 5 && jobs.Any(j => j.State == JobState.Running));
        await KillAtWork(db);
        await Until(board, caller, jobs => jobs.Count(j => j.Ended) >= 20);
        await Signal("-TERM", _servers[1]);
        var ended = await Until(board, caller, jobs => jobs.All(j => j.Ended));
        Assert.All(ended, j => Assert.True(j.State == JobState.Done, $"{j.Title}: {j.State} {(j.Problems.Count > 0 ? j.Problems[0].Code : "")}"));

        // Each in effect once: fifty batches, each named by one job, and no row twice.
        var journal = new Journal(db, new Factors.FactorPacks(db, blobs, audit, TimeProvider.System), tree, audit, TimeProvider.System);
        var batches = (await journal.Batches(caller, null, 200, Ct)).Value.Batches;
        Assert.Equal(Jobs, batches.Count);
        Assert.Equal(Jobs * RowsEach, batches.Sum(b => b.Rows));
        Assert.Equal(batches.Select(b => b.Id).Order(), ended.Select(j => JobJson.Read<Imported>(j.Result).Batch).Order());
        var check = (await journal.CheckBalances(caller, Ct)).Value;
        Assert.True(check.Sound, string.Join('\n', check.Faults));
        Assert.True(ended.Sum(j => j.Attempts) > Jobs, "The job of the killed process was not begun again.");
        TestContext.Current.SendDiagnosticMessage($"{Jobs} jobs, {ended.Sum(j => j.Attempts)} attempts");
    }

    private static string Csv(int job)
    {
        var csv = new StringBuilder("site,source,activity,start,end,quantity,unit,region\n");
        for (var row = 0; row < RowsEach; row++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"S,Meter {row % 20},electricity.grid,2023-{(row % 12) + 1:D2}-01,2023-{(row % 12) + 1:D2}-28,{job}.{row},kWh,CN-JS\n");
        }

        return csv.ToString();
    }

    private Process Serve(string postgres)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "tanlu"), ["serve", "--urls", "http://127.0.0.1:0", "--data", Path.Combine(_folder, "book"), "--postgres", postgres])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        start.Environment["Tanlu__Jobs__LeaseSeconds"] = "3";
        start.Environment["Tanlu__Jobs__AtOnce"] = "2";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Kills the first server while it holds a job: it is halted, looked at, and let go on where it held none.</summary>
    private async Task KillAtWork(Db db)
    {
        var worker = $"/{_servers[0].Id.ToString(CultureInfo.InvariantCulture)}";
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(10, Ct))
        {
            await Signal("-STOP", _servers[0]);
            if (await db.Read(tx => tx.Exists($"SELECT 1 FROM job WHERE state = 1 AND worker LIKE {"%" + worker}"), Ct))
            {
                _servers[0].Kill();
                return;
            }

            await Signal("-CONT", _servers[0]);
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "The first server never held a job.");
        }
    }

    private static async Task Signal(string signal, Process process)
    {
        using var kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Ct);
    }

    private static async Task<IReadOnlyList<Job>> Until(JobBoard board, Caller caller, Func<IReadOnlyList<Job>, bool> enough)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var jobs = (await board.List(caller, everyone: true, null, null, JobBoard.LongestPage, Ct)).Value.Jobs;
            if (enough(jobs))
            {
                return jobs;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"{jobs.Count(j => j.Ended)} of {jobs.Count} jobs had ended.");
            await Task.Delay(30, Ct);
        }
    }

    private static async Task OnEngine(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Engine) { Pooling = false }.ToString());
        await connection.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
