using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>
/// Numbers as strangers write them. What can mean one thing only is read, correctly rounded; what can mean two things is refused
/// with both readings unless the column decides (<see cref="DecimalVote"/>); what carries a remark is refused naming the remark.
/// <list type="bullet">
/// <item>Read: <c>1234.5</c>, <c>1e-5</c>, <c>.5</c>, <c>1,234.5</c>, <c>1.234,5</c>, <c>1 234,5</c>, <c>1'234.5</c>, <c>1,5</c>, <c>0,123</c>,
/// <c>1,234,567</c>, <c>12,34,567</c>, full-width <c>１２３</c>, the minus sign U+2212, Excel's leading apostrophe.</item>
/// <item>Ambiguous: one comma before exactly three digits, with one to three digits not starting with 0 before it (<c>1,234</c>). In a column of
/// decimal commas <c>1.234</c> is ambiguous too; otherwise a point is a decimal point.</item>
/// </list>
/// </summary>
public static class CellNumber
{
    private const int Longest = 200;

    /// <summary>
    /// The fast path: a plain number (digits, point, sign, exponent) in UTF-8 without blanks around it. False means only that the
    /// careful path must look. Not for columns of decimal commas, where a point means something else.
    /// </summary>
    public static bool TryPlain(ReadOnlySpan<byte> utf8, out double value) =>
        Utf8Parser.TryParse(utf8, out value, out var used) && used == utf8.Length && double.IsFinite(value);

    /// <inheritdoc cref="Parse(string, DecimalMark, bool, int?, string?)"/>
    public static Outcome<double> Parse(ReadOnlySpan<byte> utf8, DecimalMark mark = DecimalMark.Unknown, bool percent = false, int? row = null, string? column = null) =>
        mark != DecimalMark.Comma && TryPlain(utf8, out var value) ? value : Parse(Encoding.UTF8.GetString(utf8), mark, percent, row, column);

    /// <summary>A workbook's cell: its stored number where it has one.</summary>
    public static Outcome<double> Parse(TableCell cell, DecimalMark mark = DecimalMark.Unknown, bool percent = false, int? row = null, string? column = null) =>
        cell is { Number: { } number, Date: null } && (cell.Mark & (CellMark.Percent | CellMark.Error)) == 0 ? number : Parse(cell.Text, mark, percent, row, column);

    /// <summary>Reads a number.</summary>
    /// <param name="text">The cell's text.</param>
    /// <param name="mark">What the column's other numbers say about comma and point.</param>
    /// <param name="percent">A percent sign is allowed; <c>98%</c> then gives 98.</param>
    /// <param name="row">For the problem.</param>
    /// <param name="column">For the problem.</param>
    public static Outcome<double> Parse(string text, DecimalMark mark = DecimalMark.Unknown, bool percent = false, int? row = null, string? column = null)
    {
        Problem Refuse(string code, params string[] args) => new(code, row, column, text.Trim(), args);

        var plain = Normalise(text);
        if (plain.Length == 0)
        {
            return new Problem("number_missing", row, column);
        }

        if (plain.Length > Longest)
        {
            return Refuse("not_a_number");
        }

        if (plain[0] == '`')
        {
            return Refuse("number_with_text", "`");
        }

        if (plain[^1] is '%' or '‰')
        {
            if (!percent || plain[^1] == '‰')
            {
                return Refuse("number_percent");
            }

            plain = plain[..^1].TrimEnd();
        }

        var end = NumberEnd(plain);
        if (end == 0)
        {
            return IsNotFinite(plain) ? Refuse("number_not_finite") : Refuse("not_a_number");
        }

        var rest = plain[end..].Trim();
        if (rest.Length > 0)
        {
            return IsFootnote(rest) ? Refuse("number_footnote", rest, plain[..end].Trim()) : Refuse("number_with_text", rest);
        }

        var shape = NumberShapes.Of(plain[..end], mark);
        if (shape.Ambiguous)
        {
            return Refuse("number_ambiguous", shape.AsThousands, shape.AsDecimal);
        }

        if (shape.Plain is null || !double.TryParse(shape.Plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return Refuse("not_a_number");
        }

        return double.IsFinite(value) ? value : Refuse("number_not_finite");
    }

    /// <summary>Full-width forms to ASCII, every kind of blank to a space, the true minus sign to a hyphen, Excel's text mark removed.</summary>
    internal static string Normalise(string text)
    {
        var plain = new StringBuilder(Math.Min(text.Length, Longest + 1));
        foreach (var c in text)
        {
            plain.Append(c switch
            {
                >= '\uFF01' and <= '\uFF5E' => (char)(c - 0xFEE0),
                '\u2212' => '-',
                '\u2019' => '\'',
                '\uFEFF' or '\u200B' => ' ',
                _ => char.IsWhiteSpace(c) ? ' ' : c,
            });
            if (plain.Length > Longest + 8)
            {
                break;
            }
        }

        var trimmed = plain.ToString().Trim();
        return trimmed.StartsWith('\'') ? trimmed[1..].TrimStart() : trimmed;
    }

    /// <summary>Length of the leading part that consists of number characters and holds a digit; 0 where there is none.</summary>
    private static int NumberEnd(string text)
    {
        var at = text[0] is '+' or '-' ? 1 : 0;
        var digits = 0;
        var end = 0;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (char.IsAsciiDigit(c))
            {
                digits++;
                end = at + 1;
            }
            else if (c is '.' or ',' or '\'')
            {
                end = digits > 0 || c != '\'' ? at + 1 : end;
            }
            else if (c is 'e' or 'E' && digits > 0 && at + 1 < text.Length && ExponentEnd(text, at + 1) is > 0 and var exponent)
            {
                return exponent;
            }
            else if (c != ' ' || at + 1 == text.Length || !char.IsAsciiDigit(text[at + 1]))
            {
                break;
            }
        }

        return digits > 0 ? end : 0;
    }

    private static int ExponentEnd(string text, int at)
    {
        at += text[at] is '+' or '-' ? 1 : 0;
        var from = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at > from ? at : 0;
    }

    /// <summary>Stars, daggers, superscripts, <c>[1]</c>, <c>(a)</c>, <c>a)</c>, <c>(note 2)</c> behind a number.</summary>
    private static bool IsFootnote(string rest)
    {
        if (rest.All(c => c is '*' or '†' or '‡' or '§' or '¶' or '#' or '^' or '¹' or '²' or '³' or '⁰' or (>= '⁴' and <= '⁹') or (>= '①' and <= '⑳')))
        {
            return true;
        }

        var bracketed = rest[^1] is ')' or ']' && rest.Length <= 12;
        var inner = rest.TrimStart('(', '[', '^').TrimEnd(')', ']').Trim();
        return bracketed && (inner.Length <= 2 || inner.StartsWith("note", StringComparison.OrdinalIgnoreCase) || inner.StartsWith('注')) && inner.All(c => char.IsLetterOrDigit(c) || c is ' ' or '.');
    }

    private static bool IsNotFinite(string text) =>
        text.TrimStart('+', '-').ToLowerInvariant() is "nan" or "inf" or "infinity" or "∞";
}
