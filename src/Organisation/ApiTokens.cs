using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>
/// Tokens by which programs and devices use the interface for programs. A person's token acts as that person, limited to its own rights and subtree; what the
/// person loses, the token loses. A device's token acts in the role of a device. No token makes or ends tokens: whoever finds one must not be able to keep access.
/// </summary>
public sealed class ApiTokens(Db db, TimeProvider time, Audit audit, Sessions sessions)
{
    /// <summary>A use is written down at most this often.</summary>
    public static readonly TimeSpan UseWritten = TimeSpan.FromMinutes(1);

    /// <summary>A refused use stands in the audit log at most this often for each token: a forgotten program asks every second.</summary>
    public static readonly TimeSpan RefusalWritten = TimeSpan.FromHours(1);

    private const int HintLength = 4;

    /// <summary>Makes a token: the caller's own, or with <see cref="Right.ManagePeople"/> where it will reach, a device's. It cannot reach further than the caller.</summary>
    public async Task<Outcome<MadeApiToken>> Add(Caller caller, NewApiToken draft, CancellationToken ct)
    {
        if (caller.ByToken != 0)
        {
            return new Problem("token_not_here");
        }

        if (draft.Device && !caller.May(Right.ManagePeople) || !draft.Device && caller.Person <= 0)
        {
            return Refusal.NotPermitted();
        }

        var now = time.GetUtcNow();
        if (draft.Problems(now) is { Count: > 0 } problems)
        {
            return Outcome<MadeApiToken>.Refused(problems);
        }

        var rights = draft.Rights ?? [.. Enum.GetValues<Right>().Where(r => Rights.Grant(Role.Device, r))];
        if (rights.FirstOrDefault(r => !(draft.Device ? Rights.Grant(Role.Device, r) : caller.May(r)), (Right)(-1)) is var beyond && (int)beyond >= 0)
        {
            return new Problem("token_right_beyond", Column: "rights", Found: beyond.ToString());
        }

        var secret = ApiToken.Prefix + SessionStore.NewToken();
        var token = new ApiToken(
            0, caller.Tenant, draft.Device ? 0 : caller.Person, draft.Device ? "" : caller.Name, draft.Name.Trim(), secret[..(ApiToken.Prefix.Length + HintLength)], RightSet.Of(rights),
            draft.Node ?? caller.Node, now, draft.ExpiresAt, null, null);
        return await db.Write<Outcome<MadeApiToken>>(
            tx =>
            {
                if (NodeStore.PathOf(tx, caller.Tenant, token.Node) is not { } path || !caller.Covers(path) || draft.Device && !caller.May(Right.ManagePeople, path))
                {
                    return Refusal.NotFound($"node/{token.Node}");
                }

                if (!token.OfDevice && ApiTokenStore.Live(tx, caller.Tenant, caller.Person, now) >= ApiToken.Most)
                {
                    return new Problem("token_too_many", Args: [ApiToken.Most.ToString(CultureInfo.InvariantCulture)]);
                }

                var made = ApiTokenStore.Insert(tx, token, SessionStore.HashOf(secret), caller.Person);
                audit.Write(
                    tx, caller, "token.add", Subject(made),
                    ("name", made.Name), ("of", made.OfDevice ? "device" : $"person/{made.Person}"), ("rights", made.Rights.ToString()), ("path", path),
                    ("last_day", $"{made.LastDay:yyyy-MM-dd}"));
                return new MadeApiToken(made, secret);
            },
            ct);
    }

    /// <summary>The caller's own tokens, newest first.</summary>
    public async Task<Outcome<IReadOnlyList<ApiToken>>> Own(Caller caller, CancellationToken ct) => caller.Person > 0
        ? Outcome<IReadOnlyList<ApiToken>>.Done(await db.Read(tx => ApiTokenStore.OfPerson(tx, caller.Tenant, caller.Person), ct))
        : Outcome<IReadOnlyList<ApiToken>>.Done([]);

