namespace Tanlu.Products;

/// <summary>
/// The functions of formulas, with their derivatives. Names as openLCA, SimaPro and EcoSpold 2 write them, in any case; <c>log</c> is to base 10 in all three. Where a function
/// has a kink (abs, min, max, round) the derivative is that of the branch taken.
/// </summary>
internal static class FormulaFunctions
{
    public static bool IsCondition(string name) => name is "if" or "iff" or "iif";

    public static Sensitive? Constant(string name) => name.ToLowerInvariant() switch
    {
        "pi" => Sensitive.Constant(Math.PI),
        "e" => Sensitive.Constant(Math.E),
        "true" => Sensitive.Constant(1),
        "false" => Sensitive.Constant(0),
        _ => null,
    };

    public static Sensitive Power(Sensitive a, Sensitive b)
    {
        var value = Math.Pow(a.Value, b.Value);
        var byBase = b.Value == 0 ? 0 : b.Value * Math.Pow(a.Value, b.Value - 1);
        return b.IsConstant ? Sensitive.Of(value, a, byBase) : Sensitive.Of(value, a, byBase, b, a.Value == 0 ? 0 : value * Math.Log(a.Value));
    }

    /// <exception cref="FormulaException">There is no such function, or it takes another number of arguments.</exception>
    public static Sensitive Apply(string name, Sensitive[] given) => given.Length switch
    {
        0 when Constant(name) is { } constant => constant,
        1 when One(name, given[0]) is { } value => value,
        2 when Two(name, given[0], given[1]) is { } value => value,
        > 0 when Many(name, given) is { } value => value,
        _ => throw new FormulaException(IsKnown(name) ? "formula_arguments" : "formula_unknown_function", name),
    };

    private static bool IsKnown(string name)
    {
        var x = Sensitive.Constant(0.5);
        return Constant(name) is not null || One(name, x) is not null || Two(name, x, x) is not null || Many(name, [x]) is not null;
    }

    private static Sensitive? One(string name, Sensitive a)
    {
        var x = a.Value;
        return name switch
        {
            "abs" => Sensitive.Of(Math.Abs(x), a, Math.Sign(x)),
            "sqrt" => Sensitive.Of(Math.Sqrt(x), a, 0.5 / Math.Sqrt(x)),
            "sqr" => Sensitive.Of(x * x, a, 2 * x),
            "exp" => Sensitive.Of(Math.Exp(x), a, Math.Exp(x)),
            "ln" => Sensitive.Of(Math.Log(x), a, 1 / x),
            "log" or "lg" or "log10" => Sensitive.Of(Math.Log10(x), a, 1 / (x * Math.Log(10))),
            "log2" => Sensitive.Of(Math.Log2(x), a, 1 / (x * Math.Log(2))),
            "sin" => Sensitive.Of(Math.Sin(x), a, Math.Cos(x)),
            "cos" => Sensitive.Of(Math.Cos(x), a, -Math.Sin(x)),
            "tan" => Sensitive.Of(Math.Tan(x), a, 1 / Math.Pow(Math.Cos(x), 2)),
            "cot" or "cotan" => Sensitive.Of(1 / Math.Tan(x), a, -1 / Math.Pow(Math.Sin(x), 2)),
            "asin" or "arcsin" => Sensitive.Of(Math.Asin(x), a, 1 / Math.Sqrt(1 - (x * x))),
            "acos" or "arccos" => Sensitive.Of(Math.Acos(x), a, -1 / Math.Sqrt(1 - (x * x))),
            "atan" or "arctan" => Sensitive.Of(Math.Atan(x), a, 1 / (1 + (x * x))),
            "sinh" => Sensitive.Of(Math.Sinh(x), a, Math.Cosh(x)),
            "cosh" => Sensitive.Of(Math.Cosh(x), a, Math.Sinh(x)),
            "tanh" => Sensitive.Of(Math.Tanh(x), a, 1 - Math.Pow(Math.Tanh(x), 2)),
            "round" => Sensitive.Constant(Math.Round(x, MidpointRounding.AwayFromZero)),
            "ceil" or "ceiling" => Sensitive.Constant(Math.Ceiling(x)),
            "floor" => Sensitive.Constant(Math.Floor(x)),
            "int" or "trunc" => Sensitive.Constant(Math.Truncate(x)),
            "frac" => Sensitive.Of(x - Math.Truncate(x), a, 1),
            "sign" => Sensitive.Constant(Math.Sign(x)),
            "not" => Sensitive.Constant(x == 0 ? 1 : 0),
            _ => null,
        };
    }

    private static Sensitive? Two(string name, Sensitive a, Sensitive b) => name switch
    {
        "pow" or "power" => Power(a, b),
        "ipower" => Power(a, Sensitive.Constant(Math.Truncate(b.Value))),
        "mod" => Sensitive.Of(a.Value % b.Value, a, 1, b, -Math.Truncate(a.Value / b.Value)),
        "round" => Sensitive.Constant(Rounded(a.Value, b.Value)),
        "log" => Sensitive.Of(Math.Log(a.Value) / Math.Log(b.Value), a, 1 / (a.Value * Math.Log(b.Value)), b, -Math.Log(a.Value) / (b.Value * Math.Pow(Math.Log(b.Value), 2))),
        _ => null,
    };

    private static Sensitive? Many(string name, Sensitive[] given) => name switch
    {
        "min" => given.MinBy(g => g.Value),
        "max" => given.MaxBy(g => g.Value),
        "sum" => given.Aggregate((a, b) => a + b),
        "avg" or "mean" or "average" => given.Aggregate((a, b) => a + b) * (1.0 / given.Length),
        "and" => Sensitive.Constant(given.All(g => g.Value != 0) ? 1 : 0),
        "or" => Sensitive.Constant(given.Any(g => g.Value != 0) ? 1 : 0),
        _ => null,
    };

    private static double Rounded(double value, double digits)
    {
        var scale = Math.Pow(10, Math.Truncate(digits));
        return Math.Round(value * scale, MidpointRounding.AwayFromZero) / scale;
    }
}
