namespace Tanlu.Products;

/// <summary>
/// A value with its derivatives by the input parameters it depends on (forward-mode automatic differentiation: every operation applies the chain rule once). Parameters are
/// numbered; the numbers are in ascending order.
/// </summary>
internal sealed class Sensitive
{
    private static readonly int[] Nothing = [];

    private Sensitive(double value, int[] by, double[] slopes)
    {
        Value = value;
        By = by;
        Slopes = slopes;
    }

    public double Value { get; }

    /// <summary>Numbers of the parameters that the value depends on.</summary>
    public int[] By { get; }

    /// <summary>Derivative by each of <see cref="By"/>.</summary>
    public double[] Slopes { get; }

    public bool IsConstant => By.Length == 0;

    public static Sensitive Constant(double value) => new(value, Nothing, []);

    public static Sensitive Parameter(int number, double value) => new(value, [number], [1]);

    /// <summary>f(a) with f'(a) = <paramref name="slope"/>.</summary>
    public static Sensitive Of(double value, Sensitive a, double slope) =>
        a.IsConstant ? Constant(value) : new Sensitive(value, a.By, Array.ConvertAll(a.Slopes, s => s * slope));

    /// <summary>f(a, b) with the partial derivatives <paramref name="slopeA"/> and <paramref name="slopeB"/>.</summary>
    public static Sensitive Of(double value, Sensitive a, double slopeA, Sensitive b, double slopeB)
    {
        if (b.IsConstant)
        {
            return Of(value, a, slopeA);
        }

        if (a.IsConstant)
        {
            return Of(value, b, slopeB);
        }

        var by = new List<int>(a.By.Length + b.By.Length);
        var slopes = new List<double>(a.By.Length + b.By.Length);
        for (int i = 0, j = 0; i < a.By.Length || j < b.By.Length;)
        {
            var left = i < a.By.Length ? a.By[i] : int.MaxValue;
            var right = j < b.By.Length ? b.By[j] : int.MaxValue;
            by.Add(Math.Min(left, right));
            slopes.Add((left <= right ? a.Slopes[i++] * slopeA : 0) + (right <= left ? b.Slopes[j++] * slopeB : 0));
        }

        return new Sensitive(value, [.. by], [.. slopes]);
    }

    public static Sensitive operator +(Sensitive a, Sensitive b) => Of(a.Value + b.Value, a, 1, b, 1);

    public static Sensitive operator -(Sensitive a, Sensitive b) => Of(a.Value - b.Value, a, 1, b, -1);

    public static Sensitive operator *(Sensitive a, Sensitive b) => Of(a.Value * b.Value, a, b.Value, b, a.Value);

    public static Sensitive operator *(Sensitive a, double factor) => Of(a.Value * factor, a, factor);

    public static Sensitive operator /(Sensitive a, Sensitive b) => Of(a.Value / b.Value, a, 1 / b.Value, b, -a.Value / (b.Value * b.Value));
}
