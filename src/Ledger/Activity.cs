using System.Globalization;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>An activity's place in the book: batch and row. Written <c>7:12</c>, as the column <c>corrects</c> takes it.</summary>
public readonly record struct ActivityId(long Batch, int Row)
{
    public static ActivityId? TryParse(string? text)
    {
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return colon > 0 && long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var batch)
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            ? new ActivityId(batch, row)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Batch}:{Row}");
}

/// <summary>An activity to be recorded, as a person or another system writes it: field → text, in the forms that files take.</summary>
public sealed record NewActivity(IReadOnlyDictionary<ActivityField, string> Values)
{
    public string this[ActivityField field] => Values.GetValueOrDefault(field, "");
}

/// <summary>An activity in the book.</summary>
/// <param name="Code">Activity code; empty where only a factor was named.</param>
/// <param name="Factor">Factor the user named; empty where it was found by matching.</param>
/// <param name="Scope">Scope the user gave; 0 for the activity's own.</param>
/// <param name="Corrects">The activity it takes the place of.</param>
/// <param name="CorrectedBy">The row that took it back; null where it stands.</param>
/// <param name="OwnPostings">How many of its row's postings are its own; the others take another activity back.</param>
public sealed record Activity(
    ActivityId Id, long Site, string SiteCode, long Source, string SourceName, string Code, DateInterval Period, double Quantity, string Unit, string Region, string Factor,
    int Scope, int Category3, DataQuality Quality, double? UncertaintyPercent, string? Evidence, string? Supplier, string? Note, long Calculation, ActivityId? Corrects,
    ActivityId? CorrectedBy, int OwnPostings)
{
    /// <summary>Its own postings.</summary>
    public IReadOnlyList<Posting> Postings { get; init; } = [];

    /// <summary>kg CO2e of its own postings in the scopes.</summary>
    public double Co2eKilograms(GwpSet gwp, Route route) => Co2e.Kilograms(
        Postings.Where(p => p.Key.Route == Route.Both || p.Key.Route == route).Aggregate(Int128.Zero, (sum, p) => sum + Co2e.InScopes(p.Amounts, p.Key.OtherGas, gwp)));
}

/// <summary>Which activities to list; null and empty let everything through. Only what the caller sees is ever listed.</summary>
/// <param name="Node">Site, or any part of the organisation with everything below it.</param>
/// <param name="Period">Activities with at least one day in it.</param>
/// <param name="Account">Activities with a posting to this account number.</param>
/// <param name="Text">Part of a source, an activity's code or name, a supplier, a note or an evidence.</param>
/// <param name="OnlyCurrent">Leave out what has been taken back.</param>
/// <param name="After">The last id of the page before.</param>
/// <param name="Evidenced">Only with, or only without, a document.</param>
/// <param name="InValidity">Only with a posting in a month in which its site belongs to the organisation.</param>
public sealed record ActivityQuery(
    long? Node = null, DateInterval? Period = null, long? Source = null, string? Activity = null, short? Account = null, long? Batch = null, string? Text = null,
    bool OnlyCurrent = true, ActivityId? After = null, int Take = 50, DataQuality? Quality = null, bool? Evidenced = null, bool InValidity = false);

/// <summary>A page of activities, newest first; <see cref="Next"/> is the <c>After</c> of the following page, or null.</summary>
public sealed record ActivityPage(IReadOnlyList<Activity> Activities, ActivityId? Next);

/// <summary>A correction: what stood before, what stands after (nothing where it was only taken back), who, when and why.</summary>
public sealed record Correction(ActivityId Target, ActivityId By, Activity Before, Activity? After, string ByName, DateTimeOffset At, string Reason);

/// <summary>One figure of the book explained.</summary>
/// <param name="Tree">kg CO2e of the activity under the GWP set and route asked for, down to factor, quantity and evidence.</param>
/// <param name="Correction">Why it no longer counts, where it was taken back.</param>
public sealed record ActivityExplanation(Activity Activity, Batch Batch, Explanation Tree, Correction? Correction);
