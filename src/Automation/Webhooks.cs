using System.Text;
using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Automation;

/// <summary>
/// Addresses that the platform calls when something happens, each for one part of the organisation. All verbs need <see cref="Right.ManageWebhooks"/> over that part.
/// </summary>
public sealed class Webhooks(Db db, Audit audit, JobBoard board, TimeProvider time, WebhookSettings settings)
{
    public const int LongestPage = 200;

    /// <summary>How long the secret before still signs beside the new one.</summary>
    public static readonly TimeSpan BothSecrets = TimeSpan.FromHours(24);

    public async Task<Outcome<IReadOnlyList<Webhook>>> List(Caller caller, CancellationToken ct) => caller.May(Right.ManageWebhooks)
        ? Outcome<IReadOnlyList<Webhook>>.Done(await db.Read(tx => WebhookStore.List(tx, caller), ct))
        : Refusal.NotPermitted();

    public async Task<Outcome<Webhook>> Find(Caller caller, long id, CancellationToken ct) => caller.May(Right.ManageWebhooks)
        ? await db.Read(tx => WebhookStore.Find(tx, caller, id), ct) is { } webhook ? webhook : Refusal.NotFound($"webhook/{id}")
        : Refusal.NotPermitted();

    /// <summary>Makes a webhook; what happens from now on is told.</summary>
    public async Task<Outcome<MadeWebhook>> Add(Caller caller, NewWebhook draft, CancellationToken ct)
    {
        if (!caller.May(Right.ManageWebhooks))
        {
            return Refusal.NotPermitted();
        }

        if (Problems(draft) is { Count: > 0 } problems)
        {
            return Outcome<MadeWebhook>.Refused(problems);
        }

        var secret = WebhookSignature.NewSecret();
        var kept = settings.Seal(Encoding.UTF8.GetBytes(secret));
        return await db.Write<Outcome<MadeWebhook>>(
            tx =>
            {
                var node = draft.Node ?? caller.Node;
                if (!WebhookStore.Sees(tx, caller, node))
                {
                    return Refusal.NotFound($"node/{node}");
                }

                if (WebhookStore.Count(tx, caller.Tenant) >= Webhook.Most)
                {
                    return new Problem("webhook_too_many", Args: [$"{Webhook.Most}"]);
                }

                var id = WebhookStore.Insert(tx, caller, draft with { Name = draft.Name.Trim() }, node, kept, time.GetUtcNow());
                audit.Write(tx, caller, "webhook.add", $"webhook/{id}", ("name", draft.Name.Trim()), ("url", draft.Url), ("events", string.Join(' ', draft.Events)), ("node", $"node/{node}"));
                return new MadeWebhook(WebhookStore.Find(tx, caller, id)!, secret);
            },
            ct);
    }

    /// <summary>Gives it another name, address, list of events; pauses it, or goes on. Its part of the organisation stays.</summary>
    /// <param name="paused">True pauses, false goes on (also after failures), null leaves it.</param>
    public Task<Outcome<Webhook>> Change(Caller caller, long id, string? name, string? url, IReadOnlyList<string>? events, bool? paused, CancellationToken ct) => Changed(
        caller, id,
        (tx, before) =>
        {
            var draft = new NewWebhook(name ?? before.Name, url ?? before.Url, events ?? before.Events, before.Node);
            if (Problems(draft) is { Count: > 0 } problems)
            {
                return Outcome<Webhook>.Refused(problems);
            }

            var state = paused switch { true => WebhookState.Paused, false => WebhookState.Active, null => before.State };
            WebhookStore.Update(tx, before with { Name = draft.Name.Trim(), Url = draft.Url, Events = draft.Events, State = state, Failures = state == WebhookState.Active ? 0 : before.Failures });
            audit.Write(
                tx, caller, "webhook.change", $"webhook/{id}", ("name", draft.Name.Trim()), ("url", draft.Url), ("events", string.Join(' ', draft.Events)), ("state", state.ToString()));
            return WebhookStore.Find(tx, caller, id)!;
        },
        ct);

    /// <summary>Gives it a new secret; the one before signs beside it for a day, so that a receiver can change over.</summary>
    public async Task<Outcome<MadeWebhook>> Rotate(Caller caller, long id, CancellationToken ct)
    {
        var secret = WebhookSignature.NewSecret();
        var changed = await Changed(
            caller, id,
            (tx, before) =>
            {
                WebhookStore.Rotate(tx, id, settings.Seal(Encoding.UTF8.GetBytes(secret)), time.GetUtcNow() + BothSecrets);
                audit.Write(tx, caller, "webhook.rotate", $"webhook/{id}", ("name", before.Name));
                return before;
            },
            ct);
        return changed.Ok ? new MadeWebhook(changed.Value, secret) : Outcome<MadeWebhook>.Refused(changed.Problems);
    }

    /// <summary>Takes it away; nothing more is sent.</summary>
    public Task<Outcome<Webhook>> Remove(Caller caller, long id, CancellationToken ct) => Changed(
        caller, id,
        (tx, before) =>
        {
            WebhookStore.Remove(tx, id, time.GetUtcNow());
            audit.Write(tx, caller, "webhook.remove", $"webhook/{id}", ("name", before.Name), ("url", before.Url));
            return before;
        },
        ct);

