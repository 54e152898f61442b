using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>
/// What a batch adds to the balances, summed while its rows are read: one cell per prepared activity, source, quality and evidence, holding a
/// sum per posting of the plan. A sum that leaves 64 bits refuses the row; nothing of it stays.
/// </summary>
internal sealed class BalanceCells
{
    private readonly Dictionary<ulong, int> _cellByKey = [];
    private readonly List<Cell> _cells = [];
    private readonly Dictionary<BalanceKey, Amounts> _others = [];

    /// <summary>Adds the postings of a row (or takes them off, where they are given negated). False where a sum would not fit.</summary>
    public bool TryAdd(PreparedActivity prepared, int source, DataQuality quality, bool evidenced, ReadOnlySpan<PostingLine> lines)
    {
        var sums = CellOf(prepared, source, quality, evidenced).Sums;
        var at = 0;
        try
        {
            for (; at < lines.Length; at++)
            {
                sums[at] += lines[at].Amounts;
            }

            return true;
        }
        catch (OverflowException)
        {
            for (var back = 0; back < at; back++)
            {
                sums[back] += -lines[back].Amounts;
            }

            return false;
        }
    }

    /// <summary>Adds postings of an earlier batch's activity, which has no plan here.</summary>
    public bool TryAdd(IReadOnlyList<Posting> postings)
    {
        try
        {
            foreach (var posting in postings)
            {
                var key = BalanceKey.Of(posting);
                _others[key] = _others.GetValueOrDefault(key) + posting.Amounts;
            }

            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    /// <summary>
    /// The sums by full key, in key order, each key once and none that is all zero. Different spellings of one calculation meet here.
    /// </summary>
    /// <param name="source">Id and site of a reader's source number.</param>
    /// <param name="calculation">Id of a prepared activity's calculation.</param>
    /// <exception cref="OverflowException">A sum leaves 64 bits.</exception>
    public List<(BalanceKey Key, Amounts Amounts)> Sums(Func<int, (long Id, long Site)> source, Func<int, long> calculation)
    {
        var rows = new List<(BalanceKey Key, Amounts Amounts)>(_cells.Sum(c => c.Sums.Length) + _others.Count);
        foreach (var cell in _cells)
        {
            var plan = cell.Prepared.Plan!;
            var lines = new PostingLine[plan.Count];
            plan.TryPost(0, lines);
            var months = plan.Count / plan.Rates.Count;
            var (id, site) = source(cell.Source);
            for (var at = 0; at < lines.Length; at++)
            {
                rows.Add((
                    new BalanceKey(site, lines[at].Month.Number, id, calculation(cell.Prepared.Number), at / months, lines[at].Key, cell.Quality, cell.Evidenced),
                    cell.Sums[at]));
            }
        }

        rows.AddRange(_others.Select(o => (o.Key, o.Value)));
        rows.Sort((a, b) => a.Key.CompareTo(b.Key));
        var count = 0;
        for (var at = 0; at < rows.Count; at++)
        {
            if (count > 0 && rows[count - 1].Key == rows[at].Key)
            {
                rows[count - 1] = (rows[at].Key, rows[count - 1].Amounts + rows[at].Amounts);
            }
            else
            {
                rows[count++] = rows[at];
            }
        }

        rows.RemoveRange(count, rows.Count - count);
        rows.RemoveAll(r => r.Amounts == default);
        return rows;
    }

    private Cell CellOf(PreparedActivity prepared, int source, DataQuality quality, bool evidenced)
    {
        var key = ((ulong)(uint)prepared.Number << 36) | ((ulong)(uint)source << 4) | ((ulong)quality << 1) | (evidenced ? 1UL : 0);
        if (_cellByKey.TryGetValue(key, out var at))
        {
            return _cells[at];
        }

        var cell = new Cell(prepared, source, quality, evidenced);
        _cellByKey.Add(key, _cells.Count);
        _cells.Add(cell);
        return cell;
    }

    private sealed class Cell(PreparedActivity prepared, int source, DataQuality quality, bool evidenced)
    {
        public PreparedActivity Prepared { get; } = prepared;

        public int Source { get; } = source;

        public DataQuality Quality { get; } = quality;

        public bool Evidenced { get; } = evidenced;

        public Amounts[] Sums { get; } = new Amounts[prepared.Plan!.Count];
    }
}
