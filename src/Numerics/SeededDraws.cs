namespace Tanlu.Numerics;

/// <summary>
/// Random numbers of a seed and the number of a stream, for data that is generated: the same on every machine, because only operations are used that IEEE 754 rounds exactly.
/// The generator is SplitMix64 (Steele, Lea and Flood 2014).
/// </summary>
internal struct SeededDraws(ulong seed, ulong stream)
{
    /// <summary>More events than <see cref="Events"/> ever returns.</summary>
    public const int MostEvents = 128;

    private ulong _state = Mixed(seed + (stream * 0xD1342543DE82EF95UL));

    public delegate double Draw(ref SeededDraws draws);

    public ulong Next() => Mixed(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>At least 0 and below 1, in steps of 2⁻⁵³.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>Number of events of a Poisson process with this mean, which is at most 30: uniform numbers are multiplied until they fall below e^−mean (Knuth).</summary>
    public int Events(double mean)
    {
        var (least, product, count) = (Exp(-mean), Unit(), 0);
        while (product > least && count < MostEvents)
        {
            product *= Unit();
            count++;
        }

        return count;
    }

    /// <summary>Standard normal within ±6: twelve uniform numbers less 6.</summary>
    public double Normal()
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
        {
            sum += Unit();
        }

        return sum;
    }

    /// <summary>10^x with x normal around 0 with this standard deviation.</summary>
    public double PowerOfTen(double spread) => Exp(2.302585092994046 * spread * Normal());

    /// <summary>Standard deviation of a logarithm as inventories have it: 0.05 to 0.3.</summary>
    public double Sigma() => 0.05 + (0.25 * Unit());

    /// <summary>The numbers below <paramref name="count"/> in random order.</summary>
    public int[] Order(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        for (var i = count - 1; i > 0; i--)
        {
            var other = Below(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }

    /// <summary>e^x to about 15 digits for |x| up to 700, by its series around the nearest multiple of ln 2; a library's function may round differently elsewhere.</summary>
    internal static double Exp(double x)
    {
        var halves = Math.Round(x * 1.4426950408889634);
        var rest = x - (halves * 0.6931471805599453);
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; k < 20; k++)
        {
            term *= rest / k;
            sum += term;
        }

        return Math.ScaleB(sum, (int)halves);
    }

    internal static ulong Mixed(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
