namespace Tanlu.Numerics;

/// <summary>Why the mean of the samples differs from the value without uncertainty.</summary>
public enum MeanShift
{
    /// <summary>It does not, by more than two standard errors.</summary>
    None,

    /// <summary>The inputs' own means differ from the values that they are written with: a lognormal amount stands with its median, and its mean is e^(σ²/2) times that.</summary>
    SkewedInputs,

    /// <summary>Products, quotients and loops of uncertain amounts: the mean of a product is not the product of the means.</summary>
    Structure,
}

/// <summary>One bin of a histogram: from <paramref name="From"/> to below <paramref name="To"/>; the last one includes its end.</summary>
public readonly record struct HistogramBin(double From, double To, int Count);

/// <summary>What the samples of one figure say. Quantiles are exact: every sample is kept.</summary>
public sealed class SampleSummary
{
    private readonly double[] _sorted;

    /// <param name="samples">In any order, without those that could not be solved.</param>
    /// <param name="certain">The value without uncertainty.</param>
    /// <param name="inputShift">What the inputs' means add to it, to first order.</param>
    public SampleSummary(ReadOnlySpan<double> samples, double certain, double inputShift = 0)
    {
        Moments = SampleMoments.Of(samples);
        _sorted = samples.ToArray();
        Array.Sort(_sorted);
        Certain = certain;
        InputShift = inputShift;
    }

    /// <summary>The value without uncertainty, as the certified solution has it.</summary>
    public double Certain { get; }

    /// <summary>What <see cref="Mean"/> should exceed <see cref="Certain"/> by because the means of the inputs are not the values they are written with, to first order.</summary>
    public double InputShift { get; }

    public SampleMoments Moments { get; }

    public int Count => _sorted.Length;

    public double Mean => Moments.Mean;

    public double StandardDeviation => Moments.StandardDeviation;

    public double StandardError => Moments.StandardError;

    public double Skewness => Moments.Skewness;

    public double Median => Quantile(0.5);

    /// <summary>The 2.5 % quantile; with <see cref="Upper"/> it bounds the middle 95 % of the samples.</summary>
    public double Lower => Quantile(0.025);

    public double Upper => Quantile(0.975);

    public double Least => Count > 0 ? _sorted[0] : double.NaN;

    public double Most => Count > 0 ? _sorted[^1] : double.NaN;

    /// <summary>Why mean and certain value differ.</summary>
    public MeanShift Reason =>
        Math.Abs(Mean - Certain) <= Math.Max(2 * StandardError, 1e-9 * Math.Abs(Certain)) ? MeanShift.None
        : Math.Abs(Mean - Certain - InputShift) <= Math.Abs(Mean - Certain) / 2 ? MeanShift.SkewedInputs
        : MeanShift.Structure;

    /// <summary>Between the two nearest samples in proportion (definition 7 of Hyndman and Fan 1996); not a number without samples.</summary>
    public double Quantile(double share) => Quantile(_sorted, share);

    /// <summary>Bins of one width from the least to the most sample; one bin where all are the same.</summary>
    public IReadOnlyList<HistogramBin> Histogram(int bins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (Count == 0)
        {
            return [];
        }

        var width = (Most - Least) / bins;
        if (!(width > 0))
        {
            return [new HistogramBin(Least, Most, Count)];
        }

        var counts = new int[bins];
        foreach (var value in _sorted)
        {
            counts[Math.Min(bins - 1, (int)((value - Least) / width))]++;
        }

        return [.. counts.Select((count, bin) => new HistogramBin(Least + (bin * width), bin == bins - 1 ? Most : Least + ((bin + 1) * width), count))];
    }

    internal static double Quantile(double[] sorted, double share)
    {
        if (sorted.Length == 0)
        {
            return double.NaN;
        }

        var place = Math.Clamp(share, 0, 1) * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
