using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>
/// The people of a tenant and their passwords. All verbs need <see cref="Right.ManagePeople"/> where the person's subtree lies, but for
/// <see cref="ChangePassword"/>, which is everyone's own.
/// </summary>
public sealed class People(Db db, TimeProvider time, Audit audit, Sessions sessions)
{
    /// <summary>Adds a person. The caller cannot hand out a wider subtree than their own.</summary>
    public async Task<Outcome<Person>> Add(Caller caller, NewPerson draft, CancellationToken ct)
    {
        if (!caller.May(Right.ManagePeople))
        {
            return Refusal.NotPermitted();
        }

        if (draft.Problems() is { Count: > 0 } problems)
        {
            return Outcome<Person>.Refused(problems);
        }

        // Deriving takes a fifth of a second of one core: never inside the transaction.
        var hash = await sessions.Passwords.Make(draft.Password, ct);
        return await db.Write<Outcome<Person>>(
            tx =>
            {
                if (NodeStore.PathOf(tx, caller.Tenant, draft.Node) is not { } path || !caller.May(Right.ManagePeople, path))
                {
                    return Refusal.NotFound($"node/{draft.Node}");
                }

                if (PersonStore.EmailTaken(tx, draft.Email))
                {
                    return new Problem("email_taken", Column: "email", Found: draft.Email.Trim());
                }

                var person = PersonStore.Insert(
                    tx, new Person(0, caller.Tenant, draft.Email.Trim(), draft.Name.Trim(), draft.Role, draft.Node, draft.Language, time.GetUtcNow(), null), hash);
                audit.Write(tx, caller, "person.add", Subject(person.Id), ("email", person.Email), ("name", person.Name), ("role", person.Role.ToString()), ("path", path));
                return person;
            },
            ct);
    }

    /// <summary>The people within the caller's subtree, by e-mail.</summary>
    public async Task<Outcome<IReadOnlyList<Person>>> List(Caller caller, CancellationToken ct) => caller.May(Right.ManagePeople)
        ? Outcome<IReadOnlyList<Person>>.Done(await db.Read(tx => PersonStore.List(tx, caller), ct))
        : Refusal.NotPermitted();

    /// <summary>One person within the caller's subtree.</summary>
    public async Task<Outcome<Person>> Find(Caller caller, long id, CancellationToken ct) => !caller.May(Right.ManagePeople)
        ? Refusal.NotPermitted()
        : await db.Read(tx => PersonStore.Find(tx, caller, id), ct) is { } person ? person : NotFound(id);

    /// <summary>
    /// Changes name, e-mail, role, part of the organisation or language; what is open of the person's sessions has the new rights at once. The caller cannot hand out a wider
    /// subtree than their own, and the last administrator of the whole tenant stays one.
    /// </summary>
    public async Task<Outcome<Person>> Change(Caller caller, long id, PersonChange change, CancellationToken ct)
    {
        if (!caller.May(Right.ManagePeople))
        {
            return Refusal.NotPermitted();
        }

        if (change.Problems() is { Count: > 0 } problems)
        {
            return Outcome<Person>.Refused(problems);
        }

        var outcome = await db.Write<Outcome<Person>>(
            tx =>
            {
                if (PersonStore.Find(tx, caller, id) is not { } before)
                {
                    return NotFound(id);
                }

                var after = before with
                {
                    Name = change.Name?.Trim() ?? before.Name,
                    Email = change.Email?.Trim() ?? before.Email,
                    Role = change.Role ?? before.Role,
                    Node = change.Node ?? before.Node,
                    Language = change.Language ?? before.Language,
                };
                if (NodeStore.PathOf(tx, caller.Tenant, after.Node) is not { } path || !caller.May(Right.ManagePeople, path))
                {
                    return Refusal.NotFound($"node/{after.Node}");
                }

                if (PersonStore.EmailTaken(tx, after.Email, except: id))
                {
                    return new Problem("email_taken", Column: "email", Found: after.Email);
                }

                if (IsWholeAdministrator(before) && !IsWholeAdministrator(after) && !PersonStore.OtherAdministrator(tx, before))
                {
                    return new Problem("last_administrator", Column: before.Role != after.Role ? "role" : "node", Found: before.Email);
                }

                if (after == before)
                {
                    return before;
                }

                PersonStore.Change(tx, after);
                audit.Write(tx, caller, "person.change", Subject(id), [("email", before.Email), .. Differences(before, after)]);
                return after;
            },
            ct);
        sessions.Forget();
        return outcome;
    }

    /// <summary>Gives access back to somebody from whom it was taken; the password is the one they had.</summary>
    public async Task<Outcome<Person>> Enable(Caller caller, long id, CancellationToken ct)
    {
        if (!caller.May(Right.ManagePeople))
        {
            return Refusal.NotPermitted();
        }

        return await db.Write<Outcome<Person>>(
            tx =>
            {
                if (PersonStore.Find(tx, caller, id) is not { } person)
                {
                    return NotFound(id);
                }

                if (person.DisabledAt is null)
                {
                    return person;
                }

                PersonStore.Enable(tx, person);
                audit.Write(tx, caller, "person.enable", Subject(id), ("email", person.Email));
                return person with { DisabledAt = null };
            },
            ct);
    }

