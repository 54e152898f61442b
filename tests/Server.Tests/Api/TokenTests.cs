using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Organisation;

namespace Tanlu.Server.Tests.Api;

/// <summary>Programs that bring a token instead of a cookie.</summary>
public sealed class TokenTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string LastDay => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(30).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_token_opens_what_its_rights_name_and_nothing_else()
    {
        using var client = await ApiClient.Administrator(server);
        var (token, id) = await Make(client, ["ReadFigures", "ManageOrganisation"]);
        using var program = Program(token);
        using var me = await program.GetAsync("/api/v1/me", Stop);
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        var rights = (await me.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("rights").EnumerateArray().Select(r => r.GetString());
        Assert.Equal(["ReadFigures", "ManageOrganisation"], rights);

        // No browser sends a token of its own accord, so another site's page is no danger.
        using var add = new HttpRequestMessage(HttpMethod.Post, "/api/v1/organisation") { Content = JsonContent.Create(new { kind = "company", code = "TOK", name_en = "T", name_zh = "T" }) };
        add.Headers.Add("Origin", "https://elsewhere.example");
        using var added = await program.SendAsync(add, Stop);
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);

        using var another = await program.PostAsJsonAsync("/api/v1/tokens", new { name = "more", rights = new[] { "ReadFigures" }, last_day = LastDay }, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, another.StatusCode);
        Assert.Equal("token_not_here", (await another.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("errors")[0].GetProperty("code").GetString());

        Assert.Equal(200, (await client.Send(HttpMethod.Delete, $"/tokens/{id}", null)).Status);
        using var after = await program.GetAsync("/api/v1/me", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
        Assert.Contains("invalid_token", after.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        var (_, listed) = await client.Get("/tokens");
        Assert.Equal("revoked", listed.GetProperty("items").EnumerateArray().Single(t => t.GetProperty("id").GetInt64() == id).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Every_route_is_closed_to_a_token_without_its_right()
    {
        using var client = await ApiClient.Administrator(server);
        foreach (var right in Enum.GetValues<Right>())
        {
            var (token, _) = await Make(client, [right.ToString()]);
            using var program = Program(token);
            foreach (var (method, path, needed) in Routes().Where(r => r.Needed != right))
            {
                using var answer = await program.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Stop);
                Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{right}: {method} {path} needs {needed} and answered {answer.StatusCode}.");
            }
        }
    }

    [Fact]
    public async Task A_wrong_token_is_nobody_even_beside_a_good_cookie()
    {
        using var signedIn = await server.SignedIn();
        foreach (var wrong in new[] { "tanlu_", "tanlu_" + new string('A', 43), "x", "", "Bearer" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + wrong);
            using var answer = await signedIn.SendAsync(request, Stop);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, wrong);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        }
    }

    [Fact]
    public async Task A_page_takes_no_token()
    {
        using var client = await ApiClient.Administrator(server);
        var (token, _) = await Make(client, ["ReadFigures"]);
        using var program = Program(token);
        foreach (var path in new[] { "/", "/profile", "/statement/file?format=csv" })
        {
            using var answer = await program.GetAsync(path, Stop);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Contains("/sign-in", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_pages_show_a_token_once_and_end_it()
    {
        using var client = await server.SignedIn();
        var form = await client.GetStringAsync("/profile/tokens?lang=en", Stop);
        using var fields = TestServer.Form(form, "form:has(#field-rights)", new("name", "from the page"), new("expires", LastDay), new("node", "0"), new("rights", "ReadFigures"), new("rights", "ReadAudit"));
        using var made = await client.PostAsync("/profile/tokens?lang=en", fields, Stop);
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        var page = new HtmlParser().ParseDocument(await made.Content.ReadAsStringAsync(Stop));
        var secret = page.QuerySelector("#made-token")!.GetAttribute("value")!;
        using var program = Program(secret);
        using var me = await program.GetAsync("/api/v1/me", Stop);
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);

        foreach (var address in new[] { "/profile/tokens?lang=en", "/admin/tokens?lang=zh-CN" })
        {
            var again = await client.GetStringAsync(address, Stop);
            Assert.Contains("from the page", again, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, again, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"\[[a-z_]+\.[a-z0-9_.]+\]", again);
        }

        var list = new HtmlParser().ParseDocument(await client.GetStringAsync("/profile/tokens?lang=en", Stop));
        var row = list.QuerySelectorAll("tbody tr").Single(r => r.TextContent.Contains("from the page", StringComparison.Ordinal));
        using var end = new FormUrlEncodedContent(row.QuerySelectorAll("input[type=hidden]").Select(i => KeyValuePair.Create(i.GetAttribute("name")!, i.GetAttribute("value")!)));
        using var ended = await client.PostAsync("/profile/tokens", end, Stop);
        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        using var after = await program.GetAsync("/api/v1/me", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);

        var device = await client.GetStringAsync("/admin/tokens?lang=en", Stop);
        using var machine = TestServer.Form(device, "form:has(#field-expires)", new("name", "gateway"), new("expires", LastDay), new("node", "0"));
        using var gateway = await client.PostAsync("/admin/tokens?lang=en", machine, Stop);
        using var sends = Program(new HtmlParser().ParseDocument(await gateway.Content.ReadAsStringAsync(Stop)).QuerySelector("#made-token")!.GetAttribute("value")!);
        using var reads = await sends.GetAsync("/api/v1/activities", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, reads.StatusCode);

        using var none = TestServer.Form(device, "form:has(#field-expires)", new("name", ""), new("expires", "x"), new("node", "0"));
        using var refused = await client.PostAsync("/admin/tokens?lang=en", none, Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    private static async Task<(string Token, long Id)> Make(ApiClient client, string[] rights)
    {
        var (status, made) = await client.Post("/tokens", new { name = "test", rights, last_day = LastDay });
        Assert.Equal(201, status);
        return (made.GetProperty("token").GetString()!, made.GetProperty("about").GetProperty("id").GetInt64());
    }

    private HttpClient Program(string token)
    {
        var client = server.Plain();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private IEnumerable<(string Method, string Path, Right Needed)> Routes() =>
        from endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where endpoint.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal)
        let policy = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).OfType<string>().FirstOrDefault()
        where policy?.StartsWith("right.", StringComparison.Ordinal) == true
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
        select (method, System.Text.RegularExpressions.Regex.Replace(endpoint.RoutePattern.RawText!, @"\{[^}]+\}", "1"), Enum.Parse<Right>(policy["right.".Length..]));
}
