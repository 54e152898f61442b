using System.Security.Cryptography;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>The first administrator; the password is known here and never again.</summary>
public sealed record FirstAdministrator(long Tenant, string Email, string Password)
{
    // A record prints its members; the host prints this one's password on purpose, a log must not by accident.
    public override string ToString() => $"FirstAdministrator {Email}";
}

/// <summary>Makes an empty installation usable: one tenant and one administrator with a random password.</summary>
public static class FirstStart
{
    public const string Email = "admin@tanlu.local";

    private const int PasswordGroups = 4;
    private const int GroupLength = 5;

    // Without look-alikes, because a person copies it from a screen: 20 of these 54 signs are 115 random bits.
    private const string Signs = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>
    /// Returns what the host shows once, or null where people exist already. Of several processes that start at once on one database, one
    /// makes the administrator.
    /// </summary>
    public static async Task<FirstAdministrator?> Ensure(Db db, TimeProvider time, CancellationToken ct)
    {
        if (await db.Read(AnyPerson, ct))
        {
            return null;
        }

        var password = string.Join('-', Enumerable.Range(0, PasswordGroups).Select(_ => RandomNumberGenerator.GetString(Signs, GroupLength)));
        var hash = await new PasswordWork(PasswordHash.Iterations).Make(password, ct);
        var audit = new Audit(db, time);
        return await db.Write(
            tx =>
            {
                var now = time.GetUtcNow();
                if (AnyPerson(tx) || tx.Execute($"INSERT INTO first_start (id, made_at) VALUES (1, {now}) ON CONFLICT (id) DO NOTHING") == 0)
                {
                    return null;
                }

                var tenant = Tenants.Insert(tx, audit, "Organisation", "本组织", now);
                var person = PersonStore.Insert(tx, new Person(0, tenant.Id, Email, "Administrator", Role.Administrator, 0, Language.Chinese, now, null), hash);
                audit.Write(
                    tx, Caller.System(tenant.Id), "person.add", $"person/{person.Id}",
                    ("email", person.Email), ("name", person.Name), ("role", person.Role.ToString()), ("path", Caller.WholeTenant));
                return new FirstAdministrator(tenant.Id, Email, password);
            },
            ct);
    }

    private static bool AnyPerson(Tx tx) => tx.Exists($"SELECT 1 FROM person");
}
