using System.Text.RegularExpressions;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Factors;

/// <summary>One rule of a mapping: where a field of a version comes from (<c>data/importers/mappings.csv</c>).</summary>
/// <param name="Output">A source row may give several versions; the rules of one share this name.</param>
/// <param name="Field">A field of the version, <c>component</c>, a condition <c>only</c> / <c>except</c>, or a test <c>check</c> / <c>range</c>.</param>
/// <param name="Kind">Of a component: its kind, as a template. Of a test: the problem it finds.</param>
/// <param name="Column">Source column of the value.</param>
/// <param name="Value">Template: text with <c>{Column}</c>, <c>{slug:Column}</c> or <c>{=field}</c>; of a condition the accepted texts.</param>
/// <param name="Lookup">Table of <c>lookups.csv</c> that the text is looked up in.</param>
/// <param name="Unit">Of a component: its unit, as a template.</param>
internal sealed record MappingRule(string Output, string Field, string Kind, string Column, string Value, Regex? Pattern, string Lookup, string Unit);

/// <summary>A mapping from a publisher's layout to our pack form: all of it data rows, so that a new layout needs no code (<c>data/importers/README.md</c>).</summary>
/// <param name="Decimal">What the file writes before its decimals; null where either is met, cell by cell.</param>
/// <param name="NoValue">Texts of a number cell that say that there is no number.</param>
internal sealed record ImportMapping(
    string Code, IReadOnlyList<string> Signature, string Pack, string PackVersion, string NameEn, string NameZh, string Publisher, string Licence, string Attribution, bool ShareAlike,
    bool MergesRows, DecimalMark? Decimal, IReadOnlySet<string> NoValue, IReadOnlyList<IGrouping<string, MappingRule>> Outputs)
{
    private static readonly Dictionary<string, Dictionary<string, string>> Lookups = LoadLookups();

    public static IReadOnlyList<ImportMapping> All { get; } = Load();

    /// <summary>The columns of the signature, by which the right worksheet is found.</summary>
    public IEnumerable<string> SignatureColumns => Signature.Where(item => !item.StartsWith("$.", StringComparison.Ordinal) && !item.Contains('~', StringComparison.Ordinal));

    /// <summary>The mapping with this code.</summary>
    public static ImportMapping Get(string code) => All.FirstOrDefault(m => m.Code == code) ?? throw new InvalidDataException($"No importer {code} in importers.csv.");

    /// <summary>
    /// The first mapping whose signature the table shows: its columns, <c>$.name=beginning</c> of a constant, <c>column~text</c> of the first row.
    /// </summary>
    public static ImportMapping? For(SourceTable table) =>

        // A text about a file quotes its columns in back-ticks, and is no table.
        table.Columns.Any(c => c.Contains('`', StringComparison.Ordinal)) ? null : All.FirstOrDefault(m => m.Signature[0].Length > 0 && m.Signature.All(item => Shows(table, item)));

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

    /// <summary>Where a licence can be read; empty where it has no text of its own (facts, public domain).</summary>
    public static string LicenceUrl(string licence) => LookupOf("licence_urls").GetValueOrDefault(licence, "");

    /// <summary>The texts of one lookup table; case is no difference.</summary>
    public static IReadOnlyDictionary<string, string> LookupOf(string name) =>
        Lookups.TryGetValue(name, out var found) ? found : throw new InvalidDataException($"No lookup {name} in lookups.csv.");

    private static Dictionary<string, Dictionary<string, string>> LoadLookups() => DataRows.Read("importers/lookups.csv").GroupBy(r => r["lookup"])
        .ToDictionary(g => g.Key, g => g.ToDictionary(r => r["key"], r => r["value"], StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal);

    private static DecimalMark? MarkOf(string text) => text switch
    {
        "" => DecimalMark.Point,
        "comma" => DecimalMark.Comma,
        "either" => null,
        _ => throw new InvalidDataException($"No decimal mark {text}."),
    };

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
                r["share_alike"] == "1", r["merge_rows"] == "1", MarkOf(r["decimal"]),
                r["no_value"].Split('|', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase), [.. rules[r["importer"]].GroupBy(rule => rule.Output)])),
        ];
    }
}
