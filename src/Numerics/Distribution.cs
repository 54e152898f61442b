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
}
