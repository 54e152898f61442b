using System.Text;
using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Automation;

/// <summary>
/// From what happened to what arrives, for the platform itself. The audit log is the outbox: its row was written in the transaction of what happened, so reading it on
/// from where one stopped misses nothing, whatever dies between. Several servers may read at once; the cursor lets one of them write.
/// </summary>
public sealed class WebhookQueue(Db db, Audit audit, JobBoard board, Webhooks webhooks, TimeProvider time, WebhookSettings settings)
{
    /// <summary>The kind of job that sends one delivery.</summary>
    public const string Kind = "webhook.delivery";

    /// <summary>Deliveries given up in a row after which a webhook is switched off.</summary>
    public const int MostFailures = 3;

    private const int AtOnce = 200;
    private const int LongestAnswer = 2000;

    /// <summary>Waits between tries: ten tries over a day.</summary>
    internal static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
        TimeSpan.FromHours(8), TimeSpan.FromHours(8),
    ];

    /// <summary>Tenants whose log went on since it was last read, where a webhook listens.</summary>
    public Task<List<long>> Tenants(CancellationToken ct) => db.Read(WebhookStore.Behind, ct);

    /// <summary>Reads the tenant's log on and makes the deliveries.</summary>
    /// <param name="sees">Whether a caller who sees no more than the webhook's part of the organisation may see what happened.</param>
    /// <returns>Deliveries made.</returns>
    public async Task<int> ReadOn(long tenant, Func<Caller, WebhookEvent, Task<bool>> sees, CancellationToken ct)
    {
        var (from, to, events, listening) = await db.Read(tx => WebhookStore.News(tx, tenant, AtOnce), ct);
        var wanted = new List<(Webhook, WebhookEvent)>();
        foreach (var (webhook, path) in listening)
        {
            var eyes = new Caller(tenant, 0, "webhook", Role.Administrator, path, Language.English);
            foreach (var happened in events.Where(e => e.Seq > webhook.Since && webhook.Events.Contains(e.Name)))
            {
                if (await sees(eyes, happened))
                {
                    wanted.Add((webhook, happened));
                }
            }
        }

        var made = await db.Write(
            tx =>
            {
                var now = time.GetUtcNow();
                if (!WebhookStore.Advance(tx, tenant, from, to))
                {
                    return 0;
                }

                var count = 0;
                foreach (var (webhook, e) in wanted)
                {
                    if (WebhookStore.AddDelivery(tx, webhook, e.Name, $"audit/{e.Seq}", Webhooks.Body(e.Seq, e.Name, e.At, e.Subject, More(e)), now) is { } delivery)
                    {
                        webhooks.Send(tx, tenant, delivery, now);
                        count++;
                    }
                }

                return count;
            },
            ct);
        if (made > 0)
        {
            board.Announce();
        }

        return made;
    }

    /// <summary>Whether the part of the organisation that a job works for lies in the caller's.</summary>
    public Task<bool> SeesJob(Caller eyes, long job, CancellationToken ct) => db.Read(tx => WebhookStore.SeesJob(tx, eyes, job), ct);

    /// <summary>What is to be sent for a delivery; null where it has arrived, was given up, or nobody listens any more.</summary>
    public Task<WebhookOrder?> Order(long delivery, CancellationToken ct) => db.Read(
        tx => WebhookStore.Order(tx, delivery, time.GetUtcNow()) is var (url, name, body, secrets)
            ? new WebhookOrder(delivery, new Uri(url), name, body, [.. secrets.Select(s => Encoding.UTF8.GetString(settings.Open(s)))])
            : null,
        ct);

    /// <summary>Records what came of a try, ends the job that made it, and puts the next try on the board, all at once.</summary>
    /// <param name="status">Status of the answer; null where none came.</param>
    public Task Tried(JobLease lease, long delivery, int? status, string answer, CancellationToken ct) => db.Write(
        tx =>
        {
            board.FinishIn(tx, lease, JobEnd.Done("{}"));
            var now = time.GetUtcNow();
            var attempts = WebhookStore.Attempts(tx, delivery) + 1;
            var arrived = status is >= 200 and < 300;
            var next = !arrived && attempts <= Waits.Length ? now + Waits[attempts - 1] : (DateTimeOffset?)null;
            var state = arrived ? DeliveryState.Arrived : next is null ? DeliveryState.GivenUp : DeliveryState.OnItsWay;
            WebhookStore.Tried(tx, delivery, state, attempts, status, new string([.. answer.Where(c => c != '\0').Take(LongestAnswer)]), now, next);
            if (next is { } due)
            {
                webhooks.Send(tx, lease.Job.Tenant, delivery, due);
            }
            else if (WebhookStore.Count(tx, delivery, arrived, MostFailures) is { } off)
            {
                audit.Write(tx, Caller.System(lease.Job.Tenant), "webhook.off", $"webhook/{off}", ("failures", $"{MostFailures}"));
            }
        },
        ct);

    /// <summary>Ends a delivery that nobody waits for any more: its webhook was paused, switched off or taken away.</summary>
    public Task Drop(JobLease lease, long delivery, CancellationToken ct) => db.Write(
        tx =>
        {
            board.FinishIn(tx, lease, JobEnd.Done("{}"));
            WebhookStore.Drop(tx, delivery, time.GetUtcNow());
        },
        ct);

    /// <summary>What a message says beside the subject: of a job its kind and how it ended.</summary>
    private static Dictionary<string, string> More(WebhookEvent e)
    {
        if (e.Name != "job.finished")
        {
            return [];
        }

        using var detail = JsonDocument.Parse(e.Detail);
        return detail.RootElement.EnumerateObject().Where(p => p.Name is "kind" or "state" && p.Value.ValueKind == JsonValueKind.String).ToDictionary(p => p.Name, p => p.Value.GetString()!);
    }
}
