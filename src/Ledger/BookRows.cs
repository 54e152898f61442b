using System.Security.Cryptography;
using System.Text;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>An activity as it stands in its row of the book.</summary>
/// <param name="FirstDay">Days since 0001-01-01, as the leaf hashes them.</param>
/// <param name="OwnPostings">The first so many postings of the row are its own; the rest take another activity back.</param>
public sealed record BookActivity(
    long Site, long Source, long Calculation, int FirstDay, int LastDay, double Quantity, DataQuality Quality, double? UncertaintyPercent, int OwnPostings, string? Evidence, string? Supplier,
    string? Note);

/// <summary>One row of a batch with everything that its leaf is a hash of.</summary>
/// <param name="Activity">Null where the row only takes another back.</param>
/// <param name="Postings">By line.</param>
/// <param name="Target">The activity it takes back.</param>
/// <param name="Reason">Why it takes it back.</param>
/// <param name="Leaf">SHA-256 of the row's bytes (README.md, What is hashed).</param>
public sealed record BookRow(int Row, BookActivity? Activity, IReadOnlyList<Posting> Postings, ActivityId? Target, string? Reason, byte[] Leaf);

/// <summary>Reads whole batches row by row as they stand now, with the leaf of each: for the proof of the book and for packages.</summary>
public static class BookRows
{
    private const int RowsAtOnce = 4000;

    /// <summary>Calls <paramref name="row"/> for every row of a batch in their order.</summary>
    /// <param name="hashes">Hash of every calculation of the tenant.</param>
    public static void Each(Tx tx, long tenant, long batch, IReadOnlyDictionary<long, byte[]> hashes, Action<BookRow> row)
    {
        var leaf = new RowLeaf();
        var corrections = tx.Query(
            $"SELECT row_number, target_batch, target_row, reason FROM correction WHERE tenant = {tenant} AND batch = {batch}",
            r => (Row: r.Int32(0), Target: new ActivityId(r.Int64(1), r.Int32(2)), Reason: r.Text(3))).ToDictionary(c => c.Row);
        for (var after = -1; ;)
        {
            // A row has an activity or, where it only takes another back, postings alone.
            var last = tx.First(
                $"SELECT row_number FROM posting WHERE tenant = {tenant} AND batch = {batch} AND row_number > {after} ORDER BY row_number LIMIT 1 OFFSET {RowsAtOnce}", r => (int?)r.Int32(0));
            var lastActivity = tx.First(
                $"SELECT row_number FROM activity WHERE tenant = {tenant} AND batch = {batch} AND row_number > {after} ORDER BY row_number LIMIT 1 OFFSET {RowsAtOnce}", r => (int?)r.Int32(0));
            var to = Math.Min(last ?? int.MaxValue, lastActivity ?? int.MaxValue);
            var activities = Activities(tx, tenant, batch, after, to);
            var postings = Postings(tx, tenant, batch, after, to);
            var (a, p) = (0, 0);
            while (a < activities.Count || p < postings.Count)
            {
                var number = Math.Min(a < activities.Count ? activities[a].Row : int.MaxValue, p < postings.Count ? postings[p].Id.Row : int.MaxValue);
                var from = p;
                while (p < postings.Count && postings[p].Id.Row == number)
                {
                    p++;
                }

                var activity = a < activities.Count && activities[a].Row == number ? activities[a++].Activity : null;
                var own = postings.GetRange(from, p - from);
                var correction = corrections.GetValueOrDefault(number);
                ActivityId? target = correction.Row == number && correction.Reason is not null ? correction.Target : null;
                row(new BookRow(number, activity, own, target, correction.Reason, Leaf(leaf, number, activity, own, target, hashes)));
            }

            if (to == int.MaxValue)
            {
                return;
            }

            after = to;
        }
    }

    private static List<(int Row, BookActivity Activity)> Activities(Tx tx, long tenant, long batch, int after, int to) => tx.Query(
        $"""
        SELECT row_number, site, source, calculation, first_day, last_day, quantity, quality, uncertainty_percent, own_postings, evidence, supplier, note FROM activity
        WHERE tenant = {tenant} AND batch = {batch} AND row_number > {after} AND row_number <= {to} ORDER BY row_number
        """,
        r => (r.Int32(0), new BookActivity(
            r.Int64(1), r.Int64(2), r.Int64(3), r.Int32(4), r.Int32(5), r.Double(6), (DataQuality)r.Int32(7), r.DoubleOrNull(8), r.Int32(9), r.TextOrNull(10), r.TextOrNull(11), r.TextOrNull(12))));

    private static List<Posting> Postings(Tx tx, long tenant, long batch, int after, int to) => tx.Query(
        $"""
        SELECT batch, row_number, line, site, source, calculation, part, account, month, route, fixed_gwp, quality, evidenced, other_gas,
               co2_mg, co2_bio_mg, ch4_fossil_mg, ch4_nonfossil_mg, ch4_mg, n2o_mg, other_mg, co2e_mg, energy_wh FROM posting
        WHERE tenant = {tenant} AND batch = {batch} AND row_number > {after} AND row_number <= {to} ORDER BY row_number, line
        """,
        JournalStore.MapPosting);

    private static byte[] Leaf(RowLeaf leaf, int number, BookActivity? activity, List<Posting> postings, ActivityId? target, IReadOnlyDictionary<long, byte[]> hashes)
    {
        leaf.Start(number, activity is not null, target);
        if (activity is { } x)
        {
            leaf.Activity(
                x.Site, x.Source, hashes.GetValueOrDefault(x.Calculation) ?? BatchRoot.Beginning, x.FirstDay, x.LastDay, x.Quantity, x.Quality, x.UncertaintyPercent, x.OwnPostings,
                Utf8(x.Evidence), Utf8(x.Supplier), Utf8(x.Note));
        }

        foreach (var p in postings)
        {
            leaf.Posting(p.Site, p.Source, hashes.GetValueOrDefault(p.Calculation) ?? BatchRoot.Beginning, p.Part, p.Key, p.Month, p.Quality, p.Evidenced, p.Amounts);
        }

        return SHA256.HashData(leaf.Bytes);
    }

    private static byte[] Utf8(string? text) => text is null ? [] : Encoding.UTF8.GetBytes(text);
}
