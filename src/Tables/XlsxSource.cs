using System.Globalization;
using System.Text;
using System.Xml;
using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>How a cell format shows its number.</summary>
internal enum NumberShape
{
    Plain,
    Date,
    Percent,
}

/// <summary>
/// An OOXML workbook read by our own streaming reader: ExcelDataReader gives neither formulas nor the limits while unpacking
/// (see README.md). Names are matched without namespace, so that strict and transitional files read alike.
/// </summary>
internal sealed class XlsxSource : TableSource
{
    private readonly XlsxPackage _package;
    private readonly TableLimits _limits;
    private readonly List<(string Name, string Part)> _sheets = [];
    private readonly List<NumberShape> _shapes = [];
    private List<string>? _shared;
    private bool _from1904;

    public XlsxSource(Stream stream, TableLimits limits)
    {
        _limits = limits;
        _package = new XlsxPackage(stream, limits);
        ReadWorkbook();
        ReadStyles();
        Sheets = [.. _sheets.Select(s => s.Name)];
    }

    public override IReadOnlyList<string> Sheets { get; }

    public bool From1904 => _from1904;

    public IReadOnlyList<string> Shared => _shared ??= ReadShared();

    public NumberShape Shape(int style) => (uint)style < (uint)_shapes.Count ? _shapes[style] : NumberShape.Plain;

    public override RowCursor Rows(int sheet, TableHeader header, ProblemList problems) =>
        new XlsxSheet(this, _package, _sheets[sheet].Part, header, _limits, problems);

    public override void Dispose() => _package.Dispose();

    /// <summary>
    /// What a number format shows: a date where a day, month or year letter stands outside quotes, brackets and escapes (an m beside hours or
    /// seconds means minutes), a percentage where a percent sign does.
    /// </summary>
    internal static NumberShape ShapeOf(string format)
    {
        bool day = false, month = false, clock = false, percent = false;
        for (var i = 0; i < format.Length && format[i] != ';'; i++)
        {
            switch (char.ToLowerInvariant(format[i]))
            {
                case '"':
                    i = Skip(format, i, '"');
                    break;
                case '[':
                    i = Skip(format, i, ']');
                    break;
                case '\\' or '_' or '*':
                    i++;
                    break;
                case 'g' when string.Compare(format, i, "general", 0, 7, StringComparison.OrdinalIgnoreCase) == 0:
                    i += 6;
                    break;
                case 'd' or 'y':
                    day = true;
                    break;
                case 'm':
                    month = true;
                    break;
                case 'h' or 's':
                    clock = true;
                    break;
                case '%':
                    percent = true;
                    break;
            }
        }

        return day || (month && !clock) ? NumberShape.Date : percent ? NumberShape.Percent : NumberShape.Plain;
    }

    /// <summary>The text of a string item: its runs joined, phonetic readings left out.</summary>
    internal static string StringItem(XmlReader xml, StringBuilder text)
    {
        text.Clear();
        if (xml.IsEmptyElement)
        {
            return "";
        }

        var depth = xml.Depth;
        while (xml.Read() && xml.Depth > depth)
        {
            while (xml.NodeType == XmlNodeType.Element && xml.LocalName == "rPh")
            {
                xml.Skip();
            }

            if (xml.Depth <= depth)
            {
                break;
            }

            if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace)
            {
                text.Append(xml.Value);
            }
        }

