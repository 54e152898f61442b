using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>The SQL of balances: sums of a batch, and their folding into the running sums.</summary>
internal static class BalanceStore
{
    /// <summary>The columns that hold amounts, in the order of <see cref="Amounts"/>.</summary>
    public static readonly string[] Sums = ["co2_mg", "co2_bio_mg", "ch4_fossil_mg", "ch4_nonfossil_mg", "ch4_mg", "n2o_mg", "other_mg", "co2e_mg", "energy_wh"];

    private static readonly string[] Keys =
        ["tenant", "site", "month", "source", "calculation", "part", "account", "route", "fixed_gwp", "quality", "evidenced", "other_gas"];

    private static readonly string[] Pending = ["tenant", "batch", "place", .. Keys.Skip(1), .. Sums];

    /// <summary>Adds sums straight to the running ones.</summary>
    public static void Add(Tx tx, long tenant, IEnumerable<(BalanceKey Key, Amounts Amounts)> sums)
    {
        using var bulk = tx.Accumulate("balance_sum", Keys, Sums);
        foreach (var (key, amounts) in sums)
        {
            bulk.Int64(tenant);
            Write(bulk, key);
            Write(bulk, amounts);
            bulk.EndRow();
        }

        bulk.Complete();
    }

    /// <summary>Keeps sums of a batch until it is sealed and folded.</summary>
    public static void Keep(Tx tx, long tenant, long batch, int place, ReadOnlySpan<(BalanceKey Key, Amounts Amounts)> sums)
    {
        using var bulk = tx.Bulk("balance_pending", Pending);
        foreach (var (key, amounts) in sums)
        {
            bulk.Int64(tenant);
            bulk.Int64(batch);
            bulk.Int64(place++);
            Write(bulk, key);
            Write(bulk, amounts);
            bulk.EndRow();
        }

        bulk.Complete();
    }

    /// <summary>Whether adding the batch's sums would take a running one out of 64 bits.</summary>
    public static bool WouldOverflow(Tx tx, long tenant, long batch)
    {
        var keys = Sql.Raw(string.Join(" AND ", Keys.Select(k => $"s.{k} = p.{k}")));
        var beyond = Sql.Raw(string.Join(" OR ", Sums.Select(c => $"(s.{c} > 0 AND p.{c} > 9223372036854775807 - s.{c}) OR (s.{c} < 0 AND p.{c} < -9223372036854775807 - s.{c})")));
        return tx.Exists($"SELECT 1 FROM balance_pending p JOIN balance_sum s ON {keys} WHERE p.tenant = {tenant} AND p.batch = {batch} AND ({beyond}) LIMIT 1");
    }

    /// <summary>Sealed batches whose sums are not all folded yet.</summary>
    public static List<(long Tenant, long Batch)> Unfolded(Tx tx) =>
        tx.Query($"SELECT tenant, id FROM batch WHERE state = 1 AND folded = 0 ORDER BY id", r => (r.Int64(0), r.Int64(1)));

    /// <summary>Folds some sums of a sealed batch; false when none was left. Readers see the same total before and after.</summary>
    public static bool Fold(Tx tx, long tenant, long batch, int most)
    {
        var first = tx.First($"SELECT place FROM balance_pending WHERE tenant = {tenant} AND batch = {batch} ORDER BY place LIMIT 1", r => (long?)r.Int64(0));
        if (first is not { } from)
        {
            tx.Execute($"UPDATE batch SET folded = 1 WHERE id = {batch} AND state = 1");
            return false;
        }

        var to = from + most;
        var columns = Sql.Raw(string.Join(", ", Keys.Concat(Sums)));
        var added = Sql.Raw(string.Join(", ", Sums.Select(c => $"{c} = balance_sum.{c} + excluded.{c}")));
        tx.Execute($"""
            INSERT INTO balance_sum ({columns}) SELECT {columns} FROM balance_pending WHERE tenant = {tenant} AND batch = {batch} AND place < {to}
            ON CONFLICT ({Sql.Raw(string.Join(", ", Keys))}) DO UPDATE SET {added}
            """);
        tx.Execute($"DELETE FROM balance_pending WHERE tenant = {tenant} AND batch = {batch} AND place < {to}");
        return true;
    }

    /// <summary>Every balance of a tenant; a key may come more than once.</summary>
    public static void Each(Tx tx, long tenant, Action<BalanceKey, Amounts> balance) => tx.Each(
        $"""
        SELECT site, month, source, calculation, part, account, route, fixed_gwp, quality, evidenced, other_gas,
               co2_mg, co2_bio_mg, ch4_fossil_mg, ch4_nonfossil_mg, ch4_mg, n2o_mg, other_mg, co2e_mg, energy_wh FROM balance WHERE tenant = {tenant}
        """,
        r => balance(
            new BalanceKey(r.Int64(0), r.Int32(1), r.Int64(2), r.Int64(3), r.Int32(4), JournalStore.Key(r, 5, 6, 7, 10), (DataQuality)r.Int32(8), r.Bool(9)),
            JournalStore.AmountsAt(r, 11)));

    public static void Write(Bulk bulk, in Amounts a)
    {
        bulk.Int64(a.Co2);
        bulk.Int64(a.Co2Biogenic);
        bulk.Int64(a.Ch4Fossil);
        bulk.Int64(a.Ch4NonFossil);
        bulk.Int64(a.Ch4);
        bulk.Int64(a.N2O);
        bulk.Int64(a.Other);
        bulk.Int64(a.Co2eFixed);
        bulk.Int64(a.EnergyWh);
    }

    private static void Write(Bulk bulk, in BalanceKey key)
    {
        bulk.Int64(key.Site);
        bulk.Int64(key.Month);
        bulk.Int64(key.Source);
        bulk.Int64(key.Calculation);
        bulk.Int64(key.Part);
        bulk.Int64(key.Key.Account.Number);
        bulk.Int64((long)key.Key.Route);
        bulk.Int64((long)key.Key.FixedGwp);
        bulk.Int64((long)key.Quality);
        bulk.Bool(key.Evidenced);
        bulk.Int64(key.Key.OtherGas);
    }
}
