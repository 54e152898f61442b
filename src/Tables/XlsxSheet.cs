using System.Globalization;
using System.Text;
using System.Xml;
using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>Streams the rows of a worksheet part.</summary>
internal sealed class XlsxSheet : RowCursor
{
    private const int LastRow = 1_048_576;
    private const int MostRanges = 100_000;

    private readonly XlsxSource _book;
    private readonly TableHeader _header;
    private readonly TableLimits _limits;
    private readonly ProblemList _problems;
    private readonly MergedRanges _merged;
    private readonly XmlReader _xml;
    private readonly StringBuilder _text = new();
    private readonly List<TableCell> _cells = [];
    private int _row;

    public XlsxSheet(XlsxSource book, XlsxPackage package, string part, TableHeader header, TableLimits limits, ProblemList problems)
    {
        _book = book;
        _header = header;
        _limits = limits;
        _problems = problems;
        _merged = new MergedRanges(header.Row == int.MaxValue ? [] : Merges(package, part));
        _xml = package.Xml(part);
    }

    public override TableRow? Next()
    {
        while (_xml.Read())
        {
            if (_xml.NodeType == XmlNodeType.Element && _xml.LocalName == "row" && ReadRow())
            {
                return new TableRow(_row, [.. _cells]);
            }
        }

        return null;
    }

    public override void Dispose() => _xml.Dispose();

    /// <summary>Fills the cells of the row; false when it is blank.</summary>
    private bool ReadRow()
    {
        var row = XlsxSource.Integer(_xml.GetAttribute("r"), _row + 1);
        if (row <= _row || row > LastRow)
        {
            throw new Refusal(new Problem("workbook_broken", _row + 1, Found: $"row {row}"));
        }

        _row = row;
        _cells.Clear();
        var blank = true;
        if (!_xml.IsEmptyElement)
        {
            var depth = _xml.Depth;
            var column = -1;
            while (_xml.Read() && _xml.Depth > depth)
            {
                if (_xml.NodeType != XmlNodeType.Element || _xml.LocalName != "c")
                {
                    continue;
                }

                column = ColumnOf(_xml.GetAttribute("r"), column + 1);
                var cell = ReadCell(column);
                if (cell.Blank)
                {
                    continue;
                }

                if (column >= _limits.Columns)
                {
                    _problems.Add(new Problem("too_many_columns", row, Found: TableHeader.Letters(column), Args: [_limits.Columns.ToString()]));
                    continue;
                }

                while (_cells.Count <= column)
                {
                    _cells.Add(TableCell.Empty);
                }

                _cells[column] = cell;
                blank = false;
            }
        }

        _merged.Apply(row, _cells, _header, _problems);
        return !blank;
    }

    private TableCell ReadCell(int column)
    {
        var type = _xml.GetAttribute("t") ?? "n";
        var shape = _book.Shape(XlsxSource.Integer(_xml.GetAttribute("s"), 0));
        if (_xml.IsEmptyElement)
        {
            return TableCell.Empty;
        }

        var depth = _xml.Depth;
        var formula = false;
        var inValue = false;
        string? value = null;
        while (_xml.Read() && _xml.Depth > depth)
        {
            if (_xml.NodeType == XmlNodeType.Element)
            {
                formula |= _xml.LocalName == "f";
                inValue = _xml.LocalName == "v" && !_xml.IsEmptyElement;
                if (_xml.LocalName == "is")
                {
                    value = XlsxSource.StringItem(_xml, _text);
                }
            }
            else if (_xml.NodeType == XmlNodeType.EndElement)
            {
                inValue = false;
            }
            else if (inValue && _xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                value += _xml.Value;
            }
        }

        if (formula && string.IsNullOrEmpty(value) && type != "str" && _header.Judges(_row, column))
        {
            _problems.Add(new Problem("formula_without_value", _row, _header.Name(column)));
        }

        return value is null ? TableCell.Empty : Typed(type, value, shape, formula ? CellMark.Formula : CellMark.None, column);
    }

    private TableCell Typed(string type, string value, NumberShape shape, CellMark mark, int column)
    {
        switch (type)
        {
            case "s":
                var shared = _book.Shared;
                var at = XlsxSource.Integer(value, -1);
                return (uint)at < (uint)shared.Count
                    ? new TableCell(shared[at], Mark: mark)
                    : throw new Refusal(new Problem("workbook_broken", _row, _header.Name(column), value));
            case "b":
                return new TableCell(value.Trim() == "1" ? "TRUE" : "FALSE", Mark: mark);
            case "e":
                if (_header.Judges(_row, column))
                {
                    _problems.Add(new Problem("cell_error", _row, _header.Name(column), value));
                }

                return new TableCell(value, Mark: mark | CellMark.Error);
            case "d" when DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var moment):
                return WorkbookNumber.OfMoment(moment, number: null, mark);
            case "n" when value.Length > 0:
                return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                    ? WorkbookNumber.Cell(number, shape, _book.From1904, mark)
                    : throw new Refusal(new Problem("workbook_broken", _row, _header.Name(column), value));
            default:
                return new TableCell(value.Trim(), Mark: mark);
        }
    }

    private static int ColumnOf(string? reference, int otherwise)
    {
        var column = 0;
        var letters = 0;
        foreach (var c in reference ?? "")
        {
            if (c is not (>= 'A' and <= 'Z') || ++letters > 3)
            {
                break;
            }

            column = (column * 26) + (c - 'A' + 1);
        }

        return letters == 0 ? otherwise : column - 1;
    }

    /// <summary>
    /// The merged ranges stand behind the rows, so they are read first. Most sheets have none: the bytes are searched for the word before
    /// the part is parsed a second time.
    /// </summary>
    private static List<MergedRanges.Range> Merges(XlsxPackage package, string part)
    {
        var ranges = new List<MergedRanges.Range>();
        using (var stream = package.Open(part))
        {
            if (!Contains(stream, "mergeCell "u8))
            {
                return ranges;
            }
        }

        using var xml = package.Xml(part);
        while (xml.Read())
        {
            while (xml.NodeType == XmlNodeType.Element && xml.LocalName == "sheetData")
            {
                xml.Skip();
            }

            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "mergeCell" && Parse(xml.GetAttribute("ref")) is { } range && ranges.Count < MostRanges)
            {
                ranges.Add(range);
            }
        }

        return ranges;
    }

    private static MergedRanges.Range? Parse(string? reference)
    {
        var corners = (reference ?? "").Split(':');
        return corners.Length == 2 && Corner(corners[0]) is { } first && Corner(corners[1]) is { } last && first.Row <= last.Row && first.Column <= last.Column
            ? new MergedRanges.Range(first.Row, first.Column, last.Row, last.Column)
            : null;
    }

    private static (int Row, int Column)? Corner(string corner)
    {
        var column = ColumnOf(corner, -1);
        var row = XlsxSource.Integer(corner.TrimStart([.. "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]), 0);
        return column >= 0 && row is > 0 and <= LastRow ? (row, column) : null;
    }

    private static bool Contains(Stream stream, ReadOnlySpan<byte> word)
    {
        var buffer = new byte[64 << 10];
        var kept = 0;
        int read;
        while ((read = stream.Read(buffer, kept, buffer.Length - kept)) > 0)
        {
            var length = kept + read;
            if (buffer.AsSpan(0, length).IndexOf(word) >= 0)
            {
                return true;
            }

            kept = Math.Min(word.Length - 1, length);
            buffer.AsSpan(length - kept, kept).CopyTo(buffer);
        }

        return false;
    }
}
