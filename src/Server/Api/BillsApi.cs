using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Products;

namespace Tanlu.Server.Api;

/// <summary>Bills of materials with their impacts. What rests on sealed data is not told.</summary>
internal static class BillsApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/bills", List).Says("bills", "The bills of materials in use, by name", Right.ReadFigures).Paged();
        routes.MapPost("/bills", Create).Says("create-bill", "Make a bill of materials; lines without a process are kept and count for nothing", Right.EditProcesses);
        routes.MapGet("/bills/{id:long}", One).Says("bill", "One version of a bill in full; the current one where none is named", Right.ReadFigures);
        routes.MapPut("/bills/{id:long}", Edit).Says("edit-bill", "Change a bill: the next version; refused where somebody else was first", Right.EditProcesses).HeedsIfMatch<Bills>(Now);
        routes.MapGet("/bills/{id:long}/result", Result).Says("bill-result", "Impacts of a bill in all and by line, with what counts for nothing and the certificate", Right.ReadFigures);
    }

    private static async Task<Results<Ok<PageBody<BillRowBody>>, Refused>> List(HttpContext http, Bills bills, CancellationToken ct) =>
        (await bills.List(http.Caller(), ct)).Answer(all => Cursors.Page(http, all, b => Words.Of(b.Id)!, BillRowBody.Of));

    private static async Task<Results<Created<BillBody>, Refused>> Create(NewBillBody body, HttpContext http, Bills bills, CancellationToken ct) =>
        (await bills.Create(http.Caller(), body.ToBill(), body.Reason ?? "", ct)).Made(b => $"/bills/{b.Row.Id}", BillBody.Of);

    private static async Task<Results<Ok<BillBody>, Refused>> One(long id, int? version, HttpContext http, Bills bills, CancellationToken ct) =>
        (await bills.Get(http.Caller(), id, version, ct)).Answer(BillBody.Of);

    private static async Task<Results<Ok<BillBody>, Refused>> Edit(long id, NewBillBody body, HttpContext http, Bills bills, CancellationToken ct) =>
        (await bills.Edit(http.Caller(), id, body.Version, body.ToBill(), body.Reason ?? "", ct)).Answer(BillBody.Of);

    /// <param name="amount">Of the bill's product; the amount that its lines are for where it is left out.</param>
    /// <param name="method">Key of the method; the first built-in one where it is left out.</param>
    private static async Task<Results<Ok<BillResultBody>, Refused>> Result(
        long id, int? version, double? amount, string? method, int? method_version, long? mapping, HttpContext http, BillResults results, CancellationToken ct) =>
        (await results.Of(http.Caller(), new BillRequest(id, version, amount, method, method_version, mapping), ct))
            .Then(r => DataRights.Allows(r.Rights, DataPart.Result, DataWay.Leave) ? Outcome<BillResult>.Done(r) : new Problem("bill_sealed", Found: r.Bill.Dataset.Name))
            .Answer(BillResultBody.Of);

    private static async Task<object?> Now(HttpContext http, Bills bills, CancellationToken ct) =>
        long.TryParse(http.Request.RouteValues["id"]?.ToString(), out var id) && await bills.Get(http.Caller(), id, null, ct) is { Ok: true } found ? BillBody.Of(found.Value) : null;
}
