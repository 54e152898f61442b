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
        await at.Audit.Check(a.System, Ct).Is(9, null);
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
        await at.Audit.Check(a.System, Ct).Is(brokenAt - 1, brokenAt);
    }

    [Theory, EngineData]
    public async Task AHeadKeptElsewhereShowsACutTailAndAWholeRewrite(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var early = (await at.Audit.Check(a.System, Ct).Done()).Head!;
        await at.Tree.Rename(a.System, a.S1.Id, "Renamed", "改名", Ct).Done();
        var late = (await at.Audit.Check(a.System, Ct, early).Done()).Head!;
        Assert.Equal((9, 10), (early.Seq, late.Seq));
        Assert.Equal(late, AuditHead.Parse(late.ToString()));
        Assert.True((await at.Audit.Check(a.System, Ct, late).Done()).Sound);
        Assert.True((await at.Audit.Check(a.System, Ct, new AuditHead(0, new string('0', 64))).Done()).Sound);

        // Who writes the database cuts the last row off and mends the head: the chain fits itself again.
        await at.Store.Db.Write(
            tx =>
            {
                tx.Execute($"DELETE FROM audit WHERE seq = 10");
                tx.Execute($"UPDATE audit_head SET seq = 9, hash = (SELECT hash FROM audit WHERE seq = 9)");
            },
            Ct);
        Assert.True((await at.Audit.Check(a.System, Ct).Done()).Sound);
        Assert.True((await at.Audit.Check(a.System, Ct, early).Done()).Sound);
        Assert.Equal(new AuditCheck(9, 10, null, Rewritten: true), await at.Audit.Check(a.System, Ct, late).Done());

        // And then goes on as if nothing had been.
        await at.Tree.Rename(a.System, a.S1.Id, "Other", "另名", Ct).Done();
        await at.Tree.Rename(a.System, a.S1.Id, "Third", "三名", Ct).Done();
        Assert.True((await at.Audit.Check(a.System, Ct).Done()).Sound);
        Assert.Equal(new AuditCheck(11, 10, null, Rewritten: true), await at.Audit.Check(a.System, Ct, late).Done());
        foreach (var wrong in new[] { "", "9", "9:", ":" + new string('0', 64), "x:" + new string('0', 64), "9:" + new string('0', 63), "9:" + new string('g', 64), "-1:" + new string('0', 64) })
        {
            Assert.Null(AuditHead.Parse(wrong));
        }
    }

    [Theory, EngineData]
    public async Task AnInsertedAndARechainedRowShow(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var head = (await at.Audit.Check(a.System, Ct).Done()).Head!;
        var rows = (await at.Audit.List(a.System, null, 500, Ct).Done()).Entries.Reverse().ToList();
        await at.Store.Db.Write(
            tx =>
            {
                // A row is slipped in after the fourth and everything behind it numbered and hashed anew, as this program would.
                tx.Execute($"DELETE FROM audit WHERE seq > 4");
                var hash = rows[3].Hash;
                foreach (var (row, seq) in rows.Skip(4).Prepend(rows[3] with { Verb = "person.add", Subject = "person/99" }).Select((r, i) => (r, 5L + i)))
                {
                    var next = row with { Seq = seq };
                    hash = AuditChain.HashOf(hash, next);
                    tx.Execute($"""
                        INSERT INTO audit (tenant, seq, at, person, person_name, verb, subject, detail, hash)
                        VALUES ({next.Tenant}, {next.Seq}, {next.At}, {next.Person}, {next.PersonName}, {next.Verb}, {next.Subject}, {next.Detail}, {hash})
                        """);
                }

                tx.Execute($"UPDATE audit_head SET seq = 10, hash = {hash}");
            },
            Ct);
        Assert.True((await at.Audit.Check(a.System, Ct).Done()).Sound);
        Assert.Equal(new AuditCheck(10, 9, null, Rewritten: true), await at.Audit.Check(a.System, Ct, head).Done());
    }

    [Theory, EngineData]
    public async Task TheLogIsFiltered(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var person = await at.Person(a.System, "p@example.com", Role.Administrator);
        at.Store.Clock.Now += TimeSpan.FromDays(1);
        var signed = await at.Sessions.SignIn(person.Email, Installation.Password, Ct).Done();
        await at.Tree.Rename(signed.Caller, a.S1.Id, "Renamed", "改名", Ct).Done();
        await at.Audit.Exported(signed.Caller, "statement", "/statement", Ct, ("query", "from=2024-01"));
        async Task<string[]> Verbs(AuditFilter filter) => [.. (await at.Audit.List(a.System, null, 500, Ct, filter).Done()).Entries.Select(e => e.Verb)];
        Assert.Equal(["export.statement", "node.rename", "session.open"], await Verbs(new(Person: person.Id)));
        Assert.Equal(9, (await Verbs(new(Verb: "node"))).Length);
        Assert.Equal(["node.rename"], await Verbs(new(Verb: "node.rename")));
        Assert.Empty(await Verbs(new(Verb: "nod")));
        Assert.Equal(["node.rename", "node.add"], await Verbs(new(Subject: $"node/{a.S1.Id}")));
        var today = DateOnly.FromDateTime(at.Store.Clock.Now.UtcDateTime);
        Assert.Equal(3, (await Verbs(new(From: today))).Length);
        Assert.Equal(10, (await Verbs(new(To: today.AddDays(-1)))).Length);
        Assert.Equal(3, (await Verbs(new(From: today, To: today))).Length);
        Assert.Empty(await Verbs(new(From: today.AddDays(1), To: DateOnly.MaxValue)));
        Assert.Equal([(person.Id, "p"), (0L, "system")], await at.Audit.Actors(a.System, Ct).Done());
        await at.Audit.Actors(a.At(a.C), Ct).Refused("not_permitted");
        Assert.Equal("export.statement", (await at.Audit.Last(a.System, "export.statement", Ct).Done())!.Verb);
        Assert.Null(await at.Audit.Last((await at.Estate("B")).System, "export.statement", Ct).Done());
        await at.Audit.Last(a.At(a.C), "node.add", Ct).Refused("not_permitted");
    }

    [Theory, EngineData]
    public async Task ManyWritersMakeOneChain(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var (a, b) = (await at.Estate("A"), await at.Estate("B"));
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => at.Store.Db.Write(
            tx => at.Audit.Write(tx, i % 2 == 0 ? a.System : b.System, "node.rename", $"node/{i}"), Ct)));
        await at.Audit.Check(a.System, Ct).Is(21, null);
        await at.Audit.Check(b.System, Ct).Is(21, null);
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

/// <summary>A shorter check of a chain.</summary>
internal static class AuditChecks
{
    public static async Task Is(this Task<Outcome<AuditCheck>> check, long rows, long? brokenAt)
    {
        var result = await check.Done();
        Assert.Equal((rows, brokenAt, brokenAt is null), (result.Rows, result.BrokenAt, result.Head is not null));
    }
}
