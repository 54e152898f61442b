using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>What an import of a pack gave.</summary>
/// <param name="Quarantine">One problem per row that was refused; the other rows are in the pack.</param>
public sealed record PackImport(StoredPack Pack, IReadOnlyList<Problem> Quarantine)
{
    /// <summary>The set with its publisher and licence, as the file names it.</summary>
    public required FactorPack Set { get; init; }

    /// <summary>Rows of the file below its header.</summary>
    public int Rows { get; init; }
}

/// <summary>An edition with everything that would be different if it served.</summary>
/// <param name="Serves">Activities that would find another factor than now.</param>
public sealed record PackReview(StoredPack Pack, PackDiff Diff, IReadOnlyList<ServedChange> Serves);

/// <summary>A pack edition as a calculation pins it.</summary>
public sealed record PackPin(string Code, string Hash);
