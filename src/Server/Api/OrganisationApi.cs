using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Api;

/// <summary>The organisation tree and evidence files.</summary>
internal static class OrganisationApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/organisation", Tree).Says("organisation", "The organisation tree, parents first", Right.ReadFigures).Paged();
        routes.MapPost("/organisation", Add).Says("add-node", "Add a company, site or part of a site", Right.ManageOrganisation);
        routes.MapGet("/organisation/{id:long}", Node).Says("node", "One node of the tree", Right.ReadFigures);
        routes.MapPatch("/organisation/{id:long}", Rename).Says("rename-node", "Give a node other names; its code stays", Right.ManageOrganisation).HeedsIfMatch<OrganisationTree>(Now);
        routes.MapPut("/organisation/{id:long}", Edit).Says("edit-node", "Change all that can change of a node: code, names, region, industry, validity, equity share, parent", Right.ManageOrganisation).HeedsIfMatch<OrganisationTree>(Now);
        routes.MapPost("/organisation/{id:long}/move", Move).Says("move-node", "Hang a node with everything below it under another parent", Right.ManageOrganisation).HeedsIfMatch<OrganisationTree>(Now);
        routes.MapPost("/organisation/{id:long}/close", Close).Says("close-node", "End a node, and what would outlive it below", Right.ManageOrganisation).HeedsIfMatch<OrganisationTree>(Now);

        routes.MapGet("/evidence", Files).Says("evidence-files", "Evidence files, newest first", Right.ReadEvidence).Paged();
        routes.MapPost("/evidence", Upload).Says("add-evidence", "Add an evidence file; it is kept by the hash of its content", Right.WriteEvidence).TakesFile();
        routes.MapGet("/evidence/{hash}", Download).Says("evidence-content", "The content of an evidence file, byte for byte", Right.ReadEvidence)
            .Produces(200, contentType: "application/octet-stream");
    }

    /// <param name="node">Top of the part wanted; all that the caller sees where it is left out.</param>
    /// <param name="on">Only nodes valid on this day.</param>
    private static async Task<Results<Ok<PageBody<NodeBody>>, Refused>> Tree(HttpContext http, OrganisationTree tree, long? node, DateOnly? on, CancellationToken ct) =>
        (await tree.Subtree(http.Caller(), node, on, ct)).Answer(nodes => Cursors.Page(http, nodes, n => Words.Of(n.Id)!, n => NodeBody.Of(n)));

    private static async Task<Results<Ok<NodeBody>, Refused>> Node(long id, HttpContext http, OrganisationTree tree, CancellationToken ct) =>
        (await tree.Find(http.Caller(), id, ct)).Answer(NodeBody.Of);

    /// <summary>What a GET of the node of this address answers now.</summary>
    private static async Task<object?> Now(HttpContext http, OrganisationTree tree, CancellationToken ct) =>
        await tree.Find(http.Caller(), long.Parse(http.GetRouteValue("id")!.ToString()!, CultureInfo.InvariantCulture), ct) is { Ok: true } found ? NodeBody.Of(found.Value) : null;

    private static async Task<Results<Created<NodeBody>, Refused>> Add(NewNodeBody body, HttpContext http, OrganisationTree tree, CancellationToken ct) =>
        Enum.TryParse<NodeKind>(body.Kind, ignoreCase: true, out var kind)
            ? (await tree.Add(
                http.Caller(),
                new NewNode(
                    body.Parent, kind, body.Code ?? "", body.NameEn ?? "", body.NameZh ?? "", body.Region ?? "", body.Industry ?? "", body.ValidFrom, body.ValidTo, body.EquityPercent),
                ct)).Made(n => $"/organisation/{n.Id}", NodeBody.Of)
            : Refused.Of(new Problem("node_kind_unknown", Column: "kind", Found: body.Kind));

    private static async Task<Results<Ok<NodeBody>, Refused>> Rename(long id, NodeNamesBody body, HttpContext http, OrganisationTree tree, CancellationToken ct) =>
        (await tree.Rename(http.Caller(), id, body.NameEn ?? "", body.NameZh ?? "", ct)).Answer(NodeBody.Of);

    private static async Task<Results<Ok<NodeBody>, Refused>> Edit(long id, NodeEditBody body, HttpContext http, OrganisationTree tree, CancellationToken ct) =>
        (await tree.Edit(
            http.Caller(), id,
            new NodeEdit(
                body.Parent, body.Code ?? "", body.NameEn ?? "", body.NameZh ?? "", body.Region ?? "", body.Industry ?? "", body.ValidFrom, body.ValidTo, body.EquityPercent),
            ct)).Answer(NodeBody.Of);

    private static async Task<Results<Ok<NodeBody>, Refused>> Move(long id, NodeMoveBody body, HttpContext http, OrganisationTree tree, CancellationToken ct) =>
        (await tree.Move(http.Caller(), id, body.Parent, ct)).Answer(NodeBody.Of);

    private static async Task<Results<Ok<NodeBody>, Refused>> Close(long id, NodeCloseBody body, HttpContext http, OrganisationTree tree, CancellationToken ct) =>
        (await tree.Close(http.Caller(), id, body.On, ct)).Answer(NodeBody.Of);

    private static async Task<Results<Ok<PageBody<EvidenceBody>>, Refused>> Files(HttpContext http, EvidenceFiles evidence, long? after, CancellationToken ct, int limit = 50) =>
        (await evidence.List(http.Caller(), after, limit, ct)).Answer(p => new PageBody<EvidenceBody>([.. p.Files.Select(EvidenceBody.Of)], Words.Of(p.Next)));

    private static async Task<Results<Created<EvidenceBody>, Refused>> Upload(HttpContext http, EvidenceFiles evidence, CancellationToken ct)
    {
        var upload = await UploadedFile.Read(http, ct);
        if (!upload.Ok)
        {
            return Refused.Of(upload.Problems);
        }

        await using var content = upload.Value.Open();
        return (await evidence.Add(http.Caller(), content, upload.Value.Name, upload.Value.Number("node"), ct)).Made(f => $"/evidence/{f.Hash}", EvidenceBody.Of);
    }

    private static async Task<Results<FileStreamHttpResult, Refused>> Download(string hash, HttpContext http, EvidenceFiles evidence, CancellationToken ct)
    {
        var opened = await evidence.Open(http.Caller(), hash, ct);
        if (!opened.Ok)
        {
            return Refused.Of(opened.Problems);
        }

        // Always as a file to save, and typed by its content: an uploaded page must not run as one of ours.
        var (file, content) = opened.Value;
        return TypedResults.Stream(content, file.MediaType, file.Name, entityTag: new EntityTagHeaderValue($"\"{file.Hash}\""));
    }
}

