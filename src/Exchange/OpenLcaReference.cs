using System.Text.Json;

namespace Tanlu.Exchange;

/// <summary>What other datasets of an openLCA package refer to: units, properties, flows, places, currencies, sources and actors.</summary>
internal sealed class OpenLcaReference
{
    private readonly Reading _reading;
    private readonly Dictionary<string, UnitGroupDataset> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FlowPropertyDataset> _properties = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FlowDataset> _flows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _units = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _categories;
    private readonly Dictionary<string, string> _locations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _currencies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _actors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);

    public OpenLcaReference(OpenLcaFile source, Reading reading)
    {
        _reading = reading;
        _categories = OpenLcaCategories.Paths(source, reading);
        foreach (var e in source.All("locations"))
        {
            _locations[e.Id] = e.Json.Text("code") is { Length: > 0 } code ? code : e.Name;
        }

        foreach (var e in source.All("currencies"))
        {
            _currencies[e.Id] = e.Json.Text("code") is { Length: > 0 } code ? code : e.Name;
        }

        foreach (var e in source.All("sources"))
        {
            _sources[e.Id] = e.Json.Text("textReference") is { Length: > 0 } text ? text : e.Name;
        }

        foreach (var e in source.All("actors"))
        {
            _actors[e.Id] = e.Name;
        }

        foreach (var e in source.All("unit_groups"))
        {
            _groups[e.Id] = Group(e);
        }

        foreach (var e in source.All("flow_properties"))
        {
            var group = Id(e.Json.Field("unitGroup"));
            _properties[e.Id] = new FlowPropertyDataset(e.Id, e.Name, group);
            if (!_groups.ContainsKey(group))
            {
                Missing(e.Name, null, "unitGroup", e.Json.Field("unitGroup"));
            }
        }

        foreach (var e in source.All("flows"))
        {
            _flows[e.Id] = Flow(e);
        }
    }

    public IReadOnlyList<UnitGroupDataset> UnitGroups => [.. _groups.Values];

    public IReadOnlyList<FlowPropertyDataset> FlowProperties => [.. _properties.Values];

    public IReadOnlyList<FlowDataset> Flows => [.. _flows.Values];

    /// <summary>Id of a reference; empty where there is none.</summary>
    public static string Id(JsonElement? reference) => reference is { } json ? DatasetIds.Normal(json.Text("@id", "id")) : "";

    /// <summary>Notes once that the package lacks what a reference names.</summary>
    public void Missing(string dataset, int? number, string field, JsonElement? reference)
    {
        var id = Id(reference);
        if (_missing.Add(field + " " + id))
        {
            var name = reference?.Text("name") is { Length: > 0 } text ? text : id;
            _reading.Note("lca_link_missing", dataset, number, field, name, id);
        }
    }

    /// <summary>The flow that a reference names; one that the package lacks is made of the reference. Null where there is no reference.</summary>
    public FlowDataset? Flow(JsonElement? reference, string dataset, int? number)
    {
        var id = Id(reference);
        if (id.Length == 0)
        {
            return null;
        }

        if (_flows.TryGetValue(id, out var flow))
        {
            return flow;
        }

        Missing(dataset, number, "flow", reference);
        var json = reference!.Value;
        var kind = Kind(json, dataset, number);
        var category = Category(json);
        var (compartment, subcompartment) = kind == FlowKind.Elementary ? OpenLcaCategories.Compartment(category) : ("", "");
        flow = new FlowDataset
        {
            Id = id,
            Name = json.Text("name") is { Length: > 0 } name ? name : id,
            Kind = kind,
            Unit = json.Text("refUnit"),
            Category = category,
            Compartment = compartment,
            Subcompartment = subcompartment,
            Location = Location(json, dataset),
        };
        _flows[id] = flow;
        return flow;
    }

    /// <summary>Name of the unit that amounts with these fields are in: the unit named, or else the reference unit of the property named, or else the flow's. What is named nowhere is a fault.</summary>
    public string Unit(JsonElement json, FlowDataset flow, string dataset, int? number)
    {
        if (json.Field("unit") is { } unit)
        {
            var id = Id(unit);
            if (_units.TryGetValue(id, out var known))
            {
                return known;
            }

            if (unit.Text("name") is { Length: > 0 } name)
            {
                Missing(dataset, number, "unit", unit);
                return name;
            }
        }

        var property = Id(json.Field("flowProperty"));
        var name2 = property.Length > 0 && property != flow.PropertyId && UnitOf(property) is { Length: > 0 } own ? own : flow.Unit;
        if (name2.Length == 0)
        {
            _reading.Fault("lca_unit_missing", dataset, number, "unit", flow.Name);
        }

        return name2;
    }

    /// <summary>Id of the property that amounts with these fields are in; null where it is the flow's reference property.</summary>
    public string? Property(JsonElement json, FlowDataset flow, string dataset, int? number)
    {
        var id = Id(json.Field("flowProperty"));
        if (id.Length == 0 || id == flow.PropertyId)
        {
            return null;
        }

        if (!_properties.ContainsKey(id))
        {
            Missing(dataset, number, "flowProperty", json.Field("flowProperty"));
        }

        return id;
    }

    public string Category(JsonElement json)
    {
        if (json.Field("category") is { } category)
        {
            if (category.ValueKind == JsonValueKind.String)
            {
                return JsonFields.Text(category);
            }

            if (_categories.TryGetValue(Id(category), out var path))
            {
                return path;
            }

            return string.Join('/', [.. category.Texts("categoryPath"), category.Text("name")]).Trim('/');
        }

        return string.Join('/', json.Texts("categoryPath"));
    }

    /// <summary>Code of the place that the field <c>location</c> names.</summary>
    public string Location(JsonElement json, string dataset, int? number = null) => Named(json, "location", _locations, dataset, number);

    public string Currency(JsonElement json, string dataset, int? number) => Named(json, "currency", _currencies, dataset, number);

    public string Actor(JsonElement json, string field, string dataset) => Named(json, field, _actors, dataset, null);

    public IReadOnlyList<string> Sources(JsonElement json, string dataset) => [.. json.Objects("sources").Select(s => Source(s, dataset))];

    /// <summary>The text of a source that a reference names.</summary>
    public string Source(JsonElement reference, string dataset)
    {
        if (_sources.TryGetValue(Id(reference), out var text))
        {
            return text;
        }

        Missing(dataset, null, "source", reference);
        return reference.Text("name");
    }

    /// <summary>A reference to something that packages know by a code or text of its own.</summary>
    private string Named(JsonElement json, string field, Dictionary<string, string> known, string dataset, int? number)
    {
        if (json.Field(field) is not { } reference)
        {
            return "";
        }

        if (reference.ValueKind == JsonValueKind.String)
        {
            return JsonFields.Text(reference);
        }

        if (known.TryGetValue(Id(reference), out var text))
        {
            return text;
        }

        Missing(dataset, number, field, reference);
        return reference.Text("code") is { Length: > 0 } code ? code : reference.Text("name");
    }

    private string UnitOf(string property) => _properties.TryGetValue(property, out var known) && _groups.TryGetValue(known.UnitGroupId, out var group) ? group.ReferenceUnit : "";

    private UnitGroupDataset Group(OpenLcaEntity e)
    {
        var units = new List<UnitDataset>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        string? reference = null;
        foreach (var unit in e.Json.Objects("units"))
        {
            var name = unit.Text("name");
            if (name.Length == 0)
            {
                _reading.Fault("lca_unit_missing", e.Name, null, "units");
                continue;
            }

            if (!names.Add(name))
            {
                _reading.Note("lca_duplicate_unit", e.Name, null, "units", name);
                continue;
            }

            var factor = unit.Field("conversionFactor") is { } value ? _reading.Needed(JsonFields.Text(value), e.Name, null, $"units[{name}].conversionFactor") : 1;
            if (factor <= 0)
            {
                _reading.Fault("lca_unit_factor", e.Name, null, "conversionFactor", $"{factor}", name);
            }

            units.Add(new UnitDataset(name, factor, Id(unit) is { Length: > 0 } own ? own : null));
            reference ??= unit.Flag("isRefUnit", "referenceUnit") ? name : null;
            if (Id(unit) is { Length: > 0 } id)
            {
                _units.TryAdd(id, name);
            }
        }

        if (reference is null)
        {
            reference = units.Find(u => u.Factor == 1)?.Name ?? "";
            _reading.Note("lca_reference_unit", e.Name, null, "isRefUnit", reference);
        }

        return new UnitGroupDataset(e.Id, e.Name, reference, units);
    }

    private FlowDataset Flow(OpenLcaEntity e)
    {
        var kind = Kind(e.Json, e.Name, null);
        var factors = new List<(string Id, string Name, string Unit, double Factor, bool Reference)>();
        foreach (var item in e.Json.Objects("flowProperties"))
        {
            var id = Id(item.Field("flowProperty"));
            var factor = item.Field("conversionFactor") is { } value ? _reading.Needed(JsonFields.Text(value), e.Name, null, "conversionFactor") : 1;
            if (factor == 0)
            {
                _reading.Fault("lca_property_factor", e.Name, null, "conversionFactor", "0");
            }

            if (!_properties.TryGetValue(id, out var property))
            {
                Missing(e.Name, null, "flowProperty", item.Field("flowProperty"));
            }

            factors.Add((id, property?.Name ?? item.Field("flowProperty")?.Text("name") ?? id, UnitOf(id), factor, item.Flag("isRefFlowProperty", "referenceFlowProperty")));
        }

        var at = factors.FindIndex(f => f.Reference);
        at = at < 0 && factors.Count > 0 ? 0 : at;
        if (at < 0)
        {
            _reading.Note("lca_no_property", e.Name, null, "flowProperties");
        }

        // Factors say how much of a property goes with one unit of the reference property, whose own factor is 1 in all that openLCA writes.
        var basis = at >= 0 && factors[at].Factor != 0 ? factors[at].Factor : 1;
        if (factors.Exists(f => !double.IsFinite(f.Factor / basis)))
        {
            _reading.Fault("lca_property_factor", e.Name, null, "conversionFactor", $"{basis}");
        }

        var category = Category(e.Json);
        var (compartment, subcompartment) = kind == FlowKind.Elementary ? OpenLcaCategories.Compartment(category) : ("", "");
        return new FlowDataset
        {
            Id = e.Id,
            Name = e.Name,
            Kind = kind,
            Unit = at >= 0 ? factors[at].Unit : e.Json.Text("refUnit"),
            PropertyId = at >= 0 ? factors[at].Id : null,
            Properties = [.. factors.Where((_, i) => i != at).Select(f => new FlowPropertyFactor(f.Id, f.Name, f.Unit, f.Factor / basis))],
            Category = category,
            Compartment = compartment,
            Subcompartment = subcompartment,
            Cas = e.Json.Text("cas").Trim().TrimStart('0') is { Length: > 0 } cas ? cas : null,
            Formula = e.Json.Text("formula") is { Length: > 0 } formula ? formula : null,
            Location = Location(e.Json, e.Name),
            Infrastructure = e.Json.Flag("isInfrastructureFlow", "infrastructureFlow"),
            Synonyms = [.. e.Json.Text("synonyms").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        };
    }

    private FlowKind Kind(JsonElement json, string dataset, int? number)
    {
        switch (json.Text("flowType"))
        {
            case "ELEMENTARY_FLOW":
                return FlowKind.Elementary;
            case "PRODUCT_FLOW":
                return FlowKind.Product;
            case "WASTE_FLOW":
                return FlowKind.Waste;
            case var other:
                _reading.Note("lca_flow_kind", dataset, number, "flowType", other);
                return FlowKind.Product;
        }
    }
}
