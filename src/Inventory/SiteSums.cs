using System.Runtime.InteropServices;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>
/// The balances of one site as running sums over its months. A period is the difference of two of them, so a cut costs the same whether it asks for a month or for ten years.
/// Only amounts that are not always zero are kept: of the nine, most lines have one or two.
/// </summary>
internal sealed class SiteSums
{
    private const int Columns = 9;

    private readonly Line[] _lines;
    private readonly PostingKey[] _keys;
    private readonly int[] _months;
    private readonly long[] _values;

    private SiteSums(long site, Line[] lines, PostingKey[] keys, int[] months, long[] values)
    {
        Site = site;
        _lines = lines;
        _keys = keys;
        _months = months;
        _values = values;
    }

    public long Site { get; }

    /// <summary>Memory held, near enough for a limit.</summary>
    public long Bytes => 256 + (_lines.LongLength * Marshal.SizeOf<LineSize>()) + (_months.LongLength * sizeof(int)) + (_values.LongLength * sizeof(long));

    /// <summary>Adds up the balances of a site. A key may come more than once.</summary>
    /// <param name="origin">What a statement knows of a balance's factors; the same object for what may be added together.</param>
    public static SiteSums Of(long site, IReadOnlyList<BalanceRow> rows, Func<BalanceRow, EntryOrigin> origin)
    {
        var numbers = new Dictionary<LineKey, int>();
        var order = new long[rows.Count];
        var placed = new int[rows.Count];
        for (var at = 0; at < rows.Count; at++)
        {
            var row = rows[at];
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, new LineKey(row.Source, origin(row), row.Key, row.Quality, row.Evidenced), out var known);
            number = known ? number : numbers.Count - 1;
            order[at] = ((long)number << 32) | (uint)row.Month;
            placed[at] = at;
        }

        Array.Sort(order, placed);
        var lines = new LineKey[numbers.Count];
        foreach (var (line, number) in numbers)
        {
            lines[number] = line;
        }

        var building = new Building();
        for (var from = 0; from < placed.Length;)
        {
            var to = from;
            while (to < placed.Length && order[to] >> 32 == order[from] >> 32)
            {
                to++;
            }

            building.Add(lines[order[from] >> 32], placed.AsSpan(from, to - from), rows);
            from = to;
        }

