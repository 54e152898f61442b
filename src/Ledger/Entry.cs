using System.Security.Cryptography;
using System.Text;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>
/// One activity from a form: it goes through the very reader, plan and writer of an import, as a table of one row, in one transaction.
/// </summary>
internal sealed class Entry(Caller caller, FactorLibrary library, SiteBook sites, Audit audit, TimeProvider time)
{
    /// <summary>The row of an entry's activity: the table's header is row 1.</summary>
    public const int Row = 2;

    /// <summary>Records the activity. Refused before anything is written; problems name the field, not a row.</summary>
    public Outcome<ActivityId> Record(Tx tx, NewActivity activity, BatchKind kind, string reason, string? clientKey)
    {
        if (activity.Values.Values.All(string.IsNullOrWhiteSpace))
        {
            return new Problem("activity_or_factor_needed", Column: "activity");
        }

        var table = Table(activity);
        var hash = Convert.ToHexStringLower(SHA256.HashData(table));
        if (clientKey is not null && BatchStore.ByClientKey(tx, caller.Tenant, clientKey) is { } known)
        {
            // A key that somebody used elsewhere is taken, but not for the caller to follow.
            var told = BatchStore.Told(tx, caller, known.Id);
            return told && known.FileHash == hash
                ? new ActivityId(known.Id, Row)
                : new Problem("client_key_reused", Column: "key", Found: clientKey, Args: [told ? new ActivityId(known.Id, Row).ToString() : "…"]);
        }

        using var stream = new MemoryStream(table, writable: false);
        var opened = ActivityFile.Open(stream, "entry.csv");
        if (!opened.Ok)
        {
            return Outcome<ActivityId>.Refused(opened.Problems);
        }

        using var file = opened.Value;
        RowCollector? collector = null;
        var reader = file.Read(
            library, sites.Has,
            r =>
            {
                collector = new RowCollector(r, sites, int.MaxValue, new RowChunk(), full => full);
                return collector.Add;
            });
        if (reader.Problems.Count > 0)
        {
            return Outcome<ActivityId>.Refused([.. reader.Problems.Select(p => p with { Row = null })]);
        }

        var writer = new BatchWriter(caller, library, time, audit);
        var chunk = collector!.Current;
        if (collector.Deferred is [var deferred])
        {
            var target = CorrectionTargets.Find(tx, caller, deferred.Activities[0].Target);
            Problem? problem = null;
            var corrected = CorrectionTargets.Apply(
                deferred, new Dictionary<ActivityId, Outcome<CorrectionTarget>> { [deferred.Activities[0].Target] = target }, [], reader, collector, writer, (_, p) => problem = p);
            if (problem is not null)
            {
                return problem with { Row = null };
            }

            corrected.NewPrepared.AddRange(chunk.NewPrepared);
            corrected.NewSources.AddRange(chunk.NewSources);
            chunk = corrected;
        }

        writer.Open(tx, kind, "", hash, clientKey, reason);
        writer.Resolve(tx, chunk);
        writer.Hash(chunk);
        writer.Write(tx, chunk);
        var sums = collector.Cells.Sums(n => (writer.Ids.Source(n), collector.SiteOfSource(n)), writer.Ids.Calculation);
        var batch = writer.Seal(tx, Draft(kind, hash, reason, 1, collector.PostingsKept), writer.Root.Root(), collector.BySite, sums, sums.Magnitude(), kept: false, kind == BatchKind.Correction ? "activity.correct" : "activity.record");
        return new ActivityId(batch.Id, Row);
    }

    /// <summary>Takes an activity back and puts nothing in its place.</summary>
    public Outcome<ActivityId> TakeBack(Tx tx, ActivityId id, string reason)
    {
        var found = CorrectionTargets.Find(tx, caller, id);
        if (!found.Ok)
        {
            return Outcome<ActivityId>.Refused(found.Problems);
        }

        var target = found.Value;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"-{id}")));
        var writer = new BatchWriter(caller, library, time, audit);
        foreach (var (calculation, known) in target.Hashes)
        {
            writer.Know(calculation, known);
        }

        writer.Open(tx, BatchKind.Correction, "", hash, null, reason);
        writer.HashBack(Row, id, target.Back);
        BatchStore.WriteBack(tx, caller.Tenant, writer.Batch, Row, target.Back, id, reason);
        var cells = new BalanceCells();
        cells.TryAdd(target.Back);
        var sums = cells.Sums(_ => default, _ => 0);
        var period = target.Activity.Period;
        var sites = new Dictionary<long, SiteSpan>
        {
            [target.Activity.Site] = new() { Rows = 0, First = Month.Of(period.Start).Number, Last = Month.Of(period.LastDay).Number },
        };
        var batch = writer.Seal(
            tx, Draft(BatchKind.Correction, hash, reason, 0, target.Back.Count), writer.Root.Root(), sites, sums, sums.Magnitude(), kept: false, "activity.correct", ("target", id.ToString()));
        return new ActivityId(batch.Id, Row);
    }

    private Batch Draft(BatchKind kind, string hash, string reason, int rows, int postings) =>
        new(0, kind, BatchState.Open, caller.Node, "", hash, reason, rows, 0, postings, time.GetUtcNow(), caller.Name, null, null, null, null, null);

    private static byte[] Table(NewActivity activity)
    {
        var header = new StringBuilder();
        var row = new StringBuilder();
        for (var field = (ActivityField)0; (int)field < ActivityFields.Count; field++)
        {
            header.Append(field == 0 ? "" : ",").Append(ActivityFields.Name(field));
            row.Append(field == 0 ? "" : ",").Append('"').Append(activity[field].Replace("\0", "", StringComparison.Ordinal).Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        return Encoding.UTF8.GetBytes(header.Append('\n').Append(row).Append('\n').ToString());
    }
}
