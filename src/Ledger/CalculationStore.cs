using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>A calculation as it is stored: the pin, and the packs it could look in.</summary>
internal sealed record StoredCalculation(long Id, byte[] Hash, CalculationPin Pin, byte[] FactorSetHash, string Packs);

/// <summary>The SQL of calculations and of the factor sets they pin.</summary>
internal static class CalculationStore
{
    private static Sql Columns => Sql.Raw("""
        SELECT c.id, c.hash, c.activity, c.unit, c.region, c.on_day, c.days, c.factor, c.scope, c.category3, c.measured, c.factors, c.code_version, f.hash, f.packs
        FROM calculation c JOIN factor_set f ON f.id = c.factor_set
        """);

    public static long FactorSet(Tx tx, FactorSet set) => tx.First(
        $"INSERT INTO factor_set (hash, packs) VALUES ({set.Hash}, {set.Json}) ON CONFLICT (hash) DO UPDATE SET hash = excluded.hash RETURNING id", r => r.Int64(0));

    /// <summary>Id of the calculation, made where there is none: the same pin is one row, whichever batch came first.</summary>
    public static long Calculation(Tx tx, long tenant, CalculationPin pin, byte[] hash, long factorSet) => tx.First(
        $"""
        INSERT INTO calculation (tenant, hash, activity, unit, region, on_day, days, factor, scope, category3, measured, factors, factor_set, code_version)
        VALUES ({tenant}, {hash}, {pin.Activity}, {pin.Unit}, {pin.Region}, {pin.On}, {pin.Days}, {pin.Factor}, {pin.Scope}, {pin.Category3}, {pin.Measured}, {pin.Factors},
                {factorSet}, {pin.CodeVersion})
        ON CONFLICT (tenant, hash) DO UPDATE SET hash = excluded.hash RETURNING id
        """,
        r => r.Int64(0));

    public static StoredCalculation? Find(Tx tx, long tenant, long id) => tx.First($"{Columns} WHERE c.tenant = {tenant} AND c.id = {id}", Map);

    /// <summary>The calculations with these ids, however many.</summary>
    public static List<StoredCalculation> Some(Tx tx, long tenant, IReadOnlyCollection<long> ids) =>
        [.. ids.Chunk(10_000).SelectMany(chunk => tx.Query($"{Columns} WHERE c.tenant = {tenant} AND c.id IN {Sql.In(chunk)}", Map))];

    public static List<StoredCalculation> All(Tx tx, long tenant) => tx.Query($"{Columns} WHERE c.tenant = {tenant}", Map);

    /// <summary>Ids of the calculations already known under these packs and this code, by hash.</summary>
    public static Dictionary<string, long> Known(Tx tx, long tenant, long factorSet)
    {
        var known = new Dictionary<string, long>(StringComparer.Ordinal);
        tx.Each(
            $"SELECT hash, id FROM calculation WHERE tenant = {tenant} AND factor_set = {factorSet} AND code_version = {CalculationPin.ThisCode}",
            r => known[Convert.ToHexString(r.Bytes(0))] = r.Int64(1));
        return known;
    }

    private static StoredCalculation Map(Row r) => new(
        r.Int64(0), r.Bytes(1),
        new CalculationPin(r.Text(2), r.Text(3), r.Text(4), r.Date(5), r.Int32(6), r.Text(7), r.Int32(8), r.Int32(9), r.Text(10), r.Text(11), r.Text(12)), r.Bytes(13), r.Text(14));
}
