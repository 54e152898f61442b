using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>The SQL of evidence files; what a caller sees is limited by tenant and subtree in every statement.</summary>
internal static class EvidenceStore
{
    private static Sql Rows => Sql.Raw("""
        SELECT e.id, e.tenant, e.node, e.hash, e.name, e.media_type, e.size, e.added_by, e.added_at
        FROM evidence_file e LEFT JOIN node ON node.tenant = e.tenant AND node.id = e.node
        """);

    public static EvidenceFile? Find(Tx tx, Caller caller, BlobHash hash) =>
        tx.First($"{Rows} WHERE {Seen(caller)} AND e.hash = {hash.ToString()} ORDER BY e.id LIMIT 1", Map);

    public static EvidenceFile? At(Tx tx, long tenant, long node, BlobHash hash) =>
        tx.First($"{Rows} WHERE e.tenant = {tenant} AND e.node = {node} AND e.hash = {hash.ToString()}", Map);

    public static List<EvidenceFile> List(Tx tx, Caller caller, long before, int take) =>
        tx.Query($"{Rows} WHERE {Seen(caller)} AND e.id < {before} ORDER BY e.id DESC LIMIT {take}", Map);

    public static EvidenceFile Insert(Tx tx, EvidenceFile file) => file with
    {
        Id = tx.InsertId($"""
            INSERT INTO evidence_file (tenant, node, hash, name, media_type, size, added_by, added_at)
            VALUES ({file.Tenant}, {file.Node}, {file.Hash.ToString()}, {file.Name}, {file.MediaType}, {file.Size}, {file.AddedBy}, {file.AddedAt})
            """),
    };

    private static Sql Seen(Caller caller) =>
        $"e.tenant = {caller.Tenant} AND (CASE WHEN e.node = 0 THEN '/' ELSE node.path END) LIKE {caller.NodePath + "%"}";

    private static EvidenceFile Map(Row r) => new(
        r.Int64(0), r.Int64(1), r.Int64(2), BlobHash.Parse(r.Text(3)), r.Text(4), r.Text(5), r.Int64(6), r.Int64(7), r.Instant(8));
}
