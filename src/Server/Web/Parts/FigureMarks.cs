namespace Tanlu.Server.Web.Parts;

/// <summary>What a reader must know of a figure before using it. There is no setting that hides them.</summary>
[Flags]
public enum FigureMarks
{
    None = 0,

    /// <summary>A part of it comes from estimates.</summary>
    Estimated = 1,

    /// <summary>A factor behind it is older than its period, or data are overdue.</summary>
    Stale = 2,

    /// <summary>A factor behind it could not be verified at its source.</summary>
    Unverified = 4,

    /// <summary>Not sealed or not approved yet.</summary>
    Pending = 8,

    /// <summary>Some of the data it covers are missing.</summary>
    Partial = 16,
}
