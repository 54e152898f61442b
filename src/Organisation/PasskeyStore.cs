using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>The SQL of passkeys.</summary>
internal static class PasskeyStore
{
    private static Sql Rows => Sql.Raw("""
        SELECT passkey.id, passkey.tenant, passkey.person, person.name, passkey.name, passkey.backed_up, passkey.created_at, passkey.used_at
        FROM passkey JOIN person ON person.tenant = passkey.tenant AND person.id = passkey.person
        LEFT JOIN node ON node.tenant = person.tenant AND node.id = person.node
        """);

    public static List<Passkey> OfPerson(Tx tx, long tenant, long person) =>
        tx.Query($"{Rows} WHERE passkey.tenant = {tenant} AND passkey.person = {person} ORDER BY passkey.id", Map);

    /// <summary>The passkeys of the people in the caller's subtree.</summary>
    public static List<Passkey> List(Tx tx, Caller caller) => tx.Query($"{Rows} WHERE {PersonStore.Seen(caller)} ORDER BY person.email_key, passkey.id", Map);

    public static string? HandleOf(Tx tx, long tenant, long person) =>
        tx.First($"SELECT handle FROM passkey WHERE tenant = {tenant} AND person = {person} ORDER BY id", r => r.Text(0));

    public static PasskeyHolder? ByHandle(Tx tx, string handle) =>
        tx.First($"SELECT tenant, person, handle FROM passkey WHERE handle = {handle} ORDER BY id", r => new PasskeyHolder(r.Int64(0), r.Int64(1), r.Text(2)));

    public static PasskeyHolder? HolderOf(Tx tx, string credential) =>
        tx.First($"SELECT tenant, person, handle FROM passkey WHERE credential = {credential}", r => new PasskeyHolder(r.Int64(0), r.Int64(1), r.Text(2)));

    public static List<PasskeyCredential> Credentials(Tx tx, long tenant, long person) => tx.Query(
        $"""
        SELECT credential, public_key, sign_count, transports, user_verified, backup_eligible, backed_up, created_at FROM passkey
        WHERE tenant = {tenant} AND person = {person} ORDER BY id
        """,
        r => new PasskeyCredential(r.Text(0), r.Bytes(1), r.Int64(2), r.Text(3), r.Int32(4) != 0, r.Int32(5) != 0, r.Int32(6) != 0, r.Instant(7)));

    /// <summary>For sign-in only: whose the credential is, with the number of signatures that was last seen.</summary>
    public static (long Id, long Tenant, string Email, string Name, long SignCount)? ByCredential(Tx tx, string credential) => tx.First(
        $"""
        SELECT passkey.id, passkey.tenant, person.email, passkey.name, passkey.sign_count FROM passkey
        JOIN person ON person.tenant = passkey.tenant AND person.id = passkey.person WHERE passkey.credential = {credential}
        """,
        r => ((long, long, string, string, long)?)(r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), r.Int64(4)));

    public static Passkey Insert(Tx tx, Passkey passkey, string handle, PasskeyCredential credential)
    {
        var id = tx.InsertId($"""
            INSERT INTO passkey (tenant, person, handle, credential, public_key, sign_count, transports, user_verified, backup_eligible, backed_up, name, created_at, used_at)
            VALUES ({passkey.Tenant}, {passkey.Person}, {handle}, {credential.Id}, {credential.PublicKey}, {credential.SignCount}, {credential.Transports}, {credential.UserVerified},
                    {credential.BackupEligible}, {credential.BackedUp}, {passkey.Name}, {passkey.CreatedAt}, {(DateTimeOffset?)null})
            """);
        return passkey with { Id = id };
    }

    public static void Rename(Tx tx, Passkey passkey, string name) =>
        tx.Execute($"UPDATE passkey SET name = {name} WHERE tenant = {passkey.Tenant} AND id = {passkey.Id}");

    public static void Remove(Tx tx, Passkey passkey) => tx.Execute($"DELETE FROM passkey WHERE tenant = {passkey.Tenant} AND id = {passkey.Id}");

    public static void Used(Tx tx, long tenant, long id, PasskeyCredential seen, DateTimeOffset now) => tx.Execute($"""
        UPDATE passkey SET sign_count = {seen.SignCount}, user_verified = {seen.UserVerified}, backed_up = {seen.BackedUp}, used_at = {now}
        WHERE tenant = {tenant} AND id = {id}
        """);

    /// <summary>Whether the question is answered for the first time.</summary>
    public static bool Answer(Tx tx, string question, DateTimeOffset now, DateTimeOffset expires)
    {
        tx.Execute($"DELETE FROM passkey_answer WHERE expires_at <= {now}");
        return tx.Execute($"INSERT INTO passkey_answer (question, expires_at) VALUES ({question}, {expires}) ON CONFLICT (question) DO NOTHING") > 0;
    }

    private static Passkey Map(Row r) => new(r.Int64(0), r.Int64(1), r.Int64(2), r.Text(3), r.Text(4), r.Int32(5) != 0, r.Instant(6), r.InstantOrNull(7));
}
