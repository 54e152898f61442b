using System.Diagnostics.Metrics;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>What the ledger counts; whoever listens to the meter <c>Tanlu.Ledger</c> gets it. Counted after the commit, so a unit that ran twice counts once.</summary>
internal static class LedgerMeter
{
    private static readonly Meter Meter = new("Tanlu.Ledger");

    private static readonly Counter<long> Rows = Meter.CreateCounter<long>("tanlu.ledger.import.rows", "{row}", "Rows of sealed imports");

    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("tanlu.ledger.import.refused", "{row}", "Rows that sealed imports left out");

    private static readonly Counter<long> Postings = Meter.CreateCounter<long>("tanlu.ledger.import.postings", "{posting}", "Postings of sealed imports");

    private static readonly Counter<long> Entries = Meter.CreateCounter<long>("tanlu.ledger.entries", "{activity}", "Activities recorded or corrected one by one");

    public static void Imported(Batch batch)
    {
        Rows.Add(batch.Rows);
        Refused.Add(batch.Refused);
        Postings.Add(batch.Postings);
    }

    public static Outcome<ActivityId> Counted(Outcome<ActivityId> entry)
    {
        if (entry.Ok)
        {
            Entries.Add(1);
        }

        return entry;
    }
}
