using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Products;

namespace Tanlu.Server.Api;

/// <summary>A version of an impact method.</summary>
/// <param name="Key">By which addresses name the method.</param>
/// <param name="Edition">Version as its publisher calls it.</param>
/// <param name="Repeated">Pairs of flow and indicator that its file listed twice with different values.</param>
/// <param name="Rights">open, licensed (its factors stay here) or sealed (calculated values stay here too).</param>
/// <param name="Hash">SHA-256 of the method with its sets.</param>
/// <param name="From">Key and version of what it was copied from.</param>
public sealed record MethodRowBody(
    string Key, string Name, string Edition, int Version, int Indicators, int Factors, int Repeated, string Rights, string Licence, string Format, string FileName, string? FileHash, bool BuiltIn, bool Own,
    bool Retired, string Hash, string? From, DateTimeOffset? MadeAt, string MadeBy, string Reason)
{
    internal static MethodRowBody Of(MethodRow m) => new(
        m.Key, m.Name, m.Edition, m.Version, m.Indicators, m.Factors, m.Repeated, LibraryWords.Of(m.Rights), m.Licence, m.Format, m.FileName, m.FileHash, m.BuiltIn, m.Own, m.Retired, m.Hash,
        m.From is { } from ? $"{from.Key}/{from.Version}" : null, m.MadeAt, m.MadeByName, m.Reason);
}

/// <summary>A method with its indicators and the sets that fit it.</summary>
/// <param name="Sealed">Its licence keeps factors and its own sets here; only names and counts are told.</param>
/// <param name="Repeated">What its file listed twice; the first value of each stands first.</param>
public sealed record MethodBody(MethodRowBody About, bool Sealed, string Source, IReadOnlyList<IndicatorBody> Indicators, IReadOnlyList<WeightingSetBody> Sets, IReadOnlyList<RepeatedBody> Repeated)
{
    internal static MethodBody Of(StoredMethod m)
    {
        var open = DataRights.Allows(m.Row.Rights, DataPart.Inventory, DataWay.Leave);
        return new MethodBody(
            MethodRowBody.Of(m.Row), !open, m.Method.Source, [.. m.Method.Indicators.Select(i => new IndicatorBody(i.Id, i.Code, i.Name, i.Unit, i.Factors.Count))],
            [.. m.Method.Sets.Where(s => open || BuiltInSets.Find(s.Id) is not null).Select(s => new WeightingSetBody(s.Id, s.Name, s.Unit, [.. s.Indicators.Select(w => new WeightBody(w.IndicatorId, w.Normalisation, w.Weight))]))],
            open ? [.. m.Repeated.Select(r => new RepeatedBody(r.IndicatorId, r.Flow, r.Location, r.First, r.Other))] : []);
    }
}

/// <summary>An indicator with the number of its factors.</summary>
public sealed record IndicatorBody(string Id, string Code, string Name, string Unit, int Factors);

/// <summary>A set that normalises and weights.</summary>
/// <param name="Unit">Of the weighted score.</param>
public sealed record WeightingSetBody(string Id, string Name, string Unit, IReadOnlyList<WeightBody> Indicators);

/// <param name="Indicator">Id or code of the indicator.</param>
/// <param name="Weight">Share of one.</param>
public sealed record WeightBody(string Indicator, double? Normalisation, double? Weight);

/// <summary>A pair that a file listed twice.</summary>
public sealed record RepeatedBody(string Indicator, string Flow, string Location, double First, double Other);

/// <summary>A characterisation factor.</summary>
/// <param name="Unit">Unit of the flow that it is for.</param>
public sealed record FactorValueBody(string Indicator, string FlowId, string Flow, string Compartment, string Subcompartment, string? Cas, string Unit, string Location, double Value)
{
    internal static FactorValueBody Of(FactorRow f) => new(f.Indicator, f.FlowId, f.Flow, f.Compartment, f.Subcompartment, f.Cas, f.Unit, f.Location, f.Value);
}

