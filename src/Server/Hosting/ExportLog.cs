using Tanlu.Organisation;
using Tanlu.Server.Identity;

namespace Tanlu.Server.Hosting;

/// <summary>Routes that answer with a file: what leaves the platform stands in the audit log, with who took it and which part was asked for.</summary>
internal static class ExportLog
{
    private const int LongestQuery = 1000;

    /// <summary>Notes every answer of this route that is not a refusal, before it goes out. <paramref name="what"/> has the text <c>audit.export.{what}</c>.</summary>
    public static RouteHandlerBuilder Exports(this RouteHandlerBuilder route, string what) => route.AddEndpointFilter(async (context, next) =>
    {
        var result = await next(context);
        var http = context.HttpContext;
        var inner = result is INestedHttpResult nested ? nested.Result : result as IResult;
        if (inner is not IStatusCodeHttpResult { StatusCode: >= StatusCodes.Status300MultipleChoices } && SignInCookie.CallerOf(http) is { } caller)
        {
            var query = http.Request.QueryString.Value?.TrimStart('?') ?? "";
            await http.RequestServices.GetRequiredService<Audit>().Exported(
                caller, what, http.Request.Path.Value ?? "", http.RequestAborted, ("query", Uri.UnescapeDataString(query.Length > LongestQuery ? query[..LongestQuery] : query)));
        }

        return result;
    });
}
