using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>
/// Sobol points with the direction numbers of Joe and Kuo (2008): numbers that fill the unit cube more evenly than random ones. Each dimension is shifted digit by digit by a number of its
/// own, so that another seed gives another point set of the same evenness. Point n of a dimension is a function of n alone.
/// </summary>
public static class SobolPoints
{
    /// <summary>Dimensions that have direction numbers; whoever needs more draws the rest from its random streams.</summary>
    public const int MostDimensions = 128;

    private const int Bits = 32;

    private static readonly Lazy<uint[][]> Directions = new(Read);

    /// <summary>Coordinate of a point, unshifted: 0 for point 0.</summary>
    /// <param name="dimension">From 0.</param>
    public static double Plain(int dimension, uint point) => Digits(dimension, point) / 4294967296.0;

    /// <summary>Above 0 and below 1; the digits after the 32nd come from the shift.</summary>
    internal static double Shifted(int dimension, uint point, ulong shift) => SampleStreams.Unit(((ulong)Digits(dimension, point) << 32) ^ shift);

    private static uint Digits(int dimension, uint point)
    {
        var directions = Directions.Value[dimension];
        var digits = 0u;
        for (var bit = 0; point != 0; bit++, point >>= 1)
        {
            if ((point & 1) != 0)
            {
                digits ^= directions[bit];
            }
        }

        return digits;
    }

    private static uint[][] Read()
    {
        var first = new uint[Bits];
        for (var bit = 0; bit < Bits; bit++)
        {
            first[bit] = 1u << (Bits - 1 - bit);
        }

        return [first, .. DataRows.Read("lca/sobol.csv").Select(row => Of(Whole(row["degree"]), Whole(row["coefficients"]), [.. row["initial"].Split(' ').Select(m => (uint)Whole(m))]))];
    }

    // The recurrence of Bratley and Fox (1988): each direction from the ones before it, by the coefficients of the primitive polynomial.
    private static uint[] Of(int degree, int coefficients, uint[] initial)
    {
        var directions = new uint[Bits];
        for (var bit = 0; bit < Bits; bit++)
        {
            if (bit < degree)
            {
                directions[bit] = initial[bit] << (Bits - 1 - bit);
                continue;
            }

            directions[bit] = directions[bit - degree] ^ (directions[bit - degree] >> degree);
            for (var k = 1; k < degree; k++)
            {
                directions[bit] ^= (uint)((coefficients >> (degree - 1 - k)) & 1) * directions[bit - k];
            }
        }

        return directions;
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
