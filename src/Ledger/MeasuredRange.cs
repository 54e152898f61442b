using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>
/// What a measured property can be at all: its kinds of unit, and above which value no such matter exists. A slip of the unit (42 000 GJ/t for
/// MJ/t) is a thousandfold, so the bounds are those of physics, not of habit.
/// </summary>
internal sealed class MeasuredRange
{
    private static readonly Dimension PerVolume = Dimension.OfMass / Dimension.OfVolume;

    /// <summary>Hydrogen has 120 MJ/kg net and 142 MJ/kg gross; diesel as a liquid 36 GJ/m3, coal in a heap less than 50 GJ/m3.</summary>
    public static readonly MeasuredRange CalorificValue = new(
        ["GJ/t", "GJ/10^4 Nm3"], (Dimension.OfEnergy / Dimension.OfMass, 150e6), (Dimension.OfEnergy / Dimension.OfVolume, 100e9));

    /// <summary>No fuel is more than carbon; pure carbon has 30.5 kg/GJ, blast furnace gas, with the CO2 that it carries, some 70.</summary>
    public static readonly MeasuredRange CarbonContent = new(
        ["kg/GJ", "t/t", "t/10^4 Nm3"], (Dimension.OfMass / Dimension.OfEnergy, 200e-9), (default, 1), (PerVolume, 3500));

    /// <summary>Osmium, the densest matter there is, has 22.6 t/m3.</summary>
    public static readonly MeasuredRange Density = new(["kg/L", "kg/m3"], (PerVolume, 23_000));

    private readonly string _units;
    private readonly (Dimension Dimension, double Most)[] _kinds;

    private MeasuredRange(string[] units, params (Dimension Dimension, double Most)[] kinds)
    {
        _units = string.Join(", ", units);
        _kinds = kinds;
    }

    /// <summary>The problem of a value; null where it may be.</summary>
    public Problem? Refuses(MeasuredValue measured, string written, string column)
    {
        foreach (var (dimension, most) in _kinds)
        {
            if (measured.Unit.Dimension == dimension)
            {
                return measured.Coherent <= most * (1 + 1e-9)
                    ? null
                    : new Problem("property_absurd", Column: column, Found: $"{written} {measured.Unit.Code}");
            }
        }

        return new Problem("property_unit", Column: column + "_unit", Found: measured.Unit.Code, Args: [_units]);
    }
}
