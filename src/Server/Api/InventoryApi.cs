using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Api;

/// <summary>Statements and their editions.</summary>
internal static class InventoryApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/statement", Statement).Says("statement", "The inventory of a boundary and period by scope, site, month, gas and source, with its caveats", Right.ReadFigures);
        routes.MapGet("/statement/completeness", Complete).Says("completeness", "For every source, the months with figures and those without", Right.ReadFigures);
        routes.MapGet("/statement/total", Total).Says("statement-total", "One figure: what a part of a statement adds up to, exact and without its lines", Right.ReadFigures);
        routes.MapGet("/statement/postings", DrillDown).Says("statement-postings", "The postings behind a part of a statement", Right.ReadFigures).Paged();

        routes.MapGet("/editions", List).Says("editions", "Editions of statements, latest first", Right.ReadFigures).Paged();
        routes.MapPost("/editions", Freeze).Says("make-edition", "Freeze the statement of now; an edition is never overwritten", Right.MakeEdition);
        routes.MapGet("/editions/{number:long}", Edition).Says("edition", "One edition with its frozen statement and the difference to the one before", Right.ReadFigures);
        routes.MapGet("/editions/{number:long}/content", Content).Says("edition-content", "The canonical content whose SHA-256 is the edition's hash", Right.ReadFigures)
            .Exports("edition").Produces(200, contentType: "application/json");
        routes.MapGet("/editions/{number:long}/package", Package)
            .Says("edition-package", "Everything that an edition rests on as one zip, from which anybody can recompute it", Right.ExportPackage).Heavy().Produces(200, contentType: "application/zip");
        routes.MapGet("/editions/{before:long}/difference/{after:long}", Compare).Says("edition-difference", "What differs between two editions, by scope, site and source", Right.ReadFigures);
    }

    /// <param name="node">Top of the boundary; all that the caller sees where it is left out.</param>
    /// <param name="from">First month, <c>2024-01</c>.</param>
    /// <param name="to">Last month, included.</param>
    /// <param name="gwp">SAR, AR4, AR5 or AR6; AR6 where it is left out.</param>
    /// <param name="route">ghg (GHG Protocol) or cn (Chinese guidelines).</param>
    private static async Task<Results<Ok<StatementBody>, Refused>> Statement(
        HttpContext http, Statements statements, long? node, string? from, string? to, string? gwp, string? route, CancellationToken ct)
    {
        var query = Words.Query(node, from, to, gwp, route);
        if (!query.Ok)
        {
            return Refused.Of(query.Problems);
        }

        var built = await statements.Build(http.Caller(), query.Value, ct);
        var packs = built.Ok ? await statements.Packs(http.Caller(), built.Value.Statement, ct) : default;
        return built.Answer(b => StatementBody.Of(b, packs.Value, http.Language()));
    }

    private static async Task<Results<Ok<CompletenessBody>, Refused>> Complete(HttpContext http, Statements statements, long? node, string? from, string? to, CancellationToken ct)
    {
        var query = Words.Query(node, from, to, null, null);
        return query.Ok ? (await statements.Build(http.Caller(), query.Value, ct)).Answer(b => CompletenessBody.Of(b.Completeness)) : Refused.Of(query.Problems);
    }

    /// <param name="site">Exactly this node, without what lies below it.</param>
    /// <param name="month">One month of the period.</param>
    /// <param name="gas">Code of a gas.</param>
    private static async Task<Results<Ok<PageBody<PostingBody>>, Refused>> DrillDown(
        HttpContext http, Statements statements, long? node, string? from, string? to, string? route, long? site, string? month, long? source, short? account, int? scope, string? gas,
        string? after, CancellationToken ct, int limit = 200)
    {
        var query = Words.Query(node, from, to, null, route);
        if (!query.Ok)
        {
            return Refused.Of(query.Problems);
        }

        var cut = Cut(site, month, source, account, scope, gas);
        if (!cut.Ok)
        {
            return Refused.Of(cut.Problems);
        }

        return after is not null && PostingBody.Place(after) is null
            ? Refused.Of(new Problem("after_unknown", Column: "after", Found: after))
            : (await statements.DrillDown(http.Caller(), query.Value, cut.Value, PostingBody.Place(after), limit, ct)).Answer(PostingBody.Page);
    }

    /// <param name="site">Exactly this node, without what lies below it.</param>
    /// <param name="month">One month of the period.</param>
    /// <param name="gas">Code of a gas; nothing else is added up then.</param>
    private static async Task<Results<Ok<TotalBody>, Refused>> Total(
        HttpContext http, Statements statements, long? node, string? from, string? to, string? gwp, string? route, long? site, string? month, long? source, short? account, int? scope,
        string? gas, CancellationToken ct)
    {
        var query = Words.Query(node, from, to, gwp, route);
        var cut = Cut(site, month, source, account, scope, gas);
        return query.Ok && cut.Ok
            ? (await statements.Total(http.Caller(), query.Value, cut.Value, ct)).Answer(TotalBody.Of)
            : Refused.Of([.. query.Problems, .. cut.Problems]);
    }

    private static Outcome<StatementCut> Cut(long? site, string? month, long? source, short? account, int? scope, string? gas)
    {
        if (month is not null && Words.Month(month) is null)
        {
            return new Problem("month_unknown", Column: "month", Found: month);
        }

        return gas is not null && Gases.Find(gas) is null
            ? Refusal.NotFound($"gas/{gas}")
            : new StatementCut(site, Words.Month(month), source, account, scope, gas is null ? null : Gases.Get(gas).Id);
    }

    private static async Task<Results<Ok<PageBody<EditionHeadBody>>, Refused>> List(HttpContext http, Editions editions, CancellationToken ct) =>
        (await editions.List(http.Caller(), ct)).Answer(found => Cursors.Page(http, found, e => Words.Of(e.Number)!, e => EditionHeadBody.Of(e, http.Language())));

    private static async Task<Results<Created<EditionHeadBody>, Refused>> Freeze(NewEditionBody body, HttpContext http, Editions editions, CancellationToken ct) =>
        (await editions.Freeze(http.Caller(), body.ToEdition(), ct)).Made(e => $"/editions/{e.Number}", e => EditionHeadBody.Of(e, http.Language()));

    private static async Task<Results<Ok<EditionBody>, Refused>> Edition(long number, HttpContext http, Editions editions, CancellationToken ct)
    {
        var edition = await editions.Get(http.Caller(), number, ct);
        if (!edition.Ok)
        {
            return Refused.Of(edition.Problems);
        }

        return (await editions.CompareToPrevious(http.Caller(), number, ct)).Answer(d => EditionBody.Of(edition.Value, d, http.Language()));
    }

    private static async Task<Results<ContentHttpResult, Refused>> Content(long number, HttpContext http, Editions editions, CancellationToken ct)
    {
        var edition = await editions.Get(http.Caller(), number, ct);
        return edition.Ok ? TypedResults.Content(edition.Value.Content, "application/json", Encoding.UTF8) : Refused.Of(edition.Problems);
    }

    /// <param name="evidence">false leaves the evidence files out.</param>
    private static async Task<Results<FileStreamHttpResult, Refused>> Package(long number, HttpContext http, Packages packages, CancellationToken ct, bool evidence = true)
    {
        var made = await packages.Export(http.Caller(), number, evidence, ct);
        return made.Ok ? TypedResults.Stream(made.Value.Content, "application/zip", made.Value.Name) : Refused.Of(made.Problems);
    }

    private static async Task<Results<Ok<EditionDifferenceBody>, Refused>> Compare(long before, long after, HttpContext http, Editions editions, CancellationToken ct) =>
        (await editions.Compare(http.Caller(), before, after, ct)).Answer(d => EditionDifferenceBody.Of(d, http.Language()));
}
