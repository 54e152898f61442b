using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Tanlu.Organisation;

namespace Tanlu.Server.Identity;

/// <summary>
/// A mark that a browser gets with its first sign-in, bound to the e-mail address by the server's key. It opens nothing; it gives the browser a gate of its own, so that
/// failures of strangers do not close the account to the people who use it.
/// </summary>
internal sealed class KnownBrowser(IDataProtectionProvider protection)
{
    private const string CookieName = "tanlu.browser";
    private const int MarkBytes = 16;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    private readonly IDataProtector _protector = protection.CreateProtector("Tanlu.KnownBrowser");

    /// <summary>Where a sign-in with this e-mail address comes from; null for a passkey, whose owner is not known yet.</summary>
    public SignInFrom From(HttpContext context, string? email) => new(
        context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "",
        AgentWords.Of(context.Request.Headers.UserAgent),
        email is null ? null : Mark(context, email));

    /// <summary>After a sign-in: the browser is known from now on.</summary>
    public void Remember(HttpContext context, string email)
    {
        var mark = Mark(context, email) ?? WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(MarkBytes));
        context.Response.Cookies.Append(CookieName, _protector.Protect($"{Bound(email)} {mark}"), new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            MaxAge = Kept,
            Path = "/",
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
        });
    }

    private string? Mark(HttpContext context, string email)
    {
        if (context.Request.Cookies[CookieName] is not { Length: > 0 } cookie)
        {
            return null;
        }

        try
        {
            return _protector.Unprotect(cookie).Split(' ') is [var bound, var mark] && bound == Bound(email) ? mark : null;
        }
        catch (CryptographicException)
        {
            // Of another installation or another key: a browser like any other.
            return null;
        }
    }

    private static string Bound(string email) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Person.EmailKey(email))));
}
