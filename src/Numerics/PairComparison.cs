namespace Tanlu.Numerics;

/// <summary>
/// Two figures drawn with the same random numbers, compared sample by sample: what both share cancels, as it must where the question is which of them is larger.
/// </summary>
public sealed class PairComparison
{
    private readonly double[] _ratios;

    /// <summary>Samples of A and B by number; those where one is not a number count for neither.</summary>
    /// <exception cref="ArgumentException">The two are not as many as each other.</exception>
    public PairComparison(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double certainA, double certainB)
    {
        if (a.Length != b.Length)
        {
            throw new ArgumentException("Samples are compared in pairs.", nameof(b));
        }

        var (differences, ratios) = (new List<double>(a.Length), new List<double>(a.Length));
        var score = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            if (double.IsFinite(a[i]) && double.IsFinite(b[i]))
            {
                differences.Add(a[i] - b[i]);
                ratios.Add(a[i] / b[i]);
                score += a[i] > b[i] ? 1 : a[i] == b[i] ? 0.5 : 0;
            }
        }

        Difference = new SampleSummary([.. differences], certainA - certainB);
        Probability = differences.Count > 0 ? score / differences.Count : double.NaN;
        _ratios = ratios.TrueForAll(double.IsFinite) ? [.. ratios] : [];
        Array.Sort(_ratios);
    }

    /// <summary>Share of the samples in which A is larger than B; a tie counts half.</summary>
    public double Probability { get; }

    /// <summary>√(p(1 − p)/n).</summary>
    public double StandardError => Math.Sqrt(Probability * (1 - Probability) / Difference.Count);

    /// <summary>A − B.</summary>
    public SampleSummary Difference { get; }

    /// <summary>Of A/B; null where some B is 0.</summary>
    public double? RatioQuantile(double share) => _ratios.Length == 0 ? null : SampleSummary.Quantile(_ratios, share);
}
