using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Products;

namespace Tanlu.Server.Api;

/// <summary>Impact methods and flow mappings. What a program is told is what may leave: the factors of a licensed method stay on the pages of the tenant.</summary>
internal static class MethodsApi
{
    private const int MissingShown = 200;

    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/methods", List).Says("methods", "Impact methods: the product's, then one's own and imported ones", Right.ReadFigures).Paged();
        routes.MapPost("/methods", Create).Says("create-method", "Make an impact method of one's own", Right.ImportFactors);
        routes.MapPost("/methods/imports", Import).Says("import-methods", "Import the methods of a file; a method that is there gets its next version", Right.ImportFactors).Heavy().TakesFile(
            ("repeats", "which value serves where a flow is listed twice for an indicator: first (default), last or refuse"), ("rights", "open (default), licensed (factors stay here) or sealed"));
        routes.MapGet("/methods/{key}", One).Says("method", "One version of a method with its indicators and sets, without its factors", Right.ReadFigures);
        routes.MapPut("/methods/{key}", Edit).Says("edit-method", "Change a method of one's own: the next version; refused where somebody else was first", Right.ImportFactors).HeedsIfMatch<ImpactMethods>(Now);
        routes.MapGet("/methods/{key}/versions", Versions).Says("method-versions", "Every version of a method, newest first", Right.ReadFigures).Paged();
        routes.MapGet("/methods/{key}/factors", Factors).Says("method-factors", "Characterisation factors by indicator and words of the flow's name", Right.ReadFigures).Paged();
        routes.MapGet("/methods/{key}/coverage", Coverage).Says("method-coverage", "What a method knows of a library's elementary flows, before and after a mapping", Right.ReadFigures).Heavy();
        routes.MapPost("/methods/{key}/copies", Copy).Says("copy-method", "Copy any method into one of one's own; the copy says where it comes from", Right.ImportFactors);
        routes.MapPost("/methods/{key}/retire", Retire).Says("retire-method", "Take a method out of use; what rests on it still finds its versions", Right.ImportFactors);

