using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using Tanlu.Kernel;

namespace Tanlu.Server.Api;

/// <summary>A list that is handed out page by page.</summary>
internal sealed record PagedRoute;

/// <summary>A page whose place in the list is still the list's own key: the edge turns it into a cursor.</summary>
internal interface IPage
{
    string? Next { get; set; }
}

/// <summary>
/// Cursors of lists: the key of the last row, sealed together with the route, the tenant and the filters it belongs to. A key and not a count of rows, so that what
/// is added meanwhile neither repeats nor hides a row. A cursor that was changed, or belongs to another list, is refused.
/// </summary>
internal sealed class Cursors(IDataProtectionProvider protection)
{
    public const int Most = 200;
    private const string After = "after";
    private const string Limit = "limit";

    private readonly IDataProtector _protector = protection.CreateProtector("cursor");

    /// <summary>Turns the request's cursor back into the list's own key, before the handler binds it; the refusal where that cannot be.</summary>
    public Problem? Open(HttpContext http)
    {
        var query = http.Request.Query;
        if (query.TryGetValue(Limit, out var limit) && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows is >= 1 and <= Most))
        {
            return new Problem("limit_invalid", Column: Limit, Found: limit, Args: [Most.ToString(CultureInfo.InvariantCulture)]);
        }

        http.Items[typeof(Cursors)] = List(http);
        if (!query.TryGetValue(After, out var after))
        {
            return null;
        }

        string[] parts;
        try
        {
            parts = Encoding.UTF8.GetString(_protector.Unprotect(WebEncoders.Base64UrlDecode(after.ToString()))).Split('\n', 2);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return new Problem("cursor_invalid", Column: After, Found: after);
        }

        if (parts[0] != (string)http.Items[typeof(Cursors)]!)
        {
            return new Problem("cursor_of_other_list", Column: After, Found: after);
        }

        http.Request.QueryString = QueryString.Create(Pairs(http).Where(p => p.Key != After).Append(KeyValuePair.Create(After, (string?)parts[1])));
        return null;
    }

    /// <summary>The cursor for the page after this key, also as a <c>Link</c> header.</summary>
    public string Seal(HttpContext http, string key)
    {
        var cursor = WebEncoders.Base64UrlEncode(_protector.Protect(Encoding.UTF8.GetBytes((string)http.Items[typeof(Cursors)]! + '\n' + key)));
        var next = QueryString.Create(Pairs(http).Where(p => p.Key != After).Append(KeyValuePair.Create(After, (string?)cursor)));
        http.Response.Headers.Link = $"<{http.Request.PathBase}{http.Request.Path}{next}>; rel=\"next\"";
        return cursor;
    }

    /// <summary>A page of a list that its verb gives whole.</summary>
    /// <param name="key">What tells one row from every other and does not change.</param>
    public static PageBody<TOut> Page<T, TOut>(HttpContext http, IReadOnlyList<T> all, Func<T, string> key, Func<T, TOut> shape)
    {
        var query = http.Request.Query;
        var limit = int.TryParse(query[Limit], NumberStyles.None, CultureInfo.InvariantCulture, out var rows) ? rows : Most;
        var from = 0;
        if (query.TryGetValue(After, out var after))
        {
            // A row that is gone meanwhile leaves no place: the list is read again from its beginning rather than cut short.
            from = all.TakeWhile(t => key(t) != after.ToString()).Count() is var at && at < all.Count ? at + 1 : 0;
        }

        var page = all.Skip(from).Take(limit).ToList();
        return new PageBody<TOut>([.. page.Select(shape)], from + page.Count < all.Count ? key(page[^1]) : null);
    }

    private static IEnumerable<KeyValuePair<string, string?>> Pairs(HttpContext http) => http.Request.Query.SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v)));

    /// <summary>What a cursor belongs to: route, tenant and every filter. The size of a page and the language may change on the way.</summary>
    private static string List(HttpContext http)
    {
        var filters = Pairs(http).Where(p => p.Key is not (After or Limit or "lang") && p.Value is { Length: > 0 }).Select(p => $"{p.Key}={p.Value}").Order(StringComparer.Ordinal);
        var text = string.Join('&', filters.Prepend($"{http.Request.Path} {http.Caller().Tenant}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }
}

internal static class PagedRoutes
{
    /// <summary>A list: <c>limit</c> and <c>after</c>, and in the answer <c>next</c> and a <c>Link</c> header.</summary>
    public static RouteHandlerBuilder Paged(this RouteHandlerBuilder route) => route
        .WithMetadata(new PagedRoute())
        .AddEndpointFilter(async (context, next) =>
        {
            var result = await next(context);
            var inner = result is INestedHttpResult nested ? nested.Result : result;
            if (inner is IValueHttpResult { Value: IPage { Next: { } key } page })
            {
                page.Next = context.HttpContext.RequestServices.GetRequiredService<Cursors>().Seal(context.HttpContext, key);
            }

            return result;
        })
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var others = (operation.Parameters ?? []).Where(p => p.Name is not ("after" or "limit")).ToList();
            others.Add(new OpenApiParameter
            {
                Name = "after", In = ParameterLocation.Query, Description = "The next of the page before; it belongs to this list with these filters.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            others.Add(new OpenApiParameter
            {
                Name = "limit", In = ParameterLocation.Query, Description = "Rows of a page at most.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = Cursors.Most.ToString(CultureInfo.InvariantCulture) },
            });
            operation.Parameters = others;
            return Task.CompletedTask;
        });

    /// <summary>Runs before a handler binds its query.</summary>
    public static void UseCursors(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<PagedRoute>() is not null && http.RequestServices.GetRequiredService<Cursors>().Open(http) is { } problem)
        {
            await Refused.Of(problem).ExecuteAsync(http);
            return;
        }

        await next(http);
    });
}
