using System.Globalization;

namespace Tanlu.Bench;

/// <summary>One comparison: what we need, what the peer or the limit is, and how the two must stand to each other.</summary>
/// <param name="Row">Name of the row, with a word for the measure where the row has several.</param>
/// <param name="Ours">Our raw figure.</param>
/// <param name="Peer">The peer's raw figure from the same run, or a limit; not a number where the peer is not on this machine, and the figure is then short.</param>
/// <param name="Unit">Unit of both, e.g. <c>s</c>, <c>rows/s</c>, <c>MB</c>.</param>
/// <param name="PeerIs">The peer's command line, or <c>limit</c>.</param>
/// <param name="Goal">Bound of ours / peer.</param>
/// <param name="AtMost">The ratio must not exceed the goal (times, bytes); otherwise it must reach it (rates).</param>
/// <param name="OursIs">How our figure was taken, e.g. the median of how many.</param>
internal sealed record Figure(string Row, double Ours, double Peer, string Unit, string PeerIs, double Goal, bool AtMost, string OursIs = "")
{
    public double Ratio => Ours / Peer;

    public bool Ok => AtMost ? Ratio <= Goal : Ratio >= Goal;

    /// <summary><c>row | ours | peer or limit | ratio | goal | ok or short</c>.</summary>
    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"{Row} | {Shown(Ours)} {Unit}{(OursIs.Length > 0 ? $" ({OursIs})" : "")} | {(double.IsNaN(Peer) ? PeerIs : $"{Shown(Peer)} {Unit} ({PeerIs})")} | {(double.IsNaN(Peer) ? "–" : Shown(Ratio, "0.00"))} | {(AtMost ? "≤" : "≥")} {Goal:0.##} | {(Ok ? "ok" : "short")}");

    private static string Shown(double value, string usual = "0.###") =>
        value.ToString(Math.Abs(value) switch { >= 1000 => "0", > 0 and < 0.01 => "0.0E+0", _ => usual }, CultureInfo.InvariantCulture);
}

/// <summary>What a row may use: a seed, a folder of its own that is removed afterwards, and the repository.</summary>
/// <param name="Root">The repository's root, where <c>./tanlu</c> is.</param>
internal sealed record BenchmarkRun(ulong Seed, string Folder, string Root);

/// <summary>A row of <c>make bench</c>. It measures itself and its peer in the same run, and throws where a result is wrong: a fast wrong answer has no figure.</summary>
internal abstract class BenchmarkRow
{
    public abstract string Name { get; }

    /// <summary>What is measured and against what, for <c>bench/run list</c>.</summary>
    public abstract string Says { get; }

    public abstract IReadOnlyList<Figure> Measure(BenchmarkRun run);
}