        return Unescaped(text.ToString()).Trim();
    }

    /// <summary>ECMA-376 part 1, 22.9.2.19: characters that XML cannot hold stand as <c>_xHHHH_</c>.</summary>
    private static string Unescaped(string text)
    {
        var from = 0;
        StringBuilder? plain = null;
        for (var at = text.IndexOf("_x", StringComparison.Ordinal); at >= 0; at = text.IndexOf("_x", at, StringComparison.Ordinal))
        {
            if (at + 6 < text.Length && text[at + 6] == '_' && ushort.TryParse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                plain = (plain ?? new StringBuilder()).Append(text, from, at - from).Append((char)code);
                from = at + 7;
                at = from;
            }
            else
            {
                at += 2;
            }
        }

        return plain is null ? text : plain.Append(text, from, text.Length - from).ToString();
    }

    private static int Skip(string format, int from, char end) => format.IndexOf(end, from + 1) is >= 0 and var at ? at : format.Length;

    private void ReadWorkbook()
    {
        var workbook = "xl/workbook.xml";
        if (!_package.Has(workbook))
        {
            workbook = Relations("_rels/.rels", "").FirstOrDefault(r => r.Type.EndsWith("/officeDocument", StringComparison.Ordinal)).Target ?? "";
        }

        if (!_package.Has(workbook))
        {
            throw new Refusal(new Problem(_package.Has("content.xml") || _package.Has("xl/workbook.bin") ? "workbook_other_kind" : "table_unknown_format"));
        }

        var folder = workbook[..(workbook.LastIndexOf('/') + 1)];
        var targets = Relations($"{folder}_rels/{workbook[folder.Length..]}.rels", folder)
            .Where(r => r.Type.EndsWith("/worksheet", StringComparison.Ordinal))
            .GroupBy(r => r.Id, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First().Target, StringComparer.Ordinal);
        using var xml = _package.Xml(workbook);
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (xml.LocalName == "workbookPr")
            {
                _from1904 = xml.GetAttribute("date1904") is "1" or "true";
            }
            else if (xml.LocalName == "sheet" && _sheets.Count < 1000)
            {
                var id = "";
                for (var more = xml.MoveToFirstAttribute(); more; more = xml.MoveToNextAttribute())
                {
                    id = xml.LocalName == "id" ? xml.Value : id;
                }

                xml.MoveToElement();
                if (targets.TryGetValue(id, out var part) && _package.Has(part))
                {
                    _sheets.Add((xml.GetAttribute("name") ?? part, part));
                }
            }
        }

        if (_sheets.Count == 0)
        {
            throw new Refusal(new Problem("workbook_no_sheet"));
        }
    }

    private List<(string Id, string Type, string Target)> Relations(string part, string folder)
    {
        var relations = new List<(string, string, string)>();
        if (!_package.Has(part))
        {
            return relations;
        }

        using var xml = _package.Xml(part);
        while (xml.Read())
        {
            // A target outside the file (a linked workbook, a share that would learn who opens it) is never looked at.
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "Relationship" && xml.GetAttribute("TargetMode") != "External")
            {
                relations.Add((xml.GetAttribute("Id") ?? "", xml.GetAttribute("Type") ?? "", Resolve(folder, xml.GetAttribute("Target") ?? "")));
            }
        }

        return relations;
    }

    private static string Resolve(string folder, string target)
    {
        var path = new List<string>();
        var full = target.StartsWith('/') ? target : folder + target;
        foreach (var step in full.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step == "..")
            {
                if (path.Count > 0)
                {
                    path.RemoveAt(path.Count - 1);
                }
            }
            else if (step != ".")
            {
                path.Add(step);
            }
        }

        return string.Join('/', path);
    }

    private void ReadStyles()
    {
        if (!_package.Has("xl/styles.xml"))
        {
            return;
        }

        var formats = new Dictionary<int, NumberShape>();
        using var xml = _package.Xml("xl/styles.xml");
        var inCells = false;
        while (xml.Read())
        {
            if (xml.LocalName == "cellXfs")
            {
                inCells = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
            }
            else if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "numFmt")
            {
                formats[Integer(xml.GetAttribute("numFmtId"), 0)] = ShapeOf(xml.GetAttribute("formatCode") ?? "");
            }
            else if (inCells && xml.NodeType == XmlNodeType.Element && xml.LocalName == "xf" && _shapes.Count < 100_000)
            {
                var id = Integer(xml.GetAttribute("numFmtId"), 0);
                _shapes.Add(formats.TryGetValue(id, out var shape) ? shape : BuiltIn(id));
            }
        }
    }

    // ECMA-376 part 1, 18.8.30: 9 and 10 are percentages; 14 to 17 and 22 dates, and 27 to 36 and 50 to 58 dates of East Asian locales.
    private static NumberShape BuiltIn(int id) => id switch
    {
        9 or 10 => NumberShape.Percent,
        (>= 14 and <= 17) or 22 or (>= 27 and <= 36) or (>= 50 and <= 58) => NumberShape.Date,
        _ => NumberShape.Plain,
    };

    private List<string> ReadShared()
    {
        var shared = new List<string>();
        if (!_package.Has("xl/sharedStrings.xml"))
        {
            return shared;
        }

        var text = new StringBuilder();
        var chars = 0L;
        using var xml = _package.Xml("xl/sharedStrings.xml");
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "si")
            {
                continue;
            }

            var item = StringItem(xml, text);
            chars += item.Length + 16;
            if (chars > _limits.SharedTextChars)
            {
                throw XlsxPackage.Bomb("xl/sharedStrings.xml");
            }

            shared.Add(item);
        }

        return shared;
    }

    internal static int Integer(string? text, int otherwise) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
