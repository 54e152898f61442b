using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Products;

namespace Tanlu.Server.Api;

/// <summary>Processes of libraries: search, versions, comparison, and edits of one's own. The exchanges of a process that is not open are counted and hashed, never told.</summary>
internal static class ProcessesApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/processes", Search).Says("processes", "Search processes by words of both languages, place, category, kind and library, best first", Right.ReadFigures).Paged();
        routes.MapPost("/processes", Create).Says("create-process", "Make a process in a library of one's own", Right.EditProcesses);
        routes.MapGet("/processes/{id:long}", One).Says("process", "One version of a process in full; the current one where none is named", Right.ReadFigures);
        routes.MapPut("/processes/{id:long}", Edit).Says("edit-process", "Change a process of one's own: the next version; refused where somebody else was first", Right.EditProcesses).HeedsIfMatch<Processes>(Now);
        routes.MapGet("/processes/{id:long}/versions", Versions).Says("process-versions", "Every version of a process, newest first", Right.ReadFigures).Paged();
        routes.MapGet("/processes/{id:long}/comparison", Compare).Says("compare-processes", "What is different between two versions, or between two processes", Right.ReadFigures);
        routes.MapGet("/processes/{id:long}/consumers", Consumers).Says("process-consumers", "Processes that name this one as their provider", Right.ReadFigures).Paged();
        routes.MapPost("/processes/{id:long}/copies", Copy).Says("copy-process", "Copy a process of any library into one of one's own; the copy says where it comes from", Right.EditProcesses);
        routes.MapPost("/processes/{id:long}/restore", Restore).Says("restore-process", "Take up an earlier version again, as a new one", Right.EditProcesses);
        routes.MapPost("/processes/{id:long}/retire", Retire).Says("retire-process", "Take a process of one's own out of use", Right.EditProcesses);
    }

    /// <param name="category">Beginning of the category's path.</param>
    /// <param name="kind">unit, system or declaration.</param>
    private static async Task<Results<Ok<PageBody<ProcessRowBody>>, Refused>> Search(
        HttpContext http, Processes processes, string? text, long? library, string? location, string? category, string? kind, long? after, CancellationToken ct, int limit = 50)
    {
        if (kind is { Length: > 0 } && LibraryWords.ProcessKind(kind) is null)
        {
            return Refused.Of(new Problem("process_kind_unknown", Column: "kind", Found: kind));
        }

        return (await processes.Search(http.Caller(), new ProcessSearch(text ?? "", library, location, category, LibraryWords.ProcessKind(kind), after, limit), ct))
            .Answer(p => new PageBody<ProcessRowBody>([.. p.Processes.Select(ProcessRowBody.Of)], Words.Of(p.Next)));
    }

    private static async Task<Results<Ok<ProcessBody>, Refused>> One(long id, int? version, HttpContext http, Processes processes, CancellationToken ct) =>
        (await processes.Get(http.Caller(), id, version, ct)).Answer(ProcessBody.Of);

    private static async Task<Results<Created<ProcessBody>, Refused>> Create(NewProcessBody body, HttpContext http, ProcessEdits edits, CancellationToken ct)
    {
        var input = body.ToInput();
        return input.Ok ? (await edits.Create(http.Caller(), body.Library, input.Value, ct)).Made(p => $"/processes/{p.Row.Id}", ProcessBody.Of) : Refused.Of(input.Problems);
    }

    private static async Task<Results<Ok<ProcessBody>, Refused>> Edit(long id, NewProcessBody body, HttpContext http, ProcessEdits edits, CancellationToken ct)
    {
        var input = body.ToInput();
        return input.Ok ? (await edits.Edit(http.Caller(), id, body.Version, input.Value, ct)).Answer(ProcessBody.Of) : Refused.Of(input.Problems);
    }

    private static async Task<Results<Ok<PageBody<ProcessVersionBody>>, Refused>> Versions(long id, HttpContext http, Processes processes, CancellationToken ct) =>
        (await processes.History(http.Caller(), id, ct)).Answer(all => Cursors.Page(http, all, v => Words.Of(v.Number)!, ProcessVersionBody.Of));

    /// <param name="before">Version of this process; the current one where it is left out.</param>
    /// <param name="other">Process to compare with; this one where it is left out.</param>
    /// <param name="after_version">Version of the other; the current one where it is left out.</param>
    private static async Task<Results<Ok<ProcessDiffBody>, Refused>> Compare(
        long id, int? before, long? other, int? after_version, HttpContext http, Processes processes, CancellationToken ct)
    {
        var right = await Strictest(http.Caller(), processes, id, other, ct);
        return (await processes.Compare(http.Caller(), id, before, other, after_version, ct)).Answer(d => ProcessDiffBody.Of(d, right));
    }

    private static async Task<Results<Ok<PageBody<ProcessRowBody>>, Refused>> Consumers(long id, HttpContext http, Processes processes, CancellationToken ct, long after = 0, int limit = 50) =>
        (await processes.Consumers(http.Caller(), id, after, limit, ct)).Answer(p => new PageBody<ProcessRowBody>([.. p.Processes.Select(ProcessRowBody.Of)], Words.Of(p.Next)));

    private static async Task<Results<Created<ProcessBody>, Refused>> Copy(long id, ProcessCopyBody body, HttpContext http, ProcessEdits edits, CancellationToken ct) =>
        (await edits.Copy(http.Caller(), id, body.Version, body.Library, body.Name, ct)).Made(p => $"/processes/{p.Row.Id}", ProcessBody.Of);

    private static async Task<Results<Ok<ProcessBody>, Refused>> Restore(long id, ProcessStepBody body, HttpContext http, ProcessEdits edits, CancellationToken ct) =>
        (await edits.Restore(http.Caller(), id, body.Restores ?? 0, body.Version, body.Reason ?? "", ct)).Answer(ProcessBody.Of);

    private static async Task<Results<Ok<ProcessRowBody>, Refused>> Retire(long id, ProcessStepBody body, HttpContext http, ProcessEdits edits, CancellationToken ct) =>
        (await edits.Retire(http.Caller(), id, body.Version, body.Reason ?? "", ct)).Answer(ProcessRowBody.Of);

    private static async Task<DataRight> Strictest(Caller caller, Processes processes, long one, long? other, CancellationToken ct)
    {
        var rights = new List<DataRight>();
        foreach (var id in (IEnumerable<long>)[one, other ?? one])
        {
            if (await processes.Get(caller, id, null, ct) is { Ok: true } found)
            {
                rights.Add(found.Value.Row.Rights);
            }
        }

        return DataRights.Strictest(rights);
    }

    private static async Task<object?> Now(HttpContext http, Processes processes, CancellationToken ct) =>
        long.TryParse(http.Request.RouteValues["id"]?.ToString(), out var id) && await processes.Get(http.Caller(), id, null, ct) is { Ok: true } found ? ProcessBody.Of(found.Value) : null;
}
