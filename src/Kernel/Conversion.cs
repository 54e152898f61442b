using System.Globalization;

namespace Tanlu.Kernel;

/// <summary>A value in a unit.</summary>
public readonly record struct Quantity(double Value, Unit Unit)
{
    /// <summary>The value in the coherent unit of the dimension (kg, m³, J …).</summary>
    public double Coherent => Value * Unit.ToCoherent;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value} {Unit}");
}

/// <summary>A converted quantity and the explanation that leads to it; the explanation's root holds the same value.</summary>
public sealed record Conversion(Quantity Result, Explanation Explanation);

/// <summary>What is known of the substance beyond its quantity. Only what is given is used; nothing is assumed.</summary>
public sealed record ConversionProperties
{
    public static readonly ConversionProperties None = new();

    /// <summary>Mass per volume; for a gas in a unit that states the gas state.</summary>
    public Quantity? Density { get; init; }

    public ExplanationSource? DensitySource { get; init; }

    /// <summary>Energy per mass or per volume.</summary>
    public Quantity? CalorificValue { get; init; }

    public ExplanationSource? CalorificValueSource { get; init; }

    /// <summary>Net over gross calorific value of the fuel, between 0 and 1.</summary>
    public double? NetPerGross { get; init; }

    public ExplanationSource? NetPerGrossSource { get; init; }

    /// <summary>The state in which a gas volume without a state is read.</summary>
    public UnitCondition GasState { get; init; }

    /// <summary>The calorific basis on which energy without a basis is read.</summary>
    public UnitCondition CalorificBasis { get; init; }
}
