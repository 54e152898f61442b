using System.Globalization;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Inventory;

/// <summary>
/// How a package writes cells. A text that a spreadsheet might take for a formula, or that begins with an apostrophe, gets an apostrophe in front, which every
/// reader takes off again: what was hashed is the text without it.
/// </summary>
internal static class PackageText
{
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The shortest decimal text that is this double and no other.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public static string Number(Int128 value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Text(string? text) => text is { Length: > 0 } && IsMarked(text[0]) ? "'" + text : text ?? "";

    public static string Plain(string cell) => cell is ['\'', ..] ? cell[1..] : cell;

    /// <summary>One record: comma, quotes only where they are needed, line feed.</summary>
    public static void Append(StringBuilder to, IReadOnlyList<string> cells)
    {
        for (var at = 0; at < cells.Count; at++)
        {
            var cell = cells[at];
            to.Append(at > 0 ? "," : "");
            if (cell.AsSpan().IndexOfAny(",\"\n\r") >= 0)
            {
                to.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            }
            else
            {
                to.Append(cell);
            }
        }

        to.Append('\n');
    }

    /// <summary>The records of a file, cells as they are written. An unclosed quote or text behind one is a <see cref="FormatException"/>.</summary>
    public static IEnumerable<string[]> Records(TextReader from)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        for (var at = from.Read(); at >= 0; at = from.Read())
        {
            if (at == '"' && cell.Length == 0)
            {
                Quoted(from, cell);
                at = from.Read();
                if (at is not (',' or '\n'))
                {
                    throw new FormatException("A quoted cell ends before a comma or the end of its line.");
                }
            }

            switch (at)
            {
                case ',':
                    cells.Add(cell.ToString());
                    cell.Clear();
                    break;
                case '\n':
                    cells.Add(cell.ToString());
                    cell.Clear();
                    yield return [.. cells];
                    cells.Clear();
                    break;
                default:
                    cell.Append((char)at);
                    break;
            }
        }

        if (cells.Count > 0 || cell.Length > 0)
        {
            throw new FormatException("The last line has no end.");
        }
    }

    /// <summary><c>M.L2.T-2</c>, in the order mass, length, time, temperature, amount, person, thing, money; <c>1</c> where there is none.</summary>
    public static string Of(Dimension d)
    {
        (string Name, int Exponent)[] parts =
        [
            ("M", d.Mass), ("L", d.Length), ("T", d.Time), ("K", d.Temperature), ("N", d.Amount), ("P", d.Person), ("thing:" + d.Thing, d.Item), ("money:" + d.Currency, d.Money),
        ];
        var text = string.Join('.', parts.Where(p => p.Exponent != 0).Select(p => p.Exponent == 1 ? p.Name : p.Name + Number(p.Exponent)));
        return text.Length == 0 ? "1" : text;
    }

    public static string State(UnitCondition condition) => condition switch
    {
        UnitCondition.Gas0C => "0C",
        UnitCondition.Gas15C => "15C",
        UnitCondition.Gas20C => "20C",
        UnitCondition.Gas60F => "60F",
        UnitCondition.GrossCalorific => "gross",
        UnitCondition.NetCalorific => "net",
        _ => "",
    };

    /// <summary>Key of a unit: its code, and the state in which a bare volume was read.</summary>
    public static string Key(Unit unit) => Units.Find(unit.Code) == unit ? unit.Code : $"{unit.Code} @ {State(unit.Condition)}";

    private static bool IsMarked(char first) => first is '=' or '+' or '-' or '@' or '\'' or '\t' or '\r' or '\n' or ' ' or '＝' or '＋' or '－' or '＠';

    private static void Quoted(TextReader from, StringBuilder cell)
    {
        for (var at = from.Read(); at >= 0; at = from.Read())
        {
            if (at == '"')
            {
                if (from.Peek() != '"')
                {
                    return;
                }

                from.Read();
            }

            cell.Append((char)at);
        }

        throw new FormatException("A quoted cell has no end.");
    }
}
