using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Npgsql;
using Tanlu.Cli;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;
using Route = Tanlu.Factors.Methods.Route;

namespace Tanlu.Server.Tests.Flows;

/// <summary>Books that are broken on purpose: on SQLite a folder, on PostgreSQL a folder and a database, copied as often as a test breaks them.</summary>
internal sealed class CrashBook : IAsyncDisposable
{
    private const int Sites = 40;
    private const string ClerkEmail = "clerk@example.org";
    private const string ClerkPassword = "a long enough passphrase";

    private readonly List<string> _databases = [];

    public CrashBook(Dialect engine)
    {
        Engine = engine;
        Folder = Directory.CreateTempSubdirectory("tanlu-crash-").FullName;
    }

    public static bool HasPostgres => Server is not null;

    public Dialect Engine { get; }

    public string Folder { get; }

    private static string? Server => Environment.GetEnvironmentVariable("TANLU_TEST_POSTGRES") is { Length: > 0 } server ? server : null;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>An empty place for a book; on PostgreSQL its database is a copy of another's.</summary>
    public async Task<StorageSettings> Place(string name, string? like = null)
    {
        if (Engine == Dialect.Sqlite)
        {
            return new StorageSettings(Path.Combine(Folder, name));
        }

        NpgsqlConnection.ClearAllPools();
        var database = $"tanlu_crash_{Guid.NewGuid():N}";
        await OnServer($"CREATE DATABASE {database} TEMPLATE {(like is null ? "template0 ENCODING 'UTF8'" : like)}");
        _databases.Add(database);
        return new StorageSettings(Path.Combine(Folder, name), new NpgsqlConnectionStringBuilder(Server) { Database = database, MaxPoolSize = 12 }.ToString());
    }

    /// <summary>The book as it is, once more.</summary>
    public async Task<StorageSettings> Copy(StorageSettings from, string name)
    {
        var to = await Place(name, from.Postgres is null ? null : new NpgsqlConnectionStringBuilder(from.Postgres).Database);
        foreach (var file in Directory.EnumerateFiles(from.DataFolder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to.DataFolder, Path.GetRelativePath(from.DataFolder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return to;
    }

    /// <summary>A book with a company, its sites and an evidence file.</summary>
    public async Task<StorageSettings> Found()
    {
        var settings = await Place("book");
        await using var db = await Db.Open(settings, TimeProvider.System, Ct);
        await Migrator.Run(db, LocalBook.Migrations, Ct);
        var audit = new Audit(db, TimeProvider.System);
        var tenant = (await new Tenants(db, TimeProvider.System, audit).Add("Crash", "中断", Ct)).Value;
        var tree = new OrganisationTree(db, audit);
        var caller = Caller.System(tenant.Id);
        var company = (await tree.Add(caller, new NewNode(null, NodeKind.Company, "C", "Company", "公司"), Ct)).Value;
        for (var site = 0; site < Sites; site++)
        {
            await tree.Add(caller, new NewNode(company.Id, NodeKind.Site, $"S{site}", $"Site {site}", $"厂区 {site}", "CN-JS"), Ct);
        }

        var evidence = new EvidenceFiles(db, Blobs.Open(settings, TimeProvider.System), TimeProvider.System, audit);
        for (var file = 0; file < 30; file++)
        {
            var content = new byte[20_000];
            new Random(file).NextBytes(content);
            Assert.True((await evidence.Add(caller, new MemoryStream(content), $"bill-{file}.bin", null, Ct)).Ok);
        }

        return settings;
    }

    /// <summary>Somebody who records activities.</summary>
    public static async Task AddClerk(StorageSettings book)
    {
        await using var db = await Db.Open(book, TimeProvider.System, Ct);
        var audit = new Audit(db, TimeProvider.System);
        var tenant = Assert.Single(await new Tenants(db, TimeProvider.System, audit).All(Ct));
        var people = new People(db, TimeProvider.System, audit, new Sessions(db, TimeProvider.System, audit, OrganisationSettings.Default));
        Assert.True((await people.Add(Caller.System(tenant.Id), new NewPerson(ClerkEmail, "Clerk", Role.DataSteward, 0, Language.English, ClerkPassword), Ct)).Ok);
    }

    /// <summary>The clerk, signed in.</summary>
    public static async Task<HttpClient> Clerk(TanluRun server)
    {
        var http = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = server.Address };
        using var signedIn = await http.PostAsJsonAsync("/api/v1/session", new { email = ClerkEmail, password = ClerkPassword }, Ct);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        return http;
    }

    /// <summary>A file of activities with so many rows.</summary>
    public async Task<string> Activities(int rows, string name = "activities.csv")
    {
        var text = new StringBuilder("site,source,activity,start,end,quantity,unit,region,quality\n");
        for (var row = 0; row < rows; row++)
        {
            var first = new DateOnly(2023, 1, 1).AddMonths(row % 24);
            text.Append(CultureInfo.InvariantCulture, $"S{row % Sites},Meter {row / 960},electricity.grid,{first:yyyy-MM-dd},{first.AddMonths(1).AddDays(-1):yyyy-MM-dd},{row}.5,kWh,CN-JS,measured\n");
        }

        var path = Path.Combine(Folder, name);
        await File.WriteAllTextAsync(path, text.ToString(), Ct);
        return path;
    }

    public static string[] Options(StorageSettings settings) => settings.Postgres is { } postgres ? ["--data", settings.DataFolder, "--postgres", postgres] : ["--data", settings.DataFolder];

    /// <summary>Everything that can be proven of the book is proven, and what it says is returned.</summary>
    public static async Task<CrashState> State(StorageSettings settings, string what, IEnumerable<string>? acknowledged = null)
    {
        await using var book = await LocalBook.Open(settings, TimeProvider.System, Ct);
        await book.Journal.DropUnsealed(TimeSpan.Zero, Ct);
        var proofs = await BookProof.Of(book, null, Ct);
        var faults = proofs.SelectMany(p => p.Book.Concat(p.Evidence)).Select(p => $"{p.Code} {p.Found}").ToList();
        Assert.True(faults.Count == 0, $"{what}: {string.Join("; ", faults)}");
        var caller = (await book.Caller(null, Language.English, Ct)).Value;
        foreach (var id in acknowledged ?? [])
        {
            Assert.True((await book.Journal.Activity(caller, ActivityId.TryParse(id)!.Value, Ct)).Ok, $"{what}: the activity {id} was acknowledged and is gone");
        }

        var statement = (await book.Statements.Build(
            caller, new StatementQuery(null, Month.Of(2023, 1), Month.Of(2025, 1), GwpSet.Ar6, Route.GhgProtocol), Ct)).Value.Statement;
        var evidence = (await book.Evidence.List(caller, null, EvidenceFiles.LongestPage, Ct)).Value.Files.Count;
        return new CrashState(proofs.Sum(p => p.Ledger.Rows), evidence, statement.AllScopes);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        foreach (var database in _databases)
        {
            await OnServer($"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static async Task OnServer(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

internal sealed record CrashState(long Rows, int Files, Co2eSum Total);
