using Tanlu.Ledger;
using Tanlu.Storage;

namespace Tanlu.Inventory;

/// <summary>The sums of a boundary as of one state of the book.</summary>
internal sealed record BoundarySums(IReadOnlyList<SiteSums> Sites, RefusedRows Refused, BookState Book);

/// <summary>
/// The balances of the sites that people look at, kept in memory as running sums. The state of the book is looked up at every reading: a site that a batch touched since is read
/// again, and no other, so nothing that is kept is ever older than the book.
/// </summary>
internal sealed class BookSums(Db db, PinnedCalculations calculations, long mostBytes = BookSums.MostBytes)
{
    /// <summary>Memory for the sums of all tenants together; sites that were looked at longest ago make room.</summary>
    public const long MostBytes = 1L << 30;

    private const int SitesAtOnce = 24;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, TenantSums> _tenants = [];
    private long _bytes;
    private long _looks;

    /// <summary>The sums of these sites with what belongs to the same moment: rows that files left out in the period, and the state of the book.</summary>
    public async Task<BoundarySums> Of(long tenant, IReadOnlyList<long> sites, StatementQuery query, CancellationToken ct)
    {
        var own = TenantOf(tenant);
        var mine = new Dictionary<long, KeptSite>(sites.Count);
        for (; ; )
        {
            var step = await db.Read(tx => Look(tx, tenant, own, sites, mine, query), ct);
            if (step.Whole is { } whole)
            {
                return whole;
            }

            if (step.Rows is null)
            {
                continue; // another reader has seen a later state of the book than this snapshot
            }

            var bySite = step.Rows.ToLookup(r => r.Site);
            var pins = await calculations.Of(tenant, step.Rows.Select(r => r.Calculation).ToHashSet(), ct);
            foreach (var site in step.Missing)
            {
                var kept = new KeptSite(SiteSums.Of(site, [.. bySite[site]], row => own.Origins.Of(pins, row)), step.Seq);
                mine[site] = kept;
                Keep(own, kept);
            }
        }
    }

    /// <summary>One look at the book on one snapshot: everything that is asked for, or the rows of some sites that are missing.</summary>
    private Step Look(Tx tx, long tenant, TenantSums own, IReadOnlyList<long> sites, Dictionary<long, KeptSite> mine, StatementQuery query)
    {
        var book = StatementStore.Book(tx, tenant);
        long? known;
        lock (_gate)
        {
            known = own.Seq;
        }

        if (known > book.Seq)
        {
            return new Step(null, null, [], 0);
        }

        var touched = known is { } from && from < book.Seq ? StatementStore.Touched(tx, tenant, from) : [];
        var missing = new List<long>();
        lock (_gate)
        {
            foreach (var (site, seq) in touched)
            {
                own.LastTouched[site] = Math.Max(seq, own.LastTouched.GetValueOrDefault(site));
            }

            own.Seq = Math.Max(own.Seq ?? 0, book.Seq);
            var look = ++_looks;
            foreach (var site in sites)
            {
                if (mine.GetValueOrDefault(site) is { } held && own.LastTouched.GetValueOrDefault(site) <= held.Seq)
                {
                    continue;
                }

                if (own.Sites.GetValueOrDefault(site) is { } kept && own.LastTouched.GetValueOrDefault(site) <= kept.Seq)
                {
                    kept.LookedAt = look;
                    mine[site] = kept;
                }
                else if (missing.Count < SitesAtOnce)
                {
                    missing.Add(site);
                }
            }
        }

        return missing.Count > 0
            ? new Step(null, StatementStore.Balances(tx, tenant, missing), missing, book.Seq)
            : new Step(new BoundarySums([.. sites.Select(s => mine[s].Sums)], StatementStore.Refused(tx, tenant, sites, query.From, query.To), book), null, [], book.Seq);
    }

    private TenantSums TenantOf(long tenant)
    {
        lock (_gate)
        {
            return _tenants.TryGetValue(tenant, out var own) ? own : _tenants[tenant] = new TenantSums();
        }
    }

    private void Keep(TenantSums own, KeptSite kept)
    {
        lock (_gate)
        {
            kept.LookedAt = _looks;
            _bytes += kept.Sums.Bytes - (own.Sites.TryGetValue(kept.Sums.Site, out var old) ? old.Sums.Bytes : 0);
            own.Sites[kept.Sums.Site] = kept;
            if (_bytes <= mostBytes)
            {
                return;
            }

            foreach (var (tenant, site) in _tenants.Values.SelectMany(t => t.Sites.Values.Select(s => (Tenant: t, Site: s))).OrderBy(s => s.Site.LookedAt).ToList())
            {
                if (_bytes <= mostBytes / 4 * 3)
                {
                    break;
                }

                tenant.Sites.Remove(site.Sums.Site);
                _bytes -= site.Sums.Bytes;
            }
        }
    }

    /// <param name="Whole">Set where nothing is missing.</param>
    /// <param name="Rows">All balances of the missing sites; null where the snapshot was too old.</param>
    private sealed record Step(BoundarySums? Whole, List<BalanceRow>? Rows, IReadOnlyList<long> Missing, long Seq);

    private sealed class KeptSite(SiteSums sums, long seq)
    {
        public SiteSums Sums { get; } = sums;

        /// <summary>State of the book that the sums were read at.</summary>
        public long Seq { get; } = seq;

        public long LookedAt { get; set; }
    }

    private sealed class TenantSums
    {
        public EntryOrigins Origins { get; } = new();

        public Dictionary<long, KeptSite> Sites { get; } = [];

        /// <summary>Last batch that touched a site, of those sealed since the first reading.</summary>
        public Dictionary<long, long> LastTouched { get; } = [];

        /// <summary>The latest state of the book that was looked at; null before the first.</summary>
        public long? Seq { get; set; }
    }
}