    /// <summary>Sends a test message.</summary>
    public async Task<Outcome<WebhookDelivery>> Ping(Caller caller, long id, CancellationToken ct)
    {
        long delivery = 0;
        var found = await Changed(
            caller, id,
            (tx, before) =>
            {
                var now = time.GetUtcNow();
                delivery = WebhookStore.AddDelivery(tx, before, WebhookEvents.Ping, $"ping/{Guid.NewGuid():N}", Body(0, WebhookEvents.Ping, now, $"webhook/{id}", new Dictionary<string, string>()), now)!.Value;
                Send(tx, before.Tenant, delivery, now);
                audit.Write(tx, caller, "webhook.ping", $"webhook/{id}", ("name", before.Name));
                return before;
            },
            ct);
        board.Announce();
        return found.Ok ? (await db.Read(tx => WebhookStore.Delivery(tx, caller.Tenant, id, delivery), ct))! : Outcome<WebhookDelivery>.Refused(found.Problems);
    }

    /// <summary>Its deliveries with what came back, newest first.</summary>
    public async Task<Outcome<DeliveryPage>> Deliveries(Caller caller, long id, DeliveryState? state, long? before, int take, CancellationToken ct)
    {
        var webhook = await Find(caller, id, ct);
        if (!webhook.Ok)
        {
            return Outcome<DeliveryPage>.Refused(webhook.Problems);
        }

        var rows = Math.Clamp(take, 1, LongestPage);
        var found = await db.Read(tx => WebhookStore.Deliveries(tx, caller.Tenant, id, state, before ?? long.MaxValue, rows + 1), ct);
        return found.Count > rows ? new DeliveryPage(found[..rows], found[rows - 1].Id) : new DeliveryPage(found, null);
    }

    /// <summary>Sends a delivery that was given up, or has arrived, once more: the same message under the same number.</summary>
    public async Task<Outcome<WebhookDelivery>> Redeliver(Caller caller, long id, long delivery, CancellationToken ct)
    {
        Problem? refused = null;
        var found = await Changed(
            caller, id,
            (tx, before) =>
            {
                if (WebhookStore.Delivery(tx, caller.Tenant, id, delivery) is not { } known)
                {
                    return Refusal.NotFound($"delivery/{delivery}");
                }

                if (known.State == DeliveryState.OnItsWay)
                {
                    refused = new Problem("delivery_on_its_way", Found: $"{delivery}");
                    return refused;
                }

                var now = time.GetUtcNow();
                WebhookStore.Again(tx, delivery, now);
                Send(tx, before.Tenant, delivery, now);
                audit.Write(tx, caller, "webhook.redeliver", $"webhook/{id}", ("delivery", $"{delivery}"));
                return before;
            },
            ct);
        board.Announce();
        return found.Ok ? (await db.Read(tx => WebhookStore.Delivery(tx, caller.Tenant, id, delivery), ct))! : Outcome<WebhookDelivery>.Refused(found.Problems);
    }

    /// <summary>The message: what happened, to what, when. It holds no figure; whoever may see them reads them under the address.</summary>
    internal static string Body(long seq, string name, DateTimeOffset at, string subject, IReadOnlyDictionary<string, string> more) => JsonSerializer.Serialize(
        new SortedDictionary<string, object>(more.ToDictionary(m => m.Key, m => (object)m.Value), StringComparer.Ordinal)
        {
            ["version"] = WebhookEvents.Version,
            ["number"] = seq,
            ["event"] = name,
            ["at"] = at,
            ["subject"] = subject,
        });

    /// <summary>Puts the sending of a delivery on the board.</summary>
    internal void Send(Tx tx, long tenant, long delivery, DateTimeOffset due) =>
        board.Put(tx, Caller.System(tenant), new NewJob(WebhookQueue.Kind, Right.ManageWebhooks, $"webhook delivery {delivery}", $"{{\"delivery\":{delivery}}}", Quiet: true, due));

    private async Task<Outcome<Webhook>> Changed(Caller caller, long id, Func<Tx, Webhook, Outcome<Webhook>> change, CancellationToken ct) => caller.May(Right.ManageWebhooks)
        ? await db.Write(tx => WebhookStore.Find(tx, caller, id) is { } before ? change(tx, before) : Refusal.NotFound($"webhook/{id}"), ct)
        : Refusal.NotPermitted();

    private List<Problem> Problems(NewWebhook draft)
    {
        var problems = new List<Problem>();
        if (draft.Name.Trim() is not { Length: > 0 and <= Webhook.LongestName } name || name.Any(char.IsControl))
        {
            problems.Add(new Problem("webhook_name_invalid", Column: "name", Found: draft.Name, Args: [$"{Webhook.LongestName}"]));
        }

        if (draft.Url.Length > Webhook.LongestUrl || !Uri.TryCreate(draft.Url, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            problems.Add(new Problem("webhook_url_invalid", Column: "url", Found: draft.Url));
        }
        else if (settings.Refuses(url) is { } refused)
        {
            problems.Add(refused with { Column = "url" });
        }

        if (draft.Events.Count == 0 || draft.Events.FirstOrDefault(e => !WebhookEvents.All.Contains(e)) is not null)
        {
            problems.Add(new Problem("webhook_events_invalid", Column: "events", Found: string.Join(' ', draft.Events), Args: [string.Join(", ", WebhookEvents.All)]));
        }

        return problems;
    }
}
