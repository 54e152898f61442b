using System.Text.Json;
using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// Flow properties and units of a package that is being written. Formats without properties (EcoSpold, SimaPro) give each flow a unit only: then a property of the unit's name is made,
/// with all units that convert to it and are used beside it.
/// </summary>
internal sealed class OpenLcaWriteUnits
{
    private readonly OpenLcaNames _names;
    private readonly Dictionary<string, FlowPropertyDataset> _properties;
    private readonly Dictionary<string, UnitGroupDataset> _groups;
    private readonly Dictionary<string, SortedDictionary<string, double>> _made = new(StringComparer.Ordinal);

    public OpenLcaWriteUnits(OpenLcaNames names)
    {
        _names = names;
        var package = names.Package;
        _properties = package.FlowProperties.GroupBy(p => p.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        _groups = package.UnitGroups.GroupBy(g => g.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        foreach (var flow in names.Flows)
        {
            Use(flow.PropertyId, flow.Unit, flow.Unit);
            foreach (var factor in flow.Properties)
            {
                Use(factor.PropertyId, factor.Unit, factor.Unit);
            }
        }

        foreach (var exchange in package.Processes.SelectMany(p => p.Exchanges))
        {
            UseOf(exchange.FlowId, exchange.PropertyId, exchange.Unit);
        }

        foreach (var factor in package.Methods.SelectMany(m => m.Indicators).SelectMany(i => i.Factors))
        {
            UseOf(factor.Flow.Id, factor.PropertyId, factor.Unit);
        }

        foreach (var result in package.Results.SelectMany(r => r.Flows))
        {
            UseOf(result.FlowId, null, result.Unit);
        }
    }

    /// <summary>The unit groups that are made, with their properties: reference unit, and the units with their factors.</summary>
    public IEnumerable<(string Unit, IReadOnlyDictionary<string, double> Units)> Made => _made.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => (m.Key, (IReadOnlyDictionary<string, double>)m.Value));

    public static string MadeProperty(string unit) => DatasetIds.Named("FlowProperty", unit);

    public static string MadeGroup(string unit) => DatasetIds.Named("UnitGroup", unit);

    public string UnitId(string group, UnitDataset unit) => unit.Id is { } own && DatasetIds.IsUuid(own) ? own : MadeUnit(_names.Id(group), unit.Name);

    public static string MadeUnit(string group, string unit) => DatasetIds.Named("Unit", group, unit);

    /// <summary>Id of the property that a flow's own unit belongs to, as it is written.</summary>
    public string Property(string? property, string unit) => property is null ? MadeProperty(unit) : _names.Id(property);

    public void PropertyReference(Utf8JsonWriter json, string? property, string unit, string? name = null) =>
        _names.Reference(json, "flowProperty", "FlowProperty", Property(property, unit), property is null ? unit : _properties.GetValueOrDefault(property)?.Name ?? name);

    /// <summary>Writes property and unit of an amount of a flow. A unit that belongs to none of the flow's properties is noted.</summary>
    public void Write(Utf8JsonWriter json, string flowId, string? propertyId, string unit, string dataset, int? number)
    {
        var (property, basis) = Basis(_names.Flow(flowId), propertyId, unit);
        PropertyReference(json, property, basis);
        json.WriteStartObject("unit");
        json.WriteString("@type", "Unit");
        json.WriteString("@id", UnitId(property, basis, unit, dataset, number));
        json.WriteString("name", unit);
        json.WriteEndObject();
    }

    /// <summary>Ids of the unit and the property that an amount of a flow is in.</summary>
    public string AmountUnit(FlowDataset flow, string unit, string dataset, out string propertyId)
    {
        var (property, basis) = Basis(flow, null, unit);
        propertyId = Property(property, basis);
        return UnitId(property, basis, unit, dataset, null);
    }

    private (string? Property, string Unit) Basis(FlowDataset? flow, string? propertyId, string unit)
    {
        var property = propertyId ?? PropertyWith(flow, unit) ?? flow?.PropertyId;
        return (property, property is null ? flow?.Unit ?? unit : unit);
    }

    private string UnitId(string? property, string basis, string unit, string dataset, int? number)
    {
        if ((property is null ? MadeUnitOf(basis, unit) : UnitOf(property, unit)) is { } id)
        {
            return id;
        }

        _names.Note("lca_write_unit", dataset, number, "unit", unit);
        return MadeUnit(Property(property, basis), unit);
    }

    /// <summary>A unit of a further property of the flow decides the property where the amount does not name one.</summary>
    private string? PropertyWith(FlowDataset? flow, string unit)
    {
        if (flow?.PropertyId is null || UnitOf(flow.PropertyId, unit) is not null)
        {
            return null;
        }

        return flow.Properties.FirstOrDefault(p => p.PropertyId is not null && UnitOf(p.PropertyId, unit) is not null)?.PropertyId;
    }

    private string? UnitOf(string property, string unit)
    {
        if (!_properties.TryGetValue(property, out var known) || !_groups.TryGetValue(known.UnitGroupId, out var group))
        {
            return MadeUnit(_names.Id(property), unit);
        }

        return group.Units.FirstOrDefault(u => u.Name == unit) is { } found ? UnitId(group.Id, found) : null;
    }

    private string? MadeUnitOf(string basis, string unit) =>
        _made.TryGetValue(basis, out var units) && units.ContainsKey(unit) ? MadeUnit(MadeGroup(basis), unit) : null;

    private void UseOf(string flowId, string? property, string unit)
    {
        if (property is null && _names.Flow(flowId) is { } flow)
        {
            Use(flow.PropertyId, flow.Unit, unit);
        }
    }

    private void Use(string? property, string basis, string unit)
    {
        if (property is not null || basis.Length == 0)
        {
            return;
        }

        if (!_made.TryGetValue(basis, out var units))
        {
            _made[basis] = units = new SortedDictionary<string, double>(StringComparer.Ordinal) { [basis] = 1 };
        }

        if (!units.ContainsKey(unit) && Units.Find(unit) is { } from && Units.Find(basis) is { } to && Units.Ratio(from, to) is { } factor && double.IsFinite(factor) && factor > 0)
        {
            units[unit] = factor;
        }
    }
}
