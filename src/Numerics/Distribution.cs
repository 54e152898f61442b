using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>The families of distributions that life cycle inventories use.</summary>
public enum DistributionKind : byte
{
    /// <summary>The value is taken as certain.</summary>
    None,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
}

/// <summary>
/// An uncertain amount. Lognormal: <paramref name="First"/> is the median (geometric mean) in the amount's own unit and with its sign, <paramref name="Second"/> the standard
/// deviation of the logarithm (the logarithm of the geometric standard deviation). Normal: mean, standard deviation. Triangular: minimum, mode, maximum. Uniform: minimum, maximum.
/// </summary>
public readonly record struct Distribution(DistributionKind Kind, double First, double Second, double Third = 0)
{
    public static Distribution Certain => default;

    /// <summary>It has one value only: no kind, or a width of exactly zero.</summary>
    public bool IsCertain => Kind switch
    {
        DistributionKind.Lognormal => Second == 0 || First == 0,
        DistributionKind.Normal => Second == 0,
        DistributionKind.Uniform => First == Second,
        DistributionKind.Triangular => First == Third && First == Second,
        _ => true,
    };

    /// <summary>Expected value; of a lognormal one more than the median in size, e^(σ²/2) times. Not a number where there is no kind.</summary>
    public double Mean => Kind switch
    {
        DistributionKind.Lognormal => First * Math.Exp(Second * Second / 2),
        DistributionKind.Normal => First,
        DistributionKind.Triangular => (First + Second + Third) / 3,
        DistributionKind.Uniform => First + ((Second - First) / 2),
        _ => double.NaN,
    };

    /// <summary>0 where there is no kind.</summary>
    public double Variance => Kind switch
    {
        DistributionKind.Lognormal => First * First * Math.Exp(Second * Second) * Expm1(Second * Second),
        DistributionKind.Normal => Second * Second,
        DistributionKind.Triangular => (Squared(First - Second) + Squared(Second - Third) + Squared(Third - First)) / 36,
        DistributionKind.Uniform => Squared(Second - First) / 12,
        _ => 0,
    };

    /// <summary>The value below which a share <paramref name="u"/> lies, by the inverse of the distribution function; the same bits on every machine. Not a number where there is no kind.</summary>
    public double Quantile(double u)
    {
        switch (Kind)
        {
            case DistributionKind.Lognormal:
                // The larger half of a negative amount lies nearer to zero.
                return First * LaneMath.Exp((First < 0 ? -Second : Second) * NormalQuantile.Of(u));
            case DistributionKind.Normal:
                return First + (Second * NormalQuantile.Of(u));
            case DistributionKind.Uniform:
                return First + ((Second - First) * u);
            case DistributionKind.Triangular:
                var width = Third - First;
                if (width == 0)
                {
                    return First;
                }

                var below = (Second - First) / width;
                return u < below ? First + (width * Math.Sqrt(u * below)) : Third - (width * Math.Sqrt((1 - u) * (1 - below)));
            default:
                return double.NaN;
        }
    }

    /// <summary>The distribution of the amount in another unit or with another sign.</summary>
    public Distribution Times(double factor) => Kind switch
    {
        DistributionKind.Lognormal => this with { First = First * factor },
        DistributionKind.Normal => this with { First = First * factor, Second = Second * Math.Abs(factor) },
        DistributionKind.Uniform => factor < 0 ? this with { First = Second * factor, Second = First * factor } : this with { First = First * factor, Second = Second * factor },
        DistributionKind.Triangular => factor < 0
            ? this with { First = Third * factor, Second = Second * factor, Third = First * factor }
            : this with { First = First * factor, Second = Second * factor, Third = Third * factor },
        _ => this,
    };

    /// <summary>
    /// What is wrong with it: <c>distribution_not_finite</c>, <c>distribution_sigma</c> (no positive standard deviation), <c>distribution_triangular</c> (minimum, mode and maximum out of order) or
    /// <c>distribution_bounds</c> (minimum above maximum); null where it can be drawn from. A width of zero is no fault: see <see cref="IsCertain"/>.
    /// </summary>
    /// <param name="row">Number of the exchange.</param>
    /// <param name="subject">Process and flow, or process and parameter, for the text.</param>
    public Problem? Check(int? row, params IReadOnlyList<string> subject)
    {
        if (Kind == DistributionKind.None)
        {
            return null;
        }

        if (!double.IsFinite(First) || (Kind != DistributionKind.Lognormal && Kind != DistributionKind.Normal && !double.IsFinite(Second)) || (Kind == DistributionKind.Triangular && !double.IsFinite(Third)))
        {
            return new Problem("distribution_not_finite", row, "uncertainty", ToText(), subject);
        }

        return Kind switch
        {
            DistributionKind.Lognormal or DistributionKind.Normal when !(Second >= 0) || !double.IsFinite(Second) || !double.IsFinite(Variance) => new Problem("distribution_sigma", row, "uncertainty", Text(Second), subject),
            DistributionKind.Triangular when First > Second || Second > Third => new Problem("distribution_triangular", row, "uncertainty", ToText(), subject),
            DistributionKind.Uniform when First > Second => new Problem("distribution_bounds", row, "uncertainty", ToText(), subject),
            _ => null,
        };
    }

    private string ToText() => Kind == DistributionKind.Triangular ? $"{Text(First)}; {Text(Second)}; {Text(Third)}" : $"{Text(First)}; {Text(Second)}";

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static double Squared(double value) => value * value;

    // e^x − 1 without the loss of digits near 0.
    private static double Expm1(double x) => Math.Abs(x) < 1e-5 ? x * (1 + (x / 2) + (x * x / 6)) : Math.Exp(x) - 1;
}
