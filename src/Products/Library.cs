using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>Where a library stands. The numbers are stored.</summary>
public enum LibraryState
{
    Importing = 0,
    Ready = 1,

    /// <summary>Its import did not end.</summary>
    Dropped = 2,

    /// <summary>Taken out of use. What rests on it still finds its versions.</summary>
    Retired = 3,
}

/// <summary>Datasets that belong together: an imported database, or what a tenant makes itself.</summary>
/// <param name="Key">Qualifies ids that mean something in this library only; editions of the same library share it.</param>
/// <param name="Format">Format of the file that it came from; empty for a tenant's own.</param>
/// <param name="FileHash">SHA-256 of that file, which is kept; null for a tenant's own.</param>
/// <param name="Licence">Terms of use as the file states them.</param>
/// <param name="Own">The tenant's own: its processes can be edited. An imported one stays as it came.</param>
/// <param name="Revision">Counts every change of what it holds.</param>
/// <param name="Content">SHA-256, in hexadecimal digits, over ids and hashes of its current process versions: the same content has the same value anywhere.</param>
/// <param name="Notes">How many things its reader could not take as they stood.</param>
public sealed record Library(
    long Id, string Key, string Name, string Version, string Format, string FileName, string? FileHash, string Licence, DataRight Rights, bool Own, LibraryState State, long Revision,
    string Content, int Processes, int Flows, long Exchanges, int Methods, int Notes, DateTimeOffset MadeAt, long MadeBy, string MadeByName)
{
    /// <summary>What linking its processes with each other gave, when it came in; null where it has not been linked.</summary>
    public LinkSummary? Link { get; init; }
}

/// <summary>Counts of what linking a library alone gave. The exchanges themselves are listed by linking it again.</summary>
/// <param name="Linked">Inputs of products, and wastes to treatment, that found who provides or treats them.</param>
/// <param name="CutOff">Inputs that no process of the library provides.</param>
/// <param name="Untreated">Wastes that no process of the library treats.</param>
/// <param name="Ambiguous">Of the linked ones those that several processes offer; a rule chose among them.</param>
/// <param name="Converted">Amounts that were brought into the unit of their provider.</param>
/// <param name="Dropped">Exchanges with a provider whose unit can not be converted: they count for nothing.</param>
/// <param name="WithoutProduct">Processes that nobody can demand anything of.</param>
/// <param name="Problem">Code of the refusal where it could not be linked; empty otherwise.</param>
public sealed record LinkSummary(int Linked, int CutOff, int Untreated, int Ambiguous, int Converted, int Dropped, int WithoutProduct, string Problem = "")
{
    /// <summary>Links the package by the usual rules, taking stored amounts where a formula can not be evaluated; null where it holds no processes.</summary>
    internal static LinkSummary? Of(DatasetPackage package)
    {
        if (package.Processes.Count == 0)
        {
            return null;
        }

        var linked = SystemLinker.Link([package], new LinkRules { StoredAmounts = true });
        if (!linked.Ok)
        {
            return new LinkSummary(0, 0, 0, 0, 0, 0, 0, linked.Problems[0].Code);
        }

        var report = linked.Value.Report;
        int Count(OpenReason reason) => report.Open.Count(o => o.Reason == reason);
        return new LinkSummary(
            report.Linked, Count(OpenReason.NoProvider), Count(OpenReason.NoTreatment), report.Ambiguous.Count, report.Converted.Count, Count(OpenReason.NoConversion), report.WithoutProduct.Count);
    }
}

/// <summary>A library as it is calculated with.</summary>
/// <param name="Package">Its current processes, with ids that mean the same in every library.</param>
/// <param name="Rights">Processes, by UUID, that have a stricter right than open.</param>
public sealed record LoadedLibrary(Library Library, DatasetPackage Package, IReadOnlyDictionary<string, DataRight> Rights)
{
    /// <summary>Numbers of the processes, by UUID.</summary>
    public IReadOnlyDictionary<string, long> Numbers { get; init; } = new Dictionary<string, long>();
}

/// <summary>A dataset that an export leaves out.</summary>
/// <param name="Sha256">Of its version, so that whoever holds it too can say that it is the same.</param>
public sealed record SealedDataset(string Uid, string Sha256);

/// <summary>An exported library.</summary>
/// <param name="Content">The file, at its beginning; it goes when it is closed.</param>
/// <param name="Processes">How many were written.</param>
/// <param name="Sealed">What was left out, because its owner does not let it be passed on.</param>
/// <param name="Notes">What the format can not hold.</param>
public sealed record ExportedLibrary(Library Library, string FileName, Stream Content, int Processes, IReadOnlyList<SealedDataset> Sealed, IReadOnlyList<Problem> Notes);

/// <summary>How a file becomes a library.</summary>
/// <param name="Name">Name of the library; null takes the name that the file gives itself.</param>
/// <param name="ClientKey">Names the work, so that a second run of the same finds what the first one made.</param>
public sealed record LibraryOptions(string? Name = null, DataRight Rights = DataRight.Open, string? ClientKey = null);

/// <summary>How far an import is: processes written, of how many.</summary>
/// <param name="Total">0 while the file is read.</param>
public readonly record struct LibraryProgress(int Done, int Total);

/// <summary>What an import brought.</summary>
/// <param name="Notes">The first of what the reader could not take as it stood; all of them are listed by <see cref="Libraries.Notes"/>.</param>
public sealed record ImportedLibrary(Library Library, IReadOnlyList<Problem> Notes);

/// <summary>A page of notes.</summary>
/// <param name="Next">Give it as <c>after</c> for the following page; null where this is the last.</param>
public sealed record NotePage(IReadOnlyList<Problem> Notes, int Total, int? Next);
