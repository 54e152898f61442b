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
        routes.MapPost("/session", SignIn).WithName("sign-in").WithSummary("Sign in by e-mail and password; sets the session cookie").AllowAnonymous()
            .Produces<ProblemBody>(StatusCodes.Status401Unauthorized, Refused.MediaType).Produces<ProblemBody>(StatusCodes.Status429TooManyRequests, Refused.MediaType);
        routes.MapDelete("/session", SignOut).Says("end-session", "End the session of the cookie", Right.ReadFigures);
        routes.MapGet("/me", Me).Says("me", "Who is signed in, with which rights and where", Right.ReadFigures);
    }

    private static async Task<Results<Ok<MeBody>, Refused>> SignIn(SignInBody body, HttpContext http, SignInService signIn) =>
        (await signIn.Enter(http, body.Email ?? "", body.Password ?? "")).Answer(s => MeBody.Of(s.Caller));

    private static async Task<NoContent> SignOut(HttpContext http, Sessions sessions)
    {
        await SignInCookie.End(http, sessions);
        return TypedResults.NoContent();
    }

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
