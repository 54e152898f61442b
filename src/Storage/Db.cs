namespace Tanlu.Storage;

/// <summary>The engine that keeps the book.</summary>
public enum Dialect
{
    Sqlite,
    Postgres,
}

/// <summary>Which writers go first where writers queue: people before imports.</summary>
public enum Lane
{
    Interactive,
    Bulk,
}

/// <param name="Version">The engine's own.</param>
/// <param name="Bytes">What the database takes on disk.</param>
/// <param name="Migrations">How many were applied.</param>
public sealed record DatabaseFacts(Dialect Engine, string Version, long Bytes, long Migrations);

/// <summary>
/// The book's database: snapshot reads that never wait for a writer, and units of work that are all or nothing. Both engines give the same
/// guarantees: writes behave as if they ran one after the other, a read sees one state from beginning to end.
/// </summary>
/// <remarks>
/// A unit of work may run more than once (PostgreSQL answers a clash between writers by asking for another try), so everything it does to the
/// world goes through its <see cref="Tx"/>, and it is short: at most some 50 ms, so that nobody waits.
/// </remarks>
public abstract class Db(TimeProvider clock) : IAsyncDisposable
{
    public abstract Dialect Dialect { get; }

    internal TimeProvider Clock { get; } = clock;

    /// <summary>Opens the engine that the settings name and checks that it answers; the data folder is made where it is missing.</summary>
    public static async Task<Db> Open(StorageSettings settings, TimeProvider clock, CancellationToken ct = default) =>
        string.IsNullOrWhiteSpace(settings.Postgres)
            ? await SqliteDb.Open(settings, clock, ct)
            : await PostgresDb.Open(settings, clock, ct);

    /// <summary>Runs a read on one snapshot. Writing in it fails.</summary>
    public abstract Task<T> Read<T>(Func<Tx, T> work, CancellationToken ct);

    /// <summary>Runs a unit of work and commits it; when it throws, nothing of it stays. The task ends after the commit is durable.</summary>
    public Task<T> Write<T>(Func<Tx, T> work, CancellationToken ct) => Write(Lane.Interactive, work, ct);

    public Task Write(Action<Tx> work, CancellationToken ct) => Write(Lane.Interactive, work, ct);

    /// <summary>As <see cref="Write{T}(Func{Tx,T},CancellationToken)"/>, with a place in the queue. Imports take <see cref="Lane.Bulk"/>.</summary>
    public abstract Task<T> Write<T>(Lane lane, Func<Tx, T> work, CancellationToken ct);

    public Task Write(Lane lane, Action<Tx> work, CancellationToken ct) => Write(
        lane,
        tx =>
        {
            work(tx);
            return true;
        },
        ct);

    /// <summary>
    /// Tells the engine that tables grew by much, so that it plans its reads by what they hold now. PostgreSQL looks by itself only every minute, and until then takes a table
    /// of a million new rows for an empty one; SQLite plans by the indexes alone.
    /// </summary>
    public virtual Task Measure(IReadOnlyList<string> tables, CancellationToken ct) => Task.CompletedTask;

    /// <summary>What the engine says of itself, for whoever runs the machine.</summary>
    public abstract Task<DatabaseFacts> Facts(CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    /// <summary>Held while migrations run, so that two processes that start at once do not run the same one.</summary>
    internal abstract Task<IAsyncDisposable> MigrationLock(CancellationToken ct);
}
