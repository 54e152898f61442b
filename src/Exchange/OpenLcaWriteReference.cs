using System.Text.Json;

namespace Tanlu.Exchange;

/// <summary>Writes unit groups, flow properties, flows and package parameters.</summary>
internal static class OpenLcaWriteReference
{
    public static void Add(OpenLcaNames names, Action<string, string, Action<Utf8JsonWriter>> entry)
    {
        var package = names.Package;
        foreach (var group in package.UnitGroups)
        {
            entry("unit_groups", names.Id(group.Id), json => Group(json, names, group));
        }

        foreach (var property in package.FlowProperties)
        {
            entry("flow_properties", names.Id(property.Id), json => Property(json, names, property.Id, property.Name, property.UnitGroupId, package.UnitGroups.FirstOrDefault(g => g.Id == property.UnitGroupId)?.Name));
        }

        foreach (var (unit, units) in names.Units.Made)
        {
            var group = new UnitGroupDataset(OpenLcaWriteUnits.MadeGroup(unit), unit, unit, [.. units.Select(u => new UnitDataset(u.Key, u.Value))]);
            entry("unit_groups", group.Id, json => Group(json, names, group));
            entry("flow_properties", OpenLcaWriteUnits.MadeProperty(unit), json => Property(json, names, OpenLcaWriteUnits.MadeProperty(unit), unit, group.Id, unit));
        }

        foreach (var flow in names.Flows)
        {
            entry("flows", names.Id(flow.Id), json => Flow(json, names, flow));
        }

        foreach (var parameter in package.Parameters)
        {
            var id = DatasetIds.Named("Parameter", package.Name, parameter.Name);
            entry("parameters", id, json =>
            {
                names.Head(json, "Parameter", id, parameter.Name);
                OpenLcaWriteValues.Parameter(json, parameter, "GLOBAL_SCOPE", names, package.Name);
            });
        }
    }

    private static void Group(Utf8JsonWriter json, OpenLcaNames names, UnitGroupDataset group)
    {
        names.Head(json, "UnitGroup", group.Id, group.Name);
        json.WriteStartArray("units");
        foreach (var unit in group.Units)
        {
            json.WriteStartObject();
            json.WriteString("@type", "Unit");
            json.WriteString("@id", names.Units.UnitId(group.Id, unit));
            json.WriteString("name", unit.Name);
            names.Number(json, "conversionFactor", unit.Factor, group.Name);
            OpenLcaNames.Flag(json, "isRefUnit", unit.Name == group.ReferenceUnit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Property(Utf8JsonWriter json, OpenLcaNames names, string id, string name, string group, string? groupName)
    {
        names.Head(json, "FlowProperty", id, name);
        json.WriteString("flowPropertyType", "PHYSICAL_QUANTITY");
        names.Reference(json, "unitGroup", "UnitGroup", group, groupName);
    }

    private static void Flow(Utf8JsonWriter json, OpenLcaNames names, FlowDataset flow)
    {
        names.Head(json, "Flow", flow.Id, flow.Name);
        json.WriteString("flowType", OpenLcaNames.FlowType(flow.Kind));
        OpenLcaNames.Text(json, "category", OpenLcaCategories.Written(flow));
        OpenLcaNames.Flag(json, "isInfrastructureFlow", flow.Infrastructure);
        OpenLcaNames.Text(json, "cas", flow.Cas);
        OpenLcaNames.Text(json, "formula", flow.Formula);
        OpenLcaNames.Text(json, "synonyms", string.Join(';', flow.Synonyms));
        names.Location(json, flow.Location);
        OpenLcaNames.Text(json, "refUnit", flow.Unit);
        if (flow.PropertyId is null && flow.Unit.Length == 0)
        {
            return;
        }

        json.WriteStartArray("flowProperties");
        Factor(json, names, flow, flow.PropertyId, flow.Unit, null, 1, reference: true);
        foreach (var factor in flow.Properties)
        {
            Factor(json, names, flow, factor.PropertyId, factor.Unit, factor.Name, factor.Factor, reference: false);
        }

        json.WriteEndArray();
    }

    private static void Factor(Utf8JsonWriter json, OpenLcaNames names, FlowDataset flow, string? property, string unit, string? name, double factor, bool reference)
    {
        json.WriteStartObject();
        json.WriteString("@type", "FlowPropertyFactor");
        OpenLcaNames.Flag(json, "isRefFlowProperty", reference);
        names.Units.PropertyReference(json, property, unit, name);
        names.Number(json, "conversionFactor", factor, flow.Name);
        json.WriteEndObject();
    }
}
