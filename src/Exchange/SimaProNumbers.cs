using System.Globalization;
using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>Numbers, formulas and distributions as SimaPro writes them, with the decimal mark of the file's head.</summary>
internal sealed class SimaProNumbers(bool decimalComma, Reading reading)
{
    /// <summary>A number or a formula over parameters. What is neither is a fault.</summary>
    public (double Value, string? Formula) Amount(string text, string dataset, int line, string section)
    {
        var plain = Plain(text);
        if (plain.Length > 0 && !double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && IsFormula(Formula(text)))
        {
            return (0, Formula(text));
        }

        return (reading.Needed(plain.Length == 0 ? null : plain, dataset, line, section), null);
    }

    public double Number(string text, string dataset, int line, string section) => reading.Needed(Plain(text) is { Length: > 0 } plain ? plain : null, dataset, line, section);

    /// <summary>A formula with decimal points and commas between arguments, whatever the file's own marks are.</summary>
    public string Formula(string text) => decimalComma ? text.Replace(',', '.').Replace(';', ',') : text;

    /// <summary>
    /// Four cells from <paramref name="at"/> on: kind, spread, minimum, maximum. The spread of a lognormal distribution is the square of the geometric standard deviation, that of a
    /// normal one twice the standard deviation: both are half the width of the 95 % interval.
    /// </summary>
    public Distribution Uncertainty(SimaProRow row, int at, double amount, bool formula, string dataset, string section)
    {
        var kind = row[at];
        if (kind.Length == 0 || kind.Equals("Undefined", StringComparison.OrdinalIgnoreCase))
        {
            return Distribution.Certain;
        }

        if (formula)
        {
            reading.Note("lca_uncertainty_of_formula", dataset, row.Line, section, kind);
            return Distribution.Certain;
        }

        double? Cell(int cell) => row[cell].Length == 0 ? 0 : reading.Optional(Plain(row[cell]), dataset, row.Line, section);
        Distribution? read = (kind.ToUpperInvariant(), Cell(at + 1), Cell(at + 2), Cell(at + 3)) switch
        {
            ("LOGNORMAL", { } square, _, _) when square >= 1 && amount != 0 => square == 1 ? Distribution.Certain : new Distribution(DistributionKind.Lognormal, amount, Math.Log(square) / 2),
            ("NORMAL", { } twice, _, _) when twice >= 0 => twice == 0 ? Distribution.Certain : new Distribution(DistributionKind.Normal, amount, twice / 2),
            ("TRIANGLE" or "TRIANGULAR", _, { } least, { } most) when least <= amount && amount <= most => new Distribution(DistributionKind.Triangular, least, amount, most),
            ("UNIFORM", _, { } least, { } most) when least <= most => new Distribution(DistributionKind.Uniform, least, most),
            _ => null,
        };
        if (read is null)
        {
            reading.Note("lca_uncertainty_unusable", dataset, row.Line, section, kind);
        }

        return read ?? Distribution.Certain;
    }

    /// <summary>What could be a formula (with decimal points): brackets that pair up, operators between its names and numbers, no letter right behind a digit, and more than one number.</summary>
    internal static bool IsFormula(string text)
    {
        var (depth, tokens) = (0, 0);
        var (operand, letter) = (false, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsWhiteSpace(c))
            {
                continue;
            }

            if (!char.IsLetterOrDigit(c) && c is not ('_' or '.'))
            {
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                if (depth < 0 || c == '"')
                {
                    return false;
                }

                operand = c == ')';
                continue;
            }

            var from = i;
            i = char.IsLetter(c) || c == '_' ? NameEnd(text, i) : NumberEnd(text, i);
            if (i == from)
            {
                return false;
            }

            var word = text[from..i];
            i--;
            tokens++;
            if (word.ToUpperInvariant() is "AND" or "OR" or "NOT" or "DIV" or "MOD" or "XOR")
            {
                operand = false;
                continue;
            }

            if (operand || word.ToUpperInvariant() is "INF" or "INFINITY" or "NAN" || (char.IsAsciiDigit(c) && i + 1 < text.Length && (char.IsLetter(text[i + 1]) || text[i + 1] == '_')))
            {
                return false;
            }

            letter |= char.IsLetter(c);
            operand = true;
        }

        return depth == 0 && tokens > 0 && (letter || tokens > 1);
    }

    private static int NameEnd(string text, int at)
    {
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_'))
        {
            at++;
        }

        return at;
    }

    private static int NumberEnd(string text, int at)
    {
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
        {
            at++;
        }

        var exponent = at < text.Length && text[at] is 'e' or 'E' ? at + 1 : text.Length;
        exponent += exponent < text.Length && text[exponent] is '+' or '-' ? 1 : 0;
        if (exponent >= text.Length || !char.IsAsciiDigit(text[exponent]))
        {
            return at;
        }

        while (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
        {
            exponent++;
        }

        return exponent;
    }

    private string Plain(string text) => decimalComma ? text.Trim().Replace(',', '.') : text.Trim();
}
