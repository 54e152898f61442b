using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Api;

/// <summary>Editions of packs: what one changes, the decision, and the pack alone as a file.</summary>
internal static class FactorPacksApi
{
    private const int LongestPage = 1000;

    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/factor-packs/{id:long}", Review).Says("factor-pack", "One edition with every version that it adds, changes or ends against what serves", Right.ReadFigures);
        routes.MapGet("/factor-packs/{id:long}/effect", Effect).Says("factor-pack-effect", "What an edition would move in open months, by site, source and month", Right.ReadFigures);
        routes.MapPost("/factor-packs/{id:long}/serve", Serve).Says("serve-factor-pack", "Let an edition serve from now on; figures that are in the book stay", Right.ApproveFactors);
        routes.MapPost("/factor-packs/{id:long}/reject", Reject).Says("reject-factor-pack", "Reject an edition, or take it out of service", Right.ApproveFactors);
        routes.MapGet("/factor-packs/{id:long}/file", Export).Says("export-factor-pack", "One edition alone in the pack form", Right.ReadFigures).Produces<string>(StatusCodes.Status200OK, "text/csv");
        routes.MapPut("/factor-packs/switches/{code}", Switch).Says("switch-factor-pack", "Switch a pack off for matching, or on again", Right.ApproveFactors);
        routes.MapGet("/factor-packs/four-eyes", FourEyes).Says("factor-four-eyes", "Whether who imported an edition may not let it serve", Right.ReadFigures);
        routes.MapPut("/factor-packs/four-eyes", SetFourEyes).Says("set-factor-four-eyes", "Ask for two people, or for one, before an edition serves", Right.ApproveFactors);
    }

    /// <param name="kind">added, renewed, corrected, ended or withdrawn.</param>
    /// <param name="text">Part of a series or a name.</param>
    private static async Task<Results<Ok<PackReviewBody>, Refused>> Review(
        long id, HttpContext http, FactorPacks packs, string? kind, string? text, CancellationToken ct, int skip = 0, int take = 200) =>
        (await packs.Review(http.Caller(), id, ct)).Answer(r => PackReviewBody.Of(
            r, PackChanges.Order(r.Diff.Changes, kind, text, by: null), Math.Max(0, skip), Math.Clamp(take, 1, LongestPage)));

    /// <param name="gwp">AR6 where it is left out.</param>
    private static async Task<Results<Ok<EffectBody>, Refused>> Effect(long id, HttpContext http, LibraryEffects effects, string? gwp, CancellationToken ct, int skip = 0, int take = 200)
    {
        if ((gwp is { Length: > 0 } ? Gwp.Parse(gwp) : GwpSet.Ar6) is not { } set)
        {
            return Refused.Of(new Problem("gwp_unknown", Column: "gwp", Found: gwp));
        }

        return (await effects.Of(http.Caller(), id, set, Tanlu.Factors.Methods.Route.GhgProtocol, ct)).Answer(e => EffectBody.Of(e, http.Language(), Math.Max(0, skip), Math.Clamp(take, 1, LongestPage)));
    }

    private static async Task<Results<Ok<PackBody>, Refused>> Serve(long id, DecisionBody body, HttpContext http, FactorPacks packs, CancellationToken ct) =>
        (await packs.Serve(http.Caller(), id, body.Reason ?? "", ct)).Answer(PackBody.Of);

    private static async Task<Results<Ok<PackBody>, Refused>> Reject(long id, DecisionBody body, HttpContext http, FactorPacks packs, CancellationToken ct) =>
        (await packs.Reject(http.Caller(), id, body.Reason ?? "", ct)).Answer(PackBody.Of);

    private static async Task<Results<FileStreamHttpResult, Refused>> Export(long id, HttpContext http, FactorPacks packs, CancellationToken ct) =>
        await packs.Export(http.Caller(), id, ct) is { Ok: true } found
            ? TypedResults.Stream(found.Value.Content, "text/csv; charset=utf-8", $"{found.Value.Pack.Code}-{found.Value.Pack.Version}.csv")
            : Refused.Of(Refusal.NotFound($"pack/{id}"));

    private static async Task<Results<Ok<SwitchBody>, Refused>> Switch(string code, SwitchBody body, HttpContext http, FactorPacks packs, CancellationToken ct) =>
        (await packs.Switch(http.Caller(), code, body.On, body.Reason ?? "", ct)).Answer(on => new SwitchBody(on, body.Reason));

    private static async Task<Results<Ok<SwitchBody>, Refused>> FourEyes(HttpContext http, FactorPacks packs, CancellationToken ct) =>
        (await packs.FourEyes(http.Caller(), ct)).Answer(on => new SwitchBody(on, null));

    private static async Task<Results<Ok<SwitchBody>, Refused>> SetFourEyes(SwitchBody body, HttpContext http, FactorPacks packs, CancellationToken ct) =>
        (await packs.SetFourEyes(http.Caller(), body.On, ct)).Answer(on => new SwitchBody(on, null));
}

