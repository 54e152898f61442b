using System.Buffers;
using System.Numerics;

namespace Tanlu.Numerics;

/// <summary>
/// Orders entries by column and, within it, by row; entries of one place are added in the order in which they are given. First by ranges of columns that fit the processor's
/// first caches, then within each range by counting the digits of the row and last by column: nothing is compared and no write goes far. Ranges do not touch each other, so
/// several threads order them and the result is the same to the bit.
/// </summary>
internal sealed unsafe class TripletSort
{
    private const int EntriesOfRange = 4096;
    private const int MostRanges = 1024;
    private const int DigitBits = 9;

    // Below it a second thread costs more than it takes over.
    private const int WorthThreads = 1 << 16;

    private readonly int _rows;
    private readonly int _columns;
    private readonly int _digits;
    private readonly int _bits;

    public TripletSort(int rows, int columns)
    {
        _rows = rows;
        _columns = columns;
        var bits = 32 - BitOperations.LeadingZeroCount((uint)Math.Max(rows - 1, 1));
        _digits = (bits + DigitBits - 1) / DigitBits;
        _bits = (bits + _digits - 1) / _digits;
    }

    /// <summary>Fills <paramref name="starts"/> (columns + 1) and the entries in order, and returns how many there are after adding.</summary>
    /// <exception cref="ArgumentException">A place lies outside of the matrix.</exception>
    public int Into(ReadOnlySpan<int> row, ReadOnlySpan<int> column, ReadOnlySpan<double> value, int[] starts, int[] rowOut, double[] valueOut)
    {
        var ranges = Math.Clamp(row.Length / EntriesOfRange, 1, MostRanges);
        var shift = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)((_columns + ranges - 1) / ranges)) | 1);
        ranges = _columns == 0 ? 0 : ((_columns - 1) >> shift) + 1;
        var rangeStarts = RangeStarts(row, column, shift, ranges);
        var sorted = ArrayPool<Entry>.Shared.Rent(row.Length);
        Spread(row, column, value, shift, rangeStarts, sorted);
        if (row.Length < WorthThreads)
        {
            for (var range = 0; range < ranges; range++)
            {
                Order(range);
            }
        }
        else
        {
            Parallel.For(0, ranges, Order);
        }

        ArrayPool<Entry>.Shared.Return(sorted);
        return Packed(starts, rowOut, valueOut);

        void Order(int range)
        {
            var (first, end) = (rangeStarts[range], rangeStarts[range + 1]);
            fixed (Entry* entries = sorted)
            fixed (int* rows = rowOut)
            fixed (double* values = valueOut)
            {
                OrderRange(entries + first, end - first, first, range << shift, starts.AsSpan(range << shift, Math.Min(1 << shift, _columns - (range << shift))), rows, values);
            }
        }
    }

    private int[] RangeStarts(ReadOnlySpan<int> row, ReadOnlySpan<int> column, int shift, int ranges)
    {
        var starts = new int[ranges + 1];
        for (var i = 0; i < column.Length; i++)
        {
            if ((uint)column[i] >= (uint)_columns || (uint)row[i] >= (uint)_rows)
            {
                throw new ArgumentException($"There is no place {row[i]}, {column[i]} in {_rows} × {_columns}.", nameof(row));
            }

            starts[(column[i] >> shift) + 1]++;
        }

        for (var range = 0; range < ranges; range++)
        {
            starts[range + 1] += starts[range];
        }

        return starts;
    }

    private static void Spread(ReadOnlySpan<int> row, ReadOnlySpan<int> column, ReadOnlySpan<double> value, int shift, int[] starts, Entry[] to)
    {
        var free = starts.AsSpan().ToArray();
        fixed (int* next = free, r = row, c = column)
        fixed (double* v = value)
        fixed (Entry* entries = to)
        {
            for (var i = 0; i < row.Length; i++)
            {
                entries[next[c[i] >> shift]++] = new Entry(r[i], c[i], v[i]);
            }
        }
    }

    /// <summary>One range: after it <paramref name="ends"/> holds where each of its columns ends, in an array in which the range begins at <paramref name="first"/>.</summary>
    private void OrderRange(Entry* entries, int count, int first, int firstColumn, Span<int> ends, int* rows, double* values)
    {
        // All digits are counted in one go: how often each stands does not depend on the order.
        var next = stackalloc int[_digits << DigitBits];
        new Span<int>(next, _digits << DigitBits).Clear();
        var mask = (1 << _bits) - 1;
        for (var i = 0; i < count; i++)
        {
            var row = entries[i].Row;
            ends[entries[i].Column - firstColumn]++;
            for (var digit = 0; digit < _digits; digit++)
            {
                next[(digit << DigitBits) + ((row >> (digit * _bits)) & mask)]++;
            }
        }

        var other = ArrayPool<Entry>.Shared.Rent(count);
        fixed (Entry* spare = other)
        {
            var from = entries;
            var to = spare;
            for (var digit = 0; digit < _digits; digit++)
            {
                ByDigit(from, to, count, digit * _bits, next + (digit << DigitBits));
                var sorted = to;
                to = from;
                from = sorted;
            }

            ByColumn(from, count, first, firstColumn, ends, rows, values);
        }

        ArrayPool<Entry>.Shared.Return(other);
    }

    private void ByDigit(Entry* from, Entry* to, int count, int shift, int* next)
    {
        var mask = (1 << _bits) - 1;
        var sum = 0;
        for (var digit = 0; digit <= mask; digit++)
        {
            (next[digit], sum) = (sum, sum + next[digit]);
        }

        for (var i = 0; i < count; i++)
        {
            to[next[(from[i].Row >> shift) & mask]++] = from[i];
        }
    }

    private static void ByColumn(Entry* from, int count, int first, int firstColumn, Span<int> ends, int* rows, double* values)
    {
        var sum = first;
        foreach (ref var end in ends)
        {
            (end, sum) = (sum, sum + end);
        }

        fixed (int* next = ends)
        {
            for (var i = 0; i < count; i++)
            {
                var place = next[from[i].Column - firstColumn]++;
                rows[place] = from[i].Row;
                values[place] = from[i].Value;
            }
        }
    }

    /// <summary>Ends of columns become their starts; entries of one place, which stand side by side, are added.</summary>
    private static int Packed(int[] starts, int[] rowOut, double[] valueOut)
    {
        var (kept, from) = (0, 0);
        fixed (int* rows = rowOut)
        fixed (double* values = valueOut)
        {
            for (var column = 0; column < starts.Length - 1; column++)
            {
                var end = starts[column];
                starts[column] = kept;
                var last = -1;
                for (; from < end; from++)
                {
                    var row = rows[from];
                    if (row == last)
                    {
                        values[kept - 1] += values[from];
                        continue;
                    }

                    rows[kept] = last = row;
                    values[kept++] = values[from];
                }
            }
        }

        starts[^1] = kept;
        return kept;
    }

    private readonly record struct Entry(int Row, int Column, double Value);
}
