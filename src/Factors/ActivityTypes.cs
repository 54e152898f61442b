using System.Collections.Frozen;
using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// The activity catalogue (<c>data/activities/activities.csv</c>), with one <c>refrigerant.*</c> row per gas and blend of the gas tables,
/// so that a refrigerant never has two homes.
/// </summary>
public static class ActivityTypes
{
    private const string RefrigerantPrefix = "refrigerant.";
    private const int LongestCode = 120;

    // The gas table keeps CO2, CH4 and N2O below 7; of these only CO2 is a refrigerant.
    private const int FirstSyntheticGas = 7;

    private static readonly FrozenDictionary<string, ActivityType> ByCode;
    private static readonly FrozenDictionary<string, ActivityType> BySpelling;
    private static readonly ActivityType[] Families;

    static ActivityTypes()
    {
        var types = DataRows.Read("activities/activities.csv").Select(Parse).Concat(Refrigerants()).ToArray();
        ByCode = types.ToFrozenDictionary(t => t.Code, StringComparer.OrdinalIgnoreCase);
        Families = [.. types.Where(t => t.Code.EndsWith(".*", StringComparison.Ordinal))];

        var spellings = new Dictionary<string, ActivityType?>(StringComparer.OrdinalIgnoreCase);
        foreach (var type in types)
        {
            foreach (var spelling in type.Aliases.Append(type.En).Append(type.Zh))
            {
                // A spelling that two activities share names neither; the code does.
                spellings[spelling] = spellings.TryGetValue(spelling, out var other) && other != type ? null : type;
            }
        }

        BySpelling = spellings.Where(s => s.Value is not null).ToFrozenDictionary(s => s.Key, s => s.Value!, StringComparer.OrdinalIgnoreCase);
        All = [.. types.OrderBy(t => t.Code, StringComparer.Ordinal)];
    }

    /// <summary>The whole catalogue by code; families (<c>spend.naics.*</c>) stand once.</summary>
    public static IReadOnlyList<ActivityType> All { get; }

    /// <summary>
    /// By code, then by an unambiguous name or alias in either language. A code inside a family gives the family's type with that code;
    /// whether a pack serves it is for the library to say.
    /// </summary>
    public static ActivityType? Find(string text)
    {
        var spelling = text.Trim();
        if (ByCode.TryGetValue(spelling, out var type))
        {
            // The family's own row is not an activity anybody can have.
            return type.Code.EndsWith(".*", StringComparison.Ordinal) ? null : type;
        }

        return BySpelling.TryGetValue(spelling, out type) ? type : Refrigerant(spelling) ?? Family(spelling);
    }

    public static ActivityType Get(string code) => Find(code) ?? throw new InvalidDataException($"No activity {code}.");

    private static ActivityType? Refrigerant(string spelling)
    {
        var name = spelling.StartsWith(RefrigerantPrefix, StringComparison.OrdinalIgnoreCase) ? spelling[RefrigerantPrefix.Length..] : spelling;
        name = WithHyphen(name);
        if (Blends.Find(name) is { } blend)
        {
            return ByCode.GetValueOrDefault(RefrigerantPrefix + blend.Code);
        }

        var prefixed = spelling.StartsWith(RefrigerantPrefix, StringComparison.OrdinalIgnoreCase);
        return Gases.Find(name) is { } gas && (prefixed || IsRefrigerantName(gas, name))
            ? ByCode.GetValueOrDefault(RefrigerantPrefix + gas.Code)
            : null;
    }

    /// <summary>Nameplates write R410A and R 32 as often as R-410A and R-32.</summary>
    private static string WithHyphen(string name)
    {
        var digits = name.Length > 2 && (name[0] is 'R' or 'r') ? name[1] == ' ' ? 2 : 1 : 0;
        return digits > 0 && char.IsAsciiDigit(name[digits]) ? string.Concat("R-", name.AsSpan(digits)) : name;
    }

    /// <summary>“R-290” is a refrigerant; “propane” may as well be a fuel, and ammonia a chemical bought.</summary>
    private static bool IsRefrigerantName(Gas gas, string name) =>
        gas.Id >= FirstSyntheticGas && (gas.Regime != GasRegime.Other || name.Any(char.IsAsciiDigit));

    private static ActivityType? Family(string code)
    {
        if (code.Length > LongestCode)
        {
            return null;
        }

        foreach (var family in Families)
        {
            var prefix = family.Code.AsSpan(0, family.Code.Length - 1);
            if (code.AsSpan().StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && IsSuffix(code.AsSpan(prefix.Length)))
            {
                return family with { Code = string.Concat(prefix, code.AsSpan(prefix.Length)) };
            }
        }

        return null;
    }

    private static bool IsSuffix(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_'))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private static ActivityType Parse(DataRow row) => new(
        row["code"], row["name_en"], row["name_zh"], Split(row["aliases"]), Enum.Parse<MethodKind>(row["method"], ignoreCase: true),
        int.Parse(row["scope"], CultureInfo.InvariantCulture), int.Parse(row.Or("category3", "0"), CultureInfo.InvariantCulture),
        [.. Split(row["units"]).Select(Units.Get)], row["national_stands_in"] == "1", row["world_stands_in"] == "1", GasState(row["default_gas_state"]), row["group"]);

    private static IEnumerable<ActivityType> Refrigerants()
    {
        IReadOnlyList<Unit> units = [Units.Get("kg"), Units.Get("t")];
        // Emissions of a gas are its mass, so no factor and hence no geography is looked for.
        foreach (var gas in Gases.All.Where(g => g.Id >= FirstSyntheticGas || g == Gases.Co2))
        {
            yield return Row(gas.Code, gas.En, gas.Zh, gas == Gases.Co2 ? ["R-744"] : []);
        }

        foreach (var blend in Blends.All)
        {
            yield return Row(blend.Code, blend.Code, blend.Code, []);
        }

        ActivityType Row(string code, string en, string zh, string[] aliases) => new(
            RefrigerantPrefix + code, en + " released", zh + " 逸散", aliases, MethodKind.Refrigerant, 1, 0, units,
            NationalStandsIn: true, WorldStandsIn: true, UnitCondition.None, "refrigerant");
    }

    private static UnitCondition GasState(string text) => text switch
    {
        "" => UnitCondition.None,
        "n0" => UnitCondition.Gas0C,
        "s15" => UnitCondition.Gas15C,
        "s20" => UnitCondition.Gas20C,
        "s60F" => UnitCondition.Gas60F,
        _ => throw new InvalidDataException($"Unknown gas state {text}."),
    };

    private static string[] Split(string text) => text.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
