using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Tanlu.Products;

/// <summary>
/// The canonical text of a dataset: JSON in the order of the records' members, without blanks, without members that have their default, numbers in the shortest form that reads
/// back as the same. A member that is added later with a default changes no text, so the SHA-256 of a version holds for good.
/// </summary>
internal static class DatasetJson
{
    // A document begins with how its text is packed.
    private const byte Plain = 0;
    private const byte Deflated = 1;
    private const int WorthPacking = 400;

    private static readonly JsonSerializerOptions Options = Made();

    public static byte[] Text<T>(T dataset) => JsonSerializer.SerializeToUtf8Bytes(dataset, Options);

    /// <exception cref="JsonException">It is not a text of this kind of dataset.</exception>
    public static T Read<T>(ReadOnlySpan<byte> text) => JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException("A dataset is not null.");

    public static byte[] Hash(ReadOnlySpan<byte> text) => SHA256.HashData(text);

    /// <summary>The text as it is stored.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> text)
    {
        if (text.Length < WorthPacking)
        {
            return [Plain, .. text];
        }

        using var packed = new MemoryStream(text.Length / 3);
        packed.WriteByte(Deflated);
        packed.Write(BitConverter.GetBytes(text.Length));
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(text);
        }

        return packed.ToArray();
    }

    public static byte[] Unpack(byte[] document)
    {
        if (document[0] == Plain)
        {
            return document[1..];
        }

        var text = new byte[BitConverter.ToInt32(document, 1)];
        Inflate(document, text);
        return text;
    }

    /// <summary>Reads a stored dataset.</summary>
    public static T Open<T>(byte[] document)
    {
        if (document[0] == Plain)
        {
            return Read<T>(document.AsSpan(1));
        }

        var length = BitConverter.ToInt32(document, 1);
        var text = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Inflate(document, text.AsSpan(0, length));
            return Read<T>(text.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    private static void Inflate(byte[] document, Span<byte> text)
    {
        using var packed = new MemoryStream(document, 5, document.Length - 5, writable: false);
        using var inflate = new DeflateStream(packed, CompressionMode.Decompress);
        inflate.ReadExactly(text);
    }

    private static JsonSerializerOptions Made()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutDefaults } },
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false), new SharedTextConverter() },
        };
        options.MakeReadOnly();
        return options;
    }

    private static void LeaveOutDefaults(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        // A record with members only has defaults of its own; one with a constructor has those of its types.
        var fresh = type.Type.GetConstructor(Type.EmptyTypes) is null || type.Type.IsValueType ? null : Activator.CreateInstance(type.Type);
        foreach (var property in type.Properties)
        {
            if (property.Get is not { } get || property.IsRequired)
            {
                continue;
            }

            var plain = fresh is not null && property.AttributeProvider is PropertyInfo member ? member.GetValue(fresh)
                : property.PropertyType.IsValueType && Nullable.GetUnderlyingType(property.PropertyType) is null ? Activator.CreateInstance(property.PropertyType)
                : null;
            property.ShouldSerialize = (_, value) => !Same(value, plain);
        }
    }

    private static bool Same(object? value, object? plain) =>
        value is null ? plain is null : value is not string and IEnumerable list && plain is IEnumerable ? !list.GetEnumerator().MoveNext() : value.Equals(plain);

    /// <summary>Short texts that stand in thousands of exchanges (ids, units, places) are kept once.</summary>
    private sealed class SharedTextConverter : JsonConverter<string>
    {
        private const int Longest = 40;
        private const int MostKept = 1 << 18;

        private static readonly ConcurrentDictionary<string, string> Kept = new(StringComparer.Ordinal);
        private static readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> ByText = Kept.GetAlternateLookup<ReadOnlySpan<char>>();
        private static int _count;

        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.HasValueSequence || reader.ValueSpan.Length > Longest)
            {
                return reader.GetString();
            }

            Span<char> text = stackalloc char[Longest];
            var length = reader.CopyString(text);
            if (ByText.TryGetValue(text[..length], out var kept))
            {
                return kept;
            }

            var made = new string(text[..length]);
            if (_count < MostKept && Kept.TryAdd(made, made))
            {
                Interlocked.Increment(ref _count);
            }

            return made;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}
