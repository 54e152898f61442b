using System.Collections.Concurrent;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>
/// What a tenant's balances rest on: one origin for all calculations that differ in nothing a statement shows (the same factor for another day), so that their balances
/// can be added together. A calculation's pin never changes, and so neither does its origin.
/// </summary>
internal sealed class EntryOrigins
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Activity, string FactorId), List<EntryOrigin>> _likeIt = [];
    private readonly ConcurrentDictionary<(long Calculation, int Part), EntryOrigin> _known = new();

    public EntryOrigin Of(IReadOnlyDictionary<long, PinnedCalculation> calculations, in BalanceRow row)
    {
        if (_known.TryGetValue((row.Calculation, row.Part), out var known))
        {
            return known;
        }

        var origin = EntryOrigin.Of(calculations[row.Calculation], row.Part, row.Key);
        lock (_gate)
        {
            if (!_likeIt.TryGetValue((origin.Activity, origin.FactorId), out var like))
            {
                _likeIt.Add((origin.Activity, origin.FactorId), like = []);
            }

            if (like.Find(o => o.SameAs(origin)) is { } same)
            {
                origin = same;
            }
            else
            {
                like.Add(origin);
            }

            return _known.GetOrAdd((row.Calculation, row.Part), origin);
        }
    }
}
