using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Web.Factors;

namespace Tanlu.Server.Api;

/// <summary>The factor library and its packs.</summary>
internal static class FactorsApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/factors", Search).Says("search-factors", "Search factor versions by words, code, place, pack or year", Right.ReadFigures).Paged();
        routes.MapGet("/factors/{id}", Show).Says("factor", "One factor version (pack:series@version) with its numbers and source", Right.ReadFigures);
        routes.MapGet("/factor-packs", Packs).Says("factor-packs", "Every pack edition that this organisation has, newest first", Right.ReadFigures).Paged();
        routes.MapPost("/factor-packs", Import).Says("import-factor-pack", "Import a pack, a publisher's file or a mapped table of factors", Right.ImportFactors).TakesFile();
        FactorPacksApi.Map(routes);
        routes.MapGet("/factor-packs/{id:long}/quarantine", Quarantine).Says("factor-pack-quarantine", "Rows of a pack that were refused, with their reason", Right.ReadFigures).Paged();
    }

    /// <param name="text">Words in either language, a code, or part of an id.</param>
    /// <param name="year">Only versions that apply on some day of this year.</param>
    /// <param name="home">Place whose factors come first; the place of most of the caller's sites where it is left out.</param>
    /// <param name="facets">Count the results by publisher, pack, region, year, unit, activity, licence, mark and share-alike.</param>
    private static async Task<Ok<FactorHitsBody>> Search(
        HttpContext http, FactorPacks packs, OrganisationTree tree, string? text, string? activity, string? region, string? pack, int? year, string? home, string? publisher, string? unit,
        string? licence, string? mark, bool? share_alike, CancellationToken ct, int after = 0, int limit = 50, bool facets = false)
    {
        var library = await packs.LibraryFor(http.Caller().Tenant, ct);
        var hits = library.Search(new FactorSearch(text ?? "", activity, region, pack, year, after, limit)
        {
            Home = home ?? await HomePlace.Of(tree, http.Caller(), null, ct), Language = http.Language(), Publisher = publisher, Unit = unit, Licence = licence, Mark = mark,
            ShareAlike = share_alike, WithFacets = facets,
        });
        return TypedResults.Ok(new FactorHitsBody([.. hits.Versions.Select(FactorBody.Of)], hits.Total, after + limit < hits.Total ? Words.Of(after + limit) : null, hits.ReadAs, hits.Facets));
    }

    private static async Task<Results<Ok<FactorBody>, Refused>> Show(string id, HttpContext http, FactorPacks packs, CancellationToken ct) =>
        (await packs.LibraryFor(http.Caller().Tenant, ct)).Find(id) is { } version ? TypedResults.Ok(FactorBody.Of(version)) : Refused.Of(Refusal.NotFound(id));

    private static async Task<Results<Ok<PageBody<PackBody>>, Refused>> Packs(HttpContext http, FactorPacks packs, CancellationToken ct) =>
        (await packs.List(http.Caller(), ct)).Answer(found => Cursors.Page(http, found, p => Words.Of(p.Id)!, PackBody.Of));

    /// <param name="serve">Let it serve at once; needs the right to approve too.</param>
    private static async Task<Results<Created<PackImportBody>, Refused>> Import(HttpContext http, FactorPacks packs, CancellationToken ct, bool serve = false)
    {
        var upload = await UploadedFile.Read(http, ct);
        if (!upload.Ok)
        {
            return Refused.Of(upload.Problems);
        }

        await using var content = upload.Value.Open();
        return (await packs.Import(http.Caller(), content, upload.Value.Name, ct, serve)).Made(
            i => $"/factor-packs/{i.Pack.Id}/quarantine", i => new PackImportBody(PackBody.Of(i.Pack), [.. i.Quarantine.Select(p => ProblemError.Of(p, http.Language()))]));
    }

    private static async Task<Results<Ok<PageBody<ProblemError>>, Refused>> Quarantine(long id, HttpContext http, FactorPacks packs, CancellationToken ct, int after = 0, int limit = Cursors.Most) =>
        (await packs.Quarantine(http.Caller(), id, ct)).Answer(rows => new PageBody<ProblemError>(
            [.. rows.Skip(after).Take(limit).Select(p => ProblemError.Of(p, http.Language()))], after + limit < rows.Count ? Words.Of(after + limit) : null));
}

/// <summary>A page of search results and how many there are in all.</summary>
/// <param name="ReadAs">The words as they were understood where nothing was found as written.</param>
/// <param name="Facets">Counts by facet, where they were asked for.</param>
public sealed record FactorHitsBody(
    IReadOnlyList<FactorBody> Items, int Total, string? Next, string? ReadAs, IReadOnlyDictionary<string, IReadOnlyList<FacetCount>> Facets) : IPage
{
    public string? Next { get; set; } = Next;
}

/// <summary>A factor version.</summary>
/// <param name="ValidTo">The day after the last on which it applies; null where it is open.</param>
/// <param name="Mark">V read at its source, S secondary, U unverified.</param>
public sealed record FactorBody(
    string Id, string Pack, string Series, string Version, DateOnly ValidFrom, DateOnly? ValidTo, string Activity, string Role, string Geography, string Technology, string NameEn, string NameZh,
    IReadOnlyList<FactorComponentBody> Components, string Basis, string? Gwp, string Source, string Page, string Mark, double? UncertaintyPercent, string Quality, string Note, string Licence,
    string LicenceUrl, string Attribution, bool ShareAlike, bool Redistributable)
{
    internal static FactorBody Of(FactorVersion v) => new(
        v.Id, v.Pack.Code, v.Series, v.Version, v.ValidFrom, v.ValidTo, v.Activity, v.Role.ToString().ToLowerInvariant(), v.Geography, v.Technology, v.NameEn, v.NameZh,
        [.. v.Components.Select(c => new FactorComponentBody(c.Kind.ToString(), c.Gas?.Code, c.Value, c.Unit.Code))], v.Basis.ToString().ToLowerInvariant(),
        v.Gwp == GwpSet.None ? null : Kernel.Gwp.Code(v.Gwp), v.Source, v.Page, v.Mark, v.UncertaintyPercent, v.Quality, v.Note, v.Pack.Licence, v.Pack.LicenceUrl, v.Pack.Attribution, v.Pack.ShareAlike, v.Pack.Redistributable);
}

/// <summary>One number of a factor with its unit.</summary>
public sealed record FactorComponentBody(string Kind, string? Gas, double Value, string Unit);
