using System.Text;

namespace Tanlu.Factors;

/// <summary>
/// A template of a mapping rule with its columns found once for the whole table: text with holes <c>{Column}</c>, <c>{slug:Column}</c> (small ASCII),
/// <c>{key:Column}</c> (small letters of any script), <c>{=field}</c>, <c>{key:=field}</c> and <c>{$.constant}</c>.
/// </summary>
internal sealed class MappedText
{
    private readonly List<Part> _parts = [];
    private readonly MappingRule? _rule;
    private readonly IReadOnlyDictionary<string, string>? _lookup;

    private enum PartKind : byte
    {
        Text,
        Column,
        Slug,
        Key,
        Field,
        KeyOfField,
    }

    private readonly record struct Part(PartKind Kind, int Column, string Text);

    private MappedText(string template, SourceTable table, MappingRule? rule)
    {
        _rule = rule;
        _lookup = rule?.Lookup.Length > 0 ? ImportMapping.LookupOf(rule.Lookup) : null;
        for (var at = 0; at < template.Length;)
        {
            var open = template.IndexOf('{', at);
            var close = open < 0 ? -1 : template.IndexOf('}', open);
            if (close < 0)
            {
                _parts.Add(new Part(PartKind.Text, -1, template[at..]));
                return;
            }

            if (open > at)
            {
                _parts.Add(new Part(PartKind.Text, -1, template[at..open]));
            }

            _parts.Add(Hole(template[(open + 1)..close], table));
            at = close + 1;
        }
    }

    /// <summary>A template alone.</summary>
    public static MappedText Of(string template, SourceTable table) => new(template, table, null);

    /// <summary>What a rule says of a field: its template or its column, then its pattern, then its lookup.</summary>
    public static MappedText Of(MappingRule rule, SourceTable table) => rule.Value.Length > 0 ? new(rule.Value, table, rule) : OfColumn(rule, table);

    /// <summary>The value that a condition looks at: its column, or a template over several, then its pattern and lookup.</summary>
    public static MappedText OfColumn(MappingRule rule, SourceTable table)
    {
        if (rule.Column.Contains('{', StringComparison.Ordinal))
        {
            return new(rule.Column, table, rule);
        }

        // A column that this file does not have is empty in every row.
        var text = new MappedText("", table, rule);
        text._parts.Add(new Part(PartKind.Column, rule.Column.Length > 0 ? table.Column(rule.Column) : -1, ""));
        return text;
    }

    /// <summary>What a template says, looked up in the rule's table.</summary>
    public static MappedText LookedUp(string template, MappingRule rule, SourceTable table) => new(template, table, rule with { Pattern = null });

    /// <summary>The text for a row. A text that is not in its lookup becomes empty, unless the lookup has a row for all others.</summary>
    public string For(SourceRow row, IReadOnlyDictionary<string, string> fields)
    {
        var text = _parts.Count == 1 ? TextOf(_parts[0], row, fields) : string.Concat(_parts.Select(p => TextOf(p, row, fields)));
        if (_rule?.Pattern is { } pattern)
        {
            var match = pattern.Match(text);
            text = match.Success ? (match.Groups.Count > 1 ? match.Groups[1].Value : match.Value) : "";
        }

        if (_lookup is null)
        {
            return text;
        }

        // The row for all others may say “as it stands”, with a star of its own.
        return _lookup.TryGetValue(text.Trim(), out var found) ? found : _lookup.GetValueOrDefault("*", "") is var other && other == "*" ? text.Trim() : other;
    }

    /// <summary>Small letters and digits of any script with single hyphens, for keys of files that are not in English.</summary>
    internal static string Key(string text)
    {
        var key = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                key.Append(char.ToLowerInvariant(c));
            }
            else if (c is '<' or '>' or '≤' or '≥' or '+')
            {
                // Classes are told apart by these alone: below and above 880 kW.
                key.Append(c switch { '<' => "lt-", '>' => "gt-", '≤' => "le-", '≥' => "ge-", _ => "-plus-" });
            }
            else if (key.Length > 0 && key[^1] != '-')
            {
                key.Append('-');
            }
        }

        return key.ToString().TrimEnd('-');
    }

    private static string TextOf(Part part, SourceRow row, IReadOnlyDictionary<string, string> fields) => part.Kind switch
    {
        PartKind.Text => part.Text,
        PartKind.Column => row[part.Column],
        PartKind.Slug => DesnzNames.Slug(row[part.Column]),
        PartKind.Key => Key(row[part.Column]),
        PartKind.KeyOfField => Key(fields.GetValueOrDefault(part.Text, "")),
        _ => fields.GetValueOrDefault(part.Text, ""),
    };

    private static Part Hole(string hole, SourceTable table) =>
        hole.StartsWith('=') ? new Part(PartKind.Field, -1, hole[1..])
        : hole.StartsWith("key:=", StringComparison.Ordinal) ? new Part(PartKind.KeyOfField, -1, hole[5..])
        : hole.StartsWith("slug:", StringComparison.Ordinal) ? new Part(PartKind.Slug, table.Column(hole[5..]), "")
        : hole.StartsWith("key:", StringComparison.Ordinal) ? new Part(PartKind.Key, table.Column(hole[4..]), "")
        : hole.StartsWith("$.", StringComparison.Ordinal) ? new Part(PartKind.Text, -1, table.Constants.GetValueOrDefault(hole, ""))
        : table.Column(hole) is >= 0 and var column ? new Part(PartKind.Column, column, "")

        // Not a column: braces that belong to a unit, as in kWh{gross}.
        : new Part(PartKind.Text, -1, "{" + hole + "}");
}
