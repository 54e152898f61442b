using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary>What the command line asks of the web host, which stands above it.</summary>
/// <param name="Serve">Serves this book on the addresses until stopped.</param>
/// <param name="Demo">Fills the data folder with the generated group where it is empty, and serves it until stopped.</param>
public sealed record HostVerbs(Func<Terminal, string, StorageSettings, CancellationToken, Task<int>> Serve, Func<Terminal, string, CancellationToken, Task<int>> Demo);
