using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tanlu.Inventory;

/// <summary>The byte forms of what is hashed (<c>docs/reference/package-format.md</c>, Hashes): 8-byte big-endian numbers, texts behind their length.</summary>
internal sealed class PackageHashes
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    public PackageHashes Start(params ReadOnlySpan<byte> bytes)
    {
        _length = 0;
        return Raw(bytes);
    }

    public PackageHashes Raw(ReadOnlySpan<byte> bytes)
    {
        Room(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        return this;
    }

    public PackageHashes Number(long value)
    {
        Room(8);
        BinaryPrimitives.WriteInt64BigEndian(_bytes.AsSpan(_length), value);
        _length += 8;
        return this;
    }

    public PackageHashes Number(double value) => Number(BitConverter.DoubleToInt64Bits(value));

    public PackageHashes Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Room(4);
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_length), utf8.Length);
        _length += 4;
        return Raw(utf8);
    }

    public byte[] Done() => SHA256.HashData(_bytes.AsSpan(0, _length));

    private void Room(int more)
    {
        if (_length + more > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
        }
    }
}
