using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

/// <summary>What becomes of a person after they were added: another role, part, name or address, an end and a new beginning.</summary>
public sealed class PeopleChangeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task AnotherRoleAndPartHoldAtOnceForOpenSessions(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "li@example.com", Role.DataSteward, a.C);
        var session = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        Assert.Equal((Role.DataSteward, a.C.Path), Seen(await at.Sessions.Resolve(session.Token, Ct)));

        var changed = await at.People.Change(a.System, person.Id, new PersonChange(Name: " Li Na ", Role: Role.Viewer, Node: a.S1.Id, Language: Language.English), Ct).Done();
        Assert.Equal(("Li Na", Role.Viewer, a.S1.Id, Language.English, "li@example.com"), (changed.Name, changed.Role, changed.Node, changed.Language, changed.Email));
        var caller = await at.Sessions.Resolve(session.Token, Ct);
        Assert.Equal((Role.Viewer, a.S1.Path), Seen(caller));
        Assert.Equal(("Li Na", Language.English), (caller!.Name, caller.Language));

        await at.People.Change(a.System, person.Id, new PersonChange(Email: " Na@Example.com "), Ct).Done();
        await at.Sessions.SignIn("li@example.com", Installation.Password, Ct).Refused("sign_in_failed");
        await at.Sessions.SignIn("na@example.com", Installation.Password, Ct).Done();
        var found = await at.People.Find(a.System, person.Id, Ct).Done();
        Assert.NotNull(found.SignedInAt);
        Assert.Equal(found, Assert.Single(await at.People.List(a.System, Ct).Done(), p => p.Id == person.Id));
        Assert.Null((await at.Person(a.System, "never@example.com", Role.Viewer)).SignedInAt);

        // Each field before and after stands in the log, once; a change that changes nothing leaves no row.
        var rows = (await at.Audit.List(a.System, null, 50, Ct).Done()).Entries.Where(e => e.Verb == "person.change").ToList();
        Assert.Equal(2, rows.Count);
        Assert.Contains("\"before_role\":\"DataSteward\",\"after_role\":\"Viewer\"", rows[1].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("before_email", rows[1].Detail, StringComparison.Ordinal);
        await at.People.Change(a.System, person.Id, new PersonChange(Name: "Li Na"), Ct).Done();
        Assert.Equal(2, (await at.Audit.List(a.System, null, 50, Ct).Done()).Entries.Count(e => e.Verb == "person.change"));
        Assert.True((await at.Audit.Check(a.System, Ct).Done()).Sound);
    }

    [Theory, EngineData]
    public async Task AMovedPartTakesItsPeopleAlongAtOnce(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "li@example.com", Role.Viewer, a.S1);
        var session = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        Assert.Equal(a.S1.Path, (await at.Sessions.Resolve(session.Token, Ct))!.NodePath);
        var moved = await at.Tree.Move(a.System, a.S1.Id, a.D.Id, Ct).Done();
        Assert.Equal(moved.Path, (await at.Sessions.Resolve(session.Token, Ct))!.NodePath);
    }

    [Theory, EngineData]
    public async Task AnEndedAccessComesBackWithItsPassword(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "li@example.com", Role.Viewer);
        var session = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        await at.People.Disable(a.System, person.Id, Ct).Done();
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Refused("sign_in_failed");
        Assert.Null((await at.People.Enable(a.System, person.Id, Ct).Done()).DisabledAt);
        Assert.Null(await at.Sessions.Resolve(session.Token, Ct));
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        await at.People.Enable(a.System, person.Id, Ct).Done();
        Assert.Single((await at.Audit.List(a.System, null, 50, Ct).Done()).Entries, e => e.Verb == "person.enable");
    }

    [Theory, EngineData]
    public async Task TheLastAdministratorOfTheWholeStaysOne(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var one = await at.Person(a.System, "one@example.com", Role.Administrator);
        await at.Person(a.System, "part@example.com", Role.Administrator, a.C);
        var caller = a.System with { Person = one.Id };
        await at.People.Change(caller, one.Id, new PersonChange(Role: Role.Viewer), Ct).Refused("last_administrator");
        await at.People.Change(caller, one.Id, new PersonChange(Node: a.C.Id), Ct).Refused("last_administrator");
        await at.People.Change(caller, one.Id, new PersonChange(Name: "Still", Email: "still@example.com"), Ct).Done();

        // Of two that stop at the same moment, one remains.
        var two = await at.Person(a.System, "two@example.com", Role.Administrator);
        var both = await Task.WhenAll(
            at.People.Change(a.System, one.Id, new PersonChange(Role: Role.Viewer), Ct), at.People.Change(a.System, two.Id, new PersonChange(Node: a.C.Id), Ct));
        Assert.Equal("last_administrator", Assert.Single(both, o => !o.Ok).Problems[0].Code);
    }

    [Theory, EngineData]
    public async Task NobodyHandsOutMoreThanTheirOwnAndNobodyIsADevice(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var below = await at.Person(a.System, "below@example.com", Role.Viewer, a.S1);
        var top = await at.Person(a.System, "top@example.com", Role.Viewer, a.C);
        var local = a.At(a.C);
        foreach (var wider in new[] { 0, a.G.Id, a.D.Id, a.S3.Id, 424242 })
        {
            await at.People.Change(local, below.Id, new PersonChange(Node: wider), Ct).Refused("not_found");
        }

        await at.People.Change(local, below.Id, new PersonChange(Role: Role.Administrator, Node: a.C.Id), Ct).Done();
        await at.People.Change(a.At(a.S1), top.Id, new PersonChange(Name: "x"), Ct).Refused("not_found");
        await at.People.Change(a.System, below.Id, new PersonChange(Role: Role.Device), Ct).Refused("role_of_machines");
        await at.People.Change(a.System, below.Id, new PersonChange(Role: (Role)77), Ct).Refused("role_unknown");
        await at.People.Add(a.System, new NewPerson("device@example.com", "x", Role.Device, 0, Language.English, Installation.Password), Ct).Refused("role_of_machines");
        await at.People.Change(a.System, below.Id, new PersonChange(Email: "top@example.com"), Ct).Refused("email_taken");
        await at.People.Change(a.System, below.Id, new PersonChange(Email: "nobody"), Ct).Refused("email_invalid");
        await at.People.Change(a.System, below.Id, new PersonChange(Name: " "), Ct).Refused("person_name_invalid");
    }

    private static (Role, string) Seen(Caller? caller) => (caller!.Role, caller.NodePath);
}
