using System.Collections.Concurrent;
using Tanlu.Kernel;

namespace Tanlu.Storage;

/// <summary>The book in one file of the data folder: one writer thread, a small pool of snapshot readers, write-ahead log.</summary>
internal sealed class SqliteDb : Db
{
    private readonly StorageSettings _settings;
    private readonly SqliteWriter _writer;
    private readonly SemaphoreSlim _readers;
    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private int _disposed;

    private SqliteDb(StorageSettings settings, TimeProvider clock, SqliteSession writing)
        : base(clock)
    {
        _settings = settings;
        _writer = new SqliteWriter(writing);
        _readers = new SemaphoreSlim(settings.Readers);
    }

    public override Dialect Dialect => Dialect.Sqlite;

    public static new async Task<Db> Open(StorageSettings settings, TimeProvider clock, CancellationToken ct)
    {
        DataFolder.Make(settings.DataFolder);
        if (RestorePlace.Unfinished(settings))
        {
            throw DatabaseUnavailable.Because(new Problem("restore_unfinished", Found: settings.DataFolder));
        }

        // An empty file beside evidence is a book that lost its content; SQLite would take it for a new one.
        if (new FileInfo(settings.DatabaseFile) is { Exists: true, Length: 0 } && Directory.Exists(settings.BlobFolder) && Directory.EnumerateDirectories(settings.BlobFolder, "??").Any())
        {
            throw DatabaseUnavailable.Because(new Problem("book_damaged", Found: settings.DatabaseFile, Args: ["0 bytes"]));
        }

        var writing = await Task.Run(() => SqliteSession.Open(settings, readOnly: false), ct);
        return new SqliteDb(settings, clock, writing);
    }

    public override async Task<T> Read<T>(Func<Tx, T> work, CancellationToken ct)
    {
        await _readers.WaitAsync(ct);
        try
        {
            return await Task.Run(() => ReadNow(work, ct), ct);
        }
        finally
        {
            _readers.Release();
        }
    }

    public override Task<T> Write<T>(Lane lane, Func<Tx, T> work, CancellationToken ct) => _writer.Write(lane, work, ct);

    public override Task<DatabaseFacts> Facts(CancellationToken ct) => Read(
        tx => new DatabaseFacts(
            Dialect, tx.First($"SELECT sqlite_version()", r => r.Text(0))!,
            new[] { "", "-wal" }.Select(end => new FileInfo(_settings.DatabaseFile + end)).Where(f => f.Exists).Sum(f => f.Length),
            tx.Exists($"SELECT 1 FROM sqlite_schema WHERE name = 'migration'") ? tx.Scalar($"SELECT count(*) FROM migration") : 0),
        ct);

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        for (var i = 0; i < _settings.Readers; i++)
        {
            await _readers.WaitAsync();
        }

        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }

        await _writer.DisposeAsync();
        _readers.Dispose();
    }

    // BEGIN IMMEDIATE already lets one process at a time look what is to do and do it.
    internal override Task<IAsyncDisposable> MigrationLock(CancellationToken ct) => Task.FromResult<IAsyncDisposable>(new NoLock());

    private T ReadNow<T>(Func<Tx, T> work, CancellationToken ct)
    {
        var session = _idle.TryTake(out var idle) ? idle : SqliteSession.Open(_settings, readOnly: true);
        var sound = false;
        try
        {
            using var cancelled = ct.UnsafeRegister(static handle => SQLitePCL.raw.sqlite3_interrupt((SQLitePCL.sqlite3)handle!), session.Handle);
            var result = SqliteTx.Run(session, "BEGIN", work);
            sound = true;
            return result;
        }
        catch (OperationCanceledException cause) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(cause.Message, cause, ct);
        }
        finally
        {
            // A session that failed may carry a half-done state; a new one costs a millisecond.
            if (sound)
            {
                _idle.Add(session);
            }
            else
            {
                session.Dispose();
            }
        }
    }

    private sealed class NoLock : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

internal static class DataFolder
{
    /// <summary>Makes a folder that only its owner can enter: it holds the book, the keys and the evidence.</summary>
    public static void Make(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (IOException full) when (DiskFull.Is(full))
        {
            throw new DiskFull(folder, full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseUnavailable($"{folder}: {e.Message}", e);
        }
    }
}
