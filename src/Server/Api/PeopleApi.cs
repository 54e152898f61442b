using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Identity;

namespace Tanlu.Server.Api;

/// <summary>People, invitations, and what each role may do.</summary>
internal static class PeopleApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/people", List).Says("people", "The people of one's part of the organisation, by e-mail", Right.ManagePeople).Paged();
        routes.MapPost("/people", Add).Says("add-person", "Add a person with a first password", Right.ManagePeople);
        routes.MapGet("/people/{id:long}", Person).Says("person", "One person", Right.ManagePeople);
        routes.MapPatch("/people/{id:long}", Change).Says("change-person", "Change name, e-mail, role, part of the organisation or language; what is left out stays", Right.ManagePeople);
        routes.MapPost("/people/{id:long}/password", Password).Says("set-password", "Give someone else a new password; their sessions end", Right.ManagePeople);
        routes.MapPost("/people/{id:long}/disable", Disable).Says("disable-person", "End a person's access and sessions", Right.ManagePeople);
        routes.MapPost("/people/{id:long}/enable", Enable).Says("enable-person", "Give a person's access back", Right.ManagePeople);

        routes.MapGet("/invitations", Invited).Says("invitations", "The invitations into one's part of the organisation, newest first", Right.ManagePeople).Paged();
        routes.MapPost("/invitations", Invite).Says("invite", "Invite an e-mail address; the answer is the only place where the link ever stands", Right.ManagePeople).WithMetadata(new ShownOnce());
        routes.MapPost("/invitations/{id:long}/renew", Renew).Says("renew-invitation", "A new link in place of the one before", Right.ManagePeople).WithMetadata(new ShownOnce());
        routes.MapDelete("/invitations/{id:long}", Revoke).Says("revoke-invitation", "Take an invitation back", Right.ManagePeople);

        routes.MapGet("/roles", Roles).Says("roles", "Every role with its rights", Right.ReadFigures);
    }

    private static async Task<Results<Ok<PageBody<PersonBody>>, Refused>> List(HttpContext http, People people, CancellationToken ct) =>
        (await people.List(http.Caller(), ct)).Answer(found => Cursors.Page(http, found, p => Words.Of(p.Id)!, PersonBody.Of));

    private static async Task<Results<Ok<PersonBody>, Refused>> Person(long id, HttpContext http, People people, CancellationToken ct) =>
        (await people.Find(http.Caller(), id, ct)).Answer(PersonBody.Of);

    private static async Task<Results<Created<PersonBody>, Refused>> Add(NewPersonBody body, HttpContext http, People people, CancellationToken ct) => RoleOf(body.Role) is { } role
        ? (await people.Add(http.Caller(), new NewPerson(body.Email ?? "", body.Name ?? "", role, body.Node, Texts.LanguageOf(body.Language ?? ""), body.Password ?? ""), ct))
            .Made(p => $"/people/{p.Id}", PersonBody.Of)
        : Unknown(body.Role);

    private static async Task<Results<Ok<PersonBody>, Refused>> Change(long id, PersonChangeBody body, HttpContext http, People people, CancellationToken ct) => body.Role is null || RoleOf(body.Role) is not null
        ? (await people.Change(
            http.Caller(), id, new PersonChange(body.Name, body.Email, RoleOf(body.Role), body.Node, body.Language is { } language ? Texts.LanguageOf(language) : null), ct)).Answer(PersonBody.Of)
        : Unknown(body.Role);

    private static async Task<Results<Ok<PersonBody>, Refused>> Password(long id, PasswordBody body, HttpContext http, People people, CancellationToken ct) =>
        (await people.SetPassword(http.Caller(), id, body.Password ?? "", ct)).Answer(PersonBody.Of);

    private static async Task<Results<Ok<PersonBody>, Refused>> Disable(long id, HttpContext http, People people, CancellationToken ct) =>
        (await people.Disable(http.Caller(), id, ct)).Answer(PersonBody.Of);

    private static async Task<Results<Ok<PersonBody>, Refused>> Enable(long id, HttpContext http, People people, CancellationToken ct) =>
        (await people.Enable(http.Caller(), id, ct)).Answer(PersonBody.Of);

    private static async Task<Results<Ok<PageBody<InvitationBody>>, Refused>> Invited(HttpContext http, Invitations invitations, TimeProvider time, CancellationToken ct) =>
        (await invitations.List(http.Caller(), ct)).Answer(found => Cursors.Page(http, found, i => Words.Of(i.Id)!, i => InvitationBody.Of(i, time.GetUtcNow())));

    private static async Task<Results<Created<MadeInvitationBody>, Refused>> Invite(NewInvitationBody body, HttpContext http, Invitations invitations, TimeProvider time, CancellationToken ct) =>
        RoleOf(body.Role) is { } role
            ? (await invitations.Invite(http.Caller(), new NewInvitation(body.Email ?? "", role, body.Node, Texts.LanguageOf(body.Language ?? "")), ct))
                .Made(m => "/invitations", m => MadeInvitationBody.Of(m, http, time))
            : Unknown(body.Role);

    private static async Task<Results<Ok<MadeInvitationBody>, Refused>> Renew(long id, HttpContext http, Invitations invitations, TimeProvider time, CancellationToken ct) =>
        (await invitations.Renew(http.Caller(), id, ct)).Answer(m => MadeInvitationBody.Of(m, http, time));

    private static async Task<Results<Ok<InvitationBody>, Refused>> Revoke(long id, HttpContext http, Invitations invitations, TimeProvider time, CancellationToken ct) =>
        (await invitations.Revoke(http.Caller(), id, ct)).Answer(i => InvitationBody.Of(i, time.GetUtcNow()));

    private static Ok<IReadOnlyList<RoleBody>> Roles(HttpContext http) => TypedResults.Ok<IReadOnlyList<RoleBody>>(
    [
        .. Enum.GetValues<Role>().Select(role => new RoleBody(
            role.ToString(), Texts.Get(http.Language(), $"role.{role}"), [.. Enum.GetValues<Right>().Where(right => Rights.Grant(role, right)).Select(right => right.ToString())])),
    ]);

    private static Role? RoleOf(string? name) => Enum.GetNames<Role>().Any(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) ? Enum.Parse<Role>(name!, ignoreCase: true) : null;

    private static Refused Unknown(string? role) => Refused.Of(new Problem("role_unknown", Column: "role", Found: role));
}

