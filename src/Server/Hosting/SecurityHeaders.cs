using Tanlu.Server.Identity;

namespace Tanlu.Server.Hosting;

/// <summary>
/// Headers of every answer. Scripts and styles come from our own files only: no inline script, no inline style, no eval, so that a text
/// that slipped into a page unescaped could still not run.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private const string ContentPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; " +
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    // A file to save is no page: opened in a tab all the same, it runs and loads nothing, whatever its bytes are.
    private const string FilePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";

    public Task Invoke(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = headers.ContentDisposition.Count > 0 ? FilePolicy : ContentPolicy;
            headers.XContentTypeOptions = "nosniff";
            if (!headers.ContainsKey("Referrer-Policy"))
            {
                headers["Referrer-Policy"] = "same-origin";
            }

            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";

            // Once over https, always over https: a first request in the clear would show the cookie to the network.
            if (context.Request.IsHttps)
            {
                headers.StrictTransportSecurity = "max-age=31536000";
            }

            // What somebody who is signed in was shown stays on no disk: after the sign-out the next person at the browser would find it by the back button.
            if (headers.CacheControl.Count == 0)
            {
                headers.CacheControl = SignInCookie.CallerOf(context) is null ? "private, no-cache" : "no-store";
            }

            return Task.CompletedTask;
        });
        return next(context);
    }
}
