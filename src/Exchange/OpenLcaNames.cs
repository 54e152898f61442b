using System.Text.Json;
using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>Ids and references of a package that is being written, and the places, currencies, sources and actors that its datasets mention by code or text.</summary>
internal sealed class OpenLcaNames
{
    private const int MostNotes = 1000;

    private readonly Dictionary<string, FlowDataset> _flows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProcessDataset> _processes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Action<Utf8JsonWriter>> _mentioned = new(StringComparer.Ordinal);
    private readonly List<Problem> _notes = [];

    public OpenLcaNames(DatasetPackage package)
    {
        Package = package;
        foreach (var flow in package.Flows.Concat(package.Methods.SelectMany(m => m.Indicators).SelectMany(i => i.Factors).Select(f => f.Flow)))
        {
            _flows.TryAdd(flow.Id, flow);
        }

        foreach (var process in package.Processes)
        {
            _processes.TryAdd(process.Id, process);
        }

        Units = new OpenLcaWriteUnits(this);
    }

    public DatasetPackage Package { get; }

    public OpenLcaWriteUnits Units { get; }

    /// <summary>The package's flows and those that only its methods know.</summary>
    public IEnumerable<FlowDataset> Flows => _flows.Values;

    public IReadOnlyDictionary<string, Action<Utf8JsonWriter>> Mentioned => _mentioned;

    public IReadOnlyList<Problem> Notes => _notes;

    public void Note(string code, string dataset, int? number = null, string? field = null, string? found = null)
    {
        if (_notes.Count < MostNotes)
        {
            _notes.Add(new Problem(code, number, field, found, [dataset]));
        }
    }

    public FlowDataset? Flow(string id) => _flows.GetValueOrDefault(id);

    public ProcessDataset? Process(string id) => _processes.GetValueOrDefault(id);

    public string Id(string id) => DatasetIds.IsUuid(id) ? id : DatasetIds.Named(Package.Format, Package.Name, id);

    public void Head(Utf8JsonWriter json, string type, string id, string name)
    {
        json.WriteString("@type", type);
        json.WriteString("@id", Id(id));
        json.WriteString("name", name);
    }

    public void Reference(Utf8JsonWriter json, string field, string type, string id, string? name)
    {
        json.WriteStartObject(field);
        json.WriteString("@type", type);
        json.WriteString("@id", Id(id));
        Text(json, "name", name);
        json.WriteEndObject();
    }

    public void FlowReference(Utf8JsonWriter json, string field, string id)
    {
        var flow = Flow(id);
        json.WriteStartObject(field);
        json.WriteString("@type", "Flow");
        json.WriteString("@id", Id(id));
        if (flow is not null)
        {
            Text(json, "name", flow.Name);
            Text(json, "category", OpenLcaCategories.Written(flow));
            json.WriteString("flowType", FlowType(flow.Kind));
            Text(json, "refUnit", flow.Unit);
        }

        json.WriteEndObject();
    }

    public void ProcessReference(Utf8JsonWriter json, string field, string id) => Reference(json, field, "Process", id, Process(id)?.Name);

    public void Location(Utf8JsonWriter json, string code) => Mention(json, "location", "Location", "locations", code, code, j => j.WriteString("code", code));

    public void Currency(Utf8JsonWriter json, string code)
    {
        var id = DatasetIds.Named("Currency", code);
        Mention(json, "currency", "Currency", "currencies", code, code, j =>
        {
            j.WriteString("code", code);
            j.WriteNumber("conversionFactor", 1.0);
            Reference(j, "refCurrency", "Currency", id, code);
        });
    }

    public void Actor(Utf8JsonWriter json, string field, string name) => Mention(json, field, "Actor", "actors", name, name, _ => { });

    /// <summary>A source is a text here; openLCA lists sources by a short name beside it.</summary>
    public void Source(Utf8JsonWriter json, string? field, string text) =>
        Mention(json, field, "Source", "sources", text, text.Length > 80 ? text[..(char.IsHighSurrogate(text[79]) ? 79 : 80)] : text, j => j.WriteString("textReference", text));

    /// <summary>A number; one that is not finite has no place in JSON and is noted.</summary>
    public void Number(Utf8JsonWriter json, string field, double value, string dataset, int? number = null)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(field, value);
        }
        else
        {
            Note("lca_write_number", dataset, number, field, $"{value}");
        }
    }

    public static void Text(Utf8JsonWriter json, string field, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            json.WriteString(field, text);
        }
    }

    public static void Flag(Utf8JsonWriter json, string field, bool flag)
    {
        if (flag)
        {
            json.WriteBoolean(field, true);
        }
    }

    public static string FlowType(FlowKind kind) => kind switch
    {
        FlowKind.Elementary => "ELEMENTARY_FLOW",
        FlowKind.Waste => "WASTE_FLOW",
        _ => "PRODUCT_FLOW",
    };

    private void Mention(Utf8JsonWriter json, string? field, string type, string folder, string key, string name, Action<Utf8JsonWriter> write)
    {
        if (key.Length == 0)
        {
            return;
        }

        var id = DatasetIds.Named(type, key);
        _mentioned.TryAdd($"{folder}/{id}.json", j =>
        {
            Head(j, type, id, name);
            write(j);
        });
        if (field is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(field);
        }

        json.WriteString("@type", type);
        json.WriteString("@id", id);
        json.WriteString("name", name);
        json.WriteEndObject();
    }
}
