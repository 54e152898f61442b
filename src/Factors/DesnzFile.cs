using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// The UK government's flat files of conversion factors (DEFRA, BEIS, DESNZ), as published and as the uniform CSV copies. Every number in
/// them is kg CO2e, also on the rows of one gas: those become the gas's part of the total, never a mass.
/// </summary>
internal static class DesnzFile
{
    public static readonly IReadOnlyList<string> Signature = ["Level 1", "Level 2", "Level 3", "Level 4", "Column Text", "UOM"];

    private const string Co2e = "co2e";
    private const string Licence = "Open Government Licence v3.0";

    private sealed record Part(SourceRow Row, string Kind, double Value, string UnitText);

    private sealed record Group(DesnzKey Key, int Year, SourceRow First, List<Part> Parts);

    public static bool Recognises(SourceTable table) => Signature.All(name => table.Column(name) >= 0) && FactorColumn(table) >= 0;

    public static PackReading Read(SourceTable table, bool published)
    {
        var factorColumn = FactorColumn(table);
        var factorName = table.Columns[factorColumn];
        var yearColumn = table.Column("year");
        var fileYear = YearIn(factorName) ?? YearIn(table.Name);
        int level1 = table.Column("Level 1"), level2 = table.Column("Level 2"), level3 = table.Column("Level 3"), level4 = table.Column("Level 4"),
            text = table.Column("Column Text"), uom = table.Column("UOM"), gas = table.Column("GHG") is >= 0 and var plain ? plain : table.Column("GHG/Unit");

        var groups = new Dictionary<(string Series, int Year), Group>();
        var problems = new List<Problem>(table.Problems);
        var numbers = 0;
        foreach (var row in table.Rows)
        {
            var cell = row[factorColumn];
            if (cell.Length == 0)
            {
                problems.Add(new Problem("no_value", row.Row, factorName, row[level1]));
                continue;
            }

            numbers++;
            if ((yearColumn >= 0 ? YearIn(row[yearColumn]) : fileYear) is not { } year)
            {
                problems.Add(new Problem("import_year_missing", row.Row, yearColumn >= 0 ? table.Columns[yearColumn] : null, yearColumn >= 0 ? row[yearColumn] : table.Name));
                continue;
            }

            if (Kind(row[gas]) is not { } kind)
            {
                var code = row[gas].StartsWith("kWh", StringComparison.OrdinalIgnoreCase) ? "import_not_emission" : "import_gas_unknown";
                problems.Add(new Problem(code, row.Row, table.Columns[gas], row[gas]));
                continue;
            }

            if (!FactorComponents.TryNumber(cell, out var value))
            {
                problems.Add(new Problem("factor_number", row.Row, factorName, cell));
                continue;
            }

            if (DesnzNames.Key(row[level1], row[level2], row[level3], row[level4], row[text], row[uom]) is not { } key)
            {
                problems.Add(new Problem("factor_unit_unknown", row.Row, table.Columns[uom], row[uom]));
                continue;
            }

            if (!groups.TryGetValue((key.Series, year), out var group))
            {
                groups.Add((key.Series, year), group = new Group(key, year, row, []));
            }

            if (group.Parts.Exists(p => p.Kind == kind))
            {
                problems.Add(new Problem("factor_component_twice", row.Row, table.Columns[gas], row[gas]));
                continue;
            }

            group.Parts.Add(new Part(row, kind, value, row[uom]));
        }

        var pack = Pack(string.Join('-', groups.Keys.Select(k => k.Year).Distinct().Order()), table.Hash);
        var builder = new PackBuilder(pack);
        foreach (var problem in problems)
        {
            builder.Refuse(problem);
        }

        foreach (var group in groups.Values)
        {
            // Where only CO2 is given (biogenic CO2, losses abroad), its CO2e is its mass.
            if (!group.Parts.Exists(p => p.Kind == Co2e) && group.Parts is not [{ Kind: "co2" }])
            {
                RefuseAll(builder, group, new Problem("import_total_missing", Column: table.Columns[gas], Found: group.Key.Series));
                continue;
            }

            var names = new[] { group.First[level3], group.First[level4], group.First[text] }.Where(n => n.Length > 0).ToArray();
            var title = $"{string.Join(", ", names.Length > 0 ? names : [group.First[level2]])}, {group.First[level1]}, per {group.First[uom]}";
            Add(builder, group, title, group.First[level3], published ? "V" : "S", $"{group.First[level1]}, row {group.First.Row}");
        }

        return builder.Build() with { Rows = table.Rows.Count, Numbers = numbers };
    }

