using System.Globalization;

namespace Tanlu.Kernel;

/// <summary>
/// What a unit measures, as exponents of base dimensions. Persons, each kind of thing counted and each currency are bases of their own, so that a
/// room night, a passenger and a yuan never turn into one another.
/// </summary>
/// <param name="Thing">What is counted where <paramref name="Item"/> is not 0, e.g. <c>piece</c> or <c>room_night</c>.</param>
/// <param name="Currency">ISO 4217 code where <paramref name="Money"/> is not 0.</param>
public readonly record struct Dimension(
    sbyte Mass = 0, sbyte Length = 0, sbyte Time = 0, sbyte Temperature = 0, sbyte Amount = 0, sbyte Item = 0, sbyte Person = 0, sbyte Money = 0,
    string? Currency = null, string? Thing = null)
{
    public static readonly Dimension None = default;
    public static readonly Dimension OfMass = new(Mass: 1);
    public static readonly Dimension OfVolume = new(Length: 3);
    public static readonly Dimension OfEnergy = new(Mass: 1, Length: 2, Time: -2);

    private const int LargestExponent = 99;

    public bool IsMoney => Money != 0;

    /// <summary>The product. Throws where <see cref="Times"/> gives none.</summary>
    public static Dimension operator *(Dimension a, Dimension b) =>
        a.Times(b) ?? throw new InvalidOperationException($"A dimension cannot hold both {a} and {b}.");

    public static Dimension operator /(Dimension a, Dimension b) => a * b.Power(-1);

    /// <summary>The product, or null where two currencies or two kinds of thing would meet: CNY/USD is an exchange rate, not a plain number.</summary>
    public Dimension? Times(Dimension other)
    {
        if ((Currency is not null && other.Currency is not null && Currency != other.Currency)
            || (Thing is not null && other.Thing is not null && Thing != other.Thing))
        {
            return null;
        }

        return Of(
            Mass + other.Mass, Length + other.Length, Time + other.Time, Temperature + other.Temperature, Amount + other.Amount,
            Item + other.Item, Person + other.Person, Money + other.Money, Currency ?? other.Currency, Thing ?? other.Thing);
    }

    /// <summary>The power. Throws where an exponent leaves the range.</summary>
    public Dimension Power(int exponent) => PowerOrNull(exponent) ?? throw new InvalidOperationException($"No dimension reaches {this}^{exponent}.");

    /// <summary>The power, or null where an exponent leaves the range.</summary>
    public Dimension? PowerOrNull(int exponent) => Math.Abs((long)exponent) > LargestExponent
        ? null
        : Of(
            Mass * exponent, Length * exponent, Time * exponent, Temperature * exponent, Amount * exponent,
            Item * exponent, Person * exponent, Money * exponent, Currency, Thing);

    /// <summary>Parses the table's form, e.g. <c>M.L2.T-2</c>, <c>money:CNY-1</c>, <c>thing:piece</c> or <c>1</c>.</summary>
    public static Dimension Parse(string text)
    {
        var result = None;
        foreach (var part in text.Split('.', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part == "1")
            {
                continue;
            }

            var digits = part.TrimEnd("0123456789".ToCharArray()).TrimEnd('-').Length;
            var exponent = digits == part.Length ? 1 : int.Parse(part.AsSpan(digits), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            var basis = part[..digits] switch
            {
                var money when money.StartsWith("money:", StringComparison.Ordinal) => new Dimension(Money: 1, Currency: money[6..]),
                var thing when thing.StartsWith("thing:", StringComparison.Ordinal) => new Dimension(Item: 1, Thing: thing[6..]),
                "M" => OfMass,
                "L" => new Dimension(Length: 1),
                "T" => new Dimension(Time: 1),
                "K" => new Dimension(Temperature: 1),
                "N" => new Dimension(Amount: 1),
                "P" => new Dimension(Person: 1),
                _ => throw new FormatException($"Unknown base dimension in “{text}”."),
            };
            result *= basis.Power(exponent);
        }

        return result;
    }

    private static Dimension? Of(int mass, int length, int time, int temperature, int amount, int item, int person, int money, string? currency, string? thing)
    {
        if (Math.Abs(mass) > LargestExponent || Math.Abs(length) > LargestExponent || Math.Abs(time) > LargestExponent || Math.Abs(temperature) > LargestExponent
            || Math.Abs(amount) > LargestExponent || Math.Abs(item) > LargestExponent || Math.Abs(person) > LargestExponent || Math.Abs(money) > LargestExponent)
        {
            return null;
        }

        return new(
            (sbyte)mass, (sbyte)length, (sbyte)time, (sbyte)temperature, (sbyte)amount, (sbyte)item, (sbyte)person, (sbyte)money,
            money == 0 ? null : currency, item == 0 ? null : thing);
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

/// <summary>A unit of the table or an expression of such units: its dimension, its exact factor to the coherent SI unit, and its conditions.</summary>
/// <param name="Code">UCUM-like code or the expression as it was written.</param>
/// <param name="Factor">Exact factor to the coherent unit (kg, m, s, J, m³ …).</param>
/// <param name="GasState">State of the gas volume in it; None where there is none or it is not said.</param>
/// <param name="CalorificBasis">Calorific basis of the energy in it; None where there is none or it is not said.</param>
public sealed record Unit(
    string Code, Dimension Dimension, Rational Factor, UnitCondition GasState = UnitCondition.None, UnitCondition CalorificBasis = UnitCondition.None)
{
    // Bits of numerator and denominator: far beyond any real unit, well inside the range of a double.
    private const long LargestFactor = 512;

    /// <summary>The unit's condition: its gas state, or else its calorific basis.</summary>
    public UnitCondition Condition => GasState != UnitCondition.None ? GasState : CalorificBasis;

    /// <summary>The factor as the nearest double, for the model's arithmetic.</summary>
    public double ToCoherent { get; } = Factor.ToDouble();

    /// <summary>The product, or null where two gas states, calorific bases, currencies or kinds of thing would mix, or the factor leaves the range.</summary>
    public Unit? Times(Unit other) => Combine(other, other.Factor, other.Dimension);

    /// <summary>The quotient, or null as in <see cref="Times"/>.</summary>
    public Unit? Per(Unit other) => other.Dimension.PowerOrNull(-1) is { } inverse ? Combine(other, Rational.One / other.Factor, inverse) : null;

    /// <summary>The power, or null where it leaves the range.</summary>
    public Unit? Power(int exponent)
    {
        if (exponent == 0 || Math.Abs((long)exponent) * Size(Factor) > LargestFactor)
        {
            return null;
        }

        return Dimension.PowerOrNull(exponent) is { } dimension ? new Unit($"({Code})^{exponent}", dimension, Factor.Power(exponent), GasState, CalorificBasis) : null;
    }

    /// <summary>The same unit under a condition, or null where the condition does not fit it: a gas state fits volumes, a calorific basis energies.</summary>
    public Unit? Under(UnitCondition condition) => condition switch
    {
        UnitCondition.None => this,
        UnitCondition.GrossCalorific or UnitCondition.NetCalorific =>
            Dimension == Dimension.OfEnergy && Merge(CalorificBasis, condition) is { } basis ? this with { CalorificBasis = basis } : null,
        _ => Dimension == Dimension.OfVolume && Merge(GasState, condition) is { } state ? this with { GasState = state } : null,
    };

    public override string ToString() => Code;

    private static UnitCondition? Merge(UnitCondition a, UnitCondition b) =>
        a == UnitCondition.None || a == b ? b : b == UnitCondition.None ? a : null;

    private static long Size(Rational factor) => (long)Math.Max(factor.Numerator.GetBitLength(), factor.Denominator.GetBitLength());

    private Unit? Combine(Unit other, Rational factor, Dimension dimension)
    {
        var product = Factor * factor;
        return Size(product) <= LargestFactor && Dimension.Times(dimension) is { } both
            && Merge(GasState, other.GasState) is { } state && Merge(CalorificBasis, other.CalorificBasis) is { } basis
            ? new Unit($"{Code}.{other.Code}", both, product, state, basis)
            : null;
    }
}
