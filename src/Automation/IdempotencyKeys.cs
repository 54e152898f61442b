using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Automation;

/// <summary>An answer as it was given.</summary>
/// <param name="Headers">Name and value of those that belong to the answer itself.</param>
/// <param name="Body">As the host sealed it.</param>
public sealed record KeptAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>What is to be done with a request that named itself: carry it out under <see cref="Request"/>, or give the answer that was given before.</summary>
/// <param name="Request">Mark of the request; <see cref="Caller.Request"/> carries it into the audit rows of what it does.</param>
public sealed record KeyedRequest(string Request, KeptAnswer? Before);

/// <summary>
/// Requests that name themselves by a key. A key is one caller's, for one route and one content; for a day the same again is answered as before and done no second time.
/// </summary>
/// <remarks>
/// Every change writes its audit row in its own transaction, and that row bears the request's mark. So when a server died between the change and the answer, the
/// log says whether the change is there: if it is, the request is refused with what was made; if not, it is carried out.
/// </remarks>
public sealed class IdempotencyKeys(Db db, TimeProvider time)
{
    public const int LongestKey = 200;

    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>A request that was begun so long ago and never answered was left by a crash.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <param name="route">Method and address.</param>
    /// <param name="bodyHash">Of the content in its own form.</param>
    /// <param name="repeats">The route finds by itself what an earlier try did, so it may be carried out again after a crash.</param>
    public async Task<Outcome<KeyedRequest>> Begin(Caller caller, string route, string key, string bodyHash, bool repeats, CancellationToken ct)
    {
        if (key.Length is 0 or > LongestKey || key.Any(c => c is < ' ' or > '~'))
        {
            return new Problem("idempotency_key_invalid", Column: "Idempotency-Key", Found: key, Args: [$"{LongestKey}"]);
        }

        return await db.Write<Outcome<KeyedRequest>>(
            tx =>
            {
                var now = time.GetUtcNow();
                tx.Execute($"DELETE FROM idempotency_key WHERE (state = 1 AND until_at <= {now}) OR until_at <= {now - Kept}");
                if (Find(tx, caller, route, key) is not { } known)
                {
                    var request = Guid.NewGuid().ToString("N");
                    tx.Execute($"""
                        INSERT INTO idempotency_key (tenant, person, route, key, request, body_hash, since, state, until_at, status, headers, body)
                        VALUES ({caller.Tenant}, {Holder(caller)}, {route}, {key}, {request}, {bodyHash}, {AuditEnd(tx, caller.Tenant)}, 0, {now + Patience}, 0, {"{}"}, {Array.Empty<byte>()})
                        """);
                    return new KeyedRequest(request, null);
                }

                if (known.BodyHash != bodyHash)
                {
                    return new Problem("idempotency_key_reused", Column: "Idempotency-Key", Found: key);
                }

                if (known.Answer is not null)
                {
                    return new KeyedRequest(known.Request, known.Answer);
                }

                if (known.Until > now)
                {
                    return new Problem("idempotency_in_progress", Column: "Idempotency-Key", Found: key);
                }

                if (!repeats && Made(tx, caller, known.Since, known.Request) is { } subject)
                {
                    return new Problem("idempotency_done_before", Column: "Idempotency-Key", Found: key, Args: [subject]);
                }

                tx.Execute($"UPDATE idempotency_key SET until_at = {now + Patience} WHERE {Row(caller, route, key)}");
                return new KeyedRequest(known.Request, null);
            },
            ct);
    }

    /// <summary>Keeps the answer for a day.</summary>
    public Task Answered(Caller caller, string route, string key, KeptAnswer answer, CancellationToken ct) => db.Write(
        tx => tx.Execute($"""
            UPDATE idempotency_key SET state = 1, until_at = {time.GetUtcNow() + Kept}, status = {answer.Status}, headers = {JsonSerializer.Serialize(answer.Headers)}, body = {answer.Body}
            WHERE {Row(caller, route, key)}
            """),
        ct);

    /// <summary>The request was refused and changed nothing: its key is free again.</summary>
    public Task Refused(Caller caller, string route, string key, CancellationToken ct) => db.Write(tx => tx.Execute($"DELETE FROM idempotency_key WHERE {Row(caller, route, key)} AND state = 0"), ct);

    /// <summary>The answer is not to be kept, or the request failed and nobody knows how far it came: the next try looks into the log at once.</summary>
    public Task Failed(Caller caller, string route, string key, CancellationToken ct) =>
        db.Write(tx => tx.Execute($"UPDATE idempotency_key SET until_at = {time.GetUtcNow()} WHERE {Row(caller, route, key)} AND state = 0"), ct);

    // A token's keys are its own: two programs of one person do not know of each other.
    private static long Holder(Caller caller) => caller.ByToken != 0 ? -caller.ByToken : caller.Person;

    private static Sql Row(Caller caller, string route, string key) => $"tenant = {caller.Tenant} AND person = {Holder(caller)} AND route = {route} AND key = {key}";

    private static (string Request, string BodyHash, long Since, DateTimeOffset Until, KeptAnswer? Answer)? Find(Tx tx, Caller caller, string route, string key) => tx.First(
        $"SELECT request, body_hash, since, until_at, state, status, headers, body FROM idempotency_key WHERE {Row(caller, route, key)}",
        r => ((string, string, long, DateTimeOffset, KeptAnswer?)?)(
            r.Text(0), r.Text(1), r.Int64(2), r.Instant(3),
            r.Int64(4) == 1 ? new KeptAnswer(r.Int32(5), JsonSerializer.Deserialize<Dictionary<string, string>>(r.Text(6))!, r.Bytes(7)) : null));

    private static long AuditEnd(Tx tx, long tenant) => tx.Scalar($"SELECT seq FROM audit_head WHERE tenant = {tenant}");

    /// <summary>What the log says that the request made, or null.</summary>
    private static string? Made(Tx tx, Caller caller, long since, string request) => tx.First(
        $"SELECT subject FROM audit WHERE tenant = {caller.Tenant} AND seq > {since} AND detail LIKE {"%" + request + "%"} ORDER BY seq LIMIT 1", r => r.Text(0));
}
