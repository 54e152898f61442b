using System.Globalization;
using Tanlu.Factors;
using Tanlu.Server.Web.Parts;

namespace Tanlu.Server.Web.Factors;

/// <summary>How editions of packs and their changes are written.</summary>
internal static class PackWords
{
    public static Tone ToneOf(PackState state) => state switch { PackState.Serving => Tone.Good, PackState.Waiting => Tone.Info, PackState.Rejected => Tone.Bad, _ => Tone.Neutral };

    public static Tone ToneOf(ChangeKind kind) => kind switch { ChangeKind.Corrected => Tone.Warning, ChangeKind.Ended or ChangeKind.Withdrawn => Tone.Bad, ChangeKind.Added => Tone.Good, _ => Tone.Info };

    public static string Kind(Ui ui, ChangeKind kind) => ui.T("pack.change." + kind.ToString().ToLowerInvariant());

    /// <summary>A change in percent with its sign; a dash where nothing can be compared.</summary>
    public static string Percent(double? percent) => percent is { } p ? p.ToString(Math.Abs(p) < 10 ? "+0.00;−0.00;0" : "+0.0;−0.0;0", CultureInfo.InvariantCulture) + " %" : "–";

    /// <summary>Old and new number of a version, the one that changes most.</summary>
    public static string Numbers(Ui ui, SeriesChange change)
    {
        var most = change.Numbers.MaxBy(n => Math.Abs(n.Percent ?? 0));
        return most is null
            ? FactorWords.Headline(ui, (change.After ?? change.Before)!)
            : $"{(most.Before is { } b ? FactorWords.Value(b) : "–")} → {(most.After is { } a ? FactorWords.Value(a) : "–")}";
    }

    /// <summary>In what the two differ beside the value.</summary>
    public static string Differences(Ui ui, SeriesChange change) => string.Join(ui.T("list.separator"), PackChanges.Names(change.What).Where(n => n != "value").Select(n => ui.T("pack.difference." + n)));

    public static string Tonnes(double kilograms) => (kilograms / 1000).ToString("#,##0.###", CultureInfo.InvariantCulture);

    public static string Change(double kilograms) => (kilograms / 1000).ToString("+#,##0.###;−#,##0.###;0", CultureInfo.InvariantCulture);
}
