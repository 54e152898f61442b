using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>A sign-in that succeeded.</summary>
/// <param name="Token">Goes to the browser and nowhere else; the database keeps its hash.</param>
public sealed record SignedIn(Caller Caller, string Token, DateTimeOffset ExpiresAt)
{
    // A record prints its members, and a printed token ends in a log.
    public override string ToString() => $"SignedIn {Caller.Name}";
}

/// <summary>Sign-in by password and the sessions it opens.</summary>
public sealed class Sessions(Db db, TimeProvider time, Audit audit, OrganisationSettings settings)
{
    /// <summary>
    /// How long an answer of <see cref="Resolve"/> may be reused: what this process revokes takes effect at once, what another server on the
    /// same database revokes, and a moved node or changed role, within this time.
    /// </summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);

    internal KnownCallers Known { get; } = new();

    internal PasswordWork Passwords { get; } = new(settings.PasswordIterations);

    /// <summary>
    /// Opens a session. An unknown e-mail, a wrong password and a disabled person are refused in the same words after the same work
    /// (<c>sign_in_failed</c>); ten failures within fifteen minutes close the address for that long (<c>sign_in_locked</c>).
    /// </summary>
    public async Task<Outcome<SignedIn>> SignIn(string email, string password, CancellationToken ct)
    {
        var emailHash = SessionStore.HashOf(Person.EmailKey(email));

        // The try is counted before it is judged, so that many at once cannot slip past the limit.
        var (before, counted) = await db.Write(tx => Count(tx, emailHash, time.GetUtcNow()), ct);
        if (!counted)
        {
            return Locked(before, time.GetUtcNow());
        }

        var found = PlainText.Fits(email, Person.LongestEmail) ? await db.Read(tx => PersonStore.ByEmail(tx, email), ct) : null;
        var fits = password.Length <= PasswordHash.LongestPassword;
        var matches = await Passwords.Verify(fits ? password : "", found?.PasswordHash, ct) && fits;
        if (!matches || found is not { } known || known.Person.DisabledAt is not null || known.NodePath is null)
        {
            if (found is { } target && before.Failures.Count + 1 >= Lockout.Limit)
            {
                await db.Write(tx => audit.Write(tx, Caller.System(target.Person.Tenant), "session.lock", $"person/{target.Person.Id}", ("email", target.Person.Email)), ct);
            }

            return new Problem("sign_in_failed");
        }

        var stronger = await Passwords.Stronger(password, known.PasswordHash, ct);
        return await db.Write(tx => Open(tx, known.Person, known.PasswordHash, stronger, emailHash), ct);
    }

    /// <summary>The caller of a live session, or null. Fast: an answer is remembered for <see cref="Remembered"/>.</summary>
    public async ValueTask<Caller?> Resolve(string? token, CancellationToken ct)
    {
        if (token is null || !SessionStore.LooksLikeToken(token))
        {
            return null;
        }

        var now = time.GetUtcNow();
        var hash = SessionStore.HashOf(token);
        if (Known.Find(hash, now) is { } known)
        {
            return known;
        }

        var generation = Known.Generation;
        if (await db.Read(tx => SessionStore.Find(tx, hash, now), ct) is not { } live)
        {
            Known.Drop(hash);
            return null;
        }

        var until = now + Remembered;
        Known.Keep(hash, live.Caller, until < live.Expires ? until : live.Expires, generation);
        return live.Caller;
    }

    /// <summary>Ends the session of this token; nothing happens where there is none.</summary>
    public async Task SignOut(string token, CancellationToken ct)
    {
        var hash = SessionStore.HashOf(token);
        await db.Write(
            tx =>
            {
                var now = time.GetUtcNow();
                if (SessionStore.Find(tx, hash, now) is { } live)
                {
                    SessionStore.Revoke(tx, hash, now);
                    audit.Write(tx, live.Caller, "session.close", $"person/{live.Caller.Person}");
                }
            },
            ct);
        Forget();
    }

    /// <summary>Ends all sessions of a person: one's own, or with <see cref="Right.ManagePeople"/> those of someone in the subtree. Returns how many.</summary>
    public async Task<Outcome<int>> Revoke(Caller caller, long person, CancellationToken ct)
    {
        var own = person == caller.Person;
        if (!own && !caller.May(Right.ManagePeople))
        {
            return Refusal.NotPermitted();
        }

        var outcome = await db.Write<Outcome<int>>(
            tx =>
            {
                if (PersonStore.Find(tx, own ? Caller.System(caller.Tenant) : caller, person) is not { } found)
                {
                    return Refusal.NotFound($"person/{person}");
                }

                var ended = SessionStore.RevokeAll(tx, found, time.GetUtcNow());
                audit.Write(tx, caller, "session.revoke", $"person/{person}", ("email", found.Email), ("sessions", ended.ToString()));
                return ended;
            },
            ct);
        Forget();
        return outcome;
    }

    /// <summary>Drops every remembered answer, after a change that may concern any of them.</summary>
    internal void Forget() => Known.Forget();

    private static (Lockout Before, bool Counted) Count(Tx tx, string emailHash, DateTimeOffset now)
    {
        var gate = SessionStore.Gate(tx, emailHash).Recent(now);
        if (gate.Locked(now))
        {
            return (gate, false);
        }

        SessionStore.SetGate(tx, emailHash, gate.With(now), now);
        return (gate, true);
    }

    private static Problem Locked(Lockout lockout, DateTimeOffset now) => new("sign_in_locked", Args: [lockout.MinutesLeft(now).ToString()]);

    private Outcome<SignedIn> Open(Tx tx, Person person, string verified, string? stronger, string emailHash)
    {
        // The password may have been replaced, or the person disabled, while the hash was derived.
        if (PersonStore.ByEmail(tx, person.Email) is not { } current || current.PasswordHash != verified || current.Person.DisabledAt is not null || current.NodePath is not { } path)
        {
            return new Problem("sign_in_failed");
        }

        var now = time.GetUtcNow();
        var (token, expires) = (SessionStore.NewToken(), now + settings.SessionLifetime);
        var caller = new Caller(person.Tenant, person.Id, current.Person.Name, current.Person.Role, path, current.Person.Language);
        if (stronger is not null)
        {
            PersonStore.SetPassword(tx, person.Tenant, person.Id, stronger);
        }

        SessionStore.OpenGate(tx, emailHash);
        SessionStore.Insert(tx, person, SessionStore.HashOf(token), now, expires);
        audit.Write(tx, caller, "session.open", $"person/{person.Id}");
        return new SignedIn(caller, token, expires);
    }
}
