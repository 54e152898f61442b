using System.Globalization;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>Reading that needs more than one query: postings beside activities, corrections, explanations.</summary>
internal static class JournalReading
{
    public static IReadOnlyList<Activity> WithPostings(Tx tx, Caller caller, IReadOnlyList<Activity> activities)
    {
        var postings = JournalStore.PostingsOf(tx, caller.Tenant, activities.Select(a => a.Id)).ToLookup(p => p.Id);
        return [.. activities.Select(a => a with { Postings = [.. postings[a.Id].Where(p => p.Line < a.OwnPostings)] })];
    }

    public static IReadOnlyList<Correction> Corrections(Tx tx, Caller caller, ActivityId after, int take) =>
    [
        .. JournalStore.Corrections(tx, caller, after, take).Select(c => new Correction(
            c.Target, c.By, JournalStore.Activity(tx, caller, c.Target)!, JournalStore.Activity(tx, caller, c.By), c.Name, c.At, c.Reason)),
    ];

    public static async Task<Outcome<ActivityExplanation>> Explain(Db db, FactorPacks packs, Caller caller, ActivityId id, GwpSet gwp, Route route, CancellationToken ct)
    {
        var pinned = await db.Read(
            tx =>
            {
                if (JournalStore.Activity(tx, caller, id) is not { } found)
                {
                    return default;
                }

                var activity = WithPostings(tx, caller, [found])[0];
                Correction? correction = JournalStore.CorrectionOf(tx, caller.Tenant, id) is var (by, reason, name, at)
                    ? new Correction(id, by, activity, JournalStore.Activity(tx, caller, by), name, at, reason)
                    : null;
                return (Activity: activity, Stored: CalculationStore.Find(tx, caller.Tenant, activity.Calculation)!, Batch: BatchStore.Seen(tx, caller, id.Batch)!, Correction: correction);
            },
            ct);
        if (pinned.Activity is null)
        {
            return Refusal.NotFound($"activity/{id}");
        }

        var library = await packs.LibraryOf(caller.Tenant, FactorSet.Parse(pinned.Stored.Packs), ct);
        if (!library.Ok)
        {
            return Outcome<ActivityExplanation>.Refused(library.Problems);
        }

        var calculation = Calculator.Prepare(library.Value, pinned.Stored.Pin.Request);
        if (!calculation.Ok || !Agrees(calculation.Value, pinned.Activity))
        {
            return new Problem("recomputation_differs", Found: id.ToString(), Args: [pinned.Stored.Pin.CodeVersion, CalculationPin.ThisCode]);
        }

        var source = new ExplanationSource("input", "quantity", Cited(pinned.Activity, pinned.Batch));
        var root = ActivityTree.Of(calculation.Value, pinned.Activity.Quantity, source, gwp, route);
        return new ActivityExplanation(pinned.Activity, pinned.Batch, root with { Notes = [.. root.Notes, .. Notes(pinned.Activity, pinned.Batch, pinned.Correction)] }, pinned.Correction);
    }

    /// <summary>Whether the calculation gives exactly the postings that the book holds.</summary>
    public static bool Agrees(Calculation calculation, Activity activity)
    {
        var plan = new PostingPlan(new PostingRates(calculation), activity.Period);
        if (plan.Count != activity.Postings.Count)
        {
            return false;
        }

        var lines = new PostingLine[plan.Count];
        if (!plan.TryPost(activity.Quantity, lines))
        {
            return false;
        }

        var months = plan.Count / plan.Rates.Count;
        return lines.Select((line, at) => (line, at)).All(x =>
            activity.Postings[x.at] is var p && p.Key == x.line.Key && p.Month == x.line.Month && p.Amounts == x.line.Amounts && p.Part == x.at / months);
    }

    /// <summary>Where the quantity was read: file and row, and the evidence it names.</summary>
    private static string Cited(Activity activity, Batch batch)
    {
        var place = batch.FileName.Length > 0 ? $"{batch.FileName} · {activity.Id}" : activity.Id.ToString();
        return activity.Evidence is { } evidence ? $"{place} · {evidence}" : place;
    }

    private static IEnumerable<ExplanationNote> Notes(Activity activity, Batch batch, Correction? correction)
    {
        var at = batch.SealedAt!.Value.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        yield return batch.FileName.Length > 0
            ? new ExplanationNote("from_file", batch.FileName, activity.Id.Row.ToString(CultureInfo.InvariantCulture), batch.Id.ToString(CultureInfo.InvariantCulture), batch.OpenedByName, at)
            : new ExplanationNote("entered", batch.OpenedByName, at, batch.Id.ToString(CultureInfo.InvariantCulture));
        yield return activity.Evidence is { } evidence ? new ExplanationNote("with_evidence", evidence) : new ExplanationNote("without_evidence");
        if (activity.Quality == DataQuality.Estimated)
        {
            yield return new ExplanationNote("quantity_estimated");
        }

        if (activity.Corrects is { } corrects)
        {
            yield return new ExplanationNote("corrects", corrects.ToString(), activity.Note ?? batch.Reason);
        }

        if (correction is not null)
        {
            yield return new ExplanationNote("taken_back", correction.By.ToString(), correction.ByName, correction.At.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), correction.Reason);
        }
    }
}
