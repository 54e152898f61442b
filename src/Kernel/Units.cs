using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Tanlu.Kernel;

/// <summary>
/// The unit table (<c>data/units/units.csv</c>) and the unit expressions over it such as <c>t CO2/(t 钢)</c>, <c>kg/10^4 Nm3</c>,
/// <c>lb/MWh</c> or <c>tonne.km</c>. Spelling is matched exactly first and without regard to case only where that is unambiguous,
/// because <c>Mg</c> and <c>mg</c> are a billion apart.
/// </summary>
public static class Units
{
    // Beyond this many different spellings the rest is parsed each time: a hostile file must not fill the memory.
    private const int LargestCache = 20_000;

    // Two letters that differ in case only are too often two units (MW, mW; MT, Mt).
    private const int ShortestAnyCase = 3;

    private static readonly FrozenDictionary<string, Unit> Exact;
    private static readonly FrozenDictionary<string, Unit?> AnyCase;
    private static readonly FrozenDictionary<string, Unit?>.AlternateLookup<ReadOnlySpan<char>> AnyCaseSpan;
    private static readonly FrozenDictionary<string, Unit>.AlternateLookup<ReadOnlySpan<char>> ExactSpan;
    private static readonly FrozenDictionary<string, (string En, string Zh)> NamesByCode;
    private static readonly ConcurrentDictionary<string, Unit?> Parsed = new(StringComparer.Ordinal);

    static Units()
    {
        var exact = new Dictionary<string, Unit>(StringComparer.Ordinal);
        var anyCase = new Dictionary<string, Unit?>(StringComparer.OrdinalIgnoreCase);
        var names = new Dictionary<string, (string En, string Zh)>(StringComparer.Ordinal);
        var table = new List<Unit>();
        foreach (var row in DataRows.Read("units/units.csv"))
        {
            var plain = new Unit(row["code"], Dimension.Parse(row["dimension"]), Rational.Parse(row["factor"]));
            var unit = plain.Under(UnitWords.ConditionOf(row["state"]))
                ?? throw new InvalidDataException($"The state {row["state"]} does not fit the unit {plain.Code}.");
            table.Add(unit);
            names.Add(unit.Code, (row["name_en"], row["name_zh"]));
            foreach (var spelling in row["aliases"].Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Prepend(unit.Code))
            {
                var key = UnitSpelling.Normalise(spelling);
                if (!exact.TryAdd(key, unit) && exact[key] != unit)
                {
                    throw new InvalidDataException($"The unit spelling “{spelling}” stands for both {exact[key].Code} and {unit.Code}.");
                }

                // Null marks a spelling that means two units when case is ignored.
                anyCase[key] = anyCase.TryGetValue(key, out var other) && other != unit ? null : unit;
            }
        }

        Table = table;
        Exact = exact.ToFrozenDictionary(StringComparer.Ordinal);
        ExactSpan = Exact.GetAlternateLookup<ReadOnlySpan<char>>();
        AnyCase = anyCase.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        AnyCaseSpan = AnyCase.GetAlternateLookup<ReadOnlySpan<char>>();
        NamesByCode = names.ToFrozenDictionary(StringComparer.Ordinal);
        LongestSpelling = exact.Keys.Max(k => k.Length);
    }

    /// <summary>All units of the table, in its order.</summary>
    public static IReadOnlyList<Unit> Table { get; }

    /// <summary>Every spelling of the table that matches with its case.</summary>
    internal static IEnumerable<string> Spellings => Exact.Keys;

    internal static int LongestSpelling { get; }

    /// <summary>The unit's name in a language; its code where it is an expression.</summary>
    public static string Name(Unit unit, Language language) =>
        NamesByCode.TryGetValue(unit.Code, out var name) ? (language == Language.Chinese ? name.Zh : name.En) : unit.Code;

    /// <summary>The unit a text names, or null where it names none.</summary>
    public static Unit? Find(string text) =>
        Parsed.TryGetValue(text, out var known) ? known : Parsed.Count >= LargestCache ? Parse(text) : Parsed.GetOrAdd(text, Parse);

    /// <summary>The unit a data row names; a bug in the data where it names none.</summary>
    public static Unit Get(string text) => Find(text) ?? throw new InvalidDataException($"No unit “{text}”.");

    /// <summary>The unit a person wrote, refused with <c>unit_missing</c>, <c>unit_ambiguous</c> or <c>unit_unknown</c>.</summary>
    public static Outcome<Unit> Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return new Problem("unit_missing");
        }

        if (Find(text) is { } unit)
        {
            return unit;
        }

        return UnitWords.IsAmbiguous(UnitSpelling.Normalise(text)) ? new Problem("unit_ambiguous", Found: text) : new Problem("unit_unknown", Found: text);
    }

    /// <summary>
    /// A value in another unit, with the explanation of how. Same dimension: the exact factor. What needs a property (density, calorific
    /// value, gas state, calorific basis) is refused with a problem that names it, unless <paramref name="properties"/> give it.
    /// </summary>
    public static Outcome<Conversion> Convert(double value, Unit from, Unit to, ConversionProperties? properties = null) =>
        new ConversionPath(to, properties ?? ConversionProperties.None).From(new Quantity(value, from));

    /// <summary>The factor from one unit to another that need no property between them; null where they do.</summary>
    public static double? Ratio(Unit from, Unit to) =>
        from.Dimension == to.Dimension && from.GasState == to.GasState && from.CalorificBasis == to.CalorificBasis ? (from.Factor / to.Factor).ToDouble() : null;

    /// <summary>The unit of the table with this spelling: exact first, then in any case where only one unit is meant.</summary>
    internal static Unit? Named(ReadOnlySpan<char> spelling) =>
        ExactSpan.TryGetValue(spelling, out var unit) ? unit
        : spelling.Length >= ShortestAnyCase && AnyCaseSpan.TryGetValue(spelling, out var anyCase) ? anyCase
        : null;

    private static Unit? Parse(string text)
    {
        var spelling = UnitSpelling.Normalise(text);
        if (spelling.Length is 0 or > 200)
        {
            return null;
        }

        if (Named(spelling) is { } named)
        {
            return named;
        }

        return new UnitExpression(spelling).Parse() is { } parsed ? parsed with { Code = text.Trim() } : null;
    }
}
