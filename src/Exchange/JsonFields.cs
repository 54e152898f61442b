using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Tanlu.Exchange;

/// <summary>Fields of a JSON object that came from outside: whatever kind of value stands there, an answer and no exception.</summary>
internal static class JsonFields
{
    /// <summary>The first of the named fields that is there and not null.</summary>
    public static JsonElement? Field(this JsonElement element, params ReadOnlySpan<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var name in names)
        {
            if (element.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The field's text; empty where it is missing or no text. A number is given as it is written.</summary>
    public static string Text(this JsonElement element, params ReadOnlySpan<string> names) => element.Field(names) is { } value ? Text(value) : "";

    public static string Text(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetRawText();
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return "";
        }

        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // Half surrogates and broken UTF-8 within a string: shown with replacement characters instead of losing the dataset.
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)).Trim('"');
        }
    }

    public static bool Flag(this JsonElement element, params ReadOnlySpan<string> names) => element.Field(names) is { ValueKind: JsonValueKind.True };

    public static int? Integer(this JsonElement element, params ReadOnlySpan<string> names) =>
        element.Field(names) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    /// <summary>The items of an array that are objects; none where the field is something else.</summary>
    public static IEnumerable<JsonElement> Objects(this JsonElement element, string name)
    {
        if (element.Field(name) is not { ValueKind: JsonValueKind.Array } array)
        {
            yield break;
        }

        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object)
            {
                yield return item;
            }
        }
    }

    /// <summary>The texts of an array; none where the field is something else.</summary>
    public static IEnumerable<string> Texts(this JsonElement element, string name) =>
        element.Field(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.String).Select(Text).ToList() : [];
}
