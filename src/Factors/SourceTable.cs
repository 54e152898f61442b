using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Factors;

/// <summary>One row of a publisher's file: where it stands and its cells as text, in the table's column order.</summary>
internal sealed record SourceRow(int Row, IReadOnlyList<string> Cells)
{
    public string this[int column] => column >= 0 && column < Cells.Count ? Cells[column] : "";
}

/// <summary>
/// A publisher's file as one table, whatever it was (CSV, workbook, JSON): the importers know columns and rows only.
/// </summary>
/// <param name="Columns">Column names as the file spells them; of JSON the property names, nested ones joined by a point.</param>
/// <param name="Constants">Values that stand once for the whole file (JSON: the scalars beside the list, as <c>$.name</c>).</param>
internal sealed record SourceTable(
    string Name, string Hash, IReadOnlyList<string> Columns, IReadOnlyList<SourceRow> Rows, IReadOnlyDictionary<string, string> Constants, IReadOnlyList<Problem> Problems)
{
    /// <summary>Columns of a JSON document that is one object of named entries: the entry's name, and its value where it is a plain one.</summary>
    private const string KeyColumn = "$key";
    private const string ValueColumn = "$value";

    private const int DeepestJson = 6;

    private readonly Dictionary<string, int> _byName = Index(Columns);

    /// <summary>The column with this name, without regard to case, blanks and punctuation; −1 where there is none.</summary>
    public int Column(string name) => _byName.GetValueOrDefault(Key(name), -1);

    public static string Key(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>The table of a CSV file or of the worksheet that holds <paramref name="wanted"/> columns.</summary>
    public static Outcome<SourceTable> FromTable(byte[] bytes, string fileName, IReadOnlyCollection<string> wanted)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        var opened = TableFile.Open(stream, fileName, new TableOptions { Wanted = wanted });
        if (!opened.Ok)
        {
            return Outcome<SourceTable>.Refused(opened.Problems);
        }

        using var table = opened.Value;
        SourceRow[] rows = [.. table.Rows([]).Select(r => new SourceRow(r.Row, [.. r.Cells.Select(c => c.Text)]))];
        return new SourceTable(table.Name, PackFile.Hash(bytes), table.Header, rows, new Dictionary<string, string>(), table.Problems);
    }

    /// <summary>
    /// The table of a JSON document that holds a list of flat objects, at the top or as one property of the top, or that is one object of named entries (objects,
    /// or else plain numbers). A row's number is the entry's place.
    /// </summary>
    public static Outcome<SourceTable> FromJson(byte[] bytes, string fileName)
    {
        try
        {
            var text = bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            var root = document.RootElement;
            var constants = new Dictionary<string, string>(StringComparer.Ordinal);
            var list = root;
            if (root.ValueKind == JsonValueKind.Object)
            {
                list = default;
                foreach (var property in root.EnumerateObject())
                {
                    if (property.Value.ValueKind == JsonValueKind.Array && property.Value.GetArrayLength() > 0 && property.Value[0].ValueKind == JsonValueKind.Object
                        && (list.ValueKind != JsonValueKind.Array || property.Value.GetArrayLength() > list.GetArrayLength()))
                    {
                        list = property.Value;
                    }
                    else
                    {
                        Flatten(property.Value, "$." + property.Name, DeepestJson, (name, value) => constants[name] = value);
                    }
                }
            }

            var items = list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(e => (Key: "", Item: e))]
                : root.ValueKind == JsonValueKind.Object ? Keyed(root) : [];
            if (items.Count == 0)
            {
                return new Problem("import_not_recognised", Found: fileName);
            }

            var columns = new List<string>();
            var places = new Dictionary<string, int>(StringComparer.Ordinal);
            var rows = new List<SourceRow>(items.Count);
            foreach (var (key, item) in items)
            {
                var cells = new List<string>(columns.Count);
                if (key.Length > 0)
                {
                    Add(KeyColumn, key);
                }

                Flatten(item, item.ValueKind == JsonValueKind.Object ? "" : ValueColumn, DeepestJson, Add);
                rows.Add(new SourceRow(rows.Count + 1, cells));

                void Add(string name, string value)
                {
                    if (!places.TryGetValue(name, out var at))
                    {
                        places.Add(name, at = columns.Count);
                        columns.Add(name);
                    }

                    while (cells.Count <= at)
                    {
                        cells.Add("");
                    }

                    cells[at] = value;
                }
            }

            return new SourceTable(fileName, PackFile.Hash(bytes), columns, rows, constants, []);
        }
        catch (JsonException e)
        {
            return new Problem("import_json_broken", Row: (int?)e.LineNumber + 1, Found: fileName);
        }
        catch (InvalidOperationException)
        {
            // Well-formed, but a text in it is no text: bytes that are no UTF-8, or half of a surrogate pair.
            return new Problem("import_json_broken", Found: fileName);
        }
    }

    /// <summary>The entries of an object of named entries: its objects where it has any, otherwise its numbers; texts beside them are constants.</summary>
    private static List<(string Key, JsonElement Item)> Keyed(JsonElement root)
    {
        var kind = root.EnumerateObject().Any(p => p.Value.ValueKind == JsonValueKind.Object) ? JsonValueKind.Object : JsonValueKind.Number;
        return [.. root.EnumerateObject().Where(p => p.Value.ValueKind == kind).Select(p => (p.Name, p.Value))];
    }

    private static void Flatten(JsonElement element, string name, int depth, Action<string, string> add)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when depth > 0:
                foreach (var property in element.EnumerateObject())
                {
                    Flatten(property.Value, name.Length == 0 ? property.Name : $"{name}.{property.Name}", depth - 1, add);
                }

                break;
            case JsonValueKind.String:
                add(name, element.GetString()!.Trim());
                break;
            case JsonValueKind.Number:
                add(name, element.GetRawText());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                add(name, element.ValueKind == JsonValueKind.True ? "1" : "0");
                break;
        }
    }

    private static Dictionary<string, int> Index(IReadOnlyList<string> columns)
    {
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < columns.Count; at++)
        {
            byName.TryAdd(Key(columns[at]), at);
        }

        return byName;
    }
}
