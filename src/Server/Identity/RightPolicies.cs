using Microsoft.AspNetCore.Authorization;
using Tanlu.Organisation;

namespace Tanlu.Server.Identity;

/// <summary>
/// One policy per right: a route says which right it asks for, so that the table of routes is also the table of who may call them. Where the right holds (which part of
/// the organisation) is for the verb to say, and the verb checks the right again.
/// </summary>
internal static class RightPolicies
{
    public static string Name(Right right) => "right." + right;

    public static void Add(IServiceCollection services)
    {
        var policies = services.AddAuthorizationBuilder().SetFallbackPolicy(SignedIn().Build());
        foreach (var right in Enum.GetValues<Right>())
        {
            policies.AddPolicy(Name(right), SignedIn().RequireAssertion(c => c.Resource is HttpContext http && SignInCookie.CallerOf(http)?.May(right) == true).Build());
        }
    }

    private static AuthorizationPolicyBuilder SignedIn() => new AuthorizationPolicyBuilder().RequireAuthenticatedUser();
}
