using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Tanlu.Kernel;

namespace Tanlu.Server.Api;

/// <summary>
/// Strong entity tags: the hash of the very bytes of an answer. <c>If-None-Match</c> with the tag of what is still so answers 304; <c>If-Match</c> guards a change
/// against what somebody else changed meanwhile.
/// </summary>
internal static class EntityTags
{
    /// <summary>Every GET of the interface that answers with a value carries its tag.</summary>
    public static async ValueTask<object?> Tagged(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        var http = context.HttpContext;
        var inner = result is INestedHttpResult nested ? nested.Result : result;
        if (!HttpMethods.IsGet(http.Request.Method) || inner is not IValueHttpResult { Value: { } value } || inner is not IStatusCodeHttpResult { StatusCode: null or StatusCodes.Status200OK })
        {
            return result;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), ApiJson.Options);
        var tag = Of(bytes);
        http.Response.Headers.ETag = tag.ToString();
        return Meets(http.Request.GetTypedHeaders().IfNoneMatch, tag)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(bytes, "application/json; charset=utf-8");
    }

    /// <summary>
    /// A change that heeds <c>If-Match</c>: the tag that a GET of the same thing gave. The thing is looked at right before the change.
    /// </summary>
    /// <param name="current">What a GET answers now; null where the caller sees no such thing, which the change itself will say.</param>
    public static RouteHandlerBuilder HeedsIfMatch<TModule>(this RouteHandlerBuilder route, Func<HttpContext, TModule, CancellationToken, Task<object?>> current)
        where TModule : notnull => route
        .AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            if (http.Request.GetTypedHeaders().IfMatch is not { Count: > 0 } wanted)
            {
                return await next(context);
            }

            var now = await current(http, http.RequestServices.GetRequiredService<TModule>(), http.RequestAborted);
            var met = now is null || Meets(wanted, Of(JsonSerializer.SerializeToUtf8Bytes(now, now.GetType(), ApiJson.Options)));
            return met ? await next(context) : Refused.Of(new Problem("changed_meanwhile", Column: "If-Match", Found: http.Request.Headers.IfMatch.ToString()));
        })
        .Produces<ProblemBody>(StatusCodes.Status412PreconditionFailed, Refused.MediaType);

    private static EntityTagHeaderValue Of(ReadOnlySpan<byte> bytes) => new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");

    // A proxy that compresses may weaken a tag; the value is what counts.
    private static bool Meets(IEnumerable<EntityTagHeaderValue> tags, EntityTagHeaderValue tag) => tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Tag == tag.Tag);
}
