using System.Buffers.Binary;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// An array in NumPy's file format, versions 1 to 3: one or two dimensions of booleans, integers or floating-point numbers of either byte order, or records of these. The lengths that the
/// head claims are compared with the bytes that are there; objects are refused, because reading them would run code.
/// </summary>
internal sealed class NpyArray
{
    private const int LongestHead = 1 << 16;

    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly int _item;
    private readonly bool _byColumns;
    private readonly Dictionary<string, Field> _fields;

    private NpyArray(byte[] bytes, int start, int item, IReadOnlyList<int> shape, bool byColumns, Dictionary<string, Field> fields)
    {
        (_bytes, _start, _item, Shape, _byColumns, _fields) = (bytes, start, item, shape, byColumns, fields);
    }

    /// <summary>Lengths of the dimensions; none for a single value.</summary>
    public IReadOnlyList<int> Shape { get; }

    public int Rows => Shape.Count > 0 ? Shape[0] : 1;

    public int Columns => Shape.Count > 1 ? Shape[1] : 1;

    public static Outcome<NpyArray> Read(byte[] bytes, string name)
    {
        Problem Refuse(string field, string? found = null) => new("lca_npy_broken", null, field, found, name);

        if (bytes.Length < 12 || !bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y']) || bytes[6] is < 1 or > 3)
        {
            return Refuse("magic");
        }

        var wide = bytes[6] > 1;
        var length = wide ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) : BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        var from = wide ? 12 : 10;
        if (length > LongestHead || from + length > bytes.Length)
        {
            return Refuse("header", $"{length}");
        }

        var head = Encoding.UTF8.GetString(bytes, from, (int)length);
        if (new NpyHead(head).Read() is not { } read)
        {
            return Refuse("header", head.Trim());
        }

        var fields = new Dictionary<string, Field>(StringComparer.Ordinal);
        var item = 0;
        foreach (var (field, type) in read.Fields)
        {
            if (Field.Of(type, item) is not { } known)
            {
                return Refuse("descr", type);
            }

            if (!fields.TryAdd(field, known))
            {
                return Refuse("descr", field);
            }

            item += known.Size;
        }

        if (read.Shape.Count > 2)
        {
            return Refuse("shape", string.Join(", ", read.Shape));
        }

        var count = 1L;
        foreach (var dimension in read.Shape)
        {
            // Neither factor exceeds 2^31, and the product of the first is bounded by the bytes before the second enters.
            count *= dimension;
            if (count > bytes.Length)
            {
                return Refuse("shape", string.Join(", ", read.Shape));
            }
        }

        var start = from + (int)length;
        if (count * item != bytes.Length - start)
        {
            return new Problem("lca_npy_length", null, "shape", string.Join(", ", read.Shape), name, $"{count * item}", $"{bytes.Length - start}");
        }

        return new NpyArray(bytes, start, item, read.Shape, read.FortranOrder, fields);
    }

    public bool Has(string field) => _fields.ContainsKey(field);

    /// <summary>A number; integers beyond 2^53 lose digits.</summary>
    public double Number(int row, int column = 0, string field = "") => _fields[field].Number(_bytes.AsSpan(Place(row, column)));

    public long Integer(int row, int column = 0, string field = "") => _fields[field].Integer(_bytes.AsSpan(Place(row, column)));

    public bool IsInteger(string field) => _fields.TryGetValue(field, out var known) && known.Kind != 'f';

    private int Place(int row, int column) => _start + (_item * (_byColumns ? (column * Rows) + row : (row * Columns) + column));

    /// <summary>A field of an item: its kind (<c>b</c> boolean, <c>i</c> and <c>u</c> integer, <c>f</c> floating point), size in bytes, byte order and place.</summary>
    private readonly record struct Field(char Kind, int Size, bool Big, int At)
    {
        public static Field? Of(string type, int at)
        {
            if (type.Length != 3 || type[0] is not ('<' or '>' or '|' or '=') || type[2] is < '1' or > '8')
            {
                return null;
            }

            var (kind, size) = (type[1], type[2] - '0');
            var known = kind switch { 'b' => size == 1, 'i' or 'u' => size is 1 or 2 or 4 or 8, 'f' => size is 2 or 4 or 8, _ => false };
            return known ? new Field(kind, size, type[0] == '>', at) : null;
        }

        public double Number(ReadOnlySpan<byte> item)
        {
            if (Kind != 'f')
            {
                return Kind == 'u' && Size == 8 ? (ulong)Integer(item) : Integer(item);
            }

            var bits = Bits(item);
            return Size switch { 2 => (double)BitConverter.UInt16BitsToHalf((ushort)bits), 4 => BitConverter.UInt32BitsToSingle((uint)bits), _ => BitConverter.UInt64BitsToDouble(bits) };
        }

        public long Integer(ReadOnlySpan<byte> item)
        {
            var bits = Bits(item);
            var unused = 64 - (8 * Size);
            return Kind switch { 'i' => (long)(bits << unused) >> unused, 'f' => (long)Number(item), 'b' => bits == 0 ? 0 : 1, _ => (long)bits };
        }

        private ulong Bits(ReadOnlySpan<byte> item)
        {
            var bits = 0UL;
            for (var i = 0; i < Size; i++)
            {
                bits |= (ulong)item[At + (Big ? Size - 1 - i : i)] << (8 * i);
            }

            return bits;
        }
    }
}
