using Tanlu.Exchange;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>The SQL of methods and mapping tables. Rows of other tenants are never reached.</summary>
internal static class MethodStore
{
    private static Sql Columns => Sql.Raw("""
        SELECT m.id, m.uid, v.name, v.edition, v.number, v.indicators, v.factors, v.sets, v.repeated, v.rights, v.licence, v.format, v.file_name, v.file_hash, m.own, m.state, v.sha256, m.from_method,
               m.from_version, v.made_at, v.made_by_name, v.reason
        FROM lca_method m JOIN lca_method_version v ON v.method = m.id
        """);

    private static Sql MappingColumns => Sql.Raw("SELECT id, name, number, sha256, sources, targets, flows, rights, file_name, made_at, made_by_name FROM lca_mapping");

    public static List<MethodRow> All(Tx tx, long tenant) => tx.Query($"{Columns} WHERE m.tenant = {tenant} AND v.number = m.version ORDER BY v.name, m.id", Map);

    public static List<MethodRow> Versions(Tx tx, long tenant, long method) => tx.Query($"{Columns} WHERE m.tenant = {tenant} AND m.id = {method} ORDER BY v.number DESC", Map);

    /// <param name="number">Version; null for the current one.</param>
    public static MethodRow? Find(Tx tx, long tenant, long method, int? number) => number is { } wanted
        ? tx.First($"{Columns} WHERE m.tenant = {tenant} AND m.id = {method} AND v.number = {wanted}", Map)
        : tx.First($"{Columns} WHERE m.tenant = {tenant} AND m.id = {method} AND v.number = m.version", Map);

    public static MethodRow? ByUid(Tx tx, long tenant, string uid) => tx.First($"{Columns} WHERE m.tenant = {tenant} AND m.uid = {uid} AND v.number = m.version", Map);

    public static byte[] Document(Tx tx, long tenant, long method, int number) =>
        tx.First($"SELECT document FROM lca_method_version WHERE tenant = {tenant} AND method = {method} AND number = {number}", r => r.Bytes(0))!;

    public static long Insert(Tx tx, long tenant, string uid, bool own, (string Key, int Version)? from) => tx.InsertId($"""
        INSERT INTO lca_method (tenant, uid, version, own, state, from_method, from_version) VALUES ({tenant}, {uid}, 0, {own}, 1, {from?.Key}, {from?.Version})
        """);

    /// <summary>Adds the next version and makes it the current one.</summary>
    public static void AddVersion(Tx tx, long tenant, long method, MethodRow row, byte[] document, long by)
    {
        tx.Execute($"""
            INSERT INTO lca_method_version (method, number, tenant, sha256, name, edition, indicators, factors, sets, repeated, rights, licence, format, file_name, file_hash, document, made_at, made_by, made_by_name, reason)
            VALUES ({method}, {row.Version}, {tenant}, {Convert.FromHexString(row.Hash)}, {row.Name}, {row.Edition}, {row.Indicators}, {row.Factors}, {row.Sets}, {row.Repeated}, {(int)row.Rights}, {row.Licence},
                    {row.Format}, {row.FileName}, {row.FileHash}, {document}, {row.MadeAt!.Value}, {by}, {row.MadeByName}, {row.Reason})
            """);
        tx.Execute($"UPDATE lca_method SET version = {row.Version}, state = 1 WHERE id = {method} AND tenant = {tenant}");
    }

    public static void Retire(Tx tx, long tenant, long method) => tx.Execute($"UPDATE lca_method SET state = 2 WHERE id = {method} AND tenant = {tenant}");

    /// <summary>The elementary flows of a library with how many processes have each.</summary>
    public static List<(FlowDataset Flow, int Uses)> ElementaryFlows(Tx tx, long tenant, long library)
    {
        var (first, end) = (LibraryRange.First(library), LibraryRange.End(library));
        var uses = new Dictionary<long, int>();
        tx.Each($"SELECT flow, count(DISTINCT process) FROM lca_use WHERE tenant = {tenant} AND flow >= {first} AND flow < {end} GROUP BY flow", r => uses[r.Int64(0)] = r.Int32(1));
        return tx.Query(
            $"SELECT id, document FROM lca_flow WHERE tenant = {tenant} AND id >= {first} AND id < {end} AND kind = {(int)FlowKind.Elementary} ORDER BY id",
            r => (DatasetJson.Open<FlowDataset>(r.Bytes(1)), uses.GetValueOrDefault(r.Int64(0))));
    }

    public static List<MappingRow> Mappings(Tx tx, long tenant) => tx.Query($"{MappingColumns} WHERE tenant = {tenant} ORDER BY name, number DESC", MapMapping);

    public static MappingRow? Mapping(Tx tx, long tenant, long id) => tx.First($"{MappingColumns} WHERE tenant = {tenant} AND id = {id}", MapMapping);

    public static MappingRow? LastMapping(Tx tx, long tenant, string name) => tx.First($"{MappingColumns} WHERE tenant = {tenant} AND name = {name} ORDER BY number DESC LIMIT 1", MapMapping);

    public static byte[] MappingDocument(Tx tx, long tenant, long id) => tx.First($"SELECT document FROM lca_mapping WHERE tenant = {tenant} AND id = {id}", r => r.Bytes(0))!;

    public static long InsertMapping(Tx tx, long tenant, MappingRow row, string? fileHash, byte[] document, long by) => tx.InsertId($"""
        INSERT INTO lca_mapping (tenant, name, number, sha256, sources, targets, flows, rights, file_name, file_hash, document, made_at, made_by, made_by_name)
        VALUES ({tenant}, {row.Name}, {row.Version}, {Convert.FromHexString(row.Hash)}, {row.Sources}, {row.Targets}, {row.Flows}, {(int)row.Rights}, {row.FileName}, {fileHash}, {document}, {row.MadeAt}, {by},
                {row.MadeByName})
        """);

    private static MethodRow Map(Row r) => new(
        $"{r.Int64(0)}", r.Int64(0), r.Text(1), r.Text(2), r.Text(3), r.Int32(4), r.Int32(5), r.Int32(6), r.Int32(7), r.Int32(8), (DataRight)r.Int32(9), r.Text(10), r.Text(11), r.Text(12),
        r.TextOrNull(13), r.Bool(14), r.Int32(15) == 2, Convert.ToHexStringLower(r.Bytes(16)), r.TextOrNull(17) is { } from ? (from, r.Int32(18)) : null, r.Instant(19), r.Text(20), r.Text(21));

    private static MappingRow MapMapping(Row r) => new(
        r.Int64(0), r.Text(1), r.Int32(2), Convert.ToHexStringLower(r.Bytes(3)), r.Text(4), r.Text(5), r.Int32(6), (DataRight)r.Int32(7), r.Text(8), r.Instant(9), r.Text(10));
}
