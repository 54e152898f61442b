using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>A process as lists show it: its current version, without exchanges.</summary>
/// <param name="Uid">UUID by which other datasets name it.</param>
/// <param name="SourceId">Its id as the file writes it.</param>
/// <param name="Version">Number of its current version, from 1.</param>
/// <param name="ReferenceFlow">UUID of the flow of its quantitative reference; empty where it has none.</param>
/// <param name="Amount">Amount of the reference in <paramref name="Unit"/>; null where it has none.</param>
/// <param name="Exchanges">How many inputs and outputs it has.</param>
/// <param name="Rights">The stricter of its own and its library's.</param>
/// <param name="Own">Its library is the tenant's own: it can be edited.</param>
/// <param name="From">What it was copied from; null where it is no copy.</param>
public sealed record ProcessRow(
    long Id, long Library, string LibraryName, string Uid, string SourceId, int Version, ProcessKind Kind, string Name, string Location, string Category, string ReferenceFlow, string ReferenceName,
    string Unit, double? Amount, int Exchanges, DataRight Rights, bool Own, bool Retired, ProcessOrigin? From);

/// <summary>What a process was copied from.</summary>
/// <param name="Library">Id of the library.</param>
/// <param name="Process">UUID of the process.</param>
/// <param name="Sha256">Of the version, in hexadecimal digits.</param>
public sealed record ProcessOrigin(long Library, string Process, int Version, string Sha256);

/// <summary>One state of a process; it never changes.</summary>
/// <param name="Sha256">Of its canonical text, in hexadecimal digits.</param>
/// <param name="Reason">Why it was made, as its maker says; empty for the version that came with the file.</param>
/// <param name="Restores">The version that it takes up again; null where it takes up none.</param>
public sealed record ProcessVersion(int Number, string Sha256, DateTimeOffset MadeAt, long MadeBy, string MadeByName, string Reason, int? Restores);

/// <summary>A process with one of its versions in full.</summary>
/// <param name="Flows">Every flow of its exchanges that the library knows, by UUID.</param>
public sealed record StoredProcess(ProcessRow Row, ProcessVersion Version, ProcessDataset Dataset, IReadOnlyDictionary<string, FlowDataset> Flows);

/// <summary>Which processes are wanted. Empty conditions match everything.</summary>
/// <param name="Text">Words that must all stand in name, reference flow, category or place, in any order; a word of one language also finds its counterpart in the other.</param>
/// <param name="Category">Beginning of the category's path.</param>
/// <param name="After">Id of the last process of the page before.</param>
public sealed record ProcessSearch(string Text = "", long? Library = null, string? Location = null, string? Category = null, ProcessKind? Kind = null, long? After = null, int Take = 50);

/// <summary>A page of processes, best first.</summary>
/// <param name="Total">Processes that match in all.</param>
/// <param name="Next">Give it as <c>After</c> for the following page; null where this is the last.</param>
public sealed record ProcessPage(IReadOnlyList<ProcessRow> Processes, int Total, long? Next);
