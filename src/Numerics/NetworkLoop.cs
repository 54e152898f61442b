using System.Diagnostics.CodeAnalysis;

namespace Tanlu.Numerics;

/// <summary>What solving one loop took.</summary>
internal readonly record struct LoopRun(int Sweeps, string? Fallback, bool Singular);

/// <summary>Whether a large loop is swept or solved from its factors.</summary>
internal enum LoopWay
{
    /// <summary>As was decided for the loop.</summary>
    Usual,

    /// <summary>By sweeping; if it fails, that is how the loop is solved from now on. One pass of a network decides, so that no result depends on what was asked before.</summary>
    Deciding,

    Direct,
}

/// <summary>
/// One strongly connected component of more than one process: small ones are factorised at once, larger ones swept, and factorised only when sweeping does not do.
/// </summary>
internal sealed unsafe class NetworkLoop
{
    /// <summary>A loop of no more processes is factorised when the network is prepared.</summary>
    private const int MostDirect = 96;

    private readonly Lock _gate = new();
    private readonly NetworkOrder _order;
    private LoopFactors? _factors;
    private volatile string? _fallback;

    public NetworkLoop(NetworkOrder order, int component)
    {
        _order = order;
        Start = order.ComponentStarts[component];
        End = order.ComponentStarts[component + 1];
        var (credits, reversed) = (false, false);
        for (var place = Start; place < End; place++)
        {
            var reference = order.Reference[place];
            reversed |= reference < 0;
            for (var entry = order.InputInner[place]; entry < order.InputStarts[place + 1]; entry++)
            {
                credits |= order.InputValues[entry] * reference < 0;
            }
        }

        IsProductive = credits ? true : reversed ? false : null;
        if (Size <= MostDirect)
        {
            Factorise();
        }
    }

    /// <summary>First place.</summary>
    public int Start { get; }

    /// <summary>The place after the last.</summary>
    public int End { get; }

    public int Size => End - Start;

    /// <summary>
    /// Whether a supply that is nowhere negative can meet a demand. A loop without credits can, when its matrix is a nonsingular M-matrix; one with credits is let pass. Null
    /// while nothing has been solved.
    /// </summary>
    public bool? IsProductive { get; private set; }

    /// <summary>Whether the matrix was factorised and found singular.</summary>
    public bool IsSingular => Volatile.Read(ref _factors) is { Condition: > LoopFactors.Singular };

    /// <summary>
    /// The processes to blame when the loop is singular or cannot deliver, by column of the technology matrix: all of a small loop, of a large one those whose inputs make it grow.
    /// </summary>
    public IReadOnlyList<int> Causes => Size <= MostDirect ? Processes : LoopGrowth.Causes(_order, Start, End);

    private int[] Processes
    {
        get
        {
            var processes = _order.Process[Start..End];
            Array.Sort(processes);
            return processes;
        }
    }

    /// <summary>x = right + Z x on the loop's places; both arrays are by place of the whole network.</summary>
    public LoopRun Forward(double[] right, double[] x, LoopWay way)
    {
        var (reason, sweeps) = (Reason(way), 0);
        if (reason is null && Size > MostDirect)
        {
            right.AsSpan(Start, Size).CopyTo(x.AsSpan(Start, Size));
            reason = Outcome(LoopSweeps.Forward(_order, Start, End, right, x, out sweeps), way);
            if (reason is null)
            {
                return new LoopRun(sweeps, null, Singular: false);
            }
        }

        return Direct(right, x, transposed: false, sweeps, reason);
    }

    /// <summary>y = right + Zᵀ y on the loop's places.</summary>
    public LoopRun Transposed(double[] right, double[] y, LoopWay way)
    {
        var (reason, sweeps) = (Reason(way), 0);
        if (reason is null && Size > MostDirect)
        {
            right.AsSpan(Start, Size).CopyTo(y.AsSpan(Start, Size));
            reason = Outcome(LoopSweeps.Transposed(_order, Start, End, right, y, out sweeps), way);
            if (reason is null)
            {
                return new LoopRun(sweeps, null, Singular: false);
            }
        }

        return Direct(right, y, transposed: true, sweeps, reason);
    }

    /// <summary>The same for sixteen right sides; y (by place, sixteen a place) holds them and becomes the solution.</summary>
    public LoopRun TransposedLanes(double* y, LoopWay way)
    {
        const int lanes = LaneSweeps.Lanes;
        var own = y + ((long)Start * lanes);
        var count = Size * lanes;
        using var right = new LaneBuffer(count);
        new Span<double>(own, count).CopyTo(new Span<double>(right.At, count));
        var (reason, sweeps) = (Reason(way), 0);
        if (reason is null && Size > MostDirect)
        {
            reason = Outcome(LaneSweeps.Transposed(_order, Start, End, right.At, y, out sweeps), way);
            if (reason is null)
            {
                return new LoopRun(sweeps, null, Singular: false);
            }
        }

        var factors = Factorise();
        if (IsSingular)
        {
            return new LoopRun(sweeps, reason, Singular: true);
        }

        LoopRefinement.TransposedLanes(_order, Start, End, factors, right.At, y);
        return new LoopRun(sweeps, reason, Singular: false);
    }

    private string? Reason(LoopWay way) => Size <= MostDirect ? null : _fallback ?? (way == LoopWay.Direct ? "inaccurate" : null);

    private string? Outcome(SweepEnd end, LoopWay way)
    {
        if (end == SweepEnd.Converged)
        {
            // Sweeps of a loop without credits converge exactly when it can deliver.
            IsProductive ??= true;
            return null;
        }

        var reason = end == SweepEnd.Growth ? "growth" : "slow";
        if (way == LoopWay.Deciding)
        {
            _fallback = reason;
        }

        return reason;
    }

    private LoopRun Direct(double[] right, double[] x, bool transposed, int sweeps, string? reason)
    {
        var factors = Factorise();
        if (IsSingular)
        {
            return new LoopRun(sweeps, reason, Singular: true);
        }

        LoopRefinement.Solve(_order, Start, End, factors, right, x, transposed);
        return new LoopRun(sweeps, reason, Singular: false);
    }

    [MemberNotNull(nameof(_factors))]
    private LoopFactors Factorise()
    {
        lock (_gate)
        {
            if (_factors is null)
            {
                var factors = TornFactors.Of(_order.Scaled(Start, End));
                if (IsProductive is null && factors.Condition <= LoopFactors.Singular)
                {
                    // A nonsingular M-matrix is one whose inverse is nowhere negative; on an irreducible one the row sums tell (Berman and Plemmons 1979, chapter 6).
                    var ones = new double[Size];
                    ones.AsSpan().Fill(1);
                    factors.Solve(ones);
                    IsProductive = Array.TrueForAll(ones, value => value >= 0);
                }

                Volatile.Write(ref _factors, factors);
            }
        }

        return _factors;
    }
}
