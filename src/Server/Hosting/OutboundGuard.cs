using System.Net;
using System.Net.Sockets;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Server.Hosting;

/// <summary>What came back from a call.</summary>
/// <param name="Status">HTTP status; null where no answer came.</param>
/// <param name="Text">The beginning of the answer, or a word for why none came.</param>
public sealed record OutboundAnswer(int? Status, string Text);

/// <summary>
/// Every call that the server makes to an address which a person gave. The name is resolved here, every address it has must be public, and the connection goes to that very
/// address: what the name points to a moment later does not matter. No redirect is followed, no proxy and no cookie is used, and only the beginning of an answer is read.
/// </summary>
internal sealed class OutboundGuard : IDisposable
{
    private const int LongestAnswer = 64 << 10;

    private readonly OutboundSettings _settings;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly HttpClient _client;

    public OutboundGuard(ServerSettings settings)
        : this(settings.Outbound, Dns.GetHostAddressesAsync)
    {
    }

    /// <param name="resolve">The addresses of a name.</param>
    internal OutboundGuard(OutboundSettings settings, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        _settings = settings;
        _resolve = resolve;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectTimeout = TimeSpan.FromSeconds(settings.TimeoutSeconds),
            ConnectCallback = Connect,
        })
        {
            Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds),
            DefaultRequestVersion = HttpVersion.Version11,
        };
    }

    /// <summary>What is wrong with an address before anything is looked up; null where it may be tried.</summary>
    public Problem? Refuses(Uri url)
    {
        if (url.Scheme is not ("https" or "http") || url.UserInfo.Length > 0)
        {
            return new Problem("outbound_scheme", Found: url.OriginalString);
        }

        if (Allowed(url.IdnHost, url.Port))
        {
            return null;
        }

        if (url.Scheme != "https")
        {
            return new Problem("outbound_scheme", Found: url.OriginalString);
        }

        if (!url.IsDefaultPort)
        {
            return new Problem("outbound_port", Found: url.OriginalString);
        }

        // A host that is an address, in whatever spelling, was read as one by the Uri.
        var host = url.Host.Trim('[', ']');
        var literal = IPAddress.TryParse(host, out var address);

        // Wide digits and the other full stops of Unicode become plain ones on the way to a resolver.
        var disguised = host.Any(c => c > '\x7f' && (char.IsDigit(c) || char.IsPunctuation(c)));
        return disguised || (literal && !PublicAddress.Is(address!)) || url.IsLoopback || (!host.Contains('.') && !literal) ? new Problem("outbound_private", Found: url.OriginalString) : null;
    }

    /// <summary>Sends a JSON text. It never throws for what the other side does.</summary>
    public async Task<OutboundAnswer> Post(Uri url, string json, IReadOnlyDictionary<string, string> headers, CancellationToken ct)
    {
        if (Refuses(url) is { } refused)
        {
            return new OutboundAnswer(null, refused.Code);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("User-Agent", "tanlu");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(_settings.TimeoutSeconds));
        try
        {
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return new OutboundAnswer((int)answer.StatusCode, await Beginning(answer, limit.Token));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new OutboundAnswer(null, "outbound_timeout");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new OutboundAnswer(null, e.InnerException is PrivateTarget || e is HttpRequestException { InnerException.InnerException: PrivateTarget } ? "outbound_private" : "outbound_unreachable");
        }
    }

    public void Dispose() => _client.Dispose();

    private static async Task<string> Beginning(HttpResponseMessage answer, CancellationToken ct)
    {
        await using var content = await answer.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[LongestAnswer];
        var read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    private bool Allowed(string host, int port) => _settings.Allowed.Any(a =>
        string.Equals(a, host, StringComparison.OrdinalIgnoreCase) || string.Equals(a, $"{host}:{port}", StringComparison.OrdinalIgnoreCase));

    /// <summary>Looks the name up once, and connects to what was looked up and checked.</summary>
    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var target = context.DnsEndPoint;
        var host = target.Host.Trim('[', ']');
        IPAddress[] found = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, ct);
        if (found.Length == 0)
        {
            throw new IOException($"{host} has no address.");
        }

        // One address that is not public is enough to refuse: such a name was made to try several.
        if (!Allowed(host, target.Port) && !found.All(PublicAddress.Is))
        {
            throw new PrivateTarget(host);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(found, target.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The name leads to an address that is not public.</summary>
    private sealed class PrivateTarget(string host) : IOException($"{host} is not a public address.");
}
