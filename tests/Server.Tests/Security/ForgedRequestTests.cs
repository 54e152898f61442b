using System.Net;
using System.Security.Cryptography;
using System.Text;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Tests.Access;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Security;

/// <summary>Another site's page can make a browser send requests with our cookie. None of them changes anything.</summary>
public sealed class ForgedRequestTests(OpenPort port) : IClassFixture<OpenPort>
{
    /// <summary>Tables that note who came and what was looked at; to look is not to change.</summary>
    private static readonly string[] Notes = ["audit", "audit_head", "session", "sign_in_gate", "api_token", "job", "job_attempt", "webhook_cursor"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_form_without_its_token_or_with_somebody_elses_is_refused()
    {
        using var other = port.Browser();
        var (email, _) = await Somebody();
        await OpenPort.Enter(other, email);
        var theirs = Token(await other.GetStringAsync("/profile", Stop));
        var before = await Content();
        var wrong = new List<string>();
        foreach (var row in RouteTable.Read().Where(r => r.Method == "POST" && !r.Route.StartsWith("/api", StringComparison.Ordinal) && !r.Address.Contains("fresh.", StringComparison.Ordinal) && !r.Body.Contains("fresh.", StringComparison.Ordinal)))
        {
            foreach (var token in new[] { null, "", "x", theirs, port.FormToken[..^4] + "AAAA" })
            {
                var address = await port.Address(row);
                var fields = (await port.Filled(row.Body)).Split('&', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=', 2)).Select(f => KeyValuePair.Create(f[0], Uri.UnescapeDataString(f[^1]))).ToList();
                if (token is not null)
                {
                    fields.Add(KeyValuePair.Create("__RequestVerificationToken", token));
                }

                using var form = new FormUrlEncodedContent(fields);
                var (status, _, answer) = await port.Send(HttpMethod.Post, address, form, ("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site"));
                using (answer)
                {
                    if (status != HttpStatusCode.BadRequest)
                    {
                        wrong.Add($"{(int)status} {row} token {token ?? "none"}");
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Same(before, await Content());
    }

    [Fact]
    public async Task The_token_and_cookie_of_another_session_do_not_serve_ours()
    {
        // Who can set a cookie for our name, from a neighbouring host, can plant both halves of his own token, but not the session that they are bound to.
        var (email, _) = await Somebody();
        var jar = new CookieContainer();
        using var attacker = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = jar }) { BaseAddress = port.Base };
        await OpenPort.Enter(attacker, email);
        var token = Token(await attacker.GetStringAsync("/profile", Stop));
        var half = jar.GetCookies(port.Base)["tanlu.form"]!.Value;

        var mine = new CookieContainer();
        using var victim = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = mine }) { BaseAddress = port.Base };
        await OpenPort.Enter(victim, "attacker@example.org");
        mine.Add(port.Base, new Cookie("tanlu.form", half, "/"));
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]);
        using var answer = await victim.PostAsync("/sign-out", form, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var still = await victim.GetAsync("/profile", Stop);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task The_interface_takes_no_change_from_another_site_with_our_cookie()
    {
        var before = await Content();
        var wrong = new List<string>();
        (string, string)[][] origins =
        [
            [("Origin", "https://elsewhere.example")], [("Origin", "null")], [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
            [("Origin", $"http://{port.Base.Authority}.elsewhere.example")], [("Origin", $"http://elsewhere.example:{port.Base.Port}")], [("Sec-Fetch-Site", "cross-site"), ("Origin", port.Base.GetLeftPart(UriPartial.Authority))],
        ];
        foreach (var row in RouteTable.Read().Where(r => r.Method != "GET" && r.Route.StartsWith("/api", StringComparison.Ordinal) && !r.Address.Contains("fresh.", StringComparison.Ordinal) && !r.Body.Contains("fresh.", StringComparison.Ordinal)))
        {
            foreach (var origin in origins)
            {
                using var body = row.Body.StartsWith("file:", StringComparison.Ordinal)
                    ? new MultipartFormDataContent { { new StringContent("nothing"), "file", "a.csv" } }
                    : (HttpContent)new StringContent("{}", Encoding.UTF8, "application/json");
                var (status, text, answer) = await port.Send(new HttpMethod(row.Method), await port.Address(row), row.Method == "DELETE" ? null : body, origin);
                using (answer)
                {
                    if (status != HttpStatusCode.Forbidden || !text.Contains("other_site", StringComparison.Ordinal))
                    {
                        wrong.Add($"{(int)status} {row} {string.Join(", ", origin)}");
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Same(before, await Content());
    }

    [Fact]
    public async Task A_body_that_a_form_of_another_site_can_send_is_not_read_as_json()
    {
        var before = await Content();
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data" })
        {
            using var body = new StringContent("{\"kind\":\"company\",\"code\":\"FORGED\",\"name_en\":\"F\",\"name_zh\":\"F\"}");
            body.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue(type);
            var (status, _, answer) = await port.Send(HttpMethod.Post, "/api/v1/organisation", body);
            answer.Dispose();
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        }

        Same(before, await Content());
    }

    [Fact]
    public async Task Looking_at_everything_changes_nothing()
    {
        var before = await Content();
        foreach (var row in RouteTable.Read().Where(r => r.Method == "GET" && !r.Address.Contains("fresh.", StringComparison.Ordinal)))
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
            {
                var address = await port.Address(row);
                var (_, _, answer) = await port.Send(method, address + (address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "_handler=add&_method=DELETE&check=1", null, ("X-HTTP-Method-Override", "DELETE"));
                answer.Dispose();
            }
        }

        Same(before, await Content());
        var (status, _, profile) = await port.Send(HttpMethod.Get, "/profile");
        profile.Dispose();
        Assert.Equal(HttpStatusCode.OK, status);
    }

    private async Task<(string Email, long Id)> Somebody()
    {
        var email = Guid.NewGuid().ToString("N") + "@example.org";
        var made = await port.World.Server.Services.GetRequiredService<People>().Add(
            Caller.System(port.Tenant), new NewPerson(email, "Other", Role.Administrator, 0, Language.English, World.Password), Stop);
        return (email, made.Value.Id);
    }

    private static string Token(string page) => new HtmlParser().ParseDocument(page).QuerySelector("form input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

    /// <summary>A digest of every table but those that note visits.</summary>
    private async Task<Dictionary<string, string>> Content()
    {
        var db = port.World.Server.Services.GetRequiredService<Db>();
        Assert.SkipWhen(db.Dialect != Dialect.Sqlite, "The tables are listed as SQLite lists them.");
        return await db.Read(
            tx =>
            {
                var digests = new Dictionary<string, string>(StringComparer.Ordinal);
                foreach (var table in tx.Query($"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name", r => r.Text(0)).Where(t => !Notes.Contains(t)))
                {
                    var columns = tx.Query($"SELECT name FROM pragma_table_info({table})", r => r.Text(0));
                    var rows = tx.Query(Sql.Raw($"SELECT {string.Join(" || '|' || ", columns.Select(c => $"quote(\"{c}\")"))} FROM \"{table}\" ORDER BY 1"), r => r.Text(0));
                    digests[table] = $"{rows.Count} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', rows))))}";
                }

                return digests;
            },
            Stop);
    }

    private static void Same(Dictionary<string, string> before, Dictionary<string, string> after)
    {
        Assert.True(before.Count > 20);
        Assert.Equal(before.Keys, after.Keys);
        Assert.Empty(before.Where(t => after[t.Key] != t.Value).Select(t => t.Key));
    }
}
