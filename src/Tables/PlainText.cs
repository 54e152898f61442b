using System.Text;

namespace Tanlu.Tables;

/// <summary>Texts of strangers that are no tables: how their bytes become characters.</summary>
public static class PlainText
{
    /// <summary>The encoding that the bytes are in: by byte order mark, as UTF-8, as GB18030 or as Windows-1252, as for tables.</summary>
    public static Encoding EncodingOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? Encoding.Unicode
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? Encoding.BigEndianUnicode
        : TextEncoding.OfSample(bytes).Decoder ?? Encoding.UTF8;
}
