using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Tanlu.Organisation;

namespace Tanlu.Server.Identity;

/// <summary>
/// What an authenticator was asked, kept by the browser under the server's key until it answers: a sign-in page that somebody only looks at leaves no row behind. That an
/// answer counts once is for <see cref="Passkeys"/> to see.
/// </summary>
internal sealed class PasskeyQuestions(IDataProtectionProvider protection)
{
    /// <summary>Asked of whoever signs in.</summary>
    public const string ToSignIn = "sign-in";

    private const string CookieName = "tanlu.passkey";

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Tanlu.PasskeyQuestion").ToTimeLimitedDataProtector();

    /// <summary>Asked of a person who adds a passkey: nobody else can answer it.</summary>
    public static string ToAdd(Caller caller) => $"add {caller.Tenant} {caller.Person}";

    public void Keep(HttpContext context, string purpose, string state) =>
        context.Response.Cookies.Append(CookieName, _protector.Protect($"{purpose}\n{state}", Passkeys.AnswerTime), new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            MaxAge = Passkeys.AnswerTime,
            Path = "/",
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
        });

    /// <summary>The question of this purpose, taken from the browser; null where there is none or its time is over.</summary>
    public string? Take(HttpContext context, string purpose)
    {
        if (context.Request.Cookies[CookieName] is not { Length: > 0 } cookie)
        {
            return null;
        }

        context.Response.Cookies.Delete(CookieName);
        try
        {
            return _protector.Unprotect(cookie).Split('\n', 2) is [var asked, var state] && asked == purpose ? state : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
