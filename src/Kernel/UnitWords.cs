using System.Collections.Frozen;

namespace Tanlu.Kernel;

/// <summary>
/// The words of unit expressions that are no units (<c>data/units/words.csv</c>): substances, number words, and the conditions a unit
/// is under. Gases and blends are substances by their own tables.
/// </summary>
internal static class UnitWords
{
    private static readonly FrozenDictionary<string, UnitCondition> Annotations;
    private static readonly FrozenDictionary<string, Rational> Numbers;
    private static readonly FrozenSet<string> Ambiguous;

    static UnitWords()
    {
        var annotations = new Dictionary<string, UnitCondition>(StringComparer.Ordinal);
        var numbers = new Dictionary<string, Rational>(StringComparer.OrdinalIgnoreCase);
        var ambiguous = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in DataRows.Read("units/words.csv"))
        {
            var spelling = UnitSpelling.Normalise(row["spelling"]);
            switch (row["meaning"])
            {
                case "number":
                    numbers.Add(spelling, Rational.Parse(row["value"]));
                    break;
                case "ambiguous":
                    ambiguous.Add(spelling);
                    break;
                case "substance":
                    annotations.Add(Key(spelling), UnitCondition.None);
                    break;
                default:
                    annotations.Add(Key(spelling), ConditionOf(row["meaning"]));
                    break;
            }
        }

        Annotations = annotations.ToFrozenDictionary(StringComparer.Ordinal);
        Numbers = numbers.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Ambiguous = ambiguous.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        Longest = Math.Max(annotations.Keys.Concat(numbers.Keys).Max(k => k.Length), 30);
    }

    /// <summary>Length beyond which no word need be looked for.</summary>
    public static int Longest { get; }

    /// <summary>The condition a state code of the tables names; None for an empty one.</summary>
    public static UnitCondition ConditionOf(string state) => state switch
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

    /// <summary>The condition that an annotation puts on its unit: None for a substance, null where the text is no known annotation.</summary>
    public static UnitCondition? Annotation(string text) =>
        Annotations.TryGetValue(Key(text), out var condition) ? condition
        : Gases.Find(text) is not null || Blends.Find(text) is not null ? UnitCondition.None
        : null;

    public static Rational? Number(string text) => Numbers.TryGetValue(text, out var value) ? value : null;

    public static bool IsAmbiguous(string spelling) => Ambiguous.Contains(spelling);

    // Case is kept in single letters (C is carbon, c is not) and dropped in longer words.
    private static string Key(string text) => text.Length == 1 ? text : text.ToUpperInvariant();
}