/// <summary>A person.</summary>
/// <param name="Node">Part of the organisation the person is limited to; 0 is the whole.</param>
/// <param name="SignedInAt">The last sign-in.</param>
public sealed record PersonBody(
    long Id, string Email, string Name, string Role, long Node, string Language, DateTimeOffset CreatedAt, DateTimeOffset? SignedInAt, DateTimeOffset? DisabledAt)
{
    internal static PersonBody Of(Person p) => new(p.Id, p.Email, p.Name, p.Role.ToString(), p.Node, Texts.Tag(p.Language), p.CreatedAt, p.SignedInAt, p.DisabledAt);
}

/// <summary>A person to be added. Role is one of GET /api/v1/roles but for Device.</summary>
public sealed record NewPersonBody(string? Email, string? Name, string? Role, long Node, string? Language, string? Password)
{
    // A record prints its members, and a printed password ends in a log.
    public override string ToString() => $"NewPersonBody {Email}";
}

/// <summary>What changes of a person; what is left out stays.</summary>
public sealed record PersonChangeBody(string? Name, string? Email, string? Role, long? Node, string? Language);

/// <summary>A new password.</summary>
public sealed record PasswordBody(string? Password)
{
    public override string ToString() => "PasswordBody";
}

/// <summary>An invitation to be made.</summary>
/// <param name="Node">Part of the organisation the invited will be limited to; 0 is the whole.</param>
/// <param name="Language">Of the page on which the invited answers: zh-CN or en.</param>
public sealed record NewInvitationBody(string? Email, string? Role, long Node, string? Language);

/// <summary>An invitation.</summary>
/// <param name="State">open, accepted, revoked or expired.</param>
public sealed record InvitationBody(long Id, string Email, string Role, long Node, string Language, DateTimeOffset CreatedAt, string InvitedBy, DateTimeOffset ExpiresAt, string State)
{
    internal static InvitationBody Of(Invitation i, DateTimeOffset now) => new(
        i.Id, i.Email, i.Role.ToString(), i.Node, Texts.Tag(i.Language), i.CreatedAt, i.CreatedByName, i.ExpiresAt, i.State(now).ToString().ToLowerInvariant());
}

/// <summary>An invitation right after it was made.</summary>
/// <param name="Link">To be passed on to the invited; shown here and never again.</param>
public sealed record MadeInvitationBody(string Link, InvitationBody About)
{
    // A record prints its members, and a printed link ends in a log.
    public override string ToString() => $"MadeInvitationBody {About.Id}";

    internal static MadeInvitationBody Of(MadeInvitation made, HttpContext http, TimeProvider time) => new(InvitationLink.Of(http.Request, made), InvitationBody.Of(made.Invitation, time.GetUtcNow()));
}

/// <summary>A role and what it may do.</summary>
public sealed record RoleBody(string Role, string Name, IReadOnlyList<string> Rights);
