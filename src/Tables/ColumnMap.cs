using System.Collections.Frozen;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>
/// Which column of a file holds which field. Header texts are matched through <c>data/tables/columns.csv</c> without regard to case,
/// blanks, underscores, hyphens and full-width forms; what the user mapped wins over the table.
/// </summary>
public sealed class ColumnMap
{
    private static readonly FrozenDictionary<string, string> Aliases = DataRows.Read("tables/columns.csv")
        .ToFrozenDictionary(r => Key(r["alias"]), r => r["field"], StringComparer.Ordinal);

    private readonly Dictionary<string, int> _columns;

    private ColumnMap(IReadOnlyList<string> header, Dictionary<string, int> columns)
    {
        Header = header;
        _columns = columns;
        Unknown = [.. header.Where((text, at) => text.Length > 0 && !columns.ContainsValue(at))];
    }

    public IReadOnlyList<string> Header { get; }

    /// <summary>Header texts that mean no field; shown to the user, otherwise without consequence.</summary>
    public IReadOnlyList<string> Unknown { get; }

    /// <summary>Columns that hold a field; give them to <see cref="TableFile.Rows"/> or <see cref="TableFile.Chunks"/> to be judged.</summary>
    public IEnumerable<int> Columns => _columns.Values;

    public IEnumerable<string> Fields => _columns.Keys;

    /// <summary>Column of the field from 0, or −1 where the file has none.</summary>
    public int this[string field] => _columns.GetValueOrDefault(field, -1);

    /// <summary>The header's own text for a field, for messages; the field's name where the file has no such column.</summary>
    public string HeaderOf(string field) => this[field] is >= 0 and var at ? Header[at] : field;

    /// <summary>Field of the alias table for a header text, or null.</summary>
    public static string? FieldOf(string header) => Aliases.GetValueOrDefault(Key(header));

    /// <summary>Matches a header.</summary>
    /// <param name="header">Header texts by column.</param>
    /// <param name="row">Row of the header, for messages.</param>
    /// <param name="fields">Fields the caller knows; header texts of other fields are unknown columns.</param>
    /// <param name="required">Fields without which the file is refused.</param>
    /// <param name="mapping">The user's mapping from header text to field; an empty field sets the column aside.</param>
    public static Outcome<ColumnMap> Match(
        IReadOnlyList<string> header,
        int row,
        IReadOnlyCollection<string> fields,
        IReadOnlyCollection<string> required,
        IReadOnlyDictionary<string, string>? mapping = null)
    {
        var problems = new List<Problem>();
        var chosen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (text, field) in mapping ?? new Dictionary<string, string>())
        {
            chosen[Key(text)] = field;
            if (!header.Any(h => Key(h) == Key(text)) || (field.Length > 0 && !fields.Contains(field)))
            {
                problems.Add(new Problem("column_mapping_unknown", row, text, field, List(header), string.Join(", ", fields)));
            }
        }

        // A field that the user gave to one column is not looked for in the others.
        var taken = chosen.Values.ToHashSet(StringComparer.Ordinal);
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < header.Count; at++)
        {
            var key = Key(header[at]);
            if (key.Length == 0)
            {
                continue;
            }

            var own = chosen.TryGetValue(key, out var field);
            if (!own)
            {
                field = fields.FirstOrDefault(f => Key(f) == key) ?? FieldOf(header[at]);
                if (field is not null && taken.Contains(field))
                {
                    continue;
                }
            }

            if (field is null or "" || !fields.Contains(field))
            {
                continue;
            }

            if (!columns.TryAdd(field, at))
            {
                problems.Add(new Problem("column_duplicate", row, header[at], header[at], header[columns[field]], field));
            }
        }

        foreach (var field in required.Where(f => !columns.ContainsKey(f)))
        {
            problems.Add(new Problem("column_missing", row, field, List(header), field));
        }

        return problems.Count > 0 ? Outcome<ColumnMap>.Refused(problems) : new ColumnMap(header, columns);
    }

    /// <summary>The form in which header texts are compared.</summary>
    public static string Key(string text)
    {
        var key = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var plain = c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : c;
            if (!char.IsWhiteSpace(plain) && plain is not ('_' or '-' or '*' or '/' or '、' or '\uFEFF' or '\u200B'))
            {
                key.Append(char.ToLowerInvariant(plain));
            }
        }

        return key.ToString();
    }

    private static string List(IEnumerable<string> header) => string.Join(", ", header.Where(h => h.Length > 0));
}
