namespace Tanlu.Numerics;

/// <summary>L U of the matrix of one loop.</summary>
internal abstract class LoopFactors
{
    /// <summary>Beyond it the matrix is singular as far as doubles can tell: no digit of a solution is certain.</summary>
    public const double Singular = 1e14;

    private const int Lanes = 16;

    private const int Rounds = 3;

    /// <summary>
    /// About the spectral radius of |A⁻¹| |A|: how much small relative changes of the entries change the solution, whatever the units of rows and columns (Bauer 1963). Infinite for
    /// a singular matrix.
    /// </summary>
    public double Condition { get; protected set; } = 1;

    /// <summary>A⁻¹ b in place, for <paramref name="lanes"/> right sides standing side by side (size × lanes).</summary>
    public abstract void Solve(Span<double> b, int lanes = 1);

    /// <summary>A⁻ᵀ b in place, for <paramref name="lanes"/> right sides standing side by side.</summary>
    public abstract void SolveTransposed(Span<double> b, int lanes = 1);

    /// <summary>
    /// Estimates the condition from below, by at most the square root of the size: a solution of right sides with random signs is as large as the rows of |A⁻¹| in the mean
    /// square, and a power iteration with it finds the scale in which the quotients are even (Collatz and Wielandt).
    /// </summary>
    /// <param name="sizes">|A| v, by row.</param>
    protected double Estimated(int size, Func<double[], double[]> sizes)
    {
        var draws = new SeededDraws(1, (ulong)size);
        var v = new double[size];
        v.AsSpan().Fill(1);
        var block = new double[size * Lanes];
        var least = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            var weights = sizes(v);
            for (var i = 0; i < size; i++)
            {
                var signs = draws.Next();
                for (var lane = 0; lane < Lanes; lane++)
                {
                    block[(i * Lanes) + lane] = ((signs >> lane) & 1) == 0 ? weights[i] : -weights[i];
                }
            }

            Solve(block, Lanes);
            var largest = 0.0;
            for (var i = 0; i < size; i++)
            {
                var sum = 0.0;
                foreach (var value in block.AsSpan(i * Lanes, Lanes))
                {
                    sum += value * value;
                }

                var next = Math.Sqrt(sum / Lanes);
                if (!double.IsFinite(next))
                {
                    return double.PositiveInfinity;
                }

                largest = Math.Max(largest, v[i] > 0 ? next / v[i] : 0);
                v[i] = next;
            }

            least = Math.Min(least, largest);
        }

        return Math.Max(least, 1);
    }
}
