using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>The SQL of invitations, whose tokens are stored as their SHA-256 only. An invitation lies where the invited will lie, so the caller's subtree limits it.</summary>
internal static class InvitationStore
{
    private static Sql Rows => Sql.Raw("""
        SELECT i.id, i.tenant, i.email, i.role, i.node, i.language, i.created_at, i.created_by, i.created_by_name, i.expires_at, i.accepted_at, i.revoked_at
        FROM invitation i LEFT JOIN node ON node.tenant = i.tenant AND node.id = i.node
        """);

    public static Invitation? Find(Tx tx, Caller caller, long id) => tx.First($"{Rows} WHERE {Seen(caller)} AND i.id = {id}", Map);

    public static List<Invitation> List(Tx tx, Caller caller, int most) => tx.Query($"{Rows} WHERE {Seen(caller)} ORDER BY i.id DESC LIMIT {most}", Map);

    /// <summary>For the invited only, who is no caller yet.</summary>
    public static Invitation? ByToken(Tx tx, string hash) => tx.First($"{Rows} WHERE i.token_hash = {hash}", Map);

    public static Invitation Insert(Tx tx, Invitation i, string hash) => i with
    {
        Id = tx.InsertId($"""
            INSERT INTO invitation (token_hash, tenant, email, email_key, role, node, language, created_at, created_by, created_by_name, expires_at, accepted_at, revoked_at)
            VALUES ({hash}, {i.Tenant}, {i.Email}, {Person.EmailKey(i.Email)}, {(int)i.Role}, {i.Node}, {(int)i.Language}, {i.CreatedAt}, {i.CreatedBy}, {i.CreatedByName}, {i.ExpiresAt},
                    {(DateTimeOffset?)null}, {(DateTimeOffset?)null})
            """),
    };

    /// <summary>Another token in place of the one before, which opens nothing from then on.</summary>
    public static void Renew(Tx tx, Invitation i, string hash) => tx.Execute($"""
        UPDATE invitation SET token_hash = {hash}, created_by = {i.CreatedBy}, created_by_name = {i.CreatedByName}, expires_at = {i.ExpiresAt} WHERE tenant = {i.Tenant} AND id = {i.Id}
        """);

    public static void Accept(Tx tx, Invitation i, DateTimeOffset now) => tx.Execute($"UPDATE invitation SET accepted_at = {now} WHERE tenant = {i.Tenant} AND id = {i.Id}");

    public static void Revoke(Tx tx, Invitation i, DateTimeOffset now) => tx.Execute($"UPDATE invitation SET revoked_at = {now} WHERE tenant = {i.Tenant} AND id = {i.Id}");

    /// <summary>An open invitation of the same address that the caller sees.</summary>
    public static bool OpenFor(Tx tx, Caller caller, string email, DateTimeOffset now) => tx.Exists(
        $"{Rows} WHERE {Seen(caller)} AND i.email_key = {Person.EmailKey(email)} AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > {now}");

    private static Sql Seen(Caller caller) => $"i.tenant = {caller.Tenant} AND (CASE WHEN i.node = 0 THEN '/' ELSE node.path END) LIKE {caller.NodePath + "%"}";

    private static Invitation Map(Row r) => new(
        r.Int64(0), r.Int64(1), r.Text(2), (Role)r.Int32(3), r.Int64(4), (Language)r.Int32(5), r.Instant(6), r.Int64(7), r.Text(8), r.Instant(9), r.InstantOrNull(10), r.InstantOrNull(11));
}