    /// <summary>The tokens of all people and devices within the caller's subtree, newest first. Needs <see cref="Right.ManagePeople"/>.</summary>
    public async Task<Outcome<IReadOnlyList<ApiToken>>> List(Caller caller, CancellationToken ct) => caller.May(Right.ManagePeople)
        ? Outcome<IReadOnlyList<ApiToken>>.Done(await db.Read(tx => ApiTokenStore.List(tx, caller), ct))
        : Refusal.NotPermitted();

    /// <summary>Ends a token: one's own, or with <see cref="Right.ManagePeople"/> one of a person or device in the subtree. Ending it again changes nothing.</summary>
    public async Task<Outcome<ApiToken>> Revoke(Caller caller, long id, CancellationToken ct)
    {
        if (caller.ByToken != 0)
        {
            return new Problem("token_not_here");
        }

        var outcome = await db.Write<Outcome<ApiToken>>(
            tx =>
            {
                var token = ApiTokenStore.OfPerson(tx, caller.Tenant, caller.Person).Find(t => t.Id == id && !t.OfDevice)
                    ?? (caller.May(Right.ManagePeople) ? ApiTokenStore.Find(tx, caller, id) : null);
                if (token is null)
                {
                    return Refusal.NotFound($"token/{id}");
                }

                if (token.RevokedAt is not null)
                {
                    return token;
                }

                var now = time.GetUtcNow();
                ApiTokenStore.Revoke(tx, token, now);
                audit.Write(tx, caller, "token.revoke", Subject(token), ("name", token.Name), ("of", token.OfDevice ? "device" : $"person/{token.Person}"));
                return token with { RevokedAt = now };
            },
            ct);
        sessions.Forget();
        return outcome;
    }

    /// <summary>Who a presented token is at this moment, or null. Fast: an answer is remembered for <see cref="Sessions.Remembered"/>.</summary>
    public async ValueTask<Caller?> Resolve(string? secret, CancellationToken ct)
    {
        if (secret is null || !secret.StartsWith(ApiToken.Prefix, StringComparison.Ordinal) || !SessionStore.LooksLikeToken(secret[ApiToken.Prefix.Length..]))
        {
            return null;
        }

        var now = time.GetUtcNow();
        var hash = SessionStore.HashOf(secret);
        if (sessions.Known.Find(hash, now) is { } known)
        {
            return known;
        }

        var generation = sessions.Known.Generation;
        if (await db.Read(tx => ApiTokenStore.Holder(tx, hash), ct) is not { } holder)
        {
            return null;
        }

        var (caller, refused) = holder.Judge(now);
        if (caller is null)
        {
            sessions.Known.Drop(hash);
            await Refuse(holder, refused!, now, ct);
            return null;
        }

        var until = now + Sessions.Remembered;
        sessions.Known.Keep(hash, caller, until < holder.ExpiresAt ? until : holder.ExpiresAt, generation);
        if (holder.LastUsedAt is not { } last || last <= now - UseWritten)
        {
            await sessions.Note(tx => ApiTokenStore.Used(tx, holder.Id, now, now - UseWritten), ct);
        }

        return caller;
    }

    private async Task Refuse(TokenHolder holder, string reason, DateTimeOffset now, CancellationToken ct)
    {
        if (holder.RefusedAt is { } last && last > now - RefusalWritten)
        {
            return;
        }

        await db.Write(
            tx =>
            {
                if (ApiTokenStore.Refused(tx, holder.Id, now, now - RefusalWritten))
                {
                    audit.Write(
                        tx, Caller.System(holder.Tenant), "token.refuse", $"token/{holder.Id}",
                        ("name", holder.Name), ("of", holder.Person == 0 ? "device" : $"person/{holder.Person}"), ("reason", reason));
                }
            },
            ct);
    }

    private static string Subject(ApiToken token) => $"token/{token.Id}";
}
