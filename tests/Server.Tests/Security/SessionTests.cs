using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Tests.Access;

namespace Tanlu.Server.Tests.Security;

/// <summary>Sessions cannot be given, kept or carried away, and no answer leaves traces where others look.</summary>
public sealed class SessionTests(OpenPort port) : IClassFixture<OpenPort>
{
    private const string Cookie = "tanlu.session";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_stood_in_the_browser_before_is_not_the_one_after_the_sign_in()
    {
        var jar = new CookieContainer();
        using var browser = Browser(jar);
        jar.Add(port.Base, new Cookie(Cookie, "planted", "/"));
        await OpenPort.Enter(browser, "attacker@example.org");
        var first = jar.GetCookies(port.Base)[Cookie]!.Value;
        Assert.NotEqual("planted", first);
        await OpenPort.Enter(browser, "attacker@example.org");
        Assert.NotEqual(first, jar.GetCookies(port.Base)[Cookie]!.Value);
    }

    [Fact]
    public async Task A_copied_cookie_is_dead_after_the_sign_out_and_two_at_once_end_one_by_one()
    {
        var (mine, copy) = (new CookieContainer(), new CookieContainer());
        using var browser = Browser(mine);
        using var thief = Browser(copy);
        using var elsewhere = port.Browser();
        await OpenPort.Enter(browser, "attacker@example.org");
        await OpenPort.Enter(elsewhere, "attacker@example.org");
        copy.Add(port.Base, new Cookie(Cookie, mine.GetCookies(port.Base)[Cookie]!.Value, "/"));
        Assert.Equal(HttpStatusCode.OK, await Status(thief, "/profile"));
        using var away = await browser.PostAsync("/sign-out", TestServer.Form(await browser.GetStringAsync("/profile", Stop), "form[action='/sign-out']"), Stop);
        Assert.Equal(HttpStatusCode.Redirect, away.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, await Status(thief, "/profile"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(thief, "/api/v1/me"));
        Assert.Equal(HttpStatusCode.OK, await Status(elsewhere, "/profile"));
    }

    [Fact]
    public async Task A_hundred_requests_at_once_around_a_sign_out_end_with_it()
    {
        using var browser = port.Browser();
        await OpenPort.Enter(browser, "attacker@example.org");
        using var form = TestServer.Form(await browser.GetStringAsync("/profile", Stop), "form[action='/sign-out']");
        var asks = Enumerable.Range(0, 50).Select(_ => Status(browser, "/api/v1/me")).ToList();
        using var away = await browser.PostAsync("/sign-out", form, Stop);
        await Task.WhenAll(asks);
        var after = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Status(browser, "/api/v1/me")));
        Assert.All(after, s => Assert.Equal(HttpStatusCode.Unauthorized, s));
    }

    [Fact]
    public async Task Cookies_are_for_us_alone_and_over_https_for_https_alone()
    {
        await using var server = new TestServer { Quick = true, Environment = "Production" };
        foreach (var scheme in new[] { "http", "https" })
        {
            using var client = server.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new Uri(scheme + "://localhost") });
            using var answer = await server.Enter(client, "/sign-in?lang=en");
            using var asked = await client.PostAsync("/sign-in/passkey", TestServer.Form(await client.GetStringAsync("/sign-in", Stop), "form[method=post]"), Stop);
            var cookies = answer.Headers.GetValues("Set-Cookie").Concat(asked.Headers.TryGetValues("Set-Cookie", out var more) ? more : []).ToList();
            Assert.Contains(cookies, c => c.StartsWith(Cookie, StringComparison.Ordinal));
            Assert.Contains(cookies, c => c.StartsWith("tanlu.browser", StringComparison.Ordinal));
            Assert.All(cookies, c => Assert.Contains("httponly", c, StringComparison.OrdinalIgnoreCase));
            Assert.All(cookies, c => Assert.Matches("(?i)samesite=(lax|strict)", c));
            Assert.All(cookies, c => Assert.Equal(scheme == "https", c.Contains("secure", StringComparison.OrdinalIgnoreCase)));
            Assert.All(cookies, c => Assert.DoesNotContain("domain=", c, StringComparison.OrdinalIgnoreCase));
            Assert.Equal(scheme == "https", answer.Headers.Contains("Strict-Transport-Security"));
        }
    }

    [Fact]
    public async Task What_was_shown_to_somebody_stays_on_no_disk()
    {
        foreach (var row in RouteTable.Read().Where(r => r.Method == "GET" && r.Route is not ("/sign-out" or "/openapi/{documentName}.json") && !r.Address.Contains("fresh.", StringComparison.Ordinal)))
        {
            var (_, _, answer) = await port.Send(HttpMethod.Get, await port.Address(row));
            using (answer)
            {
                Assert.True(answer.Headers.CacheControl is { NoStore: true, Public: false }, $"{row}: {answer.Headers.CacheControl}");
                Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
                Assert.Contains(Assert.Single(answer.Headers.GetValues("Referrer-Policy")), (string[])["same-origin", "no-referrer"]);
                Assert.Contains("frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
                Assert.DoesNotContain("Server", answer.Headers.Select(h => h.Key));
                Assert.DoesNotContain("X-Powered-By", answer.Headers.Select(h => h.Key));
                Assert.DoesNotContain("Access-Control-Allow-Origin", answer.Headers.Select(h => h.Key));
            }
        }
    }

    [Fact]
    public async Task A_token_holds_in_its_header_only_for_its_rights_and_its_part()
    {
        var world = port.World;
        using var owner = port.Browser();
        await OpenPort.Enter(owner, "attacker@example.org");
        var day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        using var made = await owner.PostAsJsonAsync(
            "/api/v1/tokens", new { name = "part", rights = Enum.GetNames<Right>(), node = world.Beside.Node, last_day = day }, Stop);
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync(Stop));
        var token = (await made.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("token").GetString()!;

        // Every call about the company beside its part: what an administrator of the other part gets, a token of that part gets, and no more.
        var wrong = new List<string>();
        foreach (var row in RouteTable.Read().Where(r => r.Route.StartsWith("/api", StringComparison.Ordinal) && r.Cells["other_subtree"] is "refused" or "not_found" && r.Cells["own_subtree"] == "allowed"))
        {
            using var request = new HttpRequestMessage(new HttpMethod(row.Method), new Uri(port.Base, await port.Address(row)));
            if (row.Method is not ("GET" or "DELETE"))
            {
                request.Content = JsonContent.Create((await port.Filled(row.Body)).Split('&', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=', 2))
                    .ToDictionary(f => f[0], f => long.TryParse(f[^1], out var number) ? number : f[^1] is "true" or "false" ? (object)(f[^1] == "true") : Uri.UnescapeDataString(f[^1].Replace('+', ' '))));
            }

            var (status, text, answer) = await Bearer(request, token);
            answer.Dispose();
            if (status is not (HttpStatusCode.Forbidden or HttpStatusCode.NotFound) || text.Contains(world.Ours.Mark, StringComparison.Ordinal))
            {
                wrong.Add($"{(int)status} {row} {text[..Math.Min(text.Length, 160)]}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        // In an address, a cookie, a form or a page's header it is nobody.
        using var plain = port.Browser();
        foreach (var address in new[] { "/api/v1/me?token=", "/api/v1/me?access_token=", "/api/v1/me?api_key=", "/api/v1/me?Authorization=Bearer%20" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await Status(plain, address + token));
        }

        using var basic = new HttpRequestMessage(HttpMethod.Get, new Uri(port.Base, "/api/v1/me"));
        basic.Headers.TryAddWithoutValidation("Authorization", "Basic " + Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes("token:" + token)));
        using var refused = await plain.SendAsync(basic, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_token_dies_with_its_owner()
    {
        var services = port.World.Server.Services;
        var email = Guid.NewGuid().ToString("N") + "@example.org";
        var person = (await services.GetRequiredService<People>().Add(Caller.System(port.Tenant), new NewPerson(email, "Leaver", Role.CarbonManager, 0, Language.English, World.Password), Stop)).Value;
        var caller = (await services.GetRequiredService<Sessions>().SignIn(email, World.Password, Stop)).Value.Caller;
        var made = (await services.GetRequiredService<ApiTokens>().Add(
            caller, new NewApiToken("leaver", [Right.ReadFigures], null, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(3)), Stop)).Value;
        Assert.Equal(HttpStatusCode.OK, await Asked());
        Assert.True((await services.GetRequiredService<People>().Disable(Caller.System(port.Tenant), person.Id, Stop)).Ok);
        Assert.Equal(HttpStatusCode.Unauthorized, await Asked());

        async Task<HttpStatusCode> Asked()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(port.Base, "/api/v1/me"));
            var (status, _, answer) = await Bearer(request, made.Secret);
            answer.Dispose();
            return status;
        }
    }

    private async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Answer)> Bearer(HttpRequestMessage request, string token)
    {
        using var client = port.Browser();
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        var answer = await client.SendAsync(request, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop), answer);
    }

    private HttpClient Browser(CookieContainer jar) => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = jar }) { BaseAddress = port.Base };

    private static async Task<HttpStatusCode> Status(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address, Stop);
        return answer.StatusCode;
    }
}
