using System.Globalization;
using System.Text;

namespace Tanlu.Organisation;

/// <summary>File names and media types of evidence. Neither the sender's name nor the sender's claim of a type is trusted.</summary>
internal static class EvidenceName
{
    public const int Longest = 120;

    /// <summary>Number of leading bytes that <see cref="MediaType"/> wants to see.</summary>
    public const int HeadBytes = 4096;

    public const string Unknown = "application/octet-stream";

    /// <summary>
    /// The last part of the name without what could lead elsewhere or deceive the eye: folders, control and direction marks, characters
    /// that a file system refuses, leading dots. The extension survives the shortening.
    /// </summary>
    public static string Clean(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
                || rune == Rune.ReplacementChar)
            {
                continue;
            }

            clean.Append(rune.Value is '<' or '>' or ':' or '"' or '|' or '?' or '*' ? "_" : rune.ToString());
        }

        var text = clean.ToString().Trim().TrimStart('.').TrimEnd('.', ' ');
        if (text.Length > Longest)
        {
            var extension = Path.GetExtension(text) is { Length: > 1 and <= 10 } known ? known : "";
            var kept = Longest - extension.Length;
            text = text[..(char.IsHighSurrogate(text[kept - 1]) ? kept - 1 : kept)] + extension;
        }

        return text.Length > 0 ? text : "file";
    }

    /// <summary>
    /// The media type the leading bytes show: PDF, PNG, JPEG, XLSX, CSV or plain text; everything else is
    /// <c>application/octet-stream</c>. The name only tells CSV from text and a workbook from other packages.
    /// </summary>
    public static string MediaType(ReadOnlySpan<byte> head, string name)
    {
        if (head.StartsWith("%PDF-"u8))
        {
            return "application/pdf";
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            return "image/png";
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return "image/jpeg";
        }

        if (head.StartsWith("PK\u0003\u0004"u8))
        {
            return name.EndsWith(".xlsx", StringComparison.OrdinalIgnoreCase) && (head.IndexOf("[Content_Types].xml"u8) >= 0 || head.IndexOf("xl/"u8) >= 0)
                ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                : Unknown;
        }

        return head.Length == 0 || !LooksLikeText(head) ? Unknown
            : name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? "text/csv"
            : "text/plain";
    }

    // GBK and Latin-1 files are text too, so only the control range speaks against it.
    private static bool LooksLikeText(ReadOnlySpan<byte> head)
    {
        foreach (var b in head)
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C) || b == 0x7F)
            {
                return false;
            }
        }

        return true;
    }
}
