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
    private readonly Dictionary<PostingKey, int> _slots = [];
    private readonly List<CutPart> _full = [];
    private Amounts[] _sums = new Amounts[16];

    public IReadOnlyList<CutPart> Parts => [.. _slots.Select(s => new CutPart(s.Key, _sums[s.Value])).Concat(_full).Select(p => p with { Amounts = cut.Of(p.Key, p.Amounts) }).Where(p => p.Amounts != default)];

    public bool Wants(long source) => cut.Source is null || cut.Source == source;

    /// <summary>Where amounts with this key are added up; −1 where the cut does not want them.</summary>
    public int SlotOf(PostingKey key)
    {
        var wanted = (key.Route == Route.Both || query.Route == Route.Both || key.Route == query.Route) && (cut.Account is null || cut.Account == key.Account.Number)
            && (cut.Scope is null || cut.Scope == key.Account.Scope) && (cut.FixedGwp is null || cut.FixedGwp == key.FixedGwp);
        if (!wanted)
        {
            return -1;
        }

        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slots, key, out var known);
        if (!known)
        {
            slot = _slots.Count - 1;
            if (slot == _sums.Length)
            {
                Array.Resize(ref _sums, 2 * slot);
            }
        }

        return slot;
    }

    public void Add(int slot, in Amounts amounts)
    {
        try
        {
            _sums[slot] += amounts;
        }
        catch (OverflowException)
        {
            _full.Add(new CutPart(_slots.First(s => s.Value == slot).Key, _sums[slot]));
            _sums[slot] = amounts;
        }
    }
}
