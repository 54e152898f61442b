using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Server.Tests.Api;

namespace Tanlu.Server.Tests;

/// <summary>What leaves the platform stands in the audit log, once; and the log itself can be read, proven and taken away.</summary>
public sealed class AuditLogTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_file_that_is_taken_away_leaves_one_row()
    {
        using var client = await ApiClient.Administrator(server);
        var site = await client.Site("EXP");
        var (_, evidence) = await client.Upload("/evidence", "bill.txt", "a bill");
        var hash = evidence.GetProperty("hash").GetString();
        await client.Import("exp.csv", ApiClient.Csv(ApiClient.Power("EXP", 1, 5)));
        var (_, activities) = await client.Get($"/activities?node={site}");
        var id = activities.GetProperty("items")[0].GetProperty("id").GetString()!.Replace(':', '-');
        var (made, edition) = await client.Post(
            "/editions", new { title = "Frozen", entity = site, approach = "operational_control", from = "2023-01", to = "2023-12", gwp = "AR6", route = "ghg", no_exclusions = true });
        Assert.True(made == 201, edition.ToString());
        var number = edition.GetProperty("number").GetInt64();
        using var browser = await server.SignedIn();
        (string Address, string Verb)[] files =
        [
            ($"/statement/file?node={site}&from=2023-01&to=2023-12&format=csv", "export.statement"), ($"/statement/file?node={site}&from=2023-01&to=2023-12&format=xlsx", "export.statement"),
            ($"/activities/export?node={site}&format=csv", "export.activities"), ($"/explain/file?node={site}&from=2023-01&to=2023-12", "export.explanation"),
            ($"/explain/{id}/file", "export.explanation"), ($"/explain/population?node={site}&from=2023-01&to=2023-12", "population.export"), ($"/editions/{number}/file", "export.edition"), ($"/api/v1/editions/{number}/content", "export.edition"),
            ($"/api/v1/evidence/{hash}", "evidence.open"), ("/api/v1/factor-packs/1/file", "factors.export"), ("/admin/audit/file?format=csv", "export.audit"),
        ];
        foreach (var (address, verb) in files)
        {
            var before = await Rows();
            using var answer = await browser.GetAsync(address, Stop);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode}");
            var after = await Rows();
            Assert.True(after.Count == before.Count + 1 && after[0].Verb == verb, $"{address} left {string.Join(' ', after.Take(after.Count - before.Count).Select(e => e.Verb))} and not {verb}.");
        }

        // What is refused leaves with nothing, so it leaves no row of an export.
        var quiet = await Rows();
        foreach (var address in new[] { "/editions/999/file", "/statement/file?node=999999", "/explain/nothing/file" })
        {
            using var answer = await browser.GetAsync(address, Stop);
            Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(quiet.Count, (await Rows()).Count);
        Assert.Contains("node=" + site.ToString(CultureInfo.InvariantCulture), quiet.First(e => e.Verb == "export.statement").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_read_filtered_and_proven_over_the_interface()
    {
        using var client = await ApiClient.Administrator(server);
        await client.Site("AUD");
        var (status, page) = await client.Get("/audit?verb=node.add&limit=1", "zh-CN");
        Assert.Equal(200, status);
        var row = Assert.Single(page.GetProperty("items").EnumerateArray());
        Assert.Equal(("node.add", "在组织架构中新增 AUD“工厂AUD”"), (row.GetProperty("verb").GetString(), row.GetProperty("said").GetString()));
        Assert.Equal("AUD", row.GetProperty("detail").GetProperty("code").GetString());
        var (_, further) = await client.Get($"/audit?verb=node.add&limit=1&after={page.GetProperty("next").GetString()}");
        Assert.Equal("C-AUD", further.GetProperty("items")[0].GetProperty("detail").GetProperty("code").GetString());
        Assert.Equal(0, (await client.Get("/audit?person=424242")).Body.GetProperty("items").GetArrayLength());

        var (_, check) = await client.Get("/audit/check");
        Assert.True(check.GetProperty("sound").GetBoolean());
        var head = check.GetProperty("head").GetString()!;
        Assert.True((await client.Get("/audit/check?head=" + head)).Body.GetProperty("sound").GetBoolean());
        var forged = head[..^1] + (head[^1] == '0' ? '1' : '0');
        var (_, differs) = await client.Get("/audit/check?head=" + forged);
        Assert.Equal((false, true), (differs.GetProperty("sound").GetBoolean(), differs.GetProperty("rewritten").GetBoolean()));
        Assert.Equal(422, (await client.Get("/audit/check?head=nonsense")).Status);

        using var browser = await server.SignedIn();
        var text = await browser.GetStringAsync("/admin/audit?lang=en&check=1&head=" + head, Stop);
        Assert.Contains("Added AUD “Plant AUD”", text, StringComparison.Ordinal);
        Assert.Contains(head.Split(':')[1][..16], text, StringComparison.Ordinal);
        Assert.Contains("differs from row", await browser.GetStringAsync("/admin/audit?lang=en&check=1&head=" + forged, Stop), StringComparison.Ordinal);
        Assert.DoesNotContain("Added AUD", await browser.GetStringAsync("/admin/audit?lang=en&verb=session", Stop), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<AuditEntry>> Rows() =>
        (await server.Services.GetRequiredService<Audit>().List(Caller.System(server.Services.GetRequiredService<Book>().First!.Tenant), null, 500, Stop)).Value.Entries;
}