        routes.MapGet("/mappings", Mappings).Says("mappings", "Flow mapping tables, newest version first", Right.ReadFigures).Paged();
        routes.MapPost("/mappings/imports", ImportMapping).Says("import-mapping", "Import a flow mapping table as the next version of its name", Right.ImportFactors).Heavy().TakesFile(
            ("name", "of the table; left out, the file's own"), ("rights", "open (default), licensed or sealed"));
    }

    private static async Task<Results<Ok<PageBody<MethodRowBody>>, Refused>> List(HttpContext http, ImpactMethods methods, CancellationToken ct) =>
        (await methods.List(http.Caller(), ct)).Answer(all => Cursors.Page(http, all, m => m.Key, MethodRowBody.Of));

    private static async Task<Results<Ok<MethodBody>, Refused>> One(string key, int? version, HttpContext http, ImpactMethods methods, CancellationToken ct) =>
        (await methods.Get(http.Caller(), key, version, ct)).Answer(MethodBody.Of);

    private static async Task<Results<Ok<PageBody<MethodRowBody>>, Refused>> Versions(string key, HttpContext http, ImpactMethods methods, CancellationToken ct) =>
        (await methods.History(http.Caller(), key, ct)).Answer(all => Cursors.Page(http, all, v => Words.Of(v.Version)!, MethodRowBody.Of));

    /// <param name="indicator">Id or code of an indicator.</param>
    /// <param name="text">Words of the flow's name.</param>
    private static async Task<Results<Ok<PageBody<FactorValueBody>>, Refused>> Factors(
        string key, int? version, string? indicator, string? text, HttpContext http, ImpactMethods methods, CancellationToken ct, int after = 0, int limit = Cursors.Most) =>
        (await methods.Factors(http.Caller(), key, version, indicator, text, DataWay.Leave, after, limit, ct))
            .Answer(p => new PageBody<FactorValueBody>([.. p.Factors.Select(FactorValueBody.Of)], Words.Of(p.Next)));

    /// <param name="library">Number of a library.</param>
    /// <param name="mapping">Number of a mapping table's version.</param>
    private static async Task<Results<Ok<MethodCoverageBody>, Refused>> Coverage(
        string key, int? version, long library, long? mapping, HttpContext http, ImpactMethods methods, CancellationToken ct) =>
        (await methods.Coverage(http.Caller(), key, version, library, mapping, MissingShown, ct)).Answer(MethodCoverageBody.Of);

    private static async Task<Results<Created<MethodBody>, Refused>> Create(MethodInputBody body, HttpContext http, ImpactMethods methods, CancellationToken ct) =>
        (await methods.Create(http.Caller(), body.ToMethod(), body.Reason ?? "", ct)).Made(m => $"/methods/{m.Row.Key}", MethodBody.Of);

    private static async Task<Results<Ok<MethodBody>, Refused>> Edit(string key, MethodInputBody body, HttpContext http, ImpactMethods methods, CancellationToken ct) =>
        (await methods.Edit(http.Caller(), Number(key), body.Version, body.ToMethod(), body.Reason ?? "", ct)).Answer(MethodBody.Of);

    private static async Task<Results<Created<MethodBody>, Refused>> Copy(string key, MethodCopyBody body, HttpContext http, ImpactMethods methods, CancellationToken ct) =>
        (body.For switch
        {
            null or "" => await methods.Copy(http.Caller(), key, body.Version, body.Name, body.Reason ?? "", ct),
            "en15804" => await methods.CopyForDeclarations(http.Caller(), key, body.Version, body.Name, body.Reason ?? "", ct),
            _ => new Problem("method_copy_for", Column: "for", Found: body.For),
        }).Made(m => $"/methods/{m.Row.Key}", MethodBody.Of);

    private static async Task<Results<Ok<MethodRowBody>, Refused>> Retire(string key, DecisionBody body, HttpContext http, ImpactMethods methods, CancellationToken ct) =>
        (await methods.Retire(http.Caller(), Number(key), body.Reason ?? "", ct)).Answer(MethodRowBody.Of);

    private static async Task<Results<Ok<MethodImportBody>, Refused>> Import(HttpContext http, ImpactMethods methods, CancellationToken ct)
    {
        var upload = await UploadedFile.Read(http, ct);
        if (!upload.Ok)
        {
            return Refused.Of(upload.Problems);
        }

        if (LibraryWords.Right(upload.Value.Text("rights")) is not { } rights)
        {
            return Refused.Of(LibraryWords.Unknown(upload.Value.Text("rights")));
        }

        var said = upload.Value.Text("repeats");
        if ((said.Length == 0 ? RepeatRule.First : LibraryWords.Named<RepeatRule>(said)) is not { } repeats)
        {
            return Refused.Of(new Problem("repeat_rule_unknown", Column: "repeats", Found: said));
        }

        await using var content = upload.Value.Open();
        return (await methods.Import(http.Caller(), content, upload.Value.Name, new MethodOptions(rights, repeats), ct))
            .Answer(i => new MethodImportBody([.. i.Methods.Select(MethodRowBody.Of)], [.. i.Notes.Take(Cursors.Most).Select(n => ProblemError.Of(n, http.Language()))]));
    }

    private static async Task<Results<Ok<PageBody<MappingBody>>, Refused>> Mappings(HttpContext http, FlowMappings mappings, CancellationToken ct) =>
        (await mappings.List(http.Caller(), ct)).Answer(all => Cursors.Page(http, all, m => Words.Of(m.Id)!, MappingBody.Of));

    private static async Task<Results<Ok<MappingBody>, Refused>> ImportMapping(HttpContext http, FlowMappings mappings, CancellationToken ct)
    {
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
        var name = upload.Value.Text("name");
        return (await mappings.Import(http.Caller(), content, upload.Value.Name, name.Length > 0 ? name : null, rights, ct)).Answer(MappingBody.Of);
    }

    /// <summary>A built-in method has no number and is found by none: it cannot be changed.</summary>
    private static long Number(string key) => long.TryParse(key, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id) ? id : 0;

    private static async Task<object?> Now(HttpContext http, ImpactMethods methods, CancellationToken ct) =>
        await methods.Get(http.Caller(), http.Request.RouteValues["key"]?.ToString() ?? "", null, ct) is { Ok: true } found ? MethodBody.Of(found.Value) : null;
}
