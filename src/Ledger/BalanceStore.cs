using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>The SQL of balances: running sums, and whether more would fit.</summary>
internal static class BalanceStore
{
    /// <summary>The columns that hold amounts, in the order of <see cref="Amounts"/>.</summary>
    public static readonly string[] Sums = ["co2_mg", "co2_bio_mg", "ch4_fossil_mg", "ch4_nonfossil_mg", "ch4_mg", "n2o_mg", "other_mg", "co2e_mg", "energy_wh"];

    private static readonly string[] Keys =
        ["tenant", "site", "month", "source", "calculation", "part", "account", "route", "fixed_gwp", "quality", "evidenced", "other_gas"];

    private static readonly string[] KeysAndBatch = [.. Keys, "batch"];

    private static readonly string[] All = [.. KeysAndBatch, .. Sums];

    /// <summary>Adds sums to those of all small batches together.</summary>
    public static void Add(Tx tx, long tenant, IEnumerable<(BalanceKey Key, Amounts Amounts)> sums)
    {
        using var bulk = tx.Accumulate("balance_sum", KeysAndBatch, Sums);
        Write(bulk, tenant, 0, sums);
        bulk.Complete();
    }

    /// <summary>Keeps sums of a large batch; they count once it is sealed.</summary>
    public static void Keep(Tx tx, long tenant, long batch, IEnumerable<(BalanceKey Key, Amounts Amounts)> sums)
    {
        using var bulk = tx.Bulk("balance_sum", All);
        Write(bulk, tenant, batch, sums);
        bulk.Complete();
    }

    /// <summary>Whether the sums, added to the balances that are there, stay within 64 bits. Looks at every key, so it is asked only near the end of the range.</summary>
    public static bool Fit(Tx tx, long tenant, IEnumerable<(BalanceKey Key, Amounts Amounts)> sums)
    {
        var parts = new Int128[Sums.Length];
        var columns = Sql.Raw(string.Join(", ", Sums));
        foreach (var (key, amounts) in sums)
        {
            amounts.CopyTo(parts);
            tx.Each(
                $"""
                SELECT {columns} FROM balance WHERE tenant = {tenant} AND site = {key.Site} AND month = {key.Month} AND source = {key.Source} AND calculation = {key.Calculation}
                AND part = {key.Part} AND quality = {(int)key.Quality} AND evidenced = {key.Evidenced}
                """,
                r =>
                {
                    for (var at = 0; at < parts.Length; at++)
                    {
                        parts[at] += r.Int64(at);
                    }
                });
            if (parts.Any(p => p < long.MinValue || p > long.MaxValue))
            {
                return false;
            }
        }

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

    private static void Write(Bulk bulk, long tenant, long batch, IEnumerable<(BalanceKey Key, Amounts Amounts)> sums)
    {
        foreach (var (key, amounts) in sums)
        {
            bulk.Int64(tenant);
            Write(bulk, key);
            bulk.Int64(batch);
            Write(bulk, amounts);
            bulk.EndRow();
        }
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
