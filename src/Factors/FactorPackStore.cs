using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Factors;

/// <summary>What a tenant has decided about its library: a count of its changes, and whether two people are needed.</summary>
internal readonly record struct FactorSetting(long Revision, bool FourEyes);

/// <summary>The SQL of the packs that are kept. Rows of other tenants are never reached.</summary>
internal static class FactorPackStore
{
    private static Sql Columns => Sql.Raw("""
        SELECT id, tenant, code, version, hash, file_name, versions, imported_at, imported_by, imported_by_name, state, identity, decided_at, decided_by, decided_by_name, reason FROM pack
        """);

    public static FactorSetting Setting(Tx tx, long tenant) =>
        tx.First($"SELECT revision, four_eyes FROM factor_setting WHERE tenant = {tenant}", r => (FactorSetting?)new FactorSetting(r.Int64(0), r.Bool(1))) ?? default;

    /// <summary>Marks that what the tenant calculates with has changed. Also the lock under which such changes follow one another.</summary>
    public static void Changed(Tx tx, long tenant) => tx.Execute($"""
        INSERT INTO factor_setting (tenant, revision, four_eyes) VALUES ({tenant}, 1, 0) ON CONFLICT (tenant) DO UPDATE SET revision = factor_setting.revision + 1
        """);

    public static void SetFourEyes(Tx tx, long tenant, bool on) => tx.Execute($"""
        INSERT INTO factor_setting (tenant, revision, four_eyes) VALUES ({tenant}, 1, {on}) ON CONFLICT (tenant) DO UPDATE SET four_eyes = excluded.four_eyes
        """);

    /// <summary>The tenant's editions that serve, in the order in which they began to.</summary>
    public static List<StoredPack> Serving(Tx tx, long tenant) => tx.Query($"{Columns} WHERE tenant = {tenant} AND state = 1 ORDER BY served, id", Map);

    public static List<StoredPack> All(Tx tx, long tenant) => tx.Query($"{Columns} WHERE tenant = {tenant} OR tenant = 0 ORDER BY id DESC", Map);

    /// <summary>An edition of the tenant or of the installation.</summary>
    public static StoredPack? Seen(Tx tx, long tenant, long id) => tx.First($"{Columns} WHERE id = {id} AND (tenant = {tenant} OR tenant = 0)", Map);

    public static StoredPack? ByHash(Tx tx, long tenant, string hash) =>
        tx.First($"{Columns} WHERE hash = {hash} AND (tenant = {tenant} OR tenant = 0) ORDER BY tenant DESC", Map);

    public static StoredPack? Own(Tx tx, long tenant, string hash) => tx.First($"{Columns} WHERE hash = {hash} AND tenant = {tenant}", Map);

    /// <summary>Editions kept before their identity was kept beside them.</summary>
    public static List<StoredPack> WithoutIdentity(Tx tx) => tx.Query($"{Columns} WHERE identity IS NULL ORDER BY id", Map);

    public static void SetIdentity(Tx tx, long id, PackIdentity identity) => tx.Execute($"UPDATE pack SET identity = {identity.Json} WHERE id = {id}");

    public static void Decide(Tx tx, StoredPack pack, PackState state, PackDecision decision) => tx.Execute($"""
        UPDATE pack SET state = {(int)state}, served = (SELECT coalesce(max(o.served), 0) + 1 FROM pack o WHERE o.tenant = {pack.Tenant}),
               decided_at = {decision.At}, decided_by = {decision.By}, decided_by_name = {decision.ByName}, reason = {decision.Reason}
        WHERE id = {pack.Id} AND tenant = {pack.Tenant}
        """);

    public static HashSet<string> Off(Tx tx, long tenant) => [.. tx.Query($"SELECT code FROM pack_off WHERE tenant = {tenant}", r => r.Text(0))];

    public static void SwitchOff(Tx tx, long tenant, string code, DateTimeOffset at, string by, string reason) => tx.Execute(
        $"INSERT INTO pack_off (tenant, code, off_at, off_by_name, reason) VALUES ({tenant}, {code}, {at}, {by}, {reason}) ON CONFLICT (tenant, code) DO NOTHING");

    public static void SwitchOn(Tx tx, long tenant, string code) => tx.Execute($"DELETE FROM pack_off WHERE tenant = {tenant} AND code = {code}");

    public static StoredPack Insert(Tx tx, StoredPack pack, string fileHash, IReadOnlyList<Problem> quarantine)
    {
        var id = tx.InsertId($"""
            INSERT INTO pack (tenant, code, version, hash, file_name, file_hash, versions, imported_at, imported_by, imported_by_name, state, served, identity)
            VALUES ({pack.Tenant}, {pack.Code}, {pack.Version}, {pack.Hash}, {pack.FileName}, {fileHash}, {pack.Versions}, {pack.ImportedAt}, {pack.ImportedBy}, {pack.ImportedByName},
                    {(int)pack.State}, {(long?)null}, {pack.Identity.Json})
            """);
        using var bulk = tx.Bulk("pack_quarantine", "pack", "place", "row_number", "column_name", "code", "found", "args");
        for (var at = 0; at < quarantine.Count; at++)
        {
            var problem = quarantine[at];
            bulk.Int64(id);
            bulk.Int64(at);
            bulk.Int64((long?)problem.Row);
            bulk.Text(problem.Column);
            bulk.Text(problem.Code);
            bulk.Text(problem.Found);
            bulk.Text(JsonSerializer.Serialize(problem.Args));
            bulk.EndRow();
        }

        bulk.Complete();
        return pack with { Id = id };
    }

    public static List<Problem> Quarantine(Tx tx, long tenant, long pack) => tx.Query(
        $"""
        SELECT q.row_number, q.column_name, q.code, q.found, q.args FROM pack_quarantine q JOIN pack p ON p.id = q.pack
        WHERE q.pack = {pack} AND (p.tenant = {tenant} OR p.tenant = 0) ORDER BY q.place
        """,
        r => new Problem(r.Text(2), r.Int32OrNull(0), r.TextOrNull(1), r.TextOrNull(3), JsonSerializer.Deserialize<string[]>(r.Text(4))!));

    private static StoredPack Map(Row r) => new(
        r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5), r.Int32(6), r.Instant(7), r.Int64(8), r.Text(9), (PackState)r.Int32(10),
        r.TextOrNull(11) is { } identity ? PackIdentity.Parse(identity) : Unread)
    {
        Decision = r.TextOrNull(12) is null ? null : new PackDecision(r.Instant(12), r.Int64(13), r.Text(14), r.Text(15)),
    };

    private static readonly PackIdentity Unread = new("", "", "", "", "", "", ShareAlike: false, Redistributable: true);
}
