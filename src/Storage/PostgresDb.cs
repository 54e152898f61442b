using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using Tanlu.Kernel;

namespace Tanlu.Storage;

/// <summary>The book in PostgreSQL: SERIALIZABLE transactions for writing, tried again when two clash; repeatable-read, read-only ones for reading.</summary>
internal sealed class PostgresDb : Db
{
    // Any constants that no other program on the same database uses.
    private const long MigrationKey = 0x54616e6c75_01;
    private const long TurnKey = 0x54616e6c75_02;
    private const int Tries = 12;
    private const int FreeTries = 4;

    private readonly NpgsqlDataSource _source;
    private readonly string _place;
    private readonly SemaphoreSlim _readers;
    private readonly SemaphoreSlim _writers;

    private PostgresDb(NpgsqlDataSource source, string place, int readers, int writers, TimeProvider clock)
        : base(clock)
    {
        _source = source;
        _place = place;
        _readers = new SemaphoreSlim(readers);
        _writers = new SemaphoreSlim(writers);
    }

    public override Dialect Dialect => Dialect.Postgres;

    public static new async Task<Db> Open(StorageSettings settings, TimeProvider clock, CancellationToken ct)
    {
        DataFolder.Make(settings.DataFolder);
        var text = Parsed(settings.Postgres);
        if (text.MaxAutoPrepare == 0)
        {
            text.MaxAutoPrepare = 200;
        }

        text.ApplicationName ??= "tanlu";

        // Half the pool each, less one for the migration lock, so that nobody waits for a connection while he holds a thread.
        var share = Math.Max(1, Math.Min(settings.Readers, (text.MaxPoolSize - 1) / 2));
        var source = NpgsqlDataSource.Create(text);
        try
        {
            await using var connection = await source.OpenConnectionAsync(ct);
            await using var encoding = new NpgsqlCommand("SHOW server_encoding", connection);
            if (await encoding.ExecuteScalarAsync(ct) is not "UTF8")
            {
                throw new DatabaseUnavailable("The PostgreSQL database is not encoded in UTF8; create it with ENCODING 'UTF8'.");
            }

            return new PostgresDb(source, $"{text.Host}:{text.Port}/{text.Database}", share, share, clock);
        }
        catch (Exception e)
        {
            await source.DisposeAsync();
            if (e is NpgsqlException)
            {
                throw new DatabaseUnavailable($"{text.Host}:{text.Port}/{text.Database}: {e.Message}", e);
            }

            throw;
        }
    }

    private static NpgsqlConnectionStringBuilder Parsed(string? text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new DatabaseUnavailable("The PostgreSQL connection string is not one such as “Host=localhost;Database=tanlu;Username=tanlu”.", e);
        }
    }

    public override async Task<T> Read<T>(Func<Tx, T> work, CancellationToken ct)
    {
        await _readers.WaitAsync(ct);
        try
        {
            return await Task.Run(() => Once("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", work, Turn.None, ct), ct);
        }
        catch (NpgsqlException failure) when (Unusable(failure) is { } named)
        {
            throw named;
        }
        finally
        {
            _readers.Release();
        }
    }

    /// <remarks>The lane makes no difference here: PostgreSQL's writers do not queue behind one another.</remarks>
    public override async Task<T> Write<T>(Lane lane, Func<Tx, T> work, CancellationToken ct)
    {
        var queued = Stopwatch.GetTimestamp();
        await _writers.WaitAsync(ct);
        StorageMeter.Waited(lane, queued);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    var turn = attempt > FreeTries ? Turn.Alone : Turn.Shared;
                    var started = Stopwatch.GetTimestamp();
                    var result = await Task.Run(() => Once("BEGIN ISOLATION LEVEL SERIALIZABLE", work, turn, ct), ct);
                    StorageMeter.Took(started);
                    return result;
                }
                catch (PostgresException clash) when (attempt < Tries && MayTryAgain(clash))
                {
                    StorageMeter.Clashed();
                    await Task.Delay(RandomNumberGenerator.GetInt32(1, 5 << Math.Min(attempt, 6)), ct);
                }
            }
        }
        catch (NpgsqlException failure) when (Unusable(failure) is { } named)
        {
            throw named;
        }
        finally
        {
            _writers.Release();
        }
    }

    public override Task Measure(IReadOnlyList<string> tables, CancellationToken ct) =>
        Write(Lane.Bulk, tx => tx.Execute(Sql.Raw("ANALYZE " + string.Join(", ", tables.Select(Tx.Named)))), ct);

    public override Task<DatabaseFacts> Facts(CancellationToken ct) => Read(
        tx => new DatabaseFacts(
            Dialect, tx.First($"SELECT current_setting('server_version')", r => r.Text(0))!, tx.Scalar($"SELECT pg_database_size(current_database())"),
            tx.Exists($"SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'migration'") ? tx.Scalar($"SELECT count(*) FROM migration") : 0),
        ct);

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _readers.Dispose();
        _writers.Dispose();
    }

    internal override async Task<IAsyncDisposable> MigrationLock(CancellationToken ct)
    {
        // The lock belongs to the session and outlives each migration's own transaction.
        var connection = await _source.OpenConnectionAsync(ct);
        try
        {
            await using var take = new NpgsqlCommand($"SELECT pg_advisory_lock({MigrationKey})", connection) { CommandTimeout = 0 };
            await take.ExecuteNonQueryAsync(ct);
            return new Held(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // The transaction was rolled back as a whole, so running the work again is safe.
    private static bool MayTryAgain(PostgresException clash) =>
        clash.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    /// <summary>A failure of the server or of the way to it, in words; null where a statement itself failed.</summary>
    private Exception? Unusable(NpgsqlException failure) => failure.SqlState switch
    {
        PostgresErrorCodes.DiskFull => new DiskFull(_place, failure),
        null or ['0', '8', ..] or ['5', '7', 'P', ..] or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.IoError =>
            DatabaseUnavailable.Because(new Problem("database_gone", Found: _place), failure),
        _ => null,
    };

    /// <summary>
    /// One run of the work. Writers hold the turn together; one that keeps clashing waits until it has the turn alone, so that it gets through: the lock is taken before the snapshot, and
    /// whoever waits for it alone is not overtaken.
    /// </summary>
    private T Once<T>(string begin, Func<Tx, T> work, Turn turn, CancellationToken ct)
    {
        using var connection = _source.OpenConnection();
        var (take, give) = turn switch
        {
            Turn.Shared => ("pg_advisory_lock_shared", "pg_advisory_unlock_shared"),
            Turn.Alone => ("pg_advisory_lock", "pg_advisory_unlock"),
            _ => ("", ""),
        };
        if (turn != Turn.None)
        {
            Run(connection, $"SELECT {take}({TurnKey})");
        }

        try
        {
            return PostgresTx.Run(connection, begin, work, ct);
        }
        finally
        {
            if (turn != Turn.None && connection.State == System.Data.ConnectionState.Open)
            {
                Run(connection, $"SELECT {give}({TurnKey})");
            }
        }
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private enum Turn
    {
        /// <summary>Readers clash with nobody.</summary>
        None,
        Shared,
        Alone,
    }

    private sealed class Held(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (connection)
            {
                await using var give = new NpgsqlCommand($"SELECT pg_advisory_unlock({MigrationKey})", connection);
                await give.ExecuteNonQueryAsync();
            }
        }
    }
}
