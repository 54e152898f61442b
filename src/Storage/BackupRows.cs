using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tanlu.Storage;

/// <summary>
/// Rows as bytes, the same on both engines: a bit per column that is set where it is NULL (lowest bit first, whole bytes), then the other values in order. An integer
/// is its zigzag form in base 128, lowest group first; a real number the 8 bytes of its IEEE 754 double, lowest first; a text its UTF-8 length in base 128 and the bytes,
/// and so are bytes.
/// </summary>
internal sealed class RowEncoder(Stream output, IReadOnlyList<SqlKind> kinds) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = new byte[1 << 16];
    private int _used;

    public long Rows { get; private set; }

    public void Write(Row row)
    {
        Room((kinds.Count / 8) + 1 + (kinds.Count * 10));
        var nulls = _used;
        _used += (kinds.Count + 7) / 8;
        _buffer.AsSpan(nulls.._used).Clear();
        for (var i = 0; i < kinds.Count; i++)
        {
            if (row.IsNull(i))
            {
                _buffer[nulls + (i / 8)] |= (byte)(1 << (i % 8));
                continue;
            }

            switch (kinds[i])
            {
                case SqlKind.Int64:
                    var value = row.Int64(i);
                    Number((ulong)((value << 1) ^ (value >> 63)));
                    break;
                case SqlKind.Double:
                    // SQLite keeps no sign of zero.
                    var real = row.Double(i);
                    BinaryPrimitives.WriteDoubleLittleEndian(_buffer.AsSpan(_used), real == 0 ? 0 : real);
                    _used += sizeof(double);
                    break;
                case SqlKind.Text:
                    Long(ValueRules.Utf8.GetBytes(row.Text(i)), kinds.Count - i);
                    break;
                default:
                    Long(row.Bytes(i), kinds.Count - i);
                    break;
            }
        }

        Rows++;
        if (_used > _buffer.Length / 2)
        {
            Flush();
        }
    }

    /// <summary>Writes the rest and returns the SHA-256 of all.</summary>
    public string End()
    {
        Flush();
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Long(byte[] bytes, int columnsLeft)
    {
        var needed = bytes.Length + (columnsLeft * 10) + 10;
        if (_buffer.Length - _used < needed)
        {
            // Only whole rows are written out, so a long value makes the buffer larger.
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _used + needed));
        }

        Number((ulong)bytes.Length);
        bytes.CopyTo(_buffer, _used);
        _used += bytes.Length;
    }

    private void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _buffer[_used++] = (byte)(value | 0x80);
        }

        _buffer[_used++] = (byte)value;
    }

    private void Room(int needed)
    {
        if (_buffer.Length - _used < needed)
        {
            Flush();
            if (_buffer.Length < needed)
            {
                _buffer = new byte[needed * 2];
            }
        }
    }

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _used);
        output.Write(_buffer, 0, _used);
        _used = 0;
    }
}

/// <summary>Reads what <see cref="RowEncoder"/> wrote, into a table or only to see that it can be read.</summary>
internal sealed class RowDecoder(Stream input, IReadOnlyList<SqlKind> kinds) : IDisposable
{
    private const int LongestValue = 1 << 30;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _nulls = new byte[(kinds.Count + 7) / 8];
    private byte[] _buffer = new byte[1 << 16];
    private int _at;
    private int _end;

    public long Rows { get; private set; }

    /// <summary>SHA-256 of everything read, once <see cref="Next"/> gave false.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>Reads a row into <paramref name="bulk"/>, or past it where that is null; false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are no row.</exception>
    public bool Next(Bulk? bulk)
    {
        if (!Have(1))
        {
            Hash = Convert.ToHexStringLower(_hash.GetHashAndReset());
            return false;
        }

        Take(_nulls.Length).CopyTo(_nulls);
        for (var i = 0; i < kinds.Count; i++)
        {
            if ((_nulls[i / 8] & (1 << (i % 8))) != 0)
            {
                bulk?.Null();
                continue;
            }

            switch (kinds[i])
            {
                case SqlKind.Int64:
                    var number = Number();
                    bulk?.Int64((long)(number >> 1) ^ -(long)(number & 1));
                    break;
                case SqlKind.Double:
                    var real = BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));
                    bulk?.Double(real);
                    break;
                case SqlKind.Text:
                    var text = Take(Length());
                    bulk?.Text(text);
                    break;
                default:
                    var bytes = Take(Length());
                    bulk?.Bytes(bytes);
                    break;
            }
        }

        bulk?.EndRow();
        Rows++;
        return true;
    }

    public void Dispose() => _hash.Dispose();

    private int Length() => Number() is <= LongestValue and var length ? (int)length : throw Broken();

    private ulong Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Broken();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (!Have(count))
        {
            throw Broken();
        }

        _at += count;
        return _buffer.AsSpan(_at - count, count);
    }

    private bool Have(int count)
    {
        if (_end - _at >= count)
        {
            return true;
        }

        _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
        (_at, _end) = (0, _end - _at);
        while (_end < count)
        {
            // Grows with what is really there, so a made-up length asks for no memory.
            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            var read = input.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
            {
                return false;
            }

            _hash.AppendData(_buffer, _end, read);
            _end += read;
        }

        return true;
    }

    private static InvalidDataException Broken() => new("A row of the backup ends early or is no row.");
}
