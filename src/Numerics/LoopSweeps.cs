namespace Tanlu.Numerics;

/// <summary>How sweeping a loop ended.</summary>
internal enum SweepEnd
{
    Converged,

    /// <summary>The changes do not become smaller.</summary>
    Growth,

    /// <summary>They do, but a factorisation is quicker.</summary>
    Slow,
}

/// <summary>When to stop sweeping, the same for one right side and for many.</summary>
internal struct SweepWatch
{
    /// <summary>A component is settled when a sweep changes it by no more than this share of itself…</summary>
    public const double Tolerance = 1e-11;

    /// <summary>… or of the terms that it is the sum of: where credits cancel, nothing more can be had.</summary>
    public const double Rounding = 1e-14;

    public const int MostSweeps = 400;

    /// <summary>Each so many sweeps the changes are weighed against the terms, and their rate is taken.</summary>
    private const int Interval = 8;

    private const int FirstWeighed = 16;

    private double _last;

    public static bool IsWeighed(int sweep) => sweep >= FirstWeighed && sweep % Interval == 0;

    /// <summary>After a weighed sweep: null to go on. <paramref name="change"/>: the largest change in relation to the terms.</summary>
    public SweepEnd? Judge(int sweep, double change)
    {
        if (double.IsNaN(change))
        {
            return SweepEnd.Growth;
        }

        var before = _last;
        _last = change;
        if (before == 0 || sweep < FirstWeighed + Interval)
        {
            return null;
        }

        var rate = Math.Pow(change / before, 1.0 / Interval);
        if (rate >= 0.999)
        {
            return SweepEnd.Growth;
        }

        return sweep + (Math.Log(Rounding / change) / Math.Log(rate)) > MostSweeps ? SweepEnd.Slow : null;
    }
}

/// <summary>Gauss–Seidel on one loop for one right side, forward (supply) or transposed (intensity).</summary>
internal static unsafe class LoopSweeps
{
    /// <summary>Solves x = right + Z x on the places <paramref name="from"/> … <paramref name="to"/>; x starts as it is given.</summary>
    public static SweepEnd Forward(NetworkOrder order, int from, int to, double[] right, double[] x, out int sweeps)
    {
        fixed (int* starts = order.UseStarts, ends = order.UseInner, places = order.UsePlaces)
        fixed (double* values = order.UseValues, r = right, v = x)
        {
            return Run(new Terms(starts, ends, places, values), to - 1, from - 1, -1, r, v, out sweeps);
        }
    }

    /// <summary>Solves y = right + Zᵀ y.</summary>
    public static SweepEnd Transposed(NetworkOrder order, int from, int to, double[] right, double[] y, out int sweeps)
    {
        fixed (int* starts = order.InputInner, ends = order.InputStarts, places = order.InputPlaces)
        fixed (double* values = order.InputValues, r = right, v = y)
        {
            return Run(new Terms(starts, ends + 1, places, values), from, to, 1, r, v, out sweeps);
        }
    }

    private static SweepEnd Run(Terms terms, int first, int end, int step, double* right, double* x, out int sweeps)
    {
        var watch = default(SweepWatch);
        for (sweeps = 1; sweeps <= SweepWatch.MostSweeps; sweeps++)
        {
            if (SweepWatch.IsWeighed(sweeps))
            {
                if (Weighed(terms, first, end, step, right, x, out var change))
                {
                    return SweepEnd.Converged;
                }

                if (watch.Judge(sweeps, change) is { } end2)
                {
                    return end2;
                }
            }
            else if (Plain(terms, first, end, step, right, x))
            {
                return IsFinite(x, Math.Min(first, end + 1), Math.Abs(end - first)) ? SweepEnd.Converged : SweepEnd.Growth;
            }
        }

        return SweepEnd.Slow;
    }

    private static bool Plain(Terms terms, int first, int end, int step, double* right, double* x)
    {
        var starts = terms.Starts;
        var ends = terms.Ends;
        var places = terms.Places;
        var values = terms.Values;
        var settled = true;
        for (var p = first; p != end; p += step)
        {
            var entry = starts[p];
            var last = ends[p];
            var (sum, other) = (right[p], 0.0);
            for (; entry + 1 < last; entry += 2)
            {
                sum = Math.FusedMultiplyAdd(values[entry], x[places[entry]], sum);
                other = Math.FusedMultiplyAdd(values[entry + 1], x[places[entry + 1]], other);
            }

            if (entry < last)
            {
                sum = Math.FusedMultiplyAdd(values[entry], x[places[entry]], sum);
            }

            sum += other;
            settled &= Math.Abs(sum - x[p]) <= SweepWatch.Tolerance * Math.Abs(sum);
            x[p] = sum;
        }

        return settled;
    }

    private static bool Weighed(Terms terms, int first, int end, int step, double* right, double* x, out double largest)
    {
        var settled = true;
        largest = 0;
        for (var p = first; p != end; p += step)
        {
            var sum = right[p];
            var size = Math.Abs(sum);
            for (var entry = terms.Starts[p]; entry < terms.Ends[p]; entry++)
            {
                var term = terms.Values[entry] * x[terms.Places[entry]];
                sum += term;
                size += Math.Abs(term);
            }

            var change = Math.Abs(sum - x[p]);
            x[p] = sum;
            if (!double.IsFinite(size))
            {
                largest = double.NaN;
                return false;
            }

            settled &= change <= Math.Max(SweepWatch.Tolerance * Math.Abs(sum), SweepWatch.Rounding * size);
            if (change > largest * size)
            {
                largest = size > 0 ? change / size : 1;
            }
        }

        return settled;
    }

    private static bool IsFinite(double* x, int from, int count)
    {
        var sum = 0.0;
        for (var i = from; i < from + count; i++)
        {
            sum += Math.Abs(x[i]);
        }

        return double.IsFinite(sum);
    }

    private readonly struct Terms(int* starts, int* ends, int* places, double* values)
    {
        public readonly int* Starts = starts;
        public readonly int* Ends = ends;
        public readonly int* Places = places;
        public readonly double* Values = values;
    }
}
