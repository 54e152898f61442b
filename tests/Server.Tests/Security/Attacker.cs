using System.Net;
using System.Net.Sockets;
using System.Text;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Server.Tests.Access;

namespace Tanlu.Server.Tests.Security;

/// <summary>
/// The world of the table of routes on a real port, and an administrator of ours who sends what no browser would: addresses as they are written, without the clean-up that
/// clients and the in-process host do.
/// </summary>
public sealed class OpenPort : IAsyncLifetime
{
    private HttpClient _http = null!;
    private string _email = "";

    public World World { get; } = new();

    public Uri Base { get; private set; } = null!;

    public long Tenant { get; private set; }

    /// <summary>The form token of the administrator's session.</summary>
    public string FormToken { get; private set; } = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        World.Server.UseKestrel(0);
        World.Server.StartServer();
        await World.InitializeAsync();
        Tenant = World.Server.Services.GetRequiredService<Book>().First!.Tenant;
        Base = new Uri(World.Server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal).Replace("[::]", "localhost", StringComparison.Ordinal));

        _email = "attacker@example.org";
        Assert.True((await World.Server.Services.GetRequiredService<People>().Add(
            Caller.System(Tenant), new NewPerson(_email, "Attacker", Role.Administrator, 0, Language.English, World.Password), Stop)).Ok);
        await SignIn();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await World.DisposeAsync();
    }

    /// <summary>The address of a row of the table of routes with ids that are there.</summary>
    internal Task<string> Address(RouteRow row) => Filled(row.Address.Length > 0 ? row.Address : row.Route);

    internal Task<string> Filled(string text) => World.Filled(text, World.Ours);

    /// <summary>A browser of the administrator's own, with a session of its own.</summary>
    public async Task SignIn()
    {
        _http?.Dispose();
        _http = Browser();
        await Enter(_http, _email);
        FormToken = new HtmlParser().ParseDocument(await _http.GetStringAsync("/profile", Stop)).QuerySelector("form input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
    }

    public HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Base };

    /// <summary>Signs somebody in by the page's form.</summary>
    public static async Task Enter(HttpClient client, string email)
    {
        using var form = TestServer.Form(await client.GetStringAsync("/sign-in", Stop), "form:has(input[type=password])", new("name", email), new("password", World.Password));
        using var answer = await client.PostAsync("/sign-in", form, Stop);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    /// <summary>Sends a request whose path and query go over the wire as they are written here.</summary>
    public async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Answer)> Send(HttpMethod method, string written, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(Base.GetLeftPart(UriPartial.Authority) + written, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Content = content,
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var answer = await _http.SendAsync(request, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop), answer);
    }

    /// <summary>Bytes as they are, and the first bytes of the answer.</summary>
    public async Task<string> Raw(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Base.Host, Base.Port, Stop);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Stop);
        var buffer = new byte[64 << 10];
        var text = new StringBuilder();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        for (int read; (read = await stream.ReadAsync(buffer, patience.Token)) > 0;)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    /// <summary>What an answer must never hold, whatever was asked: traces of our code, of the database, of the machine.</summary>
    public static string? Leak(string text) => Leaks.FirstOrDefault(l => text.Contains(l, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] Leaks =
    [
        "   at Tanlu.", "   at System.", "   at Microsoft.", "Exception:", "StackTrace", "SQLite Error", "SqliteException", "Npgsql", "syntax error at", "no such column", "22P02", "22021",
        "/artifacts/", ".cs:line", "root:x:0",
    ];
}

/// <summary>Values that break what was not written for them. All are written as they go over the wire.</summary>
internal static class Hostile
{
    public static readonly IReadOnlyList<string> Wire =
    [
        "", "%20", "-1", "0", "00", "99999999999999999999", "9223372036854775807", "-9223372036854775808", "2147483647", "32767", "1e9", "NaN", "Infinity", "0x10", "1.5", "%00", "a%00b",
        "..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2f", "%252e%252e%252f", "%c0%ae%c0%ae%c0%af", "%ed%a0%80", "%ff%fe", "%e2%80%ae", "%e2%80%8b", "'%3bDROP%20TABLE%20person%3b--", "%27%20OR%201%3d1--",
        "%22", "%25", "_", "%5c", "%5c%5celsewhere%5cshare", "%0d%0aSet-Cookie:%20a=b", "%3cscript%3ealert(1)%3c/script%3e", "%7b%7b7*7%7d%7d", "%24%7b7*7%7d", "%ef%bc%91%ef%bc%92", "0001-01", "9999-12", "0000-00",
        "0001", "9999", "10000", "0001-01-01", "9999-12-31", "2024-02-30", "2024-13", "2024-00", "null", "true", "undefined", "%5b%5d", "%7b%7d", "1:1", "0:0", "-1:-1", "9999999:99999999999", "9223372036854775807:2147483647",
        "1-1", "9223372036854775807-2147483647", "own:x@1", "@", ":", "%f0%9f%92%a9", "%e7%a2%b3%e8%b7%af", "CON", "a" + new string('b', 3000), "(%5ba-z%5d%2b)%2b%24",
    ];

    public static string Any(Random random) => Wire[random.Next(Wire.Count)];

    /// <summary>The same values as text.</summary>
    public static string Text(Random random) => Uri.UnescapeDataString(Any(random));
}
