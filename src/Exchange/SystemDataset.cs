namespace Tanlu.Exchange;

/// <summary>A product system as another tool linked it: which process provides which input.</summary>
public sealed record SystemDataset
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string ReferenceProcessId { get; init; }

    /// <summary>Flow whose amount is demanded.</summary>
    public required string ReferenceFlowId { get; init; }

    public double Amount { get; init; } = 1;

    public string Unit { get; init; } = "";

    public IReadOnlyList<ProviderLink> Links { get; init; } = [];

    /// <summary>Values that parameters take in this system.</summary>
    public IReadOnlyList<ParameterValue> Parameters { get; init; } = [];
}

/// <param name="Exchange">Number of the consumer's exchange; null where the format names only the flow.</param>
public sealed record ProviderLink(string ConsumerId, int? Exchange, string FlowId, string ProviderId);

/// <param name="ProcessId">Process whose parameter it is; null for one of the package.</param>
public sealed record ParameterValue(string? ProcessId, string Name, double Value);

/// <summary>What another tool calculated.</summary>
public sealed record StoredResult
{
    public required string Id { get; init; }

    public string Name { get; init; } = "";

    /// <summary>System or process that the result is of.</summary>
    public string? SystemId { get; init; }

    public string? ProcessId { get; init; }

    public string? MethodId { get; init; }

    /// <summary>Flow whose amount the result is for; null where the format does not say.</summary>
    public string? ReferenceFlowId { get; init; }

    public double Amount { get; init; } = 1;

    public string Unit { get; init; } = "";

    public IReadOnlyList<StoredFlow> Flows { get; init; } = [];

    public IReadOnlyList<StoredImpact> Impacts { get; init; } = [];
}

public sealed record StoredFlow(string FlowId, bool Input, double Amount, string Unit);

public sealed record StoredImpact(string IndicatorId, string Indicator, double Amount, string Unit);
