using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>Reads a table by a mapping. What the mapping cannot turn into a version goes into quarantine with row, column and reason.</summary>
internal sealed class MappedFile
{
    private static readonly Dictionary<string, string> NoFields = [];

    private readonly SourceTable _table;
    private readonly ImportMapping _mapping;
    private readonly PackBuilder _builder;
    private readonly MappedOutput[] _outputs;
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Series, string Version), Draft> _drafts = [];
    private readonly List<Draft> _inOrder = [];
    private int _numbers;

    private sealed record Draft(FactorVersion Version, List<FactorComponent> Components, List<int> Rows);

    private MappedFile(SourceTable table, ImportMapping mapping)
    {
        _table = table;
        _mapping = mapping;
        _outputs = [.. mapping.Outputs.Select(rules => new MappedOutput(mapping, rules, table))];
        var firstRow = table.Rows.Count > 0 ? table.Rows[0] : new SourceRow(0, []);
        string Of(string template) => MappedText.Of(template, table).For(firstRow, NoFields);
        _builder = new PackBuilder(new FactorPack(
            mapping.Pack, Of(mapping.PackVersion) is { Length: > 0 } version ? version : "1", table.Hash, Of(mapping.NameEn), Of(mapping.NameZh), mapping.Publisher, mapping.Licence,
            mapping.Attribution, mapping.ShareAlike, BuiltIn: false)
        {
            LicenceUrl = ImportMapping.LicenceUrl(mapping.Licence),
        });
    }

    public static PackReading Read(SourceTable table, ImportMapping mapping)
    {
        var file = new MappedFile(table, mapping);
        foreach (var problem in table.Problems)
        {
            file._builder.Refuse(problem);
        }

        foreach (var row in table.Rows)
        {
            file.Take(row);
        }

        file.Finish();
        return file._builder.Build() with { Rows = table.Rows.Count, Numbers = file._numbers };
    }

    private void Take(SourceRow row)
    {
        var taken = false;
        MappingRule? refusing = null;
        foreach (var output in _outputs)
        {
            if (output.Refusing(row, NoFields) is { } condition)
            {
                refusing ??= condition;
                continue;
            }

            taken = true;
            if (Version(output, row) is { } problem)
            {
                _builder.Refuse(problem with { Row = row.Row });
            }
        }

        if (!taken)
        {
            // A row that every output passes over because its numbers are empty is a row without a number, and is told once.
            var code = refusing is { Field: "only", Value: "", Pattern: null } ? "no_value" : "import_row_not_mapped";
            _builder.Refuse(new Problem(code, row.Row, refusing?.Column, refusing is null ? null : row[_table.Column(refusing.Column)]));
        }
    }

    private Problem? Version(MappedOutput output, SourceRow row)
    {
        var components = output.Read(row, _fields, ref _numbers);
        if (!components.Ok)
        {
            return components.Problems[0];
        }

        var made = Version(_fields, components.Value);
        if (!made.Ok)
        {
            return made.Problems[0];
        }

        if (!_mapping.MergesRows)
        {
            _inOrder.Add(new Draft(made.Value, components.Value, [row.Row]));
            return null;
        }

        var key = (made.Value.Series, made.Value.Version);
        if (!_drafts.TryGetValue(key, out var draft))
        {
            _drafts.Add(key, draft = new Draft(made.Value, [], []));
            _inOrder.Add(draft);
        }

        foreach (var component in components.Value)
        {
            if (draft.Components.Exists(c => c.Kind == component.Kind && c.Gas == component.Gas))
            {
                return new Problem("factor_component_twice", Found: FactorComponents.Name(component));
            }
        }

        draft.Components.AddRange(components.Value);
        draft.Rows.Add(row.Row);
        return null;
    }

    private Outcome<FactorVersion> Version(Dictionary<string, string> fields, IReadOnlyList<FactorComponent> components)
    {
        string Of(string name) => fields.GetValueOrDefault(name, "").Trim();
        foreach (var name in new[] { "series", "version", "geography" })
        {
            if (Of(name).Length == 0)
            {
                return new Problem(name == "geography" ? "factor_region_unknown" : "pack_cell_empty", Column: name, Found: Of("name_en"));
            }
        }

        if (!DateOnly.TryParseExact(Of("valid_from"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var from))
        {
            return new Problem("factor_date", Column: "valid_from", Found: Of("valid_from"));
        }

        // “+1y” is the usual validity of a yearly set.
        DateOnly? to = null;
        if (Of("valid_to") == "+1y")
        {
            to = from.AddYears(1);
        }
        else if (Of("valid_to").Length > 0)
        {
            if (!DateOnly.TryParseExact(Of("valid_to"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var end))
            {
                return new Problem("factor_date", Column: "valid_to", Found: Of("valid_to"));
            }

            to = end;
        }

        if (Regions.Find(Of("geography")) is not { } region)
        {
            return new Problem("factor_region_unknown", Column: "geography", Found: Of("geography"));
        }

        var activity = Of("activity");
        if (activity.Length > 0 && ActivityTypes.Find(activity)?.Code != activity)
        {
            return new Problem("factor_activity_unknown", Column: "activity", Found: activity);
        }

        // A version that serves no activity of ours is found by name only, whatever its role would have been.
        var role = activity.Length == 0 ? FactorRole.Named : PackFile.RoleOf(Of("role") is { Length: > 0 } given ? given : "main") ?? FactorRole.Named;
        return new FactorVersion
        {
            Pack = _builder.Pack, Series = Of("series"), Version = Of("version"), ValidFrom = from, ValidTo = to, Activity = activity, Role = role, Geography = region.Code,
            Technology = Of("technology"), NameEn = Of("name_en") is { Length: > 0 } title ? title : Of("series"), NameZh = Of("name_zh"), Components = components,
            Basis = Of("basis") switch { "net" => UnitCondition.NetCalorific, "gross" => UnitCondition.GrossCalorific, _ => UnitCondition.None },
            Gwp = Gwp.Parse(Of("gwp")) ?? GwpSet.None, Priority = int.TryParse(Of("priority"), NumberStyles.None, CultureInfo.InvariantCulture, out var priority) ? priority : 0,
            Source = Of("source") is { Length: > 0 } source ? source : _builder.Pack.NameEn, Page = Of("page"), Mark = Of("mark") is { Length: > 0 } mark ? mark : "S", Quality = Of("quality"), Note = Of("note"),
            UncertaintyPercent = FactorComponents.TryNumber(Of("uncertainty_percent"), out var percent) && percent is >= 0 and <= 10_000 ? percent : null,
        };
    }

    private void Finish()
    {
        foreach (var draft in _inOrder)
        {
            if (_builder.Add(draft.Version with { Components = [.. draft.Components] }, draft.Rows[0]) is { } problem)
            {
                foreach (var row in draft.Rows.Skip(1))
                {
                    _builder.Refuse(problem with { Row = row });
                }
            }
        }
    }
}
