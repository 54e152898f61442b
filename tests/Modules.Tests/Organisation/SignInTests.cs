using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

public sealed class SignInTests
{
    private const string Next = "quite another passphrase";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task TheRightPasswordOpensASession(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "Li.Na@example.com", Role.DataSteward, a.S1);
        var signed = await at.Sessions.SignIn(" li.na@EXAMPLE.com", Installation.Password, Ct).Done();
        Assert.Equal(new Caller(a.Tenant.Id, person.Id, "Li.Na", Role.DataSteward, a.S1.Path, Language.Chinese) { Session = signed.Caller.Session }, signed.Caller);
        Assert.Equal(at.Store.Clock.Now + OrganisationSettings.Default.SessionLifetime, signed.ExpiresAt);
        Assert.Equal(43, signed.Token.Length);
        Assert.DoesNotContain(signed.Token, signed.ToString());
        Assert.Equal(signed.Caller, await at.Sessions.Resolve(signed.Token, Ct));
        Assert.Equal(signed.Caller, await at.AnotherProcess().Sessions.Resolve(signed.Token, Ct));
        Assert.NotEqual(signed.Token, (await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done()).Token);
        foreach (var wrong in new[] { null, "", "x", new string('A', 43), signed.Token[..42] + "!" })
        {
            Assert.Null(await at.Sessions.Resolve(wrong, Ct));
        }
    }

    [Theory, EngineData]
    public async Task EveryFailureReadsTheSame(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        var gone = await at.Person(a.System, "gone@example.com", Role.Viewer);
        await at.People.Disable(a.System, gone.Id, Ct).Done();
        var refusals = new List<Problem>();
        foreach (var (email, password) in new[]
                 {
                     (person.Email, "wrong"), (person.Email, ""), (person.Email, new string('x', 100_000)), (gone.Email, Installation.Password),
                     ("nobody@example.com", Installation.Password), ("", ""), ("no\0body", "x"), ("half \ud83d", "x"),
                 })
        {
            refusals.Add((await at.Sessions.SignIn(email, password, Ct)).Problems[0]);
        }

        Assert.All(refusals, refusal => Assert.Equal("sign_in_failed//", $"{refusal.Code}/{refusal.Found}/{string.Join(' ', refusal.Args)}"));
    }

    [Theory, EngineData]
    public async Task TenFailuresLockForFifteenMinutes(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        var other = await at.Person(a.System, "other@example.com", Role.Viewer);

        // All at once: the limit holds although no try has been judged before the next begins.
        var tries = await Task.WhenAll(Enumerable.Range(0, 13).Select(_ => at.Sessions.SignIn(person.Email, "wrong", Ct)));
        Assert.Equal(10, tries.Count(t => t.Problems[0].Code == "sign_in_failed"));
        Assert.Equal(3, tries.Count(t => t.Problems[0].Code == "sign_in_locked"));
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Refused("sign_in_locked");
        await at.Sessions.SignIn("P@EXAMPLE.COM ", Installation.Password, Ct).Refused("sign_in_locked");
        await at.Sessions.SignIn(other.Email, Installation.Password, Ct).Done();
        Assert.Single((await at.Audit.List(a.System, null, 500, Ct).Done()).Entries, e => e.Verb == "session.lock");

        at.Store.Clock.Now += TimeSpan.FromMinutes(14);
        Assert.Equal(["1"], (await at.Sessions.SignIn(person.Email, Installation.Password, Ct)).Problems[0].Args);
        at.Store.Clock.Now += TimeSpan.FromMinutes(1);
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
    }

    [Theory, EngineData]
    public async Task AnUnknownAddressLocksLikeAKnownOneAndSuccessForgives(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        for (var i = 0; i < 9; i++)
        {
            await at.Sessions.SignIn(person.Email, "wrong", Ct).Refused("sign_in_failed");
            await at.Sessions.SignIn("nobody@example.com", "wrong", Ct).Refused("sign_in_failed");
        }

        await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        await at.Sessions.SignIn(person.Email, "wrong", Ct).Refused("sign_in_failed");
        await at.Sessions.SignIn("nobody@example.com", "wrong", Ct).Refused("sign_in_failed");
        await at.Sessions.SignIn("nobody@example.com", "wrong", Ct).Refused("sign_in_locked");
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
    }

    [Theory, EngineData]
    public async Task ASessionEndsByTimeBySigningOutAndByRevocation(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        var first = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        for (; at.Store.Clock.Now < first.ExpiresAt; at.Store.Clock.Now += OrganisationSettings.Default.SessionIdle - TimeSpan.FromMinutes(2))
        {
            Assert.NotNull(await at.Sessions.Resolve(first.Token, Ct));
        }

        at.Store.Clock.Now = first.ExpiresAt;
        Assert.Null(await at.Sessions.Resolve(first.Token, Ct));

        var second = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        var third = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        Assert.NotNull(await at.Sessions.Resolve(second.Token, Ct));
        await at.Sessions.SignOut(second.Token, Ct);
        await at.Sessions.SignOut(second.Token, Ct);
        await at.Sessions.SignOut("nothing", Ct);
        Assert.Null(await at.Sessions.Resolve(second.Token, Ct));
        Assert.NotNull(await at.Sessions.Resolve(third.Token, Ct));
        Assert.Equal(1, await at.Sessions.Revoke(third.Caller, person.Id, Ct).Done());
        Assert.Null(await at.Sessions.Resolve(third.Token, Ct));
        Assert.Null(await at.Sessions.Resolve(first.Token, Ct));
    }

    [Theory, EngineData]
    public async Task WhatAnotherProcessRevokesEndsWithinTheRememberedTime(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer, a.S1);
        var signed = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        Assert.NotNull(await at.Sessions.Resolve(signed.Token, Ct));
        var moved = await at.Tree.Move(a.System, a.S1.Id, a.D.Id, Ct).Done();
        at.Store.Clock.Now += Sessions.Remembered;
        Assert.Equal(moved.Path, (await at.Sessions.Resolve(signed.Token, Ct))!.NodePath);
        await at.AnotherProcess().People.Disable(a.System, person.Id, Ct).Done();
        at.Store.Clock.Now += Sessions.Remembered;
        Assert.Null(await at.Sessions.Resolve(signed.Token, Ct));
    }

    [Theory, EngineData]
    public async Task ANewPasswordEndsTheSessionsAndTheOldPassword(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer, a.S1);
        var signed = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        await at.People.ChangePassword(signed.Caller, "wrong", Next, Ct).Refused("password_wrong");
        await at.People.ChangePassword(signed.Caller, Installation.Password, "short", Ct).Refused("password_too_short");
        Assert.NotNull(await at.Sessions.Resolve(signed.Token, Ct));
        var elsewhere = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        await at.People.ChangePassword(signed.Caller, Installation.Password, Next, Ct).Done();
        Assert.NotNull(await at.Sessions.Resolve(signed.Token, Ct));
        Assert.Null(await at.Sessions.Resolve(elsewhere.Token, Ct));
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Refused("sign_in_failed");
        var again = await at.Sessions.SignIn(person.Email, Next, Ct).Done();

        await at.People.SetPassword(a.System, person.Id, Installation.Password, Ct).Done();
        Assert.Null(await at.Sessions.Resolve(again.Token, Ct));
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        await at.People.SetPassword(a.System with { Person = person.Id }, person.Id, Next, Ct).Refused("password_own");
    }

    [Theory, EngineData]
    public async Task AWeakerHashIsReplacedAtSignIn(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        await at.Store.Db.Write(tx => PersonStore.SetPassword(tx, a.Tenant.Id, person.Id, PasswordHash.Make(Next, Installation.Iterations - 1)), Ct);
        await at.Sessions.SignIn(person.Email, Next, Ct).Done();
        var stored = await at.Store.Db.Read(tx => PersonStore.PasswordHashOf(tx, a.Tenant.Id, person.Id)!, Ct);
        Assert.False(PasswordHash.Outdated(stored, Installation.Iterations));
        await at.Sessions.SignIn(person.Email, Next, Ct).Done();
    }

    [Theory, EngineData]
    public async Task TheLastAdministratorStays(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var first = await at.Person(a.System, "1@example.com", Role.Administrator);
        await at.Person(a.System, "2@example.com", Role.Administrator, a.S1);
        await at.Person(a.System, "3@example.com", Role.CarbonManager);
        await at.People.Disable(a.System, first.Id, Ct).Refused("last_administrator");
        var second = await at.Person(a.System, "4@example.com", Role.Administrator);
        await at.People.Disable(a.System, first.Id, Ct).Done();
        await at.People.Disable(a.System, first.Id, Ct).Done();
        await at.People.Disable(a.System, second.Id, Ct).Refused("last_administrator");
        await at.Sessions.SignIn(first.Email, Installation.Password, Ct).Refused("sign_in_failed");
    }

    [Theory, EngineData]
    public async Task TheFirstAdministratorIsMadeOnce(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => FirstStart.Ensure(at.Store.Db, at.Store.Clock, Ct)));
        var first = Assert.Single(made, m => m is not null)!;
        Assert.Null(await FirstStart.Ensure(at.Store.Db, at.Store.Clock, Ct));
        Assert.Matches("^[A-Za-z2-9]{5}(-[A-Za-z2-9]{5}){3}$", first.Password);
        Assert.DoesNotContain(first.Password, first.ToString());
        var signed = await at.Sessions.SignIn(first.Email, first.Password, Ct).Done();
        Assert.Equal((first.Tenant, Role.Administrator, "/"), (signed.Caller.Tenant, signed.Caller.Role, signed.Caller.NodePath));
        Assert.True((await at.Audit.Check(signed.Caller, Ct).Done()).Sound);
    }

    [Theory, EngineData]
    public async Task NothingIsMadeWherePeopleExist(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        await at.Person(a.System, "p@example.com", Role.Viewer);
        Assert.Null(await FirstStart.Ensure(at.Store.Db, at.Store.Clock, Ct));
        Assert.Single(await at.People.List(a.System, Ct).Done());
    }
}
