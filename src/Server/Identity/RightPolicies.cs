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

    /// <summary>Policy of what everybody who is signed in may do with what is theirs.</summary>
    public const string Own = "own";

    /// <summary>The policy of a page that is for those who read and hold a further right; see <see cref="NeedsAttribute"/>.</summary>
    /// <param name="everywhere">The right must reach the whole tenant.</param>
    public static string Page(Right right, bool everywhere = false) => (everywhere ? "page.everywhere." : "page.") + right;

    public static void Add(IServiceCollection services)
    {
        // Whatever names no policy of its own is a page or a part of one, and pages are for those who may read: a device delivers and sees nothing.
        var policies = services.AddAuthorizationBuilder().SetFallbackPolicy(Holding(Right.ReadFigures).Build());
        policies.AddPolicy(Own, new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var right in Enum.GetValues<Right>())
        {
            policies.AddPolicy(Name(right), Holding(right).Build());
            policies.AddPolicy(Page(right), Holding(Right.ReadFigures, right).Build());
            policies.AddPolicy(
                Page(right, everywhere: true),
                Holding(Right.ReadFigures).RequireAssertion(c => c.Resource is HttpContext http && SignInCookie.CallerOf(http)?.MayEverywhere(right) == true).Build());
        }
    }

    private static AuthorizationPolicyBuilder Holding(params Right[] rights) => new AuthorizationPolicyBuilder().RequireAuthenticatedUser()
        .RequireAssertion(c => c.Resource is HttpContext http && SignInCookie.CallerOf(http) is { } caller && rights.All(caller.May));
}

/// <summary>A page that only those see who hold this right beside reading: without it, its forms could do nothing for them.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(Right right) : AuthorizeAttribute(RightPolicies.Page(right))
{
    private readonly bool _everywhere;

    public Right Right { get; } = right;

    /// <summary>The right must reach the whole tenant: what the page shows has no parts.</summary>
    public bool Everywhere
    {
        get => _everywhere;
        init
        {
            _everywhere = value;
            Policy = RightPolicies.Page(Right, value);
        }
    }

    /// <summary>Whether the page is for this caller.</summary>
    internal bool Admits(Caller caller) => Everywhere ? caller.MayEverywhere(Right) : caller.May(Right);
}
