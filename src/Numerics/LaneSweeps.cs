using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tanlu.Numerics;

/// <summary>Doubles on a boundary of 64 bytes, so that no vector lies across two lines of the cache.</summary>
internal sealed unsafe class LaneBuffer : IDisposable
{
    public LaneBuffer(long count)
    {
        At = (double*)NativeMemory.AlignedAlloc((nuint)(Math.Max(count, 8) * sizeof(double)), 64);
        Count = count;
    }

    ~LaneBuffer() => NativeMemory.AlignedFree(At);

    public double* At { get; private set; }

    public long Count { get; }

    public void Dispose()
    {
        NativeMemory.AlignedFree(At);
        At = null;
        GC.SuppressFinalize(this);
    }
}

/// <summary>Gauss–Seidel on one loop for sixteen right sides side by side, transposed: y = right + Zᵀ y.</summary>
internal static unsafe class LaneSweeps
{
    public const int Lanes = 16;

    /// <summary>One pass over places that stand in no loop: y holds the right sides and becomes the solution.</summary>
    public static void Pass(NetworkOrder order, int from, int to, double* y)
    {
        fixed (int* starts = order.InputStarts, places = order.InputPlaces)
        fixed (double* values = order.InputValues)
        {
            for (var p = from; p < to; p++)
            {
                Gather(places, values, starts[p], starts[p + 1], y, y + ((long)p * Lanes));
            }
        }
    }

    /// <summary>Adds what a loop takes in from other components to its right sides.</summary>
    public static void AddOuter(NetworkOrder order, int from, int to, double* y)
    {
        fixed (int* starts = order.InputStarts, inner = order.InputInner, places = order.InputPlaces)
        fixed (double* values = order.InputValues)
        {
            for (var p = from; p < to; p++)
            {
                Gather(places, values, starts[p], inner[p], y, y + ((long)p * Lanes));
            }
        }
    }

    /// <summary>Solves the loop; <paramref name="right"/> holds the right sides of its places from 0 on, y those of the whole network.</summary>
    public static SweepEnd Transposed(NetworkOrder order, int from, int to, double* right, double* y, out int sweeps)
    {
        var watch = default(SweepWatch);
        for (sweeps = 1; sweeps <= SweepWatch.MostSweeps; sweeps++)
        {
            if (SweepWatch.IsWeighed(sweeps))
            {
                if (Weighed(order, from, to, right, y, out var change))
                {
                    return SweepEnd.Converged;
                }

                if (watch.Judge(sweeps, change) is { } end)
                {
                    return end;
                }
            }
            else if (Plain(order, from, to, right, y))
            {
                return IsFinite(y + ((long)from * Lanes), (long)(to - from) * Lanes) ? SweepEnd.Converged : SweepEnd.Growth;
            }
        }

        return SweepEnd.Slow;
    }

    /// <summary>rest = right − y + Zᵀ y on the loop's places; returns the largest backward error.</summary>
    public static double Remainder(NetworkOrder order, int from, int to, double* right, double* y, double* rest)
    {
        var worst = Vector512<double>.Zero;
        var tiny = Vector512.Create(NetworkProof.Tiny);
        for (var p = from; p < to; p++, right += Lanes, rest += Lanes)
        {
            for (var half = 0; half < Lanes; half += 8)
            {
                var (own, sum) = (Vector512.Load(y + ((long)p * Lanes) + half), Vector512.Load(right + half));
                var size = Vector512.Abs(own) + Vector512.Abs(sum);
                sum -= own;
                for (var entry = order.InputInner[p]; entry < order.InputStarts[p + 1]; entry++)
                {
                    var term = Vector512.Create(order.InputValues[entry]) * Vector512.Load(y + ((long)order.InputPlaces[entry] * Lanes) + half);
                    sum += term;
                    size += Vector512.Abs(term);
                }

                sum.Store(rest + half);
                worst = Vector512.Max(worst, Vector512.Abs(sum) / (size + tiny));
            }
        }

        return NetworkProof.Largest(worst);
    }

    private static void Gather(int* places, double* values, int entry, int end, double* y, double* target)
    {
        var (s0, s1) = (Vector512.Load(target), Vector512.Load(target + 8));
        for (; entry < end; entry++)
        {
            var z = Vector512.Create(values[entry]);
            var from = y + ((long)places[entry] * Lanes);
            s0 = Vector512.FusedMultiplyAdd(z, Vector512.Load(from), s0);
            s1 = Vector512.FusedMultiplyAdd(z, Vector512.Load(from + 8), s1);
        }

        s0.Store(target);
        s1.Store(target + 8);
    }

    private static bool Plain(NetworkOrder order, int first, int end, double* right, double* y)
    {
        var open = Vector512<double>.Zero;
        var tolerance = Vector512.Create(-SweepWatch.Tolerance);
        fixed (int* starts = order.InputStarts, inner = order.InputInner, places = order.InputPlaces)
        fixed (double* values = order.InputValues)
        {
            for (var p = first; p < end; p++, right += Lanes)
            {
                var (s0, s1) = (Vector512.Load(right), Vector512.Load(right + 8));
                var last = starts[p + 1];
                for (var entry = inner[p]; entry < last; entry++)
                {
                    var z = Vector512.Create(values[entry]);
                    var from = y + ((long)places[entry] * Lanes);
                    s0 = Vector512.FusedMultiplyAdd(z, Vector512.Load(from), s0);
                    s1 = Vector512.FusedMultiplyAdd(z, Vector512.Load(from + 8), s1);
                }

                var target = y + ((long)p * Lanes);
                var (d0, d1) = (Vector512.Abs(s0 - Vector512.Load(target)), Vector512.Abs(s1 - Vector512.Load(target + 8)));
                open = Vector512.MaxNative(open, Vector512.FusedMultiplyAdd(tolerance, Vector512.Abs(s0), d0));
                open = Vector512.MaxNative(open, Vector512.FusedMultiplyAdd(tolerance, Vector512.Abs(s1), d1));
                s0.Store(target);
                s1.Store(target + 8);
            }
        }

        return Vector512.EqualsAll(open, Vector512<double>.Zero);
    }

    private static bool Weighed(NetworkOrder order, int first, int end, double* right, double* y, out double largest)
    {
        var settled = true;
        largest = 0;
        for (var p = first; p < end; p++, right += Lanes)
        {
            var target = y + ((long)p * Lanes);
            for (var lane = 0; lane < Lanes; lane++)
            {
                var sum = right[lane];
                var size = Math.Abs(sum);
                for (var entry = order.InputInner[p]; entry < order.InputStarts[p + 1]; entry++)
                {
                    var term = order.InputValues[entry] * y[((long)order.InputPlaces[entry] * Lanes) + lane];
                    sum += term;
                    size += Math.Abs(term);
                }

                var change = Math.Abs(sum - target[lane]);
                target[lane] = sum;
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
        }

        return settled;
    }

    private static bool IsFinite(double* y, long count)
    {
        var sum = Vector512<double>.Zero;
        for (long i = 0; i < count; i += 8)
        {
            sum += Vector512.Abs(Vector512.Load(y + i));
        }

        return double.IsFinite(Vector512.Sum(sum));
    }
}
