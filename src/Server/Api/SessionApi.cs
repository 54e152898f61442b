using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Server.Identity;

namespace Tanlu.Server.Api;

/// <summary>Sign-in for programs and the page's own scripts, and who is signed in.</summary>
internal static class SessionApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapPost("/session", SignIn).WithName("sign-in").WithSummary("Sign in by e-mail and password; sets the session cookie").AllowAnonymous().WithMetadata(new SignInRouteAttribute())
            .Produces<ProblemBody>(StatusCodes.Status401Unauthorized, Refused.MediaType).Produces<ProblemBody>(StatusCodes.Status429TooManyRequests, Refused.MediaType);
        routes.MapDelete("/session", SignOut).Says("end-session", "End the session of the cookie", Right.ReadFigures);
        routes.MapGet("/sessions", List).Says("sessions", "One's own live sessions; with of=everyone those of all people in one's part of the organisation", Right.ReadFigures);
        routes.MapDelete("/sessions/{id:long}", End).Says("revoke-session", "End one session", Right.ReadFigures);
        routes.MapDelete("/sessions", EndOthers).Says("revoke-other-sessions", "End all of one's own sessions but this one", Right.ReadFigures);
        routes.MapGet("/passkeys", Keys).Says("passkeys", "One's own passkeys; with of=everyone those of all people in one's part of the organisation", Right.ReadFigures);
        routes.MapPatch("/passkeys/{id:long}", Rename).Says("rename-passkey", "Give one of one's own passkeys another name", Right.ReadFigures);
        routes.MapDelete("/passkeys/{id:long}", Remove).Says("remove-passkey", "Remove a passkey", Right.ReadFigures);
        routes.MapGet("/me", Me).Says("me", "Who is signed in, with which rights and where", Right.ReadFigures);
    }

    private static async Task<Results<Ok<MeBody>, Refused>> SignIn(SignInBody body, HttpContext http, SignInService signIn) =>
        (await signIn.Enter(http, body.Email ?? "", body.Password ?? "")).Answer(s => MeBody.Of(s.Caller));

    private static async Task<NoContent> SignOut(HttpContext http, Sessions sessions)
    {
        await SignInCookie.End(http, sessions);
        return TypedResults.NoContent();
    }

    /// <param name="of">me (default) or everyone, which needs the right ManagePeople.</param>
    private static async Task<Results<Ok<IReadOnlyList<SessionBody>>, Refused>> List(HttpContext http, Sessions sessions, string? of, CancellationToken ct)
    {
        var caller = http.Caller();
        return of is null or "me" or "everyone"
            ? (await (of == "everyone" ? sessions.List(caller, ct) : sessions.Own(caller, ct))).Answer(found => (IReadOnlyList<SessionBody>)[.. found.Select(s => SessionBody.Of(s, caller))])
            : Refused.Of(new Problem("of_unknown", Column: "of", Found: of));
    }

    private static async Task<Results<Ok<SessionBody>, Refused>> End(long id, HttpContext http, Sessions sessions, CancellationToken ct) =>
        (await sessions.End(http.Caller(), id, ct)).Answer(s => SessionBody.Of(s, http.Caller()));

    private static async Task<Results<Ok<EndedBody>, Refused>> EndOthers(HttpContext http, Sessions sessions, CancellationToken ct) =>
        (await sessions.EndOthers(http.Caller(), ct)).Answer(n => new EndedBody(n));

    /// <param name="of">me (default) or everyone, which needs the right ManagePeople.</param>
    private static async Task<Results<Ok<IReadOnlyList<PasskeyBody>>, Refused>> Keys(HttpContext http, Passkeys passkeys, string? of, CancellationToken ct) =>
        of is null or "me" or "everyone"
            ? (await (of == "everyone" ? passkeys.List(http.Caller(), ct) : passkeys.Own(http.Caller(), ct))).Answer(found => (IReadOnlyList<PasskeyBody>)[.. found.Select(PasskeyBody.Of)])
            : Refused.Of(new Problem("of_unknown", Column: "of", Found: of));

    private static async Task<Results<Ok<PasskeyBody>, Refused>> Rename(long id, PasskeyNameBody body, HttpContext http, Passkeys passkeys, CancellationToken ct) =>
        (await passkeys.Rename(http.Caller(), id, body.Name ?? "", ct)).Answer(PasskeyBody.Of);

    private static async Task<Results<Ok<PasskeyBody>, Refused>> Remove(long id, HttpContext http, Passkeys passkeys, CancellationToken ct) =>
        (await passkeys.Remove(http.Caller(), id, ct)).Answer(PasskeyBody.Of);

    private static Ok<MeBody> Me(HttpContext http) => TypedResults.Ok(MeBody.Of(http.Caller()));
}

/// <summary>A sign-in.</summary>
public sealed record SignInBody(string? Email, string? Password)
{
    // A record prints its members, and a printed password ends in a log.
    public override string ToString() => $"SignInBody {Email}";
}

/// <summary>Who is signed in.</summary>
/// <param name="Node">Node whose subtree the person is limited to; 0 is the whole tenant.</param>
public sealed record MeBody(long Person, string Name, string Role, long Tenant, long Node, IReadOnlyList<string> Rights, string Language)
{
    internal static MeBody Of(Caller caller) => new(
        caller.Person, caller.Name, caller.Role.ToString(), caller.Tenant, caller.Node, [.. Enum.GetValues<Right>().Where(caller.May).Select(r => r.ToString())],
        Texts.Tag(caller.Language));
}

/// <summary>A live session.</summary>
/// <param name="Method">password or passkey.</param>
/// <param name="Agent">Browser and platform in words.</param>
/// <param name="SeenAt">Last request, to the minute.</param>
/// <param name="Current">It is the session of this request.</param>
public sealed record SessionBody(
    long Id, long Person, string PersonName, string Method, string Address, string Agent, DateTimeOffset OpenedAt, DateTimeOffset SeenAt, DateTimeOffset ExpiresAt, bool Current)
{
    internal static SessionBody Of(Session s, Caller caller) =>
        new(s.Id, s.Person, s.PersonName, s.Method, s.Address, s.Agent, s.OpenedAt, s.SeenAt, s.ExpiresAt, s.Id == caller.Session);
}

/// <summary>How many sessions ended.</summary>
public sealed record EndedBody(int Ended);

/// <summary>A passkey.</summary>
/// <param name="BackedUp">The authenticator keeps copies of it elsewhere.</param>
public sealed record PasskeyBody(long Id, long Person, string PersonName, string Name, bool BackedUp, DateTimeOffset CreatedAt, DateTimeOffset? UsedAt)
{
    internal static PasskeyBody Of(Passkey p) => new(p.Id, p.Person, p.PersonName, p.Name, p.BackedUp, p.CreatedAt, p.UsedAt);
}

/// <summary>A new name.</summary>
public sealed record PasskeyNameBody(string? Name);
