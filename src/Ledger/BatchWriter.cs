using System.Globalization;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>The batch was given up while it was still being written, by a start of the program elsewhere.</summary>
internal sealed class BatchGone() : Exception("The batch was dropped while it was being written.");

/// <summary>
/// Puts the rows of one batch into the book: ids first, then rows, then the sums, then the seal. Each step is one transaction or part of one, and may be
/// run again when PostgreSQL asks for it.
/// </summary>
internal sealed class BatchWriter(Caller caller, FactorLibrary library, TimeProvider time, Audit audit)
{
    /// <summary>Half the range: while everything ever posted adds up to less, no single balance can leave it.</summary>
    private const double SafeMagnitude = 4.6e18;

    private readonly FactorSet _set = FactorSet.Of(library);
    private readonly RowLeaf _leaf = new();
    private readonly Dictionary<long, byte[]> _foreign = [];
    private readonly Dictionary<PostingRates, (long Id, byte[] Hash)> _byRates = [];
    private readonly Dictionary<PostingRates, (long Id, byte[] Hash)> _resolving = [];
    private Dictionary<string, long> _known = [];
    private Dictionary<(long Site, string Spelling), long>? _sources;
    private long _factorSet;

    public long Batch { get; private set; }

    public IdBook Ids { get; } = new();

    public BatchRoot Root { get; } = new();

    public void Open(Tx tx, BatchKind kind, string name, string hash, string? clientKey, string reason)
    {
        Batch = BatchStore.Open(tx, caller, kind, name, hash, clientKey, reason, time.GetUtcNow());
        _factorSet = CalculationStore.FactorSet(tx, _set);
    }

    /// <summary>Reads what is known already, so that a large file does not ask row by row.</summary>
    public void LoadKnown(Tx tx)
    {
        _known = CalculationStore.Known(tx, caller.Tenant, _factorSet);
        _sources = BatchStore.Sources(tx, caller.Tenant);
    }

    /// <summary>Finds or makes the ids that the chunk's rows stand for.</summary>
    public void Resolve(Tx tx, RowChunk chunk)
    {
        // A transaction that is tried again may find other ids than the first time.
        _resolving.Clear();
        foreach (var prepared in chunk.NewPrepared)
        {
            var plan = prepared.Plan!;
            if (!_byRates.TryGetValue(plan.Rates, out var stored) && !_resolving.TryGetValue(plan.Rates, out stored))
            {
                var pin = CalculationPin.Of(plan.Calculation);
                var hash = pin.Hash(_set.Hash);
                stored = (_known.TryGetValue(Convert.ToHexString(hash), out var known) ? known : CalculationStore.Calculation(tx, caller.Tenant, pin, hash, _factorSet), hash);
                _resolving[plan.Rates] = stored;
            }

            Ids.SetCalculation(prepared.Number, stored.Id, stored.Hash, plan.Period);
        }

        foreach (var (number, site, code) in chunk.NewSources)
        {
            Ids.SetSource(number, _sources is not null && _sources.TryGetValue((site, code), out var id) ? id : BatchStore.Source(tx, caller.Tenant, Batch, site, code, time.GetUtcNow()));
        }
    }

    /// <summary>Remembers what the last <see cref="Resolve"/> found, now that its transaction has committed.</summary>
    public void Resolved()
    {
        foreach (var (rates, stored) in _resolving)
        {
            _byRates[rates] = stored;
        }

        _resolving.Clear();
    }

    /// <summary>Hash of a calculation of an earlier batch whose postings are taken back here.</summary>
    public void Know(long calculation, byte[] hash) => _foreign[calculation] = hash;

