using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tanlu.Organisation;

namespace Tanlu.Server.Tests.Api;

/// <summary>People and invitations over HTTP, from the invitation to the first session of the invited and its end.</summary>
public sealed class PeopleApiTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Chosen = "a passphrase of my own";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_invited_person_joins_on_the_page_and_changes_hold_at_once()
    {
        using var administrator = await ApiClient.Administrator(server);
        var site = await administrator.Site("JOIN");
        var (status, made) = await administrator.Post("/invitations", new { email = "chen@example.org", role = "operator", node = site, language = "zh-CN" });
        Assert.Equal(201, status);
        Assert.Equal("open", made.GetProperty("about").GetProperty("state").GetString());
        Assert.Equal(409, (await administrator.Post("/invitations", new { email = "chen@example.org", role = "Viewer", node = site })).Status);
        Assert.Equal(422, (await administrator.Post("/invitations", new { email = "x@example.org", role = "Device", node = site })).Status);
        Assert.Equal(422, (await administrator.Post("/invitations", new { email = "x@example.org", role = "7", node = site })).Status);

        // The page speaks the invited's language, whoever made the link; no page is told where the reader came from.
        var link = new Uri(made.GetProperty("link").GetString()!).PathAndQuery;
        using var browser = server.CreateClient(new() { AllowAutoRedirect = false });
        using var page = await browser.GetAsync(link, Stop);
        var text = await page.Content.ReadAsStringAsync(Stop);
        Assert.Contains("邀请您以“操作员”身份加入", text, StringComparison.Ordinal);
        Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
        using var wrong = await browser.PostAsync(link, TestServer.Form(text, "form[method=post]", new("name", "陈"), new("password", Chosen), new("again", "another")), Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        using var joined = await browser.PostAsync(link, TestServer.Form(text, "form[method=post]", new("name", "陈"), new("password", Chosen), new("again", Chosen)), Stop);
        Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
        var me = await browser.GetFromJsonAsync<JsonElement>("/api/v1/me", Stop);
        Assert.Equal(("Operator", site), (me.GetProperty("role").GetString(), me.GetProperty("node").GetInt64()));
        using var again = await browser.GetAsync(link, Stop);
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);

        // A change holds in the open session; so does the end of access, and its return opens no old session.
        var id = me.GetProperty("person").GetInt64();
        Assert.Equal(200, (await administrator.Send(HttpMethod.Patch, $"/people/{id}", JsonContent.Create(new { role = "Viewer" }))).Status);
        Assert.Equal("Viewer", (await browser.GetFromJsonAsync<JsonElement>("/api/v1/me", Stop)).GetProperty("role").GetString());
        Assert.Equal(200, (await administrator.Post($"/people/{id}/disable", null)).Status);
        using var ended = await browser.GetAsync("/api/v1/me", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, ended.StatusCode);
        Assert.Equal(200, (await administrator.Post($"/people/{id}/enable", null)).Status);
        using var still = await browser.GetAsync("/api/v1/me", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, still.StatusCode);
        var (_, person) = await administrator.Get($"/people/{id}");
        Assert.Equal(JsonValueKind.Null, person.GetProperty("disabled_at").ValueKind);
        Assert.NotEqual(JsonValueKind.Null, person.GetProperty("signed_in_at").ValueKind);
    }

    [Fact]
    public async Task The_last_administrator_stays_and_a_part_has_its_own_people_only()
    {
        using var administrator = await ApiClient.Administrator(server);
        var own = (await administrator.Get("/me")).Body.GetProperty("person").GetInt64();
        Assert.Equal(409, (await administrator.Send(HttpMethod.Patch, $"/people/{own}", JsonContent.Create(new { role = "Viewer" }))).Status);
        Assert.Equal(409, (await administrator.Post($"/people/{own}/disable", null)).Status);
        var site = await administrator.Site("PART");
        using var local = await ApiClient.Person(server, 1, Role.Administrator, site);
        Assert.All((await local.Get("/people")).Body.GetProperty("items").EnumerateArray(), p => Assert.Equal(site, p.GetProperty("node").GetInt64()));
        Assert.Equal(404, (await local.Get($"/people/{own}")).Status);
        Assert.Equal(404, (await local.Post("/invitations", new { email = "z@example.org", role = "Viewer", node = 0 })).Status);
        Assert.Equal(201, (await local.Post("/invitations", new { email = "z@example.org", role = "Administrator", node = site })).Status);
        var roles = (await local.Get("/roles")).Body.EnumerateArray().ToDictionary(r => r.GetProperty("role").GetString()!, r => r.GetProperty("rights").GetArrayLength());
        Assert.Equal(Enum.GetNames<Role>().Order(), roles.Keys.Order());
        Assert.Equal(Enum.GetValues<Right>().Count(r => Rights.Grant(Role.Verifier, r)), roles["Verifier"]);
    }

    [Fact]
    public async Task All_of_a_node_is_put_at_once()
    {
        using var administrator = await ApiClient.Administrator(server);
        var site = await administrator.Site("EDIT");
        var (_, node) = await administrator.Get($"/organisation/{site}");
        var parent = node.GetProperty("parent").GetInt64();
        var body = new { parent, code = "EDIT-2", name_en = "Edited", name_zh = "已改", region = "CN-JS", industry = "C17", valid_from = "2020-01-01", valid_to = "2030-01-01", equity_percent = 33.5 };
        var (status, edited) = await administrator.Send(HttpMethod.Put, $"/organisation/{site}", JsonContent.Create(body));
        Assert.Equal(200, status);
        Assert.Equal(("EDIT-2", "CN-JS", 33.5, "2030-01-01"), (edited.GetProperty("code").GetString(), edited.GetProperty("region").GetString(), edited.GetProperty("equity_percent").GetDouble(), edited.GetProperty("valid_to").GetString()));
        var (wrong, refused) = await administrator.Send(HttpMethod.Put, $"/organisation/{site}", JsonContent.Create(body with { code = "", region = "?" }));
        Assert.Equal(422, wrong);
        Assert.Equal(["code", "region"], refused.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("column").GetString()));
        Assert.Equal(409, (await administrator.Send(HttpMethod.Put, $"/organisation/{parent}", JsonContent.Create(new { code = "EDIT-2", name_en = "x", valid_from = "1900-01-01" }))).Status);
    }
}
