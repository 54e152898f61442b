using System.Buffers.Binary;
using System.IO.Compression;
using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// A file of life cycle data, distrusted: one dataset file, or a zip of them. What an archive's directory declares is checked before anything is unpacked, and what is unpacked is
/// counted and compared with its check sum while it is read, because a directory can lie. Nothing is ever written to disk.
/// </summary>
internal sealed class DatasetFile : IDisposable
{
    private const int EndRecord = 22;

    private readonly MemoryStream _content;
    private readonly ZipArchive? _zip;

    private DatasetFile(MemoryStream content, string name, ReadLimits limits)
    {
        _content = content;
        Name = name;
        var head = Buffer.Span;
        if (head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8))
        {
            _zip = Unpacked(limits);
            Parts = Checked(_zip, limits);
        }
        else
        {
            var (kind, length) = (DatasetPart.KindOf(head), content.Length);
            if (kind == PartKind.Archive)
            {
                throw new Refusal(new Problem("lca_archive_kind", Args: [name]));
            }

            Parts = length == 0 ? throw new Refusal(new Problem("lca_file_empty", Args: [name])) : [new DatasetPart(name, length, () => Content(), kind)];
        }
    }

    /// <summary>The file's own name, without any folder.</summary>
    public string Name { get; }

    public bool IsArchive => _zip is not null;

    /// <summary>Parts in the order of the archive's directory, without folders and attached documents; one part where the file is no archive.</summary>
    public IReadOnlyList<DatasetPart> Parts { get; }

    private ReadOnlyMemory<byte> Buffer => _content.GetBuffer().AsMemory(0, (int)_content.Length);

    /// <summary>Reads a stranger's file: whatever is wrong with its bytes is a refusal, not an exception.</summary>
    public static Outcome<DatasetPackage> Read(Stream content, string name, ReadLimits limits, CancellationToken cancellation, Func<DatasetFile, Reading, DatasetPackage> read)
    {
        var reading = new Reading(limits, cancellation);
        try
        {
            using var file = Open(content, name, limits);
            return reading.End(read(file, reading));
        }
        catch (Refusal refusal)
        {
            return refusal.Problem;
        }
    }

    public static DatasetFile Open(Stream content, string name, ReadLimits limits)
    {
        name = Path.GetFileName(name.Replace('\\', '/'));
        if (content is MemoryStream { Position: 0 } whole && whole.TryGetBuffer(out var buffer) && buffer.Offset == 0)
        {
            return whole.Length <= limits.FileBytes ? new DatasetFile(whole, name, limits) : throw TooLarge(name, limits.FileBytes);
        }

        var copy = new MemoryStream();
        var block = new byte[128 << 10];
        int read;
        while ((read = content.Read(block)) > 0)
        {
            if (copy.Length + read > limits.FileBytes)
            {
                throw TooLarge(name, limits.FileBytes);
            }

            copy.Write(block, 0, read);
        }

        return new DatasetFile(copy, name, limits);
    }

    /// <summary>The whole file from its first byte on, for one more reader.</summary>
    public MemoryStream Content() => new(_content.GetBuffer(), 0, (int)_content.Length, writable: false, publiclyVisible: true);

    public void Dispose() => _zip?.Dispose();

    internal static Refusal TooLarge(string part, long limit) => new(new Problem("lca_too_large", Args: [part, $"{limit >> 20}"]));

    private static Refusal Broken(string name) => new(new Problem("lca_archive_broken", Args: [name]));

    private ZipArchive Unpacked(ReadLimits limits)
    {
        CheckDirectory(Buffer.Span, limits);
        try
        {
            var zip = new ZipArchive(Content(), ZipArchiveMode.Read, leaveOpen: false);
            _ = zip.Entries.Count;
            return zip;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The zip reader throws several undocumented kinds of exception on forged directories.
            throw Broken(Name);
        }
    }

    private List<DatasetPart> Checked(ZipArchive zip, ReadLimits limits)
    {
        var parts = new List<DatasetPart>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var unpacked = 0L;
        foreach (var entry in zip.Entries)
        {
            var name = entry.FullName.Replace('\\', '/');
            if (name.StartsWith('/') || name.Contains(':') || name.Contains('\0') || name.Split('/').Any(s => s is ".." or ".") || !names.Add(name))
            {
                throw new Refusal(new Problem("lca_archive_path", Found: name, Args: [Name]));
            }

            if (entry.IsEncrypted)
            {
                throw new Refusal(new Problem("lca_archive_encrypted", Found: name, Args: [Name]));
            }

            unpacked += entry.Length;
            if (entry.Length < 0 || unpacked > limits.UnpackedBytes || (entry.Length > limits.RatioFreeBytes && entry.Length / Math.Max(1, entry.CompressedLength) > limits.UnpackRatio))
            {
                throw PartStream.Bomb(name);
            }

            if (name.EndsWith('/') || IsAttached(name))
            {
                continue;
            }

            if (entry.Length > limits.PartBytes)
            {
                throw TooLarge(name, limits.PartBytes);
            }

            if (DatasetPart.IsArchiveName(name))
            {
                throw new Refusal(new Problem("lca_archive_nested", Found: name, Args: [Name]));
            }

            parts.Add(new DatasetPart(name, entry.Length, () => new PartStream(entry, name, limits), kind: null));
        }

        return parts.Count > 0 ? parts : throw new Refusal(new Problem("lca_file_empty", Args: [Name]));
    }

    /// <summary>Documents that formats let travel with their datasets (pictures, reports), and what operating systems leave in archives.</summary>
    private static bool IsAttached(string name) =>
        name.Split('/')[..^1].Any(s => s is "external_docs" or "bin" or "__MACOSX") || name.Split('/')[^1] is ".DS_Store" or "Thumbs.db" or "desktop.ini";

    /// <summary>
    /// Bounds the central directory before the zip reader builds an object for each of its entries. The end record is searched from the back, as the zip reader does; a package of more
    /// than 65 535 parts has a second, wider end record in front of it.
    /// </summary>
    private void CheckDirectory(ReadOnlySpan<byte> bytes, ReadLimits limits)
    {
        var tail = bytes[Math.Max(0, bytes.Length - EndRecord - ushort.MaxValue)..];
        var found = tail.LastIndexOf("PK\x05\x06"u8);
        if (found < 0 || tail.Length - found < EndRecord)
        {
            throw Broken(Name);
        }

        var at = bytes.Length - tail.Length + found;
        var entries = (ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 10)..]);
        var start = (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 16)..]);
        var end = (ulong)at;
        if (entries == ushort.MaxValue || start == uint.MaxValue)
        {
            const int Locator = 20, Wide = 56;
            if (at < Locator || !bytes[(at - Locator)..].StartsWith("PK\x06\x07"u8))
            {
                throw Broken(Name);
            }

            end = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at - Locator + 8)..]);
            if (end > (ulong)(at - Wide) || at < Wide || !bytes[(int)end..].StartsWith("PK\x06\x06"u8))
            {
                throw Broken(Name);
            }

            entries = BinaryPrimitives.ReadUInt64LittleEndian(bytes[((int)end + 32)..]);
            start = BinaryPrimitives.ReadUInt64LittleEndian(bytes[((int)end + 48)..]);
        }

        // Names in data packages are about 100 bytes long; a directory much longer than its count says hides further entries.
        if (entries > (ulong)limits.Parts || start > end || end - start > (entries * 320) + ushort.MaxValue)
        {
            throw new Refusal(new Problem("lca_too_many_parts", Args: [Name, $"{limits.Parts}"]));
        }
    }
}