    /// <summary>The set's identity; all years are one pack, so that they are versions of the same series.</summary>
    public static FactorPack Pack(string version, string hash) => new(
        "uk-desnz", version, hash, $"UK Government GHG conversion factors {version}", $"英国政府温室气体换算因子{version}", "UK Department for Energy Security and Net Zero (DESNZ)", Licence,
        "Contains public sector information licensed under the Open Government Licence v3.0", ShareAlike: false, BuiltIn: false)
    {
        LicenceUrl = ImportMapping.LicenceUrl(Licence),
    };

    /// <summary>Makes the versions of one series and year: one per use, or one that is found only by name.</summary>
    private static void Add(PackBuilder builder, Group group, string title, string placeName, string mark, string page)
    {
        var key = group.Key;
        var uses = DesnzNames.UsesOf(key).ToList();

        // Bioenergy is also given per kWh and GJ without saying on which calorific basis; such a row serves only who names it.
        var noBasis = key.Unit is { Dimension: var dimension, Condition: UnitCondition.None } && dimension == Dimension.OfEnergy
            && uses.Exists(u => u.Activity.StartsWith("fuel.", StringComparison.Ordinal));
        if (noBasis || uses.Count == 0)
        {
            uses = [new DesnzUse("", FactorRole.Named, PlaceIsLevel3: false)];
        }

        var (gwp, note) = DesnzNames.GwpOf(key.Level1, group.Year);
        var notes = new List<string>();
        if (note.Length > 0)
        {
            notes.Add("GWP basis: " + note);
        }

        if (noBasis)
        {
            notes.Add("the publisher does not state the calorific basis");
        }

        if (key.Unit.Condition == UnitCondition.Gas15C)
        {
            notes.Add("cubic metres read at 15 °C, as UK gas is metered");
        }

        var outside = key.Level1 == "outside-of-scopes";
        var unit = Units.Get(key.Unit.Code.AsSpan().IndexOfAny('.', '/') >= 0 ? $"kg/({key.Unit.Code})" : $"kg/{key.Unit.Code}");
        FactorComponent[] components = outside || group.Parts is [{ Kind: "co2" }]
            ? [new FactorComponent(ComponentKind.GasMass, outside ? Gases.Co2Biogenic : Gases.Co2, group.Parts[0].Value, unit)]
            : [.. group.Parts.OrderBy(p => p.Kind != Co2e).Select(p => p.Kind == Co2e
                ? new FactorComponent(ComponentKind.Co2e, null, p.Value, unit)
                : new FactorComponent(ComponentKind.GasAsCo2e, Gases.Get(p.Kind), p.Value, unit))];

        var first = true;
        foreach (var use in uses)
        {
            var place = "GB";
            if (use.PlaceIsLevel3)
            {
                var spelled = placeName.StartsWith("Electricity:", StringComparison.OrdinalIgnoreCase) ? placeName["Electricity:".Length..].Trim() : placeName;
                if (Regions.Find(spelled) is { } region)
                {
                    place = region.Code;
                }
                else if (spelled.StartsWith("UK (", StringComparison.Ordinal))
                {
                    // “UK (London)” is a part of the country that is no place of its own here: found by name only.
                    builder.Add(Version(new DesnzUse("", FactorRole.Named, PlaceIsLevel3: false), "GB", key.Series), group.First.Row);
                    continue;
                }
                else
                {
                    RefuseAll(builder, group, new Problem("factor_region_unknown", Column: "level_3", Found: spelled));
                    return;
                }
            }

            // Further uses of one row are series of their own: a series has one activity.
            var series = first ? key.Series : $"{key.Series}#{use.Activity}";
            first = false;
            if (builder.Add(Version(use, place, series), group.First.Row) is { } problem)
            {
                foreach (var part in group.Parts.Where(p => p.Row.Row != group.First.Row))
                {
                    builder.Refuse(problem with { Row = part.Row.Row });
                }

                return;
            }
        }

        FactorVersion Version(DesnzUse use, string place, string series) => new()
        {
            Pack = builder.Pack, Series = series, Version = group.Year.ToString(CultureInfo.InvariantCulture), ValidFrom = new DateOnly(group.Year, 1, 1), ValidTo = new DateOnly(group.Year + 1, 1, 1),
            Activity = use.Activity, Role = use.Role, Geography = place, NameEn = title, NameZh = ChineseName(use, key, title), Components = components,
            Basis = key.Unit.Condition is UnitCondition.GrossCalorific or UnitCondition.NetCalorific ? key.Unit.Condition : UnitCondition.None,
            Gwp = components[0].Kind == ComponentKind.Co2e ? gwp : GwpSet.None, Priority = Preference(key.Unit), Source = $"UK Government GHG conversion factors for company reporting {group.Year}", Page = page, Mark = mark,
            Note = string.Join("; ", notes),
        };
    }

