using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// A transcription of a DESNZ year as a JSON factor set (gas masses divided back from the published CO2e). The published total is taken,
/// with the gases' parts multiplied back, so that the year has the same form and the same series keys as the flat files.
/// </summary>
internal static class DesnzJson
{
    private const string Prefix = "defra-";

    private static readonly Dictionary<string, string> UnitWords = DataRows.Read("importers/lookups.csv").Where(r => r["lookup"] == "json_units").ToDictionary(r => r["key"], r => r["value"]);

    public static bool Recognises(SourceTable table) =>
        table.Constants.TryGetValue("$.id", out var id) && id.StartsWith(Prefix, StringComparison.Ordinal) && table.Column("publishedCo2eKgPerUnit") >= 0;

    public static PackReading Read(SourceTable table)
    {
        var set = table.Constants["$.id"];
        var builder = new PackBuilder(DesnzFile.Pack(set[Prefix.Length..], table.Hash));
        var numbers = 0;
        foreach (var row in table.Rows)
        {
            string Of(string column) => row[table.Column(column)];
            Problem Bad(string code, string column) => new(code, row.Row, column, Of(column));

            if (Of("publishedCo2eKgPerUnit").Length == 0)
            {
                builder.Refuse(Bad("no_value", "publishedCo2eKgPerUnit"));
                continue;
            }

            numbers++;
            if (!int.TryParse(set[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var year) || year is < 2000 or > 2100)
            {
                builder.Refuse(new Problem("import_year_missing", row.Row, "id", set));
                continue;
            }

            if (!FactorComponents.TryNumber(Of("publishedCo2eKgPerUnit"), out var co2e))
            {
                builder.Refuse(Bad("factor_number", "publishedCo2eKgPerUnit"));
                continue;
            }

            if (Unit(Of("unit"), Of("basis")) is not { } unit)
            {
                builder.Refuse(Bad("factor_unit_unknown", "unit"));
                continue;
            }

            // defra-2026/fuels/gaseous-fuels/butane/tonnes: the names between the set and the unit.
            var names = Of("id").Split('/');
            if (names.Length < 4 || names[0] != set)
            {
                builder.Refuse(Bad("factor_key", "id"));
                continue;
            }

            var key = DesnzNames.Key(names[1], names[2], names[3], names.Length > 5 ? names[4] : "", "", unit.Code)!;
            var use = DesnzNames.UsesOf(key).FirstOrDefault(u => !u.PlaceIsLevel3) ?? new DesnzUse("", FactorRole.Named, PlaceIsLevel3: false);
            var per = Units.Get(unit.Code.AsSpan().IndexOfAny('.', '/') >= 0 ? $"kg/({key.Unit.Code})" : $"kg/{key.Unit.Code}");
            var gwp = Gwp.Parse(Of("publishedGwpBasis")) ?? GwpSet.None;
            var components = new List<FactorComponent> { new(ComponentKind.Co2e, null, co2e, per) };
            foreach (var (column, gas) in new[] { ("components.CarbonDioxide", Gases.Co2), ("components.MethaneFossil", Gases.Ch4), ("components.NitrousOxide", Gases.N2O) })
            {
                // The publisher weighs methane with 28 whatever its origin: the value of the gas not split by origin.
                if (FactorComponents.TryNumber(Of(column), out var mass))
                {
                    components.Add(new FactorComponent(ComponentKind.GasAsCo2e, gas, mass * Gwp.Scaled(gwp, gas.Id) / Gwp.Scale, per));
                }
            }

            FactorVersion Version(DesnzUse serves, string series, IReadOnlyList<FactorComponent> numbersOf, GwpSet set_) => new()
            {
                Pack = builder.Pack, Series = series, Version = names[0][Prefix.Length..], ValidFrom = new DateOnly(year, 1, 1), ValidTo = new DateOnly(year + 1, 1, 1), Activity = serves.Activity,
                Role = serves.Role, Geography = "GB", NameEn = $"{Of("activity")}, {names[1]}, per {Of("unit")}",
                NameZh = serves.Activity.Length > 0 ? ActivityTypes.Get(serves.Activity).Zh + "（英国DESNZ）" : DesnzNames.Chinese(key, Of("activity")),
                Components = numbersOf, Basis = key.Unit.Condition is UnitCondition.GrossCalorific or UnitCondition.NetCalorific ? key.Unit.Condition : UnitCondition.None, Gwp = set_,
                Priority = key.Unit.Condition == UnitCondition.NetCalorific || key.Unit.Code == "mi" ? 1 : 0, Source = $"UK Government GHG conversion factors for company reporting {year}, transcription",
                Page = Of("sourceReference"), Mark = "S", Note = "From a third party's transcription of the flat file",
            };

            builder.Add(Version(use, key.Series, components, gwp), row.Row);
            if (FactorComponents.TryNumber(Of("biogenicCarbonKg"), out var biogenic))
            {
                var outside = use.Activity.Length > 0 ? use with { Role = FactorRole.OutsideScopes } : use;
                builder.Add(Version(outside, key.Series + "#biogenic", [new FactorComponent(ComponentKind.GasMass, Gases.Co2Biogenic, biogenic, per)], GwpSet.None), row.Row);
            }
        }

        return builder.Build() with { Rows = table.Rows.Count, Numbers = numbers };
    }

    private static Unit? Unit(string word, string basis)
    {
        var code = UnitWords.GetValueOrDefault(word);
        return code is null ? null : Units.Find(basis switch
        {
            "GrossCalorificValue" => code + "{gross}",
            "NetCalorificValue" => code + "{net}",
            _ => code,
        });
    }
}
