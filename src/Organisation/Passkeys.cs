using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>
/// Passkeys of people and the sign-in by them. The signature itself is checked by the host, which knows the protocol of browsers; here stands whose a passkey is, that an
/// answer counts once, that the authenticator's counter only rises, and what closes after failures.
/// </summary>
public sealed class Passkeys(Db db, TimeProvider time, Audit audit, Sessions sessions)
{
    /// <summary>How long a question to an authenticator may be answered.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(5);

    /// <summary>The caller's own passkeys, oldest first.</summary>
    public async Task<Outcome<IReadOnlyList<Passkey>>> Own(Caller caller, CancellationToken ct) =>
        Outcome<IReadOnlyList<Passkey>>.Done(await db.Read(tx => PasskeyStore.OfPerson(tx, caller.Tenant, caller.Person), ct));

    /// <summary>The passkeys of everybody in the caller's subtree. Needs <see cref="Right.ManagePeople"/>.</summary>
    public async Task<Outcome<IReadOnlyList<Passkey>>> List(Caller caller, CancellationToken ct) => caller.May(Right.ManagePeople)
        ? Outcome<IReadOnlyList<Passkey>>.Done(await db.Read(tx => PasskeyStore.List(tx, caller), ct))
        : Refusal.NotPermitted();

    /// <summary>The e-mail address and the handle under which the caller's authenticator keeps a new passkey.</summary>
    public async Task<Outcome<(string Email, string Handle)>> Owner(Caller caller, CancellationToken ct) =>
        caller.ByToken != 0 || caller.Person <= 0 ? new Problem("token_not_here")
        : await db.Read(tx => (PersonStore.Find(tx, Caller.System(caller.Tenant), caller.Person)?.Email, PasskeyStore.HandleOf(tx, caller.Tenant, caller.Person)), ct) is ({ } email, var handle)
            ? (email, handle ?? SessionStore.NewToken())
            : Refusal.NotFound($"person/{caller.Person}");

    /// <summary>Adds a passkey that the host has checked.</summary>
    /// <param name="question">What the authenticator was asked, as the host keeps it; an answer to it counts once.</param>
    public async Task<Outcome<Passkey>> Add(Caller caller, string name, string handle, PasskeyCredential credential, string question, CancellationToken ct)
    {
        if (caller.ByToken != 0 || caller.Person <= 0)
        {
            return new Problem("token_not_here");
        }

        if (NameProblem(name) is { } wrong)
        {
            return wrong;
        }

        return await db.Write<Outcome<Passkey>>(
            tx =>
            {
                var now = time.GetUtcNow();
                if (!PasskeyStore.Answer(tx, SessionStore.HashOf(question), now, now + AnswerTime) || PasskeyStore.HolderOf(tx, credential.Id) is not null)
                {
                    return new Problem("passkey_refused");
                }

                if (PersonStore.Find(tx, Caller.System(caller.Tenant), caller.Person) is null)
                {
                    return Refusal.NotFound($"person/{caller.Person}");
                }

                var own = PasskeyStore.OfPerson(tx, caller.Tenant, caller.Person);
                if (own.Count >= Passkey.Most)
                {
                    return new Problem("passkey_too_many", Args: [Passkey.Most.ToString(CultureInfo.InvariantCulture)]);
                }

                var made = PasskeyStore.Insert(tx, new Passkey(0, caller.Tenant, caller.Person, caller.Name, name.Trim(), credential.BackedUp, now, null), handle, credential);
                audit.Write(tx, caller, "passkey.add", $"person/{caller.Person}", ("passkey", made.Id.ToString(CultureInfo.InvariantCulture)), ("name", made.Name));
                return made;
            },
            ct);
    }

    /// <summary>Gives one of the caller's own passkeys another name.</summary>
    public async Task<Outcome<Passkey>> Rename(Caller caller, long id, string name, CancellationToken ct)
    {
        if (caller.ByToken != 0)
        {
            return new Problem("token_not_here");
        }

        if (NameProblem(name) is { } wrong)
        {
            return wrong;
        }

        return await db.Write<Outcome<Passkey>>(
            tx =>
            {
                if (PasskeyStore.OfPerson(tx, caller.Tenant, caller.Person).Find(p => p.Id == id) is not { } passkey)
                {
                    return Refusal.NotFound($"passkey/{id}");
                }

                PasskeyStore.Rename(tx, passkey, name.Trim());
                audit.Write(
                    tx, caller, "passkey.rename", $"person/{caller.Person}", ("passkey", id.ToString(CultureInfo.InvariantCulture)), ("before", passkey.Name), ("after", name.Trim()));
                return passkey with { Name = name.Trim() };
            },
            ct);
    }

