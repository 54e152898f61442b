using System.Runtime.InteropServices;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>
/// Adds balances up to a statement's entries: calculations that differ in nothing a statement shows (the same factor for another day) fall together.
/// </summary>
internal sealed class EntrySums(IReadOnlyDictionary<long, PinnedCalculation> calculations, int rows)
{
    private readonly List<EntryOrigin> _origins = [];
    private readonly Dictionary<(string, string), List<int>> _likeIt = [];
    private readonly Dictionary<(long Calculation, int Part), int> _originOf = [];
    private readonly Dictionary<Cell, Amounts> _sums = new(rows);
    private readonly List<(Cell Cell, Amounts Amounts)> _full = [];

    public void Add(in BalanceRow row)
    {
        var cell = new Cell(row.Site, row.Source, Origin(row), row.Key, row.Month, row.Quality, row.Evidenced);
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, cell, out _);
        try
        {
            sum += row.Amounts;
        }
        catch (OverflowException)
        {
            // Each balance fits 64 bits but their sum need not: it stays in two entries, which a statement adds in 128 bits.
            _full.Add((cell, sum));
            sum = row.Amounts;
        }
    }

    public IEnumerable<StatementEntry> Entries() => _sums.Select(s => (s.Key, s.Value)).Concat(_full).Where(s => s.Item2 != default)
        .Select(s => new StatementEntry(s.Item1.Site, s.Item1.Source, _origins[s.Item1.Origin], s.Item1.Key, new Month(s.Item1.Month), s.Item1.Quality, s.Item1.Evidenced, s.Item2));

    private int Origin(in BalanceRow row)
    {
        if (_originOf.TryGetValue((row.Calculation, row.Part), out var known))
        {
            return known;
        }

        var origin = EntryOrigin.Of(calculations[row.Calculation], row.Part, row.Key);
        if (!_likeIt.TryGetValue((origin.Activity, origin.FactorId), out var like))
        {
            _likeIt.Add((origin.Activity, origin.FactorId), like = []);
        }

        var at = like.FindIndex(o => _origins[o].SameAs(origin));
        var number = at >= 0 ? like[at] : _origins.Count;
        if (at < 0)
        {
            _origins.Add(origin);
            like.Add(number);
        }

        _originOf.Add((row.Calculation, row.Part), number);
        return number;
    }

    private readonly record struct Cell(long Site, long Source, int Origin, PostingKey Key, int Month, DataQuality Quality, bool Evidenced);
}
