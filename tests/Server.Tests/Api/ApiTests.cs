using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Organisation;

namespace Tanlu.Server.Tests.Api;

/// <summary>The interface over HTTP against the real host.</summary>
public sealed class ApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_password_is_401_and_a_session_can_be_ended()
    {
        using var nobody = new ApiClient(server);
        Assert.Equal(401, (await nobody.Get("/me")).Status);
        var (status, refused) = await nobody.Post("/session", new { email = "admin@tanlu.local", password = "wrong" });
        Assert.Equal(401, status);
        Assert.Equal("urn:tanlu:problem:sign_in_failed", refused.GetProperty("type").GetString());

        using var client = await ApiClient.Administrator(server);
        var (_, me) = await client.Get("/me");
        Assert.Equal("Administrator", me.GetProperty("role").GetString());
        Assert.Equal(204, (await client.Send(HttpMethod.Delete, "/session", null)).Status);
        Assert.Equal(401, (await client.Get("/me")).Status);
    }

    [Fact]
    public async Task A_year_goes_from_file_to_statement_to_explanation_to_edition()
    {
        using var client = await ApiClient.Administrator(server);
        var site = await client.Site("YEAR");
        var csv = ApiClient.Csv(Enumerable.Range(1, 12).Select(m => ApiClient.Power("YEAR", m, 1000 * m)));
        var check = (await client.Import("year.csv", csv, ("check_only", "true"))).GetProperty("result");
        Assert.Equal((12, 0), (check.GetProperty("rows").GetInt32(), check.GetProperty("wrong").GetInt32()));
        var import = await client.Import("../../year.csv", csv, ("reason", "the bills of 2023"));
        Assert.Equal("done", import.GetProperty("state").GetString());
        var (_, batch) = await client.Get($"/batches/{import.GetProperty("result").GetProperty("batch").GetInt64()}");
        Assert.Equal("year.csv", batch.GetProperty("file_name").GetString());
        var known = await client.Import("another name.csv", csv);
        Assert.Equal(("failed", "file_known"), (known.GetProperty("state").GetString(), known.GetProperty("problems")[0].GetProperty("code").GetString()));

        var of = $"node={site}&from=2023-01&to=2023-12";
        var (_, statement) = await client.Get($"/statement?{of}&gwp=AR5");
        var total = statement.GetProperty("totals").GetProperty("scope2_location_kg").GetDouble();
        Assert.True(total > 0);
        Assert.Equal(JsonValueKind.Null, statement.GetProperty("totals").GetProperty("scope2_market_kg").ValueKind);
        Assert.Equal(12, statement.GetProperty("months").GetArrayLength());
        Assert.Equal(78, statement.GetProperty("totals").GetProperty("energy_mwh").GetDouble(), 9);
        Assert.Contains(statement.GetProperty("caveats").EnumerateArray(), c => c.GetProperty("code").GetString() == "scope2_market_not_given");
        Assert.Equal(1, statement.GetProperty("complete_share").GetDouble());

        var (_, figure) = await client.Get($"/statement/total?{of}&gwp=AR5&scope=2");
        Assert.Equal((total, 78.0), (figure.GetProperty("co2e_kg").GetDouble(), figure.GetProperty("energy_mwh").GetDouble()));
        Assert.Equal(total * 1e6, double.Parse(figure.GetProperty("co2e_mg").GetString()!, System.Globalization.CultureInfo.InvariantCulture), 0);
        Assert.Equal(422, (await client.Get($"/statement/total?{of}&month=13")).Item1);

        var (_, postings) = await client.Get($"/statement/postings?{of}&month=2023-03&scope=2");
        var posting = postings.GetProperty("items")[0];
        var (_, activity) = await client.Get($"/activities/{posting.GetProperty("activity").GetString()}");
        Assert.Equal(3000, activity.GetProperty("quantity").GetDouble());
        var (_, tree) = await client.Get($"/activities/{activity.GetProperty("id").GetString()}/explanation?gwp=AR5", "zh-CN");
        Assert.Equal(posting.GetProperty("co2_mg").GetInt64() / 1e6, tree.GetProperty("value").GetDouble(), 5);
        Assert.Contains("factor", Kinds(tree));

        // Page by page, nothing twice and nothing left out.
        var seen = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var (_, page) = await client.Get($"/activities?node={site}&limit=5&after={after}".Replace("&after=", after.Length > 0 ? "&after=" : "&text=", StringComparison.Ordinal));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!));
            after = page.GetProperty("next").GetString();
        }

        Assert.Equal(12, seen.Distinct().Count());
        Assert.Equal(12, seen.Count);

        var draft = new { title = "2023", entity = site, approach = "operational_control", from = "2023-01", to = "2023-12", route = "ghg", gwp = "AR5", no_exclusions = true };
        var (madeStatus, made) = await client.Post("/editions", draft);
        Assert.Equal(201, madeStatus);
        var number = made.GetProperty("number").GetInt64();
        var (correctedStatus, _) = await client.Post($"/activities/{activity.GetProperty("id").GetString()}/corrections", new { reason = "billed twice" });
        Assert.Equal(201, correctedStatus);
        Assert.Equal(409, (await client.Post($"/activities/{activity.GetProperty("id").GetString()}/corrections", new { reason = "again" })).Status);
        var (_, edition) = await client.Get($"/editions/{number}");
        Assert.Equal(total, edition.GetProperty("totals").GetProperty("scope2_location_kg").GetDouble());
        var (_, now) = await client.Get($"/statement?{of}&gwp=AR5");
        Assert.True(now.GetProperty("totals").GetProperty("scope2_location_kg").GetDouble() < total);
        var (_, second) = await client.Post("/editions", draft);
        var (_, next) = await client.Get($"/editions/{second.GetProperty("number").GetInt64()}");
        Assert.True(next.GetProperty("difference").GetProperty("scopes")[1].GetProperty("change_kg").GetDouble() < 0);
        using var content = await client.Raw($"/editions/{number}/content");
        Assert.Equal(made.GetProperty("hash").GetString(), Convert.ToHexStringLower(SHA256.HashData(await content.Content.ReadAsByteArrayAsync(Stop))));
        Assert.True((await client.Get("/book/check")).Body.GetProperty("sound").GetBoolean());
    }

    [Fact]
    public async Task Every_wrong_row_is_named_at_its_cell_in_the_readers_language()
    {
        using var client = await ApiClient.Administrator(server);
        await client.Site("BAD");
        var csv = ApiClient.Csv(ApiClient.Power("BAD", 1, 10), ApiClient.Power("BAD", 2, 10).Replace("kWh", "kWhh"), ApiClient.Power("NOWHERE", 3, 10));
        var failed = await client.Import("bad.csv", csv);
        Assert.Equal("failed", failed.GetProperty("state").GetString());
        Assert.Equal([(3, "unit"), (4, "site")], failed.GetProperty("problems").EnumerateArray().Select(e => (e.GetProperty("row").GetInt32(), e.GetProperty("column").GetString()!)));
        var (_, english) = await client.Post("/editions", new { });
        Assert.Equal("The input was refused", english.GetProperty("title").GetString());
        var (_, chinese) = await client.Post("/editions", new { }, "zh-CN");
        Assert.Equal("输入未被接受", chinese.GetProperty("title").GetString());
        Assert.Equal(8, chinese.GetProperty("errors").GetArrayLength());
        Assert.All(chinese.GetProperty("errors").EnumerateArray(), e => Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", e.GetProperty("message").GetString()!));
        Assert.Equal("done", (await client.Import("bad.csv", csv, ("skip_bad", "true"))).GetProperty("state").GetString());
    }

    [Fact]
    public async Task One_activity_is_recorded_once_under_its_key_and_corrected()
    {
        using var client = await ApiClient.Administrator(server);
        await client.Site("ONE");
        var body = new { site = "ONE", source = "Boiler", activity = "fuel.diesel", start = "2023-01-01", end = "2023-01-31", quantity = 2.5, unit = "t", region = "CN-GD", quality = "measured" };
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var (status, first) = await client.Send(HttpMethod.Post, "/activities", JsonContent.Create(body), headers: key);
        var (_, second) = await client.Send(HttpMethod.Post, "/activities", JsonContent.Create(body), headers: key);
        Assert.Equal(201, status);
        Assert.Equal(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        Assert.Equal(422, (await client.Send(HttpMethod.Post, "/activities", JsonContent.Create(body with { quantity = 3.0 }), headers: key)).Status);

        var id = first.GetProperty("id").GetString();
        var (_, values) = await client.Get($"/activities/{id}/values");
        Assert.Equal("2.5", values.GetProperty("quantity").GetString());
        Assert.Equal(422, (await client.Post($"/activities/{id}/corrections", new { activity = body })).Status);
        var (correctedStatus, corrected) = await client.Post($"/activities/{id}/corrections", new { reason = "weighed again", activity = body with { quantity = 2.25 } });
        Assert.Equal(201, correctedStatus);
        Assert.Equal(id, corrected.GetProperty("corrects").GetString());
        var (_, corrections) = await client.Get("/corrections");
        Assert.Contains(corrections.GetProperty("items").EnumerateArray(), c => c.GetProperty("before").GetProperty("id").GetString() == id && c.GetProperty("reason").GetString() == "weighed again");
        Assert.Equal(404, (await client.Get("/activities/not-an-id")).Status);
    }

    [Fact]
    public async Task A_role_that_lacks_the_right_is_403_and_another_tenant_is_404()
    {
        using var client = await ApiClient.Administrator(server);
        var site = await client.Site("OWN");
        await client.Import("own.csv", ApiClient.Csv(ApiClient.Power("OWN", 1, 5)));
        using var viewer = await ApiClient.Person(server, 1, Role.Viewer);
        var (status, refused) = await viewer.Upload("/activities/imports", "x.csv", ApiClient.Csv(ApiClient.Power("OWN", 2, 5)));
        Assert.Equal(403, status);
        Assert.Equal(403, refused.GetProperty("status").GetInt32());
        Assert.Equal(403, (await viewer.Post("/editions", new { })).Status);
        Assert.Equal(403, (await viewer.Get("/book/check")).Status);
        Assert.Equal(200, (await viewer.Get($"/statement?node={site}&from=2023-01&to=2023-12")).Status);

        var tenant = (await server.Services.GetRequiredService<Tenants>().Add("Other", "另一家", Stop)).Value;
        using var stranger = await ApiClient.Person(server, tenant.Id, Role.Administrator);
        var (_, mine) = await client.Get($"/activities?node={site}");
        var id = mine.GetProperty("items")[0].GetProperty("id").GetString();
        foreach (var path in new[] { $"/organisation/{site}", $"/statement?node={site}&from=2023-01&to=2023-12", $"/activities/{id}", $"/activities/{id}/explanation", $"/batches/{id!.Split(':')[0]}", "/editions/1", $"/sources?node={site}" })
        {
            Assert.Equal((path, 404), (path, (await stranger.Get(path)).Status));
        }

        Assert.Equal(0, (await stranger.Get("/organisation")).Body.GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await stranger.Get("/postings")).Body.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Evidence_comes_back_byte_for_byte_as_a_file_to_save()
    {
        using var client = await ApiClient.Administrator(server);
        var (status, file) = await client.Upload("/evidence", "../bill.html", "<script>alert(1)</script>");
        Assert.Equal(201, status);
        Assert.Equal("bill.html", file.GetProperty("name").GetString());
        using var answer = await client.Raw($"/evidence/{file.GetProperty("hash").GetString()}");
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.NotEqual("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("<script>alert(1)</script>", await answer.Content.ReadAsStringAsync(Stop));
        using var viewer = await ApiClient.Person(server, 1, Role.Viewer);
        Assert.Equal(403, (await viewer.Get($"/evidence/{file.GetProperty("hash").GetString()}")).Status);
    }

    [Fact]
    public async Task The_catalogue_and_the_library_answer_in_both_scripts()
    {
        using var client = await ApiClient.Administrator(server);
        Assert.Contains((await client.Get("/activity-types?text=" + Uri.EscapeDataString("柴油"))).Body.EnumerateArray(), t => t.GetProperty("code").GetString() == "fuel.diesel");
        Assert.Contains((await client.Get("/regions?text=Guangdong")).Body.EnumerateArray(), r => r.GetProperty("code").GetString() == "CN-GD");
        Assert.Contains((await client.Get("/units?text=kWh")).Body.EnumerateArray(), u => u.GetProperty("code").GetString() == "kWh");
        Assert.Equal(29.8, (await client.Get("/gases")).Body.EnumerateArray().First(g => g.GetProperty("code").GetString() == "ch4_fossil").GetProperty("gwp").GetProperty("AR6").GetDouble());
        var (_, hits) = await client.Get("/factors?limit=1&region=CN-GD&text=" + Uri.EscapeDataString("电"));
        var id = hits.GetProperty("items")[0].GetProperty("id").GetString()!;
        Assert.Equal(id, (await client.Get("/factors/" + Uri.EscapeDataString(id))).Body.GetProperty("id").GetString());
        Assert.Equal(404, (await client.Get("/factors/nothing")).Status);
        Assert.NotEqual(0, (await client.Get("/factor-packs")).Body.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_request_from_another_sites_page_changes_nothing()
    {
        using var client = await ApiClient.Administrator(server);
        foreach (var header in new[] { ("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site") })
        {
            var (status, refused) = await client.Send(HttpMethod.Post, "/organisation", JsonContent.Create(new { kind = "company", code = "X", name_en = "X", name_zh = "X" }), headers: header);
            Assert.Equal(403, status);
            Assert.Equal("other_site", refused.GetProperty("errors")[0].GetProperty("code").GetString());
        }

        Assert.Equal(400, (await client.Send(HttpMethod.Post, "/organisation", new StringContent("{\"kind\":", System.Text.Encoding.UTF8, "application/json"))).Status);
        Assert.Equal(415, (await client.Send(HttpMethod.Post, "/organisation", new StringContent("x=1", System.Text.Encoding.UTF8, "text/plain"))).Status);
        Assert.Equal(405, (await client.Send(HttpMethod.Put, "/organisation", null)).Status);
        Assert.Equal(404, (await client.Get("/nothing")).Status);
        Assert.Equal(422, (await client.Send(HttpMethod.Post, "/activities/imports", new StringContent("x", System.Text.Encoding.UTF8, "text/plain"))).Status);
    }

    private static IEnumerable<string> Kinds(JsonElement node)
    {
        if (node.GetProperty("source") is { ValueKind: JsonValueKind.Object } source)
        {
            yield return source.GetProperty("kind").GetString()!;
        }

        foreach (var kind in node.GetProperty("children").EnumerateArray().SelectMany(Kinds))
        {
            yield return kind;
        }
    }
}
