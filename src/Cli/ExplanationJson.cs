using System.Text.Json;
using Tanlu.Kernel;

namespace Tanlu.Cli;

/// <summary>An explanation tree as JSON: label, value, unit, formula, clause, source, notes, children.</summary>
public static class ExplanationJson
{
    public static void Write(Utf8JsonWriter json, Explanation node, Language language)
    {
        json.WriteStartObject();
        json.WriteString("key", node.Key);
        json.WriteString("label", node.Label(language));
        json.WriteNumber("value", node.Value);
        json.WriteString("unit", node.Unit);
        if (node.Formula is { } formula)
        {
            json.WriteString("formula", formula);
        }

        if (node.Clause is { } clause)
        {
            json.WriteString("clause", clause);
        }

        if (node.Source is { } source)
        {
            json.WriteStartObject("source");
            json.WriteString("kind", source.Kind);
            json.WriteString("reference", source.Reference);
            json.WriteString("text", source.Text);
            json.WriteEndObject();
        }

        if (node.Notes.Count > 0)
        {
            json.WriteStartArray("notes");
            foreach (var note in node.Notes)
            {
                json.WriteStringValue(note.Text(language));
            }

            json.WriteEndArray();
        }

        if (node.Children.Count > 0)
        {
            json.WriteStartArray("children");
            foreach (var child in node.Children)
            {
                Write(json, child, language);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