/// <summary>A node of the organisation tree.</summary>
/// <param name="ValidTo">First day on which it no longer belongs to the organisation.</param>
public sealed record NodeBody(
    long Id, long? Parent, string Path, string Kind, string Code, string NameEn, string NameZh, string Region, string Industry, DateOnly ValidFrom, DateOnly? ValidTo, decimal? EquityPercent)
{
    internal static NodeBody Of(Node n) => new(
        n.Id, n.Parent, n.Path, n.Kind.ToString().ToLowerInvariant(), n.Code, n.NameEn, n.NameZh, n.Region, n.Industry, n.ValidFrom, n.ValidTo, n.EquityPercent);
}

/// <summary>A node to be added. Kind is group, company, site, building or line.</summary>
public sealed record NewNodeBody(
    long? Parent, string? Kind, string? Code, string? NameEn, string? NameZh, string? Region, string? Industry, DateOnly? ValidFrom, DateOnly? ValidTo, decimal? EquityPercent);

/// <summary>A node as it is to be: what is left out is emptied.</summary>
/// <param name="Parent">Part that it belongs to; null at the top.</param>
/// <param name="ValidTo">First day on which it no longer belongs to the organisation; null where there is none.</param>
public sealed record NodeEditBody(
    long? Parent, string? Code, string? NameEn, string? NameZh, string? Region, string? Industry, DateOnly ValidFrom, DateOnly? ValidTo, decimal? EquityPercent);

/// <summary>New names.</summary>
public sealed record NodeNamesBody(string? NameEn, string? NameZh);

/// <summary>A new parent.</summary>
public sealed record NodeMoveBody(long Parent);

/// <summary>The first day on which the node no longer belongs to the organisation.</summary>
public sealed record NodeCloseBody(DateOnly On);

/// <summary>What is known of an evidence file.</summary>
/// <param name="Hash">SHA-256 of the content; activities name it by that.</param>
/// <param name="Node">Part of the organisation it belongs to; 0 is the whole.</param>
public sealed record EvidenceBody(string Hash, string Name, string MediaType, long Size, long Node, DateTimeOffset AddedAt)
{
    internal static EvidenceBody Of(EvidenceFile f) => new(f.Hash.ToString(), f.Name, f.MediaType, f.Size, f.Node, f.AddedAt);
}
