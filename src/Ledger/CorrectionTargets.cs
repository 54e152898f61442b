using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>An activity of the book that is about to be taken back.</summary>
/// <param name="Back">Its own postings, negated.</param>
internal sealed record CorrectionTarget(Activity Activity, IReadOnlyList<Posting> Back, IReadOnlyDictionary<long, byte[]> Hashes);

/// <summary>Looks up what corrections of earlier batches aim at.</summary>
internal static class CorrectionTargets
{
    /// <summary>The target, or why it cannot be corrected: it is not there for this caller, or was corrected already.</summary>
    public static Outcome<CorrectionTarget> Find(Tx tx, Caller caller, ActivityId id)
    {
        if (JournalStore.Activity(tx, caller, id) is not { } activity)
        {
            return new Problem("corrects_unknown", Column: "corrects", Found: id.ToString());
        }

        if (activity.CorrectedBy is { } by)
        {
            return new Problem("already_corrected", Column: "corrects", Found: id.ToString(), Args: [by.ToString()]);
        }

        var own = JournalStore.PostingsOf(tx, caller.Tenant, [id]).Where(p => p.Line < activity.OwnPostings).Select(p => p with { Amounts = -p.Amounts }).ToList();
        var hashes = own.Select(p => p.Calculation).Distinct().ToDictionary(c => c, c => CalculationStore.Find(tx, caller.Tenant, c)!.Hash);
        return new CorrectionTarget(activity, own, hashes);
    }

    /// <summary>
    /// Gives the rows of a deferred chunk the postings that take their targets back. Returns the chunk with the rows that hold; the others are told to
    /// <paramref name="refuse"/>.
    /// </summary>
    public static RowChunk Apply(
        RowChunk deferred, IReadOnlyDictionary<ActivityId, Outcome<CorrectionTarget>> targets, HashSet<ActivityId> taken, ActivityReader reader, RowCollector collector, BatchWriter writer,
        Action<int, Problem> refuse)
    {
        var chunk = new RowChunk();
        var at = 0;
        foreach (ref readonly var row in deferred.Activities)
        {
            var (from, to) = (at, row.PostingsEnd);
            at = to;
            var found = targets[row.Target];
            if (!found.Ok)
            {
                refuse(row.Row, found.Problems[0] with { Row = row.Row });
                continue;
            }

            if (!taken.Add(row.Target))
            {
                refuse(row.Row, new Problem("already_corrected", row.Row, "corrects", row.Target.ToString(), "-"));
                continue;
            }

            var target = found.Value;
            var prepared = reader.Prepared[row.Prepared];
            var lines = new PostingLine[prepared.Plan!.Count];
            prepared.Plan.TryPost(row.Quantity, lines);
            if (!TryAdd(collector.Cells, prepared, row, lines, target.Back))
            {
                refuse(row.Row, new Problem("balance_out_of_range", row.Row, "quantity"));
                continue;
            }

            foreach (ref readonly var posting in deferred.Postings[from..to])
            {
                chunk.AddPosting() = posting;
            }

            foreach (var posting in target.Back)
            {
                ref var back = ref chunk.AddPosting();
                (back.Site, back.Source, back.Calculation, back.Part, back.Key) = (posting.Site, posting.Source, posting.Calculation, posting.Part, posting.Key);
                (back.Month, back.Quality, back.Evidenced, back.Amounts) = (posting.Month, posting.Quality, posting.Evidenced, posting.Amounts);
            }

            foreach (var (calculation, hash) in target.Hashes)
            {
                writer.Know(calculation, hash);
            }

            chunk.Add(row with
            {
                Evidence = chunk.Keep(deferred.Text(row.Evidence)),
                Supplier = chunk.Keep(deferred.Text(row.Supplier)),
                Note = chunk.Keep(deferred.Text(row.Note)),
            });
            collector.Count(row.Site, prepared.Plan.Period);
            collector.Touch(target.Activity.Site, target.Activity.Period);
            collector.PostingsKept += to - from + target.Back.Count;
        }

        return chunk;
    }

    private static bool TryAdd(BalanceCells cells, PreparedActivity prepared, in ActivityRow row, PostingLine[] lines, IReadOnlyList<Posting> back)
    {
        if (!cells.TryAdd(back))
        {
            return false;
        }

        if (cells.TryAdd(prepared, row.Source, row.Quality, row.Evidence.Length > 0, lines))
        {
            return true;
        }

        cells.TryAdd([.. back.Select(p => p with { Amounts = -p.Amounts })]);
        return false;
    }
}
