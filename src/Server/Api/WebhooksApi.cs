using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Api;

/// <summary>Webhooks: addresses that are called when something happens.</summary>
internal static class WebhooksApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/webhooks", List).Says("webhooks", "Webhooks of one's part of the organisation", Right.ManageWebhooks).Paged();
        routes.MapPost("/webhooks", Add).Says("add-webhook", "Make a webhook; the answer is the only place where its secret ever stands", Right.ManageWebhooks).WithMetadata(new ShownOnce());
        routes.MapGet("/webhooks/{id:long}", Find).Says("webhook", "One webhook", Right.ManageWebhooks);
        routes.MapPatch("/webhooks/{id:long}", Change).Says("change-webhook", "Change name, address or events; pause it or go on", Right.ManageWebhooks).HeedsIfMatch<Webhooks>(Now);
        routes.MapDelete("/webhooks/{id:long}", Remove).Says("remove-webhook", "Take a webhook away", Right.ManageWebhooks);
        routes.MapPost("/webhooks/{id:long}/secret", Rotate).Says("rotate-webhook", "Give it a new secret; the one before signs beside it for a day", Right.ManageWebhooks).WithMetadata(new ShownOnce());
        routes.MapPost("/webhooks/{id:long}/ping", Ping).Says("ping-webhook", "Send a test message", Right.ManageWebhooks);
        routes.MapGet("/webhooks/{id:long}/deliveries", Deliveries).Says("webhook-deliveries", "What was sent, and what came back, newest first", Right.ManageWebhooks).Paged();
        routes.MapPost("/webhooks/{id:long}/deliveries/{delivery:long}/redeliver", Redeliver).Says("redeliver-webhook", "Send a delivery once more", Right.ManageWebhooks);
    }

    private static async Task<Results<Ok<PageBody<WebhookBody>>, Refused>> List(HttpContext http, Webhooks webhooks, CancellationToken ct) =>
        (await webhooks.List(http.Caller(), ct)).Answer(found => Cursors.Page(http, found, w => Words.Of(w.Id)!, WebhookBody.Of));

    private static async Task<Results<Created<MadeWebhookBody>, Refused>> Add(NewWebhookBody body, HttpContext http, Webhooks webhooks, CancellationToken ct) =>
        (await webhooks.Add(http.Caller(), new NewWebhook(body.Name ?? "", body.Url ?? "", body.Events ?? [], body.Node), ct))
            .Made(m => $"/webhooks/{m.Webhook.Id}", m => new MadeWebhookBody(m.Secret, WebhookBody.Of(m.Webhook)));

    private static async Task<Results<Ok<WebhookBody>, Refused>> Find(long id, HttpContext http, Webhooks webhooks, CancellationToken ct) =>
        (await webhooks.Find(http.Caller(), id, ct)).Answer(WebhookBody.Of);

    private static async Task<Results<Ok<WebhookBody>, Refused>> Change(long id, WebhookChangeBody body, HttpContext http, Webhooks webhooks, CancellationToken ct) =>
        (await webhooks.Change(http.Caller(), id, body.Name, body.Url, body.Events, body.Paused, ct)).Answer(WebhookBody.Of);

    private static async Task<Results<NoContent, Refused>> Remove(long id, HttpContext http, Webhooks webhooks, CancellationToken ct)
    {
        var removed = await webhooks.Remove(http.Caller(), id, ct);
        return removed.Ok ? TypedResults.NoContent() : Refused.Of(removed.Problems);
    }

    private static async Task<Results<Ok<MadeWebhookBody>, Refused>> Rotate(long id, HttpContext http, Webhooks webhooks, CancellationToken ct) =>
        (await webhooks.Rotate(http.Caller(), id, ct)).Answer(m => new MadeWebhookBody(m.Secret, WebhookBody.Of(m.Webhook)));

    private static async Task<Results<Ok<DeliveryBody>, Refused>> Ping(long id, HttpContext http, Webhooks webhooks, CancellationToken ct) =>
        (await webhooks.Ping(http.Caller(), id, ct)).Answer(DeliveryBody.Of);

    /// <param name="state">on_its_way, arrived or given_up.</param>
    private static async Task<Results<Ok<PageBody<DeliveryBody>>, Refused>> Deliveries(
        long id, HttpContext http, Webhooks webhooks, string? state, long? after, CancellationToken ct, int limit = 50)
    {
        var wanted = Enum.GetValues<DeliveryState>().Where(s => DeliveryBody.Word(s) == state).Select(s => (DeliveryState?)s).FirstOrDefault();
        return state is not null && wanted is null
            ? Refused.Of(new Problem("delivery_state_unknown", Column: "state", Found: state))
            : (await webhooks.Deliveries(http.Caller(), id, wanted, after, limit, ct)).Answer(p => new PageBody<DeliveryBody>([.. p.Deliveries.Select(DeliveryBody.Of)], Words.Of(p.Next)));
    }

    private static async Task<Results<Ok<DeliveryBody>, Refused>> Redeliver(long id, long delivery, HttpContext http, Webhooks webhooks, CancellationToken ct) =>
        (await webhooks.Redeliver(http.Caller(), id, delivery, ct)).Answer(DeliveryBody.Of);

    /// <summary>What a GET of the webhook of this address answers now.</summary>
    private static async Task<object?> Now(HttpContext http, Webhooks webhooks, CancellationToken ct) =>
        await webhooks.Find(http.Caller(), long.Parse(http.GetRouteValue("id")!.ToString()!, CultureInfo.InvariantCulture), ct) is { Ok: true } found ? WebhookBody.Of(found.Value) : null;
}

