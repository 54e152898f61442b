using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

/// <summary>What follows once the host found a signature right or wrong; the signatures themselves are tried in the server's and the browser's tests.</summary>
public sealed class PasskeyTests
{
    private static readonly SignInFrom Laptop = new("198.51.100.4", "Firefox, Windows");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task APasskeyOpensASessionOfItsOwner(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var owner = await Owner(at, a, a.S1);
        var (_, handle) = await at.Passkeys.Owner(owner, Ct).Done();
        await at.Passkeys.Add(owner, "laptop", handle, Credential("one"), "question 1", Ct).Done();
        Assert.Equal(("p@example.com", handle), await at.Passkeys.Owner(owner, Ct).Done());
        Assert.Equal(new PasskeyHolder(owner.Tenant, owner.Person, handle), await at.Passkeys.HolderOf(handle, Ct));
        Assert.Equal(owner.Person, (await at.Passkeys.HolderOfCredential("one", Ct))!.Person);
        Assert.Null(await at.Passkeys.HolderOf("another", Ct));

        var signed = await SignIn(at, "one", 1, "question 2").Done();
        Assert.Equal((owner.Person, a.S1.Path, Role.DataSteward), (signed.Caller.Person, signed.Caller.NodePath, signed.Caller.Role));
        Assert.NotNull(await at.Sessions.Resolve(signed.Token, Ct));
        Assert.Equal("passkey", (await at.Sessions.Own(owner, Ct).Done()).Single(s => s.Id == signed.Caller.Session).Method);
        Assert.Equal(at.Store.Clock.Now, (await at.Passkeys.Own(owner, Ct).Done())[0].UsedAt);
        Assert.Contains("\"method\":\"passkey\"", (await at.Audit.List(a.System, null, 1, Ct).Done()).Entries[0].Detail);
    }

    [Theory, EngineData]
    public async Task AnAnswerCountsOnceAndACounterOnlyRises(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var owner = await Owner(at, a);
        await at.Passkeys.Add(owner, "laptop", "h", Credential("one"), "question", Ct).Done();
        await at.Passkeys.Add(owner, "again", "h", Credential("two"), "question", Ct).Refused("passkey_refused");
        await at.Passkeys.Add(owner, "again", "h", Credential("one"), "another question", Ct).Refused("passkey_refused");

        await SignIn(at, "one", 5, "first").Done();
        await SignIn(at, "one", 6, "first").Refused("passkey_failed");
        await SignIn(at.AnotherProcess(), "one", 6, "first").Refused("passkey_failed");
        await SignIn(at, "one", 5, "second").Refused("passkey_failed");
        await SignIn(at, "one", 4, "third").Refused("passkey_failed");
        await SignIn(at, "one", 0, "fourth").Refused("passkey_failed");
        await SignIn(at, "one", 7, "fifth").Done();

        // An authenticator that does not count says 0 always.
        await at.Passkeys.Add(owner, "cloud", "h", Credential("zero"), "question 2", Ct).Done();
        await SignIn(at, "zero", 0, "sixth").Done();
        await SignIn(at, "zero", 0, "seventh").Done();
        await SignIn(at, "nobody's", 1, "eighth").Refused("passkey_failed");

        // One of two at the same time.
        var both = await Task.WhenAll(SignIn(at, "one", 8, "ninth"), SignIn(at, "one", 8, "ninth"));
        Assert.Single(both, b => b.Ok);
    }

    [Theory, EngineData]
    public async Task ADisabledPersonAndARemovedPasskeyOpenNothing(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var owner = await Owner(at, a);
        var one = await at.Passkeys.Add(owner, "laptop", "h", Credential("one"), "question 1", Ct).Done();
        await at.Passkeys.Add(owner, "phone", "h", Credential("two"), "question 2", Ct).Done();
        await at.Passkeys.Remove(owner, one.Id, Ct).Done();
        await SignIn(at, "one", 1, "first").Refused("passkey_failed");
        await SignIn(at, "two", 1, "second").Done();
        await at.People.Disable(a.System, owner.Person, Ct).Done();
        await SignIn(at, "two", 2, "third").Refused("passkey_failed");
    }

