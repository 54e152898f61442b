using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>A sign-in that succeeded.</summary>
/// <param name="Token">Goes to the browser and nowhere else; the database keeps its hash.</param>
/// <param name="Email">As it is stored.</param>
public sealed record SignedIn(Caller Caller, string Token, DateTimeOffset ExpiresAt, string Email)
{
    // A record prints its members, and a printed token ends in a log.
    public override string ToString() => $"SignedIn {Caller.Name}";
}

/// <summary>Sign-in by password and the sessions that it and passkeys open.</summary>
public sealed class Sessions(Db db, TimeProvider time, Audit audit, OrganisationSettings settings)
{
    /// <summary>
    /// How long an answer of <see cref="Resolve"/> may be reused: what this process revokes takes effect at once, what another server on the
    /// same database revokes, and a moved node or changed role, within this time.
    /// </summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);

    /// <summary>A use is written down at most this often.</summary>
    public static readonly TimeSpan SeenWritten = TimeSpan.FromMinutes(1);

    internal KnownCallers Known { get; } = new();

    internal PasswordWork Passwords { get; } = new(settings.PasswordIterations);

    /// <summary>
    /// Opens a session. An unknown e-mail, a wrong password and a disabled person are refused in the same words after the same work
    /// (<c>sign_in_failed</c>). Failures close the gates before it (<c>sign_in_locked</c>, <c>sign_in_throttled</c>), see <see cref="SignInGate"/>.
    /// </summary>
    public async Task<Outcome<SignedIn>> SignIn(string email, string password, CancellationToken ct, SignInFrom? from = null)
    {
        var tried = time.GetUtcNow();
        var origin = from ?? SignInFrom.Here;
        var gates = SignInGate.ForPassword(email, origin);
        var (passed, closed) = await db.Write(tx => SignInGate.Pass(tx, gates, tried), ct);
        if (closed is not null)
        {
            return closed;
        }

        var found = PlainText.Fits(email, Person.LongestEmail) ? await db.Read(tx => PersonStore.ByEmail(tx, email), ct) : null;
        var fits = password.Length <= PasswordHash.LongestPassword;
        var matches = await Passwords.Verify(fits ? password : "", found?.PasswordHash, ct) && fits;
        if (!matches || found is not { } known || known.Person.DisabledAt is not null || known.NodePath is null)
        {
            if (found is { } target)
            {
                await db.Write(tx => Failed(tx, target.Person, Session.ByPassword, origin, passed), ct);
            }

            return new Problem("sign_in_failed");
        }

        var stronger = await Passwords.Stronger(password, known.PasswordHash, ct);
        return await db.Write<Outcome<SignedIn>>(
            tx =>
            {
                // The password may have been replaced, or the person disabled, while the hash was derived.
                if (PersonStore.ByEmail(tx, known.Person.Email) is not { } current || current.PasswordHash != known.PasswordHash || current.Person.DisabledAt is not null || current.NodePath is not { } path)
                {
                    return new Problem("sign_in_failed");
                }

                if (stronger is not null)
                {
                    PersonStore.SetPassword(tx, known.Person.Tenant, known.Person.Id, stronger);
                }

                SignInGate.Open(tx, gates, tried);
                return Open(tx, current.Person, path, Session.ByPassword, origin);
            },
            ct);
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
        if (await db.Read(tx => SessionStore.Find(tx, hash, now, settings.SessionIdle), ct) is not { } live)
        {
            Known.Drop(hash);
            return null;
        }

        if (live.Seen <= now - SeenWritten)
        {
            await Note(tx => SessionStore.Seen(tx, live.Caller.Session, now, now - SeenWritten), ct);
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
                if (SessionStore.Find(tx, hash, now, settings.SessionIdle) is { } live)
                {
                    SessionStore.Revoke(tx, live.Caller.Tenant, live.Caller.Session, now);
                    audit.Write(tx, live.Caller, "session.close", $"person/{live.Caller.Person}");
                }
            },
            ct);
        Forget();
    }

    /// <summary>The caller's own live sessions, the last used first.</summary>
    public async Task<Outcome<IReadOnlyList<Session>>> Own(Caller caller, CancellationToken ct) =>
        Outcome<IReadOnlyList<Session>>.Done(await db.Read(tx => SessionStore.OfPerson(tx, caller.Tenant, caller.Person, time.GetUtcNow(), settings.SessionIdle), ct));

    /// <summary>The live sessions of everybody in the caller's subtree, the last used first. Needs <see cref="Right.ManagePeople"/>.</summary>
    public async Task<Outcome<IReadOnlyList<Session>>> List(Caller caller, CancellationToken ct) => caller.May(Right.ManagePeople)
        ? Outcome<IReadOnlyList<Session>>.Done(await db.Read(tx => SessionStore.List(tx, caller, time.GetUtcNow(), settings.SessionIdle), ct))
        : Refusal.NotPermitted();

    /// <summary>Ends one session: one's own, or with <see cref="Right.ManagePeople"/> one of somebody in the subtree.</summary>
    public async Task<Outcome<Session>> End(Caller caller, long id, CancellationToken ct)
    {
        var outcome = await db.Write<Outcome<Session>>(
            tx =>
            {
                var now = time.GetUtcNow();
                var session = SessionStore.OfPerson(tx, caller.Tenant, caller.Person, now, settings.SessionIdle).Find(s => s.Id == id);
                if (session is not null && caller.ByToken != 0)
                {
                    return new Problem("token_not_here");
                }

                session ??= caller.May(Right.ManagePeople) ? SessionStore.List(tx, caller, now, settings.SessionIdle).Find(s => s.Id == id) : null;
                if (session is null)
                {
                    return Refusal.NotFound($"session/{id}");
                }

                SessionStore.Revoke(tx, session.Tenant, session.Id, now);
                audit.Write(tx, caller, "session.revoke", $"person/{session.Person}", ("name", session.PersonName), ("sessions", "1"), ("agent", session.Agent), ("address", session.Address));
                return session;
            },
            ct);
        Forget();
        return outcome;
    }

    /// <summary>Ends the caller's sessions but for the one that asks. Returns how many.</summary>
    public Task<Outcome<int>> EndOthers(Caller caller, CancellationToken ct) => Revoke(caller, caller.Person, caller.Session, ct);

    /// <summary>Ends all sessions of a person: one's own, or with <see cref="Right.ManagePeople"/> those of someone in the subtree. Returns how many.</summary>
    public Task<Outcome<int>> Revoke(Caller caller, long person, CancellationToken ct) => Revoke(caller, person, except: 0, ct);

    /// <summary>Writes down that something was used. Where the disk is full people must still be able to read, so that is not the request's failure.</summary>
    internal async Task Note(Action<Tx> used, CancellationToken ct)
    {
        try
        {
            await db.Write(used, ct);
        }
        catch (DiskFull)
        {
            // The next use tries again.
        }
    }

    /// <summary>Drops every remembered answer, after a change that may concern any of them.</summary>
    internal void Forget() => Known.Forget();

    /// <summary>Opens a session in the transaction that found the proof right.</summary>
    internal SignedIn Open(Tx tx, Person person, string path, string method, SignInFrom from)
    {
        var now = time.GetUtcNow();
        var token = SessionStore.NewToken();
        var session = new Session(0, person.Tenant, person.Id, person.Name, method, from.Address, from.Agent, now, now, now + settings.SessionLifetime);
        var id = SessionStore.Insert(tx, session, SessionStore.HashOf(token));
        var caller = new Caller(person.Tenant, person.Id, person.Name, person.Role, path, person.Language) { Session = id };
        audit.Write(tx, caller, "session.open", $"person/{person.Id}", ("method", method), ("agent", from.Agent), ("address", from.Address));
        return new SignedIn(caller, token, session.ExpiresAt, person.Email);
    }

    /// <summary>A failure stands in the log of the tenant whose person was tried; so does that it closed a gate.</summary>
    internal void Failed(Tx tx, Person person, string method, SignInFrom from, IReadOnlyList<(SignInGate Gate, Lockout Before)> passed)
    {
        var system = Caller.System(person.Tenant);
        audit.Write(tx, system, "session.fail", $"person/{person.Id}", ("email", person.Email), ("method", method), ("agent", from.Agent), ("address", from.Address));
        if (passed.Any(p => p.Gate.Forgives && p.Before.Failures.Count + 1 >= p.Gate.Limit))
        {
            audit.Write(tx, system, "session.lock", $"person/{person.Id}", ("email", person.Email), ("method", method));
        }
    }

    private async Task<Outcome<int>> Revoke(Caller caller, long person, long except, CancellationToken ct)
    {
        var own = person == caller.Person;
        if (!own && !caller.May(Right.ManagePeople))
        {
            return Refusal.NotPermitted();
        }

        if (own && caller.ByToken != 0)
        {
            return new Problem("token_not_here");
        }

        var outcome = await db.Write<Outcome<int>>(
            tx =>
            {
                if (PersonStore.Find(tx, own ? Caller.System(caller.Tenant) : caller, person) is not { } found)
                {
                    return Refusal.NotFound($"person/{person}");
                }

                var ended = SessionStore.RevokeAll(tx, found, time.GetUtcNow(), except);
                audit.Write(tx, caller, "session.revoke", $"person/{person}", ("email", found.Email), ("sessions", ended.ToString(CultureInfo.InvariantCulture)));
                return ended;
            },
            ct);
        Forget();
        return outcome;
    }
}
