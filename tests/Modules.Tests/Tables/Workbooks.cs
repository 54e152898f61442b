using System.IO.Compression;
using System.Text;

namespace Tanlu.Modules.Tests.Tables;

/// <summary>Builds small workbooks from the XML of their rows, so that a test can say exactly what a stranger's file holds.</summary>
internal static class Workbooks
{
    public const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>One sheet of the given rows; <paramref name="after"/> stands behind them.</summary>
    public static byte[] Of(string rows, string after = "", string shared = "", params (string Name, byte[] Bytes)[] more) =>
        Zip([.. Parts([("Sheet1", rows, after)], shared), .. more]);

    public static byte[] OfSheets(params (string Name, string Rows, string After)[] sheets) => Zip(Parts(sheets, ""));

    public static string Text(string reference, string text) => $"<c r=\"{reference}\" t=\"inlineStr\"><is><t>{text}</t></is></c>";

    public static string Row(int row, params string[] texts) =>
        $"<row r=\"{row}\">{string.Concat(texts.Select((t, i) => t.Length == 0 ? "" : Text($"{(char)('A' + i)}{row}", t)))}</row>";

    public static byte[] Zip(params (string Name, byte[] Bytes)[] parts)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in parts)
            {
                using var part = zip.CreateEntry(name, CompressionLevel.Optimal).Open();
                part.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    public static byte[] Bytes(string xml) => Encoding.UTF8.GetBytes(xml);

    public static (string, byte[])[] Parts((string Name, string Rows, string After)[] sheets, string shared, string head = "") =>
    [
        ("xl/workbook.xml", Bytes($"<workbook xmlns=\"{Main}\" xmlns:r=\"{Office}\"><sheets>{string.Concat(sheets.Select((s, i) => $"<sheet name=\"{s.Name}\" sheetId=\"{i + 1}\" r:id=\"r{i + 1}\"/>"))}</sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels", Bytes($"<Relationships>{string.Concat(sheets.Select((_, i) => $"<Relationship Id=\"r{i + 1}\" Type=\"{Office}/worksheet\" Target=\"worksheets/sheet{i + 1}.xml\"/>"))}</Relationships>")),
        ("xl/styles.xml", Bytes($"<styleSheet xmlns=\"{Main}\"><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"9\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>")),
        ("xl/sharedStrings.xml", Bytes($"<sst xmlns=\"{Main}\">{shared}</sst>")),
        .. sheets.Select((s, i) => ($"xl/worksheets/sheet{i + 1}.xml", Bytes($"{head}<worksheet xmlns=\"{Main}\"><sheetData>{s.Rows}</sheetData>{s.After}</worksheet>"))),
    ];
}
