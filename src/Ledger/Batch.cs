using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>How a batch came to be. Numbers are stored.</summary>
public enum BatchKind
{
    /// <summary>A file; the same file is in the book once.</summary>
    Import = 0,

    /// <summary>One activity from a form or another system.</summary>
    Entry = 1,

    /// <summary>One activity taken back, with or without another in its place.</summary>
    Correction = 2,

    /// <summary>Generated data, labelled as such.</summary>
    Seed = 3,
}

/// <summary>Numbers are stored.</summary>
public enum BatchState
{
    /// <summary>Rows are still arriving; nobody sees them.</summary>
    Open = 0,

    /// <summary>In the book for good.</summary>
    Sealed = 1,

    /// <summary>Given up before it was sealed; its rows are gone.</summary>
    Dropped = 2,
}

/// <summary>Rows that entered the book together: the link of the journal's chain.</summary>
/// <param name="Node">Part of the organisation its maker was limited to; 0 is the whole tenant.</param>
/// <param name="FileHash">SHA-256 of the file, lower-case hex; of the entry's values where there was no file.</param>
/// <param name="Refused">Rows that were left out because they were wrong.</param>
/// <param name="Seq">Place in the tenant's chain.</param>
/// <param name="Root">Merkle root over its rows.</param>
/// <param name="Chain">Hash over the chain before it, its root and what it says of itself.</param>
/// <param name="Partial">The reader sees a part of it: <paramref name="Rows"/> counts that part, and what it holds beside is not told.</param>
public sealed record Batch(
    long Id, BatchKind Kind, BatchState State, long Node, string FileName, string FileHash, string Reason, int Rows, int Refused, int Postings, DateTimeOffset OpenedAt,
    string OpenedByName, DateTimeOffset? SealedAt, long? Seq, byte[]? Root, byte[]? Previous, byte[]? Chain, bool Partial = false);

/// <summary>A page of batches, newest first; <see cref="Next"/> is the <c>before</c> of the following page, or null.</summary>
public sealed record BatchPage(IReadOnlyList<Batch> Batches, long? Next);

/// <summary>How a file is to be imported.</summary>
/// <param name="SkipBad">Take the good rows and keep the wrong ones with their reason; otherwise one wrong row refuses the file.</param>
/// <param name="ColumnMap">The user's mapping from header text to field; what it does not name is found by the alias table.</param>
/// <param name="Reason">Why, in the user's words; kept with the batch.</param>
/// <param name="ClientKey">Names the batch: a later import with the same key gives the sealed batch of the earlier one, or takes the place of its open one.</param>
public sealed record ImportOptions(
    bool SkipBad = false, IReadOnlyDictionary<string, string>? ColumnMap = null, BatchKind Kind = BatchKind.Import, string Reason = "", string? ClientKey = null);

/// <summary>How far an import is.</summary>
/// <param name="Rows">Rows read so far.</param>
/// <param name="Written">Rows that are on disk, not yet seen by anybody.</param>
public sealed record ImportProgress(int Rows, int Written, int Refused);

/// <summary>A sealed import.</summary>
/// <param name="Refused">The rows left out, each with its place and reason; empty unless bad rows were to be skipped.</param>
/// <param name="UnknownColumns">Headers that mean no field; their cells were not read.</param>
public sealed record ImportResult(Batch Batch, IReadOnlyList<Problem> Refused, IReadOnlyList<string> UnknownColumns);

/// <summary>What an import would say of a file, without writing anything.</summary>
public sealed record ImportCheck(int Rows, int Wrong, IReadOnlyList<Problem> Problems, IReadOnlyList<string> UnknownColumns, IReadOnlyList<string> Header);
