using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Automation;

/// <summary>Whether a webhook is called. The numbers are stored.</summary>
public enum WebhookState
{
    Active = 0,
    Paused = 1,

    /// <summary>Switched off because nothing arrived any more.</summary>
    Failed = 2,
}

/// <summary>Where a delivery stands. The numbers are stored.</summary>
public enum DeliveryState
{
    OnItsWay = 0,
    Arrived = 1,
    GivenUp = 2,
}

/// <summary>An address that is called when something happens in a part of the organisation.</summary>
/// <param name="Node">Part whose events are told; 0 is the whole tenant.</param>
/// <param name="Failures">Deliveries given up since the last that arrived.</param>
public sealed record Webhook(
    long Id, long Tenant, long Node, string Name, string Url, IReadOnlyList<string> Events, WebhookState State, int Failures, long Since, string CreatedBy, DateTimeOffset CreatedAt)
{
    public const int LongestName = 100;
    public const int LongestUrl = 2000;

    /// <summary>Webhooks of a tenant.</summary>
    public const int Most = 50;
}

/// <summary>A webhook to be made.</summary>
/// <param name="Node">Part whose events are told; null is all that the caller sees.</param>
public sealed record NewWebhook(string Name, string Url, IReadOnlyList<string> Events, long? Node);

/// <summary>A webhook right after it was made or given a new secret: the only time that <see cref="Secret"/> is shown.</summary>
public sealed record MadeWebhook(Webhook Webhook, string Secret)
{
    // A record prints its members, and a printed secret ends in a log.
    public override string ToString() => $"MadeWebhook {Webhook.Id}";
}

/// <summary>One message to one address, with what came back.</summary>
/// <param name="Status">HTTP status of the last answer; null where none came.</param>
/// <param name="Answer">The beginning of the last answer, or why none came.</param>
public sealed record WebhookDelivery(
    long Id, long Webhook, string Event, string Body, DeliveryState State, DateTimeOffset MadeAt, DateTimeOffset? TriedAt, DateTimeOffset? NextAt, int Attempts, int? Status, string Answer);

/// <summary>A page of deliveries, newest first.</summary>
/// <param name="Next">Give it as <c>before</c> for the following page; null where this is the last.</param>
public sealed record DeliveryPage(IReadOnlyList<WebhookDelivery> Deliveries, long? Next);

/// <summary>A delivery that is to be sent now.</summary>
/// <param name="Secrets">The secret, and the one before while it still counts.</param>
public sealed record WebhookOrder(long Delivery, Uri Url, string Event, string Body, IReadOnlyList<string> Secrets)
{
    // A record prints its members, and a printed secret ends in a log.
    public override string ToString() => $"WebhookOrder {Delivery}";
}

/// <summary>Something that happened, out of the audit log.</summary>
/// <param name="Seq">Number of the log's row: the number of the event within the tenant.</param>
/// <param name="Subject">What it happened to, such as <c>batch/12</c>.</param>
/// <param name="Detail">The row's detail, as JSON.</param>
public sealed record WebhookEvent(long Tenant, long Seq, DateTimeOffset At, string Name, string Subject, string Detail);

/// <summary>How the host keeps secrets and which addresses it may call.</summary>
public sealed record WebhookSettings(Func<byte[], byte[]> Seal, Func<byte[], byte[]> Open, Func<Uri, Problem?> Refuses);

/// <summary>The events there are, and the verbs of the audit log that they are read from.</summary>
public static class WebhookEvents
{
    public const string Ping = "ping";

    /// <summary>Version of the message's shape.</summary>
    public const int Version = 1;

    /// <summary>Verb of the audit log → event.</summary>
    internal static IReadOnlyDictionary<string, string> ByVerb { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["activities.import"] = "batch.sealed",
        ["activity.record"] = "batch.sealed",
        ["activity.correct"] = "activity.corrected",
        ["edition.make"] = "edition.made",
        ["factors.serve"] = "factors.changed",
        ["factors.switch_on"] = "factors.changed",
        ["factors.switch_off"] = "factors.changed",
        ["job.finish"] = "job.finished",
        ["session.lock"] = "sign_in.locked",
    };

    public static IReadOnlyList<string> All { get; } = [.. ByVerb.Values.Distinct()];
}

/// <summary>
/// <c>Tanlu-Signature: t=1764000000,v1=hex</c>: HMAC-SHA-256 over the time, a dot and the body, under the whole secret as UTF-8. While a secret is replaced there are two
/// <c>v1</c>; one that fits is enough.
/// </summary>
public static class WebhookSignature
{
    public const string Header = "Tanlu-Signature";

    /// <summary>A receiver refuses what was signed longer ago: nobody can send an old message again.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static string Of(IEnumerable<string> secrets, DateTimeOffset at, string body) =>
        $"t={at.ToUnixTimeSeconds()}" + string.Concat(secrets.Select(s => ",v1=" + Mac(s, at.ToUnixTimeSeconds(), body)));

    /// <summary>What a receiver does.</summary>
    public static bool Holds(string header, string secret, string body, DateTimeOffset now)
    {
        var parts = header.Split(',').Select(p => p.Split('=', 2)).Where(p => p.Length == 2).ToList();
        return long.TryParse(parts.FirstOrDefault(p => p[0] == "t")?[1], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && Math.Abs(now.ToUnixTimeSeconds() - at) <= Tolerance.TotalSeconds
            && parts.Where(p => p[0] == "v1").Any(p => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(p[1]), Encoding.ASCII.GetBytes(Mac(secret, at, body))));
    }

    private static string Mac(string secret, long at, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{at}.{body}")));
}
