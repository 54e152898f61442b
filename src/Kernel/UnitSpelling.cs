using System.Text;

namespace Tanlu.Kernel;

/// <summary>One spelling for what people and files write in many: full width, superscripts, squared-up CJK units, kinds of dots and dashes.</summary>
internal static class UnitSpelling
{
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    private const string Subscripts = "₀₁₂₃₄₅₆₇₈₉";

    /// <summary>Full-width to ASCII, superscripts to digits (after a digit to a power), one blank between words.</summary>
    public static string Normalise(string text)
    {
        var result = new StringBuilder(text.Length);
        var raised = false;
        foreach (var original in text)
        {
            var power = original == '⁻' ? '-' : Superscripts.IndexOf(original, StringComparison.Ordinal) is >= 0 and var at ? (char)('0' + at) : '\0';
            if (power != '\0')
            {
                // 10⁴ is a power; m³ is spelled m3.
                if (!raised && result.Length > 0 && char.IsAsciiDigit(result[^1]))
                {
                    result.Append('^');
                }

                result.Append(power);
                raised = true;
                continue;
            }

            raised = false;
            if (Whole(original) is { } whole)
            {
                result.Append(whole);
                continue;
            }

            var c = original switch
            {
                >= '\uFF01' and <= '\uFF5E' => (char)(original - 0xFEE0),
                '\u3000' or '\u00A0' or '\u202F' or '\u2009' or '\t' or '\r' or '\n' => ' ',
                '·' or '⋅' or '×' or '•' or '・' or '∙' => '.',
                '⁄' or '∕' or '÷' => '/',
                '−' or '–' or '‐' or '‑' => '-',
                _ => Subscripts.IndexOf(original, StringComparison.Ordinal) is >= 0 and var low ? (char)('0' + low) : original,
            };
            if (c != ' ' || (result.Length > 0 && result[^1] != ' '))
            {
                result.Append(c);
            }
        }

        return result.ToString().Trim();
    }

    /// <summary>The units that Unicode holds as one character.</summary>
    private static string? Whole(char c) => c switch
    {
        '㎎' => "mg",
        '㎏' => "kg",
        '㎍' => "ug",
        'µ' or 'μ' => "u",
        '㎜' => "mm",
        '㎝' => "cm",
        '㎞' => "km",
        '㎡' => "m2",
        '㎢' => "km2",
        '㎤' => "cm3",
        '㎥' => "m3",
        '㎖' => "mL",
        '㎘' => "kL",
        'ℓ' or '㍑' => "L",
        '㎾' => "kW",
        '㎿' => "MW",
        '㎉' => "kcal",
        '℃' => "°C",
        '℉' => "°F",
        '㏊' => "ha",
        _ => null,
    };
}
