using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tanlu.Numerics;

/// <summary>
/// Supplies of eight samples side by side: s = (f + Σ inputs of the users × their supply) / reference output, in one pass from the customers to their suppliers, and by Gauss–Seidel within
/// loops until every component of every sample is settled. Its methods are compiled once and for all: a run has too few blocks to wait for the better code.
/// </summary>
internal sealed unsafe class SampleSweeps(SamplingPlan plan, double* uses, double* inverse, double* right)
{
    /// <summary>A component is settled when a sweep changes it by no more than this share of itself: far below what the samples differ by.</summary>
    public const double Tolerance = 1e-10;

    /// <summary>… or of the terms that it is the sum of, where credits cancel.</summary>
    private const double Rounding = 1e-13;

    private const int MostSweeps = 200;
    private const int Interval = 8;
    private const int FirstWeighed = 16;

    /// <summary>Changes that shrink by less in <see cref="Interval"/> sweeps will not settle.</summary>
    private const double LeastProgress = 0.99;

    private static Vector512<double> Settled => Vector512<double>.Zero;

    /// <summary>Solves for a demand; <paramref name="s"/> holds the first guess (used within loops) and becomes the solution.</summary>
    /// <returns>The lanes that did not settle, a bit each.</returns>
    public int Solve(double[] demand, double* s)
    {
        var failed = 0;
        var until = plan.Count;
        for (var l = plan.Loops.Length - 1; l >= 0; l--)
        {
            var (start, end) = plan.Loops[l];
            Singles(demand, end, until, s);
            until = start;
            failed |= Loop(demand, start, end, s);
        }

        Singles(demand, 0, until, s);
        return failed;
    }

    /// <summary>Component-wise backward error of each lane (Oettli and Prager 1964), with the sampled matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Vector512<double> BackwardError(double[] demand, double* s)
    {
        var worst = Vector512<double>.Zero;
        var tiny = Vector512.Create(1e-290);
        fixed (int* starts = plan.UseStarts, users = plan.Users)
        {
            for (var p = 0; p < demand.Length; p++)
            {
                var sum = Vector512.Create(demand[p]);
                var size = Vector512.Abs(sum);
                for (var entry = starts[p]; entry < starts[p + 1]; entry++)
                {
                    var term = Vector512.Load(uses + ((long)entry * 8)) * Vector512.Load(s + ((long)users[entry] * 8));
                    sum += term;
                    size += Vector512.Abs(term);
                }

                var over = Vector512.Load(inverse + ((long)p * 8));
                var own = Vector512.Load(s + ((long)p * 8));
                var error = Vector512.Abs((sum * over) - own) / ((size * Vector512.Abs(over)) + Vector512.Abs(own) + tiny);
                worst = Vector512.Max(worst, error);
            }
        }

        return worst;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Singles(double[] demand, int from, int until, double* s)
    {
        fixed (int* starts = plan.UseStarts, users = plan.Users)
        {
            for (var p = until - 1; p >= from; p--)
            {
                var sum = Sum(uses, Vector512.Create(demand[p]), starts[p], starts[p + 1], users, s);
                (sum * Vector512.Load(inverse + ((long)p * 8))).Store(s + ((long)p * 8));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Loop(double[] demand, int start, int end, double* s)
    {
        fixed (int* starts = plan.UseStarts, inner = plan.UseInner, users = plan.Users)
        {
            for (var p = start; p < end; p++)
            {
                Sum(uses, Vector512.Create(demand[p]), inner[p], starts[p + 1], users, s).Store(right + ((long)p * 8));
            }

            var last = Vector512.Create(double.MaxValue);
            for (var sweep = 1; ; sweep++)
            {
                var weighed = sweep >= FirstWeighed && sweep % Interval == 0;
                var largest = Settled;
                var open = weighed ? Weighed(start, end, starts, inner, users, s, out largest) : Plain(start, end, starts, inner, users, s);
                if (open == 0)
                {
                    return NotFinite(start, end, s);
                }

                if (weighed)
                {
                    // Lanes whose changes have stopped shrinking, or are no numbers.
                    var stuck = ~Lanes(Vector512.LessThan(largest, last * Vector512.Create(LeastProgress))) & 0xFF;
                    last = largest;
                    if ((open & ~stuck) == 0 || sweep >= MostSweeps)
                    {
                        return open | NotFinite(start, end, s);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Plain(int start, int end, int* starts, int* inner, int* users, double* s)
    {
        var open = Vector512<double>.Zero;
        var tolerance = Vector512.Create(-Tolerance);
        for (var p = end - 1; p >= start; p--)
        {
            var value = Sum(uses, Vector512.Load(right + ((long)p * 8)), starts[p], inner[p], users, s) * Vector512.Load(inverse + ((long)p * 8));
            var target = s + ((long)p * 8);
            open = Vector512.MaxNative(open, Vector512.FusedMultiplyAdd(tolerance, Vector512.Abs(value), Vector512.Abs(value - Vector512.Load(target))));
            value.Store(target);
        }

        return ~Lanes(Vector512.LessThanOrEqual(open, Settled)) & 0xFF;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Weighed(int start, int end, int* starts, int* inner, int* users, double* s, out Vector512<double> largest)
    {
        var open = 0;
        largest = Settled;
        for (var p = end - 1; p >= start; p--)
        {
            var sum = Vector512.Load(right + ((long)p * 8));
            var size = Vector512.Abs(sum);
            for (var entry = starts[p]; entry < inner[p]; entry++)
            {
                var term = Vector512.Load(uses + ((long)entry * 8)) * Vector512.Load(s + ((long)users[entry] * 8));
                sum += term;
                size += Vector512.Abs(term);
            }

            var over = Vector512.Load(inverse + ((long)p * 8));
            var value = sum * over;
            size *= Vector512.Abs(over);
            var target = s + ((long)p * 8);
            var change = Vector512.Abs(value - Vector512.Load(target));
            value.Store(target);
            var enough = Vector512.Max(Vector512.Create(Tolerance) * Vector512.Abs(value), Vector512.Create(Rounding) * size);
            open |= ~Lanes(Vector512.LessThanOrEqual(change, enough)) & 0xFF;
            largest = Vector512.Max(largest, change / (size + Vector512.Create(1e-290)));
        }

        return open;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Sum(double* uses, Vector512<double> sum, int entry, int end, int* users, double* s)
    {
        for (; entry < end; entry++)
        {
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(uses + ((long)entry * 8)), Vector512.Load(s + ((long)users[entry] * 8)), sum);
        }

        return sum;
    }

    private static int NotFinite(int start, int end, double* s)
    {
        var sum = Vector512<double>.Zero;
        for (var p = start; p < end; p++)
        {
            sum += Vector512.Load(s + ((long)p * 8)) * Settled;
        }

        return ~Lanes(Vector512.Equals(sum, Settled)) & 0xFF;
    }

    private static int Lanes(Vector512<double> mask) => (int)mask.ExtractMostSignificantBits();
}
