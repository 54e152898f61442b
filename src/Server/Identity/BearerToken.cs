using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Tanlu.Organisation;
using Tanlu.Server.Api;

namespace Tanlu.Server.Identity;

/// <summary>
/// <c>Authorization: Bearer tanlu_…</c> on <c>/api/v1</c>, and nowhere else: a page never takes a token. A request that carries one is that token's and never the
/// cookie's beside it.
/// </summary>
internal sealed class BearerToken(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "Bearer";

    /// <summary>Whether the request brings a token to the interface for programs.</summary>
    public static bool On(HttpRequest request) => request.Path.StartsWithSegments(ApiRoutes.Prefix) && Of(request) is not null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (await tokens.Resolve(Of(Request), Context.RequestAborted) is not { } caller)
        {
            return AuthenticateResult.Fail("The token is not valid.");
        }

        SignInCookie.Is(Context, caller);
        var identity = new ClaimsIdentity([new(ClaimTypes.Name, caller.Name)], Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append(HeaderNames.WWWAuthenticate, """Bearer realm="tanlu", error="invalid_token" """.TrimEnd());
        return Task.CompletedTask;
    }

    /// <summary>What follows the word, which may be nothing; null where the header says something else.</summary>
    private static string? Of(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Name, StringComparison.OrdinalIgnoreCase) && (header.Length == Name.Length || header[Name.Length] == ' ')
            ? header[Name.Length..].Trim()
            : null;
}
