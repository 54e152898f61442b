using System.Globalization;

namespace Tanlu.Kernel;

/// <summary>
/// What a unit measures, as exponents of base dimensions. Items, persons and each currency are bases of their own, so that a room night, a
/// passenger and a yuan never turn into one another.
/// </summary>
public readonly record struct Dimension(
    sbyte Mass = 0, sbyte Length = 0, sbyte Time = 0, sbyte Temperature = 0, sbyte Amount = 0, sbyte Item = 0, sbyte Person = 0, sbyte Money = 0, string? Currency = null)
{
    public static readonly Dimension None = default;
    public static readonly Dimension OfMass = new(Mass: 1);
    public static readonly Dimension OfVolume = new(Length: 3);
    public static readonly Dimension OfEnergy = new(Mass: 1, Length: 2, Time: -2);

    public bool IsMoney => Money != 0;

    public static Dimension operator *(Dimension a, Dimension b) => new(
        (sbyte)(a.Mass + b.Mass), (sbyte)(a.Length + b.Length), (sbyte)(a.Time + b.Time), (sbyte)(a.Temperature + b.Temperature),
        (sbyte)(a.Amount + b.Amount), (sbyte)(a.Item + b.Item), (sbyte)(a.Person + b.Person), (sbyte)(a.Money + b.Money),
        a.Money + b.Money == 0 ? null : a.Currency ?? b.Currency);

    public Dimension Power(int exponent) => new(
        (sbyte)(Mass * exponent), (sbyte)(Length * exponent), (sbyte)(Time * exponent), (sbyte)(Temperature * exponent),
        (sbyte)(Amount * exponent), (sbyte)(Item * exponent), (sbyte)(Person * exponent), (sbyte)(Money * exponent), Currency);

    /// <summary>Parses the table's form, e.g. <c>M.L2.T-2</c>, <c>money:CNY</c> or <c>1</c>.</summary>
    public static Dimension Parse(string text)
    {
        var result = None;
        foreach (var part in text.Split('.', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part == "1")
            {
                continue;
            }

            if (part.StartsWith("money:", StringComparison.Ordinal))
            {
                result *= new Dimension(Money: 1, Currency: part[6..]);
                continue;
            }

            var exponent = part.Length == 1 ? 1 : int.Parse(part.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            result *= (part[0] switch
            {
                'M' => OfMass,
                'L' => new Dimension(Length: 1),
                'T' => new Dimension(Time: 1),
                'K' => new Dimension(Temperature: 1),
                'N' => new Dimension(Amount: 1),
                'I' => new Dimension(Item: 1),
                'P' => new Dimension(Person: 1),
                _ => throw new FormatException($"Unknown base dimension in “{text}”."),
            }).Power(exponent);
        }

        return result;
    }
}

/// <summary>
/// A condition that is part of what a unit means: the state of a gas volume, or the calorific basis of a fuel's energy. Two
/// conditions are never silently the same.
/// </summary>
public enum UnitCondition : byte
{
    None,

    /// <summary>Gas at 0 °C and 101.325 kPa (标准状态).</summary>
    Gas0C,

    /// <summary>Gas at 15 °C and 101.325 kPa (ISO 13443).</summary>
    Gas15C,

    /// <summary>Gas at 20 °C and 101.325 kPa (GB/T 19205 reference conditions).</summary>
    Gas20C,

    /// <summary>Gas at 60 °F and 101.325 kPa (US standard cubic foot).</summary>
    Gas60F,

    /// <summary>Energy on gross (higher) calorific value.</summary>
    GrossCalorific,

    /// <summary>Energy on net (lower) calorific value.</summary>
    NetCalorific,
}

/// <summary>A unit of the table or an expression of such units: its dimension, its exact factor to the coherent SI unit, its condition.</summary>
/// <param name="Code">UCUM-like code or the expression as it was written.</param>
/// <param name="Factor">Exact factor to the coherent unit (kg, m, s, J, m³ …).</param>
public sealed record Unit(string Code, Dimension Dimension, Rational Factor, UnitCondition Condition = UnitCondition.None)
{
    /// <summary>The factor as the nearest double, for the model's arithmetic.</summary>
    public double ToCoherent { get; } = Factor.ToDouble();

    public override string ToString() => Code;
}
