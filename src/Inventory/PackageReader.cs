using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tanlu.Kernel;

namespace Tanlu.Inventory;

/// <summary>A cell of a package that cannot be read as what it should be.</summary>
internal sealed class PackageUnreadable(string file, string row, string column, string found) : Exception
{
    public string File { get; } = file;

    public string Row { get; } = row;

    public string Column { get; } = column;

    public string Found { get; } = found;
}

/// <summary>A row of a package's table by column.</summary>
internal sealed class PackageRow(string file, int line, IReadOnlyDictionary<string, int> columns, string[] cells)
{
    public string File => file;

    /// <summary>1-based, the header being row 1.</summary>
    public int Line => line;

    public string Place => line.ToString(CultureInfo.InvariantCulture);

    /// <summary>The cell as it is written.</summary>
    public string this[string column] => cells[columns[column]];

    public string Text(string column) => PackageText.Plain(this[column]);

    public bool Has(string column) => this[column].Length > 0;

    public long Long(string column) => long.TryParse(this[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : throw Unreadable(column);

    public int Int(string column) => Long(column) is >= int.MinValue and <= int.MaxValue and var n ? (int)n : throw Unreadable(column);

    public bool Flag(string column) => this[column] switch { "0" => false, "1" => true, _ => throw Unreadable(column) };

    public double Double(string column) =>
        double.TryParse(this[column], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var n) && double.IsFinite(n)
            ? n
            : throw Unreadable(column);

    public Int128 Wide(string column) => Int128.TryParse(this[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : throw Unreadable(column);

    public DateOnly Day(string column) => DateOnly.TryParseExact(this[column], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw Unreadable(column);

    public Month Month(string column) =>
        Kernel.Month.Parse(this[column]) ?? throw Unreadable(column);

    /// <summary>32 bytes in lower-case hex.</summary>
    public byte[] Hash(string column) => this[column] is { Length: 64 } hex && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : throw Unreadable(column);

    public PackageUnreadable Unreadable(string column) => new(file, Place, column, this[column]);
}

/// <summary>
/// Reads a package out of its zip without unpacking anything to disk. Names that lead elsewhere, entries given twice, and tables that unpack to a multiple no table has are
/// refused before they are read.
/// </summary>
internal sealed class PackageReader : IDisposable
{
    private const int MostEntries = 1_000_000;

    // Deflate reaches 1032; the sparsest table stays below 60.
    private const long LargestRatio = 250;
    private const long Slack = 1 << 20;
    private const long LargestManifest = 64 << 20;

    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries;

    private PackageReader(ZipArchive zip, Dictionary<string, ZipArchiveEntry> entries, JsonDocument manifest)
    {
        _zip = zip;
        _entries = entries;
        Manifest = manifest;
    }

    public JsonDocument Manifest { get; }

    public IEnumerable<string> Names => _entries.Keys.Where(n => n != PackageForm.Manifest);

    public static Outcome<PackageReader> Open(Stream content)
    {
        ZipArchive? zip = null;
        try
        {
            zip = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
            var entries = Entries(zip);
            if (!entries.Ok)
            {
                zip.Dispose();
                return Outcome<PackageReader>.Refused(entries.Problems);
            }

            var manifest = Read(entries.Value[PackageForm.Manifest], LargestManifest);
            var json = JsonDocument.Parse(manifest);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("form", out var form) && form.ValueKind == JsonValueKind.String
                && form.GetString() == PackageForm.Form)
            {
                return new PackageReader(zip, entries.Value, json);
            }

            zip.Dispose();
            return new Problem("package_form_unknown", Column: PackageForm.Manifest, Args: [PackageForm.Form]);
        }
        catch (Exception broken) when (broken is InvalidDataException or JsonException or EndOfStreamException or NotSupportedException or ArgumentException)
        {
            zip?.Dispose();
            return new Problem("package_unreadable", Found: broken.Message);
        }
    }

    /// <summary>Hashes an entry's bytes and counts them.</summary>
    public (long Bytes, string Hash) HashOf(string name)
    {
        using var stream = _entries[name].Open();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[128 << 10];
        var bytes = 0L;
        while (stream.Read(buffer) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            bytes += read;
            if (bytes > _entries[name].Length)
            {
                throw new InvalidDataException(name);
            }
        }

        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public byte[] Bytes(string name) => Read(_entries[name], int.MaxValue);

    /// <summary>The rows of a table, read as they are asked for. A header other than the form's is <see cref="PackageUnreadable"/>.</summary>
    public IEnumerable<PackageRow> Rows(string name)
    {
        var wanted = PackageForm.Tables[name];
        var columns = wanted.Select((column, at) => (column, at)).ToDictionary(c => c.column, c => c.at, StringComparer.Ordinal);
        using var text = new StreamReader(_entries[name].Open(), new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false, 64 << 10);
        var line = 0;
        using var records = PackageText.Records(text).GetEnumerator();
        while (Next(records, name, line))
        {
            line++;
            var cells = records.Current;
            if (line == 1)
            {
                if (!cells.SequenceEqual(wanted))
                {
                    throw new PackageUnreadable(name, "1", "", string.Join(',', cells));
                }
            }
            else if (cells.Length != wanted.Count)
            {
                throw new PackageUnreadable(name, line.ToString(CultureInfo.InvariantCulture), "", $"{cells.Length} cells");
            }
            else
            {
                yield return new PackageRow(name, line, columns, cells);
            }
        }
    }

    public void Dispose()
    {
        Manifest.Dispose();
        _zip.Dispose();
    }

    private static bool Next(IEnumerator<string[]> records, string name, int line)
    {
        try
        {
            return records.MoveNext();
        }
        catch (Exception broken) when (broken is FormatException or DecoderFallbackException or InvalidDataException)
        {
            throw new PackageUnreadable(name, (line + 1).ToString(CultureInfo.InvariantCulture), "", broken.Message);
        }
    }

    private static Outcome<Dictionary<string, ZipArchiveEntry>> Entries(ZipArchive zip)
    {
        var found = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        if (zip.Entries.Count > MostEntries)
        {
            return new Problem("package_too_large", Found: zip.Entries.Count.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var entry in zip.Entries)
        {
            var name = entry.FullName;
            var evidence = name.StartsWith(PackageForm.EvidenceFolder, StringComparison.Ordinal) && Storage.BlobHash.TryParse(name[PackageForm.EvidenceFolder.Length..]) is not null;
            if (!evidence && name is not (PackageForm.Manifest or PackageForm.Edition) && !PackageForm.Tables.ContainsKey(name))
            {
                return new Problem("package_entry_unknown", Found: name);
            }

            if (!found.TryAdd(name, entry))
            {
                return new Problem("package_entry_twice", Found: name);
            }

            if (entry.Length > (entry.CompressedLength * LargestRatio) + Slack)
            {
                return new Problem("package_too_large", Found: name, Args: [entry.Length.ToString(CultureInfo.InvariantCulture), entry.CompressedLength.ToString(CultureInfo.InvariantCulture)]);
            }
        }

        foreach (var name in PackageForm.Tables.Keys.Prepend(PackageForm.Edition).Prepend(PackageForm.Manifest))
        {
            if (!found.ContainsKey(name))
            {
                return new Problem("package_file_missing", Found: name);
            }
        }

        return found;
    }

    /// <summary>Never more than the entry says it holds: what unpacks to more is not what it claims.</summary>
    private static byte[] Read(ZipArchiveEntry entry, long most)
    {
        if (entry.Length > most)
        {
            throw new InvalidDataException($"{entry.FullName}: {entry.Length}");
        }

        using var stream = entry.Open();
        var bytes = new byte[entry.Length];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length && stream.ReadByte() < 0 ? bytes : throw new InvalidDataException(entry.FullName);
    }
}
