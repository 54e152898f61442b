using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>What a file of factors gave: the pack, the versions that hold, and every row that does not, with its place and reason.</summary>
/// <param name="Quarantine">One problem per refused row: row, column, what was found, and the reason code. Nothing is dropped without one.</param>
public sealed record PackReading(FactorPack Pack, IReadOnlyList<FactorVersion> Versions, IReadOnlyList<Problem> Quarantine)
{
    /// <summary>Rows of the file below its header.</summary>
    public int Rows { get; init; }

    /// <summary>Cells of the file that hold, or should hold, a number of a factor.</summary>
    public int Numbers { get; init; }
}
