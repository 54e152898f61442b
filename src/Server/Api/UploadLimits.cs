using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Tanlu.Kernel;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Api;

/// <summary>A route that takes a file.</summary>
internal sealed record UploadRoute;

/// <summary>
/// How large the body of a request to the interface may be. What says that it is larger is refused before a byte of it is read; what does not say is cut off at the limit.
/// </summary>
internal static class UploadLimits
{
    /// <summary>Largest body that is no file.</summary>
    public const long LargestJson = 1 << 20;

    /// <summary>Fields beside the file and the borders between them.</summary>
    private const long Around = 1 << 20;

    public static void Use(WebApplication app) => app.Use(async (http, next) =>
    {
        if (http.Request.Path.StartsWithSegments("/api") && http.GetEndpoint() is not null)
        {
            var most = Takes(http) ? Of(http) + Around : LargestJson;
            if (http.Request.ContentLength > most)
            {
                // The rest of the body is not read, so the connection cannot serve another request.
                http.Response.Headers.Connection = "close";
                await (Takes(http) ? Refused.Of(TooLarge(http)) : Refused.Of(new Problem("body_too_large", Args: [Number(LargestJson >> 10)]))).ExecuteAsync(http);
                return;
            }

            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            {
                feature.MaxRequestBodySize = most;
            }
        }

        await next(http);
    });

    public static long Of(HttpContext http) => http.RequestServices.GetRequiredService<ServerSettings>().Limits.LargestUpload;

    public static Problem TooLarge(HttpContext http) => new("upload_too_large", Args: [Number(Of(http) >> 20)]);

    private static bool Takes(HttpContext http) => http.GetEndpoint()!.Metadata.GetMetadata<UploadRoute>() is not null;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
