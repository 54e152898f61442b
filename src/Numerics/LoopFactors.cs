namespace Tanlu.Numerics;

/// <summary>L U of the matrix of one loop.</summary>
internal abstract class LoopFactors
{
    /// <summary>A weaker pivot is nothing but rounding: the matrix is singular as far as doubles can tell.</summary>
    public const double Singular = 1e-14;

    /// <summary>
    /// The smallest pivot in relation to the terms that it is the difference of, |u| / (|L| |U|) on the diagonal: about the reciprocal of the condition, whatever the units of
    /// rows and columns. Zero for a singular matrix.
    /// </summary>
    public double WeakestPivot { get; protected set; } = 1;

    /// <summary>Column of that pivot.</summary>
    public int WeakestColumn { get; protected set; }

    /// <summary>A⁻¹ b in place, for <paramref name="lanes"/> right sides standing side by side (size × lanes).</summary>
    public abstract void Solve(Span<double> b, int lanes = 1);

    /// <summary>A⁻ᵀ b in place, for <paramref name="lanes"/> right sides standing side by side.</summary>
    public abstract void SolveTransposed(Span<double> b, int lanes = 1);
}
