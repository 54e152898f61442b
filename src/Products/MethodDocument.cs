using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>A method as it is stored: each flow once, factors by the place of their flow.</summary>
internal sealed record MethodDocument
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string Version { get; init; } = "";

    public string Source { get; init; } = "";

    public IReadOnlyList<FlowDataset> Flows { get; init; } = [];

    public IReadOnlyList<IndicatorDocument> Indicators { get; init; } = [];

    public IReadOnlyList<NormalisationWeighting> Sets { get; init; } = [];

    public IReadOnlyList<RepeatedFactor> Repeated { get; init; } = [];

    public static MethodDocument Of(MethodDataset method, IReadOnlyList<RepeatedFactor> repeated)
    {
        var flows = new List<FlowDataset>();
        var places = new Dictionary<(string, string, string, string, string, string, string?), int>();
        var indicators = method.Indicators.Select(i => new IndicatorDocument(
            i.Id, i.Code, i.Name, i.Unit,
            [.. i.Factors.Select(f =>
            {
                var flow = f.Flow;
                if (!places.TryGetValue((flow.Id, flow.Name, flow.Compartment, flow.Subcompartment, flow.Category, flow.Unit, flow.Cas), out var place))
                {
                    places.Add((flow.Id, flow.Name, flow.Compartment, flow.Subcompartment, flow.Category, flow.Unit, flow.Cas), place = flows.Count);
                    flows.Add(flow);
                }

                return new FactorDocument(place, f.Value, f.Unit == flow.Unit ? null : f.Unit, f.Location.Length > 0 ? f.Location : null);
            })])).ToList();
        return new MethodDocument
        {
            Id = method.Id, Name = method.Name, Version = method.Version, Source = method.Source, Flows = flows, Indicators = indicators, Sets = method.Sets, Repeated = repeated,
        };
    }

    public MethodDataset Method() => new()
    {
        Id = Id,
        Name = Name,
        Version = Version,
        Source = Source,
        Indicators =
        [
            .. Indicators.Select(i => new IndicatorDataset(
                i.Id, i.Code, i.Name, i.Unit, [.. i.Factors.Select(f => new CharacterisationFactor(Flows[f.Flow], f.Value, f.Unit ?? Flows[f.Flow].Unit, f.Location ?? ""))])),
        ],
        Sets = Sets,
    };
}

internal sealed record IndicatorDocument(string Id, string Code, string Name, string Unit, IReadOnlyList<FactorDocument> Factors);

/// <param name="Flow">Place of the flow in the document.</param>
/// <param name="Unit">Null where it is the flow's.</param>
/// <param name="Location">Null for everywhere.</param>
internal sealed record FactorDocument(int Flow, double Value, string? Unit, string? Location);
