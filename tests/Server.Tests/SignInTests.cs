using System.Net;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests;

public sealed class SignInTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_administrator_signs_in_reads_and_signs_out()
    {
        using var client = await server.SignedIn();
        using var home = await client.GetAsync("/?lang=en", Stop);
        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
        var text = await home.Content.ReadAsStringAsync(Stop);
        Assert.Contains("Account of Administrator", text, StringComparison.Ordinal);
        using var away = await client.PostAsync("/sign-out", TestServer.Form(text, "form[action='/sign-out']"), Stop);
        Assert.Equal("/sign-in", away.Headers.Location!.ToString());
        using var after = await client.GetAsync("/", Stop);
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
    }

    [Fact]
    public async Task A_revoked_session_ends_at_the_next_request()
    {
        using var client = await server.SignedIn();
        var sessions = server.Services.GetRequiredService<Sessions>();
        Assert.True((await sessions.Revoke(Caller.System(1), 1, Stop)).Ok);
        using var after = await client.GetAsync("/", Stop);
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
    }

    [Theory]
    [InlineData("/search?q=a", "/search?q=a")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/\\elsewhere.example", "/")]
    [InlineData("https://elsewhere.example/", "/")]
    [InlineData("/\t/elsewhere.example", "/")]
    public async Task The_way_back_stays_on_this_server(string wanted, string expected)
    {
        using var client = server.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        using var answer = await server.Enter(client, "/sign-in?return=" + Uri.EscapeDataString(wanted));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(expected, new Uri(client.BaseAddress!, answer.Headers.Location!).PathAndQuery);
        Assert.Equal("localhost", new Uri(client.BaseAddress!, answer.Headers.Location!).Host);
    }

    [Fact]
    public async Task The_session_cookie_is_out_of_reach_of_scripts_and_other_sites()
    {
        using var client = server.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        using var answer = await server.Enter(client, "/sign-in");
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tanlu.session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_scope_bar_offers_the_nodes_and_keeps_its_choice_in_the_links()
    {
        var tree = server.Services.GetRequiredService<OrganisationTree>();
        var added = await tree.Add(
            Caller.System(1), new NewNode(null, NodeKind.Company, "QY", "Qingyuan", "清源制造", "CN", "", new DateOnly(2020, 1, 1), null, null), Stop);
        Assert.True(added.Ok);
        using var client = await server.SignedIn();
        var page = await new HtmlParser().ParseDocumentAsync(await client.GetStringAsync($"/?lang=zh-CN&node={added.Value.Id}&from=2025-01&to=2025-06&gwp=AR5&route=cn", Stop), Stop);
        Assert.Equal("清源制造", page.QuerySelector("select[name=node] option[selected]")!.TextContent.Trim());
        Assert.Equal($"/?node={added.Value.Id}&from=2025-01&to=2025-06&gwp=AR5&route=cn", page.QuerySelector("nav a[aria-current=page]")!.GetAttribute("href"));
    }

    [Fact]
    public async Task A_fragment_is_the_page_without_its_document()
    {
        using var client = await server.SignedIn();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/search?lang=en&q=overview");
        request.Headers.Add("HX-Request", "true");
        request.Headers.Add("HX-Target", "search-results");
        using var answer = await client.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.DoesNotContain("<html", text, StringComparison.Ordinal);
        Assert.Contains("Overview", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN")]
    public async Task No_page_of_the_map_shows_a_key_without_text(string language)
    {
        using var client = await server.SignedIn();
        foreach (var place in server.Services.GetRequiredService<Tanlu.Server.Web.Navigation>().Parts.SelectMany(p => p.Places))
        {
            var text = await client.GetStringAsync($"{place.Path}?lang={language}", Stop);
            Assert.DoesNotMatch(@"\[[a-z_]+\.[a-z0-9_.]+\]", text);
        }
    }
}