        return new SiteSums(site, [.. building.Lines], [.. building.Keys.Keys], [.. building.Months], [.. building.Values]);
    }

    /// <summary>What the months from <paramref name="from"/> to before <paramref name="to"/> hold, one entry per line and month that is not zero.</summary>
    public void Entries(int from, int to, List<StatementEntry> into)
    {
        Span<long> values = stackalloc long[Columns];
        foreach (ref readonly var line in _lines.AsSpan())
        {
            var months = _months.AsSpan(line.Months, line.Count);
            for (var at = FirstAt(months, from); at < months.Length && months[at] < to; at++)
            {
                Difference(line, at - 1, at, values);
                var amounts = AmountsOf(values);
                if (amounts != default)
                {
                    into.Add(new StatementEntry(Site, line.Key.Source, line.Key.Origin, line.Key.Key, new Month(months[at]), line.Key.Quality, line.Key.Evidenced, amounts));
                }
            }
        }
    }

    /// <summary>Adds what the period holds of the lines that the sheet wants.</summary>
    public void AddTo(CutSums sums, int from, int to)
    {
        // Of a site's lines few keys differ: where each adds to is looked up once.
        var slots = Array.ConvertAll(_keys, sums.SlotOf);
        Span<long> values = stackalloc long[Columns];
        foreach (ref readonly var line in _lines.AsSpan())
        {
            var slot = slots[line.KeyAt];
            if (slot < 0 || !sums.Wants(line.Key.Source))
            {
                continue;
            }

            var months = _months.AsSpan(line.Months, line.Count);
            var (first, end) = (months[0] >= from ? 0 : FirstAt(months, from), months[^1] < to ? months.Length : FirstAt(months, to));
            if (first >= end)
            {
                continue;
            }

            if (TryDifference(line, first - 1, end - 1, values))
            {
                sums.Add(slot, AmountsOf(values));
                continue;
            }

            // Each month fits 64 bits, their sum does not: the months are told one by one.
            for (var at = first; at < end; at++)
            {
                Difference(line, at - 1, at, values);
                sums.Add(slot, AmountsOf(values));
            }
        }
    }

    /// <summary>Sources with a balance, even one that was taken back, in a month before this one.</summary>
    public void BegunBefore(int month, HashSet<long> into)
    {
        foreach (ref readonly var line in _lines.AsSpan())
        {
            if (_months[line.Months] < month)
            {
                into.Add(line.Key.Source);
            }
        }
    }

    private static int FirstAt(ReadOnlySpan<int> months, int month)
    {
        var at = months.BinarySearch(month);
        return at >= 0 ? at : ~at;
    }

    private static Amounts AmountsOf(ReadOnlySpan<long> v) => new(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]);

    private void Difference(in Line line, int before, int last, Span<long> values)
    {
        if (!TryDifference(line, before, last, values))
        {
            throw new InvalidOperationException("A month left 64 bits.");
        }
    }

    /// <summary>Running sum at <paramref name="last"/> less that at <paramref name="before"/> (−1 is the beginning). False where it leaves 64 bits.</summary>
    private bool TryDifference(in Line line, int before, int last, Span<long> values)
    {
        values.Clear();
        var stride = line.Stride;
        var end = _values.AsSpan(line.Values + (last * stride), stride);
        var start = before < 0 ? default : _values.AsSpan(line.Values + (before * stride), stride);
        for (int column = 0, at = 0; at < stride; column++)
        {
            if ((line.Mask & (1 << column)) == 0)
            {
                continue;
            }

            var wide = (Int128)end[at] - (before < 0 ? 0 : start[at]);
            if (wide != (long)wide)
            {
                return false;
            }

            values[column] = (long)wide;
            at++;
        }

        return true;
    }

    /// <summary>What tells lines of a site apart.</summary>
    private readonly record struct LineKey(long Source, EntryOrigin Origin, PostingKey Key, DataQuality Quality, bool Evidenced)
    {
        // Origins are told apart by being the same object: comparing their texts for every balance would cost more than the sum.
        public bool Equals(LineKey other) =>
            Source == other.Source && ReferenceEquals(Origin, other.Origin) && Key == other.Key && Quality == other.Quality && Evidenced == other.Evidenced;

        public override int GetHashCode() => HashCode.Combine(Source, System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Origin), Key, Quality, Evidenced);
    }

    /// <param name="KeyAt">Place of its posting key among the site's.</param>
    /// <param name="Months">Where the line's months begin, <paramref name="Count"/> of them, ascending.</param>
    /// <param name="Values">Where its values begin: for each month the columns of <paramref name="Mask"/>.</param>
    private readonly record struct Line(LineKey Key, int KeyAt, int Months, int Count, int Values, ushort Mask)
    {
        public int Stride => System.Numerics.BitOperations.PopCount(Mask);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct LineSize
    {
        private readonly long _source, _origin, _key, _marks, _places, _mask;
    }

    private sealed class Building
    {
        private readonly List<(int Month, Amounts UpTo)> _running = [];

        public List<Line> Lines { get; } = [];

        public Dictionary<PostingKey, int> Keys { get; } = [];

        public List<int> Months { get; } = [];

        public List<long> Values { get; } = [];

        /// <summary>Adds a line's balances, in order of their months. Where a running sum would leave 64 bits, another line with the same key goes on from zero.</summary>
        public void Add(LineKey key, ReadOnlySpan<int> placed, IReadOnlyList<BalanceRow> rows)
        {
            var (sum, ofMonth) = (default(Amounts), default(Amounts));
            foreach (var row in placed)
            {
                var (month, amounts) = (rows[row].Month, rows[row].Amounts);
                var same = _running.Count > 0 && _running[^1].Month == month;
                if (Fits(sum, amounts) && (!same || Fits(ofMonth, amounts)))
                {
                    sum += amounts;
                    ofMonth = same ? ofMonth + amounts : amounts;
                }
                else
                {
                    Close(key);
                    (sum, ofMonth, same) = (amounts, amounts, false);
                }

                if (same)
                {
                    _running[^1] = (month, sum);
                }
                else
                {
                    _running.Add((month, sum));
                }
            }

            Close(key);
        }

        private static bool Fits(Amounts a, Amounts b)
        {
            try
            {
                _ = a + b;
                return true;
            }
            catch (OverflowException)
            {
                return false;
            }
        }

        private void Close(LineKey key)
        {
            Span<Int128> parts = stackalloc Int128[Columns];
            ushort mask = 0;
            foreach (var (_, upTo) in _running)
            {
                upTo.CopyTo(parts);
                for (var column = 0; column < Columns; column++)
                {
                    mask |= parts[column] != 0 ? (ushort)(1 << column) : (ushort)0;
                }
            }

            ref var keyAt = ref CollectionsMarshal.GetValueRefOrAddDefault(Keys, key.Key, out var known);
            keyAt = known ? keyAt : Keys.Count - 1;
            Lines.Add(new Line(key, keyAt, Months.Count, _running.Count, Values.Count, mask));
            foreach (var (month, upTo) in _running)
            {
                Months.Add(month);
                upTo.CopyTo(parts);
                for (var column = 0; column < Columns; column++)
                {
                    if ((mask & (1 << column)) != 0)
                    {
                        Values.Add((long)parts[column]);
                    }
                }
            }

            _running.Clear();
        }
    }
}
