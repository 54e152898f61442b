using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Storage;

namespace Tanlu.Inventory;

/// <summary>A balance as it is read: a key may come more than once, its sum counts.</summary>
internal readonly record struct BalanceRow(
    long Site, int Month, long Source, long Calculation, int Part, PostingKey Key, DataQuality Quality, bool Evidenced, Amounts Amounts);

/// <summary>Rows that imports left out at the sites of a boundary.</summary>
internal readonly record struct RefusedRows(long Files, long Rows);

/// <summary>What one snapshot of the book says of a boundary and a period.</summary>
/// <param name="Entries">Balances of every month, whether its site was valid then or not.</param>
/// <param name="Begun">Sources with figures before the period.</param>
internal sealed record EntryReading(IReadOnlyList<StatementEntry> Entries, RefusedRows Refused, IReadOnlySet<long> Begun, BookState Book);

/// <summary>The SQL of statements: sums of the view <c>balance</c>, which is Ledger's and holds sealed batches only.</summary>
internal static class StatementStore
{
    /// <summary>All balances of these sites.</summary>
    public static List<BalanceRow> Balances(Tx tx, long tenant, IReadOnlyCollection<long> sites)
    {
        var rows = new List<BalanceRow>();
        tx.Each(
            $"""
            SELECT site, month, source, calculation, part, account, route, fixed_gwp, quality, evidenced, other_gas,
                   co2_mg, co2_bio_mg, ch4_fossil_mg, ch4_nonfossil_mg, ch4_mg, n2o_mg, other_mg, co2e_mg, energy_wh
            FROM balance WHERE tenant = {tenant} AND site IN {Sql.In(sites)}
            """,
            r => rows.Add(new BalanceRow(
                r.Int64(0), r.Int32(1), r.Int64(2), r.Int64(3), r.Int32(4), new PostingKey(new Account((short)r.Int32(5)), (Route)r.Int32(6), (GwpSet)r.Int32(7), (short)r.Int32(10)),
                (DataQuality)r.Int32(8), r.Bool(9),
                new Amounts(r.Int64(11), r.Int64(12), r.Int64(13), r.Int64(14), r.Int64(15), r.Int64(16), r.Int64(17), r.Int64(18), r.Int64(19)))));
        return rows;
    }

    /// <summary>Sites whose balances changed after a place in the chain, each with the place of the last batch that touched it.</summary>
    public static List<(long Site, long Seq)> Touched(Tx tx, long tenant, long after) => tx.Query(
        $"""
        SELECT s.site, max(b.seq) FROM batch b JOIN batch_site s ON s.tenant = b.tenant AND s.batch = b.id
        WHERE b.tenant = {tenant} AND b.seq > {after} GROUP BY s.site
        """,
        r => (r.Int64(0), r.Int64(1)));

    public static BookState Book(Tx tx, long tenant) => tx.First(
        $"SELECT seq, root, chain FROM batch WHERE tenant = {tenant} AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1",
        r => new BookState(r.Int64(0), r.Bytes(1), r.Bytes(2))) ?? new BookState(0, [], []);

    /// <summary>Rows left out by files that touch the boundary and the period. A refused row has no site of its own.</summary>
    public static RefusedRows Refused(Tx tx, long tenant, IReadOnlyCollection<long> sites, Month from, Month to) => tx.First(
        $"""
        SELECT count(*), CAST(coalesce(sum(b.refused), 0) AS BIGINT) FROM batch b
        WHERE b.tenant = {tenant} AND b.state = 1 AND b.refused > 0 AND EXISTS (
          SELECT 1 FROM batch_site s
          WHERE s.tenant = b.tenant AND s.batch = b.id AND s.site IN {Sql.In(sites)} AND s.first_month < {to.Number} AND s.last_month >= {from.Number})
        """,
        r => new RefusedRows(r.Int64(0), r.Int64(1)));
}
