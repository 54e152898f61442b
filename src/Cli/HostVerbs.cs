namespace Tanlu.Cli;

/// <summary>What the command line asks of the web host, which stands above it.</summary>
/// <param name="Serve">Serves on the addresses until stopped.</param>
public sealed record HostVerbs(Func<Terminal, string, CancellationToken, Task<int>> Serve);
