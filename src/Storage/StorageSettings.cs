namespace Tanlu.Storage;

/// <summary>Where the book and the evidence live.</summary>
/// <param name="DataFolder">Folder of the SQLite file <c>tanlu.db</c> and of <c>blobs/</c>; made at first use, readable by its owner only.</param>
/// <param name="Postgres">A PostgreSQL connection string; null or empty keeps the book in SQLite in the data folder.</param>
public sealed record StorageSettings(string DataFolder, string? Postgres = null)
{
    /// <summary>SQLite <c>synchronous=FULL</c>: a commit that was acknowledged survives a power loss. Off means NORMAL, which survives only a crash of the process.</summary>
    public bool DurableCommits { get; init; } = true;

    /// <summary>How many snapshot reads may run at once; further ones wait without holding a thread.</summary>
    public int Readers { get; init; } = 8;

    /// <summary>The largest evidence file that is accepted, in bytes.</summary>
    public long LargestBlob { get; init; } = 256L << 20;

    /// <summary>Keys that sign what browsers carry; part of every backup.</summary>
    public string KeyFolder => Path.Combine(DataFolder, "keys");

    /// <summary>Whether the folder holds a SQLite book.</summary>
    public bool HasDatabaseFile => File.Exists(DatabaseFile);

    internal string DatabaseFile => Path.Combine(DataFolder, "tanlu.db");

    internal string BlobFolder => Path.Combine(DataFolder, "blobs");
}
