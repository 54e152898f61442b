using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Factors;

/// <summary>A pack edition that this installation keeps.</summary>
/// <param name="Tenant">0 for a pack of the installation, which serves every tenant.</param>
/// <param name="Hash">SHA-256 of the kept bytes; postings pin it.</param>
/// <param name="FileName">Name of the file it came from, for display only.</param>
/// <param name="Versions">Factor versions in it.</param>
public sealed record StoredPack(
    long Id, long Tenant, string Code, string Version, string Hash, string FileName, int Versions, DateTimeOffset ImportedAt, string ImportedByName);

/// <summary>The SQL of the packs that are kept. Rows of other tenants are never reached.</summary>
internal static class FactorPackStore
{
    private static Sql Columns => Sql.Raw("SELECT id, tenant, code, version, hash, file_name, versions, imported_at, imported_by_name FROM pack");

    /// <summary>A number that changes exactly when the tenant's packs do: packs are only ever added.</summary>
    public static long Newest(Tx tx, long tenant) => tx.Scalar($"SELECT max(id) FROM pack WHERE tenant = {tenant}");

    /// <summary>The tenant's own packs in the order of import.</summary>
    public static List<StoredPack> Own(Tx tx, long tenant) => tx.Query($"{Columns} WHERE tenant = {tenant} ORDER BY id", Map);

    public static List<StoredPack> All(Tx tx, long tenant) => tx.Query($"{Columns} WHERE tenant = {tenant} OR tenant = 0 ORDER BY id DESC", Map);

    public static StoredPack? ByHash(Tx tx, long tenant, string hash) =>
        tx.First($"{Columns} WHERE hash = {hash} AND (tenant = {tenant} OR tenant = 0) ORDER BY tenant DESC", Map);

    public static StoredPack? Own(Tx tx, long tenant, string hash) => tx.First($"{Columns} WHERE hash = {hash} AND tenant = {tenant}", Map);

    public static StoredPack Insert(Tx tx, StoredPack pack, string fileHash, long importedBy, IReadOnlyList<Problem> quarantine)
    {
        var id = tx.InsertId($"""
            INSERT INTO pack (tenant, code, version, hash, file_name, file_hash, versions, imported_at, imported_by, imported_by_name)
            VALUES ({pack.Tenant}, {pack.Code}, {pack.Version}, {pack.Hash}, {pack.FileName}, {fileHash}, {pack.Versions}, {pack.ImportedAt}, {importedBy}, {pack.ImportedByName})
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

    private static StoredPack Map(Row r) => new(r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5), r.Int32(6), r.Instant(7), r.Text(8));
}
