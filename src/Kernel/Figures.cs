namespace Tanlu.Kernel;

/// <summary>A figure as people read it: the number's text and the unit beside it.</summary>
public readonly record struct FigureParts(string Number, string Unit)
{
    public override string ToString() => Unit.Length == 0 ? Number : $"{Number} {Unit}";
}

/// <summary>
/// Figures for boards: three significant figures in the unit in which the number stays between 1 and 1 000. Chinese counts tonnes and money in 万 and
/// 亿, English in thousands and millions.
/// </summary>
public static class Figures
{
    private const double TenThousand = 1e4;
    private const double HundredMillion = 1e8;

    private static readonly string[] Masses = ["mg", "g", "kg", "t", "kt", "Mt", "Gt"];
    private static readonly string[] Watthours = ["Wh", "kWh", "MWh", "GWh", "TWh"];
    private static readonly string[] Joules = ["J", "kJ", "MJ", "GJ", "TJ", "PJ", "EJ"];
    private static readonly string[] Watts = ["W", "kW", "MW", "GW"];

    private static readonly (string Code, Unit Unit)[][] Families =
        [.. new[] { Masses, Watthours, Joules, Watts }.Select(codes => codes.Select(code => (code, Units.Get(code))).ToArray())];

    /// <summary>Three significant figures and the unit that suits.</summary>
    /// <param name="value">In <paramref name="unit"/>.</param>
    /// <param name="unit">A unit code with an optional substance behind it, e.g. <c>kg CO2e</c>, <c>kWh</c>, <c>CNY</c>, <c>t CO2e/MWh</c>.</param>
    public static FigureParts Short(double value, string unit, Language language)
    {
        if (!double.IsFinite(value))
        {
            return new FigureParts(NumberText.NoNumber, unit);
        }

        var blank = unit.IndexOf(' ', StringComparison.Ordinal);
        var head = blank < 0 ? unit : unit[..blank];
        var substance = blank < 0 ? "" : unit[blank..];
        if (unit.Contains('/', StringComparison.Ordinal) || Units.Find(head) is not { } known)
        {
            return new FigureParts(NumberText.Significant(value), unit);
        }

        if (known.Dimension == new Dimension(Money: 1, Currency: known.Dimension.Currency))
        {
            return Money(value * known.ToCoherent, known.Dimension.Currency!, language);
        }

        var family = Families.FirstOrDefault(f => f.Any(u => u.Code == head));
        if (family is null || value == 0)
        {
            return new FigureParts(NumberText.Significant(value), unit);
        }

        if (language == Language.Chinese && family[0].Code == Masses[0] && Ten(value * known.ToCoherent / 1e3) is { } tonnes)
        {
            return new FigureParts(NumberText.Significant(tonnes.Value), tonnes.Word + " t" + substance);
        }

        // A reader of Chinese meets no kt between 1 000 t and 1 万 t.
        if (language == Language.Chinese && family[0].Code == Masses[0])
        {
            family = [.. family.TakeWhile(u => u.Code != "kt")];
        }

        var best = family.LastOrDefault(u => Math.Abs(NumberText.ToSignificant(In(u.Unit))) >= 1, family[0]);
        return new FigureParts(NumberText.Significant(In(best.Unit)), best.Code + substance);

        double In(Unit other) => value * (known.Factor / other.Factor).ToDouble();
    }

    /// <summary>The figure in full: for hovering, tables and exports.</summary>
    public static FigureParts Full(double value, string unit) => new(NumberText.Full(value), unit);

    private static FigureParts Money(double value, string currency, Language language)
    {
        var name = language == Language.Chinese ? Units.Name(Units.Get(currency), language) : currency;
        if (language == Language.Chinese)
        {
            return Ten(value) is { } counted
                ? new FigureParts(NumberText.Significant(counted.Value), counted.Word + name)
                : new FigureParts(NumberText.Significant(value), name);
        }

        var size = Math.Abs(NumberText.ToSignificant(value));
        var (divisor, word) = size switch
        {
            >= 1e9 => (1e9, "bn "),
            >= 1e6 => (1e6, "m "),
            >= 1e3 => (1e3, "k "),
            _ => (1, ""),
        };
        return new FigureParts(NumberText.Significant(value / divisor), word + name);
    }

    /// <summary>The number counted in 万 or 亿; null where it is smaller.</summary>
    private static (double Value, string Word)? Ten(double value) => Math.Abs(NumberText.ToSignificant(value)) switch
    {
        >= HundredMillion => (value / HundredMillion, "亿"),
        >= TenThousand => (value / TenThousand, "万"),
        _ => null,
    };
}
