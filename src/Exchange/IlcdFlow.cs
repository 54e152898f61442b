namespace Tanlu.Exchange;

/// <summary>A flow dataset of ILCD, before its units are known.</summary>
internal sealed class IlcdFlow
{
    private readonly string _part;
    private readonly FlowDataset _flow;
    private readonly List<(string Id, string Name, double Factor, bool Reference, int Line)> _properties = [];

    public IlcdFlow(string part, IlcdNode node, Reading reading)
    {
        _part = part;
        var information = node.At("flowInformation");
        var about = information?.At("dataSetInformation");
        Id = about?.Id("UUID") ?? "";
        Version = IlcdDatasets.Version(node);
        var name = IlcdDatasets.FullName(about?.At("name"));
        if (Id.Length == 0 || name.Length == 0)
        {
            reading.Fault(Id.Length == 0 ? "lca_id_missing" : "lca_name_missing", part, about?.Line ?? node.Line, Id.Length == 0 ? "UUID" : "baseName");
        }

        var kind = KindOf(node.Of("modellingAndValidation", "LCIMethod", "typeOfDataSet") is { Length: > 0 } type ? type : node.Of("modellingAndValidation", "LCIMethodAndAllocation", "typeOfDataSet"));
        var category = IlcdDatasets.Classes(about);
        var (compartment, sub) = Compartment(category);
        _flow = new FlowDataset
        {
            Id = Id, Name = name, Kind = kind, Unit = "", Category = category, Compartment = kind == FlowKind.Elementary ? compartment : "", Subcompartment = kind == FlowKind.Elementary ? sub : "",
            Cas = EcoSpold.Cas(about?.Of("CASNumber")), Formula = EcoSpold.Formula(about?.Of("sumFormula")), Location = information?.At("geography")?.Best("locationOfSupply") ?? "",
            Synonyms = Split(about?.Best("synonyms") ?? ""),
        };
        var reference = information?.Of("quantitativeReference", "referenceToReferenceFlowProperty") ?? "";
        foreach (var property in node.At("flowProperties")?.All("flowProperty") ?? [])
        {
            var target = property.At("referenceToFlowPropertyDataSet");
            var isReference = property.Of("dataSetInternalID") == reference;
            var text = property.Of("meanValue");
            var factor = isReference ? reading.Needed(text, part, property.Line, "meanValue") : reading.Optional(text, part, property.Line, "meanValue");
            if (target is null || factor is null)
            {
                reading.Note("lca_reference_absent", part, property.Line, "referenceToFlowPropertyDataSet");
                continue;
            }

            _properties.Add((target.Id("refObjectId"), target.Best("shortDescription"), factor.Value, isReference, property.Line));
        }
    }

    public string Id { get; }

    public string Version { get; }

    /// <summary>How much of its reference unit one of the flow is; 1 in all but odd datasets.</summary>
    public double ReferenceAmount => _properties.Find(p => p.Reference) is { Id: not null, Factor: not 0 } reference ? reference.Factor : 1;

    public static FlowKind KindOf(string type) =>
        type.StartsWith("Elementary", StringComparison.OrdinalIgnoreCase) ? FlowKind.Elementary : type.StartsWith("Waste", StringComparison.OrdinalIgnoreCase) ? FlowKind.Waste : FlowKind.Product;

    /// <summary>The flow with the unit of its reference property, and what one reference unit is in its other properties.</summary>
    public FlowDataset Dataset(IlcdDatasets datasets)
    {
        var reference = _properties.Find(p => p.Reference);
        if (reference.Id is null)
        {
            datasets.Reading.Note("lca_unit_unknown", _part, found: _flow.Name);
            return _flow;
        }

        var property = Property(datasets, reference.Id, reference.Line);
        if (property is null)
        {
            datasets.Reading.Note("lca_unit_unknown", _part, reference.Line, "referenceToFlowPropertyDataSet", _flow.Name);
        }

        // Factors are given for one unit of the dataset as it was declared, which need not be one unit of the reference property.
        var whole = ReferenceAmount;
        if (whole != 1)
        {
            datasets.Reading.Note("lca_reference_amount", _part, reference.Line, "meanValue", $"{whole}", _flow.Name);
        }

        return _flow with
        {
            Unit = property?.Unit ?? "",
            PropertyId = reference.Id,
            Properties =
            [
                .. _properties.Where(p => !p.Reference && double.IsFinite(p.Factor / whole)).Select(p => Property(datasets, p.Id, p.Line) is { } other
                    ? other with { Factor = p.Factor / whole } : new FlowPropertyFactor(p.Id, p.Name, "", p.Factor / whole)),
            ],
        };
    }

    /// <summary>Emissions to air, to water … with what is said more closely; resources by where they are taken from.</summary>
    private static (string Compartment, string Sub) Compartment(string category)
    {
        var classes = category.Split('/');
        return classes.Length == 1 ? (classes[0], "") : (classes[1], classes.Length > 2 ? classes[2] : "");
    }

    private static List<string> Split(string synonyms) => [.. synonyms.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private FlowPropertyFactor? Property(IlcdDatasets datasets, string id, int line)
    {
        if (!datasets.HasProperty(id))
        {
            datasets.Reading.Note("lca_reference_absent", _part, line, "referenceToFlowPropertyDataSet", id);
        }

        return datasets.Property(id);
    }
}
