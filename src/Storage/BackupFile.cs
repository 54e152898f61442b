using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Tanlu.Kernel;

namespace Tanlu.Storage;

/// <param name="Part">What is being worked on: a table, <c>blobs</c>, or a step with a text <c>backup.step.{Part}</c>.</param>
/// <param name="Total">0 where it is not known.</param>
public sealed record BackupProgress(string Part, long Done, long Total);

/// <summary>A backup on disk, opened for reading: a zip file with <c>manifest.json</c>, <c>tables/</c>, <c>blobs/</c> and <c>keys/</c>.</summary>
public sealed class BackupFile : IDisposable
{
    internal const string ManifestName = "manifest.json";
    internal const string SealName = "manifest.sha256";
    internal const string TableFolder = "tables/";
    internal const string BlobFolder = "blobs/";
    internal const string KeyFolder = "keys/";

    private const int LargestManifest = 256 << 20;
    private const int RowsBetweenReports = 20_000;

    private readonly ZipArchive _zip;

    private BackupFile(string path, ZipArchive zip, BackupManifest manifest)
    {
        Path = path;
        _zip = zip;
        Manifest = manifest;
    }

    public string Path { get; }

    public BackupManifest Manifest { get; }

    /// <summary>Opens a backup and reads its manifest; nothing else is believed yet. Refused where it is no backup, a damaged one, or one of a newer form.</summary>
    public static Outcome<BackupFile> Open(string path)
    {
        if (!File.Exists(path))
        {
            return new Problem("file_missing", Found: path);
        }

        ZipArchive? zip = null;
        try
        {
            zip = new ZipArchive(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17), ZipArchiveMode.Read);
            var json = Bytes(zip, ManifestName);
            if (json is null)
            {
                return Closed(zip, new Problem("backup_foreign", Found: path));
            }

            if (BackupManifest.FormatOf(json) is var format && format != BackupManifest.CurrentFormat)
            {
                return Closed(zip, new Problem("backup_format", Found: path, Args: [$"{format}", $"{BackupManifest.CurrentFormat}"]));
            }

            return Bytes(zip, SealName) is { } seal && Convert.ToHexStringLower(SHA256.HashData(json)) == System.Text.Encoding.ASCII.GetString(seal)
                ? new BackupFile(path, zip, BackupManifest.Read(json))
                : Closed(zip, Damaged(path, ManifestName));
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or KeyNotFoundException or InvalidOperationException or EndOfStreamException)
        {
            zip?.Dispose();
            return new Problem("backup_foreign", Found: path);
        }
        catch (UnauthorizedAccessException denied)
        {
            return new Problem("backup_unreadable", Found: path, Args: [denied.Message]);
        }
    }

    /// <summary>Reads everything and compares every hash and count with the manifest.</summary>
    public Outcome<BackupManifest> Verify(IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var known = new HashSet<string>(StringComparer.Ordinal) { ManifestName, SealName };
        foreach (var table in Manifest.Tables)
        {
            known.Add(TableFolder + table.Name);
            var read = Rows(table, null, progress, ct);
            if (!read.Ok)
            {
                return Outcome<BackupManifest>.Refused(read.Problems);
            }
        }

        var done = 0L;
        foreach (var (folder, part) in Manifest.Blobs.Select(b => (BlobFolder, b)).Concat(Manifest.Keys.Select(k => (KeyFolder, k))))
        {
            ct.ThrowIfCancellationRequested();
            known.Add(folder + part.Name);
            if (Part(folder, part, Stream.Null) is { } problem)
            {
                return problem;
            }

            progress?.Report(new BackupProgress("blobs", ++done, Manifest.Blobs.Count));
        }

        return _zip.Entries.FirstOrDefault(e => !known.Contains(e.FullName)) is { } stranger ? Damaged(Path, stranger.FullName) : Manifest;
    }

    public void Dispose() => _zip.Dispose();

    /// <summary>Reads a table's rows into <paramref name="into"/>, or only through where that is null.</summary>
    internal Outcome<long> Rows(BackupTable table, Bulk? into, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        try
        {
            if (_zip.GetEntry(TableFolder + table.Name) is not { } entry)
            {
                return Damaged(Path, TableFolder + table.Name);
            }

            using var stream = entry.Open();
            using var rows = new RowDecoder(stream, [.. table.Columns.Select(Kind)]);
            while (rows.Next(into))
            {
                if (rows.Rows % RowsBetweenReports == 0)
                {
                    ct.ThrowIfCancellationRequested();
                    progress?.Report(new BackupProgress(table.Name, rows.Rows, table.Rows));
                }
            }

            return rows.Hash == table.Sha256 && rows.Rows == table.Rows ? rows.Rows : Damaged(Path, TableFolder + table.Name);
        }
        catch (InvalidDataException)
        {
            return Damaged(Path, TableFolder + table.Name);
        }
    }

    /// <summary>Copies a file of the backup and compares its hash; null where it holds.</summary>
    internal Problem? Part(string folder, BackupPart part, Stream to)
    {
        try
        {
            if (_zip.GetEntry(folder + part.Name) is not { } entry)
            {
                return Damaged(Path, folder + part.Name);
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var from = entry.Open();
            var buffer = new byte[1 << 16];
            while (from.Read(buffer) is > 0 and var read)
            {
                hash.AppendData(buffer, 0, read);
                to.Write(buffer, 0, read);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset()) == part.Sha256 ? null : Damaged(Path, folder + part.Name);
        }
        catch (InvalidDataException)
        {
            return Damaged(Path, folder + part.Name);
        }
    }

    internal Stream? Blob(BackupPart part) => _zip.GetEntry(BlobFolder + part.Name)?.Open();

    internal static SqlKind Kind(BackupColumn column) => column.Kind switch
    {
        "int64" => SqlKind.Int64,
        "double" => SqlKind.Double,
        "text" => SqlKind.Text,
        "bytes" => SqlKind.Bytes,
        _ => throw new InvalidDataException($"{column.Kind} is no kind of column."),
    };

    internal static Problem Damaged(string path, string part) => new("backup_damaged", Found: path, Args: [part]);

    private static Outcome<BackupFile> Closed(ZipArchive zip, Problem problem)
    {
        zip.Dispose();
        return problem;
    }

    private static byte[]? Bytes(ZipArchive zip, string name)
    {
        if (zip.GetEntry(name) is not { Length: <= LargestManifest } entry)
        {
            return null;
        }

        using var from = entry.Open();
        using var bytes = new MemoryStream();
        from.CopyTo(bytes);
        return bytes.ToArray();
    }
}
