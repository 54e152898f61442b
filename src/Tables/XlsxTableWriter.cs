using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;
using System.Xml;

namespace Tanlu.Tables;

/// <summary>
/// A workbook with one sheet, written straight into the stream (see README.md for why not through the library). Texts are inline strings,
/// which a spreadsheet never evaluates. The first row is bold and stays in view.
/// </summary>
public sealed class XlsxTableWriter : TableWriter
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const int LongestText = 32_767;

    private readonly ZipArchive _zip;
    private readonly StreamWriter _sheet;
    private int _row;
    private int _column;
    private bool _disposed;

    public XlsxTableWriter(Stream stream, string sheetName)
    {
        _zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Part("[Content_Types].xml", """
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>
            """);
        Part("_rels/.rels", """
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>
            """);
        Part("xl/_rels/workbook.xml.rels", """
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>
            """);
        Part("xl/workbook.xml", $"""
            <workbook xmlns="{Main}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{SheetName(sheetName)}" sheetId="1" r:id="rId1"/></sheets><calcPr calcId="0" fullCalcOnLoad="1"/></workbook>
            """);
        Part("xl/styles.xml", $"""
            <styleSheet xmlns="{Main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>
            """);
        _sheet = new StreamWriter(_zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open(), new UTF8Encoding(false), bufferSize: 32 << 10);
        _sheet.Write($"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{Main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>""");
    }

    public override void Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            Blank();
            return;
        }

        Start();
        _sheet.Write(_row == 1 ? " s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" : " t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        _sheet.Write(Escaped(text));
        _sheet.Write("</t></is></c>");
    }

    public override void Number(double number)
    {
        if (!double.IsFinite(number))
        {
            throw new ArgumentOutOfRangeException(nameof(number), number, "A workbook holds finite numbers only.");
        }

        Value(number.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>A spreadsheet keeps 15 digits; a longer integer is written as text rather than changed.</summary>
    public override void Number(long number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        if (number is > 999_999_999_999_999 or < -999_999_999_999_999)
        {
            Text(text);
        }
        else
        {
            Value(text);
        }
    }

    public override void Date(DateOnly date)
    {
        Start();
        _sheet.Write($" s=\"2\"><v>{date.DayNumber - new DateOnly(1899, 12, 30).DayNumber}</v></c>");
    }

    /// <summary>The number of the row that the next cell stands in, as formulas name it.</summary>
    public int RowNumber => _column > 0 ? _row : _row + 1;

    /// <summary>A formula with the value it has, for readers that do not calculate. The formula is made by the program, never of texts that came from outside.</summary>
    public void Formula(string formula, double value)
    {
        Start();
        _sheet.Write($"><f>{Escaped(formula)}</f><v>{value.ToString("R", CultureInfo.InvariantCulture)}</v></c>");
    }

    /// <inheritdoc cref="Formula(string, double)"/>
    public void Formula(string formula, string value)
    {
        Start();
        _sheet.Write($" t=\"str\"><f>{Escaped(formula)}</f><v>{Escaped(value)}</v></c>");
    }

    public override void Blank()
    {
        OpenRow();
        _column++;
    }

    public override void EndRow()
    {
        OpenRow();
        _sheet.Write("</row>");
        _column = 0;
    }

    public override void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _sheet.Write("</sheetData></worksheet>");
        _sheet.Dispose();
        _zip.Dispose();
    }

    private void Value(string number)
    {
        Start();
        _sheet.Write("><v>");
        _sheet.Write(number);
        _sheet.Write("</v></c>");
    }

    private void Start()
    {
        OpenRow();
        _sheet.Write($"<c r=\"{TableHeader.Letters(_column)}{_row}\"");
        _column++;
    }

    private void OpenRow()
    {
        if (_column > 0)
        {
            return;
        }

        _row++;
        _sheet.Write($"<row r=\"{_row}\">");
    }

    private void Part(string name, string xml)
    {
        using var part = new StreamWriter(_zip.CreateEntry(name).Open(), new UTF8Encoding(false));
        part.Write("""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>""");
        part.Write(xml);
    }

    private static string SheetName(string name)
    {
        var plain = new string([.. name.Where(c => c is not ('[' or ']' or ':' or '*' or '?' or '/' or '\\')).Take(31)]).Trim('\'', ' ');
        return Escaped(plain.Length == 0 ? "Sheet1" : plain);
    }

    private static string Escaped(string text)
    {
        var plain = text.Length > LongestText ? text[..LongestText] : text;
        return SecurityElement.Escape(new string([.. Valid(plain)]));
    }

    /// <summary>The characters that XML can hold; half pairs and control characters become U+FFFD.</summary>
    private static IEnumerable<char> Valid(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                yield return text[i];
                yield return text[++i];
            }
            else
            {
                yield return XmlConvert.IsXmlChar(text[i]) ? text[i] : '\uFFFD';
            }
        }
    }
}