/// <summary>What an edition would move in months that no edition of a statement has frozen.</summary>
/// <param name="Total">Rows in all; <paramref name="Rows"/> is a page of them, the largest change first.</param>
/// <param name="Frozen">Months of sources that stay because they are frozen.</param>
/// <param name="Unknown">Activities whose calculation this program cannot make again.</param>
public sealed record EffectBody(
    string Gwp, double PostedKg, double AfterKg, double ChangeKg, int Frozen, long Unknown, int Total, IReadOnlyList<EffectRowBody> Rows, IReadOnlyList<EffectRefusalBody> Refused)
{
    internal static EffectBody Of(LibraryEffect e, Language language, int skip, int take) => new(
        Kernel.Gwp.Code(e.Gwp), e.PostedKg, e.AfterKg, e.ChangeKg, e.Frozen, e.Unknown, e.Rows.Count,
        [
            .. e.Rows.Skip(skip).Take(take).Select(r => new EffectRowBody(
                r.Site, e.Sites.GetValueOrDefault(r.Site)?.Name(language) ?? "", r.Source, e.Sources.GetValueOrDefault(r.Source)?.Name(language) ?? "", r.Activity, r.Month.ToString(), r.FactorBefore,
                r.FactorAfter, r.PostedKg, r.AfterKg, r.Percent)),
        ],
        [.. e.Refused.Select(r => new EffectRefusalBody(r.Activity, r.FactorBefore, r.Activities, ProblemError.Of(r.Problem, language)))]);
}

/// <summary>One source in one open month, kg CO2e in the scopes as posted and calculated again.</summary>
public sealed record EffectRowBody(
    long Site, string SiteName, long Source, string SourceName, string Activity, string Month, string FactorBefore, string? FactorAfter, double PostedKg, double AfterKg, double? Percent);

/// <summary>Activities that could not be calculated with the edition.</summary>
public sealed record EffectRefusalBody(string Activity, string FactorBefore, long Activities, ProblemError Problem);

/// <summary>Why an edition serves or is rejected.</summary>
public sealed record DecisionBody(string? Reason);

/// <summary>On or off, and why.</summary>
public sealed record SwitchBody(bool On, string? Reason);

