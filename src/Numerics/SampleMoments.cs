namespace Tanlu.Numerics;

/// <summary>
/// Count, mean, variance and skewness of numbers as they come; two such sums can be put together (Pébay 2008). Nothing is kept but four numbers.
/// </summary>
public struct SampleMoments
{
    private double _second;
    private double _third;

    public long Count { get; private set; }

    public double Mean { get; private set; }

    /// <summary>Of the population that the numbers were drawn from (divided by n − 1); 0 below two numbers.</summary>
    public readonly double Variance => Count > 1 ? _second / (Count - 1) : 0;

    public readonly double StandardDeviation => Math.Sqrt(Variance);

    /// <summary>Of the mean: standard deviation over √n.</summary>
    public readonly double StandardError => Count > 0 ? Math.Sqrt(Variance / Count) : 0;

    /// <summary>Third central moment over the third power of the standard deviation; 0 where nothing varies.</summary>
    public readonly double Skewness => _second > 0 ? Math.Sqrt(Count) * _third / Math.Pow(_second, 1.5) : 0;

    public void Add(double value)
    {
        Count++;
        var delta = value - Mean;
        var part = delta / Count;
        var term = delta * part * (Count - 1);
        _third += (term * part * (Count - 2)) - (3 * part * _second);
        _second += term;
        Mean += part;
    }

    public void Add(in SampleMoments other)
    {
        if (other.Count == 0)
        {
            return;
        }

        var (a, b) = ((double)Count, (double)other.Count);
        var n = a + b;
        var delta = other.Mean - Mean;
        _third += other._third + (delta * delta * delta * a * b * (a - b) / (n * n)) + (3 * delta * ((a * other._second) - (b * _second)) / n);
        _second += other._second + (delta * delta * a * b / n);
        Mean += delta * b / n;
        Count += other.Count;
    }

    public static SampleMoments Of(ReadOnlySpan<double> values)
    {
        var moments = default(SampleMoments);
        foreach (var value in values)
        {
            moments.Add(value);
        }

        return moments;
    }
}
