using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>What a statement knows of the factors behind a sum: enough for its caveats and its links.</summary>
/// <param name="Calculation">Number of the calculation; of the first one where several that rest on the same factors are summed together.</param>
/// <param name="Line">Position of the posting line in the calculation, so that several factors of one activity are told apart.</param>
public sealed record EntryOrigin(long Calculation, int Line, string Activity, string FactorId, string Source, string Licence, string Mark, IReadOnlyList<MatchFlag> Flags)
{
    /// <summary>Flag of a sum whose calculation this program cannot make again, so that nothing is known of its factors but their ids.</summary>
    public const string NotRecomputed = "not_recomputed";

    /// <summary>The origin of a part of the book's calculation, as the book pins it.</summary>
    internal static EntryOrigin Of(PinnedCalculation calculation, int part, PostingKey key) =>
        calculation.Parts is { } parts && part < parts.Count && parts[part] is var pinned && pinned.Key == key
            ? new(
                calculation.Id, part, calculation.Activity, pinned.Line.Factor?.Id ?? "", pinned.Line.Factor?.Source ?? "", pinned.Line.Factor?.Pack.Licence ?? "",
                pinned.Line.Factor?.Mark ?? "V", pinned.Line.Flags)
            : new(calculation.Id, part, calculation.Activity, calculation.FactorIds.FirstOrDefault(""), "", "", "U", [new MatchFlag(NotRecomputed)]);

    /// <summary>Whether sums of the two may be added without hiding anything a statement says.</summary>
    internal bool SameAs(EntryOrigin other) =>
        Activity == other.Activity && FactorId == other.FactorId && Source == other.Source && Licence == other.Licence && Mark == other.Mark
        && Flags.Select(f => f.Code).SequenceEqual(other.Flags.Select(f => f.Code));

    public static EntryOrigin Of(long id, int at, Calculation calculation, CalculationLine line) => new(
        id, at, calculation.Request.Activity, line.Factor?.Id ?? "", line.Factor?.Source ?? "", line.Factor?.Pack.Licence ?? "", line.Factor?.Mark ?? "V", line.Flags);
}

/// <summary>A running sum of the book in one cell: one source, account, month and origin. A statement is nothing but sums of these.</summary>
/// <param name="Site">Site id (its number in a stateless calculation).</param>
/// <param name="Source">Source id.</param>
public sealed record StatementEntry(
    long Site, long Source, EntryOrigin Origin, PostingKey Key, Month Month, DataQuality Quality, bool Evidenced, Amounts Amounts)
{
    /// <summary>Whether the entry counts under a route.</summary>
    public bool Counts(Route route) => Key.Route == Route.Both || route == Route.Both || Key.Route == route;
}
