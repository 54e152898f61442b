using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Storage;

/// <summary>A backup that is complete on disk.</summary>
/// <param name="Size">Bytes of the file.</param>
/// <param name="Sha256">Of the manifest, which holds the hash of everything else.</param>
public sealed record BackupMade(string Path, long Size, string Sha256, BackupManifest Manifest);

/// <summary>
/// Makes a backup while the book is used: one snapshot of all tables, then the evidence files and keys that stand in the data folder. The snapshot is a read, so nobody
/// waits for it. The file appears under its name only when it is complete and on disk; it holds password hashes and keys, so it is readable by its owner only.
/// </summary>
public static class Backup
{
    public const string Ending = ".tanlu.zip";

    private const string Unfinished = ".partial";
    private const int RowsBetweenReports = 20_000;

    /// <summary>Writes the backup to a file that must not exist, or under a name of its own into a folder.</summary>
    /// <param name="leftOut">Tables whose rows should not come back.</param>
    /// <exception cref="DiskFull">Nothing stays behind.</exception>
    public static async Task<Outcome<BackupMade>> Make(
        Db db, StorageSettings settings, string to, IReadOnlyCollection<string> leftOut, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var made = db.Clock.GetUtcNow();
        var path = Path.GetFullPath(Directory.Exists(to) ? Path.Combine(to, $"tanlu-{made:yyyyMMdd'T'HHmmss'Z'}{Ending}") : to);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            return new Problem("folder_missing", Column: "--out", Found: folder);
        }

        if (File.Exists(path))
        {
            return new Problem("backup_exists", Column: "--out", Found: path);
        }

        try
        {
            RemoveUnfinished(folder);
            var partial = path + Unfinished;
            try
            {
                var (size, manifest) = await Write(db, settings, partial, made, leftOut, progress, ct);
                File.Move(partial, path, overwrite: false);
                FolderEntries.Flush(folder);
                return new BackupMade(path, size, Convert.ToHexStringLower(SHA256.HashData(manifest.Write())), manifest);
            }
            finally
            {
                File.Delete(partial);
            }
        }
        catch (IOException full) when (DiskFull.Is(full))
        {
            throw new DiskFull(folder, full);
        }
        catch (UnauthorizedAccessException denied)
        {
            return new Problem("folder_unwritable", Column: "--out", Found: folder, Args: [denied.Message]);
        }
    }

    /// <summary>Removes what a killed backup left in the folder. A living one holds its file locked.</summary>
    /// <returns>Files removed.</returns>
    public static int RemoveUnfinished(string folder)
    {
        var removed = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*" + Ending + Unfinished))
        {
            try
            {
                using (new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                    File.Delete(file);
                    removed++;
                }
            }
            catch (IOException)
            {
                // Somebody is writing it, or removed it at the same moment.
            }
        }

        return removed;
    }

    private static async Task<(long Size, BackupManifest Manifest)> Write(
        Db db, StorageSettings settings, string partial, DateTimeOffset made, IReadOnlyCollection<string> leftOut, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1 << 17 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(partial, options);
        BackupManifest manifest;
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            var (migrations, tables, named) = await db.Read(tx => Tables(tx, zip, leftOut, progress, ct), ct);

            // After the snapshot: a blob is stored before a row names it and is never taken away while one does.
            var damaged = new List<string>();
            var blobs = new List<BackupPart>();
            var store = Blobs.Open(settings, db.Clock);
            var wanted = store.Kept(named);
            foreach (var hash in wanted)
            {
                ct.ThrowIfCancellationRequested();
                if (await Copied(store, zip, hash, ct) is { } part)
                {
                    blobs.Add(part);
                }
                else
                {
                    damaged.Add(hash.ToString());
                }

                progress?.Report(new BackupProgress("blobs", blobs.Count, wanted.Count));
            }

            var keys = Directory.Exists(settings.KeyFolder)
                ? Directory.GetFiles(settings.KeyFolder, "*.xml").Order(StringComparer.Ordinal).Select(key => Copied(zip, BackupFile.KeyFolder, Path.GetFileName(key), File.ReadAllBytes(key))).ToList()
                : [];
            var version = typeof(Backup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
            manifest = new BackupManifest(BackupManifest.CurrentFormat, version, made, db.Dialect, migrations, tables, blobs, keys, damaged);
            var json = manifest.Write();
            Copied(zip, "", BackupFile.ManifestName, json);
            Copied(zip, "", BackupFile.SealName, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json))));
        }

        file.Flush(flushToDisk: true);
        return (file.Length, manifest);
    }

    private static (List<BackupMigration> Migrations, List<BackupTable> Tables, HashSet<BlobHash> Named) Tables(
        Tx tx, ZipArchive zip, IReadOnlyCollection<string> leftOut, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var shapes = TableShape.All(tx);
        var migrations = tx.Query($"SELECT module, number, hash FROM migration ORDER BY module, number", r => new BackupMigration(r.Text(0), r.Int32(1), r.Text(2)));
        var named = BlobNames.In(tx, shapes);
        var tables = new List<BackupTable>();
        foreach (var shape in shapes)
        {
            var empty = leftOut.Contains(shape.Name);
            var rows = empty ? 0 : tx.Scalar(Sql.Raw($"SELECT count(*) FROM {TableShape.Quoted(shape.Name)}"));
            using var stream = zip.CreateEntry(BackupFile.TableFolder + shape.Name, CompressionLevel.Fastest).Open();
            using var encoder = new RowEncoder(stream, [.. shape.Columns.Select(c => c.Kind)]);
            if (!empty)
            {
                tx.Each(Sql.Raw(shape.Select), row =>
                {
                    encoder.Write(row);
                    if (encoder.Rows % RowsBetweenReports == 0)
                    {
                        ct.ThrowIfCancellationRequested();
                        progress?.Report(new BackupProgress(shape.Name, encoder.Rows, rows));
                    }
                });
            }

            var hash = encoder.End();
            tables.Add(new BackupTable(
                shape.Name, [.. shape.Columns.Select(c => new BackupColumn(c.Name, c.Kind.ToString().ToLowerInvariant()))], encoder.Rows, shape.Identity ? Identities.Last(tx, shape) : 0, hash, empty));
        }

        return (migrations, tables, named);
    }

    /// <summary>Null where the stored file is missing or no longer what it was: one damaged file must not stop every backup.</summary>
    private static async Task<BackupPart?> Copied(Blobs store, ZipArchive zip, BlobHash hash, CancellationToken ct)
    {
        // Read once before, so that no half of a damaged file stands in the backup.
        if (await store.Sound(hash, ct) is not { } size)
        {
            return null;
        }

        await using var from = store.OpenRead(hash)!;
        await using var to = await zip.CreateEntry(BackupFile.BlobFolder + hash, CompressionLevel.Fastest).OpenAsync(ct);
        await from.CopyToAsync(to, ct);
        return new BackupPart(hash.ToString(), size, hash.ToString());
    }

    private static BackupPart Copied(ZipArchive zip, string folder, string name, byte[] bytes)
    {
        using var to = zip.CreateEntry(folder + name, CompressionLevel.Fastest).Open();
        to.Write(bytes);
        return new BackupPart(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
