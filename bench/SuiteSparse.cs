using System.Diagnostics;
using System.Runtime.InteropServices;
using Tanlu.Numerics;

namespace Tanlu.Bench;

/// <summary>How a peer solved a system: seconds of each step, and what it found.</summary>
/// <param name="Assemble">From unordered entries to its own columns; repeated entries added.</param>
/// <param name="Solve">The first right side, with the peer's own refinement.</param>
/// <param name="Entries">Stored entries of L and U.</param>
internal sealed record PeerRun(double Assemble, double Symbolic, double Numeric, double Solve, double Entries, double[] Solution)
{
    public double Total => Assemble + Symbolic + Numeric + Solve;
}

/// <summary>
/// UMFPACK and KLU of Debian's SuiteSparse, called as their user guides show it: default control, the library's own assembling of entries. Nothing of them is linked or
/// shipped; where they are not installed there is no peer.
/// </summary>
internal sealed unsafe class SuiteSparse
{
    private const int ControlLength = 20;
    private const int InfoLength = 90;
    private const int RefinementSteps = 7;
    private const int EntriesOfL = 43;
    private const int EntriesOfU = 44;

    // klu_common is 160 bytes in version 1, and its functions fill what they need.
    private const int KluCommonLength = 1024;

    private readonly nint _umfpack;
    private readonly nint _klu;

    private SuiteSparse(nint umfpack, nint klu)
    {
        _umfpack = umfpack;
        _klu = klu;
    }

    /// <summary>Loads the libraries; null where they are not installed. <c>tests/engines peers</c> names, or with TANLU_INSTALL=1 installs, what is missing.</summary>
    public static SuiteSparse? Open(BenchmarkRun run)
    {
        if (Find() is { } there)
        {
            return there;
        }

        Command.Output(Path.Combine(run.Root, "tests", "engines"), ["peers", run.Folder], run.Folder);
        return Find();
    }

    /// <summary>UMFPACK on A, or on Aᵀ with the other way of solving: both give x of A x = b.</summary>
    /// <param name="again">Further right sides, each timed apart.</param>
    /// <param name="refined">With the default two steps of refinement, or none.</param>
    public (PeerRun First, double[] Again) Umfpack(Triplets a, bool transposed, double[] right, int again, bool refined = true)
    {
        var triplets = (delegate* unmanaged<int, int, int, int*, int*, double*, int*, int*, double*, int*, int>)Symbol(_umfpack, "umfpack_di_triplet_to_col");
        var symbolic = (delegate* unmanaged<int, int, int*, int*, double*, void**, double*, double*, int>)Symbol(_umfpack, "umfpack_di_symbolic");
        var numeric = (delegate* unmanaged<int*, int*, double*, void*, void**, double*, double*, int>)Symbol(_umfpack, "umfpack_di_numeric");
        var solve = (delegate* unmanaged<int, int*, int*, double*, double*, double*, void*, double*, double*, int>)Symbol(_umfpack, "umfpack_di_solve");
        var freeSymbolic = (delegate* unmanaged<void**, void>)Symbol(_umfpack, "umfpack_di_free_symbolic");
        var freeNumeric = (delegate* unmanaged<void**, void>)Symbol(_umfpack, "umfpack_di_free_numeric");
        var defaults = (delegate* unmanaged<double*, void>)Symbol(_umfpack, "umfpack_di_defaults");
        var control = stackalloc double[ControlLength];
        var info = stackalloc double[InfoLength];
        defaults(control);
        if (!refined)
        {
            control[RefinementSteps] = 0;
        }

        var n = a.Columns;
        var x = new double[n];
        var starts = new int[n + 1];
        var rows = new int[a.Count];
        var values = new double[a.Count];
        var times = new double[again];
        void* analysed = null;
        void* factors = null;
        fixed (int* ti = transposed ? a.Column : a.Row, tj = transposed ? a.Row : a.Column, ap = starts, ai = rows)
        fixed (double* tx = a.Value, ax = values, px = x, b = right)
        {
            try
            {
                var clock = Stopwatch.StartNew();
                Succeed(triplets(n, n, a.Count, ti, tj, tx, ap, ai, ax, null), "umfpack_di_triplet_to_col");
                var assembled = Lap(clock);
                Succeed(symbolic(n, n, ap, ai, ax, &analysed, control, info), "umfpack_di_symbolic");
                var ordered = Lap(clock);
                Succeed(numeric(ap, ai, ax, analysed, &factors, control, info), "umfpack_di_numeric");
                var factorised = Lap(clock);
                var entries = info[EntriesOfL] + info[EntriesOfU];
                Succeed(solve(transposed ? 1 : 0, ap, ai, ax, px, b, factors, control, info), "umfpack_di_solve");
                var run = new PeerRun(assembled, ordered, factorised, Lap(clock), entries, [.. x]);
                for (var at = 0; at < again; at++)
                {
                    clock.Restart();
                    Succeed(solve(transposed ? 1 : 0, ap, ai, ax, px, b, factors, control, info), "umfpack_di_solve");
                    times[at] = Lap(clock);
                }

                return (run, times);
            }
            finally
            {
                freeSymbolic(&analysed);
                freeNumeric(&factors);
            }
        }
    }

