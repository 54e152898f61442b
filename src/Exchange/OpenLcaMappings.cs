using System.Text.Json;

namespace Tanlu.Exchange;

/// <summary>Flow mappings of an openLCA package.</summary>
internal static class OpenLcaMappings
{
    public static List<FlowMapping> Read(OpenLcaEntity e, OpenLcaReference known, Reading reading)
    {
        var lists = (Source: ListName(e.Json, "source"), Target: ListName(e.Json, "target"));
        var mappings = new List<FlowMapping>();
        var at = 0;
        foreach (var json in e.Json.Objects("mappings"))
        {
            at++;
            reading.CountExchange(e.Name);
            var (from, to) = (Side(json, "from", known), Side(json, "to", known));
            if (from.Id.Length == 0 || to.Id.Length == 0)
            {
                reading.Note("lca_mapping_flow", e.Name, at, from.Id.Length == 0 ? "from" : "to");
                continue;
            }

            var factor = json.Field("conversionFactor") is null ? 1 : OpenLcaValues.Needed(json, "conversionFactor", e.Name, at, reading);
            mappings.Add(new FlowMapping(lists.Source, from.Id, from.Name, from.Context, from.Unit, lists.Target, to.Id, to.Name, to.Context, to.Unit, factor));
        }

        return mappings;
    }

    private static string ListName(JsonElement json, string field) => json.Field(field) is { } list ? list.ValueKind == JsonValueKind.String ? JsonFields.Text(list) : list.Text("name") : "";

    private static (string Id, string Name, string Context, string Unit) Side(JsonElement json, string field, OpenLcaReference known)
    {
        if (json.Field(field) is not { } side || side.Field("flow") is not { } flow)
        {
            return ("", "", "", "");
        }

        return (OpenLcaReference.Id(flow), flow.Text("name"), known.Category(flow), side.Field("unit")?.Text("name") is { Length: > 0 } unit ? unit : flow.Text("refUnit"));
    }
}
