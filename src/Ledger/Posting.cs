using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>A posting in the book.</summary>
/// <param name="Line">Counts the postings of a row: its own first, then those that take another back.</param>
/// <param name="Part">Place in the calculation's plan; with the calculation it tells account, route, fixed set, other gas and factor.</param>
public sealed record Posting(
    ActivityId Id, int Line, long Site, long Source, long Calculation, int Part, PostingKey Key, Month Month, DataQuality Quality, bool Evidenced, Amounts Amounts);

/// <summary>Which postings to list; null lets everything through.</summary>
/// <param name="Node">Any part of the organisation with everything below it.</param>
/// <param name="Site">Exactly this node.</param>
/// <param name="To">The last month.</param>
/// <param name="Gas">Id of a gas: postings with a mass of it.</param>
/// <param name="FixedGwp">Postings of CO2e under this set.</param>
/// <param name="Route">Postings that count on this route.</param>
/// <param name="After">Id and line of the last posting of the page before.</param>
/// <param name="InValidity">Only months in which the posting's site belongs to the organisation: what a statement counts.</param>
public sealed record PostingQuery(
    long? Node = null, Month? From = null, Month? To = null, long? Source = null, long? Calculation = null, short? Account = null, long? Batch = null,
    (ActivityId Id, int Line)? After = null, int Take = 200, long? Site = null, int? Scope = null, short? Gas = null, Route Route = Route.Both,
    GwpSet? FixedGwp = null, bool InValidity = false);

/// <summary>A page of postings in the order of the book; <see cref="Next"/> is the <c>After</c> of the following page, or null.</summary>
public sealed record PostingPage(IReadOnlyList<Posting> Postings, (ActivityId Id, int Line)? Next);

/// <summary>Sum of postings whose amounts count alike.</summary>
public sealed record PostingSum(PostingKey Key, long Count, Amounts Amounts);

/// <summary>A posting's full key: postings that share it are one balance.</summary>
internal readonly record struct BalanceKey(long Site, int Month, long Source, long Calculation, int Part, PostingKey Key, DataQuality Quality, bool Evidenced)
    : IComparable<BalanceKey>
{
    public static BalanceKey Of(Posting p) => new(p.Site, p.Month.Number, p.Source, p.Calculation, p.Part, p.Key, p.Quality, p.Evidenced);

    public int CompareTo(BalanceKey other)
    {
        var order = Site.CompareTo(other.Site);
        order = order != 0 ? order : Month.CompareTo(other.Month);
        order = order != 0 ? order : Source.CompareTo(other.Source);
        order = order != 0 ? order : Calculation.CompareTo(other.Calculation);
        order = order != 0 ? order : Part.CompareTo(other.Part);

        // Calculation and part decide account, route, fixed set and other gas.
        order = order != 0 ? order : ((byte)Quality).CompareTo((byte)other.Quality);
        return order != 0 ? order : Evidenced.CompareTo(other.Evidenced);
    }
}
