using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

public sealed class SessionTests
{
    private static readonly SignInFrom Laptop = new("198.51.100.4", "Firefox, Windows");
    private static readonly SignInFrom Phone = new("2001:db8::7", "Safari, iPhone");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task EverybodySeesAndEndsTheirOwn(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        var laptop = await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Laptop).Done();
        at.Store.Clock.Now += TimeSpan.FromMinutes(5);
        var phone = await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Phone).Done();
        var own = await at.Sessions.Own(laptop.Caller, Ct).Done();
        Assert.Equal([("Safari, iPhone", "2001:db8::7"), ("Firefox, Windows", "198.51.100.4")], own.Select(s => (s.Agent, s.Address)));
        Assert.Equal([phone.Caller.Session, laptop.Caller.Session], own.Select(s => s.Id));
        Assert.All(own, s => Assert.Equal("password", s.Method));

        await at.Sessions.End(laptop.Caller, phone.Caller.Session, Ct).Done();
        await at.Sessions.End(laptop.Caller, phone.Caller.Session, Ct).Refused("not_found");
        Assert.Null(await at.Sessions.Resolve(phone.Token, Ct));
        Assert.NotNull(await at.Sessions.Resolve(laptop.Token, Ct));

        await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Phone).Done();
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Phone).Done();
        Assert.Equal(2, await at.Sessions.EndOthers(laptop.Caller, Ct).Done());
        Assert.Equal(laptop.Caller.Session, Assert.Single(await at.Sessions.Own(laptop.Caller, Ct).Done()).Id);
        await at.Sessions.End(laptop.Caller with { ByToken = 3 }, laptop.Caller.Session, Ct).Refused("token_not_here");
        await at.Sessions.EndOthers(laptop.Caller with { ByToken = 3 }, Ct).Refused("token_not_here");
    }

    [Theory, EngineData]
    public async Task AnAdministratorSeesAndEndsThoseOfTheirSubtree(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var (a, b) = (await at.Estate("A"), await at.Estate("B"));
        var inside = await at.Person(a.System, "in@example.com", Role.Viewer, a.S1);
        var outside = await at.Person(a.System, "out@example.com", Role.Viewer, a.S3);
        var one = await at.Sessions.SignIn(inside.Email, Installation.Password, Ct, Laptop).Done();
        var two = await at.Sessions.SignIn(outside.Email, Installation.Password, Ct, Laptop).Done();
        var admin = a.At(a.C);
        Assert.Equal([one.Caller.Session], (await at.Sessions.List(admin, Ct).Done()).Select(s => s.Id));
        Assert.Equal(2, (await at.Sessions.List(a.System, Ct).Done()).Count);
        Assert.Empty(await at.Sessions.List(b.System, Ct).Done());
        await at.Sessions.List(one.Caller, Ct).Refused("not_permitted");
        await at.Sessions.End(one.Caller, two.Caller.Session, Ct).Refused("not_found");
        await at.Sessions.End(admin, two.Caller.Session, Ct).Refused("not_found");
        await at.Sessions.End(b.System, one.Caller.Session, Ct).Refused("not_found");
        await at.Sessions.End(admin, one.Caller.Session, Ct).Done();
        Assert.Null(await at.Sessions.Resolve(one.Token, Ct));
        Assert.NotNull(await at.Sessions.Resolve(two.Token, Ct));
    }

    [Theory, EngineData]
    public async Task ASessionEndsWhenNobodyUsesIt(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        var idle = OrganisationSettings.Default.SessionIdle;
        var used = await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Laptop).Done();
        var left = await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Phone).Done();

        // Another server sees it being used, and this one counts that.
        at.Store.Clock.Now += idle - TimeSpan.FromSeconds(1);
        Assert.NotNull(await at.AnotherProcess().Sessions.Resolve(used.Token, Ct));
        at.Store.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.NotNull(await at.Sessions.Resolve(used.Token, Ct));
        Assert.Null(await at.Sessions.Resolve(left.Token, Ct));
        Assert.Equal(used.Caller.Session, Assert.Single(await at.Sessions.Own(used.Caller, Ct).Done()).Id);
    }

    [Theory, EngineData]
    public async Task LastSeenIsWrittenAtMostOnceAMinute(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        var signed = await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Laptop).Done();
        var opened = at.Store.Clock.Now;
        foreach (var (seconds, seen) in new[] { (30, 0), (29, 0), (3, 62), (30, 62), (29, 62), (2, 123) })
        {
            at.Store.Clock.Now += TimeSpan.FromSeconds(seconds);
            await at.Sessions.Resolve(signed.Token, Ct);
            Assert.Equal(opened.AddSeconds(seen), (await at.Sessions.Own(signed.Caller, Ct).Done())[0].SeenAt);
        }
    }

    [Theory, EngineData]
    public async Task WhatAnotherServerEndsIsOverWithinTheRememberedTimeAndNotLater(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        var signed = await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Laptop).Done();
        var other = at.AnotherProcess();
        Assert.NotNull(await at.Sessions.Resolve(signed.Token, Ct));
        Assert.NotNull(await other.Sessions.Resolve(signed.Token, Ct));
        await other.Sessions.End(signed.Caller, signed.Caller.Session, Ct).Done();
        Assert.Null(await other.Sessions.Resolve(signed.Token, Ct));
        at.Store.Clock.Now += Sessions.Remembered;
        Assert.Null(await at.Sessions.Resolve(signed.Token, Ct));
        Assert.True(Sessions.Remembered <= TimeSpan.FromSeconds(2));
    }
}
