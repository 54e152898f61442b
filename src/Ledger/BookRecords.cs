using Tanlu.Factors;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>A sealed batch with what its link is a hash of.</summary>
/// <param name="Person">Who opened it; 0 is the platform.</param>
public sealed record BookBatch(Batch Batch, long Person);

/// <summary>A calculation as it is pinned, with what its hash is over.</summary>
/// <param name="On">ISO date.</param>
/// <param name="Measured">JSON text, empty where nothing was measured.</param>
/// <param name="FactorSet">Hash over <paramref name="Packs"/>.</param>
public sealed record BookCalculation(
    long Id, byte[] Hash, string Activity, string Unit, string Region, DateOnly On, int Days, string Factor, int Scope, int Category3, string Measured, string Factors, string CodeVersion,
    byte[] FactorSet, IReadOnlyList<PackPin> Packs);

/// <summary>Reads the records of a tenant's book that a package carries, inside the caller's transaction. Whom they may be shown is the caller's to decide.</summary>
public static class BookRecords
{
    /// <summary>The sealed batches up to a place in the chain, in its order.</summary>
    public static IReadOnlyList<BookBatch> Batches(Tx tx, long tenant, long upTo) =>
        [.. BatchStore.Chain(tx, tenant).Where(b => b.Seq <= upTo).Select(b => new BookBatch(b, BatchStore.SealedBy(tx, b.Id)))];

    /// <summary>Batches with rows at one of the sites.</summary>
    public static IReadOnlySet<long> BatchesAt(Tx tx, long tenant, IReadOnlyCollection<long> sites) =>
        tx.Query($"SELECT DISTINCT batch FROM batch_site WHERE tenant = {tenant} AND site IN {Sql.In(sites)}", r => r.Int64(0)).ToHashSet();

    /// <summary>Ids of the calculations behind the balances of the sites, of any month.</summary>
    public static IReadOnlySet<long> CalculationsAt(Tx tx, long tenant, IReadOnlyCollection<long> sites) =>
        tx.Query($"SELECT DISTINCT calculation FROM balance WHERE tenant = {tenant} AND site IN {Sql.In(sites)}", r => r.Int64(0)).ToHashSet();

    /// <summary>What the program that runs now writes into the calculations it makes.</summary>
    public static string ThisCode => CalculationPin.ThisCode;

    public static IReadOnlyDictionary<long, byte[]> CalculationHashes(Tx tx, long tenant)
    {
        var hashes = new Dictionary<long, byte[]>();
        tx.Each($"SELECT id, hash FROM calculation WHERE tenant = {tenant}", r => hashes[r.Int64(0)] = r.Bytes(1));
        return hashes;
    }

    public static IReadOnlyList<BookCalculation> Calculations(Tx tx, long tenant, IReadOnlyCollection<long> ids) =>
    [
        .. CalculationStore.Some(tx, tenant, ids).Select(c => new BookCalculation(
            c.Id, c.Hash, c.Pin.Activity, c.Pin.Unit, c.Pin.Region, c.Pin.On, c.Pin.Days, c.Pin.Factor, c.Pin.Scope, c.Pin.Category3, c.Pin.Measured, c.Pin.Factors, c.Pin.CodeVersion,
            c.FactorSetHash, FactorSet.Parse(c.Packs))),
    ];

    /// <summary>Code and name of emission sources by id, with their site.</summary>
    public static IReadOnlyList<EmissionSource> Sources(Tx tx, long tenant, IReadOnlyCollection<long> ids) => tx.Query(
        $"SELECT s.id, s.site, n.code, s.code, s.name FROM emission_source s JOIN node n ON n.id = s.site WHERE s.tenant = {tenant} AND s.id IN {Sql.In(ids)} ORDER BY s.id",
        r => new EmissionSource(r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), r.Text(4)));

    /// <summary>
    /// The activity that each posting counts for or against: its row's own, or for the lines behind that the one which the row takes back. What the caller does not see is left out.
    /// </summary>
    public static IReadOnlyDictionary<(ActivityId Row, int Line), Activity> Behind(Tx tx, Caller caller, IReadOnlyCollection<Posting> postings)
    {
        var rows = postings.Select(p => p.Id).Distinct().ToList();
        var targets = JournalStore.Targets(tx, caller.Tenant, rows);
        var known = JournalStore.Some(tx, caller, rows.Concat(targets.Values).Distinct()).ToDictionary(a => a.Id);
        var found = new Dictionary<(ActivityId, int), Activity>(postings.Count);
        var own = OwnPostings(tx, caller.Tenant, rows);
        foreach (var posting in postings)
        {
            var of = posting.Line < own.GetValueOrDefault(posting.Id) ? posting.Id : targets.GetValueOrDefault(posting.Id);
            if (known.TryGetValue(of, out var activity))
            {
                found[(posting.Id, posting.Line)] = activity;
            }
        }

        return found;
    }

    /// <summary>How many postings of a row are its own, whether the caller sees its activity or not.</summary>
    private static Dictionary<ActivityId, int> OwnPostings(Tx tx, long tenant, IEnumerable<ActivityId> rows) => rows.GroupBy(r => r.Batch).SelectMany(batch => tx.Query(
        $"SELECT row_number, own_postings FROM activity WHERE tenant = {tenant} AND batch = {batch.Key} AND row_number IN {Sql.In(batch.Select(i => (long)i.Row))}",
        r => (Row: new ActivityId(batch.Key, r.Int32(0)), Own: r.Int32(1)))).ToDictionary(a => a.Row, a => a.Own);
}
