using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Products;

namespace Tanlu.Server.Api;

/// <summary>How life cycle data is spelt in addresses and bodies.</summary>
internal static class LibraryWords
{
    /// <summary>Open where nothing is said; null where the word is none.</summary>
    public static DataRight? Right(string? text) => string.IsNullOrEmpty(text) ? DataRight.Open : Named<DataRight>(text);

    public static Problem Unknown(string? found) => new("data_right_unknown", Column: "rights", Found: found);

    public static FlowKind? FlowKind(string? text) => Named<FlowKind>(text);

    public static ProcessKind? ProcessKind(string? text) => text switch
    {
        "unit" => Exchange.ProcessKind.UnitProcess,
        "system" => Exchange.ProcessKind.SystemProcess,
        "declaration" => Exchange.ProcessKind.Declaration,
        _ => null,
    };

    public static string Of(ProcessKind kind) => kind switch
    {
        Exchange.ProcessKind.UnitProcess => "unit",
        Exchange.ProcessKind.SystemProcess => "system",
        _ => "declaration",
    };

    public static string Of<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    public static T? Named<T>(string? text)
        where T : struct, Enum => Enum.GetValues<T>().Where(v => Of(v) == text).Select(v => (T?)v).FirstOrDefault();
}

/// <summary>A library of life cycle data.</summary>
/// <param name="Rights">open, licensed (inventories stay here) or sealed (calculated values stay here too).</param>
/// <param name="Own">One's own, whose processes can be edited; an imported one stays as it came.</param>
/// <param name="State">ready or retired.</param>
/// <param name="Content">SHA-256 over ids and hashes of its current process versions.</param>
/// <param name="Notes">How many things the reader could not take as they stood.</param>
public sealed record LibraryBody(
    long Id, string Name, string Version, string Format, string FileName, string? FileHash, string Licence, string Rights, bool Own, string State, long Revision, string Content, int Processes,
    int Flows, long Exchanges, int Methods, int Notes, LinkSummaryBody? Link, DateTimeOffset MadeAt, string MadeBy)
{
    internal static LibraryBody Of(Library l) => new(
        l.Id, l.Name, l.Version, l.Format, l.FileName, l.FileHash, l.Licence, LibraryWords.Of(l.Rights), l.Own, LibraryWords.Of(l.State), l.Revision, l.Content, l.Processes, l.Flows, l.Exchanges,
        l.Methods, l.Notes, l.Link is { } link ? new LinkSummaryBody(link.Linked, link.CutOff, link.Untreated, link.Ambiguous, link.Converted, link.Dropped, link.WithoutProduct, link.Problem) : null,
        l.MadeAt, l.MadeByName);
}

/// <summary>Counts of what linking the library alone gave when it came in.</summary>
/// <param name="CutOff">Inputs that no process of the library provides.</param>
/// <param name="Untreated">Wastes that none treats.</param>
/// <param name="Problem">Code of the refusal where it could not be linked.</param>
public sealed record LinkSummaryBody(int Linked, int CutOff, int Untreated, int Ambiguous, int Converted, int Dropped, int WithoutProduct, string Problem);

/// <summary>A library to be made.</summary>
public sealed record NewLibraryBody(string? Name);

/// <summary>What the owner of the data allows, and where that is written.</summary>
/// <param name="Rights">open, licensed or sealed.</param>
public sealed record LibraryRightsBody(string? Rights, string? Reason);

/// <summary>A flow as lists show it.</summary>
/// <param name="Uid">UUID by which exchanges name it.</param>
/// <param name="Kind">elementary, product or waste.</param>
public sealed record FlowRowBody(
    long Id, string Uid, string Name, string Kind, string Unit, string Category, string Compartment, string Subcompartment, string? Cas, string Location, long Library, string LibraryName)
{
    internal static FlowRowBody Of(FlowRow f) => new(
        f.Id, f.Uid, f.Name, LibraryWords.Of(f.Kind), f.Unit, f.Category, f.Compartment, f.Subcompartment, f.Cas, f.Location, f.Library, f.LibraryName);
}

/// <summary>A flow.</summary>
public sealed record FlowBody(
    string Uid, string Name, string Kind, string Unit, string Category, string Compartment, string Subcompartment, string? Cas, string? Formula, string Location, IReadOnlyList<string> Synonyms,
    IReadOnlyList<FlowPropertyBody> Properties)
{
    internal static FlowBody Of(FlowDataset f) => new(
        f.Id, f.Name, LibraryWords.Of(f.Kind), f.Unit, f.Category, f.Compartment, f.Subcompartment, f.Cas, f.Formula, f.Location, f.Synonyms,
        [.. f.Properties.Select(p => new FlowPropertyBody(p.Name, p.Unit, p.Factor))]);
}

/// <summary>So many of the unit are one reference unit of the flow.</summary>
public sealed record FlowPropertyBody(string Name, string Unit, double Factor);

/// <summary>A process that has a flow.</summary>
/// <param name="NamesProvider">It says who provides (or treats) it.</param>
public sealed record FlowUserBody(ProcessRowBody Process, bool Input, bool Output, bool NamesProvider)
{
    internal static FlowUserBody Of(FlowUser u) => new(ProcessRowBody.Of(u.Process), u.Input, u.Output, u.Names);
}
