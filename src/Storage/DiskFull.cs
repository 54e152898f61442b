namespace Tanlu.Storage;

/// <summary>There is no room left where the book, its evidence or a backup is written. What was acknowledged before is kept; the work that met the end is undone as a whole.</summary>
/// <param name="place">The file or folder.</param>
public sealed class DiskFull(string place, Exception? inner = null) : IOException($"{place}: no space left", inner)
{
    private const int NoSpace = 28;
    private const int QuotaUsedUp = 122;
    private const int FileTooLarge = 27;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public string Place { get; } = place;

    /// <summary>Whether the failure says that a disk, a quota or the allowed size of a file is used up.</summary>
    internal static bool Is(IOException failure) => failure.HResult is NoSpace or QuotaUsedUp or FileTooLarge or WindowsDiskFull;
}
