using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Automation;

/// <summary>The SQL of webhooks. Organisation's tables <c>audit</c>, <c>audit_head</c> and <c>node</c> are read, never written.</summary>
internal static class WebhookStore
{
    private static Sql Columns => Sql.Raw("""
        SELECT w.id, w.tenant, w.node, w.name, w.url, w.events, w.state, w.failures, w.since, w.created_by_name, w.created_at, CASE WHEN w.node = 0 THEN '/' ELSE n.path END
        FROM webhook w LEFT JOIN node n ON n.tenant = w.tenant AND n.id = w.node
        """);

    private static Sql DeliveryColumns => Sql.Raw("SELECT d.id, d.webhook, d.event, d.body, d.state, d.made_at, d.tried_at, d.next_at, d.attempts, d.status, d.answer FROM webhook_delivery d");

    public static List<Webhook> List(Tx tx, Caller caller) => tx.Query($"{Columns} WHERE {Seen(caller)} ORDER BY w.id", Map);

    public static Webhook? Find(Tx tx, Caller caller, long id) => tx.First($"{Columns} WHERE {Seen(caller)} AND w.id = {id}", Map);

    public static long Count(Tx tx, long tenant) => tx.Scalar($"SELECT count(*) FROM webhook WHERE tenant = {tenant} AND removed_at IS NULL");

    /// <summary>Whether the node lies where the caller sees it; 0 is the whole tenant.</summary>
    public static bool Sees(Tx tx, Caller caller, long node) =>
        node == 0 ? caller.SeesWholeTenant : tx.Exists($"SELECT 1 FROM node WHERE tenant = {caller.Tenant} AND id = {node} AND path LIKE {caller.NodePath + "%"}");

    public static long Insert(Tx tx, Caller caller, NewWebhook draft, long node, byte[] secret, DateTimeOffset now)
    {
        var end = tx.Scalar($"SELECT seq FROM audit_head WHERE tenant = {caller.Tenant}");
        tx.Execute($"INSERT INTO webhook_cursor (tenant, seq) VALUES ({caller.Tenant}, {end}) ON CONFLICT (tenant) DO NOTHING");
        return tx.InsertId($"""
            INSERT INTO webhook (tenant, node, name, url, events, secret, state, failures, since, created_by_name, created_at)
            VALUES ({caller.Tenant}, {node}, {draft.Name}, {draft.Url}, {string.Join(' ', draft.Events)}, {secret}, 0, 0, {end}, {caller.Name}, {now})
            """);
    }

    public static void Update(Tx tx, Webhook w) => tx.Execute($"""
        UPDATE webhook SET name = {w.Name}, url = {w.Url}, events = {string.Join(' ', w.Events)}, state = {(int)w.State}, failures = {w.Failures} WHERE id = {w.Id}
        """);

    public static void Rotate(Tx tx, long id, byte[] secret, DateTimeOffset both) =>
        tx.Execute($"UPDATE webhook SET secret_before = secret, secret_before_until = {both}, secret = {secret} WHERE id = {id}");

    public static void Remove(Tx tx, long id, DateTimeOffset now) => tx.Execute($"UPDATE webhook SET removed_at = {now} WHERE id = {id}");

    public static List<WebhookDelivery> Deliveries(Tx tx, long tenant, long webhook, DeliveryState? state, long before, int take) => tx.Query(
        $"""
        {DeliveryColumns} WHERE d.tenant = {tenant} AND d.webhook = {webhook} AND d.id < {before}
        {(state is { } wanted ? (Sql)$"AND d.state = {(int)wanted}" : Sql.Empty)} ORDER BY d.id DESC LIMIT {take}
        """,
        MapDelivery);

    public static WebhookDelivery? Delivery(Tx tx, long tenant, long webhook, long id) =>
        tx.First($"{DeliveryColumns} WHERE d.tenant = {tenant} AND d.webhook = {webhook} AND d.id = {id}", MapDelivery);

    /// <summary>Id of the new delivery; null where the webhook has the event already.</summary>
    public static long? AddDelivery(Tx tx, Webhook webhook, string name, string key, string body, DateTimeOffset now) => tx.First(
        $"""
        INSERT INTO webhook_delivery (tenant, webhook, event, event_key, body, state, made_at, next_at, attempts, answer)
        VALUES ({webhook.Tenant}, {webhook.Id}, {name}, {key}, {body}, 0, {now}, {now}, 0, '') ON CONFLICT (webhook, event_key) DO NOTHING RETURNING id
        """,
        r => (long?)r.Int64(0));

    public static void Again(Tx tx, long delivery, DateTimeOffset now) => tx.Execute($"UPDATE webhook_delivery SET state = 0, attempts = 0, next_at = {now} WHERE id = {delivery}");

    public static List<long> Behind(Tx tx) => tx.Query(
        $"""
        SELECT c.tenant FROM webhook_cursor c JOIN audit_head h ON h.tenant = c.tenant
        WHERE h.seq > c.seq AND EXISTS (SELECT 1 FROM webhook w WHERE w.tenant = c.tenant AND w.state = 0 AND w.removed_at IS NULL)
        """,
        r => r.Int64(0));

