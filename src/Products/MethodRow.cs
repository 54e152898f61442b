using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>A version of a method as lists show it.</summary>
/// <param name="Key">By which verbs, API and commands name the method: its number, or the id of a built-in one.</param>
/// <param name="Id">Its number; null for a built-in method.</param>
/// <param name="Edition">Version as its publisher calls it.</param>
/// <param name="Version">Number of this state of it.</param>
/// <param name="Repeated">Pairs of flow and indicator that its file listed more than once with different values; <see cref="MethodRepeats"/> chose.</param>
/// <param name="Own">The tenant's own: it can be edited. An imported one stays as it came.</param>
/// <param name="Hash">SHA-256 of the method with its sets in canonical form, in lower-case hex.</param>
/// <param name="From">What it was copied from, as <paramref name="Key"/> and version; null where it was not.</param>
public sealed record MethodRow(
    string Key, long? Id, string Uid, string Name, string Edition, int Version, int Indicators, int Factors, int Sets, int Repeated, DataRight Rights, string Licence, string Format, string FileName,
    string? FileHash, bool Own, bool Retired, string Hash, (string Key, int Version)? From, DateTimeOffset? MadeAt, string MadeByName, string Reason)
{
    public bool BuiltIn => Id is null;
}

/// <summary>A version of a method in full.</summary>
/// <param name="Method">With its publisher's sets and those of the product that fit it.</param>
/// <param name="Repeated">What its file listed twice, with the value that serves first.</param>
public sealed record StoredMethod(MethodRow Row, MethodDataset Method, IReadOnlyList<RepeatedFactor> Repeated);

/// <summary>How a file's methods come in.</summary>
/// <param name="Repeats">What happens where a pair of flow and indicator is listed more than once with different values.</param>
public sealed record MethodOptions(DataRight Rights = DataRight.Open, RepeatRule Repeats = RepeatRule.First, string Licence = "");

/// <summary>What an import of methods brought.</summary>
/// <param name="Notes">What its reader could not take as it stood.</param>
public sealed record ImportedMethods(IReadOnlyList<MethodRow> Methods, IReadOnlyList<Problem> Notes);

/// <summary>A factor as lists show it.</summary>
/// <param name="Indicator">Id of the indicator.</param>
/// <param name="Unit">Unit of the flow that it is for.</param>
public sealed record FactorRow(string Indicator, string FlowId, string Flow, string Compartment, string Subcompartment, string? Cas, string Unit, string Location, double Value);

/// <summary>A page of factors, in the order of the method.</summary>
/// <param name="Next">Give it as <c>after</c> for the following page; null where this is the last.</param>
public sealed record FactorPage(IReadOnlyList<FactorRow> Factors, int Total, int? Next);

/// <summary>An elementary flow of a library that a method has no factor for.</summary>
/// <param name="Uses">Processes that have it.</param>
public sealed record MissingFlow(string Uid, string Name, FlowPlace Place, string Unit, int Uses, FlowGap Gap);

/// <summary>What a method knows of a library's elementary flows.</summary>
/// <param name="Known">Flows with a factor for any indicator, with the mapping where one was given.</param>
/// <param name="Missing">Flows without any, those of most processes first.</param>
public sealed record LibraryCoverage(
    MethodRow Method, long Library, string? Mapping, int Flows, int Known, int BeforeMapping, IReadOnlyDictionary<FlowMatch, int> Steps, IReadOnlyDictionary<FlowMatch, int> StepsBeforeMapping,
    IReadOnlyList<IndicatorCoverage> Indicators, IReadOnlyList<MissingFlow> Missing);

/// <summary>A version of a flow mapping table as lists show it.</summary>
/// <param name="Sources">Lists that it maps from, as its file calls them.</param>
public sealed record MappingRow(long Id, string Name, int Version, string Hash, string Sources, string Targets, int Flows, DataRight Rights, string FileName, DateTimeOffset MadeAt, string MadeByName);
