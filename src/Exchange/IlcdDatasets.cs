using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <param name="Line">Of its reference to the unit group.</param>
internal sealed record IlcdProperty(FlowPropertyDataset Dataset, string Part, int Line);

/// <summary>The datasets of an ILCD package by their UUIDs, and what one says about another.</summary>
internal sealed class IlcdDatasets(Reading reading)
{
    /// <summary>Reference properties of the network, for datasets that come without them.</summary>
    private static readonly Dictionary<string, FlowPropertyFactor> Known =
        DataRows.Read("lca/ilcd-properties.csv").ToDictionary(r => r["id"], r => new FlowPropertyFactor(r["id"], r["name"], r["unit"], 1), StringComparer.Ordinal);

    private readonly Dictionary<string, (string Version, IlcdFlow Flow)> _flows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Version, IlcdProperty Property)> _properties = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Version, UnitGroupDataset Group)> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Version, ProcessDataset Process)> _processes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Version, IlcdIndicator Indicator)> _indicators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FlowDataset> _resolved = new(StringComparer.Ordinal);
    private readonly List<FlowDataset> _flowOrder = [];

    public Reading Reading => reading;

    /// <summary>Takes a dataset that others refer to; false where it is of no kind that is read.</summary>
    public bool Take(string part, IlcdNode node, string kind)
    {
        reading.CountDataset(part);
        switch (kind)
        {
            case "flow":
                var flow = new IlcdFlow(part, node, reading);
                Keep(_flows, flow.Id, flow.Version, part, flow);
                return true;
            case "property":
                TakeProperty(part, node);
                return true;
            case "units":
                TakeUnits(part, node);
                return true;
            case "source" or "contact":
                var about = node.At($"{kind}Information", "dataSetInformation");
                if (about is not null)
                {
                    _names[about.Id("UUID")] = about.Best(kind == "source" ? "sourceCitation" : "name") is { Length: > 0 } name ? name : about.Best("shortName");
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>Gives flows their units, once everything that they refer to has been read.</summary>
    public void Resolve()
    {
        foreach (var (_, (property, part, line)) in _properties.Values)
        {
            if (property.UnitGroupId.Length > 0 && !_groups.ContainsKey(property.UnitGroupId))
            {
                reading.Note("lca_reference_absent", part, line, "referenceToReferenceUnitGroup", property.UnitGroupId);
            }
        }

        foreach (var (_, flow) in _flows.Values)
        {
            Add(flow.Dataset(this));
        }
    }

    /// <summary>Takes a process or a method, which refer to flows.</summary>
    public void TakeUser(string part, IlcdNode node)
    {
        reading.CountDataset(part);
        if (IlcdReader.Kind(node) == "method")
        {
            var indicator = new IlcdIndicator(part, node, this);
            Keep(_indicators, indicator.Dataset.Id, indicator.Version, part, indicator);
        }
        else
        {
            var process = new IlcdProcess(part, node, this).Read();
            Keep(_processes, process.Id, process.Version, part, process);
        }
    }

    public DatasetPackage Package(string name)
    {
        var processes = _processes.Values.Select(p => p.Process).ToList();
        return new DatasetPackage
        {
            Format = processes.Exists(p => p.Kind == ProcessKind.Declaration) ? IlcdReader.EpdCode : IlcdReader.Code, Name = name,
            UnitGroups = [.. _groups.Values.Select(g => g.Group)], FlowProperties = [.. _properties.Values.Select(p => p.Property.Dataset)], Flows = _flowOrder, Processes = processes,
            Methods =
            [
                .. _indicators.Values.Select(i => i.Indicator).GroupBy(i => i.Method).Select(m => new MethodDataset
                {
                    Id = m.Key, Name = m.Key, Version = m.Select(i => i.Version).Max(StringComparer.Ordinal) ?? "", Source = m.First().Source, Indicators = [.. m.Select(i => i.Dataset)],
                }),
            ],
        };
    }

    /// <summary>A property by its id: of the package, or one of the network's own; null where it is neither.</summary>
    public FlowPropertyFactor? Property(string id) =>
        _properties.TryGetValue(id, out var own) && _groups.TryGetValue(own.Property.Dataset.UnitGroupId, out var group)
            ? new FlowPropertyFactor(id, own.Property.Dataset.Name, group.Group.ReferenceUnit, 1)
            : Known.GetValueOrDefault(id);

    /// <summary>What amounts of a flow are multiplied by to be in its unit.</summary>
    public double ReferenceAmount(string flowId) => _flows.TryGetValue(flowId, out var flow) ? flow.Flow.ReferenceAmount : 1;

    public bool HasProperty(string id) => _properties.ContainsKey(id);

    /// <summary>Unit of one of the network's own properties; empty for any other.</summary>
    public static string KnownUnit(string id) => Known.GetValueOrDefault(id)?.Unit ?? "";

    /// <summary>The flow that a reference means. One that is missing in the package is added under the reference's own words, and noted.</summary>
    public FlowDataset Flow(IlcdNode reference, FlowKind kind, string dataset, FlowDataset? described = null)
    {
        var id = reference.Id("refObjectId");
        if (_resolved.TryGetValue(id, out var flow))
        {
            return flow;
        }

        if (id.Length == 0)
        {
            reading.Fault("lca_id_missing", dataset, reference.Line, "refObjectId");
        }

        if (described is null)
        {
            reading.Note("lca_reference_absent", dataset, reference.Line, "referenceToFlowDataSet", id);
        }

        return Add(described ?? new FlowDataset { Id = id, Name = reference.Best("shortDescription") is { Length: > 0 } name ? name : id, Kind = kind, Unit = "" });
    }

    /// <summary>What a reference to a source or contact means in words.</summary>
    public string NameOf(IlcdNode? reference) => reference is null ? ""
        : reference.Best("shortDescription") is { Length: > 0 } text ? text : _names.GetValueOrDefault(reference.Id("refObjectId"), "");

    /// <summary>Names of datasets are written in up to four parts.</summary>
    public static string FullName(IlcdNode? name) => name is null ? ""
        : string.Join("; ", new[] { "baseName", "treatmentStandardsRoutes", "mixAndLocationTypes", "functionalUnitFlowProperties", "flowProperties" }.Select(name.Best).Where(t => t.Length > 0));

    /// <summary>The first classification, its classes by level.</summary>
    public static string Classes(IlcdNode? information)
    {
        var classification = information?.At("classificationInformation");
        var classes = classification?.At("elementaryFlowCategorization")?.All("category") ?? classification?.At("classification")?.All("class") ?? [];
        return string.Join('/', classes.OrderBy(c => int.TryParse(c.Of("level"), out var level) ? level : 0).Select(c => c.Text).Where(t => t.Length > 0));
    }

    public static string Version(IlcdNode node) => node.Of("administrativeInformation", "publicationAndOwnership", "dataSetVersion");

    private FlowDataset Add(FlowDataset flow)
    {
        _resolved[flow.Id] = flow;
        _flowOrder.Add(flow);
        return flow;
    }

    private void TakeProperty(string part, IlcdNode node)
    {
        var about = node.At("flowPropertiesInformation", "dataSetInformation");
        var group = node.At("flowPropertiesInformation", "quantitativeReference", "referenceToReferenceUnitGroup");
        var id = Identified(about, part, node.Line);
        if (group is null)
        {
            reading.Fault("lca_unit_missing", part, node.Line, "referenceToReferenceUnitGroup", about?.Best("name"));
        }

        Keep(_properties, id, Version(node), part, new IlcdProperty(new FlowPropertyDataset(id, about?.Best("name") ?? "", group?.Id("refObjectId") ?? ""), part, group?.Line ?? node.Line));
    }

    private void TakeUnits(string part, IlcdNode node)
    {
        var about = node.At("unitGroupInformation", "dataSetInformation");
        var reference = node.Of("unitGroupInformation", "quantitativeReference", "referenceToReferenceUnit");
        var id = Identified(about, part, node.Line);
        var units = new List<UnitDataset>();
        var referenceUnit = "";
        foreach (var unit in node.At("units")?.All("unit") ?? [])
        {
            var name = unit.Best("name");
            var faults = reading.Faults;
            var factor = reading.Needed(unit.Of("meanValue"), part, unit.Line, "meanValue");
            if (name.Length == 0 || (factor == 0 && reading.Faults == faults))
            {
                reading.Fault("lca_unit_missing", part, unit.Line, name.Length == 0 ? "name" : "meanValue", name);
            }

            units.Add(new UnitDataset(name, factor));
            if (unit.Of("dataSetInternalID") == reference)
            {
                referenceUnit = name;
            }
        }

        if (referenceUnit.Length == 0)
        {
            reading.Fault("lca_unit_missing", part, node.Line, "referenceToReferenceUnit", reference);
        }

        Keep(_groups, id, Version(node), part, new UnitGroupDataset(id, about?.Best("name") ?? "", referenceUnit, units));
    }

    private string Identified(IlcdNode? information, string part, int line)
    {
        var id = information?.Id("UUID") ?? "";
        if (id.Length == 0)
        {
            reading.Fault("lca_id_missing", part, line, "UUID");
        }

        return id;
    }

    /// <summary>Archives hold several versions of a dataset side by side; the newest counts.</summary>
    private void Keep<T>(Dictionary<string, (string Version, T Dataset)> kept, string id, string version, string part, T dataset)
    {
        if (!kept.TryGetValue(id, out var other))
        {
            kept[id] = (version, dataset);
            return;
        }

        var newer = string.CompareOrdinal(version, other.Version) > 0;
        reading.Note("lca_version_older", part, found: id, more: [newer ? version : other.Version, newer ? other.Version : version]);
        if (newer)
        {
            kept[id] = (version, dataset);
        }
    }
}
