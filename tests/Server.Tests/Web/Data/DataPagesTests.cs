using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;

namespace Tanlu.Server.Tests.Web.Data;

public sealed partial class DataPagesTests(DemoServer demo) : IClassFixture<DemoServer>
{
    private const string Attack = "<script>alert(1)</script>";

    private static readonly string[] Paths =
    [
        "/import", "/activities", "/activities?f.state=all&cols=quality,state,region,supplier,note,batch", "/activities/new", "/sources", "/factors", "/factors?q=柴油",
        "/factors/cn-grid%3Agrid.CN-JS%402023", "/factors/packs", "/factors/packs/1", "/factors?q=电网&f.region=CN-JS", "/admin/organisation", "/admin/organisation?edit=1", "/admin/people", "/admin/people/1", "/admin/rights", "/admin/audit?check=1", "/profile", "/search?q=柴油",
    ];

    public static TheoryData<string, string> PagesInBothLanguages()
    {
        var data = new TheoryData<string, string>();
        foreach (var path in Paths)
        {
            data.Add(path, "zh-CN");
            data.Add(path, "en");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(PagesInBothLanguages))]
    public async Task A_page_speaks_its_language_and_misses_no_text(string path, string language)
    {
        using var client = await demo.Administrator();
        using var answer = await client.GetAsync(path + (path.Contains('?') ? "&" : "?") + "lang=" + language, TestContext.Current.CancellationToken);
        var page = await DemoServer.Read(answer);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(language, page.DocumentElement.GetAttribute("lang"));
        Assert.DoesNotMatch(MissingText(), page.Body!.TextContent);
        Assert.NotNull(page.QuerySelector("h1"));
        Assert.Equal(page.QuerySelectorAll("[id]").Select(e => e.Id).Distinct().Count(), page.QuerySelectorAll("[id]").Length);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        using var client = await demo.Administrator();
        foreach (var (path, handler) in new[] { ("/sources", "add"), ("/import", "upload"), ("/activities/new", "activity"), ("/admin/people", "add"), ("/admin/people", "invite"), ("/admin/people/1", "change"), ("/admin/organisation", "add"), ("/factors/packs", "pack"), ("/profile", "password") })
        {
            using var form = new FormUrlEncodedContent([new("_handler", handler), new("name", "x"), new("site", "1")]);
            using var answer = await client.PostAsync(path, form, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_viewer_reads_but_cannot_write()
    {
        using var client = await demo.Client(Role.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/activities", TestContext.Current.CancellationToken)).StatusCode);
        foreach (var path in new[] { "/import", "/activities/new", "/activities/1-2/correct", "/admin/people", "/admin/audit" })
        {
            using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        // The forms are not there, so their handlers are not either; a forged one with a token of the viewer's own changes nothing.
        var before = await Sources();
        var token = (await DemoServer.Page(client, "/profile")).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        using var form = new FormUrlEncodedContent([new("_handler", "add"), new("__RequestVerificationToken", token), new("site", "8"), new("name", "forged")]);
        using var forged = await client.PostAsync("/sources", form, TestContext.Current.CancellationToken);
        Assert.False(forged.IsSuccessStatusCode && (await Sources()) != before);
        Assert.Equal(before, await Sources());
    }

    [Fact]
    public async Task Ids_of_another_tenant_are_not_there()
    {
        var ct = TestContext.Current.CancellationToken;
        var other = (await demo.Services.GetRequiredService<Tenants>().Add("Other", "另一租户", ct)).Value;
        using var client = await demo.Client(Role.Administrator, other.Id);
        var batch = (await demo.Services.GetRequiredService<Journal>().Batches(demo.System, null, 1, ct)).Value.Batches[0].Id;
        var node = (await demo.Services.GetRequiredService<OrganisationTree>().Subtree(demo.System, null, null, ct)).Value[^1].Id;
        foreach (var path in new[] { $"/admin/organisation?edit={node}", $"/activities?batch={batch}", $"/activities?node={node}", $"/activities/{batch}-2/correct", $"/sources?node={node}", $"/activities/export?node={node}&format=csv" })
        {
            using var answer = await client.GetAsync(path, ct);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, path);
        }

        using var search = await client.GetAsync("/search?q=锅炉", ct);
        Assert.DoesNotContain("CHP boilers", await search.Content.ReadAsStringAsync(ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markup_in_any_text_stays_text()
    {
        using var client = await demo.Administrator();
        var site = (await demo.Services.GetRequiredService<OrganisationTree>().Sites(demo.System, null, TestContext.Current.CancellationToken)).Value[0];
        using (var added = await DemoServer.Send(client, "/sources", "add", ("site", $"{site.Id}"), ("name", Attack)))
        {
            Assert.Equal(HttpStatusCode.Redirect, added.StatusCode);
        }

        using (var person = await DemoServer.Send(
            client, "/admin/people", "add", ("name", Attack), ("add_email", "attack@test.invalid"), ("add_role", "Viewer"), ("add_node", "0"), ("add_language", "en"), ("password", DemoServer.Password)))
        {
            Assert.Equal(HttpStatusCode.Redirect, person.StatusCode);
        }

        using (var node = await DemoServer.Send(client, $"/admin/organisation?edit={site.Id}", "edit", ("name_en", Attack), ("name_zh", Attack), ("code", site.Code), ("parent", $"{site.Parent}"), ("region", site.Region), ("industry", Attack),
                   ("valid_from", $"{site.ValidFrom:yyyy-MM-dd}")))
        {
            Assert.Equal(HttpStatusCode.Redirect, node.StatusCode);
        }

        using (var activity = await DemoServer.Send(
            client, "/activities/new", "activity", ("site", site.Code), ("source", Attack), ("activity", "fuel.diesel"), ("region", "CN"), ("quantity", "1"), ("unit", "t"), ("start", "2026-03-01"),
            ("end", "2026-03-31"), ("supplier", Attack), ("note", Attack), ("quality", "measured")))
        {
            Assert.Equal(HttpStatusCode.Redirect, activity.StatusCode);
        }

        var upload = await DemoServer.Upload(client, "<img src=x onerror=alert(1)>.csv", $"site,source,activity,start,end,quantity,unit,region,{Attack}\n{Attack},{Attack},{Attack},{Attack},{Attack},{Attack},{Attack},{Attack},x\n");
        foreach (var path in (string[])[.. Paths, upload, upload.Replace("/map", "/check", StringComparison.Ordinal), "/search?q=" + Uri.EscapeDataString(Attack), "/activities?q=" + Uri.EscapeDataString(Attack)])
        {
            var text = await client.GetStringAsync(path, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(Attack, text, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", text, StringComparison.Ordinal);
        }
    }

    private async Task<int> Sources() => (await demo.Services.GetRequiredService<Journal>().Sources(demo.System, null, TestContext.Current.CancellationToken)).Value.Count;

    [GeneratedRegex(@"\[[a-z_]+(\.[A-Za-z0-9_]+)+\]")]
    private static partial Regex MissingText();
}
