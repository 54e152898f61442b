using System.Globalization;
using System.IO.Compression;
using System.Xml.Linq;

namespace Tanlu.Server.Tests.Web;

/// <summary>A workbook's sheet read back and its formulas calculated with the doubles of a spreadsheet, not with the values that were stored beside them.</summary>
internal sealed class SheetFormulas
{
    private readonly Dictionary<string, (string? Formula, object Stored)> _cells = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    public SheetFormulas(byte[] workbook)
    {
        using var zip = new ZipArchive(new MemoryStream(workbook));
        using var part = zip.GetEntry("xl/worksheets/sheet1.xml")!.Open();
        XNamespace main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        foreach (var cell in XDocument.Load(part).Descendants(main + "c"))
        {
            var kind = (string?)cell.Attribute("t");
            object stored = kind == "inlineStr" ? cell.Descendants(main + "t").Single().Value
                : kind == "str" ? cell.Element(main + "v")!.Value
                : double.Parse(cell.Element(main + "v")!.Value, CultureInfo.InvariantCulture);
            _cells[(string)cell.Attribute("r")!] = ((string?)cell.Element(main + "f"), stored);
        }
    }

    public int Rows => _cells.Keys.Max(c => int.Parse(c.AsSpan(c.AsSpan().IndexOfAnyInRange('0', '9')), CultureInfo.InvariantCulture));

    public int Formulas => _cells.Values.Count(c => c.Formula is not null);

    public object? Stored(string cell) => _cells.TryGetValue(cell, out var found) ? found.Stored : null;

    /// <summary>The row whose first cell has this text.</summary>
    public int RowOf(string text) => Enumerable.Range(1, Rows).Last(r => Stored($"A{r}") as string == text);

    public object Value(string cell)
    {
        if (_values.TryGetValue(cell, out var known))
        {
            return known;
        }

        var (formula, stored) = _cells.TryGetValue(cell, out var found) ? found : (null, 0.0);
        return _values[cell] = formula is null ? stored : new Parser(this, formula).Whole();
    }

    /// <summary>Every formula beside the value that was stored with it.</summary>
    public IEnumerable<(string Cell, object Calculated, object Stored)> All() => _cells.Where(c => c.Value.Formula is not null).Select(c => (c.Key, Value(c.Key), c.Value.Stored));

    /// <summary>The part of the formula language that the export uses.</summary>
    private sealed class Parser(SheetFormulas sheet, string text)
    {
        private int _at;

        public object Whole()
        {
            var value = Compared();
            Assert.Equal(text.Length, _at);
            return value;
        }

        private object Compared()
        {
            var left = Joined();
            if (Take("<"))
            {
                return Number(left) < Number(Joined());
            }

            return Take("=") ? Equals(left, Joined()) : left;
        }

        private object Joined()
        {
            var left = Sum();
            while (Take("&"))
            {
                left = Written(left) + Written(Sum());
            }

            return left;
        }

        private object Sum()
        {
            var left = Product();
            for (; ; )
            {
                if (Take("+"))
                {
                    left = Number(left) + Number(Product());
                }
                else if (Take("-"))
                {
                    left = Number(left) - Number(Product());
                }
                else
                {
                    return left;
                }
            }
        }

        private object Product()
        {
            var left = Term();
            for (; ; )
            {
                if (Take("*"))
                {
                    left = Number(left) * Number(Term());
                }
                else if (Take("/"))
                {
                    left = Number(left) / Number(Term());
                }
                else
                {
                    return left;
                }
            }
        }

        private object Term()
        {
            if (Take("-"))
            {
                return -Number(Term());
            }

            if (Take("("))
            {
                var inside = Compared();
                Assert.True(Take(")"));
                return inside;
            }

            if (Take("\""))
            {
                var end = text.IndexOf('"', _at);
                var quoted = text[_at..end];
                _at = end + 1;
                return quoted;
            }

            var start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '.'))
            {
                _at++;
            }

            var word = text[start.._at];
            return char.IsAsciiDigit(word[0]) ? double.Parse(word, CultureInfo.InvariantCulture) : Take("(") ? Function(word) : sheet.Value(word);
        }

        private object Function(string name)
        {
            if (name == "SUM")
            {
                var end = text.IndexOf(')', _at);
                var range = text[_at..end].Split(':');
                _at = end + 1;
                var column = range[0][..1];
                return Enumerable.Range(int.Parse(range[0].AsSpan(1), CultureInfo.InvariantCulture), int.Parse(range[1].AsSpan(1), CultureInfo.InvariantCulture) - int.Parse(range[0].AsSpan(1), CultureInfo.InvariantCulture) + 1)
                    .Sum(r => Number(sheet.Value($"{column}{r}")));
            }

            var arguments = new List<object> { Compared() };
            while (Take(","))
            {
                arguments.Add(Compared());
            }

            Assert.True(Take(")"), text);
            return name switch
            {
                "INT" => Math.Floor(Number(arguments[0])),
                "ROUND" => Math.Round(Number(arguments[0]), MidpointRounding.AwayFromZero),
                "IF" => (bool)arguments[0] ? arguments[1] : arguments[2],
                "TEXT" => Number(arguments[0]).ToString((string)arguments[1], CultureInfo.InvariantCulture),
                _ => throw new NotSupportedException(name),
            };
        }

        private bool Take(string token)
        {
            if (string.CompareOrdinal(text, _at, token, 0, token.Length) != 0)
            {
                return false;
            }

            _at += token.Length;
            return true;
        }

        private static double Number(object value) => (double)value;

        private static string Written(object value) => value as string ?? ((double)value).ToString(CultureInfo.InvariantCulture);
    }
}
