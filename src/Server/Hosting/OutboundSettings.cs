namespace Tanlu.Server.Hosting;

/// <summary>What the server may call (<c>Tanlu:Outbound</c>).</summary>
public sealed record OutboundSettings
{
    /// <summary>
    /// Hosts that may be called although they are not public, over http too and on any port, separated by commas: <c>erp.internal</c>, <c>10.1.2.3:8443</c>. Empty allows none.
    /// </summary>
    public string Allow { get; init; } = "";

    /// <summary>Seconds for a whole call.</summary>
    public double TimeoutSeconds { get; init; } = 10;

    internal IReadOnlyList<string> Allowed => Allow.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
