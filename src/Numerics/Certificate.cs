namespace Tanlu.Numerics;

/// <summary>
/// What shows that a solution is one.
/// </summary>
/// <param name="BackwardError">
/// max |f − A x|ᵢ / (|A| |x| + |f|)ᵢ over the products (Oettli and Prager 1964): the largest relative change of the entries of A and f under which x is exact. Reckoned
/// with the matrix as it was given, not with the scaled and ordered one that was solved.
/// </param>
/// <param name="PrimalDual">
/// Relative difference of d·x and y·f, where y = A⁻ᵀ d was found by the transposed route: d is the direct impacts of the indicators where these are known, else a fixed
/// positive row. Relative to the larger of |d|·|x| and |y|·|f|, so that credits which cancel do not hide an error.
/// </param>
/// <param name="Sweeps">Sweeps of Gauss–Seidel, of the loop that took most; 0 where everything was solved directly.</param>
/// <param name="Components">Strongly connected components of the network.</param>
/// <param name="Fallback">Why a loop was factorised instead of swept: <c>growth</c>, <c>slow</c> or <c>inaccurate</c>; null where none was.</param>
public sealed record Certificate(double BackwardError, double PrimalDual, int Sweeps, int Components, string? Fallback)
{
    /// <summary>No solution with a larger backward error is handed out.</summary>
    public const double LargestBackwardError = 1e-10;

    /// <summary>Beyond it the two routes differ so much that the entries do not determine the result.</summary>
    public const double LargestPrimalDual = 1e-6;
}

/// <summary>How much every process has to run: <paramref name="Values"/> by process (column of the technology matrix), in multiples of the process as it is written.</summary>
public sealed record Supply(double[] Values, Certificate Certificate);

/// <summary>The structure of a network.</summary>
/// <param name="Size">Processes.</param>
/// <param name="Count">Entries of the technology matrix.</param>
/// <param name="Components">Strongly connected components, single processes included.</param>
/// <param name="Loops">Components of more than one process.</param>
/// <param name="Largest">Processes of the largest component.</param>
public sealed record NetworkShape(int Size, int Count, int Components, int Loops, int Largest);
