namespace Tanlu.Numerics;

/// <summary>
/// Solves a factorised loop so that the error is small entry by entry and not only against the largest (Skeel 1980): the remainder is solved for as long as it falls; where
/// amounts differ by more than all digits of a double, the smallest are then settled by their own equations.
/// </summary>
internal static unsafe class LoopRefinement
{
    private const int MostSteps = 12;

    /// <summary>Backward error below which nothing is gained.</summary>
    private const double Accurate = 4e-16;

    /// <summary>Backward error below which an entry is left as it is.</summary>
    private const double Settled = 1e-14;

    /// <summary>x = right + Z x (or Zᵀ) on the places from <paramref name="start"/> to before <paramref name="end"/>; both arrays are by place of the whole network.</summary>
    public static void Solve(NetworkOrder order, int start, int end, LoopFactors factors, double[] right, double[] x, bool transposed)
    {
        var own = x.AsSpan(start, end - start);
        right.AsSpan(start, own.Length).CopyTo(own);
        Apply(factors, own, transposed);
        var rest = new double[own.Length];
        var kept = new double[own.Length];
        var error = Remainder(order, start, end, right, x, rest, transposed, settle: false);
        for (var step = 0; step < MostSteps && error > Accurate; step++)
        {
            own.CopyTo(kept);
            Apply(factors, rest, transposed);
            for (var p = 0; p < own.Length; p++)
            {
                own[p] += rest[p];
            }

            var after = Remainder(order, start, end, right, x, rest, transposed, settle: false);
            if (!(after < error))
            {
                kept.CopyTo(own);
                break;
            }

            error = after;
        }

        // One entry settled may unsettle another: the best of some rounds is kept.
        own.CopyTo(kept);
        for (var step = 0; step < MostSteps && error > Settled; step++)
        {
            Remainder(order, start, end, right, x, rest, transposed, settle: true);
            var after = Remainder(order, start, end, right, x, rest, transposed, settle: false);
            if (after < error)
            {
                error = after;
                own.CopyTo(kept);
            }
        }

        kept.CopyTo(own);
    }

    /// <summary>The same for sixteen right sides, as long as the worst of them gains; where one does not become accurate, each is solved by itself.</summary>
    public static void TransposedLanes(NetworkOrder order, int start, int end, LoopFactors factors, double* right, double* y)
    {
        const int lanes = LaneSweeps.Lanes;
        var own = new Span<double>(y + ((long)start * lanes), (end - start) * lanes);
        using var rest = new LaneBuffer(own.Length);
        var remainder = new Span<double>(rest.At, own.Length);
        new ReadOnlySpan<double>(right, own.Length).CopyTo(own);
        factors.SolveTransposed(own, lanes);
        var kept = new double[own.Length];
        var error = LaneSweeps.Remainder(order, start, end, right, y, rest.At);
        for (var step = 0; step < MostSteps && error > Accurate; step++)
        {
            own.CopyTo(kept);
            factors.SolveTransposed(remainder, lanes);
            for (var i = 0; i < own.Length; i++)
            {
                own[i] += remainder[i];
            }

            var after = LaneSweeps.Remainder(order, start, end, right, y, rest.At);
            if (!(after < error))
            {
                kept.CopyTo(own);
                break;
            }

            error = after;
        }

        if (error > Settled)
        {
            OneByOne(order, start, end, factors, right, own);
        }
    }

    private static void OneByOne(NetworkOrder order, int start, int end, LoopFactors factors, double* right, Span<double> y)
    {
        const int lanes = LaneSweeps.Lanes;
        var (one, solution) = (new double[order.Size], new double[order.Size]);
        for (var lane = 0; lane < lanes; lane++)
        {
            for (var i = 0; i < end - start; i++)
            {
                one[start + i] = right[(i * lanes) + lane];
            }

            Solve(order, start, end, factors, one, solution, transposed: true);
            for (var i = 0; i < end - start; i++)
            {
                y[(i * lanes) + lane] = solution[start + i];
            }
        }
    }

    private static void Apply(LoopFactors factors, Span<double> right, bool transposed)
    {
        if (transposed)
        {
            factors.SolveTransposed(right);
        }
        else
        {
            factors.Solve(right);
        }
    }

    // Largest backward error; to settle: an entry whose own is not small takes what its equation says, in the order of a sweep.
    private static double Remainder(NetworkOrder order, int start, int end, double[] right, double[] x, double[] rest, bool transposed, bool settle)
    {
        var worst = 0.0;
        var (places, values) = transposed ? (order.InputPlaces, order.InputValues) : (order.UsePlaces, order.UseValues);
        for (var i = 0; i < end - start; i++)
        {
            var place = transposed ? start + i : end - 1 - i;
            var (entry, last) = transposed ? (order.InputInner[place], order.InputStarts[place + 1]) : (order.UseStarts[place], order.UseInner[place]);
            var sum = right[place] - x[place];
            var size = Math.Abs(right[place]) + Math.Abs(x[place]);
            for (; entry < last; entry++)
            {
                var term = values[entry] * x[places[entry]];
                sum += term;
                size += Math.Abs(term);
            }

            rest[place - start] = sum;
            if (Math.Abs(sum) > worst * size)
            {
                worst = Math.Abs(sum) / size;
            }

            if (settle && Math.Abs(sum) > Settled * size)
            {
                x[place] += sum;
            }
        }

        return worst;
    }
}
