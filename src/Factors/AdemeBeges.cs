using System.Globalization;
using System.Text.Json;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// ADEME's factors of the simplified carbon balance (BEGES): one object of named factors, each with its places, each with its units. Written out as plain rows for
/// the mapping; a row's number is its place in the file.
/// </summary>
internal static class AdemeBeges
{
    private static readonly string[] Columns = ["nom", "lieu", "unité", "facteur", "groupe", "classification", "poste"];

    /// <summary>The table, or null where the document is something else.</summary>
    public static SourceTable? Read(byte[] bytes, string fileName)
    {
        // Looked for before the document is parsed: this is one form of many.
        if (bytes.AsSpan().IndexOf("\"facteurs\""u8) < 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0), new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind == JsonValueKind.Object && Rows(document.RootElement) is { Count: > 0 } rows
                ? new SourceTable(fileName, PackFile.Hash(bytes), Columns, rows, new Dictionary<string, string>(), [])
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Broken JSON is told by the reader of all JSON files.
            return null;
        }
    }

    private static List<SourceRow> Rows(JsonElement root)
    {
        var rows = new List<SourceRow>();
        foreach (var factor in root.EnumerateObject().Where(f => f.Value.ValueKind == JsonValueKind.Object))
        {
            if (!factor.Value.TryGetProperty("facteurs", out var places) || places.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            foreach (var place in places.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Object))
            {
                foreach (var value in place.Value.EnumerateObject())
                {
                    rows.Add(new SourceRow(rows.Count + 1, [factor.Name, place.Name, value.Name, Text(value.Value), Of(factor.Value, "groupe"), Of(factor.Value, "classification"), Of(factor.Value, "poste")]));
                }
            }
        }

        return rows;
    }

    private static string Of(JsonElement factor, string name) => factor.TryGetProperty(name, out var found) ? Text(found) : "";

    private static string Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()!.Trim(),
        JsonValueKind.Number => element.GetRawText(),
        JsonValueKind.Array => string.Join(", ", element.EnumerateArray().Select(Text)),
        JsonValueKind.True or JsonValueKind.False => element.GetBoolean().ToString(CultureInfo.InvariantCulture),
        _ => "",
    };
}
