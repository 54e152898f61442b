using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>The SQL of API tokens, which are stored as their SHA-256 only. A token lies where its owner lies, a device's where it is limited to.</summary>
internal static class ApiTokenStore
{
    private static Sql Rows => Sql.Raw("""
        SELECT api_token.id, api_token.tenant, api_token.person, person.name, api_token.name, api_token.hint, api_token.rights, api_token.node, api_token.created_at,
               api_token.expires_at, api_token.last_used_at, api_token.revoked_at
        FROM api_token LEFT JOIN person ON person.tenant = api_token.tenant AND person.id = api_token.person
        LEFT JOIN node ON node.tenant = api_token.tenant AND node.id = CASE WHEN api_token.person = 0 THEN api_token.node ELSE person.node END
        """);

    public static List<ApiToken> OfPerson(Tx tx, long tenant, long person) =>
        tx.Query($"{Rows} WHERE api_token.tenant = {tenant} AND api_token.person = {person} ORDER BY api_token.id DESC", Map);

    /// <summary>The tokens of the people and devices in the caller's subtree, newest first.</summary>
    public static List<ApiToken> List(Tx tx, Caller caller) => tx.Query($"{Rows} WHERE {Seen(caller)} ORDER BY api_token.id DESC", Map);

    public static ApiToken? Find(Tx tx, Caller caller, long id) => tx.First($"{Rows} WHERE {Seen(caller)} AND api_token.id = {id}", Map);

    public static long Live(Tx tx, long tenant, long person, DateTimeOffset now) =>
        tx.Scalar($"SELECT count(*) FROM api_token WHERE tenant = {tenant} AND person = {person} AND revoked_at IS NULL AND expires_at > {now}");

    public static ApiToken Insert(Tx tx, ApiToken token, string hash, long by)
    {
        var id = tx.InsertId($"""
            INSERT INTO api_token (token_hash, tenant, person, name, hint, rights, node, created_by, created_at, expires_at, last_used_at, refused_at, revoked_at)
            VALUES ({hash}, {token.Tenant}, {token.Person}, {token.Name}, {token.Hint}, {token.Rights.ToString()}, {token.Node}, {by}, {token.CreatedAt}, {token.ExpiresAt},
                    {(DateTimeOffset?)null}, {(DateTimeOffset?)null}, {(DateTimeOffset?)null})
            """);
        return token with { Id = id };
    }

    public static void Revoke(Tx tx, ApiToken token, DateTimeOffset now) =>
        tx.Execute($"UPDATE api_token SET revoked_at = {now} WHERE tenant = {token.Tenant} AND id = {token.Id} AND revoked_at IS NULL");

    /// <summary>For sign-in only, which has no caller yet.</summary>
    public static TokenHolder? Holder(Tx tx, string hash) => tx.First(
        $"""
        SELECT api_token.id, api_token.tenant, api_token.person, api_token.name, api_token.rights, api_token.expires_at, api_token.last_used_at, api_token.refused_at,
               api_token.revoked_at, CASE WHEN api_token.node = 0 THEN '/' ELSE at.path END, person.name, person.role, person.language, person.disabled_at,
               CASE WHEN person.node = 0 THEN '/' ELSE home.path END
        FROM api_token LEFT JOIN node AS at ON at.tenant = api_token.tenant AND at.id = api_token.node
        LEFT JOIN person ON person.tenant = api_token.tenant AND person.id = api_token.person
        LEFT JOIN node AS home ON home.tenant = person.tenant AND home.id = person.node
        WHERE api_token.token_hash = {hash}
        """,
        r => new TokenHolder(
            r.Int64(0), r.Int64(1), r.Int64(2), r.Text(3), RightSet.Parse(r.Text(4)), r.Instant(5), r.InstantOrNull(6), r.InstantOrNull(7), r.InstantOrNull(8), r.TextOrNull(9),
            r.TextOrNull(10), (Role)(r.Int64OrNull(11) ?? 0), (Language)(r.Int64OrNull(12) ?? 0), r.InstantOrNull(13), r.TextOrNull(14)));

    /// <summary>Several servers may see the same use: the condition lets one of them write it.</summary>
    public static void Used(Tx tx, long id, DateTimeOffset now, DateTimeOffset before) =>
        tx.Execute($"UPDATE api_token SET last_used_at = {now} WHERE id = {id} AND (last_used_at IS NULL OR last_used_at <= {before})");

    /// <summary>Whether this refusal is the first since <paramref name="before"/>.</summary>
    public static bool Refused(Tx tx, long id, DateTimeOffset now, DateTimeOffset before) =>
        tx.Execute($"UPDATE api_token SET refused_at = {now} WHERE id = {id} AND (refused_at IS NULL OR refused_at <= {before})") > 0;

    private static Sql Seen(Caller caller) =>
        $"""
        api_token.tenant = {caller.Tenant}
        AND (CASE WHEN (CASE WHEN api_token.person = 0 THEN api_token.node ELSE person.node END) = 0 THEN '/' ELSE node.path END) LIKE {caller.NodePath + "%"}
        """;

    private static ApiToken Map(Row r) => new(
        r.Int64(0), r.Int64(1), r.Int64(2), r.TextOrNull(3) ?? "", r.Text(4), r.Text(5), RightSet.Parse(r.Text(6)), r.Int64(7), r.Instant(8), r.Instant(9), r.InstantOrNull(10),
        r.InstantOrNull(11));
}
