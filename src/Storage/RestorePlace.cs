using Npgsql;
using Tanlu.Kernel;

namespace Tanlu.Storage;

/// <summary>
/// Where a restore works until it is proven: the folder <c>restoring</c> inside the data folder, and on PostgreSQL the schema <c>tanlu_restoring</c> beside the one of the
/// book. Both are moved into place in one step at the end; what a killed restore left is thrown away by the next one.
/// </summary>
internal sealed class RestorePlace : IAsyncDisposable
{
    public const string Folder = "restoring";
    private const string Schema = "tanlu_restoring";
    private const string Lock = "restoring.lock";

    private readonly StorageSettings _target;
    private readonly FileStream _lock;
    private bool _published;

    private RestorePlace(StorageSettings target, FileStream held)
    {
        _target = target;
        _lock = held;
        Beside = target with
        {
            DataFolder = Path.Combine(target.DataFolder, Folder),
            Postgres = OnPostgres ? new NpgsqlConnectionStringBuilder(target.Postgres) { SearchPath = Schema }.ToString() : null,
            LargestBlob = long.MaxValue,
        };
    }

    /// <summary>The settings of the place beside.</summary>
    public StorageSettings Beside { get; }

    private bool OnPostgres => !string.IsNullOrWhiteSpace(_target.Postgres);

    /// <summary>Whether a restore into this folder was begun and has not ended, so that there is no book yet.</summary>
    public static bool Unfinished(StorageSettings settings) => Directory.Exists(Path.Combine(settings.DataFolder, Folder)) && !File.Exists(settings.DatabaseFile);

    /// <summary>Takes away what is left beside a book whose restore was killed after its last step.</summary>
    public static void Clear(StorageSettings settings)
    {
        var folder = Path.Combine(settings.DataFolder, Folder);
        if (!Directory.Exists(folder))
        {
            return;
        }

        try
        {
            // Beside a book on PostgreSQL a restore may be at work at this moment.
            using var held = new FileStream(Path.Combine(settings.DataFolder, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            Directory.Delete(folder, recursive: true);
            File.Delete(held.Name);
        }
        catch (IOException)
        {
            // It is; what it leaves goes at another start.
        }
    }

    /// <summary>Makes the empty place, or says why there can be none.</summary>
    public static async Task<Outcome<RestorePlace>> Make(StorageSettings target, TimeProvider clock, CancellationToken ct)
    {
        var onPostgres = !string.IsNullOrWhiteSpace(target.Postgres);
        DataFolder.Make(target.DataFolder);
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(target.DataFolder, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (!DiskFull.Is(e))
        {
            return new Problem("restore_running", Column: "--data", Found: target.DataFolder);
        }

        var place = new RestorePlace(target, held);
        try
        {
            if (File.Exists(target.DatabaseFile) || (!onPostgres && place.Strange() is not null))
            {
                await place.DisposeAsync();
                return new Problem("restore_target_used", Column: "--data", Found: target.DataFolder, Args: [place.Strange() ?? Path.GetFileName(target.DatabaseFile)]);
            }

            if (onPostgres && await place.Prepare(clock, ct) is { } used)
            {
                await place.DisposeAsync();
                return used;
            }

            if (Directory.Exists(place.Beside.DataFolder))
            {
                Directory.Delete(place.Beside.DataFolder, recursive: true);
            }

            DataFolder.Make(place.Beside.DataFolder);
            return place;
        }
        catch
        {
            await place.DisposeAsync();
            throw;
        }
    }

    /// <summary>Evidence and keys first, which harm nobody alone; the book last and in one step. All connections to the place are closed.</summary>
    public async Task Publish(TimeProvider clock, CancellationToken ct)
    {
        MoveFiles(Beside.BlobFolder, _target.BlobFolder);
        MoveFiles(Beside.KeyFolder, _target.KeyFolder);
        if (OnPostgres)
        {
            await using var db = await Db.Open(Beside with { Postgres = _target.Postgres }, clock, ct);
            await db.Write(Adopt, ct);
        }
        else
        {
            using (var book = new FileStream(Beside.DatabaseFile, FileMode.Open, FileAccess.ReadWrite))
            {
                book.Flush(flushToDisk: true);
            }

            File.Move(Beside.DatabaseFile, _target.DatabaseFile, overwrite: false);
            FolderEntries.Flush(_target.DataFolder);
        }

        _published = true;
        Directory.Delete(Beside.DataFolder, recursive: true);
    }

    /// <summary>Where nothing was published, nothing stays.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_published && Directory.Exists(Beside.DataFolder))
        {
            Directory.Delete(Beside.DataFolder, recursive: true);
        }

        await _lock.DisposeAsync();
        File.Delete(_lock.Name);
        if (!_published && OnPostgres)
        {
            try
            {
                await Run($"DROP SCHEMA IF EXISTS {Schema} CASCADE");
            }
            catch (NpgsqlException)
            {
                // The server is gone, which is why we are here; the next restore drops it.
            }
        }
    }

    /// <summary>Moves the tables out of their own schema into that of the connection: one short transaction, in which nothing is copied.</summary>
    private static bool Adopt(Tx tx)
    {
        var target = tx.First($"SELECT current_schema()::text", r => r.Text(0))!;
        foreach (var (name, kind) in tx.Query(
            $"SELECT c.relname::text, c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = {Schema} AND c.relkind IN ('r', 'v') ORDER BY 2, 1",
            r => (r.Text(0), r.Text(1))))
        {
            tx.Script($"ALTER {(kind == "v" ? "VIEW" : "TABLE")} {Schema}.{TableShape.Quoted(name)} SET SCHEMA {TableShape.Quoted(target)}");
        }

        tx.Script($"DROP SCHEMA {Schema}");
        return true;
    }

    private static void MoveFiles(string from, string to)
    {
        if (!Directory.Exists(from))
        {
            return;
        }

        var folders = new HashSet<string>(StringComparer.Ordinal);
        DataFolder.Make(to);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            var folder = Path.GetDirectoryName(target)!;
            if (folders.Add(folder))
            {
                DataFolder.Make(folder);
                folders.Add(Path.GetDirectoryName(folder)!);
            }

            // A restore that was killed here has moved some already; a name is the hash of the content, or a key of its own.
            File.Move(file, target, overwrite: true);
        }

        foreach (var folder in folders)
        {
            FolderEntries.Flush(folder);
        }
    }

    /// <summary>What stands in the data folder and is not left by a restore, or null.</summary>
    private string? Strange()
    {
        var begun = Directory.Exists(Path.Combine(_target.DataFolder, Folder));
        return Directory.EnumerateFileSystemEntries(_target.DataFolder).Select(e => Path.GetFileName(e)!)
            .FirstOrDefault(name => name is not (Folder or Lock or "lost+found") && !(begun && name is "blobs" or "keys"));
    }

    /// <summary>An empty schema of our own; a problem where the database holds tables already.</summary>
    private async Task<Problem?> Prepare(TimeProvider clock, CancellationToken ct)
    {
        await using (var db = await Db.Open(_target, clock, ct))
        {
            if (await db.Read(TableShape.All, ct) is [var first, ..])
            {
                return new Problem("restore_target_used", Column: "--postgres", Found: new NpgsqlConnectionStringBuilder(_target.Postgres).Database, Args: [first.Name]);
            }
        }

        try
        {
            await Run($"DROP SCHEMA IF EXISTS {Schema} CASCADE; CREATE SCHEMA {Schema}");
            return null;
        }
        catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return new Problem("restore_not_permitted", Column: "--postgres", Found: denied.MessageText);
        }
    }

    private async Task Run(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_target.Postgres) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
