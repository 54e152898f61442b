namespace Tanlu.Server.Hosting;

/// <summary>How much one caller may ask of this process (<c>Tanlu:Limits</c>).</summary>
public sealed record LimitSettings
{
    /// <summary>Requests of a person or a token that are filled up again every second.</summary>
    public int PerSecond { get; init; } = 50;

    /// <summary>Requests of a person or a token at once.</summary>
    public int Burst { get; init; } = 200;

    /// <summary>The same for an address from which nobody signed in.</summary>
    public int AnonymousPerSecond { get; init; } = 10;

    public int AnonymousBurst { get; init; } = 60;

    /// <summary>Tries to sign in, from one address in a minute.</summary>
    public int SignInsPerMinute { get; init; } = 20;

    /// <summary>Heavy exports at once in this process.</summary>
    public int HeavyAtOnce { get; init; } = 2;

    /// <summary>Heavy exports that wait for their turn; what comes beyond is refused.</summary>
    public int HeavyWaiting { get; init; } = 8;

    /// <summary>Largest file that is taken over HTTP, in MB.</summary>
    public int UploadMegabytes { get; init; } = 256;

    public long LargestUpload => (long)UploadMegabytes << 20;
}
