using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>
/// Invitations: a link, shown once to whoever makes it, by which somebody joins with a name and a password of their own choosing. No mail is sent from here. Making and
/// ending them needs <see cref="Right.ManagePeople"/> where the invited will lie; the offer holds only while its maker may still make it.
/// </summary>
public sealed class Invitations(Db db, TimeProvider time, Audit audit, Sessions sessions)
{
    /// <summary>Where the invited answers; the token follows.</summary>
    public const string Page = "/join/";

    private const int MostListed = 500;

    /// <summary>Invites an address. The caller cannot offer a wider subtree than their own.</summary>
    public async Task<Outcome<MadeInvitation>> Invite(Caller caller, NewInvitation draft, CancellationToken ct)
    {
        if (!caller.May(Right.ManagePeople))
        {
            return Refusal.NotPermitted();
        }

        if (draft.Problems() is { Count: > 0 } problems)
        {
            return Outcome<MadeInvitation>.Refused(problems);
        }

        return await db.Write<Outcome<MadeInvitation>>(
            tx =>
            {
                var now = time.GetUtcNow();
                if (NodeStore.PathOf(tx, caller.Tenant, draft.Node) is not { } path || !caller.May(Right.ManagePeople, path))
                {
                    return Refusal.NotFound($"node/{draft.Node}");
                }

                var email = draft.Email.Trim();
                if (PersonStore.EmailTaken(tx, email))
                {
                    return new Problem("email_taken", Column: "email", Found: email);
                }

                if (InvitationStore.OpenFor(tx, caller, email, now))
                {
                    return new Problem("invitation_open", Column: "email", Found: email);
                }

                return Insert(tx, audit, caller, draft with { Email = email }, path, now);
            },
            ct);
    }

    /// <summary>The invitations within the caller's subtree, newest first.</summary>
    public async Task<Outcome<IReadOnlyList<Invitation>>> List(Caller caller, CancellationToken ct) => caller.May(Right.ManagePeople)
        ? Outcome<IReadOnlyList<Invitation>>.Done(await db.Read(tx => InvitationStore.List(tx, caller, MostListed), ct))
        : Refusal.NotPermitted();

    /// <summary>Makes a new link for an invitation that was not answered; the one before opens nothing any more.</summary>
    public Task<Outcome<MadeInvitation>> Renew(Caller caller, long id, CancellationToken ct)
    {
        var token = SessionStore.NewToken();
        return Change<MadeInvitation>(
            caller,
            id,
            (tx, before, now) =>
            {
                var after = before with { CreatedBy = caller.Person, CreatedByName = caller.Name, ExpiresAt = now + Invitation.Lifetime };
                InvitationStore.Renew(tx, after, SessionStore.HashOf(token));
                audit.Write(tx, caller, "invitation.renew", Subject(id), ("email", after.Email), ("until", Until(after)));
                return new MadeInvitation(after, token);
            },
            ct);
    }

    /// <summary>Takes an invitation back.</summary>
    public Task<Outcome<Invitation>> Revoke(Caller caller, long id, CancellationToken ct) => Change<Invitation>(
        caller,
        id,
        (tx, before, now) =>
        {
            InvitationStore.Revoke(tx, before, now);
            audit.Write(tx, caller, "invitation.revoke", Subject(id), ("email", before.Email));
            return before with { RevokedAt = now };
        },
        ct);

    /// <summary>What a link offers; <c>invitation_gone</c> for one that is unknown, answered, taken back or over, all in the same words.</summary>
    public async Task<Outcome<OpenInvitation>> Find(string token, CancellationToken ct) => await db.Read<Outcome<OpenInvitation>>(
        tx =>
        {
            if (Live(tx, token, time.GetUtcNow()) is not { } live)
            {
                return Gone();
            }

            var tenant = Tenants.Find(tx, live.Tenant)!;
            var part = live.Node == 0 ? null : NodeStore.Find(tx, Caller.System(live.Tenant), live.Node);
            return new OpenInvitation(live, tenant.Name(live.Language), part?.Name(live.Language));
        },
        ct);

