using Tanlu.Kernel;

namespace Tanlu.Server.Hosting;

/// <summary>
/// The language of an answer: <c>?lang=</c> (which is remembered in the cookie <c>lang</c>), then the cookie, then what the browser asks for.
/// </summary>
internal sealed class LanguageChoice(RequestDelegate next)
{
    private const string Name = "lang";

    public static Language Of(HttpContext context) =>
        context.Items[typeof(LanguageChoice)] is Language chosen ? chosen : Decide(context.Request);

    public Task Invoke(HttpContext context)
    {
        var language = Decide(context.Request);
        context.Items[typeof(LanguageChoice)] = language;
        if (context.Request.Query.ContainsKey(Name) && context.Request.Cookies[Name] != Texts.Tag(language))
        {
            context.Response.Cookies.Append(Name, Texts.Tag(language), new CookieOptions
            {
                HttpOnly = true,
                IsEssential = true,
                MaxAge = TimeSpan.FromDays(365),
                SameSite = SameSiteMode.Lax,
                Secure = context.Request.IsHttps,
            });
        }

        context.Response.Headers.Append("Vary", "Accept-Language, Cookie, HX-Request");
        return next(context);
    }

    private static Language Decide(HttpRequest request)
    {
        var asked = (string?)request.Query[Name] ?? request.Cookies[Name];
        if (asked is not null)
        {
            return Texts.LanguageOf(asked);
        }

        // Only two languages exist, so the best of the browser's list that is one of them decides.
        foreach (var accepted in request.GetTypedHeaders().AcceptLanguage.OrderByDescending(a => a.Quality ?? 1))
        {
            var tag = accepted.Value.Value ?? "";
            if (tag.StartsWith("zh", StringComparison.OrdinalIgnoreCase) || tag.StartsWith("en", StringComparison.OrdinalIgnoreCase))
            {
                return Texts.LanguageOf(tag);
            }
        }

        return Language.English;
    }
}
