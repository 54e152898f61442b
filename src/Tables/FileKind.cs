using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>Recognises a file by its first bytes and tells a stranger's fault from ours.</summary>
internal static class FileKind
{
    public static TableKind Of(TableBytes bytes, TableLimits limits)
    {
        using var stream = bytes.Open();
        var buffer = new byte[bytes.Room(64 << 10)];
        ReadOnlySpan<byte> head = buffer.AsSpan(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        if (head.Length == 0)
        {
            throw new Refusal(new Problem("table_empty"));
        }

        if (head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8))
        {
            return Workbook(TableKind.Xlsx, bytes, limits);
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]))
        {
            return Workbook(TableKind.Xls, bytes, limits);
        }

        var utf16 = head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);

        // A stray NUL is reported at its row; many of them, or a known signature, mean that this is no text at all.
        var foreign = head.StartsWith("%PDF"u8) || head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) || IsMarkup(head);
        if (foreign || (!utf16 && head.Count((byte)0) > 1 + (head.Length / 50)))
        {
            throw new Refusal(new Problem("table_unknown_format"));
        }

        var blank = head.TrimStart("\uFEFF \t\r\n"u8).Length == 0;
        return blank && head.Length == bytes.Length ? throw new Refusal(new Problem("table_empty")) : TableKind.Csv;
    }

    /// <summary>
    /// The zip, XML and workbook readers throw many undocumented kinds of exception on forged bytes, so for a workbook all but a lack of memory
    /// is put down to the file; our own text reader refuses in words, and whatever else it throws is a bug that must be seen.
    /// </summary>
    public static bool IsTheFilesFault(Exception e, TableKind kind) => e is Refusal || (kind != TableKind.Csv && e is not OutOfMemoryException);

    public static Problem ProblemOf(Exception e) => Cause(e) switch
    {
        Refusal refusal => refusal.Problem,
        ExcelDataReader.Exceptions.InvalidPasswordException => new Problem("workbook_encrypted"),
        System.Xml.XmlException xml when xml.Message.Contains("DTD", StringComparison.Ordinal) => new Problem("workbook_dtd"),
        _ => new Problem("workbook_broken", Found: e.GetType().Name),
    };

    /// <summary>Web pages that programs save under the name of a workbook, and XML of any kind.</summary>
    private static bool IsMarkup(ReadOnlySpan<byte> head)
    {
        var text = head.TrimStart("\uFEFF \t\r\n"u8);
        return text.Length > 5 && text[0] == (byte)'<' && (text[1] is (byte)'!' or (byte)'?' || text[1..].StartsWith("html"u8) || text[1..].StartsWith("HTML"u8) || text[1..].StartsWith("table"u8));
    }

    private static Exception Cause(Exception e) => e is not Refusal && e.InnerException is { } inner ? Cause(inner) : e;

    private static TableKind Workbook(TableKind kind, TableBytes bytes, TableLimits limits) =>
        bytes.Length > limits.WorkbookBytes ? throw new Refusal(TableBytes.TooLarge(limits.WorkbookBytes)) : kind;
}
