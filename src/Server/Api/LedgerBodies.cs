using System.Globalization;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Server.Api;

/// <summary>An activity of the book.</summary>
/// <param name="Id">Batch and row, <c>7:12</c>.</param>
/// <param name="End">Last day, included.</param>
/// <param name="Factor">Factor that the user named; null where it was found by matching.</param>
/// <param name="CorrectedBy">The row that took it back; null where it stands.</param>
/// <param name="Postings">Left out in lists.</param>
public sealed record ActivityBody(
    string Id, string Site, long SiteId, string Source, long SourceId, string? Activity, DateOnly Start, DateOnly End, double Quantity, string Unit, string Region, string? Factor, int? Scope,
    int? Scope3Category, string Quality, double? UncertaintyPercent, string? Evidence, string? Supplier, string? Note, long Calculation, string? Corrects, string? CorrectedBy,
    IReadOnlyList<PostingBody>? Postings)
{
    internal static ActivityBody Of(Activity a, bool postings) => new(
        a.Id.ToString(), a.SiteCode, a.Site, a.SourceName, a.Source, a.Code.Length > 0 ? a.Code : null, a.Period.Start, a.Period.LastDay, a.Quantity, a.Unit, a.Region,
        a.Factor.Length > 0 ? a.Factor : null, a.Scope > 0 ? a.Scope : null, a.Category3 > 0 ? a.Category3 : null, Words.Of(a.Quality), a.UncertaintyPercent, a.Evidence, a.Supplier, a.Note,
        a.Calculation, a.Corrects?.ToString(), a.CorrectedBy?.ToString(), postings ? [.. a.Postings.Select(PostingBody.Of)] : null);
}

/// <summary>An activity to be recorded: the columns of an activity file. Numbers are written as numbers, days as <c>2024-01-31</c>, the last one included.</summary>
/// <param name="Site">Code or name.</param>
/// <param name="Activity">Code of the catalogue; may be left out where a factor is named.</param>
/// <param name="Factor">A factor version, <c>pack:series@version</c>.</param>
/// <param name="Reason">Why it is recorded; kept with the batch.</param>
public sealed record NewActivityBody(
    string? Site, string? Source, string? Activity, string? Start, string? End, double? Quantity, string? Unit, string? Region, string? Factor, int? Scope, int? Scope3Category, double? Ncv,
    string? NcvUnit, double? CarbonContent, string? CarbonContentUnit, double? Oxidation, double? Density, string? DensityUnit, double? LeakRate, double? StockStart, double? StockEnd,
    string? Supplier, string? Quality, double? UncertaintyPercent, string? Evidence, string? Note, string? Reason)
{
    internal NewActivity ToActivity()
    {
        var values = new Dictionary<ActivityField, string>();
        Add(ActivityField.Site, Site);
        Add(ActivityField.Source, Source);
        Add(ActivityField.Activity, Activity);
        Add(ActivityField.Start, Start);
        Add(ActivityField.End, End);
        Add(ActivityField.Quantity, Number(Quantity));
        Add(ActivityField.Unit, Unit);
        Add(ActivityField.Region, Region);
        Add(ActivityField.Factor, Factor);
        Add(ActivityField.Scope, Number(Scope));
        Add(ActivityField.Scope3Category, Number(Scope3Category));
        Add(ActivityField.Ncv, Number(Ncv));
        Add(ActivityField.NcvUnit, NcvUnit);
        Add(ActivityField.CarbonContent, Number(CarbonContent));
        Add(ActivityField.CarbonContentUnit, CarbonContentUnit);
        Add(ActivityField.Oxidation, Number(Oxidation));
        Add(ActivityField.Density, Number(Density));
        Add(ActivityField.DensityUnit, DensityUnit);
        Add(ActivityField.LeakRate, Number(LeakRate));
        Add(ActivityField.StockStart, Number(StockStart));
        Add(ActivityField.StockEnd, Number(StockEnd));
        Add(ActivityField.Supplier, Supplier);
        Add(ActivityField.Quality, Quality);
        Add(ActivityField.UncertaintyPercent, Number(UncertaintyPercent));
        Add(ActivityField.Evidence, Evidence);
        Add(ActivityField.Note, Note);
        return new NewActivity(values);

        void Add(ActivityField field, string? text)
        {
            if (!string.IsNullOrEmpty(text))
            {
                values[field] = text;
            }
        }

        static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);
    }
}

/// <summary>A correction: why, and what takes the activity's place. Without an activity it is only taken back.</summary>
public sealed record CorrectionBody(string? Reason, NewActivityBody? Activity);

/// <summary>An activity that was taken back, and the row that did it.</summary>
public sealed record CorrectionRefBody(string Activity, string CorrectedBy);

/// <summary>A correction of the book.</summary>
public sealed record CorrectedBody(ActivityBody Before, ActivityBody? After, string By, string ByName, DateTimeOffset At, string Reason);

