using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>
/// The Merkle tree over a batch's rows and the chain over batches (the byte forms stand in <c>src/Ledger/README.md</c>). The tree has the shape of
/// RFC 6962: neighbours are joined level by level, an odd last one moves up as it is.
/// </summary>
internal sealed class BatchRoot
{
    public const int Size = SHA256.HashSizeInBytes;

    private byte[] _leaves = new byte[Size * 256];
    private int[] _rows = new int[256];
    private int _count;
    private bool _ordered = true;

    /// <summary>The chain before a tenant's first batch.</summary>
    public static byte[] Beginning { get; } = new byte[Size];

    public int Count => _count;

    /// <summary>Adds a row's leaf; rows may come in any order.</summary>
    public void Add(int row, ReadOnlySpan<byte> leafBytes)
    {
        Span<byte> leaf = stackalloc byte[Size];
        SHA256.HashData(leafBytes, leaf);
        AddLeaf(row, leaf);
    }

    /// <summary>Adds a row whose leaf is known.</summary>
    public void AddLeaf(int row, ReadOnlySpan<byte> leaf)
    {
        if (_count == _rows.Length)
        {
            Array.Resize(ref _rows, _count * 2);
            Array.Resize(ref _leaves, _count * 2 * Size);
        }

        _ordered &= _count == 0 || row > _rows[_count - 1];
        _rows[_count] = row;
        leaf.CopyTo(_leaves.AsSpan(_count * Size, Size));
        _count++;
    }

    /// <summary>The root; SHA-256 of nothing where there is no row. Ends the use of this tree.</summary>
    public byte[] Root()
    {
        if (_count == 0)
        {
            return SHA256.HashData([]);
        }

        if (!_ordered)
        {
            Order();
        }

        Span<byte> pair = stackalloc byte[1 + (2 * Size)];
        pair[0] = 1;
        for (var width = _count; width > 1; width = (width + 1) / 2)
        {
            for (var at = 0; at < width / 2; at++)
            {
                _leaves.AsSpan(at * 2 * Size, 2 * Size).CopyTo(pair[1..]);
                SHA256.HashData(pair, _leaves.AsSpan(at * Size, Size));
            }

            if (width % 2 == 1)
            {
                _leaves.AsSpan((width - 1) * Size, Size).CopyTo(_leaves.AsSpan(width / 2 * Size, Size));
            }
        }

        return _leaves.AsSpan(0, Size).ToArray();
    }

    /// <summary>The link of a sealed batch: over the link before, the root, and what the batch says of itself.</summary>
    public static byte[] Link(byte[] previous, byte[] root, long tenant, long id, long seq, BatchKind kind, int rows, int refused, int postings, string fileHash, string reason, DateTimeOffset at, long by)
    {
        using var bytes = new MemoryStream(256);
        bytes.WriteByte(2);
        bytes.Write(previous);
        bytes.Write(root);
        Span<byte> number = stackalloc byte[8];
        foreach (var value in (ReadOnlySpan<long>)[tenant, id, seq, (long)kind, rows, refused, postings, at.UtcTicks, by])
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            bytes.Write(number);
        }

        foreach (var text in (ReadOnlySpan<string>)[fileHash, reason])
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(number, utf8.Length);
            bytes.Write(number[..4]);
            bytes.Write(utf8);
        }

        return SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private void Order()
    {
        var order = new int[_count];
        for (var at = 0; at < _count; at++)
        {
            order[at] = at;
        }

        Array.Sort(_rows, order, 0, _count);
        var sorted = new byte[_count * Size];
        for (var at = 0; at < _count; at++)
        {
            _leaves.AsSpan(order[at] * Size, Size).CopyTo(sorted.AsSpan(at * Size));
        }

        _leaves = sorted;
        _ordered = true;
    }
}

/// <summary>Builds the bytes of one row's leaf; one instance per thread, reused.</summary>
internal sealed class RowLeaf
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Starts a row: 0, whether an activity stands in it, its number, and what it takes back.</summary>
    public void Start(int row, bool activity, ActivityId? target)
    {
        _length = 0;
        Room(2);
        _bytes[_length++] = 0;
        _bytes[_length++] = activity ? (byte)1 : (byte)0;
        Number(row);
        Number(target?.Batch ?? 0);
        Number(target?.Row ?? 0);
    }

    public void Activity(
        long site, long source, ReadOnlySpan<byte> calculation, int firstDay, int lastDay, double quantity, DataQuality quality, double? uncertainty, int ownPostings,
        ReadOnlySpan<byte> evidence, ReadOnlySpan<byte> supplier, ReadOnlySpan<byte> note)
    {
        Number(site);
        Number(source);
        Calculation(calculation);
        Number(firstDay);
        Number(lastDay);
        Number(BitConverter.DoubleToInt64Bits(quantity));
        Number((long)quality);
        Number(uncertainty is { } given ? BitConverter.DoubleToInt64Bits(given) : -1);
        Number(ownPostings);
        Text(evidence);
        Text(supplier);
        Text(note);
    }

    public void Posting(long site, long source, ReadOnlySpan<byte> calculation, int part, PostingKey key, Month month, DataQuality quality, bool evidenced, in Amounts amounts)
    {
        Number(site);
        Number(source);
        Calculation(calculation);
        Number(part);
        Number(key.Account.Number);
        Number(month.Number);
        Number((long)key.Route);
        Number((long)key.FixedGwp);
        Number((long)quality);
        Number(evidenced ? 1 : 0);
        Number(key.OtherGas);
        Number(amounts.Co2);
        Number(amounts.Co2Biogenic);
        Number(amounts.Ch4Fossil);
        Number(amounts.Ch4NonFossil);
        Number(amounts.Ch4);
        Number(amounts.N2O);
        Number(amounts.Other);
        Number(amounts.Co2eFixed);
        Number(amounts.EnergyWh);
    }

    private void Number(long value)
    {
        Room(8);
        BinaryPrimitives.WriteInt64BigEndian(_bytes.AsSpan(_length), value);
        _length += 8;
    }

    /// <summary>The first half of the calculation's hash.</summary>
    private void Calculation(ReadOnlySpan<byte> hash)
    {
        Room(16);
        hash[..16].CopyTo(_bytes.AsSpan(_length));
        _length += 16;
    }

    private void Text(ReadOnlySpan<byte> utf8)
    {
        Room(4 + utf8.Length);
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_length), utf8.Length);
        utf8.CopyTo(_bytes.AsSpan(_length + 4));
        _length += 4 + utf8.Length;
    }

    private void Room(int more)
    {
        if (_length + more > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
        }
    }
}
