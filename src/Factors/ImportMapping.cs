using System.Text;
using System.Text.RegularExpressions;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>One rule of a mapping: where a field of a version comes from (<c>data/importers/mappings.csv</c>).</summary>
/// <param name="Output">A source row may give several versions; the rules of one share this name.</param>
/// <param name="Field">A field of the version, <c>component</c>, or a condition <c>only</c> / <c>except</c>.</param>
/// <param name="Kind">Of a component: its kind, as a template.</param>
/// <param name="Column">Source column of the value.</param>
/// <param name="Value">Template: text with <c>{Column}</c>, <c>{slug:Column}</c> or <c>{=field}</c>; of a condition the accepted texts.</param>
/// <param name="Lookup">Table of <c>lookups.csv</c> that the text is looked up in.</param>
/// <param name="Unit">Of a component: its unit, as a template.</param>
internal sealed record MappingRule(string Output, string Field, string Kind, string Column, string Value, Regex? Pattern, string Lookup, string Unit);

/// <summary>A mapping from a publisher's layout to our pack form: all of it data rows, so that a new layout needs no code.</summary>
internal sealed record ImportMapping(
    string Code, IReadOnlyList<string> Signature, string Pack, string PackVersion, string NameEn, string NameZh, string Publisher, string Licence, string Attribution, bool ShareAlike,
    bool MergesRows, IReadOnlyList<IGrouping<string, MappingRule>> Outputs)
{
    private static readonly Dictionary<(string Lookup, string Key), string> Lookups = LoadLookups();

    public static IReadOnlyList<ImportMapping> All { get; } = Load();

    /// <summary>The columns of the signature, by which the right worksheet is found.</summary>
    public IEnumerable<string> SignatureColumns => Signature.Where(item => !item.StartsWith("$.", StringComparison.Ordinal) && !item.Contains('~', StringComparison.Ordinal));

    /// <summary>
    /// The first mapping whose signature the table shows: its columns, <c>$.name=beginning</c> of a constant, <c>column~text</c> of the first row.
    /// </summary>
    public static ImportMapping? For(SourceTable table) => All.FirstOrDefault(m => m.Signature.All(item => Shows(table, item)));

    private static bool Shows(SourceTable table, string item)
    {
        if (item.StartsWith("$.", StringComparison.Ordinal) && item.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
        {
            return table.Constants.TryGetValue(item[..equals], out var value) && value.StartsWith(item[(equals + 1)..], StringComparison.OrdinalIgnoreCase);
        }

        return item.IndexOf('~', StringComparison.Ordinal) is > 0 and var tilde
            ? table.Rows.Count > 0 && table.Rows[0][table.Column(item[..tilde])] == item[(tilde + 1)..]
            : table.Column(item) >= 0;
    }

    /// <summary>The rule's text for a row: template or column, then pattern, then lookup. A text that is not in its lookup becomes empty.</summary>
    public static string Text(MappingRule rule, string template, SourceTable table, SourceRow row, IReadOnlyDictionary<string, string> fields)
    {
        var text = template.Length > 0 ? Fill(template, table, row, fields) : rule.Column.Length > 0 ? row[table.Column(rule.Column)] : "";
        if (rule.Pattern is { } pattern)
        {
            var match = pattern.Match(text);
            text = match.Success ? (match.Groups.Count > 1 ? match.Groups[1].Value : match.Value) : "";
        }

        return rule.Lookup.Length == 0 ? text
            : Lookups.TryGetValue((rule.Lookup, text.Trim().ToLowerInvariant()), out var found) ? found
            : Lookups.GetValueOrDefault((rule.Lookup, "*"), "");
    }

    /// <summary>Fills the holes of a template; an unknown column gives an empty text.</summary>
    public static string Fill(string template, SourceTable table, SourceRow row, IReadOnlyDictionary<string, string> fields)
    {
        var text = new StringBuilder(template.Length);
        for (var at = 0; at < template.Length;)
        {
            var open = template.IndexOf('{', at);
            var close = open < 0 ? -1 : template.IndexOf('}', open);
            if (close < 0)
            {
                return text.Append(template, at, template.Length - at).ToString();
            }

            text.Append(template, at, open - at);
            var hole = template[(open + 1)..close];
            text.Append(
                hole.StartsWith('=') ? fields.GetValueOrDefault(hole[1..], "")
                : hole.StartsWith("slug:", StringComparison.Ordinal) ? DesnzNames.Slug(row[table.Column(hole[5..])])
                : hole.StartsWith("$.", StringComparison.Ordinal) ? table.Constants.GetValueOrDefault(hole, "")
                : table.Column(hole) is >= 0 and var column ? row[column]

                // Not a column: braces that belong to a unit, as in kWh{gross}.
                : template[open..(close + 1)]);
            at = close + 1;
        }

        return text.ToString();
    }

    private static Dictionary<(string, string), string> LoadLookups() =>
        DataRows.Read("importers/lookups.csv").ToDictionary(r => (r["lookup"], r["key"].ToLowerInvariant()), r => r["value"]);

    private static ImportMapping[] Load()
    {
        var rules = DataRows.Read("importers/mappings.csv").ToLookup(
            r => r["importer"],
            r => new MappingRule(
                r["output"], r["field"], r["kind"], r["column"], r["value"],
                r["pattern"].Length > 0 ? new Regex(r["pattern"], RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : null, r["lookup"], r["unit"]));
        return
        [
            .. DataRows.Read("importers/importers.csv").Select(r => new ImportMapping(
                r["importer"], r["signature"].Split('|'), r["pack"], r["version"], r["name_en"], r["name_zh"], r["publisher"], r["licence"], r["attribution"],
                r["share_alike"] == "1", r["merge_rows"] == "1", [.. rules[r["importer"]].GroupBy(rule => rule.Output)])),
        ];
    }
}
