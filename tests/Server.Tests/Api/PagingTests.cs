using System.Net;
using System.Text.Json;
using Tanlu.Organisation;

namespace Tanlu.Server.Tests.Api;

/// <summary>Cursors and entity tags, over HTTP.</summary>
public sealed class PagingTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/activities?", "id")]
    [InlineData("/postings?", "activity")]
    [InlineData("/batches?", "id")]
    [InlineData("/sources?", "id")]
    [InlineData("/organisation?", "id")]
    [InlineData("/jobs?", "id")]
    [InlineData("/corrections?", "by")]
    [InlineData("/factors?text=diesel&", "id")]
    public async Task Every_list_comes_whole_page_by_page(string list, string key)
    {
        using var client = await Filled();
        var whole = await Items(client, list + "limit=200", key);
        Assert.True(whole.Count > 2, $"{list}: {whole.Count}");
        var paged = await Items(client, list + "limit=2", key, pages: (whole.Count + 1) / 2);
        Assert.Equal(whole.Take(paged.Count), paged);
    }

    [Fact]
    public async Task A_list_that_grows_meanwhile_repeats_and_hides_nothing()
    {
        using var client = await Filled();
        var before = await Items(client, "/batches?limit=200", "id");
        var (_, first) = await client.Get("/batches?limit=2");
        await client.Import("more.csv", ApiClient.Csv(ApiClient.Power("PAGE", 11, 77)));
        var (_, second) = await client.Get($"/batches?limit=200&after={first.GetProperty("next").GetString()}");
        var seen = first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(i => i.GetProperty("id").ToString());
        Assert.Equal(before, seen);
    }

    [Fact]
    public async Task The_link_header_leads_on_and_a_changed_cursor_is_refused()
    {
        using var client = await Filled();
        using var page = await client.Raw("/batches?limit=2");
        var link = page.Headers.GetValues("Link").Single();
        Assert.EndsWith(">; rel=\"next\"", link, StringComparison.Ordinal);
        using var next = await client.Raw(link[(link.IndexOf("/api/v1", StringComparison.Ordinal) + 7)..link.IndexOf('>', StringComparison.Ordinal)]);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);

        using var body = JsonDocument.Parse(await page.Content.ReadAsStringAsync(Stop));
        var cursor = body.RootElement.GetProperty("next").GetString()!;
        foreach (var (path, code) in new[]
        {
            ("/batches?after=1", "cursor_invalid"), ($"/batches?after={cursor[..^4]}AAAA", "cursor_invalid"), ($"/activities?after={cursor}", "cursor_of_other_list"),
            ($"/batches?batch=3&after={cursor}", "cursor_of_other_list"), ("/batches?limit=0", "limit_invalid"), ("/batches?limit=201", "limit_invalid"), ("/batches?limit=x", "limit_invalid"),
        })
        {
            var (status, refused) = await client.Get(path);
            Assert.Equal((422, code), (status, refused.GetProperty("errors")[0].GetProperty("code").GetString()));
        }
    }

    [Fact]
    public async Task What_has_not_changed_is_304_and_what_has_is_not()
    {
        using var client = await Filled();
        foreach (var path in new[] { "/statement?from=2023-01&to=2023-12", "/batches", "/organisation", "/gases" })
        {
            using var first = await client.Raw(path);
            var tag = first.Headers.ETag!;
            Assert.False(tag.IsWeak);
            var (again, body) = await client.Send(HttpMethod.Get, path, null, "en", ("If-None-Match", tag.ToString()));
            Assert.Equal((304, JsonValueKind.Undefined), (again, body.ValueKind));
        }

        using var before = await client.Raw("/statement?from=2023-01&to=2023-12");
        await client.Import("tag.csv", ApiClient.Csv(ApiClient.Power("PAGE", 12, 1234)));
        Assert.Equal(200, (await client.Send(HttpMethod.Get, "/statement?from=2023-01&to=2023-12", null, "en", ("If-None-Match", before.Headers.ETag!.ToString()))).Status);
    }

    [Fact]
    public async Task A_change_over_somebody_elses_change_is_412()
    {
        using var client = await Filled();
        var site = await client.Site("TAG");
        using var seen = await client.Raw($"/organisation/{site}");
        var tag = seen.Headers.ETag!.ToString();
        Assert.Equal(200, (await client.Send(HttpMethod.Patch, $"/organisation/{site}", Json(new { name_en = "Mine", name_zh = "我的" }), "en", ("If-Match", tag))).Status);
        var (status, refused) = await client.Send(HttpMethod.Patch, $"/organisation/{site}", Json(new { name_en = "Yours", name_zh = "你的" }), "en", ("If-Match", tag));
        Assert.Equal((412, "changed_meanwhile"), (status, refused.GetProperty("errors")[0].GetProperty("code").GetString()));
        Assert.Equal("Mine", (await client.Get($"/organisation/{site}")).Body.GetProperty("name_en").GetString());
        Assert.Equal(404, (await client.Send(HttpMethod.Patch, "/organisation/999999", Json(new { name_en = "x", name_zh = "x" }), "en", ("If-Match", tag))).Status);
    }

    private static System.Net.Http.Json.JsonContent Json(object body) => System.Net.Http.Json.JsonContent.Create(body);

    private static async Task<List<string>> Items(ApiClient client, string path, string key, int pages = 50)
    {
        var items = new List<string>();
        for (var after = ""; after is not null && pages-- > 0;)
        {
            var (status, page) = await client.Get(path + (after.Length > 0 ? "&after=" + after : ""));
            Assert.Equal(200, status);
            items.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty(key).ToString()));
            after = page.GetProperty("next").GetString();
        }

        return items;
    }

    /// <summary>A client over a book with a few batches, sources, jobs and corrections.</summary>
    private async Task<ApiClient> Filled()
    {
        var client = await ApiClient.Administrator(server);
        var (_, tree) = await client.Get("/organisation");
        if (tree.GetProperty("items").EnumerateArray().All(n => n.GetProperty("code").GetString() != "PAGE"))
        {
            await client.Site("PAGE");
            await client.Site("PAGE-2");
            for (var month = 1; month <= 4; month++)
            {
                var done = await client.Import($"m{month}.csv", ApiClient.Csv(ApiClient.Power("PAGE", month, month), ApiClient.Power("PAGE", month, 10 * month).Replace("Meter", $"Meter {month}", StringComparison.Ordinal)));
                var batch = done.GetProperty("result").GetProperty("batch").GetInt64();
                Assert.Equal(201, (await client.Post($"/activities/{batch}:2/corrections", new { reason = "test" })).Status);
            }
        }

        return client;
    }
}
