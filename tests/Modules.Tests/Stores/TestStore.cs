using Npgsql;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Stores;

/// <summary>A fresh database and data folder on one engine; both go when it is disposed.</summary>
public sealed class TestStore : IAsyncDisposable
{
    private readonly string? _database;

    private TestStore(StorageSettings settings, string? database, TestClock clock, Db db)
    {
        Settings = settings;
        _database = database;
        Clock = clock;
        Db = db;
        Blobs = Blobs.Open(settings, clock);
    }

    public static bool HasPostgres => Server is not null;

    public static bool EnginesRequired => Environment.GetEnvironmentVariable("TANLU_REQUIRE_ENGINES") == "1";

    public StorageSettings Settings { get; }

    public TestClock Clock { get; }

    public Db Db { get; private set; }

    public Blobs Blobs { get; }

    private static string? Server => Environment.GetEnvironmentVariable("TANLU_TEST_POSTGRES") is { Length: > 0 } server ? server : null;

    /// <summary>A new database with the modules' migrations applied in the order given.</summary>
    public static async Task<TestStore> Open(Dialect engine, params IReadOnlyList<MigrationSource> modules)
    {
        string? database = null;
        string? postgres = null;
        if (engine == Dialect.Postgres)
        {
            database = "tanlu_" + Guid.NewGuid().ToString("N");
            await OnServer($"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'");

            // Many small databases at once: a small pool each keeps the server under its limit.
            postgres = new NpgsqlConnectionStringBuilder(Server) { Database = database, MaxPoolSize = 20 }.ToString();
        }

        var settings = new StorageSettings(Directory.CreateTempSubdirectory("tanlu-test-").FullName, postgres);
        var clock = new TestClock();
        var store = new TestStore(settings, database, clock, await Db.Open(settings, clock));
        if (modules.Count > 0)
        {
            await Migrator.Run(store.Db, modules);
        }

        return store;
    }

    /// <summary>Closes the database and opens it again, as a restart does.</summary>
    public async Task Reopen()
    {
        await Db.DisposeAsync();
        Db = await Db.Open(Settings, Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        if (_database is not null)
        {
            await OnServer($"DROP DATABASE {_database} WITH (FORCE)");
        }

        Directory.Delete(Settings.DataFolder, recursive: true);
    }

    private static async Task OnServer(string sql)
    {
        var server = new NpgsqlConnectionStringBuilder(Server ?? throw new InvalidOperationException("TANLU_TEST_POSTGRES is not set."))
        {
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(server.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>
/// One database per test class and engine, made at the class's first use: <c>class JournalTests(ClassStores stores) : IClassFixture&lt;ClassStores&gt;</c>.
/// </summary>
public sealed class ClassStores : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<Dialect, TestStore> _stores = [];

    public async Task<TestStore> On(Dialect engine, params IReadOnlyList<MigrationSource> modules)
    {
        await _gate.WaitAsync();
        try
        {
            if (!_stores.TryGetValue(engine, out var store))
            {
                store = _stores[engine] = await TestStore.Open(engine, modules);
            }

            return store;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores.Values)
        {
            await store.DisposeAsync();
        }

        _gate.Dispose();
    }
}
