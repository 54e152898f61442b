using System.Buffers.Binary;
using System.IO.Compression;
using System.Xml;
using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>
/// The zip container of a workbook, distrusted: what the directory declares is checked before anything is unpacked, and what is
/// unpacked is counted while it is read, because a directory can lie. Nothing is ever written to disk, no reference out of the file is followed.
/// </summary>
internal sealed class XlsxPackage : IDisposable
{
    private readonly ZipArchive _zip;
    private readonly TableLimits _limits;
    private readonly Dictionary<string, ZipArchiveEntry> _parts = new(StringComparer.OrdinalIgnoreCase);

    public XlsxPackage(Stream stream, TableLimits limits)
    {
        _limits = limits;
        CheckDirectory(stream, limits);
        stream.Position = 0;
        _zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: false);
        var unpacked = 0L;
        foreach (var entry in _zip.Entries)
        {
            var name = entry.FullName.Replace('\\', '/');
            if (name.StartsWith('/') || name.Contains(':') || name.Contains('\0') || name.Split('/').Any(s => s is ".." or "."))
            {
                throw new Refusal(new Problem("workbook_unsafe_path", Found: name));
            }

            unpacked += entry.Length;
            if (entry.Length < 0 || unpacked > limits.UnpackedBytes || unpacked < 0)
            {
                throw Bomb(name);
            }

            if (entry.Length > limits.RatioFreeBytes && entry.Length / Math.Max(1, entry.CompressedLength) > limits.UnpackRatio)
            {
                throw Bomb(name);
            }

            if (!name.EndsWith('/') && !_parts.TryAdd(name, entry))
            {
                throw new Refusal(new Problem("workbook_unsafe_path", Found: name));
            }
        }
    }

    public bool Has(string part) => _parts.ContainsKey(part);

    public Stream Open(string part) =>
        _parts.TryGetValue(part, out var entry)
            ? new CountedStream(entry.Open(), part, Math.Max(entry.CompressedLength, 1), _limits)
            : throw new Refusal(new Problem("workbook_broken", Found: part));

    public XmlReader Xml(string part) => Xml(Open(part), _limits);

    public void Dispose() => _zip.Dispose();

    internal static Refusal Bomb(string part) => new(new Problem("workbook_bomb", Found: part));

    private static XmlReader Xml(Stream stream, TableLimits limits) => XmlReader.Create(stream, new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        CloseInput = true,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = limits.UnpackedBytes,
        MaxCharactersFromEntities = 1024,
    });

    /// <summary>
    /// Bounds the central directory before the zip reader builds an object for each of its entries. The end record is searched
    /// from the back, as the zip reader does.
    /// </summary>
    private static void CheckDirectory(Stream stream, TableLimits limits)
    {
        const int EndRecord = 22;
        var tail = new byte[Math.Min(stream.Length, EndRecord + ushort.MaxValue)];
        stream.Position = stream.Length - tail.Length;
        stream.ReadExactly(tail);
        var at = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (at < 0 || tail.Length - at < EndRecord)
        {
            throw new Refusal(new Problem("workbook_broken", Found: "zip"));
        }

        var entries = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(at + 10));
        var directory = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 16));
        var span = stream.Length - tail.Length + at - directory;

        // A directory that claims to be too large for its own fields (zip64) is read from another record; no workbook within the limits has one.
        if (directory == uint.MaxValue || span < 0 || entries > limits.Parts || span > limits.Parts * 512L)
        {
            throw Bomb($"{entries}");
        }
    }

    /// <summary>Counts what really comes out of a part.</summary>
    private sealed class CountedStream(Stream inner, string part, long packed, TableLimits limits) : Stream
    {
        private long _unpacked;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _unpacked;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            _unpacked += read;
            return _unpacked > limits.UnpackedBytes || (_unpacked > limits.RatioFreeBytes && _unpacked / packed > limits.UnpackRatio)
                ? throw Bomb(part)
                : read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
