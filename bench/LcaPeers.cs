using System.Diagnostics;
using System.Globalization;
using Tanlu.Numerics;

namespace Tanlu.Bench;

/// <summary>A peer's first product and its further ones, in one orientation.</summary>
/// <param name="First">Median over the runs, the impacts of the solution included.</param>
/// <param name="Again">A further right side.</param>
/// <param name="ImpactsOff">Largest relative difference of its impacts from ours.</param>
/// <param name="SupplyOff">The same of the supply, over what is not negligible.</param>
internal sealed record LcaPeer(string Name, Repeats First, PeerRun Run, Repeats Again, double ImpactsOff, double SupplyOff)
{
    /// <summary>The steps in words, as a figure's line states them.</summary>
    public string Steps => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}: assembling {Run.Assemble * 1000:0.#}, symbolic {Run.Symbolic * 1000:0}, numeric {Run.Numeric * 1000:0}, solve {Run.Solve * 1000:0.#} ms, {Run.Entries / 1e6:0.0} million entries; {First.Said}; from ours impacts {ImpactsOff:0.0E+0}, supply {SupplyOff:0.0E+0}");
}

/// <summary>The peers on the same matrix in the same run.</summary>
internal static class LcaPeers
{
    public const string Missing = "peer missing; sudo apt-get install --no-install-recommends libumfpack5 libklu1 libopenblas0-pthread";

    private const int Rights = 9;

    private const double LargestDifference = 1e-6;

    // A direct solver is right to its rounding in relation to the largest terms of an equation; what is far below them it may lose.
    private const double Negligible = 1e-9;

    /// <summary>UMFPACK on A, on Aᵀ, and KLU; the quicker of the first two comes first.</summary>
    public static IReadOnlyList<LcaPeer> Measure(SuiteSparse peers, LcaCase network, LcaFirst ours)
    {
        var right = network.Demand;
        var plain = Of("UMFPACK on A", 2, again => peers.Umfpack(network.Network.Technology, transposed: false, right, again));
        var turned = Of("UMFPACK on Aᵀ", 5, again => peers.Umfpack(network.Network.Technology, transposed: true, right, again));
        var klu = Of("KLU (BTF, AMD)", 2, again => peers.Klu(network.Network.Technology, right, again));
        return plain.First.Median < turned.First.Median ? [plain, turned, klu] : [turned, plain, klu];

        LcaPeer Of(string name, int times, Func<int, (PeerRun First, double[] Again)> solve)
        {
            var totals = new List<double>();
            double[] impacts = [];
            var (run, again) = solve(Rights);
            for (var at = 0; at < times; at++)
            {
                if (at > 0)
                {
                    (run, again) = solve(Rights);
                }

                var started = Stopwatch.GetTimestamp();
                impacts = network.Impacts(run.Solution);
                totals.Add(run.Total + Stopwatch.GetElapsedTime(started).TotalSeconds);
            }

            var off = LcaCase.Difference(ours.Impacts, impacts);
            LcaCase.Require(off <= LargestDifference, name, "impacts differ from ours by", off);
            return new(name, Repeats.Of(totals), run, Repeats.Of(again), off, Off(ours.Supply.Values, run.Solution));
        }
    }

    /// <summary>Our figure beside a peer, or the figure without one.</summary>
    public static Figure Beside(string row, double ours, string unit, string oursIs, LcaPeer? peer, Func<LcaPeer, double> figure, Func<LcaPeer, string> says, double goal) =>
        peer is null ? new Figure(row, ours, double.NaN, unit, Missing, goal, AtMost: true, oursIs) : new Figure(row, ours, figure(peer), unit, says(peer), goal, AtMost: true, oursIs);

    private static double Off(double[] ours, double[] theirs)
    {
        // Supplies are in multiples of the processes as they are written, over many powers of ten; the median of those that run says what is negligible.
        var running = ours.Where(v => v != 0).Select(Math.Abs).Order().ToList();
        var least = running.Count == 0 ? 0 : running[running.Count / 2] * Negligible;
        var off = 0.0;
        for (var i = 0; i < ours.Length; i++)
        {
            if (Math.Abs(ours[i]) > least)
            {
                off = Math.Max(off, Math.Abs(ours[i] - theirs[i]) / Math.Abs(ours[i]));
            }
        }

        return off;
    }
}
