using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>An impact assessment method: indicators with their factors, and the sets that normalise and weight them (ISO 14044:2006, 4.4).</summary>
public sealed record MethodDataset
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string Version { get; init; } = "";

    public string Source { get; init; } = "";

    public IReadOnlyList<IndicatorDataset> Indicators { get; init; } = [];

    public IReadOnlyList<NormalisationWeighting> Sets { get; init; } = [];
}

/// <summary>An impact category indicator.</summary>
/// <param name="Code">Short code by which formats and sets name it, e.g. <c>GWP-fossil</c>; may be empty.</param>
/// <param name="Unit">Unit of its result, e.g. <c>kg CO2 eq</c>.</param>
public sealed record IndicatorDataset(string Id, string Code, string Name, string Unit, IReadOnlyList<CharacterisationFactor> Factors);

/// <summary>What one unit of a flow does to an indicator.</summary>
/// <param name="Flow">The flow as the method knows it: its id, name, compartment and unit decide which flow of an inventory is meant.</param>
/// <param name="Unit">Unit of the flow that the factor is for.</param>
/// <param name="Location">Place that the factor is for; empty for everywhere.</param>
/// <param name="PropertyId">Property that the unit belongs to; null for the flow's reference property.</param>
public sealed record CharacterisationFactor(FlowDataset Flow, double Value, string Unit, string Location = "", string? PropertyId = null, Distribution Uncertainty = default);

/// <summary>A normalisation and weighting set of a method. Scores are impact ÷ normalisation × weight.</summary>
/// <param name="Unit">Unit of the weighted score, e.g. <c>Pt</c>.</param>
public sealed record NormalisationWeighting(string Id, string Name, string Unit, IReadOnlyList<IndicatorWeight> Indicators);

/// <param name="Normalisation">Reference value in the indicator's unit (per person and year, or as the set says); null where the set does not normalise.</param>
/// <param name="Weight">As a share of one; null where the set does not weight.</param>
public sealed record IndicatorWeight(string IndicatorId, double? Normalisation, double? Weight);