/// <summary>A pack edition.</summary>
/// <param name="OfProduct">It ships with the product.</param>
/// <param name="State">waiting, serving, replaced or rejected.</param>
/// <param name="SwitchedOff">It is kept, but nothing is matched with it.</param>
/// <param name="Redistributable">Whether the licence lets the numbers be passed on.</param>
public sealed record PackBody(
    long Id, string Code, string Version, string Hash, string FileName, int Versions, bool OfProduct, DateTimeOffset ImportedAt, string ImportedBy, string State, bool SwitchedOff,
    string NameEn, string NameZh, string Publisher, string Licence, string LicenceUrl, string Attribution, bool ShareAlike, bool Redistributable, DateTimeOffset? DecidedAt,
    string? DecidedBy, string? Reason)
{
    internal static PackBody Of(StoredPack p) => new(
        p.Id, p.Code, p.Version, p.Hash, p.FileName, p.Versions, p.OfProduct, p.ImportedAt, p.ImportedByName, p.State.ToString().ToLowerInvariant(), p.SwitchedOff, p.Identity.NameEn,
        p.Identity.NameZh, p.Identity.Publisher, p.Identity.Licence, p.Identity.LicenceUrl, p.Identity.Attribution, p.Identity.ShareAlike, p.Identity.Redistributable, p.Decision?.At,
        p.Decision?.ByName, p.Decision?.Reason);
}

/// <summary>What an import of a pack gave.</summary>
/// <param name="Quarantine">The rows that were refused; the others are in the pack.</param>
public sealed record PackImportBody(PackBody Pack, IReadOnlyList<ProblemError> Quarantine);

/// <summary>An edition with what it changes.</summary>
/// <param name="Replaces">Serving editions that it takes the place of, as code and version.</param>
/// <param name="Unchanged">Versions that serve already as they are.</param>
/// <param name="Total">Changes that the filter lets through; <paramref name="Changes"/> is a page of them.</param>
/// <param name="Serves">Activities that find another factor.</param>
public sealed record PackReviewBody(
    PackBody Pack, bool First, IReadOnlyList<string> Replaces, IReadOnlyDictionary<string, int> Counts, int Unchanged, IReadOnlyList<IdentityChange> Identity, int Total,
    IReadOnlyList<SeriesChangeBody> Changes, IReadOnlyList<ServedChangeBody> Serves)
{
    internal static PackReviewBody Of(PackReview r, IReadOnlyList<SeriesChange> changes, int skip, int take) => new(
        PackBody.Of(r.Pack), r.Diff.First, [.. r.Diff.Replaces.Select(p => $"{p.Code} {p.Version}")],
        Enum.GetValues<ChangeKind>().ToDictionary(k => k.ToString().ToLowerInvariant(), r.Diff.Count), r.Diff.Unchanged, r.Diff.Identity, changes.Count,
        [.. changes.Skip(skip).Take(take).Select(SeriesChangeBody.Of)], [.. r.Serves.Select(ServedChangeBody.Of)]);
}

/// <summary>One version that is added, changed or ended.</summary>
/// <param name="What">value, unit, unit_spelling, basis, gwp, validity, use, text.</param>
/// <param name="Percent">The largest change of a number; null where nothing can be compared.</param>
public sealed record SeriesChangeBody(string Kind, string Series, string? Before, string? After, IReadOnlyList<string> What, double? Percent, IReadOnlyList<NumberChangeBody> Numbers)
{
    internal static SeriesChangeBody Of(SeriesChange c) => new(
        c.Kind.ToString().ToLowerInvariant(), c.Series, c.Before?.Id, c.After?.Id, PackChanges.Names(c.What), c.Percent,
        [.. c.Numbers.Select(n => new NumberChangeBody(Component(n.Before), Component(n.After), n.Percent))]);

    private static FactorComponentBody? Component(FactorComponent? c) => c is null ? null : new FactorComponentBody(c.Kind.ToString(), c.Gas?.Code, c.Value, c.Unit.Code);
}

/// <summary>A number before and after.</summary>
public sealed record NumberChangeBody(FactorComponentBody? Before, FactorComponentBody? After, double? Percent);

/// <summary>An activity that finds another factor in a place on a day.</summary>
public sealed record ServedChangeBody(string Activity, string Role, string Region, DateOnly On, string? Before, string? After)
{
    internal static ServedChangeBody Of(ServedChange c) => new(c.Activity, PackFile.RoleName(c.Role), c.Region, c.On, c.Before?.Id, c.After?.Id);
}
