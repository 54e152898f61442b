using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Automation;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Server.Jobs;
using Tanlu.Server.Tests.Api;
using Tanlu.Server.Tests.Hosting;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Jobs;

/// <summary>From what happens over the interface to a receiver that checks the signature.</summary>
public sealed class WebhookTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happens_arrives_signed_and_holds_no_figure()
    {
        var heard = new ConcurrentQueue<string>();
        using var receiver = new Listener(request =>
        {
            heard.Enqueue(request);
            return "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nthanks";
        });
        await using var server = Server(receiver);
        using var client = await ApiClient.Administrator(server);
        var site = await client.Site("HOOK");
        var (status, made) = await client.Post("/webhooks", new { name = "ERP", url = receiver.Url.ToString(), events = new[] { "batch.sealed", "edition.made", "job.finished", "activity.corrected" } });
        Assert.Equal(201, status);
        var secret = made.GetProperty("secret").GetString()!;
        var id = made.GetProperty("about").GetProperty("id").GetInt64();
        Assert.DoesNotContain(secret, (await client.Get($"/webhooks/{id}")).Body.GetRawText(), StringComparison.Ordinal);
        var kept = await server.Services.GetRequiredService<Db>().Read(tx => tx.First($"SELECT secret FROM webhook WHERE id = {id}", r => r.Bytes(0)), Stop);
        Assert.DoesNotContain(secret, System.Text.Encoding.UTF8.GetString(kept!), StringComparison.Ordinal);

        var job = await client.Import("hook.csv", ApiClient.Csv(ApiClient.Power("HOOK", 1, 7_654_321)));
        var batch = job.GetProperty("result").GetProperty("batch").GetInt64();
        await client.Post($"/activities/{batch}:2/corrections", new { reason = "billed twice" });
        var deliveries = await Deliveries(client, id, d => d.Count(x => x.GetProperty("state").GetString() == "arrived") == 3);
        Assert.Equal(["activity.corrected", "batch.sealed", "job.finished"], deliveries.Select(d => d.GetProperty("event").GetString()).Order(StringComparer.Ordinal));
        Assert.All(deliveries, d => Assert.Equal((200, "thanks"), (d.GetProperty("status").GetInt32(), d.GetProperty("answer").GetString())));
        foreach (var request in heard)
        {
            var (headers, body) = Parts(request);
            Assert.True(WebhookSignature.Holds(headers["Tanlu-Signature"], secret, body, TimeProvider.System.GetUtcNow()), request);
            Assert.False(WebhookSignature.Holds(headers["Tanlu-Signature"], secret, body + " ", TimeProvider.System.GetUtcNow()));
            Assert.False(WebhookSignature.Holds(headers["Tanlu-Signature"], secret, body, TimeProvider.System.GetUtcNow().AddMinutes(6)));
            Assert.DoesNotContain("7654321", body, StringComparison.Ordinal);
            Assert.DoesNotContain("HOOK", body, StringComparison.Ordinal);
        }

        // A new secret: for a day both sign.
        var (_, rotated) = await client.Post($"/webhooks/{id}/secret", null);
        Assert.Equal(200, (await client.Post($"/webhooks/{id}/ping", null)).Status);
        await Deliveries(client, id, d => d.Count(x => x.GetProperty("state").GetString() == "arrived") == 4);
        var (last, ping) = Parts(heard.Last());
        Assert.Equal("ping", last["Tanlu-Event"]);
        foreach (var one in new[] { secret, rotated.GetProperty("secret").GetString()! })
        {
            Assert.True(WebhookSignature.Holds(last["Tanlu-Signature"], one, ping, TimeProvider.System.GetUtcNow()));
        }
    }

    [Fact]
    public async Task A_webhook_hears_only_of_its_part_of_the_organisation()
    {
        using var receiver = new Listener(_ => "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        await using var server = Server(receiver);
        using var client = await ApiClient.Administrator(server);
        var here = await client.Site("HERE");
        await client.Site("AWAY");
        var (_, made) = await client.Post("/webhooks", new { name = "here", url = receiver.Url.ToString(), events = WebhookEvents.All, node = here });
        var id = made.GetProperty("about").GetProperty("id").GetInt64();
        await client.Import("away.csv", ApiClient.Csv(ApiClient.Power("AWAY", 1, 1)));
        var import = await client.Import("here.csv", ApiClient.Csv(ApiClient.Power("HERE", 1, 1)));
        await Deliveries(client, id, d => d.Count > 0);
        await server.Services.GetRequiredService<EventWatch>().Look(Stop);
        var only = Assert.Single(await Deliveries(client, id, d => d.Count > 0));
        Assert.Contains($"batch/{import.GetProperty("result").GetProperty("batch").GetInt64()}\"", only.GetProperty("body").GetString()!, StringComparison.Ordinal);

        using var other = await ApiClient.Person(server, 1, Role.Administrator, here);
        Assert.Equal(200, (await other.Get($"/webhooks/{id}")).Status);
        var (_, wide) = await client.Post("/webhooks", new { name = "all", url = receiver.Url.ToString(), events = WebhookEvents.All });
        Assert.Equal(404, (await other.Get($"/webhooks/{wide.GetProperty("about").GetProperty("id").GetInt64()}")).Status);
        Assert.Single((await other.Get("/webhooks")).Body.GetProperty("items").EnumerateArray());
        using var viewer = await ApiClient.Person(server, 1, Role.Viewer);
        Assert.Equal(403, (await viewer.Get("/webhooks")).Status);
    }

    [Fact]
    public async Task An_address_inside_is_refused_when_it_is_given()
    {
        await using var server = new TestServer { Quick = true };
        using var client = await ApiClient.Administrator(server);
        foreach (var url in new[] { "https://169.254.169.254/latest/meta-data", "https://localhost/", "http://example.com/", "https://example.com:8443/", "https://0x7f.1/", "nonsense", "https://a:b@example.com/" })
        {
            var (status, refused) = await client.Post("/webhooks", new { name = "x", url, events = new[] { "batch.sealed" } });
            Assert.Equal((422, "url"), (status, refused.GetProperty("errors")[0].GetProperty("column").GetString()));
        }
    }

    [Fact]
    public async Task What_does_not_arrive_is_tried_again_and_can_be_sent_again()
    {
        var working = false;
        using var receiver = new Listener(_ => working ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" : "HTTP/1.1 503 Down\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndown");
        await using var server = Server(receiver);
        using var client = await ApiClient.Administrator(server);
        var (_, made) = await client.Post("/webhooks", new { name = "down", url = receiver.Url.ToString(), events = new[] { "edition.made" } });
        var id = made.GetProperty("about").GetProperty("id").GetInt64();
        var (_, ping) = await client.Post($"/webhooks/{id}/ping", null);
        var tried = Assert.Single(await Deliveries(client, id, d => d[0].GetProperty("attempts").GetInt32() == 1));
        Assert.Equal(("on_its_way", 503, "down"), (tried.GetProperty("state").GetString(), tried.GetProperty("status").GetInt32(), tried.GetProperty("answer").GetString()));
        Assert.True(tried.GetProperty("next_at").GetDateTimeOffset() > tried.GetProperty("tried_at").GetDateTimeOffset() + TimeSpan.FromSeconds(25));
        var delivery = ping.GetProperty("id").GetInt64();
        Assert.Equal(409, (await client.Post($"/webhooks/{id}/deliveries/{delivery}/redeliver", null)).Status);

        // The day is over.
        await server.Services.GetRequiredService<Db>().Write(tx => tx.Execute($"UPDATE webhook_delivery SET attempts = 9 WHERE id = {delivery}"), Stop);
        await server.Services.GetRequiredService<Db>().Write(tx => tx.Execute($"UPDATE job SET due_at = queued_at WHERE state = 0 AND kind = {WebhookQueue.Kind}"), Stop);
        await Deliveries(client, id, d => d[0].GetProperty("state").GetString() == "given_up");
        working = true;
        Assert.Equal(200, (await client.Post($"/webhooks/{id}/deliveries/{delivery}/redeliver", null)).Status);
        await Deliveries(client, id, d => d[0].GetProperty("state").GetString() == "arrived");
    }

    private static TestServer Server(Listener receiver) => new() { Quick = true, Settings = new Dictionary<string, string> { ["Tanlu:Outbound:Allow"] = receiver.Url.Authority } };

    private static async Task<IReadOnlyList<JsonElement>> Deliveries(ApiClient client, long id, Func<IReadOnlyList<JsonElement>, bool> enough)
    {
        for (var look = 0; ; look++)
        {
            var (status, page) = await client.Get($"/webhooks/{id}/deliveries");
            Assert.Equal(200, status);
            IReadOnlyList<JsonElement> found = [.. page.GetProperty("items").EnumerateArray()];
            if (enough(found))
            {
                return found;
            }

            Assert.True(look < 400, page.GetRawText());
            await Task.Delay(50, Stop);
        }
    }

    private static (Dictionary<string, string> Headers, string Body) Parts(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return (request[..end].Split("\r\n").Skip(1).Select(h => h.Split(": ", 2)).ToDictionary(h => h[0], h => h[1], StringComparer.OrdinalIgnoreCase), request[(end + 4)..]);
    }
}
