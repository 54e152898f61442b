using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Tanlu.Server.Web.Reference;

/// <summary>Operations of one part of the interface.</summary>
public sealed record ApiGroup(string Tag, IReadOnlyList<ApiOperation> Operations);

/// <summary>A parameter, or a field of a body.</summary>
/// <param name="In">path, query, header, or body.</param>
/// <param name="Type">Its form, such as <c>integer</c> or <c>string (date)</c>.</param>
public sealed record ApiField(string Name, string In, string Type, bool Required, string Text);

/// <summary>An answer.</summary>
/// <param name="Example">Its shape filled with examples; empty where there is no JSON.</param>
public sealed record ApiAnswer(string Status, string Text, string Example, IReadOnlyList<ApiField> Fields);

/// <summary>One call of the interface.</summary>
/// <param name="Body">The body's shape filled with examples; empty where there is none.</param>
public sealed record ApiOperation(
    string Id, string Method, string Path, string Summary, IReadOnlyList<ApiField> Parameters, string BodyType, string Body, IReadOnlyList<ApiField> BodyFields, IReadOnlyList<ApiAnswer> Answers)
{
    /// <summary>Whether a plain form can make the call: it reads, and nothing stands in its path.</summary>
    public bool Tryable => Method == "GET" && !Path.Contains('{', StringComparison.Ordinal);

    /// <summary>The call as a line of a shell.</summary>
    public string Curl(string server)
    {
        var line = $"curl -H 'Authorization: Bearer $TANLU_TOKEN' {(Method == "GET" ? "" : $"-X {Method} ")}";
        line += BodyType switch
        {
            "multipart/form-data" => "-F file=@FILE ",
            "" => "",
            _ => $"-H 'Content-Type: application/json' -d '{JsonNode.Parse(Body)?.ToJsonString(ApiReference.Compact)}' ",
        };
        return line + $"'{server}{Path}'";
    }
}

/// <summary>The interface's own description as a page shows it. It is read from the document that the server hands out, once.</summary>
internal sealed class ApiReference([FromKeyedServices("v1")] IOpenApiDocumentProvider provider)
{
    private const int Deepest = 6;

    private readonly SemaphoreSlim _gate = new(1);
    private IReadOnlyList<ApiGroup>? _groups;

    public static JsonSerializerOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<IReadOnlyList<ApiGroup>> Groups(CancellationToken ct)
    {
        if (_groups is null)
        {
            await _gate.WaitAsync(ct);
            try
            {
                _groups ??= Read(JsonNode.Parse(await (await provider.GetOpenApiDocumentAsync(ct)).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, ct))!.AsObject());
            }
            finally
            {
                _gate.Release();
            }
        }

        return _groups;
    }

    internal static IReadOnlyList<ApiGroup> Read(JsonObject document)
    {
        var schemas = document["components"]?["schemas"]?.AsObject() ?? [];
        var operations =
            from path in document["paths"]!.AsObject()
            from method in path.Value!.AsObject()
            where method.Value is JsonObject one && one.ContainsKey("operationId")
            select (Tag: (string?)method.Value!["tags"]?[0] ?? "", Operation: Operation(path.Key, method.Key, method.Value!.AsObject(), schemas));
        return [.. operations.GroupBy(o => o.Tag, o => o.Operation).Select(g => new ApiGroup(g.Key, [.. g]))];
    }

    private static ApiOperation Operation(string path, string method, JsonObject o, JsonObject schemas)
    {
        var parameters = (o["parameters"]?.AsArray() ?? []).Select(p => new ApiField(
            (string)p!["name"]!, (string)p["in"]!, Type(p["schema"], schemas), (bool?)p["required"] ?? false, (string?)p["description"] ?? "")).ToList();
        var content = o["requestBody"]?["content"]?.AsObject().FirstOrDefault();
        var schema = content?.Value?["schema"];
        return new ApiOperation(
            (string)o["operationId"]!, method.ToUpperInvariant(), path, (string?)o["summary"] ?? "", parameters, content?.Key ?? "",
            schema is null ? "" : Example(schema, schemas, 0)?.ToJsonString(Indented) ?? "null", Fields(schema, schemas),
            [.. (o["responses"]?.AsObject() ?? []).Select(r => Answer(r.Key, r.Value!, schemas))]);
    }

    private static ApiAnswer Answer(string status, JsonNode answer, JsonObject schemas)
    {
        var schema = answer["content"]?.AsObject().FirstOrDefault().Value?["schema"];

        // Every refusal has the same shape, which the guide shows once.
        return status[0] != '2' || schema is null
            ? new ApiAnswer(status, (string?)answer["description"] ?? "", "", [])
            : new ApiAnswer(status, (string?)answer["description"] ?? "", Example(schema, schemas, 0)?.ToJsonString(Indented) ?? "null", Fields(schema, schemas));
    }

    /// <summary>The named fields of an object, or of the rows of a list.</summary>
    private static List<ApiField> Fields(JsonNode? schema, JsonObject schemas)
    {
        var (target, _) = Resolve(schema, schemas);
        if (target?["properties"] is not JsonObject properties)
        {
            return target?["items"] is { } items ? Fields(items, schemas) : [];
        }

        if (properties["items"] is { } rows && properties.ContainsKey("next"))
        {
            return Fields(rows["items"], schemas);
        }

        var required = (target["required"]?.AsArray() ?? []).Select(r => (string)r!).ToHashSet(StringComparer.Ordinal);
        return [.. properties.Select(p => new ApiField(p.Key, "body", Type(p.Value, schemas), required.Contains(p.Key), (string?)p.Value?["description"] ?? ""))];
    }

    private static (JsonNode? Schema, string Name) Resolve(JsonNode? schema, JsonObject schemas)
    {
        var one = (schema?["oneOf"] ?? schema?["anyOf"])?.AsArray().FirstOrDefault(s => (string?)s?["type"] != "null") ?? schema;
        return one?["$ref"] is { } reference && ((string)reference!).Split('/')[^1] is var name ? (schemas[name], name) : (one, "");
    }

    private static string Type(JsonNode? schema, JsonObject schemas)
    {
        var (target, name) = Resolve(schema, schemas);
        var type = target?["type"] switch
        {
            JsonArray several => string.Join(" | ", several.Select(t => (string)t!).Where(t => t != "null")),
            JsonValue one => (string)one!,
            _ => "any",
        };
        return type switch
        {
            "array" => Type(target!["items"], schemas) + "[]",
            "object" when name.Length > 0 => name,
            _ when (string?)target?["format"] is { } format => $"{type} ({format})",
            _ => type,
        };
    }

    private static JsonNode? Example(JsonNode? schema, JsonObject schemas, int depth)
    {
        var (target, _) = Resolve(schema, schemas);
        if (target is null || depth > Deepest)
        {
            return null;
        }

        if (target["properties"] is JsonObject properties)
        {
            var example = new JsonObject();
            foreach (var (name, of) in properties)
            {
                example[name] = Example(of, schemas, depth + 1);
            }

            return example;
        }

        return Type(target, schemas) switch
        {
            var list when list.EndsWith("[]", StringComparison.Ordinal) => new JsonArray(Example(target["items"], schemas, depth + 1)),
            "string (date)" => "2025-03-31",
            "string (date-time)" => "2025-03-31T08:00:00Z",
            "string (binary)" => "…",
            "boolean" => true,
            var number when number.Contains("integer", StringComparison.Ordinal) => 1,
            var number when number.Contains("number", StringComparison.Ordinal) => 1.5,
            var text when text.StartsWith("string", StringComparison.Ordinal) => "text",
            _ => new JsonObject(),
        };
    }
}
