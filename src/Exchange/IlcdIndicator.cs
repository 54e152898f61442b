namespace Tanlu.Exchange;

/// <summary>An LCIA method dataset of ILCD: one indicator with its factors. Datasets that name the same methodology make up one method.</summary>
internal sealed class IlcdIndicator
{
    public IlcdIndicator(string part, IlcdNode node, IlcdDatasets datasets)
    {
        var reading = datasets.Reading;
        var information = node.At("LCIAMethodInformation");
        var about = information?.At("dataSetInformation");
        var id = about?.Id("UUID") ?? "";
        var name = about?.Best("name") ?? "";
        if (id.Length == 0 || name.Length == 0)
        {
            reading.Fault(id.Length == 0 ? "lca_id_missing" : "lca_name_missing", part, about?.Line ?? node.Line, id.Length == 0 ? "UUID" : "name");
        }

        Version = IlcdDatasets.Version(node);
        Method = about?.Best("methodology") is { Length: > 0 } methodology ? methodology : name;
        Source = datasets.NameOf(node.At("administrativeInformation", "publicationAndOwnership", "referenceToOwnershipOfDataSet"));
        var quantity = information?.At("quantitativeReference", "referenceQuantity");
        var property = quantity is null ? null : datasets.Property(quantity.Id("refObjectId"));
        var unit = property?.Unit ?? Unit(quantity?.Best("shortDescription") ?? "");
        if (quantity is not null && property is null)
        {
            reading.Note("lca_reference_absent", part, quantity.Line, "referenceQuantity", quantity.Id("refObjectId"));
        }

        var factors = new List<CharacterisationFactor>();
        foreach (var factor in node.At("characterisationFactors")?.All("factor") ?? [])
        {
            reading.CountExchange(part);
            var value = reading.Needed(factor.Of("meanValue"), part, factor.Line, "meanValue");
            var reference = factor.At("referenceToFlowDataSet");
            if (reference is null)
            {
                reading.Fault("lca_id_missing", part, factor.Line, "referenceToFlowDataSet");
                continue;
            }

            var flow = datasets.Flow(reference, FlowKind.Elementary, part);
            factors.Add(new CharacterisationFactor(flow, value, flow.Unit, factor.Of("location")));
        }

        Dataset = new IndicatorDataset(id, "", name, unit, factors);
    }

    public IndicatorDataset Dataset { get; }

    public string Version { get; }

    public string Method { get; }

    public string Source { get; }

    /// <summary>Where the property is missing, its name may still end with the unit in brackets.</summary>
    private static string Unit(string description) =>
        description.EndsWith(')') && description.LastIndexOf('(') is >= 0 and var at ? description[(at + 1)..^1] : "";
}
