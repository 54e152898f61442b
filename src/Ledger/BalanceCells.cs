using System.Runtime.InteropServices;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>
/// What a batch adds to the balances, summed while its rows are read: one cell per prepared activity, source, quality and evidence, holding a
/// sum per posting of the plan. A sum that leaves 64 bits refuses the row; nothing of it stays. In large files almost every row is a cell of
/// its own, so cells are plain numbers in a few arrays.
/// </summary>
internal sealed class BalanceCells
{
    private readonly Dictionary<ulong, int> _cellByKey = [];
    private readonly List<Cell> _cells = [];
    private readonly List<Amounts> _sums = [];
    private readonly Dictionary<BalanceKey, Amounts> _others = [];

    /// <summary>Adds the postings of a row (or takes them off, where they are given negated). False where a sum would not fit.</summary>
    public bool TryAdd(PreparedActivity prepared, int source, DataQuality quality, bool evidenced, ReadOnlySpan<PostingLine> lines)
    {
        var cell = CellOf(prepared, source, quality, evidenced);
        var sums = CollectionsMarshal.AsSpan(_sums).Slice(cell, lines.Length);
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
        var at = 0;
        try
        {
            for (; at < postings.Count; at++)
            {
                Add(postings[at], postings[at].Amounts);
            }

            return true;
        }
        catch (OverflowException)
        {
            for (var back = 0; back < at; back++)
            {
                Add(postings[back], -postings[back].Amounts);
            }

            return false;
        }

        void Add(Posting posting, Amounts amounts)
        {
            var key = BalanceKey.Of(posting);
            _others[key] = _others.GetValueOrDefault(key) + amounts;
        }
    }

    /// <summary>Sums by full key, ready to be walked.</summary>
    /// <param name="source">Id and site of a reader's source number.</param>
    /// <param name="calculation">Id of a prepared activity's calculation.</param>
    public BalanceSums Sums(Func<int, (long Id, long Site)> source, Func<int, long> calculation)
    {
        var entries = new BalanceSums.Entry[_sums.Count + _others.Count];
        var count = 0;
        PostingLine[] lines = [];
        foreach (var cell in _cells)
        {
            var plan = cell.Prepared.Plan!;
            if (lines.Length < plan.Count)
            {
                lines = new PostingLine[plan.Count];
            }

            plan.TryPost(0, lines);
            var months = plan.Count / plan.Rates.Count;
            var (id, site) = source(cell.Source);
            for (var at = 0; at < plan.Count; at++)
            {
                entries[count++] = new BalanceSums.Entry(
                    new BalanceKey(site, lines[at].Month.Number, id, calculation(cell.Prepared.Number), at / months, lines[at].Key, cell.Quality, cell.Evidenced), cell.Start + at);
            }
        }

        var amounts = new List<Amounts>(_others.Values);
        foreach (var (key, _) in _others)
        {
            entries[count] = new BalanceSums.Entry(key, count++);
        }

        return new BalanceSums(entries, _sums, amounts);
    }

    /// <summary>Place of the cell's first sum.</summary>
    private int CellOf(PreparedActivity prepared, int source, DataQuality quality, bool evidenced)
    {
        var key = ((ulong)(uint)prepared.Number << 36) | ((ulong)(uint)source << 4) | ((ulong)quality << 1) | (evidenced ? 1UL : 0);
        ref var at = ref CollectionsMarshal.GetValueRefOrAddDefault(_cellByKey, key, out var known);
        if (!known)
        {
            at = _sums.Count;
            _cells.Add(new Cell(prepared, source, at, quality, evidenced));
            CollectionsMarshal.SetCount(_sums, at + prepared.Plan!.Count);
            CollectionsMarshal.AsSpan(_sums)[at..].Clear();
        }

        return at;
    }

    private readonly record struct Cell(PreparedActivity Prepared, int Source, int Start, DataQuality Quality, bool Evidenced);
}

/// <summary>A batch's sums in key order, each key once and none that is all zero: different spellings of one calculation meet here.</summary>
internal sealed class BalanceSums
{
    private readonly Entry[] _entries;
    private readonly List<Amounts> _own;
    private readonly List<Amounts> _others;

    public BalanceSums(Entry[] entries, List<Amounts> own, List<Amounts> others)
    {
        (_entries, _own, _others) = (entries, own, others);
        Array.Sort(_entries, static (a, b) => a.Key.CompareTo(b.Key));
    }

    /// <summary>The most keys there can be.</summary>
    public int Count => _entries.Length;

    /// <exception cref="OverflowException">A sum leaves 64 bits.</exception>
    public IEnumerable<(BalanceKey Key, Amounts Amounts)> All()
    {
        for (var at = 0; at < _entries.Length;)
        {
            var key = _entries[at].Key;
            var sum = Of(_entries[at++].Place);
            while (at < _entries.Length && _entries[at].Key == key)
            {
                sum += Of(_entries[at++].Place);
            }

            if (sum != default)
            {
                yield return (key, sum);
            }
        }
    }

    /// <summary>The largest, over masses and energy, of the sums of all amounts without their signs.</summary>
    public double Magnitude()
    {
        Span<double> totals = stackalloc double[9];
        var parts = new Int128[9];
        foreach (var (_, amounts) in All())
        {
            amounts.CopyTo(parts);
            for (var at = 0; at < parts.Length; at++)
            {
                totals[at] += Math.Abs((double)parts[at]);
            }
        }

        var largest = 0.0;
        foreach (var total in totals)
        {
            largest = Math.Max(largest, total);
        }

        return largest;
    }

    private Amounts Of(int place) => place < _own.Count ? _own[place] : _others[place - _own.Count];

    /// <param name="Place">Place of the sum among the batch's own, then among those of earlier batches' activities.</param>
    internal readonly record struct Entry(BalanceKey Key, int Place);
}
