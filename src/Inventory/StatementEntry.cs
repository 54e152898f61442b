using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>What a statement knows of the factors behind a sum: enough for its caveats and its links.</summary>
/// <param name="Line">Position of the posting line in the calculation, so that several factors of one activity are told apart.</param>
public sealed record EntryOrigin(long Calculation, int Line, string Activity, string FactorId, string Source, string Licence, string Mark, IReadOnlyList<MatchFlag> Flags)
{
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