/// <summary>A webhook.</summary>
/// <param name="Node">Part of the organisation whose events are told; 0 is the whole tenant.</param>
/// <param name="State">active, paused, or failed: switched off because nothing arrived any more.</param>
/// <param name="Failures">Deliveries given up since the last that arrived.</param>
public sealed record WebhookBody(long Id, string Name, string Url, IReadOnlyList<string> Events, long Node, string State, int Failures, string CreatedBy, DateTimeOffset CreatedAt)
{
    internal static WebhookBody Of(Webhook w) => new(w.Id, w.Name, w.Url, w.Events, w.Node, w.State.ToString().ToLowerInvariant(), w.Failures, w.CreatedBy, w.CreatedAt);
}

/// <summary>A webhook to be made.</summary>
/// <param name="Url">https, public, on port 443; others only where the operator allows their host.</param>
/// <param name="Events">batch.sealed, activity.corrected, edition.made, factors.changed, job.finished, sign_in.locked.</param>
/// <param name="Node">Part of the organisation; all that the caller sees where it is left out.</param>
public sealed record NewWebhookBody(string? Name, string? Url, IReadOnlyList<string>? Events, long? Node);

/// <summary>What is to be changed; what is left out stays.</summary>
/// <param name="Paused">true pauses, false goes on.</param>
public sealed record WebhookChangeBody(string? Name, string? Url, IReadOnlyList<string>? Events, bool? Paused);

/// <summary>A webhook with its secret, which is shown here and never again.</summary>
public sealed record MadeWebhookBody(string Secret, WebhookBody About)
{
    // A record prints its members, and a printed secret ends in a log.
    public override string ToString() => $"MadeWebhookBody {About.Id}";
}

/// <summary>A delivery.</summary>
/// <param name="Body">The message as it is sent.</param>
/// <param name="State">on_its_way, arrived or given_up.</param>
/// <param name="Status">HTTP status of the last answer; null where none came.</param>
/// <param name="Answer">The beginning of the last answer, or a word for why none came.</param>
public sealed record DeliveryBody(
    long Id, string Event, string Body, string State, DateTimeOffset MadeAt, DateTimeOffset? TriedAt, DateTimeOffset? NextAt, int Attempts, int? Status, string Answer)
{
    internal static DeliveryBody Of(WebhookDelivery d) => new(d.Id, d.Event, d.Body, Word(d.State), d.MadeAt, d.TriedAt, d.NextAt, d.Attempts, d.Status, d.Answer);

    internal static string Word(DeliveryState state) => state switch { DeliveryState.OnItsWay => "on_its_way", DeliveryState.Arrived => "arrived", _ => "given_up" };
}