    /// <summary>Answers a link: the invited becomes a person who signs in with this password. A link is answered once.</summary>
    public async Task<Outcome<Person>> Accept(string token, string name, string password, CancellationToken ct)
    {
        // Deriving costs a fifth of a second of one core, so a link is looked up first.
        if (await db.Read(tx => Live(tx, token, time.GetUtcNow()), ct) is not { } offered)
        {
            return Gone();
        }

        IReadOnlyList<Problem> problems = [.. PersonRules.Name(name), .. PersonRules.Password(password, offered.Email)];
        if (problems.Count > 0)
        {
            return Outcome<Person>.Refused(problems);
        }

        var hash = await sessions.Passwords.Make(password, ct);
        return await db.Write<Outcome<Person>>(
            tx =>
            {
                var now = time.GetUtcNow();
                if (Live(tx, token, now) is not { } live || NodeStore.PathOf(tx, live.Tenant, live.Node) is not { } path)
                {
                    return Gone();
                }

                if (PersonStore.EmailTaken(tx, live.Email))
                {
                    return new Problem("email_taken", Column: "email", Found: live.Email);
                }

                var person = PersonStore.Insert(tx, new Person(0, live.Tenant, live.Email, name.Trim(), live.Role, live.Node, live.Language, now, null), hash);
                InvitationStore.Accept(tx, live, now);
                var self = new Caller(live.Tenant, person.Id, person.Name, person.Role, path, person.Language);
                audit.Write(
                    tx, self, "invitation.accept", $"person/{person.Id}", ("email", person.Email), ("name", person.Name), ("role", person.Role.ToString()), ("path", path),
                    ("invitation", live.Id.ToString()), ("invited_by", live.CreatedByName));
                return person;
            },
            ct);
    }

    /// <summary>Writes a checked invitation into the book and its log.</summary>
    /// <param name="path">Of the node that the draft names.</param>
    internal static MadeInvitation Insert(Tx tx, Audit audit, Caller caller, NewInvitation draft, string path, DateTimeOffset now)
    {
        var token = SessionStore.NewToken();
        var invitation = InvitationStore.Insert(
            tx, new Invitation(0, caller.Tenant, draft.Email, draft.Role, draft.Node, draft.Language, now, caller.Person, caller.Name, now + Invitation.Lifetime, null, null), SessionStore.HashOf(token));
        audit.Write(tx, caller, "invitation.make", Subject(invitation.Id), ("email", draft.Email), ("role", draft.Role.ToString()), ("path", path), ("until", Until(invitation)));
        return new MadeInvitation(invitation, token);
    }

    private static Problem Gone() => new("invitation_gone");

    private static string Subject(long id) => $"invitation/{id}";

    private static string Until(Invitation invitation) => invitation.ExpiresAt.ToString("yyyy-MM-dd");

    /// <summary>The open invitation of a token whose maker may still invite there.</summary>
    private static Invitation? Live(Tx tx, string token, DateTimeOffset now)
    {
        if (!SessionStore.LooksLikeToken(token) || InvitationStore.ByToken(tx, SessionStore.HashOf(token)) is not { } found || found.State(now) != InvitationState.Open)
        {
            return null;
        }

        return NodeStore.PathOf(tx, found.Tenant, found.Node) is { } path && (found.CreatedBy == 0 || PersonStore.Grants(tx, found.Tenant, found.CreatedBy, Right.ManagePeople, path)) ? found : null;
    }

    private async Task<Outcome<T>> Change<T>(Caller caller, long id, Func<Tx, Invitation, DateTimeOffset, Outcome<T>> change, CancellationToken ct) => caller.May(Right.ManagePeople)
        ? await db.Write(
            tx => InvitationStore.Find(tx, caller, id) is not { } found ? Refusal.NotFound(Subject(id))
                : found.AcceptedAt is not null || found.RevokedAt is not null ? new Problem("invitation_closed", Found: found.Email)
                : change(tx, found, time.GetUtcNow()),
            ct)
        : Refusal.NotPermitted();
}
