using System.Collections.Concurrent;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>A calculation as the book pins it, with the lines that its parts come from.</summary>
/// <param name="Activity">Activity code; empty where only a factor was named.</param>
/// <param name="FactorIds">Ids of the versions it took, main first, as they were pinned.</param>
/// <param name="Parts">Line of each part of its postings; null where this program cannot make the calculation again.</param>
public sealed record PinnedCalculation(long Id, string Activity, IReadOnlyList<string> FactorIds, IReadOnlyList<PinnedPart>? Parts)
{
    /// <summary>The calculation made again; null where it cannot be.</summary>
    public Calculation? Made { get; init; }
}

/// <summary>One part: the key of its postings and the line of the calculation behind it.</summary>
public sealed record PinnedPart(PostingKey Key, CalculationLine Line);

/// <summary>
/// Makes calculations again from what postings pin, so that what a figure rests on is always said by the pin and never by today's packs. A pin never
/// changes, so each is made once.
/// </summary>
public sealed class PinnedCalculations(Db db, FactorPacks packs)
{
    private const int MostKept = 200_000;

    private readonly ConcurrentDictionary<(long Tenant, long Id), PinnedCalculation> _known = new();

    /// <summary>The calculations with these ids; one that is not the tenant's is left out.</summary>
    public async Task<IReadOnlyDictionary<long, PinnedCalculation>> Of(long tenant, IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        var found = new Dictionary<long, PinnedCalculation>(ids.Count);
        var missing = new List<long>();
        foreach (var id in ids)
        {
            if (_known.TryGetValue((tenant, id), out var known))
            {
                found[id] = known;
            }
            else
            {
                missing.Add(id);
            }
        }

        if (missing.Count == 0)
        {
            return found;
        }

        if (_known.Count + missing.Count > MostKept)
        {
            _known.Clear();
        }

        var stored = await db.Read(tx => CalculationStore.Some(tx, tenant, missing), ct);
        foreach (var set in stored.GroupBy(s => s.Packs))
        {
            var library = await packs.LibraryOf(tenant, FactorSet.Parse(set.Key), ct);
            foreach (var calculation in set)
            {
                found[calculation.Id] = _known[(tenant, calculation.Id)] = Again(calculation, library);
            }
        }

        return found;
    }

    private static PinnedCalculation Again(StoredCalculation stored, Outcome<FactorLibrary> library)
    {
        var factors = stored.Pin.Factors.Split('|', StringSplitOptions.RemoveEmptyEntries);
        var again = library.Then(l => Calculator.Prepare(l, stored.Pin.Request));
        if (!again.Ok || !again.Value.FactorIds.SequenceEqual(factors))
        {
            return new PinnedCalculation(stored.Id, stored.Pin.Activity, factors, null);
        }

        var rates = new PostingRates(again.Value);
        return new PinnedCalculation(
            stored.Id, again.Value.Request.Activity, factors, [.. Enumerable.Range(0, rates.Count).Select(at => new PinnedPart(rates.KeyAt(at), again.Value.Lines[rates.LineOf(at)]))])
        {
            Made = again.Value,
        };
    }
}
