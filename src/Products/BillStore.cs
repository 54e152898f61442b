using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>The SQL of bills. Rows of other tenants are never reached.</summary>
internal static class BillStore
{
    private static Sql Rows => Sql.Raw("SELECT id, uid, version, state, name, amount, unit, lines, unmatched, changed_at, changed_by_name FROM lca_bill");

    private static Sql Versions => Sql.Raw("SELECT number, sha256, made_at, made_by, made_by_name, reason, restores FROM lca_bill_version");

    public static List<BillRow> All(Tx tx, long tenant) => tx.Query($"{Rows} WHERE tenant = {tenant} AND state = 1 ORDER BY name, id", MapRow);

    public static BillRow? Find(Tx tx, long tenant, long bill) => tx.First($"{Rows} WHERE id = {bill} AND tenant = {tenant}", MapRow);

    public static BillVersion? Version(Tx tx, long tenant, long bill, int number) => tx.First($"{Versions} WHERE bill = {bill} AND number = {number} AND tenant = {tenant}", MapVersion);

    public static List<BillVersion> History(Tx tx, long tenant, long bill) => tx.Query($"{Versions} WHERE bill = {bill} AND tenant = {tenant} ORDER BY number DESC", MapVersion);

    public static byte[]? Document(Tx tx, long tenant, long bill, int number) =>
        tx.First($"SELECT document FROM lca_bill_version WHERE bill = {bill} AND number = {number} AND tenant = {tenant}", r => r.Bytes(0));

    public static StoredBill? Stored(Tx tx, long tenant, long bill, int? number) =>
        Find(tx, tenant, bill) is { } row && Version(tx, tenant, bill, number ?? row.Version) is { } version
            ? new StoredBill(row, version, DatasetJson.Open<BillDataset>(Document(tx, tenant, bill, version.Number)!))
            : null;

    public static long Insert(Tx tx, long tenant, string uid, BillDataset bill, DateTimeOffset at, string by) => tx.InsertId($"""
        INSERT INTO lca_bill (tenant, uid, version, state, name, amount, unit, lines, unmatched, changed_at, changed_by_name)
        VALUES ({tenant}, {uid}, 0, 1, {bill.Name}, {bill.Amount}, {bill.Unit}, 0, 0, {at}, {by})
        """);

    /// <summary>Adds a version and makes it the current one.</summary>
    public static void AddVersion(Tx tx, long tenant, long bill, BillVersion made, BillDataset dataset, byte[] text)
    {
        tx.Execute($"""
            INSERT INTO lca_bill_version (bill, number, tenant, sha256, document, made_at, made_by, made_by_name, reason, restores)
            VALUES ({bill}, {made.Number}, {tenant}, {Convert.FromHexString(made.Sha256)}, {DatasetJson.Pack(text)}, {made.MadeAt}, {made.MadeBy}, {made.MadeByName}, {made.Reason}, {made.Restores})
            """);
        tx.Execute($"""
            UPDATE lca_bill SET version = {made.Number}, name = {dataset.Name}, amount = {dataset.Amount}, unit = {dataset.Unit}, lines = {dataset.Lines.Count},
                   unmatched = {dataset.Lines.Count(l => !l.Matched)}, changed_at = {made.MadeAt}, changed_by_name = {made.MadeByName}
            WHERE id = {bill} AND tenant = {tenant}
            """);
        tx.Execute($"DELETE FROM lca_bill_part WHERE bill = {bill} AND tenant = {tenant}");
        foreach (var part in dataset.Lines.Select(l => l.Bill).OfType<long>().Distinct())
        {
            tx.Execute($"INSERT INTO lca_bill_part (bill, part, tenant) VALUES ({bill}, {part}, {tenant})");
        }
    }

    public static void Retire(Tx tx, long tenant, long bill) => tx.Execute($"UPDATE lca_bill SET state = 2 WHERE id = {bill} AND tenant = {tenant}");

    /// <summary>Bills that stand in the current version of this one.</summary>
    public static List<BillRow> PartsOf(Tx tx, long tenant, long bill) =>
        tx.Query($"{Rows} WHERE tenant = {tenant} AND id IN (SELECT part FROM lca_bill_part WHERE bill = {bill}) ORDER BY id", MapRow);

    /// <summary>Bills in use that contain this one.</summary>
    public static List<BillRow> UsersOf(Tx tx, long tenant, long bill) =>
        tx.Query($"{Rows} WHERE tenant = {tenant} AND state = 1 AND id IN (SELECT bill FROM lca_bill_part WHERE part = {bill}) ORDER BY id", MapRow);

    /// <summary>Product and library of processes that are there: that of the library that came last where several hold one.</summary>
    public static Dictionary<string, (long Library, string Flow)> Processes(Tx tx, long tenant, IReadOnlyCollection<string> uids)
    {
        var found = new Dictionary<string, (long, string)>(StringComparer.Ordinal);
        foreach (var (uid, library, flow) in tx.Query(
            $"""
            SELECT p.uid, p.library, p.reference_flow FROM lca_process p JOIN lca_library l ON l.id = p.library
            WHERE p.tenant = {tenant} AND p.uid IN {Sql.In(uids)} AND p.state = 1 AND l.state = 1 ORDER BY p.id
            """,
            r => (r.Text(0), r.Int64(1), r.Text(2))))
        {
            found[uid] = (library, flow);
        }

        return found;
    }

    private static BillRow MapRow(Row r) => new(
        r.Int64(0), r.Text(1), r.Int32(2), r.Int32(3) == 2, r.Text(4), r.Double(5), r.Text(6), r.Int32(7), r.Int32(8), r.Instant(9), r.Text(10));

    private static BillVersion MapVersion(Row r) => new(r.Int32(0), Convert.ToHexStringLower(r.Bytes(1)), r.Instant(2), r.Int64(3), r.Text(4), r.Text(5), r.Int32OrNull(6));
}
