using Tanlu.Ledger;
using Tanlu.Server.Web.Measuring;
using Tanlu.Server.Web.Parts;

namespace Tanlu.Server.Web.Postings;

/// <summary>How an activity came to stand as it does: recorded, corrected, taken back; who, when and why, newest first.</summary>
public static class ActivityHistory
{
    // Nobody corrects so often; a book with a circle in it would otherwise hold a request for ever.
    private const int MostSteps = 50;

    public static async Task<IReadOnlyList<TimelineEntry>> Of(Ui ui, Journal journal, Activity activity)
    {
        var chain = new List<Activity> { activity };
        while (chain[0].Corrects is { } before && chain.Count < MostSteps && await journal.Activity(ui.Caller, before, ui.Gone) is { Ok: true, Value: var earlier })
        {
            chain.Insert(0, earlier);
        }

        ActivityId? gone = null;
        while (chain[^1].CorrectedBy is { } after && chain.Count < MostSteps)
        {
            if (await journal.Activity(ui.Caller, after, ui.Gone) is not { Ok: true, Value: var later })
            {
                gone = after;
                break;
            }

            chain.Add(later);
        }

        var entries = new List<TimelineEntry>(chain.Count + 1);
        foreach (var step in chain)
        {
            if (await journal.Batch(ui.Caller, step.Id.Batch, ui.Gone) is { Ok: true, Value: var batch })
            {
                var what = ui.T(step.Corrects is null ? "history.recorded" : "history.corrected", $"{FigureText.Full(step.Quantity)} {FigureText.Pretty(step.Unit)}");
                entries.Add(new TimelineEntry(
                    batch.SealedAt!.Value, batch.OpenedByName, step.Id == activity.Id ? $"{what} · {ui.T("history.this")}" : what,
                    Why(step.Corrects is null ? batch.Reason : step.Note ?? batch.Reason, batch), step.Corrects is null ? Tone.Neutral : Tone.Warning,
                    step.Id == activity.Id ? null : ui.ActivityPage(step.Id)));
            }
        }

        if (gone is { } by && await journal.Batch(ui.Caller, by.Batch, ui.Gone) is { Ok: true, Value: var last })
        {
            entries.Add(new TimelineEntry(last.SealedAt!.Value, last.OpenedByName, ui.T("history.taken_back"), Why(last.Reason, last), Tone.Bad));
        }

        entries.Reverse();
        return entries;
    }

    private static string? Why(string reason, Batch batch) =>
        string.Join(" · ", new[] { reason, batch.FileName }.Where(t => t.Length > 0)) is { Length: > 0 } text ? text : null;
}
