using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Server.Flows;
using Tanlu.Server.Jobs;

namespace Tanlu.Server.Api;

/// <summary>Libraries of life cycle data and their flows. What a program is told is what may leave: the inventories of licensed data stay on the pages of the tenant.</summary>
internal static class LibrariesApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/libraries", List).Says("libraries", "Libraries of life cycle data, one's own first", Right.ReadFigures).Paged();
        routes.MapPost("/libraries", Add).Says("add-library", "Make a library of one's own", Right.EditProcesses);
        routes.MapPost("/libraries/imports", Import).Says("import-library", "Import a database in any format that is read, as a job", Right.ImportFactors).TakesFile(
            ("name", "of the library; left out, the file's own"), ("rights", "open (default), licensed (inventories stay here) or sealed (calculated values stay here too)"));
        routes.MapGet("/libraries/{id:long}", One).Says("library", "One library with its counts and its licence", Right.ReadFigures);
        routes.MapGet("/libraries/{id:long}/notes", Notes).Says("library-notes", "What the reader could not take as it stood, in the order of the file", Right.ReadFigures).Paged();
        routes.MapPost("/libraries/{id:long}/retire", Retire).Says("retire-library", "Take a library out of use; what rests on it still finds its versions", Right.ImportFactors);
        routes.MapPut("/libraries/{id:long}/rights", SetRights).Says("set-library-rights", "Say anew what the owner of the data allows", Right.ImportFactors).HeedsIfMatch<Libraries>(Now);
        routes.MapGet("/libraries/{id:long}/file", Export).Says("export-library", "The library as openLCA JSON-LD, without what its owner does not let be passed on", Right.ReadFigures).Heavy()
            .Produces(StatusCodes.Status200OK, contentType: "application/zip");

        routes.MapGet("/flows", Flows).Says("flows", "Search flows; the same flow in several libraries comes once", Right.ReadFigures).Paged();
        routes.MapGet("/flows/{uid}", Flow).Says("flow", "One flow with its properties", Right.ReadFigures);
        routes.MapGet("/flows/{uid}/processes", Users).Says("flow-processes", "Processes that have a flow", Right.ReadFigures).Paged();
    }

    private static async Task<Results<Ok<PageBody<LibraryBody>>, Refused>> List(HttpContext http, Libraries libraries, CancellationToken ct) =>
        (await libraries.List(http.Caller(), ct)).Answer(all => Cursors.Page(http, all, l => Words.Of(l.Id)!, LibraryBody.Of));

    private static async Task<Results<Created<LibraryBody>, Refused>> Add(NewLibraryBody body, HttpContext http, Libraries libraries, CancellationToken ct) =>
        (await libraries.Add(http.Caller(), body.Name ?? "", ct)).Made(l => $"/libraries/{l.Id}", LibraryBody.Of);

    private static async Task<Results<Ok<LibraryBody>, Refused>> One(long id, HttpContext http, Libraries libraries, CancellationToken ct) =>
        (await libraries.Get(http.Caller(), id, ct)).Answer(LibraryBody.Of);

    private static async Task<Results<Accepted<JobBody>, Refused>> Import(HttpContext http, ImportUploads uploads, JobBoard board, TimeProvider time, CancellationToken ct)
    {
        var caller = http.Caller();
        if (!caller.MayEverywhere(Right.ImportFactors))
        {
            return Refused.Of(Refusal.NotPermitted());
        }

        var upload = await UploadedFile.Read(http, ct);
        if (!upload.Ok)
        {
            return Refused.Of(upload.Problems);
        }

        if (LibraryWords.Right(upload.Value.Text("rights")) is not { } rights)
        {
            return Refused.Of(LibraryWords.Unknown(upload.Value.Text("rights")));
        }

        await using var content = upload.Value.Open();
        var kept = await uploads.Keep(caller, content, upload.Value.Name, ct, Right.ImportFactors);
        if (!kept.Ok)
        {
            return Refused.Of(kept.Problems);
        }

        var name = upload.Value.Text("name");
        var work = new LibraryWork(kept.Value.Hash, kept.Value.Name, name.Length > 0 ? name : null, rights);
        var job = await board.Enqueue(caller, new NewJob(LibraryJob.Kind, Right.ImportFactors, kept.Value.Name, JobJson.Write(work)), ct);
        return job.Ok ? TypedResults.Accepted($"{ApiRoutes.Prefix}/jobs/{job.Value.Id}", JobBody.Of(job.Value, time.GetUtcNow(), http.Language())) : Refused.Of(job.Problems);
    }

    private static async Task<Results<Ok<PageBody<ProblemError>>, Refused>> Notes(long id, HttpContext http, Libraries libraries, CancellationToken ct, int after = 0, int limit = Cursors.Most) =>
        (await libraries.Notes(http.Caller(), id, after, limit, ct)).Answer(p => new PageBody<ProblemError>([.. p.Notes.Select(n => ProblemError.Of(n, http.Language()))], Words.Of(p.Next)));

    private static async Task<Results<Ok<LibraryBody>, Refused>> Retire(long id, DecisionBody body, HttpContext http, Libraries libraries, CancellationToken ct) =>
        (await libraries.Retire(http.Caller(), id, body.Reason ?? "", ct)).Answer(LibraryBody.Of);

    private static async Task<Results<Ok<LibraryBody>, Refused>> SetRights(long id, LibraryRightsBody body, HttpContext http, Libraries libraries, CancellationToken ct) =>
        string.IsNullOrEmpty(body.Rights) || LibraryWords.Right(body.Rights) is not { } rights
            ? Refused.Of(LibraryWords.Unknown(body.Rights))
            : (await libraries.SetRights(http.Caller(), id, rights, body.Reason ?? "", ct)).Answer(LibraryBody.Of);

    private static async Task<Results<FileStreamHttpResult, Refused>> Export(long id, HttpContext http, Libraries libraries, CancellationToken ct)
    {
        var exported = await libraries.Export(http.Caller(), id, ct);
        return exported.Ok ? TypedResults.Stream(exported.Value.Content, "application/zip", exported.Value.FileName) : Refused.Of(exported.Problems);
    }

    /// <param name="kind">elementary, product or waste.</param>
    private static async Task<Results<Ok<PageBody<FlowRowBody>>, Refused>> Flows(
        HttpContext http, LibraryFlows flows, string? text, long? library, string? kind, string? compartment, long? after, CancellationToken ct, int limit = 50)
    {
        if (kind is { Length: > 0 } && LibraryWords.FlowKind(kind) is null)
        {
            return Refused.Of(new Problem("flow_kind_unknown", Column: "kind", Found: kind));
        }

        return (await flows.Search(http.Caller(), new FlowQuery(text ?? "", library, LibraryWords.FlowKind(kind), compartment, after, limit), ct))
            .Answer(p => new PageBody<FlowRowBody>([.. p.Flows.Select(FlowRowBody.Of)], Words.Of(p.Next)));
    }

    private static async Task<Results<Ok<FlowBody>, Refused>> Flow(string uid, long? library, HttpContext http, LibraryFlows flows, CancellationToken ct) =>
        (await flows.Get(http.Caller(), uid, library, ct)).Answer(FlowBody.Of);

    /// <param name="input">Only as an input (true) or as an output (false).</param>
    private static async Task<Results<Ok<PageBody<FlowUserBody>>, Refused>> Users(
        string uid, bool? input, HttpContext http, LibraryFlows flows, CancellationToken ct, long after = 0, int limit = 50) =>
        (await flows.Users(http.Caller(), uid, input, after, limit, ct)).Answer(p => new PageBody<FlowUserBody>([.. p.Users.Select(FlowUserBody.Of)], Words.Of(p.Next)));

    private static async Task<object?> Now(HttpContext http, Libraries libraries, CancellationToken ct) =>
        long.TryParse(http.Request.RouteValues["id"]?.ToString(), out var id) && await libraries.Get(http.Caller(), id, ct) is { Ok: true } found ? LibraryBody.Of(found.Value) : null;
}
