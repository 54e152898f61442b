using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Api;

/// <summary>Requests that name themselves: done once, answered alike, whatever happens between.</summary>
public sealed class IdempotencyTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_request_again_gives_the_same_answer_and_another_content_is_refused()
    {
        using var client = await ApiClient.Administrator(server);
        var key = Guid.NewGuid().ToString();
        var (status, first) = await Add(client, "IDEM", key);
        Assert.Equal(201, status);
        var (again, second) = await Add(client, "IDEM", key);
        Assert.Equal((201, first.GetRawText()), (again, second.GetRawText()));
        Assert.Equal(409, (await Add(client, "IDEM", Guid.NewGuid().ToString())).Status);
        var (reused, refused) = await Add(client, "OTHER", key);
        Assert.Equal((422, "idempotency_key_reused"), (reused, Code(refused)));
        Assert.Equal((422, "idempotency_key_invalid"), ((await Add(client, "LONG", new string('k', 201))).Status, Code((await Add(client, "LONG", new string('k', 201))).Body)));

        // A key is its caller's own, and a refused request leaves it free.
        using var other = await ApiClient.Person(server, 1, Role.Administrator);
        Assert.Equal(409, (await Add(other, "IDEM", key)).Status);
        var free = Guid.NewGuid().ToString();
        Assert.Equal(422, (await Add(client, "", free)).Status);
        Assert.Equal(201, (await Add(client, "FREE", free)).Status);
    }

    [Fact]
    public async Task Many_at_the_same_moment_have_one_effect()
    {
        using var client = await ApiClient.Administrator(server);
        var key = Guid.NewGuid().ToString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Add(client, "ONCE", key)));
        Assert.All(answers, a => Assert.True(a.Status == 201 || (a.Status == 409 && Code(a.Body) == "idempotency_in_progress"), $"{a.Status} {a.Body}"));
        Assert.Single(answers.Where(a => a.Status == 201).Select(a => a.Body.GetProperty("id").GetInt64()).Distinct());
        Assert.Equal(201, (await Add(client, "ONCE", key)).Status);
    }

    [Fact]
    public async Task An_upload_is_the_same_whatever_the_border_between_its_parts()
    {
        using var client = await ApiClient.Administrator(server);
        await client.Site("UPL");
        var key = Guid.NewGuid().ToString();
        var first = await Upload(client, key, ApiClient.Csv(ApiClient.Power("UPL", 1, 10)));
        var second = await Upload(client, key, ApiClient.Csv(ApiClient.Power("UPL", 1, 10)));
        Assert.Equal((202, first.Body.GetProperty("id").GetInt64()), (second.Status, second.Body.GetProperty("id").GetInt64()));
        Assert.Equal("idempotency_key_reused", Code((await Upload(client, key, ApiClient.Csv(ApiClient.Power("UPL", 1, 11)))).Body));
    }

    [Fact]
    public async Task An_answer_with_a_secret_is_kept_nowhere_and_the_secret_made_once()
    {
        using var client = await ApiClient.Administrator(server);
        var key = Guid.NewGuid().ToString();
        var body = new { name = "logger", rights = new[] { "ReadFigures" }, last_day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(9)) };
        var (status, made) = await client.Send(HttpMethod.Post, "/tokens", JsonContent.Create(body), "en", ("Idempotency-Key", key));
        Assert.Equal(201, status);
        var (again, refused) = await client.Send(HttpMethod.Post, "/tokens", JsonContent.Create(body), "en", ("Idempotency-Key", key));
        Assert.Equal((409, "idempotency_done_before"), (again, Code(refused)));
        Assert.Contains($"token/{made.GetProperty("about").GetProperty("id").GetInt64()}", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await server.Services.GetRequiredService<Db>().Read(tx => tx.Scalar($"SELECT count(*) FROM idempotency_key WHERE key = {key} AND state = 1"), Stop));
    }

    [Fact]
    public async Task After_a_restart_the_answer_is_still_there_and_after_a_crash_nothing_is_done_twice()
    {
        await using var before = new TestServer { Quick = true };
        var answered = Guid.NewGuid().ToString();
        var crashed = Guid.NewGuid().ToString();
        var never = Guid.NewGuid().ToString();
        string first;
        using (var client = await ApiClient.Administrator(before))
        {
            first = (await Add(client, "KEPT", answered)).Body.GetRawText();
            Assert.Equal(201, (await Add(client, "CRASH", crashed)).Status);
            Assert.Equal(201, (await Add(client, "NEVER", never)).Status);
            var db = before.Services.GetRequiredService<Db>();

            // As the server leaves it that dies between the change and its answer, and as one leaves it that dies before the change.
            await db.Write(tx => tx.Execute($"UPDATE idempotency_key SET state = 0, until_at = {TimeProvider.System.GetUtcNow()} WHERE key IN {Sql.In([crashed, never])}"), Stop);
            await db.Write(tx => tx.Execute($"UPDATE idempotency_key SET request = {"another"} WHERE key = {never}"), Stop);
            await db.Write(tx => tx.Execute($"DELETE FROM node WHERE code = {"NEVER"}"), Stop);
        }

        var person = before.Services.GetRequiredService<Book>().First!;
        await using var after = await before.Restarted();
        using var later = new ApiClient(after);
        Assert.Equal(200, (await later.Post("/session", new { email = person.Email, password = person.Password })).Status);
        Assert.Equal(first, (await Add(later, "KEPT", answered)).Body.GetRawText());
        var (status, refused) = await Add(later, "CRASH", crashed);
        Assert.Equal((409, "idempotency_done_before"), (status, Code(refused)));
        Assert.Contains("node/", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(201, (await Add(later, "NEVER", never)).Status);
    }

    private static string? Code(JsonElement body) => body.GetProperty("errors")[0].GetProperty("code").GetString();

    private static Task<(int Status, JsonElement Body)> Add(ApiClient client, string code, string key) => client.Send(
        HttpMethod.Post, "/organisation", JsonContent.Create(new { kind = "company", code, name_en = "Company " + code, name_zh = "公司" + code }), "en", ("Idempotency-Key", key));

    private static async Task<(int Status, JsonElement Body)> Upload(ApiClient client, string key, string csv)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(csv)), "file", "bill.csv" } };
        return await client.Send(HttpMethod.Post, "/activities/imports", form, "en", ("Idempotency-Key", key));
    }
}
