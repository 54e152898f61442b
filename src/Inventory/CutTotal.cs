using System.Runtime.InteropServices;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>
/// What a cut of the book adds up to: a part of a boundary and period, exact and without what lies below it. Two parts may have one key, where their sum would leave 64 bits.
/// </summary>
/// <param name="Book">The last sealed batch that is in the sums.</param>
public sealed record CutTotal(StatementQuery Query, StatementCut Cut, IReadOnlyList<CutPart> Parts, BookState Book)
{
    public Co2eSum AllScopes => new(Sum(p => Co2e.InScopes(p.Amounts, p.Key.OtherGas, Query.Gwp)));

    /// <summary>CO2e of gases outside the Kyoto list, reported apart.</summary>
    public Co2eSum Apart => new(Sum(p => Co2e.Apart(p.Amounts, p.Key.OtherGas, Query.Gwp)));

    public Int128 BiogenicCo2Mg => Sum(p => p.Amounts.Co2Biogenic);

    public Int128 EnergyWh => Sum(p => p.Amounts.EnergyWh);

    public Co2eSum Scope(int scope) => new(Sum(p => p.Key.Account.Scope == scope ? Co2e.InScopes(p.Amounts, p.Key.OtherGas, Query.Gwp) : 0));

    private Int128 Sum(Func<CutPart, Int128> of) => Parts.Aggregate(Int128.Zero, (sum, part) => sum + of(part));
}

/// <summary>Amounts that count alike.</summary>
public sealed record CutPart(PostingKey Key, Amounts Amounts);

/// <summary>Adds up the lines of a cut, by posting key.</summary>
internal sealed class CutSums(StatementQuery query, StatementCut cut)
{
    private readonly Dictionary<PostingKey, Amounts> _sums = [];
    private readonly List<CutPart> _full = [];

    public IReadOnlyList<CutPart> Parts => [.. _sums.Select(s => new CutPart(s.Key, s.Value)).Concat(_full).Where(p => p.Amounts != default)];

    public bool Wants(long source, PostingKey key) =>
        (cut.Source is null || cut.Source == source) && (key.Route == Route.Both || query.Route == Route.Both || key.Route == query.Route)
        && (cut.Account is null || cut.Account == key.Account.Number) && (cut.Scope is null || cut.Scope == key.Account.Scope)
        && (cut.FixedGwp is null || cut.FixedGwp == key.FixedGwp);

    public void Add(PostingKey key, Amounts amounts)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, key, out _);
        var more = cut.Of(key, amounts);
        try
        {
            sum += more;
        }
        catch (OverflowException)
        {
            _full.Add(new CutPart(key, sum));
            sum = more;
        }
    }
}
