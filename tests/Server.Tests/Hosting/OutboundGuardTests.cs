using System.Net;
using System.Net.Sockets;
using System.Text;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Hosting;

/// <summary>A server that calls addresses which people give must not be led into its own network.</summary>
public sealed class OutboundGuardTests
{
    private static readonly Dictionary<string, string> NoHeaders = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("192.0.0.8")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("ff02::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("3fff::1")]
    public void These_addresses_are_not_public(string address) => Assert.False(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.15.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("169.253.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    public void And_these_are(string address) => Assert.True(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://127.0.0.1/", "outbound_private")]
    [InlineData("https://2130706433/", "outbound_private")]
    [InlineData("https://0x7f000001/", "outbound_private")]
    [InlineData("https://0177.0.0.1/", "outbound_private")]
    [InlineData("https://127.1/", "outbound_private")]
    [InlineData("https://0/", "outbound_private")]
    [InlineData("https://[::1]/", "outbound_private")]
    [InlineData("https://[::ffff:7f00:1]/", "outbound_private")]
    [InlineData("https://[::ffff:169.254.169.254]/", "outbound_private")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/", "outbound_private")]
    [InlineData("https://１２７.0.0.1/", "outbound_private")]
    [InlineData("https://localhost/", "outbound_private")]
    [InlineData("https://intranet/", "outbound_private")]
    [InlineData("https://user:password@example.com/", "outbound_scheme")]
    [InlineData("http://example.com/", "outbound_scheme")]
    [InlineData("ftp://example.com/", "outbound_scheme")]
    [InlineData("file:///etc/passwd", "outbound_scheme")]
    [InlineData("https://example.com:8443/", "outbound_port")]
    [InlineData("https://example.com:22/", "outbound_port")]
    public async Task These_spellings_are_refused_before_anything_is_looked_up(string url, string code)
    {
        using var guard = new OutboundGuard(new OutboundSettings(), (host, _) => throw new InvalidOperationException($"{host} was looked up."));
        Assert.Equal(code, guard.Refuses(new Uri(url))?.Code);
        Assert.Equal(new OutboundAnswer(null, code), await guard.Post(new Uri(url), "{}", NoHeaders, Stop));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("::1")]
    [InlineData("8.8.8.8,127.0.0.1")]
    [InlineData("169.254.169.254")]
    public async Task A_name_that_leads_inside_is_refused_whatever_else_it_has(string addresses)
    {
        using var guard = new OutboundGuard(new OutboundSettings(), (_, _) => Task.FromResult(addresses.Split(',').Select(IPAddress.Parse).ToArray()));
        Assert.Null(guard.Refuses(new Uri("https://innocent.example.com/hook")));
        Assert.Equal(new OutboundAnswer(null, "outbound_private"), await guard.Post(new Uri("https://innocent.example.com/hook"), "{}", NoHeaders, Stop));
    }

    [Fact]
    public async Task A_name_that_changes_is_looked_up_once_for_a_connection_and_checked_each_time()
    {
        // The first answer is public and refuses the connection at once (a port of documentation addresses is never reached, so the second try comes soon).
        var looked = 0;
        using var guard = new OutboundGuard(
            new OutboundSettings { TimeoutSeconds = 1 },
            (_, _) => Task.FromResult(new[] { IPAddress.Parse(Interlocked.Increment(ref looked) == 1 ? "2606:4700::1111" : "127.0.0.1") }));
        var first = await guard.Post(new Uri("https://rebind.example.com/"), "{}", NoHeaders, Stop);
        Assert.Contains(first.Text, new[] { "outbound_unreachable", "outbound_timeout" });
        Assert.Equal(1, looked);
        Assert.Equal("outbound_private", (await guard.Post(new Uri("https://rebind.example.com/"), "{}", NoHeaders, Stop)).Text);
        Assert.Equal(2, looked);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_an_endless_answer_is_cut_and_a_silent_one_is_left()
    {
        using var redirecting = new Listener(_ => "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/secret\r\nContent-Length: 0\r\n\r\n");
        using var endless = new Listener(_ => "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + new string('x', 1_000_000));
        using var silent = new Listener(_ => "");
        using var guard = Allowing(redirecting, endless, silent);
        Assert.Equal(302, (await guard.Post(redirecting.Url, "{}", NoHeaders, Stop)).Status);
        Assert.Equal(1, redirecting.Requests);
        var cut = await guard.Post(endless.Url, "{}", NoHeaders, Stop);
        Assert.Equal((200, 64 << 10), (cut.Status, cut.Text.Length));
        Assert.Equal(new OutboundAnswer(null, "outbound_timeout"), await guard.Post(silent.Url, "{}", NoHeaders, Stop));
    }

    [Fact]
    public async Task Only_the_host_and_port_that_the_operator_allows_are_called_inside()
    {
        using var allowed = new Listener(_ => "HTTP/1.1 204 No Content\r\n\r\n");
        using var beside = new Listener(_ => "HTTP/1.1 204 No Content\r\n\r\n");
        using var guard = Allowing(allowed);
        Assert.Equal(204, (await guard.Post(allowed.Url, "{}", NoHeaders, Stop)).Status);
        Assert.Equal("outbound_scheme", (await guard.Post(beside.Url, "{}", NoHeaders, Stop)).Text);
        Assert.Equal(0, beside.Requests);
    }

    private static OutboundGuard Allowing(params IEnumerable<Listener> listeners) =>
        new(new OutboundSettings { Allow = string.Join(',', listeners.Select(l => l.Url.Authority)), TimeoutSeconds = 2 }, Dns.GetHostAddressesAsync);
}

/// <summary>A receiver on this machine that answers every request with a text of its own.</summary>
internal sealed class Listener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string> _answer;
    private int _requests;

    /// <param name="answer">From the request's whole text to the answer's; an empty one says nothing.</param>
    public Listener(Func<string, string> answer)
    {
        _answer = answer;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/hook");
        _ = Accept();
    }

    public Uri Url { get; }

    public int Requests => Volatile.Read(ref _requests);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                _ = Serve(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var text = new StringBuilder();
                var buffer = new byte[1 << 16];
                while (!Whole(text.ToString()) && await stream.ReadAsync(buffer, _stop.Token) is > 0 and var read)
                {
                    text.Append(Encoding.UTF8.GetString(buffer, 0, read));
                }

                Interlocked.Increment(ref _requests);
                var answer = _answer(text.ToString());
                if (answer.Length == 0)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }

                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The caller has read enough.
            }
        }
    }

    private static bool Whole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var length = text[..end].Split("\r\n").FirstOrDefault(h => h.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return length is null || Encoding.UTF8.GetByteCount(text[(end + 4)..]) >= int.Parse(length[15..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