/// <summary>What a method knows of a library's elementary flows.</summary>
/// <param name="Known">Flows with a factor for any indicator.</param>
/// <param name="Steps">Flows by the step that found them: id, mapping, cas, name, none.</param>
/// <param name="Missing">Flows without a factor, those of most processes first.</param>
public sealed record MethodCoverageBody(
    MethodRowBody Method, long Library, string? Mapping, int Flows, int Known, int KnownBeforeMapping, IReadOnlyDictionary<string, int> Steps, IReadOnlyDictionary<string, int> StepsBeforeMapping,
    IReadOnlyList<IndicatorCoverageBody> Indicators, IReadOnlyList<MissingFlowBody> Missing)
{
    internal static MethodCoverageBody Of(LibraryCoverage c) => new(
        MethodRowBody.Of(c.Method), c.Library, c.Mapping, c.Flows, c.Known, c.BeforeMapping, c.Steps.ToDictionary(s => LibraryWords.Of(s.Key), s => s.Value),
        c.StepsBeforeMapping.ToDictionary(s => LibraryWords.Of(s.Key), s => s.Value), [.. c.Indicators.Select(i => new IndicatorCoverageBody(i.IndicatorId, i.Flows, i.BeforeMapping))],
        [.. c.Missing.Select(m => new MissingFlowBody(m.Uid, m.Name, m.Place.Compartment, m.Place.Sub, m.Unit, m.Uses, LibraryWords.Of(m.Gap)))]);
}

/// <summary>Flows with a factor for one indicator.</summary>
public sealed record IndicatorCoverageBody(string Indicator, int Flows, int BeforeMapping);

/// <param name="Processes">How many have it.</param>
/// <param name="Gap">notinmethod, placeunknown, unitdiffers, ambiguous or otherplacesonly.</param>
public sealed record MissingFlowBody(string Uid, string Name, string Compartment, string Subcompartment, string Unit, int Processes, string Gap);

/// <summary>A method as its editor leaves it.</summary>
/// <param name="Version">The version that the editor began with; without meaning for a new method.</param>
public sealed record MethodInputBody(
    int Version, string? Name, string? Edition, string? Source, IReadOnlyList<IndicatorInputBody>? Indicators, IReadOnlyList<WeightingSetBody>? Sets, string? Reason)
{
    internal MethodDataset ToMethod() => new()
    {
        Id = "",
        Name = Name ?? "",
        Version = Edition ?? "",
        Source = Source ?? "",
        Indicators = [.. (Indicators ?? []).Select(i => new IndicatorDataset(i.Id ?? "", i.Code ?? "", i.Name ?? i.Id ?? "", i.Unit ?? "", [.. (i.Factors ?? []).Select(f => f.ToFactor())]))],
        Sets = [.. (Sets ?? []).Select(s => new NormalisationWeighting(s.Id ?? "", s.Name ?? "", s.Unit ?? "", [.. (s.Indicators ?? []).Select(w => new IndicatorWeight(w.Indicator ?? "", w.Normalisation, w.Weight))]))],
    };
}

/// <summary>An indicator with its factors.</summary>
public sealed record IndicatorInputBody(string? Id, string? Code, string? Name, string? Unit, IReadOnlyList<FactorInputBody>? Factors);

/// <summary>A factor to be kept.</summary>
/// <param name="FlowId">UUID of the flow; left out, it is found by CAS number and name.</param>
public sealed record FactorInputBody(string? FlowId, string? Flow, string? Compartment, string? Subcompartment, string? Cas, string? Unit, string? Location, double Value)
{
    internal CharacterisationFactor ToFactor() => new(
        new FlowDataset
        {
            Id = FlowId is { Length: > 0 } id ? id : $"{Flow}|{Compartment}|{Subcompartment}",
            Name = Flow ?? "", Unit = Unit ?? "", Compartment = Compartment ?? "", Subcompartment = Subcompartment ?? "", Cas = Cas,
        },
        Value, Unit ?? "", Location ?? "");
}

/// <summary>What is to be copied, and how it is called.</summary>
/// <param name="Version">The current one where it is left out.</param>
/// <param name="For">en15804: the copy is a method of EN 15804+A2, made from one of the Environmental Footprint.</param>
public sealed record MethodCopyBody(int? Version, string? Name, string? Reason, string? For = null);

/// <summary>What an import of methods brought.</summary>
public sealed record MethodImportBody(IReadOnlyList<MethodRowBody> Methods, IReadOnlyList<ProblemError> Notes);

/// <summary>A version of a flow mapping table.</summary>
/// <param name="Sources">Lists that it maps from.</param>
public sealed record MappingBody(long Id, string Name, int Version, string Hash, string Sources, string Targets, int Flows, string Rights, string FileName, DateTimeOffset MadeAt, string MadeBy)
{
    internal static MappingBody Of(MappingRow m) => new(m.Id, m.Name, m.Version, m.Hash, m.Sources, m.Targets, m.Flows, LibraryWords.Of(m.Rights), m.FileName, m.MadeAt, m.MadeByName);
}
