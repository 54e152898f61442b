using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>The SQL of people. A person lies where the node lies that limits them, so the caller's subtree limits people too.</summary>
internal static class PersonStore
{
    private static Sql Rows => Sql.Raw("""
        SELECT person.id, person.tenant, person.email, person.name, person.role, person.node, person.language, person.created_at, person.disabled_at,
               (SELECT max(a.at) FROM audit a WHERE a.tenant = person.tenant AND a.person = person.id AND a.verb = 'session.open')
        FROM person LEFT JOIN node ON node.tenant = person.tenant AND node.id = person.node
        """);

    public static Person? Find(Tx tx, Caller caller, long id) => tx.First($"{Rows} WHERE {Seen(caller)} AND person.id = {id}", Listed);

    public static List<Person> List(Tx tx, Caller caller) => tx.Query($"{Rows} WHERE {Seen(caller)} ORDER BY person.email_key", Listed);

    /// <summary>For sign-in only, which has no caller yet: the person, the stored hash and the path of their node (null where it is gone).</summary>
    public static (Person Person, string PasswordHash, string? NodePath)? ByEmail(Tx tx, string email) => tx.First(
        $"""
        SELECT person.id, person.tenant, person.email, person.name, person.role, person.node, person.language, person.created_at, person.disabled_at,
               person.password_hash, CASE WHEN person.node = 0 THEN '/' ELSE node.path END
        FROM person LEFT JOIN node ON node.tenant = person.tenant AND node.id = person.node
        WHERE person.email_key = {Person.EmailKey(email)}
        """,
        r => ((Person, string, string?)?)(Map(r), r.Text(9), r.TextOrNull(10)));

    public static bool EmailTaken(Tx tx, string email) => tx.Exists($"SELECT 1 FROM person WHERE email_key = {Person.EmailKey(email)}");

    public static bool EmailTaken(Tx tx, string email, long except) => tx.Exists($"SELECT 1 FROM person WHERE email_key = {Person.EmailKey(email)} AND id <> {except}");

    /// <summary>Whether a person of the tenant, as they are now, has the right at the node with this path.</summary>
    public static bool Grants(Tx tx, long tenant, long id, Right right, string path) => tx.First(
        $"""
        SELECT person.role, CASE WHEN person.node = 0 THEN '/' ELSE node.path END FROM person LEFT JOIN node ON node.tenant = person.tenant AND node.id = person.node
        WHERE person.tenant = {tenant} AND person.id = {id} AND person.disabled_at IS NULL
        """,
        r => r.TextOrNull(1) is { } own && Rights.Grant((Role)r.Int32(0), right) && path.StartsWith(own, StringComparison.Ordinal));

    public static string? PasswordHashOf(Tx tx, long tenant, long id) =>
        tx.First($"SELECT password_hash FROM person WHERE tenant = {tenant} AND id = {id}", r => r.Text(0));

    public static Person Insert(Tx tx, Person person, string passwordHash)
    {
        var id = tx.InsertId($"""
            INSERT INTO person (tenant, email, email_key, name, role, node, language, password_hash, created_at, disabled_at)
            VALUES ({person.Tenant}, {person.Email}, {Person.EmailKey(person.Email)}, {person.Name}, {(int)person.Role}, {person.Node},
                    {(int)person.Language}, {passwordHash}, {person.CreatedAt}, {person.DisabledAt})
            """);
        return person with { Id = id };
    }

    public static void SetPassword(Tx tx, long tenant, long id, string passwordHash) =>
        tx.Execute($"UPDATE person SET password_hash = {passwordHash} WHERE tenant = {tenant} AND id = {id}");

    public static void Disable(Tx tx, Person person, DateTimeOffset now) =>
        tx.Execute($"UPDATE person SET disabled_at = {now} WHERE tenant = {person.Tenant} AND id = {person.Id}");

    public static void Enable(Tx tx, Person person) => tx.Execute($"UPDATE person SET disabled_at = NULL WHERE tenant = {person.Tenant} AND id = {person.Id}");

    public static void Change(Tx tx, Person person) => tx.Execute($"""
        UPDATE person SET email = {person.Email}, email_key = {Person.EmailKey(person.Email)}, name = {person.Name}, role = {(int)person.Role}, node = {person.Node},
               language = {(int)person.Language}
        WHERE tenant = {person.Tenant} AND id = {person.Id}
        """);

    public static bool OtherAdministrator(Tx tx, Person person) => tx.Exists($"""
        SELECT 1 FROM person WHERE tenant = {person.Tenant} AND id <> {person.Id} AND role = {(int)Role.Administrator} AND node = 0 AND disabled_at IS NULL
        """);

    /// <summary>The condition that a person lies in the caller's subtree, for statements that join person and node.</summary>
    public static Sql Seen(Caller caller) =>
        $"person.tenant = {caller.Tenant} AND (CASE WHEN person.node = 0 THEN '/' ELSE node.path END) LIKE {caller.NodePath + "%"}";

    private static Person Listed(Row r) => Map(r) with { SignedInAt = r.InstantOrNull(9) };

    private static Person Map(Row r) => new(
        r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), (Role)r.Int32(4), r.Int64(5), (Language)r.Int32(6), r.Instant(7), r.InstantOrNull(8));
}
