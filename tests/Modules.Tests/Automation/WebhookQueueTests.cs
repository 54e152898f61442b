using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Automation;

/// <summary>The way from the audit log to deliveries on both engines: nothing missed, nothing twice, and an end to trying.</summary>
public sealed class WebhookQueueTests
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);
    private static readonly WebhookSettings Settings = new(b => b, b => b, _ => null);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task Every_event_becomes_one_delivery_also_when_several_servers_read_and_one_dies(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        var (webhooks, queue) = Queue(work);
        await Happens(work, 3);
        var made = await webhooks.Add(work.Estate.System, new NewWebhook("erp", "https://example.com/hook", ["edition.made"], null), Ct).Done();
        await Happens(work, 5);

        // What was before it was made is not told; a server that died before it wrote left the cursor where it was.
        await Assert.ThrowsAsync<InvalidOperationException>(() => queue.ReadOn(work.Estate.Tenant.Id, (_, _) => throw new InvalidOperationException(), Ct));
        var counts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => queue.ReadOn(work.Estate.Tenant.Id, (_, _) => Task.FromResult(true), Ct)));
        Assert.Equal(5, counts.Sum());
        Assert.Empty(await queue.Tenants(Ct));
        var page = await webhooks.Deliveries(work.Estate.System, made.Webhook.Id, null, null, 50, Ct).Done();
        Assert.Equal(["edition/4", "edition/5", "edition/6", "edition/7", "edition/8"], page.Deliveries.Select(d => System.Text.Json.JsonDocument.Parse(d.Body).RootElement.GetProperty("subject").GetString()).Order());
    }

    [Theory, EngineData]
    public async Task A_delivery_is_tried_for_a_day_and_a_webhook_that_hears_nothing_is_switched_off(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        var (webhooks, queue) = Queue(work);
        var id = (await webhooks.Add(work.Estate.System, new NewWebhook("erp", "https://example.com/hook", ["edition.made"], null), Ct).Done()).Webhook.Id;
        for (var lost = 1; lost <= WebhookQueue.MostFailures; lost++)
        {
            await Happens(work, 1);
            await queue.ReadOn(work.Estate.Tenant.Id, (_, _) => Task.FromResult(true), Ct);
            var began = work.Clock.Now;
            var tries = 0;
            while (await work.Board.Take("w", [WebhookQueue.Kind], Hold, Ct) is { } lease)
            {
                var delivery = System.Text.Json.JsonDocument.Parse(lease.Job.Payload).RootElement.GetProperty("delivery").GetInt64();
                Assert.NotNull(await queue.Order(delivery, Ct));
                await queue.Tried(lease, delivery, 500, "broken", Ct);
                tries++;
                var now = (await webhooks.Deliveries(work.Estate.System, id, null, null, 1, Ct).Done()).Deliveries[0];
                work.Clock.Now = now.NextAt ?? work.Clock.Now;
            }

            Assert.Equal(WebhookQueue.Waits.Length + 1, tries);
            Assert.InRange((work.Clock.Now - began).TotalHours, 22, 26);
            Assert.Equal(DeliveryState.GivenUp, (await webhooks.Deliveries(work.Estate.System, id, null, null, 1, Ct).Done()).Deliveries[0].State);
        }

        Assert.Equal(WebhookState.Failed, (await webhooks.Find(work.Estate.System, id, Ct).Done()).State);
        await Happens(work, 1);
        Assert.Empty(await queue.Tenants(Ct));
        Assert.Equal(WebhookState.Active, (await webhooks.Change(work.Estate.System, id, null, null, null, paused: false, Ct).Done()).State);
    }

    [Theory, EngineData]
    public async Task A_worker_that_lost_the_delivery_records_nothing(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        var (webhooks, queue) = Queue(work);
        var id = (await webhooks.Add(work.Estate.System, new NewWebhook("erp", "https://example.com/hook", ["edition.made"], null), Ct).Done()).Webhook.Id;
        var ping = await webhooks.Ping(work.Estate.System, id, Ct).Done();
        var first = (await work.Board.Take("first", [WebhookQueue.Kind], Hold, Ct))!;
        work.Clock.Now += Hold;
        var second = (await work.Board.Take("second", [WebhookQueue.Kind], Hold, Ct))!;
        await Assert.ThrowsAsync<LeaseLost>(() => queue.Tried(first, ping.Id, 500, "late", Ct));
        await queue.Tried(second, ping.Id, 200, "", Ct);
        var end = (await webhooks.Deliveries(work.Estate.System, id, null, null, 1, Ct).Done()).Deliveries[0];
        Assert.Equal((DeliveryState.Arrived, 1), (end.State, end.Attempts));
    }

    [Theory, EngineData]
    public async Task A_webhook_is_managed_where_its_part_lies_and_nowhere_else(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        var (webhooks, _) = Queue(work);
        var here = work.Estate.At(work.Estate.S1);
        var draft = new NewWebhook("here", "https://example.com/hook", ["batch.sealed"], null);
        var id = (await webhooks.Add(here, draft, Ct).Done()).Webhook.Id;
        Assert.Equal(work.Estate.S1.Id, (await webhooks.Find(work.Estate.System, id, Ct).Done()).Node);
        await webhooks.Add(here, draft with { Node = work.Estate.S2.Id }, Ct).Refused("not_found");
        await webhooks.Add(here, draft with { Node = 0 }, Ct).Refused("not_found");
        foreach (var stranger in new[] { work.Estate.At(work.Estate.S2), (await work.Installation.Estate("Another")).System })
        {
            await webhooks.Find(stranger, id, Ct).Refused("not_found");
            await webhooks.Change(stranger, id, "x", null, null, null, Ct).Refused("not_found");
            await webhooks.Rotate(stranger, id, Ct).Refused("not_found");
            await webhooks.Ping(stranger, id, Ct).Refused("not_found");
            await webhooks.Remove(stranger, id, Ct).Refused("not_found");
            await webhooks.Deliveries(stranger, id, null, null, 10, Ct).Refused("not_found");
            Assert.Empty(await webhooks.List(stranger, Ct).Done());
        }

        await webhooks.List(work.Estate.At(work.Estate.S1, Role.DataSteward), Ct).Refused("not_permitted");
        await webhooks.Remove(here, id, Ct).Done();
        await webhooks.Find(here, id, Ct).Refused("not_found");
    }

    private static (Webhooks, WebhookQueue) Queue(Work work)
    {
        var webhooks = new Webhooks(work.Store.Db, work.Installation.Audit, work.Board, work.Clock, Settings);
        return (webhooks, new WebhookQueue(work.Store.Db, work.Installation.Audit, work.Board, webhooks, work.Clock, Settings));
    }

    /// <summary>Editions are made, as the audit log tells it.</summary>
    private static async Task Happens(Work work, int times)
    {
        for (var time = 0; time < times; time++)
        {
            await work.Store.Db.Write(
                tx =>
                {
                    var number = tx.Scalar($"SELECT count(*) FROM audit WHERE verb = {"edition.make"}") + 1;
                    work.Installation.Audit.Write(tx, work.Estate.System, "edition.make", $"edition/{number}");
                },
                Ct);
        }
    }
}