    [Theory, EngineData]
    public async Task FailuresCloseAPasskeyAndNotThePassword(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var owner = await Owner(at, a);
        await at.Passkeys.Add(owner, "laptop", "h", Credential("one"), "question 1", Ct).Done();
        for (var i = 0; i < SignInGate.PerAccount; i++)
        {
            Assert.Equal("passkey_failed", (await at.Passkeys.Fail((await at.Passkeys.Begin("one", Laptop, Ct).Done()), Ct)).Code);
        }

        await SignIn(at, "one", 1, "first").Refused("sign_in_locked");
        await at.Sessions.SignIn("p@example.com", Installation.Password, Ct, Laptop).Done();
        var rows = (await at.Audit.List(a.System, null, 500, Ct).Done()).Entries;
        Assert.Equal(10, rows.Count(e => e.Verb == "session.fail"));
        Assert.Single(rows, e => e.Verb == "session.lock");

        // Guessing at the password does not close the passkey, which nobody can guess.
        at.Store.Clock.Now += Lockout.Window;
        for (var i = 0; i < SignInGate.PerAccount; i++)
        {
            await at.Sessions.SignIn("p@example.com", "wrong", Ct, Laptop with { Address = $"203.0.113.{i}" }).Refused("sign_in_failed");
        }

        await at.Sessions.SignIn("p@example.com", Installation.Password, Ct, Laptop).Refused("sign_in_locked");
        await SignIn(at, "one", 1, "second").Done();
    }

    [Theory, EngineData]
    public async Task NamesAreOnesOwnAndAnAdministratorRemovesWhatWasLost(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var (a, b) = (await at.Estate("A"), await at.Estate("B"));
        var owner = await Owner(at, a, a.S1);
        var made = await at.Passkeys.Add(owner, " laptop ", "h", Credential("one"), "question 1", Ct).Done();
        Assert.Equal("laptop", made.Name);
        Assert.Equal("desk", (await at.Passkeys.Rename(owner, made.Id, "desk", Ct).Done()).Name);
        await at.Passkeys.Rename(owner, made.Id, "a\nb", Ct).Refused("passkey_name_invalid");
        await at.Passkeys.Add(owner, "", "h", Credential("two"), "question 2", Ct).Refused("passkey_name_invalid");
        await at.Passkeys.Rename(a.At(a.C), made.Id, "mine", Ct).Refused("not_found");
        foreach (var stranger in new[] { a.At(a.S2), b.System, a.At(a.C, Role.CarbonManager) })
        {
            await at.Passkeys.Remove(stranger, made.Id, Ct).Refused("not_found");
        }

        Assert.Empty(await at.Passkeys.List(a.At(a.S2), Ct).Done());
        await at.Passkeys.List(a.At(a.C, Role.CarbonManager), Ct).Refused("not_permitted");
        Assert.Equal(made.Id, Assert.Single(await at.Passkeys.List(a.At(a.C), Ct).Done()).Id);
        var byToken = owner with { ByToken = 7 };
        await at.Passkeys.Owner(byToken, Ct).Refused("token_not_here");
        await at.Passkeys.Add(byToken, "x", "h", Credential("two"), "question 3", Ct).Refused("token_not_here");
        await at.Passkeys.Rename(byToken, made.Id, "x", Ct).Refused("token_not_here");
        await at.Passkeys.Remove(byToken, made.Id, Ct).Refused("token_not_here");
        await at.Passkeys.Remove(a.At(a.C), made.Id, Ct).Done();
        Assert.Empty(await at.Passkeys.Own(owner, Ct).Done());
        for (var i = 0; i < Passkey.Most; i++)
        {
            await at.Passkeys.Add(owner, "key", "h", Credential("key" + i), "asked " + i, Ct).Done();
        }

        await at.Passkeys.Add(owner, "key", "h", Credential("more"), "asked more", Ct).Refused("passkey_too_many");
    }

    private static PasskeyCredential Credential(string id, long count = 0) =>
        new(id, [1, 2, 3], count, "internal", UserVerified: true, BackupEligible: false, BackedUp: false, TestClock.Start);

    private static async Task<Outcome<SignedIn>> SignIn(Installation at, string credential, long count, string question)
    {
        var begun = await at.Passkeys.Begin(credential, Laptop, Ct);
        return begun.Ok ? await at.Passkeys.SignIn(begun.Value, Credential(credential, count), question, Ct) : Outcome<SignedIn>.Refused(begun.Problems);
    }

    private static async Task<Caller> Owner(Installation at, Estate a, Node? node = null)
    {
        await at.Person(a.System, "p@example.com", Role.DataSteward, node);
        return (await at.Sessions.SignIn("p@example.com", Installation.Password, Ct).Done()).Caller;
    }
}
