using Tanlu.Kernel;

namespace Tanlu.Inventory;

/// <summary>One place where a package does not hold. Texts: <c>package.{Code}</c>.</summary>
/// <param name="Code"><c>differs</c>, <c>missing</c>, <c>unexpected</c>, <c>unreadable</c>, <c>file_altered</c>, <c>order</c> or <c>head_differs</c>.</param>
/// <param name="Row">Row of the table (the header is row 1), or what the figure is of.</param>
public sealed record PackageDifference(string Code, string File, string Row, string Field, string Expected, string Found)
{
    public string Text(Language language) => Texts.Fill(language, "package." + Code, File, Row, Field, Expected, Found);
}

/// <summary>What the edition's page says of an edition, to compare a package with.</summary>
/// <param name="Edition">Hash of the edition; null where it is not known.</param>
/// <param name="Chain">The chain of the book at the edition; needed where lines are sealed.</param>
/// <param name="Number">Number of the edition.</param>
public sealed record PackageHead(string? Edition, string? Chain, long? Number);

/// <summary>What the recomputation of a package gave.</summary>
/// <param name="Differences">The first ones; <paramref name="DifferenceCount"/> counts them all.</param>
/// <param name="Recomputed">Share of the edition's tonnes in the scopes that was recomputed from quantities and factors.</param>
/// <param name="SealedShare">Share that rests on factors which may not be passed on.</param>
/// <param name="HeadCompared">Whether the package was compared with a recorded head.</param>
/// <param name="EditionHash">SHA-256 of the enclosed content; null where parts of it are sealed.</param>
public sealed record PackageReport(
    string Program, long Edition, string StatedHash, string? EditionHash, string Chain, int Batches, int HiddenBatches, long Rows, long PartialRows, long Postings, long PostingsRecomputed, int Cells,
    int SealedCells, int EvidenceNamed, int EvidenceEnclosed, double Recomputed, double SealedShare, double LostShare, bool HeadCompared, bool ChainBound,
    IReadOnlyList<PackageDifference> Differences, int DifferenceCount)
{
    public bool Same => DifferenceCount == 0;
}

/// <summary>Gathers differences; beyond the first few hundred they are counted only.</summary>
internal sealed class PackageFindings
{
    private const int MostKept = 500;

    private readonly List<PackageDifference> _kept = [];

    public IReadOnlyList<PackageDifference> Kept => _kept;

    public int Count { get; private set; }

    public void Add(string code, string file, string row, string field, string expected, string found)
    {
        Count++;
        if (_kept.Count < MostKept)
        {
            _kept.Add(new PackageDifference(code, file, row, field, expected, found));
        }
    }

    public void Add(PackageUnreadable broken) => Add("unreadable", broken.File, broken.Row, broken.Column, "", broken.Found);

    /// <summary>Adds a difference where the two are not the same.</summary>
    public bool Same<T>(string file, string row, string field, T expected, T found)
    {
        if (EqualityComparer<T>.Default.Equals(expected, found))
        {
            return true;
        }

        Add("differs", file, row, field, $"{expected}", $"{found}");
        return false;
    }
}
