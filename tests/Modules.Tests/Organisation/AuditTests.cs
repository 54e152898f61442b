using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

public sealed class AuditTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task TheLogIsReadInPagesNewestFirst(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var all = (await at.Audit.List(a.System, null, 500, Ct).Done()).Entries;
        Assert.Equal(9, all.Count);
        Assert.Equal([9L, 8, 7, 6, 5, 4, 3, 2, 1], all.Select(e => e.Seq));
        Assert.Equal("tenant.add", all[^1].Verb);
        var paged = new List<AuditEntry>();
        for (long? before = null; ;)
        {
            var page = await at.Audit.List(a.System, before, 4, Ct).Done();
            paged.AddRange(page.Entries);
            if ((before = page.Next) is null)
            {
                break;
            }
        }

        Assert.Equal(all.Select(e => e.Seq), paged.Select(e => e.Seq));
        Assert.Equal(("system", 0L, at.Store.Clock.Now), (all[0].PersonName, all[0].Person, all[0].At));
    }

    [Theory, EngineData]
    public async Task AChangeThatFailsLeavesNoRow(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        await Assert.ThrowsAsync<InvalidOperationException>(() => at.Store.Db.Write(
            tx =>
            {
                at.Audit.Write(tx, a.System, "node.rename", "node/1");
                throw new InvalidOperationException("broken");
            },
            Ct));
        Assert.Equal(new AuditCheck(9, null), await at.Audit.Check(a.System, Ct).Done());
    }

    [Theory]
    [EngineData("UPDATE audit SET person_name = 'x' WHERE seq = 5", 5)]
    [EngineData("UPDATE audit SET person = 7 WHERE seq = 5", 5)]
    [EngineData("UPDATE audit SET verb = 'node.close' WHERE seq = 5", 5)]
    [EngineData("UPDATE audit SET subject = 'node/1' WHERE seq = 5", 5)]
    [EngineData("UPDATE audit SET detail = '{}' WHERE seq = 5", 5)]
    [EngineData("UPDATE audit SET at = '2025-03-01T08:00:00.0000001Z' WHERE seq = 5", 5)]
    [EngineData("UPDATE audit SET person_name = 'systemn', verb = 'ode.add' WHERE seq = 5", 5)]
    [EngineData("UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 4) WHERE seq = 5", 5)]
    [EngineData("DELETE FROM audit WHERE seq = 5", 5)]
    [EngineData("DELETE FROM audit WHERE seq = 1", 1)]
    [EngineData("DELETE FROM audit WHERE seq > 7", 8)]
    [EngineData("DELETE FROM audit", 1)]
    [EngineData("UPDATE audit_head SET seq = 8, hash = (SELECT hash FROM audit WHERE seq = 8)", 10)]
    [EngineData("UPDATE audit SET seq = CASE seq WHEN 5 THEN 106 ELSE 105 END WHERE seq IN (5, 6); UPDATE audit SET seq = seq - 100 WHERE seq > 100", 5)]
    public async Task TheChainShowsEveryEdit(Dialect engine, string edit, int brokenAt)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        await at.Store.Db.Write(
            tx =>
            {
                foreach (var statement in edit.Split(';'))
                {
                    tx.Execute(Sql.Raw(statement));
                }
            },
            Ct);
        Assert.Equal(new AuditCheck(brokenAt - 1, brokenAt), await at.Audit.Check(a.System, Ct).Done());
    }

    [Theory, EngineData]
    public async Task ManyWritersMakeOneChain(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var (a, b) = (await at.Estate("A"), await at.Estate("B"));
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => at.Store.Db.Write(
            tx => at.Audit.Write(tx, i % 2 == 0 ? a.System : b.System, "node.rename", $"node/{i}"), Ct)));
        Assert.Equal(new AuditCheck(21, null), await at.Audit.Check(a.System, Ct).Done());
        Assert.Equal(new AuditCheck(21, null), await at.Audit.Check(b.System, Ct).Done());
    }

    [Theory, EngineData]
    public async Task NoSecretReachesTheDatabase(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Administrator);
        var signed = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        await at.Sessions.SignIn("this is my secret passphrase", "x", Ct).Refused("sign_in_failed");
        await at.People.ChangePassword(signed.Caller, Installation.Password, "quite another passphrase", Ct).Done();
        string[] secrets = [Installation.Password, "quite another passphrase", "this is my secret passphrase", signed.Token];
        string[] columns =
        [
            "email || email_key || name || password_hash FROM person", "verb || subject || detail || person_name FROM audit",
            "gate || failures FROM sign_in_gate", "token_hash || method || address || agent FROM session",
        ];
        foreach (var column in columns)
        {
            var texts = await at.Store.Db.Read(tx => tx.Query(Sql.Raw("SELECT " + column), r => r.Text(0)), Ct);
            Assert.NotEmpty(texts);
            Assert.All(texts, text => Assert.All(secrets, secret => Assert.DoesNotContain(secret, text)));
        }

        // The stored hash of a password must not leave its table either.
        var log = string.Concat((await at.Audit.List(a.System, null, 500, Ct).Done()).Entries.Select(e => e.Detail));
        Assert.DoesNotContain("pbkdf2", log);
    }

    [Fact]
    public void ADetailIsReadableJsonAndTakesNoSecret()
    {
        Assert.Equal("""{"name":"深圳工厂","quote":"\u0022","none":null}""", AuditChain.Json([("name", "深圳工厂"), ("quote", "\""), ("none", null)]));
        Assert.Equal("{}", AuditChain.Json([]));
        Assert.Throws<ArgumentException>(() => AuditChain.Json([("new_Password", "x")]));
        Assert.Throws<ArgumentException>(() => AuditChain.Json([("token", "x")]));
    }
}
