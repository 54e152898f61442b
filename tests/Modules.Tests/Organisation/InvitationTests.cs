using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

/// <summary>A link that is made once, answered once, and holds for a week at most.</summary>
public sealed class InvitationTests
{
    private const string Chosen = "a passphrase of my own";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task TheInvitedJoinsWithAPasswordOfTheirOwn(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var made = await at.Invitations.Invite(a.System, Draft(" Li@Example.com ", a.S1, Role.Operator), Ct).Done();
        var open = await at.Invitations.Find(made.Token, Ct).Done();
        Assert.Equal(("Li@Example.com", "A", "节点S1", Role.Operator), (open.Invitation.Email, open.Tenant, open.Part, open.Invitation.Role));
        Assert.Equal(InvitationState.Open, open.Invitation.State(at.Store.Clock.GetUtcNow()));

        await at.Invitations.Accept(made.Token, " ", Chosen, Ct).Refused("person_name_invalid");
        await at.Invitations.Accept(made.Token, "Li", "short", Ct).Refused("password_too_short");
        var person = await at.Invitations.Accept(made.Token, " Li Na ", Chosen, Ct).Done();
        Assert.Equal(("Li Na", Role.Operator, a.S1.Id, Language.Chinese), (person.Name, person.Role, person.Node, person.Language));
        var session = await at.Sessions.SignIn("li@example.com", Chosen, Ct).Done();
        Assert.Equal(a.S1.Path, session.Caller.NodePath);

        // Answered once: the second answer and the page find nothing.
        await at.Invitations.Accept(made.Token, "Other", Chosen, Ct).Refused("invitation_gone");
        await at.Invitations.Find(made.Token, Ct).Refused("invitation_gone");
        await at.Invitations.Renew(a.System, made.Invitation.Id, Ct).Refused("invitation_closed");
        await at.Invitations.Revoke(a.System, made.Invitation.Id, Ct).Refused("invitation_closed");
        Assert.Equal(InvitationState.Accepted, Assert.Single(await at.Invitations.List(a.System, Ct).Done()).State(at.Store.Clock.GetUtcNow()));
        Assert.Equal(["invitation.accept", "invitation.make"], (await at.Audit.List(a.System, null, 50, Ct).Done()).Entries.Where(e => e.Verb.StartsWith("invitation", StringComparison.Ordinal)).Select(e => e.Verb));
        Assert.Equal(person.Id, (await at.Audit.List(a.System, null, 50, Ct).Done()).Entries.First(e => e.Verb == "invitation.accept").Person);
    }

    [Theory, EngineData]
    public async Task ALinkIsKeptAsItsHashOnlyAndReachesNoLog(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var made = await at.Invitations.Invite(a.System, Draft("li@example.com", null), Ct).Done();
        Assert.Equal(43, made.Token.Length);
        Assert.DoesNotContain(made.Token, made.ToString(), StringComparison.Ordinal);
        var stored = await at.Store.Db.Read(tx => tx.Query($"SELECT token_hash FROM invitation", r => r.Text(0)), Ct);
        Assert.Equal([SessionStore.HashOf(made.Token)], stored);
        Assert.All((await at.Audit.List(a.System, null, 50, Ct).Done()).Entries, e => Assert.DoesNotContain(made.Token, e.Detail, StringComparison.Ordinal));
        await at.Invitations.Find("", Ct).Refused("invitation_gone");
        await at.Invitations.Find(stored[0], Ct).Refused("invitation_gone");
        await at.Invitations.Accept(new string('A', 43), "x", Chosen, Ct).Refused("invitation_gone");
    }

    [Theory, EngineData]
    public async Task ALinkEndsAfterAWeekByANewLinkAndByItsMaker(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var first = await at.Invitations.Invite(a.System, Draft("one@example.com", null), Ct).Done();
        await at.Invitations.Invite(a.System, Draft("ONE@example.com", null), Ct).Refused("invitation_open");
        var second = await at.Invitations.Renew(a.System, first.Invitation.Id, Ct).Done();
        await at.Invitations.Find(first.Token, Ct).Refused("invitation_gone");
        await at.Invitations.Find(second.Token, Ct).Done();
        at.Store.Clock.Now += Invitation.Lifetime - TimeSpan.FromSeconds(1);
        await at.Invitations.Find(second.Token, Ct).Done();
        at.Store.Clock.Now += TimeSpan.FromSeconds(1);
        await at.Invitations.Find(second.Token, Ct).Refused("invitation_gone");
        await at.Invitations.Accept(second.Token, "x", Chosen, Ct).Refused("invitation_gone");

        // What is over can be offered again, and taken back.
        var third = await at.Invitations.Renew(a.System, first.Invitation.Id, Ct).Done();
        await at.Invitations.Revoke(a.System, first.Invitation.Id, Ct).Done();
        await at.Invitations.Accept(third.Token, "x", Chosen, Ct).Refused("invitation_gone");
        await at.Invitations.Invite(a.System, Draft("one@example.com", null), Ct).Done();
    }

    [Theory, EngineData]
    public async Task AnOfferHoldsOnlyWhileItsMakerMayMakeIt(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        await at.Person(a.System, "whole@example.com", Role.Administrator);
        var local = await at.Person(a.System, "local@example.com", Role.Administrator, a.C);
        var caller = a.At(a.C) with { Person = local.Id };
        var made = await at.Invitations.Invite(caller, Draft("new@example.com", a.S1, Role.Administrator), Ct).Done();
        await at.Invitations.Find(made.Token, Ct).Done();
        await at.People.Change(a.System, local.Id, new PersonChange(Role: Role.Viewer), Ct).Done();
        await at.Invitations.Find(made.Token, Ct).Refused("invitation_gone");
        await at.People.Change(a.System, local.Id, new PersonChange(Role: Role.Administrator, Node: a.D.Id), Ct).Done();
        await at.Invitations.Find(made.Token, Ct).Refused("invitation_gone");
        await at.People.Change(a.System, local.Id, new PersonChange(Node: a.C.Id), Ct).Done();
        await at.Invitations.Find(made.Token, Ct).Done();
        await at.People.Disable(a.System, local.Id, Ct).Done();
        await at.Invitations.Accept(made.Token, "x", Chosen, Ct).Refused("invitation_gone");

        // Somebody else who may can make the offer theirs.
        var renewed = await at.Invitations.Renew(a.System, made.Invitation.Id, Ct).Done();
        await at.Invitations.Accept(renewed.Token, "x", Chosen, Ct).Done();
    }

    [Theory, EngineData]
    public async Task TwoAnswersAtOnceMakeOnePerson(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var made = await at.Invitations.Invite(a.System, Draft("li@example.com", null), Ct).Done();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => at.Invitations.Accept(made.Token, $"Li {i}", Chosen, Ct)));
        Assert.Single(answers, o => o.Ok);
        Assert.Single(await at.People.List(a.System, Ct).Done());
        await at.Invitations.Invite(a.System, Draft("li@example.com", null), Ct).Refused("email_taken");
        await at.Invitations.Invite(a.System, Draft("logger@example.com", null, Role.Device), Ct).Refused("role_of_machines");
        await at.Invitations.Invite(a.System, Draft("x", null, (Role)0), Ct).Refused("email_invalid");
    }

    private static NewInvitation Draft(string email, Node? node, Role role = Role.Viewer) => new(email, role, node?.Id ?? 0, Language.Chinese);
}
