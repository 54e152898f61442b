using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Organisation;

namespace Tanlu.Server.Identity;

/// <summary>The session cookie: not readable by scripts, not sent by other sites' forms.</summary>
internal static class SignInCookie
{
    private const string TokenClaim = "session";
    private const string CookieOrToken = "tanlu";

    public static void Add(IServiceCollection services) =>
        services.AddAuthentication(CookieOrToken)
            .AddPolicyScheme(CookieOrToken, null, o => o.ForwardDefaultSelector = context => BearerToken.On(context.Request) ? BearerToken.Name : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, BearerToken>(BearerToken.Name, null)
            .AddCookie(o =>
        {
            o.Cookie.Name = "tanlu.session";
            o.Cookie.HttpOnly = true;
            o.Cookie.SameSite = SameSiteMode.Lax;
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // The session in the book decides how long a sign-in lasts; the cookie only carries its token.
            o.SlidingExpiration = false;
            o.Events.OnValidatePrincipal = Resolve;
            o.LoginPath = "/sign-in";
            o.AccessDeniedPath = "/sign-in";
            o.ReturnUrlParameter = "return";
            // The page goes back where its own check says; the framework's check is a weaker one.
            o.Events.OnRedirectToReturnUrl = _ => Task.CompletedTask;
            o.Events.OnRedirectToLogin = context => Refuse(context, StatusCodes.Status401Unauthorized);
            o.Events.OnRedirectToAccessDenied = context =>
            {
                // Signed in but without the right: signing in again would not help, so the 403 page says who can.
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            };
        });

    /// <summary>Who asks, where the request carries a live session or token.</summary>
    public static Caller? CallerOf(HttpContext context) => context.Items[typeof(Caller)] as Caller;

    public static void Is(HttpContext context, Caller caller) => context.Items[typeof(Caller)] = caller;

    /// <summary>Opens the browser's side of a session.</summary>
    public static Task SignIn(HttpContext context, SignedIn session)
    {
        var identity = new ClaimsIdentity(
            [new(ClaimTypes.Name, session.Caller.Name), new(TokenClaim, session.Token)], CookieAuthenticationDefaults.AuthenticationScheme);
        return context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme,
            new ClaimsPrincipal(identity),
            new AuthenticationProperties { IsPersistent = true, ExpiresUtc = session.ExpiresAt, AllowRefresh = false });
    }

    /// <summary>A typed or bookmarked <c>/sign-out</c> changes nothing; only the form does.</summary>
    public static RedirectHttpResult SignOutPage() => TypedResults.Redirect("/");

    public static async Task<Results<RedirectHttpResult, BadRequest>> SignOut(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.BadRequest();
        }

        await End(context, context.RequestServices.GetRequiredService<Sessions>());
        return TypedResults.Redirect("/sign-in");
    }

    /// <summary>Ends the session and takes the cookie away.</summary>
    public static async Task End(HttpContext context, Sessions sessions)
    {
        if (context.User.FindFirst(TokenClaim) is { } token)
        {
            await sessions.SignOut(token.Value, context.RequestAborted);
        }

        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
    }

    /// <summary>A session that was ended, by its owner or an administrator, ends at the next request.</summary>
    private static async Task Resolve(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<Sessions>();
        if (await sessions.Resolve(context.Principal?.FindFirst(TokenClaim)?.Value, context.HttpContext.RequestAborted) is not { } caller)
        {
            context.RejectPrincipal();
            return;
        }

        Is(context.HttpContext, caller);
    }

    /// <summary>Programs get a status, htmx a full-page redirect, people the sign-in page with the way back.</summary>
    private static Task Refuse(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api"))
        {
            context.Response.StatusCode = status;
        }
        else if (context.Request.Headers.ContainsKey("HX-Request"))
        {
            context.Response.StatusCode = status;
            context.Response.Headers["HX-Redirect"] = "/sign-in";
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }
}
