using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

/// <summary>Who guesses passwords gets no further, and cannot keep out those who know theirs.</summary>
public sealed class SignInGateTests
{
    private static readonly SignInFrom Attacker = new("203.0.113.9", "Python");
    private static readonly SignInFrom Office = new("198.51.100.4", "Firefox, Windows");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task OnePasswordTriedOnManyAccountsClosesTheSender(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        for (var i = 0; i < SignInGate.PerSender; i++)
        {
            await at.Sessions.SignIn($"person{i}@example.com", "Spring2025!!", Ct, Attacker).Refused("sign_in_failed");
        }

        // Nothing more from there, right password or not; everybody else goes on.
        await at.Sessions.SignIn("another@example.com", "Spring2025!!", Ct, Attacker).Refused("sign_in_throttled");
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Attacker).Refused("sign_in_throttled");
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Office).Done();
        at.Store.Clock.Now += Lockout.Window;
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Attacker).Done();
    }

    [Theory, EngineData]
    public async Task ASuccessDoesNotWinBackTriesOnOthers(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var insider = await at.Person(a.System, "insider@example.com", Role.Viewer);
        for (var i = 0; i < SignInGate.PerSender; i++)
        {
            await at.Sessions.SignIn($"person{i}@example.com", "Spring2025!!", Ct, Attacker).Refused("sign_in_failed");
            if (i % 7 == 0)
            {
                await at.Sessions.SignIn(insider.Email, Installation.Password, Ct, Attacker).Done();
            }
        }

        await at.Sessions.SignIn("another@example.com", "Spring2025!!", Ct, Attacker).Refused("sign_in_throttled");
    }

    [Theory, EngineData]
    public async Task ManySignInsOfOneOfficeCloseNothing(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        for (var i = 0; i < 2 * SignInGate.PerSender; i++)
        {
            await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Office).Done();
        }
    }

    [Theory, EngineData]
    public async Task ALockedAccountOpensInABrowserThatIsKnown(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        var known = Office with { Browser = "mark of the office browser" };
        for (var i = 0; i < SignInGate.PerAccount; i++)
        {
            await at.Sessions.SignIn(person.Email, "wrong", Ct, Attacker with { Address = $"203.0.113.{i}" }).Refused("sign_in_failed");
        }

        await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Office).Refused("sign_in_locked");
        await at.Sessions.SignIn(person.Email, Installation.Password, Ct, known).Done();

        // That success gives the attacker nothing back, and the known browser has a limit of its own.
        await at.Sessions.SignIn(person.Email, "wrong", Ct, Attacker).Refused("sign_in_locked");
        for (var i = 0; i < SignInGate.PerAccount; i++)
        {
            await at.Sessions.SignIn(person.Email, "wrong", Ct, known).Refused("sign_in_failed");
        }

        await at.Sessions.SignIn(person.Email, Installation.Password, Ct, known).Refused("sign_in_locked");
        var rows = (await at.Audit.List(a.System, null, 500, Ct).Done()).Entries;
        Assert.Equal(2, rows.Count(e => e.Verb == "session.lock"));
        Assert.Equal(20, rows.Count(e => e.Verb == "session.fail"));
        Assert.Contains("203.0.113.3", rows.First(e => e.Verb == "session.fail" && e.Detail.Contains("203.0.113.3", StringComparison.Ordinal)).Detail);
    }

    [Theory, EngineData]
    public async Task AnAddressTypedAsAnEMailCountsForNobodyElse(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Viewer);
        foreach (var typed in new[] { "sender 198.51.100.4", "198.51.100.4", "email p@example.com", "browser x" })
        {
            for (var i = 0; i < SignInGate.PerAccount; i++)
            {
                await at.Sessions.SignIn(typed, "wrong", Ct, Attacker with { Address = $"203.0.113.{i}" }).Refused("sign_in_failed");
            }
        }

        await at.Sessions.SignIn(person.Email, Installation.Password, Ct, Office).Done();
    }

    [Theory]
    [InlineData("198.51.100.4", "198.51.100.4")]
    [InlineData("::ffff:198.51.100.4", "198.51.100.4")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010db800010002")]
    [InlineData("2001:db8:1:2:ffff::1", "20010db800010002")]
    [InlineData("2001:db8:1:3::1", "20010db800010003")]
    [InlineData("", null)]
    [InlineData("somewhere", null)]
    public void ASenderIsAnAddressOrTheNetworkOfOneCustomer(string address, string? sender) => Assert.Equal(sender, new SignInFrom(address, "").Sender);
}