    /// <summary>What happened since the cursor, up to where, and who listens, each with the path of its part of the organisation.</summary>
    public static (long From, long To, List<WebhookEvent> Events, List<(Webhook, string Path)> Listening) News(Tx tx, long tenant, int most)
    {
        var from = tx.Scalar($"SELECT seq FROM webhook_cursor WHERE tenant = {tenant}");
        var end = tx.Scalar($"SELECT seq FROM audit_head WHERE tenant = {tenant}");
        var events = tx.Query(
            $"""
            SELECT tenant, seq, at, verb, subject, detail FROM audit WHERE tenant = {tenant} AND seq > {from} AND seq <= {end} AND verb IN {Sql.In(WebhookEvents.ByVerb.Keys)}
            ORDER BY seq LIMIT {most}
            """,
            r => new WebhookEvent(r.Int64(0), r.Int64(1), r.Instant(2), WebhookEvents.ByVerb[r.Text(3)], r.Text(4), r.Text(5)));
        var listening = tx.Query($"{Columns} WHERE w.tenant = {tenant} AND w.state = 0 AND w.removed_at IS NULL", r => (Webhook: Map(r), Path: r.TextOrNull(11)));
        return (from, events.Count == most ? events[^1].Seq : end, events, [.. listening.Where(w => w.Path is not null).Select(w => (w.Webhook, w.Path!))]);
    }

    /// <summary>False where another server has read on meanwhile.</summary>
    public static bool Advance(Tx tx, long tenant, long from, long to) => tx.Execute($"UPDATE webhook_cursor SET seq = {to} WHERE tenant = {tenant} AND seq = {from}") == 1;

    public static bool SeesJob(Tx tx, Caller eyes, long job) => eyes.SeesWholeTenant
        ? tx.Exists($"SELECT 1 FROM job WHERE tenant = {eyes.Tenant} AND id = {job}")
        : tx.Exists($"SELECT 1 FROM job j JOIN node n ON n.tenant = j.tenant AND n.id = j.node WHERE j.tenant = {eyes.Tenant} AND j.id = {job} AND n.path LIKE {eyes.NodePath + "%"}");

    public static (string Url, string Event, string Body, IReadOnlyList<byte[]> Secrets)? Order(Tx tx, long delivery, DateTimeOffset now) => tx.First(
        $"""
        SELECT w.url, d.event, d.body, w.secret, w.secret_before, w.secret_before_until FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook
        WHERE d.id = {delivery} AND d.state = 0 AND w.removed_at IS NULL AND (w.state = 0 OR d.event = {WebhookEvents.Ping})
        """,
        r => ((string, string, string, IReadOnlyList<byte[]>)?)(
            r.Text(0), r.Text(1), r.Text(2), r.InstantOrNull(5) is { } until && until > now ? [r.Bytes(3), r.Bytes(4)] : [r.Bytes(3)]));

    public static int Attempts(Tx tx, long delivery) => (int)tx.Scalar($"SELECT attempts FROM webhook_delivery WHERE id = {delivery}");

    public static void Tried(Tx tx, long delivery, DeliveryState state, int attempts, int? status, string answer, DateTimeOffset now, DateTimeOffset? next) => tx.Execute($"""
        UPDATE webhook_delivery SET state = {(int)state}, attempts = {attempts}, status = {status}, answer = {answer}, tried_at = {now}, next_at = {next} WHERE id = {delivery}
        """);

    public static void Drop(Tx tx, long delivery, DateTimeOffset now) =>
        tx.Execute($"UPDATE webhook_delivery SET state = {(int)DeliveryState.GivenUp}, tried_at = {now}, next_at = NULL WHERE id = {delivery} AND state = 0");

    /// <summary>Counts an end; the id of the webhook where that was one failure too many and switched it off. A test message counts for nothing.</summary>
    public static long? Count(Tx tx, long delivery, bool arrived, int most)
    {
        var found = tx.First($"SELECT webhook, event FROM webhook_delivery WHERE id = {delivery}", r => (Webhook: r.Int64(0), Event: r.Text(1)));
        if (found.Event == WebhookEvents.Ping)
        {
            return null;
        }

        tx.Execute(arrived ? (Sql)$"UPDATE webhook SET failures = 0 WHERE id = {found.Webhook}" : $"UPDATE webhook SET failures = failures + 1 WHERE id = {found.Webhook}");
        return tx.Execute($"UPDATE webhook SET state = {(int)WebhookState.Failed} WHERE id = {found.Webhook} AND state = 0 AND failures >= {most}") == 1 ? found.Webhook : null;
    }

    /// <summary>A webhook is seen by who sees its whole part of the organisation.</summary>
    private static Sql Seen(Caller caller) =>
        $"w.tenant = {caller.Tenant} AND w.removed_at IS NULL AND (CASE WHEN w.node = 0 THEN '/' ELSE n.path END) LIKE {caller.NodePath + "%"}";

    private static Webhook Map(Row r) => new(
        r.Int64(0), r.Int64(1), r.Int64(2), r.Text(3), r.Text(4), r.Text(5).Split(' '), (WebhookState)r.Int32(6), r.Int32(7), r.Int64(8), r.Text(9), r.Instant(10));

    private static WebhookDelivery MapDelivery(Row r) => new(
        r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), (DeliveryState)r.Int32(4), r.Instant(5), r.InstantOrNull(6), r.InstantOrNull(7), r.Int32(8), r.Int32OrNull(9), r.Text(10));
}
