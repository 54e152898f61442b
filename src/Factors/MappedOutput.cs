using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Factors;

/// <summary>
/// One output of a mapping, bound to a table: its conditions, its fields, its numbers and its tests. Reading a row looks nothing up by name any more.
/// </summary>
internal sealed class MappedOutput
{
    private readonly ImportMapping _mapping;
    private readonly List<(MappingRule Rule, MappedText Text, string[] Listed)> _conditions = [];
    private readonly List<(MappingRule Rule, MappedText Text, string[] Listed)> _refusals = [];
    private readonly List<(string Field, MappedText Text)> _fields = [];
    private readonly List<(string Column, int At, System.Text.RegularExpressions.Regex? Pattern, MappedText Kind, MappedText Unit)> _components = [];
    private readonly List<MappedCheck> _checks = [];

    public MappedOutput(ImportMapping mapping, IEnumerable<MappingRule> rules, SourceTable table)
    {
        _mapping = mapping;
        foreach (var rule in rules)
        {
            switch (rule.Field)
            {
                case "only" or "except":
                    _conditions.Add((rule, MappedText.OfColumn(rule, table), rule.Value.Split('|', StringSplitOptions.RemoveEmptyEntries)));
                    break;
                case "component":
                    _components.Add((rule.Column, table.Column(rule.Column), rule.Pattern, MappedText.LookedUp(rule.Kind, rule, table), MappedText.Of(rule.Unit, table)));
                    break;
                case "refuse":
                    _refusals.Add((rule, MappedText.OfColumn(rule, table), rule.Value.Split('|', StringSplitOptions.RemoveEmptyEntries)));
                    break;
                case "check" or "range" or "need":
                    _checks.Add(new MappedCheck(rule, table));
                    break;
                default:
                    _fields.Add((rule.Field, MappedText.Of(rule, table)));
                    break;
            }
        }
    }

    /// <summary>The condition that keeps this output from the row, or null where the row gives a version.</summary>
    public MappingRule? Refusing(SourceRow row, IReadOnlyDictionary<string, string> none)
    {
        foreach (var (rule, text, listed) in _conditions)
        {
            if (Holds(text.For(row, none), listed) != (rule.Field == "only"))
            {
                return rule;
            }
        }

        return null;
    }

    private bool Holds(string found, string[] listed) =>
        listed.Length == 0 ? found.Length > 0 && !_mapping.NoValue.Contains(found) : listed.Contains(found, StringComparer.OrdinalIgnoreCase);

    /// <summary>Fills the fields of the row's version and answers its numbers.</summary>
    /// <param name="numbers">Counts the cells that hold, or should hold, a number.</param>
    public Outcome<List<FactorComponent>> Read(SourceRow row, Dictionary<string, string> fields, ref int numbers)
    {
        fields.Clear();
        foreach (var (rule, text, listed) in _refusals)
        {
            if (text.For(row, fields) is var refused && Holds(refused, listed))
            {
                return new Problem(rule.Kind, Column: rule.Column, Found: refused);
            }
        }

        foreach (var (field, text) in _fields)
        {
            fields[field] = text.For(row, fields);
        }

        var components = new List<FactorComponent>(_components.Count);
        string? empty = null;
        foreach (var (column, at, pattern, kindText, unitText) in _components)
        {
            var cell = row[at];
            if (pattern is not null && cell.Length > 0 && pattern.Match(cell) is { Success: true } match)
            {
                cell = match.Groups.Count > 1 ? match.Groups[1].Value : match.Value;
            }

            if (cell.Length == 0 || _mapping.NoValue.Contains(cell))
            {
                empty ??= column;
                continue;
            }

            numbers++;
            var number = Number(cell, _mapping.Decimal, row.Row, column);
            if (!number.Ok)
            {
                return number.Problems[0];
            }

            var kind = kindText.For(row, fields);
            var unit = unitText.For(row, fields);
            if (kind.Length == 0)
            {
                return new Problem("factor_component_unknown", Column: column, Found: unit);
            }

            if (FactorComponents.Kind(kind) is not { } known)
            {
                return new Problem("factor_component_unknown", Column: column, Found: kind);
            }

            if (Units.Find(unit) is not { } found)
            {
                return new Problem("factor_unit_unknown", Column: column, Found: unit);
            }

            components.Add(new FactorComponent(known.Kind, known.Gas, number.Value, found));
        }

        if (components.Count == 0)
        {
            return new Problem("no_value", Column: empty, Found: fields.GetValueOrDefault("series"));
        }

        foreach (var check in _checks)
        {
            if (check.Find(row, fields, _mapping.Decimal) is { } problem)
            {
                return problem;
            }
        }

        return components;
    }

    /// <summary>A number as the file writes it; where either mark is met, a comma without a point is the decimal mark (the French files group by blanks).</summary>
    internal static Outcome<double> Number(string cell, DecimalMark? mark, int row, string column)
    {
        if (mark != DecimalMark.Comma && FactorComponents.TryNumber(cell, out var value))
        {
            return value;
        }

        var either = cell.Contains(',', StringComparison.Ordinal) && !cell.Contains('.', StringComparison.Ordinal) ? DecimalMark.Comma : DecimalMark.Point;
        return CellNumber.Parse(cell, mark ?? either, row: row, column: column);
    }

    internal static string Text(double value) => value.ToString("0.##########", CultureInfo.InvariantCulture);
}
