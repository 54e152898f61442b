using System.Text.Json;

namespace Tanlu.Exchange;

/// <summary>Writes product systems, stored results and flow mappings.</summary>
internal static class OpenLcaWriteSystems
{
    public static void Add(OpenLcaNames names, Action<string, string, Action<Utf8JsonWriter>> entry)
    {
        foreach (var system in names.Package.Systems)
        {
            entry("product_systems", names.Id(system.Id), json => System(json, system, names));
        }

        foreach (var result in names.Package.Results)
        {
            entry("results", names.Id(result.Id), json => Result(json, result, names));
        }

        foreach (var map in names.Package.Mappings.GroupBy(m => (m.SourceList, m.TargetList)))
        {
            var id = DatasetIds.Named("FlowMap", map.Key.SourceList, map.Key.TargetList);
            entry("flow_mappings", id, json => Map(json, id, map.Key.SourceList, map.Key.TargetList, [.. map], names));
        }
    }

    public static void Impacts(Utf8JsonWriter json, IEnumerable<StoredImpact> impacts, OpenLcaNames names, string dataset)
    {
        json.WriteStartArray("impactResults");
        foreach (var impact in impacts)
        {
            json.WriteStartObject();
            json.WriteString("@type", "ImpactResult");
            json.WriteStartObject("indicator");
            json.WriteString("@type", "ImpactCategory");
            json.WriteString("@id", names.Id(impact.IndicatorId));
            json.WriteString("name", impact.Indicator);
            OpenLcaNames.Text(json, "refUnit", impact.Unit);
            json.WriteEndObject();
            names.Number(json, "amount", impact.Amount, dataset);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void System(Utf8JsonWriter json, SystemDataset system, OpenLcaNames names)
    {
        names.Head(json, "ProductSystem", system.Id, system.Name);
        names.ProcessReference(json, "refProcess", system.ReferenceProcessId);
        var candidates = names.Process(system.ReferenceProcessId)?.Exchanges.Where(x => x.FlowId == system.ReferenceFlowId) ?? [];
        if (candidates.OrderByDescending(x => x.Reference).FirstOrDefault() is { } reference)
        {
            json.WriteStartObject("refExchange");
            json.WriteNumber("internalId", reference.Number);
            json.WriteEndObject();
        }
        else if (system.ReferenceFlowId.Length > 0)
        {
            names.Note("lca_write_lost", system.Name, null, "refExchange", names.Flow(system.ReferenceFlowId)?.Name ?? system.ReferenceFlowId);
        }

        names.Number(json, "targetAmount", system.Amount, system.Name);
        if (system.Unit.Length > 0 && names.Flow(system.ReferenceFlowId) is { } flow)
        {
            json.WriteStartObject("targetUnit");
            json.WriteString("@type", "Unit");
            json.WriteString("@id", names.Units.AmountUnit(flow, system.Unit, system.Name, out var property));
            json.WriteString("name", system.Unit);
            json.WriteEndObject();
            names.Reference(json, "targetFlowProperty", "FlowProperty", property, null);
        }

        json.WriteStartArray("processes");
        foreach (var id in system.Links.SelectMany(l => new[] { l.ConsumerId, l.ProviderId }).Prepend(system.ReferenceProcessId).Distinct().Order(StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("@type", "Process");
            json.WriteString("@id", names.Id(id));
            OpenLcaNames.Text(json, "name", names.Process(id)?.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("processLinks");
        foreach (var link in system.Links)
        {
            json.WriteStartObject();
            names.ProcessReference(json, "provider", link.ProviderId);
            names.FlowReference(json, "flow", link.FlowId);
            names.ProcessReference(json, "process", link.ConsumerId);
            if (link.Exchange is { } number)
            {
                json.WriteStartObject("exchange");
                json.WriteNumber("internalId", number);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        Parameters(json, system, names);
    }

    private static void Parameters(Utf8JsonWriter json, SystemDataset system, OpenLcaNames names)
    {
        if (system.Parameters.Count == 0)
        {
            return;
        }

        json.WriteStartArray("parameterSets");
        json.WriteStartObject();
        json.WriteString("name", "Baseline");
        json.WriteBoolean("isBaseline", true);
        json.WriteStartArray("parameters");
        foreach (var value in system.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", value.Name);
            names.Number(json, "value", value.Value, system.Name);
            if (value.ProcessId is { } process)
            {
                names.ProcessReference(json, "context", process);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void Result(Utf8JsonWriter json, StoredResult result, OpenLcaNames names)
    {
        names.Head(json, "Result", result.Id, result.Name);
        if (result.SystemId is { } system)
        {
            names.Reference(json, "productSystem", "ProductSystem", system, names.Package.Systems.FirstOrDefault(s => s.Id == system)?.Name);
        }

        if (result.MethodId is { } method)
        {
            names.Reference(json, "impactMethod", "ImpactMethod", method, names.Package.Methods.FirstOrDefault(m => m.Id == method)?.Name);
        }

        if (result.ProcessId is { } process)
        {
            names.Note("lca_write_lost", result.Name, null, "process", process);
        }

        var flows = result.Flows.ToList();
        var reference = result.ReferenceFlowId is { } id ? flows.FindIndex(f => f.FlowId == id && f.Amount == result.Amount && f.Unit == result.Unit) : -1;
        if (reference < 0 && result.ReferenceFlowId is { } missing)
        {
            flows.Add(new StoredFlow(missing, Input: false, result.Amount, result.Unit));
            reference = flows.Count - 1;
        }

        json.WriteStartArray("flowResults");
        for (var i = 0; i < flows.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("@type", "FlowResult");
            names.FlowReference(json, "flow", flows[i].FlowId);
            json.WriteBoolean("isInput", flows[i].Input);
            OpenLcaNames.Flag(json, "isRefFlow", i == reference);
            names.Number(json, "amount", flows[i].Amount, result.Name, i + 1);
            names.Units.Write(json, flows[i].FlowId, null, flows[i].Unit, result.Name, i + 1);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Impacts(json, result.Impacts, names, result.Name);
    }

    private static void Map(Utf8JsonWriter json, string id, string source, string target, IReadOnlyList<FlowMapping> mappings, OpenLcaNames names)
    {
        names.Head(json, "FlowMap", id, $"{source} - {target}");
        json.WriteStartObject("source");
        json.WriteString("name", source);
        json.WriteEndObject();
        json.WriteStartObject("target");
        json.WriteString("name", target);
        json.WriteEndObject();
        json.WriteStartArray("mappings");
        for (var i = 0; i < mappings.Count; i++)
        {
            var m = mappings[i];
            json.WriteStartObject();
            Side(json, "from", m.SourceId, m.SourceName, m.SourceContext, m.SourceUnit, names);
            Side(json, "to", m.TargetId, m.TargetName, m.TargetContext, m.TargetUnit, names);
            names.Number(json, "conversionFactor", m.Factor, source, i + 1);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Side(Utf8JsonWriter json, string field, string id, string name, string context, string unit, OpenLcaNames names)
    {
        json.WriteStartObject(field);
        json.WriteStartObject("flow");
        json.WriteString("@type", "Flow");
        json.WriteString("@id", names.Id(id));
        OpenLcaNames.Text(json, "name", name);
        OpenLcaNames.Text(json, "category", context);
        json.WriteEndObject();
        if (unit.Length > 0)
        {
            json.WriteStartObject("unit");
            json.WriteString("@type", "Unit");
            json.WriteString("name", unit);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
