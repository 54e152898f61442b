using System.Globalization;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>The identity of a DESNZ row without its gas: the five names, normalised over the years, and the unit.</summary>
internal sealed record DesnzKey(string Level1, string Level2, string Level3, string Level4, string ColumnText, Unit Unit)
{
    /// <summary>The series' key, e.g. <c>fuels/gaseous-fuels/natural-gas/kwh-gross-cv</c>: the same in every year's file.</summary>
    public string Series { get; } = string.Join('/', new[] { Level1, Level2, Level3, Level4, ColumnText, DesnzNames.Slug(Unit.Code) }.Where(part => part.Length > 0));
}

/// <summary>What a DESNZ series serves.</summary>
internal sealed record DesnzUse(string Activity, FactorRole Role, bool PlaceIsLevel3);

/// <summary>
/// The rules that turn the yearly spellings of the UK flat files into lasting keys and our activity codes, all of them data rows
/// (<c>data/importers/desnz_*.csv</c>).
/// </summary>
internal static class DesnzNames
{
    private static readonly Dictionary<(string Column, string Found), (string Level1, string Replacement)> Renamed =
        DataRows.Read("importers/desnz_names.csv").ToDictionary(r => (r["column"], Slug(r["found"])), r => (Slug(r["level_1"]), Slug(r["replacement"])));

    private static readonly Dictionary<string, (string[] Pattern, DesnzUse Use)[]> Uses = DataRows.Read("importers/desnz_activities.csv")
        .Select(r => (
            Pattern: new[] { r["level_1"], r["level_2"], r["level_3"], r["level_4"], r["column_text"], r["unit"] }.Select(t => t == "*" ? t : Slug(t)).ToArray(),
            Use: new DesnzUse(r["activity"], PackFile.RoleOf(r["role"])!.Value, r["geography"] == "level_3")))
        .GroupBy(r => r.Pattern[0]).ToDictionary(g => g.Key, g => g.ToArray());

    private static readonly Dictionary<string, string> Words = DataRows.Read("importers/desnz_words.csv").ToDictionary(r => Slug(r["word"]), r => r["zh"], StringComparer.Ordinal);

    private static readonly (string Level1, int From, int To, GwpSet Gwp, string Note)[] GwpRows = [.. DataRows.Read("importers/desnz_gwp.csv").Select(r => (
        r["level_1"] == "*" ? "*" : Slug(r["level_1"]), int.Parse(r.Or("from_year", "0"), CultureInfo.InvariantCulture), int.Parse(r.Or("to_year", "9999"), CultureInfo.InvariantCulture),
        Gwp.Parse(r["gwp"]) ?? GwpSet.None, r["note"]))];

    /// <summary>The key of a row, or null where its unit is not known.</summary>
    public static DesnzKey? Key(string level1, string level2, string level3, string level4, string columnText, string unitText)
    {
        // In 2022 the calorific basis stands in the column text and the unit is a bare kWh.
        var column = Slug(columnText);
        var basis = column.EndsWith("gross-cv", StringComparison.Ordinal) ? "{gross}" : column.EndsWith("net-cv", StringComparison.Ordinal) ? "{net}" : "";
        if (Units.Find(unitText.Trim()) is not { } unit)
        {
            return null;
        }

        if (basis.Length > 0 && unit.Condition == UnitCondition.None)
        {
            unit = Units.Find(unit.Code + basis) ?? unit;
        }

        var first = Rename("level_1", Slug(level1), "");
        var second = Rename("level_2", Slug(level2), first);

        // The sheets of upstream emissions repeat “WTT-” before the second level in most years and not in 2022 and later.
        second = first.StartsWith("wtt-", StringComparison.Ordinal) && second.StartsWith("wtt-", StringComparison.Ordinal) ? second[4..] : second;
        var fourth = Rename("level_4", Slug(level4), first);

        // A fourth level that is only the data year belongs to the version, not to the series.
        fourth = fourth.Length == 4 && fourth.StartsWith("20", StringComparison.Ordinal) && fourth.All(char.IsAsciiDigit) ? "" : fourth;
        return new DesnzKey(first, second, Rename("level_3", Slug(level3), first), fourth, Rename("column_text", column, first), GasState(second, unit));
    }

    /// <summary>The sheet and the second level in Chinese, as far as the table of words goes, before the publisher's own name; empty where it does not know the sheet.</summary>
    public static string Chinese(DesnzKey key, string title) =>
        !Words.TryGetValue(key.Level1, out var sheet) ? ""
        : $"{(Words.TryGetValue(key.Level2, out var second) && second != sheet ? $"{sheet}·{second}" : sheet)}：{title}（英国DESNZ，名称为原文）";

    /// <summary>What the series serves; several uses give one version each, none leaves it to be found by name.</summary>
    public static IEnumerable<DesnzUse> UsesOf(DesnzKey key)
    {
        if (!Uses.TryGetValue(key.Level1, out var rows))
        {
            yield break;
        }

        foreach (var (pattern, use) in rows)
        {
            if (Fits(pattern[1], key.Level2) && Fits(pattern[2], key.Level3) && Fits(pattern[3], key.Level4) && Fits(pattern[4], key.ColumnText)
                && Fits(pattern[5], Slug(key.Unit.Code)))
            {
                yield return use;
            }
        }

        static bool Fits(string pattern, string name) => pattern == "*" || pattern == name;
    }

    public static (GwpSet Gwp, string Note) GwpOf(string level1, int year)
    {
        foreach (var row in GwpRows)
        {
            if ((row.Level1 == "*" || row.Level1 == level1) && year >= row.From && year <= row.To)
            {
                return (row.Gwp, row.Note);
            }
        }

        return (GwpSet.None, "");
    }

    /// <summary>Small letters and digits with single hyphens: what two years' spellings have in common.</summary>
    public static string Slug(string text)
    {
        var slug = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(char.ToLowerInvariant(c));
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        return slug.ToString().TrimEnd('-');
    }

    /// <summary>UK gas volumes are metered at 15 °C (metric standard conditions); the files say “cubic metres” only.</summary>
    private static Unit GasState(string level2, Unit unit) => level2 is "gaseous-fuels" && unit.Code == "m3" ? Units.Get("Sm3") : unit;

    private static string Rename(string column, string name, string level1) =>
        Renamed.TryGetValue((column, name), out var rule) && (rule.Level1.Length == 0 || rule.Level1 == level1) ? rule.Replacement : name;
}
