using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Tanlu.Server.Hosting;

/// <summary>
/// Addresses of the static files: <c>/css/tanlu.css?v=hash</c>. A browser keeps an address with the right hash for ever, because a changed
/// file has another address.
/// </summary>
public sealed class WebFiles(IWebHostEnvironment environment)
{
    private readonly ConcurrentDictionary<string, (DateTimeOffset Changed, string Hash)> _hashes = new(StringComparer.Ordinal);

    /// <summary>The address of a file below <c>wwwroot</c>, given without a leading slash.</summary>
    public string Url(string path) => $"/{path}?v={Hash(path)}";

    internal bool IsCurrent(string path, string? version) => version is { Length: > 0 } && version == Hash(path);

    private string Hash(string path)
    {
        var file = environment.WebRootFileProvider.GetFileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"No web file {path}.");
        }

        // Keyed by time of change, so that an edit during development shows at the next reload.
        if (_hashes.TryGetValue(path, out var known) && known.Changed == file.LastModified)
        {
            return known.Hash;
        }

        using var stream = file.CreateReadStream();
        var hash = Convert.ToHexStringLower(SHA256.HashData(stream))[..16];
        _hashes[path] = (file.LastModified, hash);
        return hash;
    }
}

internal static class WebFilesMiddleware
{
    public static void UseWebFiles(this WebApplication app)
    {
        var files = app.Services.GetRequiredService<WebFiles>();
        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = context =>
            {
                var request = context.Context.Request;
                context.Context.Response.Headers.CacheControl = files.IsCurrent(request.Path.Value!.TrimStart('/'), request.Query["v"])
                    ? "public, max-age=31536000, immutable"
                    : "public, no-cache";
            },
        });
    }
}
