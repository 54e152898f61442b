using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Xml;
using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>What the first bytes of a part say that it is.</summary>
internal enum PartKind
{
    Text,
    Xml,
    Json,
    Archive,
    Binary,
}

/// <summary>A file within an archive, or the one file that was sent.</summary>
internal sealed class DatasetPart(string name, long length, Func<Stream> open, PartKind? kind)
{
    private const int HeadBytes = 4096;

    private static readonly string[] Spaces = ["http://www.EcoInvent.org/EcoSpold01", "http://www.EcoInvent.org/EcoSpold02", "http://lca.jrc.it/ILCD/"];

    private PartKind? _kind = kind;
    private byte[]? _head;
    private (string Name, string Space)? _root;

    /// <summary>Its path within the archive.</summary>
    public string Name { get; } = name;

    /// <summary>Bytes after unpacking.</summary>
    public long Length { get; } = length;

    public PartKind Kind => _kind ??= KindOf(Head);

    /// <summary>The first bytes, for recognising.</summary>
    public ReadOnlySpan<byte> Head
    {
        get
        {
            if (_head is null)
            {
                using var stream = Open();
                var buffer = new byte[HeadBytes];
                _head = buffer[..stream.ReadAtLeast(buffer, HeadBytes, throwOnEndOfStream: false)];
            }

            return _head;
        }
    }

    /// <summary>Local name and namespace of the root element; empty where the part is no XML or breaks off before it.</summary>
    public (string Name, string Space) Root => _root ??= Kind == PartKind.Xml ? RootOf(Head) : ("", "");

    public Stream Open() => open();

    public static PartKind KindOf(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("PK\x03\x04"u8) || head.StartsWith((ReadOnlySpan<byte>)[0x37, 0x7A, 0xBC, 0xAF]) || head.StartsWith("Rar!"u8) || head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return PartKind.Archive;
        }

        var utf16 = head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);
        if (!utf16 && head.Count((byte)0) > 1 + (head.Length / 50))
        {
            // UTF-16 without a mark still opens with an angle bracket.
            return head.StartsWith("<\0"u8) || head.StartsWith("\0<"u8) ? PartKind.Xml : PartKind.Binary;
        }

        var text = utf16 ? head[2..].Trim("\0 \t\r\n"u8) : head.TrimStart("\uFEFF \t\r\n"u8);
        return text.Length == 0 ? PartKind.Text : text[0] switch
        {
            (byte)'<' => PartKind.Xml,
            (byte)'{' when text.Length > 1 && text[1..].TrimStart(" \t\r\n"u8) is [(byte)'"' or (byte)'}', ..] => PartKind.Json,
            (byte)'[' => PartKind.Json,
            _ => PartKind.Text,
        };
    }

    public static bool IsArchiveName(string name) => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".7z", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".rar", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".zolca", StringComparison.OrdinalIgnoreCase);

    private (string Name, string Space) RootOf(ReadOnlySpan<byte> head)
    {
        try
        {
            using var reader = DatasetXml.Reader(new MemoryStream(head.ToArray()), Name, ReadLimits.Default);
            return reader.MoveToContent() == XmlNodeType.Element ? (reader.LocalName, reader.NamespaceURI) : ("", "");
        }
        catch (Exception e) when (e is XmlException or Refusal or DecoderFallbackException)
        {
            // The root is damaged or hides behind a document type: what it says of itself still leads to the reader that can say where.
            var text = Encoding.UTF8.GetString(head);
            return Spaces.FirstOrDefault(s => text.Contains(s, StringComparison.Ordinal)) is { } space ? ("", space) : ("", "");
        }
    }
}

/// <summary>Counts what really comes out of a part and compares it with its check sum.</summary>
internal sealed class PartStream : Stream
{
    private static readonly uint[][] CrcTables = Tables();

    private readonly string _part;
    private readonly ReadLimits _limits;
    private readonly Stream _inner;
    private readonly long _packed;
    private readonly long _length;
    private readonly uint _crc;
    private long _unpacked;
    private uint _sum = uint.MaxValue;

    public PartStream(ZipArchiveEntry entry, string part, ReadLimits limits)
    {
        _part = part;
        _limits = limits;
        _packed = Math.Max(1, entry.CompressedLength);
        _length = entry.Length;
        _crc = entry.Crc32;
        try
        {
            _inner = entry.Open();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw Damaged();
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _unpacked;
        set => throw new NotSupportedException();
    }

    public static Refusal Bomb(string part) => new(new Problem("lca_archive_bomb", Args: [part]));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = _inner.Read(buffer);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Damaged();
        }

        _unpacked += read;
        if (_unpacked > _limits.PartBytes || (_unpacked > _limits.RatioFreeBytes && _unpacked / _packed > _limits.UnpackRatio))
        {
            throw Bomb(_part);
        }

        _sum = Sum(_sum, buffer[..read]);
        return (read == 0 && buffer.Length > 0 && ~_sum != _crc) || _unpacked > _length ? throw Damaged() : read;
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
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>CRC-32 as in the zip format (APPNOTE 4.4.7), eight bytes at a time: the check must not cost more than the unpacking.</summary>
    private static uint Sum(uint sum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            var low = sum ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            sum = CrcTables[7][(byte)low] ^ CrcTables[6][(byte)(low >> 8)] ^ CrcTables[5][(byte)(low >> 16)] ^ CrcTables[4][low >> 24]
                ^ CrcTables[3][(byte)high] ^ CrcTables[2][(byte)(high >> 8)] ^ CrcTables[1][(byte)(high >> 16)] ^ CrcTables[0][high >> 24];
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
        {
            sum = CrcTables[0][(byte)(sum ^ b)] ^ (sum >> 8);
        }

        return sum;
    }

    /// <summary>The table at n holds what a byte does to the sum when n more bytes follow it.</summary>
    private static uint[][] Tables()
    {
        var tables = new uint[8][];
        for (var n = 0; n < 8; n++)
        {
            tables[n] = new uint[256];
            for (var i = 0; i < 256; i++)
            {
                var value = n == 0 ? (uint)i : tables[n - 1][i];
                for (var bit = 0; n == 0 && bit < 8; bit++)
                {
                    value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
                }

                tables[n][i] = n == 0 ? value : tables[0][(byte)value] ^ (value >> 8);
            }
        }

        return tables;
    }

    private Refusal Damaged() => new(new Problem("lca_part_damaged", Args: [_part]));
}
