using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>The SQL of sessions and of the gate before them. Tokens and addresses are stored as their SHA-256 only.</summary>
internal static class SessionStore
{
    private const int TokenBytes = 32;

    /// <summary>256 random bits in Base64url.</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    public static bool LooksLikeToken(string token) => token.Length == Base64Url.GetEncodedLength(TokenBytes);

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static Lockout Gate(Tx tx, string emailHash) =>
        Lockout.Parse(tx.First($"SELECT failures FROM sign_in_gate WHERE email_hash = {emailHash}", r => r.Text(0)) ?? "");

    public static void SetGate(Tx tx, string emailHash, Lockout lockout, DateTimeOffset now)
    {
        tx.Execute($"DELETE FROM sign_in_gate WHERE changed_at < {now - Lockout.Window}");
        tx.Execute($"""
            INSERT INTO sign_in_gate (email_hash, failures, changed_at) VALUES ({emailHash}, {lockout.ToString()}, {now})
            ON CONFLICT (email_hash) DO UPDATE SET failures = excluded.failures, changed_at = excluded.changed_at
            """);
    }

    public static void OpenGate(Tx tx, string emailHash) => tx.Execute($"DELETE FROM sign_in_gate WHERE email_hash = {emailHash}");

    public static void Insert(Tx tx, Person person, string tokenHash, DateTimeOffset now, DateTimeOffset expires)
    {
        tx.Execute($"DELETE FROM session WHERE expires_at <= {now}");
        tx.Execute($"""
            INSERT INTO session (token_hash, tenant, person, opened_at, expires_at, revoked_at)
            VALUES ({tokenHash}, {person.Tenant}, {person.Id}, {now}, {expires}, {(DateTimeOffset?)null})
            """);
    }

    /// <summary>The caller a live session stands for and when it ends; null for a session that is unknown, over, revoked or whose person is disabled.</summary>
    public static (Caller Caller, DateTimeOffset Expires)? Find(Tx tx, string tokenHash, DateTimeOffset now) => tx.First(
        $"""
        SELECT person.tenant, person.id, person.name, person.role, CASE WHEN person.node = 0 THEN '/' ELSE node.path END, person.language, session.expires_at
        FROM session JOIN person ON person.tenant = session.tenant AND person.id = session.person
        LEFT JOIN node ON node.tenant = person.tenant AND node.id = person.node
        WHERE session.token_hash = {tokenHash} AND session.revoked_at IS NULL AND session.expires_at > {now} AND person.disabled_at IS NULL
        """,
        r => r.TextOrNull(4) is { } path
            ? ((Caller, DateTimeOffset)?)(new Caller(r.Int64(0), r.Int64(1), r.Text(2), (Role)r.Int32(3), path, (Language)r.Int32(5)), r.Instant(6))
            : null);

    public static void Revoke(Tx tx, string tokenHash, DateTimeOffset now) =>
        tx.Execute($"UPDATE session SET revoked_at = {now} WHERE token_hash = {tokenHash} AND revoked_at IS NULL");

    public static int RevokeAll(Tx tx, Person person, DateTimeOffset now) =>
        tx.Execute($"UPDATE session SET revoked_at = {now} WHERE tenant = {person.Tenant} AND person = {person.Id} AND revoked_at IS NULL AND expires_at > {now}");
}