    /// <summary>Where two series of one activity take the same quantity, the publisher's usual one goes first: gross before net kWh, km before miles.</summary>
    private static int Preference(Unit unit) => unit.Condition == UnitCondition.NetCalorific || unit.Code is "mi" or "ML" ? 1 : 0;

    /// <summary>What serves an activity has the activity's name; of the rest the category is translated and the publisher's own name stands.</summary>
    private static string ChineseName(DesnzUse use, DesnzKey key, string title)
    {
        if (use.Activity.Length == 0)
        {
            return DesnzNames.Chinese(key, title);
        }

        var part = use.Role switch
        {
            FactorRole.Upstream => "，上游（油井到油箱）",
            FactorRole.Losses => "，输配损耗",
            FactorRole.OutsideScopes => "，范围外生物源二氧化碳",
            _ => "",
        };
        return $"{ActivityTypes.Get(use.Activity).Zh}{part}，每{Units.Name(key.Unit, Language.Chinese)}（英国DESNZ）";
    }

    private static void RefuseAll(PackBuilder builder, Group group, Problem problem)
    {
        foreach (var part in group.Parts)
        {
            builder.Refuse(problem with { Row = part.Row.Row });
        }
    }

    /// <summary><c>kg CO2e of CH4 per unit</c> since 2021, <c>kg CH4</c> before: the same thing, kg CO2e of that gas.</summary>
    private static string? Kind(string text) => text switch
    {
        "kg CO2e" => Co2e,
        "kg CO2e of CO2 per unit" or "kg CO2" => "co2",
        "kg CO2e of CH4 per unit" or "kg CH4" => "ch4",
        "kg CO2e of N2O per unit" or "kg N2O" => "n2o",
        _ => null,
    };

    private static int FactorColumn(SourceTable table) =>
        table.Column("factor") is >= 0 and var uniform
            ? uniform
            : Enumerable.Range(0, table.Columns.Count).FirstOrDefault(at => SourceTable.Key(table.Columns[at]).StartsWith("ghgconversionfactor", StringComparison.Ordinal), -1);

    private static int? YearIn(string text)
    {
        for (var at = 0; at + 4 <= text.Length; at++)
        {
            if (text.AsSpan(at, 2) is "20" && char.IsAsciiDigit(text[at + 2]) && char.IsAsciiDigit(text[at + 3]) && (at + 4 == text.Length || !char.IsAsciiDigit(text[at + 4])))
            {
                return int.Parse(text.AsSpan(at, 4), NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }

        return null;
    }
}
