namespace Tanlu.Products;

/// <summary>A grade that falls by as many points with each doubling of the impact: points = 100 − step × log2(impact ÷ best), rounded and kept within 0 and 100; letters in steps of 20.</summary>
/// <param name="Best">Impact that earns 100 points, in the unit of the score.</param>
/// <param name="Step">Points lost per doubling.</param>
public sealed record LogarithmicGrade(double Best, double Step)
{
    /// <summary>The Ecobalyse food grade of 2022: 63.7 micro-points per kg earn 100 points.</summary>
    public static LogarithmicGrade EcobalyseFood { get; } = new(63.7, 20);

    /// <exception cref="ArgumentOutOfRangeException">The impact is not positive and finite.</exception>
    public int Points(double impact)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(impact);
        return double.IsFinite(impact)
            ? (int)Math.Clamp(Math.Round(100 - (Step * Math.Log2(impact / Best)), MidpointRounding.AwayFromZero), 0, 100)
            : throw new ArgumentOutOfRangeException(nameof(impact), impact, "A finite impact is needed.");
    }

    public string Letter(double impact) => Points(impact) switch
    {
        >= 80 => "A",
        >= 60 => "B",
        >= 40 => "C",
        >= 20 => "D",
        _ => "E",
    };
}