    /// <summary>Adds the chunk's rows to the tree. Not repeated when a transaction is.</summary>
    public void Hash(RowChunk chunk)
    {
        var at = 0;
        foreach (ref readonly var row in chunk.Activities)
        {
            _leaf.Start(row.Row, activity: true, row.Target.Row == 0 ? null : row.Target.Batch > 0 ? row.Target : new ActivityId(Batch, row.Target.Row));
            var period = Ids.Period(row.Prepared);
            _leaf.Activity(
                row.Site, Ids.Source(row.Source), Ids.Hash(row.Prepared), period.Start.DayNumber, period.LastDay.DayNumber, row.Quantity, row.Quality,
                double.IsNaN(row.Uncertainty) ? null : row.Uncertainty, row.OwnPostings, chunk.Text(row.Evidence), chunk.Text(row.Supplier), chunk.Text(row.Note));
            for (; at < row.PostingsEnd; at++)
            {
                ref readonly var p = ref chunk.Postings[at];
                var hash = p.Calculation < 0 ? Ids.Hash((int)~p.Calculation) : _foreign[p.Calculation];
                _leaf.Posting(p.Site, Ids.Source(p.Source), hash, p.Part, p.Key, p.Month, p.Quality, p.Evidenced, p.Amounts);
            }

            Root.Add(row.Row, _leaf.Bytes);
        }
    }

    /// <summary>Adds a row that only takes another back.</summary>
    public void HashBack(int row, ActivityId target, IReadOnlyList<Posting> negated)
    {
        _leaf.Start(row, activity: false, target);
        foreach (var p in negated)
        {
            _leaf.Posting(p.Site, p.Source, _foreign[p.Calculation], p.Part, p.Key, p.Month, p.Quality, p.Evidenced, p.Amounts);
        }

        Root.Add(row, _leaf.Bytes);
    }

    /// <exception cref="BatchGone">Somebody gave the batch up.</exception>
    public void Write(Tx tx, RowChunk chunk)
    {
        Touch(tx);
        BatchStore.Write(tx, caller.Tenant, Batch, chunk, Ids);
    }

    public void Touch(Tx tx)
    {
        if (!BatchStore.Touch(tx, Batch, time.GetUtcNow()))
        {
            throw new BatchGone();
        }
    }

    /// <summary>Makes the batch part of the book: from this commit on every reader sees all of it.</summary>
    /// <param name="root">Merkle root of all rows.</param>
    /// <param name="sums">What the batch adds to the balances.</param>
    /// <param name="magnitude">Of the sums.</param>
    /// <param name="kept">The sums are in the book already, under the batch; otherwise they are added here.</param>
    /// <exception cref="IntegerOverflow">A balance would leave 64 bits.</exception>
    public Batch Seal(
        Tx tx, Batch draft, byte[] root, IReadOnlyDictionary<long, SiteSpan> sites, BalanceSums sums, double magnitude, bool kept, string verb,
        params ReadOnlySpan<(string Key, string? Value)> detail)
    {
        var now = time.GetUtcNow();
        var (seq, previous, before) = BatchStore.Head(tx, caller.Tenant);
        var chain = BatchRoot.Link(previous, root, caller.Tenant, Batch, seq + 1, draft.Kind, draft.Rows, draft.Refused, draft.Postings, draft.FileHash, draft.Reason, now, caller.Person);

        // The audit log's head is the lock under which a tenant's batches follow one another.
        audit.Write(
            tx, caller, verb, $"batch/{Batch}",
            [
                ("file", draft.FileName), ("rows", Number(draft.Rows)), ("refused", Number(draft.Refused)), ("postings", Number(draft.Postings)),
                ("reason", draft.Reason), ("root", Convert.ToHexStringLower(root)), ("chain", Convert.ToHexStringLower(chain)), .. detail,
            ]);
        var done = draft with
        {
            Id = Batch,
            State = BatchState.Sealed,
            SealedAt = now,
            Seq = seq + 1,
            Root = root,
            Previous = previous,
            Chain = chain,
            OpenedByName = caller.Name,
            Node = caller.Node,
        };
        if (before + magnitude > SafeMagnitude && !BalanceStore.Fit(tx, caller.Tenant, sums.All()))
        {
            throw new IntegerOverflow("A balance would leave 64 bits.");
        }

        if (!kept)
        {
            BatchStore.Sites(tx, caller.Tenant, Batch, sites);
            BalanceStore.Add(tx, caller.Tenant, sums.All());
        }

        return BatchStore.Seal(tx, done, before + magnitude) ? done : throw new BatchGone();
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
