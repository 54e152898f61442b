using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>The SQL of sessions and of the gates before them. Tokens and addresses that were tried are stored as their SHA-256 only.</summary>
internal static class SessionStore
{
    private const int TokenBytes = 32;

    private static Sql Rows => Sql.Raw("""
        SELECT session.id, session.tenant, session.person, person.name, session.method, session.address, session.agent, session.opened_at, session.seen_at, session.expires_at
        FROM session JOIN person ON person.tenant = session.tenant AND person.id = session.person
        LEFT JOIN node ON node.tenant = person.tenant AND node.id = person.node
        """);

    /// <summary>256 random bits in Base64url.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    public static bool LooksLikeToken(string token) => token.Length == Base64Url.GetEncodedLength(TokenBytes);

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static Lockout Gate(Tx tx, string gate, int limit) =>
        Lockout.Parse(tx.First($"SELECT failures FROM sign_in_gate WHERE gate = {gate}", r => r.Text(0)) ?? "", limit);

    public static void SetGate(Tx tx, string gate, Lockout lockout, DateTimeOffset now)
    {
        tx.Execute($"DELETE FROM sign_in_gate WHERE changed_at < {now - Lockout.Window}");
        tx.Execute($"""
            INSERT INTO sign_in_gate (gate, failures, changed_at) VALUES ({gate}, {lockout.ToString()}, {now})
            ON CONFLICT (gate) DO UPDATE SET failures = excluded.failures, changed_at = excluded.changed_at
            """);
    }

    public static void OpenGate(Tx tx, string gate) => tx.Execute($"DELETE FROM sign_in_gate WHERE gate = {gate}");

    public static long Insert(Tx tx, Session session, string tokenHash)
    {
        tx.Execute($"DELETE FROM session WHERE expires_at <= {session.OpenedAt}");
        return tx.InsertId($"""
            INSERT INTO session (token_hash, tenant, person, method, address, agent, opened_at, seen_at, expires_at, revoked_at)
            VALUES ({tokenHash}, {session.Tenant}, {session.Person}, {session.Method}, {session.Address}, {session.Agent}, {session.OpenedAt}, {session.SeenAt}, {session.ExpiresAt},
                    {(DateTimeOffset?)null})
            """);
    }

    /// <summary>The caller a live session stands for, when it was seen and when it ends; null for one that is unknown, over, idle too long, revoked or whose person is disabled.</summary>
    public static (Caller Caller, DateTimeOffset Seen, DateTimeOffset Expires)? Find(Tx tx, string tokenHash, DateTimeOffset now, TimeSpan idle) => tx.First(
        $"""
        SELECT person.tenant, person.id, person.name, person.role, CASE WHEN person.node = 0 THEN '/' ELSE node.path END, person.language, session.id, session.seen_at,
               session.expires_at
        FROM session JOIN person ON person.tenant = session.tenant AND person.id = session.person
        LEFT JOIN node ON node.tenant = person.tenant AND node.id = person.node
        WHERE session.token_hash = {tokenHash} AND {Live(now, idle)} AND person.disabled_at IS NULL
        """,
        r => r.TextOrNull(4) is { } path
            ? ((Caller, DateTimeOffset, DateTimeOffset)?)(
                new Caller(r.Int64(0), r.Int64(1), r.Text(2), (Role)r.Int32(3), path, (Language)r.Int32(5)) { Session = r.Int64(6) }, r.Instant(7), r.Instant(8))
            : null);

    /// <summary>Several servers may see the same use: the condition lets one of them write it.</summary>
    public static void Seen(Tx tx, long id, DateTimeOffset now, DateTimeOffset before) =>
        tx.Execute($"UPDATE session SET seen_at = {now} WHERE id = {id} AND seen_at <= {before}");

    public static List<Session> OfPerson(Tx tx, long tenant, long person, DateTimeOffset now, TimeSpan idle) =>
        tx.Query($"{Rows} WHERE session.tenant = {tenant} AND session.person = {person} AND {Live(now, idle)} ORDER BY session.seen_at DESC, session.id DESC", Map);

    /// <summary>The live sessions of the people in the caller's subtree.</summary>
    public static List<Session> List(Tx tx, Caller caller, DateTimeOffset now, TimeSpan idle) =>
        tx.Query($"{Rows} WHERE {PersonStore.Seen(caller)} AND {Live(now, idle)} ORDER BY session.seen_at DESC, session.id DESC", Map);

    public static void Revoke(Tx tx, long tenant, long id, DateTimeOffset now) =>
        tx.Execute($"UPDATE session SET revoked_at = {now} WHERE tenant = {tenant} AND id = {id} AND revoked_at IS NULL");

    /// <summary>Ends the sessions of a person but for the one with the id <paramref name="except"/> (0: all); returns how many.</summary>
    public static int RevokeAll(Tx tx, Person person, DateTimeOffset now, long except = 0) => tx.Execute(
        $"UPDATE session SET revoked_at = {now} WHERE tenant = {person.Tenant} AND person = {person.Id} AND id <> {except} AND revoked_at IS NULL AND expires_at > {now}");

    private static Sql Live(DateTimeOffset now, TimeSpan idle) => $"session.revoked_at IS NULL AND session.expires_at > {now} AND session.seen_at > {now - idle}";

    private static Session Map(Row r) => new(
        r.Int64(0), r.Int64(1), r.Int64(2), r.Text(3), r.Text(4), r.Text(5), r.Text(6), r.Instant(7), r.Instant(8), r.Instant(9));
}