/// <summary>A posting. Masses in mg, energy in Wh.</summary>
/// <param name="Account">100 scope 1, 200 scope 2 by location, 301 to 315 scope 3 categories.</param>
/// <param name="Route">null counts on both routes, else ghg or cn.</param>
/// <param name="Co2eMg">CO2e known only as such, under <paramref name="FixedGwp"/>; never restated.</param>
public sealed record PostingBody(
    string Activity, int Line, long Site, long Source, long Calculation, short Account, string Month, string? Route, string? FixedGwp, string Quality, bool Evidenced, string? OtherGas,
    long Co2Mg, long Co2BiogenicMg, long Ch4FossilMg, long Ch4NonfossilMg, long Ch4Mg, long N2oMg, long OtherMg, long Co2eMg, long EnergyWh)
{
    internal static PostingBody Of(Posting p) => new(
        p.Id.ToString(), p.Line, p.Site, p.Source, p.Calculation, p.Key.Account.Number, p.Month.ToString(), p.Key.Route == Factors.Methods.Route.Both ? null : RouteCodes.Code(p.Key.Route),
        p.Key.FixedGwp == GwpSet.None ? null : Gwp.Code(p.Key.FixedGwp), Words.Of(p.Quality), p.Evidenced, p.Key.OtherGas == 0 ? null : Gases.Get(p.Key.OtherGas).Code, p.Amounts.Co2,
        p.Amounts.Co2Biogenic, p.Amounts.Ch4Fossil, p.Amounts.Ch4NonFossil, p.Amounts.Ch4, p.Amounts.N2O, p.Amounts.Other, p.Amounts.Co2eFixed, p.Amounts.EnergyWh);

    internal static PageBody<PostingBody> Page(PostingPage page) =>
        new([.. page.Postings.Select(Of)], page.Next is { } next ? string.Create(CultureInfo.InvariantCulture, $"{next.Id}:{next.Line}") : null);

    /// <summary>The place that <c>next</c> named: batch, row, line.</summary>
    internal static (ActivityId Id, int Line)? Place(string? after) =>
        after?.LastIndexOf(':') is > 0 and var colon && ActivityId.TryParse(after[..colon]) is { } id
        && int.TryParse(after.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            ? (id, line)
            : null;
}

/// <summary>A batch of the journal.</summary>
/// <param name="Seq">Place in the chain.</param>
/// <param name="Root">Merkle root over its rows.</param>
/// <param name="Chain">Hash over the chain before it and its root.</param>
/// <param name="Partial">You see some of its sites: rows counts theirs; what it holds beside (refused, postings, file_hash) is not told.</param>
public sealed record BatchBody(
    long Id, string Kind, string FileName, string FileHash, string Reason, int Rows, int? Refused, int? Postings, string By, DateTimeOffset? SealedAt, long? Seq, string? Root, string? Chain,
    bool Partial)
{
    internal static BatchBody Of(Batch b) => new(
        b.Id, b.Kind.ToString().ToLowerInvariant(), b.FileName, b.FileHash, b.Reason, b.Rows, b.Partial ? null : b.Refused, b.Partial ? null : b.Postings, b.OpenedByName, b.SealedAt, b.Seq,
        Hex(b.Root), Hex(b.Chain), b.Partial);

    private static string? Hex(byte[]? bytes) => bytes is null ? null : Convert.ToHexStringLower(bytes);
}

/// <summary>An emission source.</summary>
/// <param name="Code">What files call it; it stays.</param>
public sealed record SourceBody(long Id, long SiteId, string Site, string Code, string Name)
{
    internal static SourceBody Of(EmissionSource s) => new(s.Id, s.Site, s.SiteCode, s.Code, s.Name);
}

/// <summary>A source to be added.</summary>
public sealed record NewSourceBody(long Site, string? Name);

/// <summary>A new name.</summary>
public sealed record SourceNameBody(string? Name);

/// <summary>What the proof of the book gave.</summary>
public sealed record BookCheckBody(bool Sound, int Batches, long Rows, long Postings, int Balances, IReadOnlyList<string> Faults);

/// <summary>A value with the formula that gave it and everything that went into it.</summary>
public sealed record ExplanationBody(
    string Key, string Label, double Value, string Unit, string? Formula, string? Clause, ExplanationSourceBody? Source, IReadOnlyList<string> Notes, IReadOnlyList<ExplanationBody> Children)
{
    internal static ExplanationBody Of(Explanation e, Language language) => new(
        e.Key, e.Label(language), e.Value, e.Unit, e.Formula, e.Clause, e.Source is { } source ? new ExplanationSourceBody(source.Kind, source.Reference, source.Text) : null,
        [.. e.Notes.Select(n => n.Text(language))], [.. e.Children.Select(c => Of(c, language))]);
}

/// <summary>Where a value comes from.</summary>
/// <param name="Kind">factor, input, constant or measured.</param>
public sealed record ExplanationSourceBody(string Kind, string Reference, string Text);
