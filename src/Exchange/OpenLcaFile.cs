using System.Text.Json;
using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>One entity of an openLCA package: its id, and its name as problems call it.</summary>
internal readonly record struct OpenLcaEntity(string Id, string Name, JsonElement Json);

/// <summary>The entities of an openLCA package by kind: a zip with a folder for each kind, or one JSON file with an entity or a list of them.</summary>
internal sealed class OpenLcaFile
{
    /// <summary>Folder and <c>@type</c> of each kind that is read, in the order in which they build on each other.</summary>
    private static readonly (string Folder, string Type)[] Kinds =
    [
        ("categories", "Category"), ("locations", "Location"), ("currencies", "Currency"), ("sources", "Source"), ("actors", "Actor"), ("unit_groups", "UnitGroup"),
        ("flow_properties", "FlowProperty"), ("flows", "Flow"), ("parameters", "Parameter"), ("processes", "Process"), ("lcia_categories", "ImpactCategory"), ("nw_sets", "NwSet"),
        ("lcia_methods", "ImpactMethod"), ("product_systems", "ProductSystem"), ("results", "Result"), ("epds", "Epd"), ("flow_mappings", "FlowMap"),
    ];

    private readonly Dictionary<string, List<(string Path, DatasetPart? Part, JsonElement Json)>> _folders = new(StringComparer.Ordinal);
    private readonly Reading _reading;

    public OpenLcaFile(DatasetFile file, Reading reading)
    {
        _reading = reading;
        if (file.IsArchive)
        {
            OpenArchive(file);
        }
        else
        {
            OpenSingle(file.Parts[0]);
        }

        if (_folders.Count == 0)
        {
            throw new Refusal(new Problem("lca_jsonld_nothing", Args: [file.Name]));
        }
    }

    /// <summary>Whether the file is one of openLCA's: a folder of its kinds with JSON in it, or a JSON object of one of its types.</summary>
    public static bool Recognises(DatasetFile file)
    {
        if (file.IsArchive)
        {
            return file.Parts.Any(p => FolderOf(p.Name) is { } folder && Kinds.Any(k => k.Folder == folder) && p.Kind == PartKind.Json);
        }

        return file.Parts[0].Kind == PartKind.Json && Kinds.Any(k => file.Parts[0].Head.IndexOf(System.Text.Encoding.ASCII.GetBytes($"\"{k.Type}\"")) >= 0) && file.Parts[0].Head.IndexOf("@type"u8) >= 0;
    }

    /// <summary>The entities of a kind in the order of their paths, each id once. An entity is valid until the next is asked for.</summary>
    public IEnumerable<OpenLcaEntity> All(string folder)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, part, json) in _folders.GetValueOrDefault(folder) ?? [])
        {
            _reading.CountDataset(path);
            using var document = part is null ? null : Parse(part, _reading);
            if (part is not null && document is null)
            {
                continue;
            }

            var root = document?.RootElement ?? json;
            if (root.ValueKind != JsonValueKind.Object)
            {
                _reading.Fault("lca_json_broken", path);
                continue;
            }

            var id = DatasetIds.Normal(root.Text("@id", "id"));
            if (id.Length == 0)
            {
                id = DatasetIds.Normal(Path.GetFileNameWithoutExtension(path));
                _reading.Note("lca_id_from_file", path, null, "@id", null, id);
            }

            var name = root.Text("name") is { Length: > 0 } text ? text : id;
            if (seen.Add(id))
            {
                yield return new OpenLcaEntity(id, name, root);
            }
            else
            {
                _reading.Note("lca_id_twice", name, null, "@id", id);
            }
        }
    }

    /// <summary>A part as JSON; null where it is none, which is a fault of the file.</summary>
    public static JsonDocument? Parse(DatasetPart part, Reading reading)
    {
        using var stream = part.Open();
        var bytes = new MemoryStream((int)Math.Clamp(part.Length, 0, 1 << 20));
        stream.CopyTo(bytes);
        var content = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        if (content.Span.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }

        try
        {
            return JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = reading.Limits.Depth, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException e)
        {
            reading.Fault("lca_json_broken", part.Name, (int)Math.Min(int.MaxValue, (e.LineNumber ?? 0) + 1));
            return null;
        }
    }

    private static string? FolderOf(string path)
    {
        var steps = path.Split('/');
        return steps.Length >= 2 && path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? steps[^2] : null;
    }

    private void OpenArchive(DatasetFile file)
    {
        var others = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in file.Parts.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            if (FolderOf(part.Name) is not { } folder)
            {
                continue;
            }

            if (Kinds.Any(k => k.Folder == folder))
            {
                List(folder).Add((part.Name, part, default));
            }
            else
            {
                others[folder] = others.GetValueOrDefault(folder) + 1;
            }
        }

        foreach (var (folder, count) in others)
        {
            _reading.Note("lca_jsonld_folder", folder, null, null, folder, $"{count}");
        }
    }

    private void OpenSingle(DatasetPart part)
    {
        if (Parse(part, _reading) is not { } document)
        {
            return;
        }

        // Not disposed: its entities are read until the end of the reading.
        var root = document.RootElement;
        var items = root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToList() : [root];
        for (var i = 0; i < items.Count; i++)
        {
            var path = items.Count == 1 ? part.Name : $"{part.Name}[{i}]";
            var type = items[i].Text("@type");
            if (Kinds.FirstOrDefault(k => k.Type == type).Folder is { } folder)
            {
                List(folder).Add((path, null, items[i]));
            }
            else
            {
                _reading.Note("lca_jsonld_type", path, null, "@type", type);
            }
        }
    }

    private List<(string Path, DatasetPart? Part, JsonElement Json)> List(string folder)
    {
        if (!_folders.TryGetValue(folder, out var list))
        {
            _folders[folder] = list = [];
        }

        return list;
    }
}