    /// <summary>KLU with its defaults: block triangular form, AMD on each block.</summary>
    public (PeerRun First, double[] Again) Klu(Triplets a, double[] right, int again)
    {
        var defaults = (delegate* unmanaged<void*, int>)Symbol(_klu, "klu_defaults");
        var analyze = (delegate* unmanaged<int, int*, int*, void*, void*>)Symbol(_klu, "klu_analyze");
        var factor = (delegate* unmanaged<int*, int*, double*, void*, void*, void*>)Symbol(_klu, "klu_factor");
        var solve = (delegate* unmanaged<void*, void*, int, int, double*, void*, int>)Symbol(_klu, "klu_solve");
        var freeSymbolic = (delegate* unmanaged<void**, void*, int>)Symbol(_klu, "klu_free_symbolic");
        var freeNumeric = (delegate* unmanaged<void**, void*, int>)Symbol(_klu, "klu_free_numeric");
        var triplets = (delegate* unmanaged<int, int, int, int*, int*, double*, int*, int*, double*, int*, int>)Symbol(_umfpack, "umfpack_di_triplet_to_col");
        var common = stackalloc byte[KluCommonLength];
        Succeed(defaults(common) == 1 ? 0 : -1, "klu_defaults");
        var n = a.Columns;
        var x = new double[n];
        var starts = new int[n + 1];
        var rows = new int[a.Count];
        var values = new double[a.Count];
        var times = new double[again];
        void* analysed = null;
        void* factors = null;
        fixed (int* ti = a.Row, tj = a.Column, ap = starts, ai = rows)
        fixed (double* tx = a.Value, ax = values, px = x)
        {
            try
            {
                var clock = Stopwatch.StartNew();
                Succeed(triplets(n, n, a.Count, ti, tj, tx, ap, ai, ax, null), "umfpack_di_triplet_to_col");
                var assembled = Lap(clock);
                analysed = analyze(n, ap, ai, common);
                Succeed(analysed == null ? -1 : 0, "klu_analyze");
                var ordered = Lap(clock);
                factors = factor(ap, ai, ax, analysed, common);
                Succeed(factors == null ? -1 : 0, "klu_factor");
                var factorised = Lap(clock);
                right.CopyTo(x, 0);
                Succeed(solve(analysed, factors, n, 1, px, common) == 1 ? 0 : -1, "klu_solve");

                // lnz and unz are the third and fourth whole number of klu_numeric.
                var run = new PeerRun(assembled, ordered, factorised, Lap(clock), ((int*)factors)[2] + (double)((int*)factors)[3], [.. x]);
                for (var at = 0; at < again; at++)
                {
                    right.CopyTo(x, 0);
                    clock.Restart();
                    Succeed(solve(analysed, factors, n, 1, px, common) == 1 ? 0 : -1, "klu_solve");
                    times[at] = Lap(clock);
                }

                return (run, times);
            }
            finally
            {
                freeSymbolic(&analysed, common);
                freeNumeric(&factors, common);
            }
        }
    }

    private static SuiteSparse? Find() =>
        NativeLibrary.TryLoad("libumfpack.so.5", out var umfpack) && NativeLibrary.TryLoad("libklu.so.1", out var klu) ? new SuiteSparse(umfpack, klu) : null;

    private static void* Symbol(nint library, string name) => (void*)NativeLibrary.GetExport(library, name);

    private static double Lap(Stopwatch clock)
    {
        var seconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        return seconds;
    }

    private static void Succeed(int status, string call)
    {
        if (status != 0)
        {
            throw new InvalidOperationException($"{call} ended with {status}");
        }
    }
}
