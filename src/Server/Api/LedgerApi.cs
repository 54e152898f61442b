using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Server.Flows;
using Tanlu.Server.Jobs;

namespace Tanlu.Server.Api;

/// <summary>Activities, imports, sources and the journal behind them.</summary>
internal static class LedgerApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/activities", Activities).Says("activities", "Activities, newest batch first, page by page", Right.ReadFigures).Paged();
        routes.MapPost("/activities", Record).Says("record-activity", "Record one activity; with an Idempotency-Key the same call again gives the same activity", Right.WriteActivities).WithMetadata(new RepeatsItself());
        routes.MapGet("/activities/{id}", Activity).Says("activity", "One activity with its postings", Right.ReadFigures);
        routes.MapGet("/activities/{id}/values", Values).Says("activity-values", "The values of an activity as a form holds them: where a correction starts from", Right.ReadFigures);
        routes.MapGet("/activities/{id}/explanation", Explain).Says("explanation", "How an activity's figure was made, down to factor, quantity and evidence", Right.ReadFigures);
        routes.MapPost("/activities/{id}/corrections", Correct).Says("correct-activity", "Take an activity back, with or without another in its place", Right.WriteActivities);
        routes.MapGet("/corrections", Corrections).Says("corrections", "Corrections, newest first: before, after, who, when and why", Right.ReadFigures).Paged();

        routes.MapPost("/activities/imports", Import).Says("import", "Import a CSV or XLSX file of activities, or only check it, as a job", Right.WriteActivities).TakesFile(
            ("check_only", "true says what an import would say and writes nothing"), ("skip_bad", "true takes the good rows and keeps the wrong ones with their reason"),
            ("map", "header=field, once for each column that the table of names does not find"), ("reason", "kept with the batch"));
        routes.MapGet("/batches", Batches).Says("batches", "Batches of the journal, newest first", Right.ReadFigures).Paged();
        routes.MapGet("/batches/{id:long}", Batch).Says("batch", "One batch with its place in the chain", Right.ReadFigures);
        routes.MapGet("/batches/{id:long}/refused-rows", RefusedRows).Says("refused-rows", "The rows that an import left out, with their reason", Right.ReadFigures).Paged();

        routes.MapGet("/sources", Sources).Says("sources", "Emission sources by site and name", Right.ReadFigures).Paged();
        routes.MapPost("/sources", AddSource).Says("add-source", "Add an emission source to a site", Right.WriteActivities);
        routes.MapPatch("/sources/{id:long}", RenameSource).Says("rename-source", "Give a source another name; files may go on calling it by its code", Right.WriteActivities);

        routes.MapGet("/postings", Postings).Says("postings", "Postings in the order of the book", Right.ReadFigures).Paged();
        routes.MapGet("/book/check", Check).Says("check-book", "Prove the book: balances equal postings, rows hash to their batch, batches form one chain", Right.ReadAudit).Heavy();
    }

    /// <param name="from">First day.</param>
    /// <param name="to">Last day.</param>
    /// <param name="all">Also those that were taken back.</param>
    private static async Task<Results<Ok<PageBody<ActivityBody>>, Refused>> Activities(
        HttpContext http, Journal journal, long? node, DateOnly? from, DateOnly? to, long? source, string? activity, short? account, long? batch, string? text, string? after,
        CancellationToken ct, bool all = false, int limit = 50)
    {
        if (from is { } first && (first == DateOnly.MaxValue || to is { } last && last < first))
        {
            return Refused.Of(new Problem("end_before_start", Column: "to", Found: $"{to ?? first:yyyy-MM-dd}"));
        }

        if (after is not null && ActivityId.TryParse(after) is null)
        {
            return Refused.Of(new Problem("after_unknown", Column: "after", Found: after));
        }

        DateInterval? period = from is null && to is null ? null : new DateInterval(from ?? DateOnly.MinValue, to is { } end && end < DateOnly.MaxValue ? end.AddDays(1) : DateOnly.MaxValue);
        var query = new ActivityQuery(node, period, source, activity, account, batch, text, OnlyCurrent: !all, ActivityId.TryParse(after), limit);
        return (await journal.Activities(http.Caller(), query, ct)).Answer(p => new PageBody<ActivityBody>([.. p.Activities.Select(a => ActivityBody.Of(a, postings: false))], p.Next?.ToString()));
    }

    private static async Task<Results<Created<ActivityBody>, Refused>> Record(
        NewActivityBody body, HttpContext http, Journal journal, [FromHeader(Name = "Idempotency-Key")] string? key, CancellationToken ct)
    {
        var recorded = await journal.Record(http.Caller(), body.ToActivity(), body.Reason ?? "", key, ct);
        return recorded.Ok ? await Made(recorded.Value, http, journal, ct) : Refused.Of(recorded.Problems);
    }

    private static async Task<Results<Ok<ActivityBody>, Refused>> Activity(string id, HttpContext http, Journal journal, CancellationToken ct) =>
        ActivityId.TryParse(id) is { } known ? (await journal.Activity(http.Caller(), known, ct)).Answer(a => ActivityBody.Of(a, postings: true)) : NotFound(id);

    private static async Task<Results<Ok<IReadOnlyDictionary<string, string>>, Refused>> Values(string id, HttpContext http, Journal journal, CancellationToken ct) =>
        ActivityId.TryParse(id) is { } known
            ? (await journal.Values(http.Caller(), known, ct)).Answer(v => (IReadOnlyDictionary<string, string>)v.Values.ToDictionary(f => ActivityFields.Name(f.Key), f => f.Value))
            : NotFound(id);

    /// <param name="gwp">SAR, AR4, AR5 or AR6; AR6 where it is left out.</param>
    /// <param name="route">ghg or cn.</param>
    private static async Task<Results<Ok<ExplanationBody>, Refused>> Explain(string id, HttpContext http, Journal journal, string? gwp, string? route, CancellationToken ct)
    {
        if (ActivityId.TryParse(id) is not { } known)
        {
            return NotFound(id);
        }

        // The period does not matter here; the words of set and route are read as a statement's.
        var words = Words.Query(null, "2000-01", "2000-01", gwp, route);
        return words.Ok
            ? (await journal.Explain(http.Caller(), known, words.Value.Gwp, words.Value.Route, ct)).Answer(e => ExplanationBody.Of(e.Tree, http.Language()))
            : Refused.Of(words.Problems);
    }

    private static async Task<Results<Created<ActivityBody>, Created<CorrectionRefBody>, Refused>> Correct(string id, CorrectionBody body, HttpContext http, Journal journal, CancellationToken ct)
    {
        if (ActivityId.TryParse(id) is not { } known)
        {
            return NotFound(id);
        }

        var corrected = await journal.Correct(http.Caller(), known, body.Activity?.ToActivity(), body.Reason ?? "", ct);
        if (!corrected.Ok)
        {
            return Refused.Of(corrected.Problems);
        }

        if (body.Activity is null)
        {
            return TypedResults.Created($"{ApiRoutes.Prefix}/activities/{known}", new CorrectionRefBody(known.ToString(), corrected.Value.ToString()));
        }

        var made = await journal.Activity(http.Caller(), corrected.Value, ct);
        return made.Ok
            ? TypedResults.Created($"{ApiRoutes.Prefix}/activities/{corrected.Value}", ActivityBody.Of(made.Value, postings: true))
            : Refused.Of(made.Problems);
    }

    private static async Task<Results<Ok<PageBody<CorrectedBody>>, Refused>> Corrections(HttpContext http, Journal journal, string? after, CancellationToken ct, int limit = 50) =>
        (await journal.Corrections(http.Caller(), after is null ? null : ActivityId.TryParse(after), limit, ct)).Answer(found => new PageBody<CorrectedBody>(
            [
                .. found.Select(c => new CorrectedBody(
                    ActivityBody.Of(c.Before, postings: false), c.After is { } now ? ActivityBody.Of(now, postings: false) : null, c.By.ToString(), c.ByName, c.At, c.Reason)),
            ],
            found.Count == limit ? found[^1].By.ToString() : null));

    private static async Task<Results<Accepted<JobBody>, Refused>> Import(HttpContext http, ImportUploads uploads, ImportStart start, TimeProvider time, CancellationToken ct)
    {
        var upload = await UploadedFile.Read(http, ct);
        if (!upload.Ok)
        {
            return Refused.Of(upload.Problems);
        }

        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in upload.Value.All("map"))
        {
            if (pair.LastIndexOf('=') is > 0 and var at)
            {
                map[pair[..at]] = pair[(at + 1)..];
            }
            else
            {
                return Refused.Of(new Problem("column_mapping_form", Column: "map", Found: pair));
            }
        }

        var caller = http.Caller();
        await using var content = upload.Value.Open();
        var kept = await uploads.Keep(caller, content, upload.Value.Name, ct);
        if (!kept.Ok)
        {
            return Refused.Of(kept.Problems);
        }

        var job = upload.Value.Yes("check_only")
            ? await start.Check(caller, kept.Value, new CheckWork(kept.Value.Hash, kept.Value.Name, map, GwpSet.Ar6, RouteChoice.GhgProtocol), ct)
            : await start.Import(caller, kept.Value, upload.Value.Yes("skip_bad"), map, upload.Value.Text("reason"), null, ct);
        return job.Ok ? TypedResults.Accepted($"{ApiRoutes.Prefix}/jobs/{job.Value.Id}", JobBody.Of(job.Value, time.GetUtcNow(), http.Language())) : Refused.Of(job.Problems);
    }

    private static async Task<Results<Ok<PageBody<BatchBody>>, Refused>> Batches(HttpContext http, Journal journal, long? after, CancellationToken ct, int limit = 50) =>
        (await journal.Batches(http.Caller(), after, limit, ct)).Answer(p => new PageBody<BatchBody>([.. p.Batches.Select(BatchBody.Of)], Words.Of(p.Next)));

    private static async Task<Results<Ok<BatchBody>, Refused>> Batch(long id, HttpContext http, Journal journal, CancellationToken ct) =>
        (await journal.Batch(http.Caller(), id, ct)).Answer(BatchBody.Of);

    private static async Task<Results<Ok<PageBody<ProblemError>>, Refused>> RefusedRows(long id, HttpContext http, Journal journal, CancellationToken ct, int after = 0, int limit = Cursors.Most) =>
        (await journal.RefusedRows(http.Caller(), id, ct)).Answer(rows => new PageBody<ProblemError>(
            [.. rows.Skip(after).Take(limit).Select(p => ProblemError.Of(p, http.Language()))], after + limit < rows.Count ? Words.Of(after + limit) : null));

    private static async Task<Results<Ok<PageBody<SourceBody>>, Refused>> Sources(HttpContext http, Journal journal, long? node, CancellationToken ct) =>
        (await journal.Sources(http.Caller(), node, ct)).Answer(found => Cursors.Page(http, found, s => Words.Of(s.Id)!, SourceBody.Of));

    private static async Task<Results<Created<SourceBody>, Refused>> AddSource(NewSourceBody body, HttpContext http, Journal journal, CancellationToken ct) =>
        (await journal.AddSource(http.Caller(), body.Site, body.Name ?? "", ct)).Made(s => $"/sources?node={s.Site}", SourceBody.Of);

    private static async Task<Results<Ok<SourceBody>, Refused>> RenameSource(long id, SourceNameBody body, HttpContext http, Journal journal, CancellationToken ct) =>
        (await journal.RenameSource(http.Caller(), id, body.Name ?? "", ct)).Answer(SourceBody.Of);

    /// <param name="from">First month.</param>
    /// <param name="to">Last month.</param>
    /// <param name="site">Exactly this node, without what lies below it.</param>
    private static async Task<Results<Ok<PageBody<PostingBody>>, Refused>> Postings(
        HttpContext http, Journal journal, long? node, string? from, string? to, long? site, long? source, long? calculation, short? account, long? batch, string? after, CancellationToken ct,
        int limit = 200)
    {
        if ((from is not null && Words.Month(from) is null) || (to is not null && Words.Month(to) is null))
        {
            return Refused.Of(new Problem("month_unknown", Column: Words.Month(from) is null ? "from" : "to", Found: Words.Month(from) is null ? from : to));
        }

        if (after is not null && PostingBody.Place(after) is null)
        {
            return Refused.Of(new Problem("after_unknown", Column: "after", Found: after));
        }

        var query = new PostingQuery(node, Words.Month(from), Words.Month(to), source, calculation, account, batch, PostingBody.Place(after), limit, site);
        return (await journal.Postings(http.Caller(), query, ct)).Answer(PostingBody.Page);
    }

    private static async Task<Results<Ok<BookCheckBody>, Refused>> Check(HttpContext http, Journal journal, CancellationToken ct) =>
        (await journal.CheckBalances(http.Caller(), ct)).Answer(c => new BookCheckBody(
            c.Sound, c.Batches, c.Rows, c.Postings, c.Balances, [.. c.Faults.Select(f => f.ToString())]));

    private static async Task<Results<Created<ActivityBody>, Refused>> Made(ActivityId id, HttpContext http, Journal journal, CancellationToken ct) =>
        (await journal.Activity(http.Caller(), id, ct)).Made(a => $"/activities/{a.Id}", a => ActivityBody.Of(a, postings: true));

    private static Refused NotFound(string id) => Refused.Of(Refusal.NotFound($"activity/{id}"));

}
