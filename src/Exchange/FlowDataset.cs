namespace Tanlu.Exchange;

public enum FlowKind : byte
{
    /// <summary>Between nature and the technosphere (ISO 14040:2006, 3.12).</summary>
    Elementary,
    Product,

    /// <summary>What a process gives away to be treated: the process that treats it has it as an input and as its reference.</summary>
    Waste,
}

/// <summary>Something that processes exchange.</summary>
public sealed record FlowDataset
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public FlowKind Kind { get; init; }

    /// <summary>Unit of its reference property: what amounts without a unit of their own are in.</summary>
    public required string Unit { get; init; }

    /// <summary>Id of the flow property that <see cref="Unit"/> belongs to; null where the format has none.</summary>
    public string? PropertyId { get; init; }

    /// <summary>Further properties: what one reference unit of the flow amounts to in them (its density, its calorific value …).</summary>
    public IReadOnlyList<FlowPropertyFactor> Properties { get; init; } = [];

    /// <summary>Path of the publisher's classification, parts separated by <c>/</c>; for an elementary flow compartment and sub-compartment.</summary>
    public string Category { get; init; } = "";

    /// <summary>Compartment of an elementary flow as the publisher writes it (<c>air</c>, <c>Emission to water</c>, <c>resource</c>); empty otherwise.</summary>
    public string Compartment { get; init; } = "";

    public string Subcompartment { get; init; } = "";

    /// <summary>CAS registry number without leading zeros.</summary>
    public string? Cas { get; init; }

    public string? Formula { get; init; }

    public string Location { get; init; } = "";

    /// <summary>A capital good.</summary>
    public bool Infrastructure { get; init; }

    public IReadOnlyList<string> Synonyms { get; init; } = [];
}

/// <param name="Factor">So many of <paramref name="Unit"/> for one reference unit of the flow.</param>
public sealed record FlowPropertyFactor(string? PropertyId, string Name, string Unit, double Factor);

/// <summary>Says which flow of another nomenclature a flow is, and how their amounts relate.</summary>
/// <param name="Factor">Amounts of the source flow times this are amounts of the target flow.</param>
public sealed record FlowMapping(string SourceList, string SourceId, string SourceName, string SourceContext, string SourceUnit, string TargetList, string TargetId, string TargetName, string TargetContext, string TargetUnit, double Factor);
