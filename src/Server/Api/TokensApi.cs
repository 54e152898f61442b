using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Api;

/// <summary>API tokens of oneself and, for who manages people, of others and of devices.</summary>
internal static class TokensApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/tokens", Tokens).Says("tokens", "One's own API tokens; with of=everyone those of all people and devices in one's part of the organisation", Right.ReadFigures).Paged();
        routes.MapPost("/tokens", Add).Says("add-token", "Make an API token; the answer is the only place where the token itself ever stands", Right.ReadFigures).WithMetadata(new ShownOnce());
        routes.MapDelete("/tokens/{id:long}", Revoke).Says("revoke-token", "End an API token", Right.ReadFigures);
    }

    /// <param name="of">me (default) or everyone, which needs the right ManagePeople.</param>
    private static async Task<Results<Ok<PageBody<TokenBody>>, Refused>> Tokens(HttpContext http, ApiTokens tokens, TimeProvider time, string? of, CancellationToken ct) =>
        of is null or "me" or "everyone"
            ? (await (of == "everyone" ? tokens.List(http.Caller(), ct) : tokens.Own(http.Caller(), ct)))
                .Answer(found => Cursors.Page(http, found, t => Words.Of(t.Id)!, t => TokenBody.Of(t, time.GetUtcNow())))
            : Refused.Of(new Problem("of_unknown", Column: "of", Found: of));

    private static async Task<Results<Created<MadeTokenBody>, Refused>> Add(NewTokenBody body, HttpContext http, ApiTokens tokens, TimeProvider time, CancellationToken ct)
    {
        var names = body.Rights ?? [];
        if (names.FirstOrDefault(n => RightSet.Named(n) is null) is { } unknown)
        {
            return Refused.Of(new Problem("right_unknown", Column: "rights", Found: unknown));
        }

        var draft = new NewApiToken(
            body.Name ?? "", body.Rights is null ? null : [.. names.Select(n => RightSet.Named(n)!.Value)], body.Node, body.LastDay, body.Device);
        return (await tokens.Add(http.Caller(), draft, ct)).Made(m => $"/tokens/{m.Token.Id}", m => new MadeTokenBody(m.Secret, TokenBody.Of(m.Token, time.GetUtcNow())));
    }

    private static async Task<Results<Ok<TokenBody>, Refused>> Revoke(long id, HttpContext http, ApiTokens tokens, TimeProvider time, CancellationToken ct) =>
        (await tokens.Revoke(http.Caller(), id, ct)).Answer(t => TokenBody.Of(t, time.GetUtcNow()));
}

/// <summary>A token to be made.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Rights">What it may use at most, of what its owner may do, as GET /api/v1/me names them; for a device it may be left out.</param>
/// <param name="Node">Part of the organisation it is limited to; all that the caller sees where it is left out.</param>
/// <param name="LastDay">Last day on which it holds, in universal time; at most two years away.</param>
/// <param name="Device">It belongs to a machine that delivers data and has the role Device; needs the right ManagePeople.</param>
public sealed record NewTokenBody(string? Name, IReadOnlyList<string>? Rights, long? Node, DateOnly? LastDay, bool Device = false);

/// <summary>What is known of a token.</summary>
/// <param name="Person">Whose it is; 0 where it is a device's own.</param>
/// <param name="Hint">Its first characters.</param>
/// <param name="State">live, expired or revoked.</param>
public sealed record TokenBody(
    long Id, string Name, string Hint, long Person, string PersonName, bool Device, IReadOnlyList<string> Rights, long Node, DateTimeOffset CreatedAt, DateOnly LastDay,
    DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, string State)
{
    internal static TokenBody Of(ApiToken t, DateTimeOffset now) => new(
        t.Id, t.Name, t.Hint, t.Person, t.PersonName, t.OfDevice, [.. t.Rights.Listed().Select(r => r.ToString())], t.Node, t.CreatedAt, t.LastDay, t.LastUsedAt, t.RevokedAt,
        t.RevokedAt is not null ? "revoked" : t.Live(now) ? "live" : "expired");
}

/// <summary>A token right after it was made.</summary>
/// <param name="Token">To be sent as Authorization: Bearer; shown here and never again.</param>
public sealed record MadeTokenBody(string Token, TokenBody About)
{
    // A record prints its members, and a printed token ends in a log.
    public override string ToString() => $"MadeTokenBody {About.Id}";
}
