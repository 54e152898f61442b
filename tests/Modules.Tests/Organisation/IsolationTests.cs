using System.Text;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

/// <summary>No verb reaches another tenant, or leaves the caller's subtree, whatever ids it is given.</summary>
public sealed class IsolationTests
{
    private static readonly DateOnly Day = new(2024, 1, 1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task NoVerbReachesAnotherTenant(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var (a, b) = (await at.Estate("A"), await at.Estate("B"));
        var person = await at.Person(b.System, "b@example.com", Role.Administrator);
        var session = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        var file = await at.Evidence.Add(b.System, Content("of B"), "b.txt", null, Ct).Done();
        var invited = await at.Invitations.Invite(b.System, new NewInvitation("i@example.com", Role.Viewer, 0, Language.English), Ct).Done();
        var before = await Everything(at, b.System);

        var caller = a.System;
        await at.Tree.Add(caller, Site(b.C.Id), Ct).Refused("not_found");
        await at.Tree.Rename(caller, b.S1.Id, "x", "x", Ct).Refused("not_found");
        await at.Tree.Move(caller, b.S1.Id, a.D.Id, Ct).Refused("not_found");
        await at.Tree.Move(caller, a.S1.Id, b.D.Id, Ct).Refused("not_found");
        await at.Tree.Close(caller, b.S1.Id, Day, Ct).Refused("not_found");
        await at.Tree.Find(caller, b.S1.Id, Ct).Refused("not_found");
        await at.Tree.Subtree(caller, b.G.Id, null, Ct).Refused("not_found");
        Assert.Equal(a.S1.Id, (await at.Tree.FindByCode(caller, "S1", Ct).Done()).Id);
        Assert.All(await at.Tree.Subtree(caller, null, null, Ct).Done(), n => Assert.Equal(a.Tenant.Id, n.Tenant));
        Assert.All(await at.Tree.Sites(caller, null, Ct).Done(), n => Assert.Equal(a.Tenant.Id, n.Tenant));
        Assert.All(await at.Tree.Postable(caller, Ct).Done(), n => Assert.Equal(a.Tenant.Id, n.Tenant));
        await at.People.Add(caller, Draft("x@example.com", b.S1.Id), Ct).Refused("not_found");
        await at.People.Add(caller, Draft("B@example.com", 0), Ct).Refused("email_taken");
        await at.People.SetPassword(caller, person.Id, "another long passphrase", Ct).Refused("not_found");
        await at.People.ChangePassword(caller with { Person = person.Id }, Installation.Password, "another long passphrase", Ct).Refused("not_found");
        await at.People.Disable(caller, person.Id, Ct).Refused("not_found");
        await at.People.Enable(caller, person.Id, Ct).Refused("not_found");
        await at.People.Find(caller, person.Id, Ct).Refused("not_found");
        await at.People.Change(caller, person.Id, new PersonChange(Name: "x"), Ct).Refused("not_found");
        await at.Tree.Edit(caller, b.S1.Id, NodeEdit.Of(b.S1) with { NameEn = "x" }, Ct).Refused("not_found");
        await at.Tree.Edit(caller, a.S1.Id, NodeEdit.Of(a.S1) with { Parent = b.D.Id }, Ct).Refused("not_found");
        await at.Invitations.Invite(caller, new NewInvitation("n@example.com", Role.Viewer, b.S1.Id, Language.English), Ct).Refused("not_found");
        await at.Invitations.Renew(caller, invited.Invitation.Id, Ct).Refused("not_found");
        await at.Invitations.Revoke(caller, invited.Invitation.Id, Ct).Refused("not_found");
        Assert.Empty(await at.Invitations.List(caller, Ct).Done());
        Assert.Empty(await at.People.List(caller, Ct).Done());
        await at.Sessions.Revoke(caller, person.Id, Ct).Refused("not_found");
        await at.Sessions.Revoke(caller with { Person = person.Id }, person.Id, Ct).Refused("not_found");
        await at.Evidence.Add(caller, Content("x"), "x.txt", b.S1.Id, Ct).Refused("not_found");
        await at.Evidence.Open(caller, file.Hash.ToString(), Ct).Refused("not_found");
        await at.Evidence.Find(caller, file.Hash.ToString(), Ct).Refused("not_found");
        Assert.Empty((await at.Evidence.List(caller, null, 9, Ct).Done()).Files);
        Assert.Equal(a.Tenant.Id, (await at.Tenants.Own(caller, Ct).Done()).Id);
        await at.Tenants.Rename(caller, "A2", "甲", Ct).Done();
        Assert.All((await at.Audit.List(caller, null, 500, Ct).Done()).Entries, e => Assert.Equal(a.Tenant.Id, e.Tenant));
        Assert.True((await at.Audit.Check(caller, Ct).Done()).Sound);

        Assert.Equal(before, await Everything(at, b.System));
        Assert.NotNull(await at.AnotherProcess().Sessions.Resolve(session.Token, Ct));

        // Who adds the same content has it too, and sees only the own row.
        Assert.Equal(file.Hash, (await at.Evidence.Add(caller, Content("of B"), "mine.txt", null, Ct).Done()).Hash);
        Assert.Equal("mine.txt", (await at.Evidence.Find(caller, file.Hash.ToString(), Ct).Done()).Name);
    }

    [Theory, EngineData]
    public async Task NoVerbLeavesTheSubtree(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var above = await at.Person(a.System, "above@example.com", Role.Administrator);
        var beside = await at.Person(a.System, "beside@example.com", Role.Viewer, a.D);
        var below = await at.Person(a.System, "below@example.com", Role.Viewer, a.S1);
        var elsewhere = await at.Invitations.Invite(a.System, new NewInvitation("e@example.com", Role.Viewer, a.D.Id, Language.English), Ct).Done();
        var here = await at.Invitations.Invite(a.System, new NewInvitation("h@example.com", Role.Viewer, a.S1.Id, Language.English), Ct).Done();
        var whole = await at.Evidence.Add(a.System, Content("whole"), "whole.txt", null, Ct).Done();
        var next = await at.Evidence.Add(a.System, Content("beside"), "beside.txt", a.S3.Id, Ct).Done();
        var own = await at.Evidence.Add(a.System, Content("below"), "below.txt", a.B1.Id, Ct).Done();

        var caller = a.At(a.C);
        foreach (var outside in new[] { a.G, a.D, a.S3 })
        {
            await at.Tree.Add(caller, Site(outside.Id), Ct).Refused("not_found");
            await at.Tree.Rename(caller, outside.Id, "x", "x", Ct).Refused("not_found");
            await at.Tree.Edit(caller, outside.Id, NodeEdit.Of(outside), Ct).Refused("not_found");
            await at.Invitations.Invite(caller, new NewInvitation("n@example.com", Role.Viewer, outside.Id, Language.English), Ct).Refused("not_found");
            await at.Tree.Move(caller, outside.Id, a.C.Id, Ct).Refused("not_found");
            await at.Tree.Move(caller, a.S1.Id, outside.Id, Ct).Refused("not_found");
            await at.Tree.Close(caller, outside.Id, Day, Ct).Refused("not_found");
            await at.Tree.Find(caller, outside.Id, Ct).Refused("not_found");
            await at.Tree.FindByCode(caller, outside.Code, Ct).Refused("not_found");
            await at.Tree.Subtree(caller, outside.Id, null, Ct).Refused("not_found");
            await at.People.Add(caller, Draft("x@example.com", outside.Id), Ct).Refused("not_found");
            await at.Evidence.Add(caller, Content("x"), "x.txt", outside.Id, Ct).Refused("not_found");
        }

        await at.Tree.Add(caller, new NewNode(null, NodeKind.Group, "R", "Root", ""), Ct).Refused("not_permitted");
        await at.People.Add(caller, Draft("x@example.com", 0), Ct).Refused("not_found");
        await at.Evidence.Add(caller, Content("x"), "x.txt", 0, Ct).Refused("not_found");
        foreach (var person in new[] { above, beside })
        {
            await at.People.SetPassword(caller, person.Id, "another long passphrase", Ct).Refused("not_found");
            await at.People.Disable(caller, person.Id, Ct).Refused("not_found");
            await at.People.Enable(caller, person.Id, Ct).Refused("not_found");
            await at.People.Find(caller, person.Id, Ct).Refused("not_found");
            await at.People.Change(caller, person.Id, new PersonChange(Node: a.S1.Id), Ct).Refused("not_found");
            await at.Sessions.Revoke(caller, person.Id, Ct).Refused("not_found");
        }

        // Whoever the caller is, only the own password changes, and this caller is nobody of the tenant.
        await at.People.ChangePassword(caller, Installation.Password, "another long passphrase", Ct).Refused("not_found");
        foreach (var file in new[] { whole, next })
        {
            await at.Evidence.Open(caller, file.Hash.ToString(), Ct).Refused("not_found");
            await at.Evidence.Find(caller, file.Hash.ToString(), Ct).Refused("not_found");
        }

        await at.Invitations.Renew(caller, elsewhere.Invitation.Id, Ct).Refused("not_found");
        await at.Invitations.Revoke(caller, elsewhere.Invitation.Id, Ct).Refused("not_found");
        Assert.Equal([here.Invitation.Id], (await at.Invitations.List(caller, Ct).Done()).Select(i => i.Id));
        await at.Audit.List(caller, null, 10, Ct).Refused("not_permitted");
        await at.Audit.Check(caller, Ct).Refused("not_permitted");
        await at.Tenants.Rename(caller, "x", "x", Ct).Refused("not_permitted");

        Assert.Equal(["C", "S1", "B1", "L1", "S2"], (await at.Tree.Subtree(caller, null, null, Ct).Done()).Select(n => n.Code));
        Assert.Equal(["C", "S1", "B1", "L1", "S2"], (await at.Tree.Postable(caller with { Role = Role.Device }, Ct).Done()).Select(n => n.Code));
        Assert.Equal(["S1", "S2"], (await at.Tree.Sites(caller, null, Ct).Done()).Select(n => n.Code));
        Assert.Equal([below.Id], (await at.People.List(caller, Ct).Done()).Select(p => p.Id));
        Assert.Equal([own.Id], (await at.Evidence.List(caller, null, 10, Ct).Done()).Files.Select(f => f.Id));
        Assert.Equal(a.C.Id, (await at.Evidence.Add(caller, Content("mine"), "mine.txt", null, Ct).Done()).Node);
        await at.Tree.Add(caller, Site(a.C.Id), Ct).Done();
        await at.Tree.Move(caller, a.L1.Id, a.S2.Id, Ct).Done();
        await at.People.Disable(caller, below.Id, Ct).Done();
    }

    [Theory, EngineData]
    public async Task NoVerbWorksWithoutItsRight(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        var file = await at.Evidence.Add(a.System, Content("x"), "x.txt", null, Ct).Done();
        var viewer = a.System with { Role = Role.Viewer, Person = 9999 };
        await at.Tree.Add(viewer, Site(a.C.Id), Ct).Refused("not_permitted");
        await at.Tree.Rename(viewer, a.S1.Id, "x", "x", Ct).Refused("not_permitted");
        await at.Tree.Move(viewer, a.S1.Id, a.D.Id, Ct).Refused("not_permitted");
        await at.Tree.Close(viewer, a.S1.Id, Day, Ct).Refused("not_permitted");
        await at.Tree.Postable(viewer, Ct).Refused("not_permitted");
        await at.People.Add(viewer, Draft("x@example.com", 0), Ct).Refused("not_permitted");
        await at.People.List(viewer, Ct).Refused("not_permitted");
        await at.Tree.Edit(viewer, a.S1.Id, NodeEdit.Of(a.S1), Ct).Refused("not_permitted");
        await at.Invitations.Invite(viewer, new NewInvitation("n@example.com", Role.Viewer, 0, Language.English), Ct).Refused("not_permitted");
        await at.Invitations.List(viewer, Ct).Refused("not_permitted");
        await at.People.SetPassword(viewer, person.Id, "another long passphrase", Ct).Refused("not_permitted");
        await at.People.Disable(viewer, person.Id, Ct).Refused("not_permitted");
        await at.Sessions.Revoke(viewer, person.Id, Ct).Refused("not_permitted");
        await at.Evidence.Add(viewer, Content("y"), "y.txt", null, Ct).Refused("not_permitted");
        await at.Evidence.Open(viewer, file.Hash.ToString(), Ct).Refused("not_permitted");
        await at.Evidence.Find(viewer, file.Hash.ToString(), Ct).Refused("not_permitted");
        await at.Evidence.List(viewer, null, 9, Ct).Refused("not_permitted");
        await at.Audit.List(viewer, null, 9, Ct).Refused("not_permitted");
        await at.Audit.Check(viewer, Ct).Refused("not_permitted");
        await at.Tenants.Rename(viewer, "x", "x", Ct).Refused("not_permitted");

        var nobody = viewer with { Role = (Role)99 };
        await at.Tree.Find(nobody, a.S1.Id, Ct).Refused("not_permitted");
        await at.Tree.FindByCode(nobody, "S1", Ct).Refused("not_permitted");
        await at.Tree.Subtree(nobody, null, null, Ct).Refused("not_permitted");
        await at.Tree.Sites(nobody, null, Ct).Refused("not_permitted");
        await at.Tenants.Own(nobody, Ct).Refused("not_permitted");
    }

    /// <summary>A new verb must join the tests above, or those of sessions, passkeys and tokens: these files call each by name.</summary>
    [Fact]
    public void EveryVerbIsTriedHere()
    {
        var tried = string.Concat(
            new[] { "Isolation", "Session", "Passkey", "ApiToken", "Audit" }.Select(of => File.ReadAllText(Architecture.Repository.PathOf($"tests/Modules.Tests/Organisation/{of}Tests.cs"))));
        Type[] verbs = [typeof(OrganisationTree), typeof(People), typeof(Invitations), typeof(Sessions), typeof(ApiTokens), typeof(Passkeys), typeof(EvidenceFiles), typeof(Audit), typeof(Tenants)];
        var names = verbs.SelectMany(t => t.GetMethods().Where(m => m.ReturnType.IsGenericType && m.GetParameters().Any(p => p.ParameterType == typeof(Caller))))
            .Select(m => $"{m.DeclaringType!.Name switch { "OrganisationTree" => "Tree", "EvidenceFiles" => "Evidence", "ApiTokens" => "Tokens", var name => name }}.{m.Name}(").ToList();
        Assert.True(names.Count > 15);
        Assert.All(names, name => Assert.True(tried.Split(name).Length > 2, $"{name} is not tried with another tenant and subtree."));
    }

    private static MemoryStream Content(string text) => new(Encoding.UTF8.GetBytes(text));

    private static NewNode Site(long parent) => new(parent, NodeKind.Site, "NEW", "New", "", "CN");

    private static NewPerson Draft(string email, long node) => new(email, "x", Role.Viewer, node, Language.English, Installation.Password);

    private static async Task<string> Everything(Installation at, Caller system)
    {
        var lines = (await at.Tree.Subtree(system, null, null, Ct).Done()).Select(n => n.ToString())
            .Concat((await at.People.List(system, Ct).Done()).Select(p => p.ToString()))
            .Concat((await at.Evidence.List(system, null, 500, Ct).Done()).Files.Select(f => f.ToString()))
            .Append((await at.Tenants.Own(system, Ct).Done()).ToString())
            .Append((await at.Audit.Check(system, Ct).Done()).ToString());
        return string.Join('\n', lines);
    }
}
