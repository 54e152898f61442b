using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Factors;

/// <summary>
/// A test of a mapping that finds errors of the source: <c>need</c> (the cell may not be empty), <c>range</c> (value <c>10..75</c>) and <c>check</c> (value: a product such as
/// <c>{Total}*{=mark_up}</c>, or <c>blend:{Composition}</c>, or <c>gwp:{Formula}</c>). Where the tested cell is empty there is nothing to test.
/// </summary>
internal sealed class MappedCheck
{
    /// <summary>Printed figures are rounded; a real error is far larger.</summary>
    private const double Tolerance = 2e-3;

    private const string Blend = "blend:";
    private const string OneGas = "gwp:";

    private readonly MappingRule _rule;
    private readonly int _column;
    private readonly (double Least, double Most)? _range;
    private readonly MappedText[] _operands;
    private readonly string _form;

    public MappedCheck(MappingRule rule, SourceTable table)
    {
        _rule = rule;
        _column = table.Column(rule.Column);
        if (rule.Field == "range")
        {
            var dots = rule.Value.IndexOf("..", StringComparison.Ordinal);
            _range = (double.Parse(rule.Value.AsSpan(0, dots), CultureInfo.InvariantCulture), double.Parse(rule.Value.AsSpan(dots + 2), CultureInfo.InvariantCulture));
        }

        _form = rule.Value.StartsWith(Blend, StringComparison.Ordinal) ? Blend : rule.Value.StartsWith(OneGas, StringComparison.Ordinal) ? OneGas : "";
        _operands = rule.Field == "check" ? [.. rule.Value[_form.Length..].Split('*').Select(o => MappedText.Of(o, table))] : [];
    }

    /// <summary>The error of the source, or null where the row passes.</summary>
    public Problem? Find(SourceRow row, IReadOnlyDictionary<string, string> fields, DecimalMark? mark)
    {
        var cell = row[_column];
        if (cell.Length == 0)
        {
            return _rule.Field == "need" ? new Problem(_rule.Kind, Column: _rule.Column, Found: fields.GetValueOrDefault("series")) : null;
        }

        if (_rule.Field == "need")
        {
            return null;
        }

        var number = MappedOutput.Number(cell, mark, row.Row, _rule.Column);
        if (!number.Ok)
        {
            return number.Problems[0];
        }

        if (_range is { } range)
        {
            return number.Value >= range.Least && number.Value <= range.Most
                ? null
                : new Problem(_rule.Kind, Column: _rule.Column, Found: cell, Args: [MappedOutput.Text(range.Least), MappedOutput.Text(range.Most)]);
        }

        return Expected(row, fields, mark) is not { } expected ? null
            : Math.Abs(number.Value - expected) <= Math.Max(Tolerance * Math.Abs(expected), _form.Length > 0 ? 1 : 1e-9) ? null
            : new Problem(_rule.Kind, Column: _rule.Column, Found: cell, Args: [MappedOutput.Text(expected)]);
    }

    private double? Expected(SourceRow row, IReadOnlyDictionary<string, string> fields, DecimalMark? mark)
    {
        if (_form == Blend)
        {
            return OfBlend(_operands[0].For(row, fields), fields);
        }

        if (_form == OneGas)
        {
            return Gases.Find(_operands[0].For(row, fields)) is { } gas && Of(fields, gas) is > 0 and var value ? value : null;
        }

        var product = 1.0;
        foreach (var operand in _operands)
        {
            var text = operand.For(row, fields);
            if (text.Length == 0)
            {
                return null;
            }

            var factor = MappedOutput.Number(text, mark, row.Row, _rule.Column);
            if (!factor.Ok)
            {
                return null;
            }

            product *= factor.Value;
        }

        return product;
    }

    /// <summary>
    /// The GWP of a blend in the version's set from its printed composition (<c>53% HCFC-22 , 34% HCFC-124 , …</c>), HFC and PFC parts only as the US EPA counts them. Null where a
    /// part is not known or the composition is not whole.
    /// </summary>
    private static double? OfBlend(string composition, IReadOnlyDictionary<string, string> fields)
    {
        double sum = 0, whole = 0;
        foreach (var part in composition.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var percent = part.IndexOf('%', StringComparison.Ordinal);
            if (percent < 1 || !FactorComponents.TryNumber(part[..percent].Trim(), out var share))
            {
                return null;
            }

            whole += share;
            var name = part[(percent + 1)..].Trim().Replace("HFC ", "HFC-", StringComparison.OrdinalIgnoreCase);
            if (name.StartsWith("HFC-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("PFC-", StringComparison.OrdinalIgnoreCase))
            {
                if (Gases.Find(name) is not { } gas)
                {
                    return null;
                }

                sum += share / 100 * Of(fields, gas);
            }
        }

        return Math.Abs(whole - 100) < 0.5 ? sum : null;
    }

    private static double Of(IReadOnlyDictionary<string, string> fields, Gas gas) => (double)Gwp.Scaled(Gwp.Parse(fields.GetValueOrDefault("gwp", "")) ?? GwpSet.Ar5, gas.Id) / Gwp.Scale;
}
