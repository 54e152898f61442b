namespace Tanlu.Exchange;

/// <summary>
/// How much a stranger's life cycle data may ask of this machine. The defaults let the largest databases in use through (25 000 processes with 800 000 exchanges, packages of
/// 100 000 flows) and stop what only an attack or a mistake would need.
/// </summary>
public sealed record ReadLimits
{
    public static ReadLimits Default { get; } = new();

    /// <summary>Longest file in bytes as received; it is held in memory while it is read.</summary>
    public long FileBytes { get; init; } = 1L << 30;

    /// <summary>Parts (zip entries) of an archive.</summary>
    public int Parts { get; init; } = 250_000;

    /// <summary>Bytes of one part after unpacking.</summary>
    public long PartBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of an archive after unpacking, all parts together.</summary>
    public long UnpackedBytes { get; init; } = 8L << 30;

    /// <summary>Unpacked over packed size of a part above <see cref="RatioFreeBytes"/>. Real datasets stay below 30; deflate can reach 1 032.</summary>
    public int UnpackRatio { get; init; } = 150;

    /// <summary>Parts up to this unpacked size are harmless whatever their ratio.</summary>
    public long RatioFreeBytes { get; init; } = 8L << 20;

    /// <summary>Bytes of a dataset that is held as a whole while it is read (ILCD and other files of one dataset each); the longest real ones have some 40 MB.</summary>
    public long TreeBytes { get; init; } = 128L << 20;

    /// <summary>Elements or objects within each other; no format goes deeper than about 15.</summary>
    public int Depth { get; init; } = 64;

    /// <summary>Processes, flows, methods and whatever else a package may hold, all together.</summary>
    public int Datasets { get; init; } = 1_000_000;

    /// <summary>Exchanges and characterisation factors of a package, all together.</summary>
    public int Exchanges { get; init; } = 20_000_000;

    /// <summary>Notes kept per file, and problems named in a refusal; a file that is wrong in every line must not fill the memory with complaints.</summary>
    public int Notes { get; init; } = 1000;
}