    /// <summary>Removes a passkey: one's own, or with <see cref="Right.ManagePeople"/> one of somebody in the subtree, who has lost the device. Sessions that it opened go on.</summary>
    public async Task<Outcome<Passkey>> Remove(Caller caller, long id, CancellationToken ct) => caller.ByToken != 0
        ? new Problem("token_not_here")
        : await db.Write<Outcome<Passkey>>(
            tx =>
            {
                var passkey = PasskeyStore.OfPerson(tx, caller.Tenant, caller.Person).Find(p => p.Id == id)
                    ?? (caller.May(Right.ManagePeople) ? PasskeyStore.List(tx, caller).Find(p => p.Id == id) : null);
                if (passkey is null)
                {
                    return Refusal.NotFound($"passkey/{id}");
                }

                PasskeyStore.Remove(tx, passkey);
                audit.Write(
                    tx, caller, "passkey.remove", $"person/{passkey.Person}", ("passkey", id.ToString(CultureInfo.InvariantCulture)), ("name", passkey.Name), ("of", passkey.PersonName));
                return passkey;
            },
            ct);

    /// <summary>For the check of a signature, which has no caller yet: whose handle it is.</summary>
    public Task<PasskeyHolder?> HolderOf(string handle, CancellationToken ct) => db.Read(tx => PasskeyStore.ByHandle(tx, handle), ct);

    /// <summary>For the check of a new passkey: who has a credential of this id already.</summary>
    public Task<PasskeyHolder?> HolderOfCredential(string credential, CancellationToken ct) => db.Read(tx => PasskeyStore.HolderOf(tx, credential), ct);

    /// <summary>For the check of a signature and to keep an authenticator from adding itself twice.</summary>
    public Task<List<PasskeyCredential>> CredentialsOf(long tenant, long person, CancellationToken ct) => db.Read(tx => PasskeyStore.Credentials(tx, tenant, person), ct);

    /// <summary>
    /// Counts a try with this credential before its signature is checked, as for a password. Refused with <c>sign_in_locked</c> or <c>sign_in_throttled</c> where a gate is closed.
    /// </summary>
    public async Task<Outcome<PasskeyTry>> Begin(string credential, SignInFrom from, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var gates = SignInGate.ForPasskey(credential, from);
        var (passed, closed) = await db.Write(tx => SignInGate.Pass(tx, gates, now), ct);
        return closed is null ? new PasskeyTry(credential, from, now, gates, passed) : closed;
    }

    /// <summary>The signature did not hold.</summary>
    public async Task<Problem> Fail(PasskeyTry tried, CancellationToken ct)
    {
        await db.Write(tx => Failed(tx, tried), ct);
        return new Problem("passkey_failed");
    }

    /// <summary>
    /// Opens a session after the host found the signature right. An answer that was given before, a counter that did not rise (two authenticators with one key: one is a
    /// copy), a passkey that is gone and a disabled person are refused in the same words (<c>passkey_failed</c>).
    /// </summary>
    public Task<Outcome<SignedIn>> SignIn(PasskeyTry tried, PasskeyCredential seen, string question, CancellationToken ct) => db.Write<Outcome<SignedIn>>(
        tx =>
        {
            var now = time.GetUtcNow();
            if (!PasskeyStore.Answer(tx, SessionStore.HashOf(question), now, now + AnswerTime)
                || PasskeyStore.ByCredential(tx, seen.Id) is not { } known
                || (seen.SignCount != 0 || known.SignCount != 0) && seen.SignCount <= known.SignCount
                || PersonStore.ByEmail(tx, known.Email) is not { } person || person.Person.DisabledAt is not null || person.NodePath is not { } path)
            {
                Failed(tx, tried);
                return new Problem("passkey_failed");
            }

            PasskeyStore.Used(tx, known.Tenant, known.Id, seen, now);
            SignInGate.Open(tx, tried.Gates, tried.At);
            return sessions.Open(tx, person.Person, path, Session.ByPasskey, tried.From);
        },
        ct);

    private static Problem? NameProblem(string name) =>
        name.Trim().Length == 0 || !PlainText.Fits(name.Trim(), Passkey.LongestName) ? new Problem("passkey_name_invalid", Column: "name", Found: name) : null;

    private void Failed(Tx tx, PasskeyTry tried)
    {
        if (PasskeyStore.ByCredential(tx, tried.Credential) is { } known && PersonStore.ByEmail(tx, known.Email) is { } person)
        {
            sessions.Failed(tx, person.Person, Session.ByPasskey, tried.From, tried.Passed);
        }
    }
}

/// <summary>A sign-in by passkey that was counted and is being judged.</summary>
public sealed class PasskeyTry
{
    internal PasskeyTry(string credential, SignInFrom from, DateTimeOffset at, IReadOnlyList<SignInGate> gates, IReadOnlyList<(SignInGate Gate, Lockout Before)> passed) =>
        (Credential, From, At, Gates, Passed) = (credential, from, at, gates, passed);

    internal string Credential { get; }

    internal SignInFrom From { get; }

    internal DateTimeOffset At { get; }

    internal IReadOnlyList<SignInGate> Gates { get; }

    internal IReadOnlyList<(SignInGate Gate, Lockout Before)> Passed { get; }
}
