using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

public sealed class ApiTokenTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateOnly LastDay => DateOnly.FromDateTime(TestClock.Start.UtcDateTime).AddDays(30);

    [Theory, EngineData]
    public async Task ATokenIsItsOwnerWithinItsOwnScope(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var owner = await SignedIn(at, a.System, "p@example.com", Role.DataSteward, a.C);
        var made = await at.Tokens.Add(owner, Draft([Right.ReadFigures, Right.WriteActivities], a.S1.Id), Ct).Done();
        Assert.Matches("^tanlu_[A-Za-z0-9_-]{43}$", made.Secret);
        Assert.StartsWith(made.Token.Hint, made.Secret, StringComparison.Ordinal);
        Assert.Equal(10, made.Token.Hint.Length);
        Assert.DoesNotContain(made.Secret, made.ToString());

        var caller = (await at.Tokens.Resolve(made.Secret, Ct))!;
        Assert.Equal((owner.Tenant, owner.Person, owner.Name, owner.Role, a.S1.Path), (caller.Tenant, caller.Person, caller.Name, caller.Role, caller.NodePath));
        Assert.True(caller.May(Right.ReadFigures, a.B1.Path) && caller.May(Right.WriteActivities));
        Assert.False(caller.May(Right.ReadEvidence) || caller.May(Right.ReadFigures, a.S2.Path) || caller.MayEverywhere(Right.ReadFigures));
        Assert.Equal(caller, await at.AnotherProcess().Tokens.Resolve(made.Secret, Ct));
        foreach (var wrong in new[] { null, "", "tanlu_", made.Secret[..^1] + (made.Secret[^1] == 'A' ? "E" : "A"), made.Secret[6..], "tanlu_" + new string('A', 43), made.Secret + "=" })
        {
            Assert.Null(await at.Tokens.Resolve(wrong, Ct));
        }

        var signed = await at.Sessions.SignIn("p@example.com", Installation.Password, Ct).Done();
        Assert.Null(await at.Tokens.Resolve(signed.Token, Ct));
        Assert.Null(await at.Sessions.Resolve(made.Secret, Ct));
    }

    [Theory, EngineData]
    public async Task WhatTheOwnerLosesTheTokenLoses(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var owner = await SignedIn(at, a.System, "p@example.com", Role.Administrator, a.C);
        var everywhere = await at.Tokens.Add(owner, Draft([.. Enum.GetValues<Right>().Where(owner.May)]), Ct).Done();
        var below = await at.Tokens.Add(owner, Draft([Right.ReadFigures], a.S1.Id), Ct).Done();
        Assert.True((await at.Tokens.Resolve(everywhere.Secret, Ct))!.May(Right.ManagePeople, a.C.Path));

        // Another process changes the owner: the token follows within the remembered time.
        await at.Store.Db.Write(tx => tx.Execute($"UPDATE person SET role = {(int)Role.Viewer}, node = {a.S2.Id} WHERE id = {owner.Person}"), Ct);
        at.Store.Clock.Now += Sessions.Remembered;
        var narrowed = (await at.Tokens.Resolve(everywhere.Secret, Ct))!;
        Assert.Equal((Role.Viewer, a.S2.Path), (narrowed.Role, narrowed.NodePath));
        Assert.False(narrowed.May(Right.ManagePeople) || narrowed.May(Right.WriteActivities));
        Assert.Null(await at.Tokens.Resolve(below.Secret, Ct));
    }

    [Theory, EngineData]
    public async Task ATokenEndsByTimeByRevocationAndWithItsOwner(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var owner = await SignedIn(at, a.System, "p@example.com", Role.Viewer);
        var first = await at.Tokens.Add(owner, Draft([Right.ReadFigures]), Ct).Done();
        var second = await at.Tokens.Add(owner, Draft([Right.ReadFigures]), Ct).Done();
        Assert.NotNull(await at.Tokens.Resolve(first.Secret, Ct));
        await at.Tokens.Revoke(owner, first.Token.Id, Ct).Done();
        await at.Tokens.Revoke(owner, first.Token.Id, Ct).Done();
        Assert.Null(await at.Tokens.Resolve(first.Secret, Ct));
        Assert.NotNull(await at.Tokens.Resolve(second.Secret, Ct));
        await at.People.Disable(a.System, owner.Person, Ct).Done();
        Assert.Null(await at.Tokens.Resolve(second.Secret, Ct));

        var device = await at.Tokens.Add(a.System, Draft(null, a.S1.Id, device: true), Ct).Done();
        at.Store.Clock.Now = device.Token.ExpiresAt.AddTicks(-1);
        Assert.NotNull(await at.Tokens.Resolve(device.Secret, Ct));
        at.Store.Clock.Now = device.Token.ExpiresAt;
        Assert.Null(await at.Tokens.Resolve(device.Secret, Ct));
        Assert.Equal(LastDay, device.Token.LastDay);
    }

    [Theory, EngineData]
    public async Task ADeviceDeliversAndReadsNothing(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var admin = await SignedIn(at, a.System, "admin@example.com", Role.Administrator, a.C);
        var made = await at.Tokens.Add(admin, Draft(null, a.S1.Id, device: true), Ct).Done();
        var device = (await at.Tokens.Resolve(made.Secret, Ct))!;
        Assert.Equal((-made.Token.Id, "import", Role.Device, a.S1.Path), (device.Person, device.Name, device.Role, device.NodePath));
        Assert.Equal([Right.WriteActivities, Right.WriteEvidence], Enum.GetValues<Right>().Where(device.May));
        await at.People.Disable(a.System, admin.Person, Ct).Done();
        Assert.NotNull(await at.Tokens.Resolve(made.Secret, Ct));

        await at.Tokens.Add(admin, Draft(null, a.D.Id, device: true), Ct).Refused("not_found");
        await at.Tokens.Add(admin, Draft([Right.ReadFigures], a.S1.Id, device: true), Ct).Refused("token_right_beyond");
        await at.Tokens.Add(admin with { Role = Role.CarbonManager }, Draft(null, a.S1.Id, device: true), Ct).Refused("not_permitted");
        await at.Tokens.Add(a.At(a.S2), Draft(null, a.S1.Id, device: true), Ct).Refused("not_found");
    }

    [Theory, EngineData]
    public async Task NobodyHandsOutMoreThanTheyHave(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var (a, b) = (await at.Estate("A"), await at.Estate("B"));
        var owner = await SignedIn(at, a.System, "p@example.com", Role.Viewer, a.S1);
        await at.Tokens.Add(owner, Draft([Right.WriteActivities]), Ct).Refused("token_right_beyond");
        foreach (var node in new[] { 0, a.C.Id, a.S2.Id, b.S1.Id, 999_999 })
        {
            await at.Tokens.Add(owner, Draft([Right.ReadFigures], node), Ct).Refused("not_found");
        }

        await at.Tokens.Add(owner, Draft([]), Ct).Refused("token_rights_missing");
        await at.Tokens.Add(owner, Draft(null), Ct).Refused("token_rights_missing");
        await at.Tokens.Add(owner, Draft([Right.ReadFigures]) with { Name = " \t" }, Ct).Refused("token_name_invalid");
        foreach (var day in new DateOnly?[] { null, DateOnly.FromDateTime(TestClock.Start.UtcDateTime), DateOnly.FromDateTime(TestClock.Start.UtcDateTime).AddDays(732) })
        {
            await at.Tokens.Add(owner, Draft([Right.ReadFigures]) with { LastDay = day }, Ct).Refused("token_expiry_invalid");
        }

        await at.Tokens.Add(a.System, Draft([Right.ReadFigures]), Ct).Refused("not_permitted");

        // A token cannot prolong itself.
        var made = await at.Tokens.Add(owner, Draft([Right.ReadFigures]), Ct).Done();
        var byToken = (await at.Tokens.Resolve(made.Secret, Ct))!;
        await at.Tokens.Add(byToken, Draft([Right.ReadFigures]), Ct).Refused("token_not_here");
        await at.Tokens.Revoke(byToken, made.Token.Id, Ct).Refused("token_not_here");
        await at.People.ChangePassword(byToken, Installation.Password, "quite another passphrase", Ct).Refused("token_not_here");
        for (var i = 1; i < ApiToken.Most; i++)
        {
            await at.Tokens.Add(owner, Draft([Right.ReadFigures]), Ct).Done();
        }

        await at.Tokens.Add(owner, Draft([Right.ReadFigures]), Ct).Refused("token_too_many");
    }

    [Theory, EngineData]
    public async Task AnAdministratorSeesAndEndsTheTokensOfTheirSubtree(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var (a, b) = (await at.Estate("A"), await at.Estate("B"));
        var inside = await SignedIn(at, a.System, "1@example.com", Role.Viewer, a.S1);
        var outside = await SignedIn(at, a.System, "2@example.com", Role.Viewer, a.S3);
        var admin = await SignedIn(at, a.System, "3@example.com", Role.Administrator, a.C);
        var one = (await at.Tokens.Add(inside, Draft([Right.ReadFigures]), Ct).Done()).Token;
        var two = (await at.Tokens.Add(outside, Draft([Right.ReadFigures]), Ct).Done()).Token;
        var device = (await at.Tokens.Add(admin, Draft(null, a.S2.Id, device: true), Ct).Done()).Token;
        var far = (await at.Tokens.Add(a.System, Draft(null, a.S3.Id, device: true), Ct).Done()).Token;
        Assert.Equal([device.Id, one.Id], (await at.Tokens.List(admin, Ct).Done()).Select(t => t.Id));
        Assert.Equal([far.Id, device.Id, two.Id, one.Id], (await at.Tokens.List(a.System, Ct).Done()).Select(t => t.Id));
        Assert.Empty(await at.Tokens.List(b.System, Ct).Done());
        Assert.Equal([one], await at.Tokens.Own(inside, Ct).Done());
        await at.Tokens.List(inside, Ct).Refused("not_permitted");
        await at.Tokens.Revoke(inside, two.Id, Ct).Refused("not_found");
        await at.Tokens.Revoke(admin, two.Id, Ct).Refused("not_found");
        await at.Tokens.Revoke(admin, far.Id, Ct).Refused("not_found");
        await at.Tokens.Revoke(b.System, one.Id, Ct).Refused("not_found");
        await at.Tokens.Revoke(admin, one.Id, Ct).Done();
        await at.Tokens.Revoke(admin, device.Id, Ct).Done();
        Assert.Equal([false, false], (await at.Tokens.List(admin, Ct).Done()).Select(t => t.Live(at.Store.Clock.Now)));
    }

    [Theory, EngineData]
    public async Task UseAndRefusalAreWrittenDownNowAndThen(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var owner = await SignedIn(at, a.System, "p@example.com", Role.Administrator);
        var made = await at.Tokens.Add(owner, Draft([Right.ManageOrganisation, Right.ReadFigures]), Ct).Done();
        Assert.Null(made.Token.LastUsedAt);
        var first = at.Store.Clock.Now;
        var caller = (await at.Tokens.Resolve(made.Secret, Ct))!;
        Assert.Equal(first, (await at.Tokens.Own(owner, Ct).Done())[0].LastUsedAt);
        at.Store.Clock.Now += TimeSpan.FromSeconds(59);
        await at.Tokens.Resolve(made.Secret, Ct);
        Assert.Equal(first, (await at.Tokens.Own(owner, Ct).Done())[0].LastUsedAt);
        at.Store.Clock.Now += TimeSpan.FromSeconds(3);
        await at.Tokens.Resolve(made.Secret, Ct);
        Assert.Equal(at.Store.Clock.Now, (await at.Tokens.Own(owner, Ct).Done())[0].LastUsedAt);

        // What a token does stands in the log as its owner's, with the token beside.
        await at.Tree.Rename(caller, a.S1.Id, "Renamed", "改名", Ct).Done();
        Assert.Contains($"\"through\":\"token/{made.Token.Id}\"", (await at.Audit.List(a.System, null, 1, Ct).Done()).Entries[0].Detail);

        await at.Tokens.Revoke(owner, made.Token.Id, Ct).Done();
        for (var i = 0; i < 61; i++)
        {
            Assert.Null(await at.Tokens.Resolve(made.Secret, Ct));
            at.Store.Clock.Now += TimeSpan.FromMinutes(1);
        }

        var rows = (await at.Audit.List(a.System, null, 500, Ct).Done()).Entries;
        Assert.Equal(2, rows.Count(e => e.Verb == "token.refuse" && e.Subject == $"token/{made.Token.Id}" && e.Detail.Contains("revoked", StringComparison.Ordinal)));
        Assert.Single(rows, e => e.Verb == "token.add");
        Assert.Single(rows, e => e.Verb == "token.revoke");
        Assert.True((await at.Audit.Check(a.System, Ct).Done()).Sound);
        var stored = await at.Store.Db.Read(tx => tx.Query($"SELECT token_hash || name || hint || rights FROM api_token", r => r.Text(0)), Ct);
        Assert.All(stored.Concat(rows.Select(e => e.Detail)), text => Assert.DoesNotContain(made.Secret, text));
    }

    [Fact]
    public void ASetOfRightsIsWrittenByName()
    {
        var set = RightSet.Of(Right.WriteEvidence, Right.ReadFigures);
        Assert.Equal("ReadFigures WriteEvidence", set.ToString());
        Assert.Equal(set, RightSet.Parse("WriteEvidence NoLongerThere ReadFigures"));
        Assert.Equal(0, RightSet.Parse("").Count);
        Assert.All(Enum.GetValues<Right>(), right => Assert.True(RightSet.All.Contains(right) && RightSet.Of(right).Contains(right)));
        Assert.Null(RightSet.Named("0"));
        Assert.Null(RightSet.Named("ReadFigures,WriteEvidence"));
        Assert.Equal(Right.ReadAudit, RightSet.Named("readaudit"));
    }

    private static NewApiToken Draft(IReadOnlyList<Right>? rights, long? node = null, bool device = false) => new("import", rights, node, LastDay, device);

    private static async Task<Caller> SignedIn(Installation at, Caller by, string email, Role role, Node? node = null)
    {
        var person = await at.Person(by, email, role, node);
        return (await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done()).Caller;
    }
}
