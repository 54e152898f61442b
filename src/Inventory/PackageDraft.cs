using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tanlu.Inventory;

/// <summary>What the manifest says of a file in the package.</summary>
internal sealed record PackageEntry(string Name, long Bytes, string Hash, long Rows);

/// <summary>
/// A package in the making: its tables grow side by side in temporary files, and the zip is written at the end, entries in ordinal order with a fixed time, so that the
/// same content is the same bytes.
/// </summary>
internal sealed class PackageDraft : IDisposable
{
    private static readonly DateTimeOffset Fixed = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SortedDictionary<string, PackageSpool> _spools = new(StringComparer.Ordinal);

    public PackageDraft()
    {
        foreach (var (name, columns) in PackageForm.Tables)
        {
            Open(name).Row(columns);
        }
    }

    public PackageSpool this[string name] => _spools[name];

    public PackageSpool Open(string name)
    {
        var spool = new PackageSpool();
        _spools.Add(name, spool);
        return spool;
    }

    /// <summary>Writes the zip: the manifest first, so that a reader knows what comes.</summary>
    public void Write(Stream to, Action<Utf8JsonWriter> head)
    {
        var entries = _spools.Select(s => s.Value.Entry(s.Key)).ToList();
        using var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true);
        using (var manifest = Add(PackageForm.Manifest))
        {
            manifest.Write(Manifest(head, entries));
        }

        foreach (var (name, spool) in _spools)
        {
            using var entry = Add(name);
            spool.CopyTo(entry);
        }

        Stream Add(string name)
        {
            // Evidence is stored as it is: it is packed already, and a reader may refuse tables that unpack to a multiple no table has.
            var entry = zip.CreateEntry(name, name.StartsWith(PackageForm.EvidenceFolder, StringComparison.Ordinal) ? CompressionLevel.NoCompression : CompressionLevel.Optimal);
            entry.LastWriteTime = Fixed;
            return entry.Open();
        }
    }

    public void Dispose()
    {
        foreach (var spool in _spools.Values)
        {
            spool.Dispose();
        }
    }

    private static byte[] Manifest(Action<Utf8JsonWriter> head, IReadOnlyList<PackageEntry> entries)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("form", PackageForm.Form);
            head(json);
            json.WriteStartArray("files");
            foreach (var entry in entries)
            {
                json.WriteStartObject();
                json.WriteString("name", entry.Name);
                json.WriteNumber("bytes", entry.Bytes);
                json.WriteString("sha256", entry.Hash);
                if (PackageForm.Tables.ContainsKey(entry.Name))
                {
                    json.WriteNumber("rows", entry.Rows);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}

/// <summary>One file of a package while it grows: on disk beyond a few buffers, hashed on the way, gone when it is closed.</summary>
internal sealed class PackageSpool : IDisposable
{
    private readonly FileStream _file = PackageTemporary.File();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly StringBuilder _text = new();
    private long _rows = -1;

    /// <summary>Adds a record; the first one is the header.</summary>
    public void Row(params IReadOnlyList<string> cells)
    {
        PackageText.Append(_text, cells);
        _rows++;
        if (_text.Length > 32 << 10)
        {
            Flush();
        }
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _file.Write(bytes);
    }

    public PackageEntry Entry(string name)
    {
        Flush();
        return new PackageEntry(name, _file.Length, Convert.ToHexStringLower(_hash.GetCurrentHash()), _rows);
    }

    public void CopyTo(Stream to)
    {
        _file.Position = 0;
        _file.CopyTo(to);
    }

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
    }

    private void Flush()
    {
        if (_text.Length > 0)
        {
            Bytes(Encoding.UTF8.GetBytes(_text.ToString()));
            _text.Clear();
        }
    }
}

/// <summary>Files that only their opener can read and that are gone when they are closed.</summary>
internal static class PackageTemporary
{
    public static FileStream File()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(Path.GetTempPath(), "tanlu-" + Guid.NewGuid().ToString("N")), options);
    }
}
