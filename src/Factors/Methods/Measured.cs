using Tanlu.Kernel;

namespace Tanlu.Factors.Methods;

/// <summary>A measured value with its unit.</summary>
public readonly record struct MeasuredValue(double Value, Unit Unit)
{
    /// <summary>In coherent SI units.</summary>
    public double Coherent => Value * Unit.ToCoherent;
}

/// <summary>
/// Properties a user measured for an activity. They take the place of a factor's own values and are shown as measured; an empty set changes
/// nothing.
/// </summary>
public sealed record Measured
{
    public static readonly Measured Nothing = new();

    /// <summary>Net calorific value 低位发热量.</summary>
    public MeasuredValue? NetCalorificValue { get; init; }

    /// <summary>Carbon per energy, or per mass or volume of fuel.</summary>
    public MeasuredValue? CarbonContent { get; init; }

    /// <summary>Share of the carbon that oxidises, 0 to 1.</summary>
    public double? Oxidation { get; init; }

    public MeasuredValue? Density { get; init; }

    /// <summary>Share of a charge that leaks in a year, 0 to 1.</summary>
    public double? LeakRate { get; init; }

    /// <summary>Refrigerant in stock at the start of the period, in the quantity's unit.</summary>
    public double? StockStart { get; init; }

    /// <summary>Refrigerant in stock at the end of the period, in the quantity's unit.</summary>
    public double? StockEnd { get; init; }
}