    /// <summary>Gives someone else a new password; all their sessions end.</summary>
    public async Task<Outcome<Person>> SetPassword(Caller caller, long id, string password, CancellationToken ct)
    {
        if (!caller.May(Right.ManagePeople))
        {
            return Refusal.NotPermitted();
        }

        // Whoever finds an open screen must not be able to keep the account.
        if (id == caller.Person)
        {
            return new Problem("password_own", Column: "password");
        }

        if (await db.Read(tx => PersonStore.Find(tx, caller, id), ct) is not { } known)
        {
            return NotFound(id);
        }

        return await Replace(caller, known, password, null, ct);
    }

    /// <summary>Changes the caller's own password; all their other sessions end.</summary>
    public async Task<Outcome<Person>> ChangePassword(Caller caller, string current, string next, CancellationToken ct)
    {
        if (caller.ByToken != 0)
        {
            return new Problem("token_not_here");
        }

        var own = await db.Read(
            tx => PersonStore.Find(tx, Caller.System(caller.Tenant), caller.Person) is { } person
                ? (person, hash: PersonStore.PasswordHashOf(tx, caller.Tenant, caller.Person)!)
                : default,
            ct);
        if (own.person is null)
        {
            return NotFound(caller.Person);
        }

        return await sessions.Passwords.Verify(current, own.hash, ct)
            ? await Replace(caller, own.person, next, own.hash, ct)
            : new Problem("password_wrong", Column: "current");
    }

    /// <summary>Ends a person's access and all their sessions. The last administrator of the whole tenant stays.</summary>
    public async Task<Outcome<Person>> Disable(Caller caller, long id, CancellationToken ct)
    {
        if (!caller.May(Right.ManagePeople))
        {
            return Refusal.NotPermitted();
        }

        var outcome = await db.Write<Outcome<Person>>(
            tx =>
            {
                if (PersonStore.Find(tx, caller, id) is not { } person)
                {
                    return NotFound(id);
                }

                if (person.DisabledAt is not null)
                {
                    return person;
                }

                if (IsWholeAdministrator(person) && !PersonStore.OtherAdministrator(tx, person))
                {
                    return new Problem("last_administrator", Found: person.Email);
                }

                var now = time.GetUtcNow();
                PersonStore.Disable(tx, person, now);
                SessionStore.RevokeAll(tx, person, now);
                audit.Write(tx, caller, "person.disable", Subject(id), ("email", person.Email));
                return person with { DisabledAt = now };
            },
            ct);
        sessions.Forget();
        return outcome;
    }

    private static string Subject(long id) => $"person/{id}";

    /// <summary>Whether the tenant loses an administrator of the whole when this person stops being what they are.</summary>
    private static bool IsWholeAdministrator(Person person) => person is { Role: Role.Administrator, Node: 0, DisabledAt: null };

    /// <summary>What the log says of a change: each field that differs, before and after.</summary>
    private static IEnumerable<(string, string?)> Differences(Person before, Person after)
    {
        foreach (var (field, was, now) in ((string, string, string)[])
        [
            ("name", before.Name, after.Name), ("email", before.Email, after.Email), ("role", before.Role.ToString(), after.Role.ToString()),
            ("node", before.Node.ToString(), after.Node.ToString()), ("language", Texts.Tag(before.Language), Texts.Tag(after.Language)),
        ])
        {
            if (was != now)
            {
                yield return ("before_" + field, was);
                yield return ("after_" + field, now);
            }
        }
    }

    private static Problem NotFound(long id) => Refusal.NotFound(Subject(id));

    private async Task<Outcome<Person>> Replace(Caller caller, Person person, string password, string? expectedHash, CancellationToken ct)
    {
        if (PersonRules.Password(password, person.Email).ToList() is { Count: > 0 } problems)
        {
            return Outcome<Person>.Refused(problems);
        }

        var hash = await sessions.Passwords.Make(password, ct);
        var outcome = await db.Write<Outcome<Person>>(
            tx =>
            {
                // Between the check and here an administrator may have set another password: theirs stands.
                if (expectedHash is not null && PersonStore.PasswordHashOf(tx, person.Tenant, person.Id) != expectedHash)
                {
                    return new Problem("password_wrong", Column: "current");
                }

                if (expectedHash is null && PersonStore.Find(tx, caller, person.Id) is null)
                {
                    return NotFound(person.Id);
                }

                PersonStore.SetPassword(tx, person.Tenant, person.Id, hash);
                SessionStore.RevokeAll(tx, person, time.GetUtcNow(), except: person.Id == caller.Person ? caller.Session : 0);
                audit.Write(tx, caller, "person.password", Subject(person.Id), ("email", person.Email));
                return person;
            },
            ct);
        sessions.Forget();
        return outcome;
    }
}
