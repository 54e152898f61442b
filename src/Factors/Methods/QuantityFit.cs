using Tanlu.Kernel;

namespace Tanlu.Factors.Methods;

/// <summary>
/// How many times a rate's denominator goes into one unit of quantity, in coherent SI. A step that needs a property (density, gas state,
/// calorific basis) is refused unless the property is given, and explained where it is.
/// </summary>
internal static class QuantityFit
{
    private static readonly Dimension MassPerVolume = Dimension.OfMass / Dimension.OfVolume;
    private static readonly Dimension VolumePerMass = Dimension.OfVolume / Dimension.OfMass;

    /// <summary>
    /// The rate per unit of quantity in coherent units of the result: rate × unit, with density between volume and mass where one is given.
    /// </summary>
    /// <param name="rate">Value in the coherent unit of <paramref name="rateUnit"/>.</param>
    /// <param name="result">Dimension wanted for rate × quantity, e.g. energy or mass.</param>
    /// <param name="density">Measured or published density, or null.</param>
    public static Outcome<(double PerUnit, IReadOnlyList<Explanation> Steps)> PerUnit(
        double rate, Unit rateUnit, Unit quantity, Dimension result, (MeasuredValue Value, ExplanationSource Source)? density)
    {
        var steps = new List<Explanation>();
        if (rateUnit.Dimension.Times(quantity.Dimension) == result)
        {
            return Refusal(rateUnit, quantity, steps) is { } refused ? refused : Done(rate * quantity.ToCoherent * StateRatio(rateUnit, quantity, steps));
        }

        var volumeToMass = rateUnit.Dimension.Times(quantity.Dimension)?.Times(MassPerVolume) == result;
        var massToVolume = rateUnit.Dimension.Times(quantity.Dimension)?.Times(VolumePerMass) == result;
        if (!volumeToMass && !massToVolume)
        {
            return new Problem("unit_dimension", Column: "unit", Found: quantity.Code, Args: [rateUnit.Code]);
        }

        if (density is not { } given)
        {
            return new Problem("density_needed", Column: "density", Found: quantity.Code, Args: [rateUnit.Code]);
        }

        if (given.Value.Unit.Dimension != MassPerVolume)
        {
            return new Problem("density_unit", Column: "density_unit", Found: given.Value.Unit.Code);
        }

        steps.Add(new Explanation("density", given.Value.Value, given.Value.Unit.Code, Source: given.Source));
        var perUnit = volumeToMass ? rate * quantity.ToCoherent * given.Value.Coherent : rate * quantity.ToCoherent / given.Value.Coherent;
        return Done(perUnit);

        Outcome<(double, IReadOnlyList<Explanation>)> Done(double value) => Outcome<(double, IReadOnlyList<Explanation>)>.Done((value, steps));
    }

    /// <summary>A bare gas volume is never read as one at a stated state, nor gross energy as net.</summary>
    private static Problem? Refusal(Unit rate, Unit quantity, List<Explanation> steps)
    {
        if (quantity.Dimension == Dimension.OfVolume && rate.GasState != quantity.GasState)
        {
            if (quantity.GasState == UnitCondition.None)
            {
                return new Problem("gas_state_needed", Column: "unit", Found: quantity.Code, Args: [rate.Code]);
            }

            return rate.GasState == UnitCondition.None ? new Problem("gas_state_of_factor", Column: "unit", Found: quantity.Code, Args: [rate.Code]) : null;
        }

        if (quantity.Dimension == Dimension.OfEnergy && rate.CalorificBasis != quantity.CalorificBasis && rate.CalorificBasis != UnitCondition.None)
        {
            if (quantity.CalorificBasis != UnitCondition.None)
            {
                return new Problem("basis_differs", Column: "unit", Found: quantity.Code, Args: [BasisCode(rate.CalorificBasis)]);
            }

            steps.Add(new Explanation("basis_of_set", 1, "1") { Notes = [new ExplanationNote("energy_on_set_basis", BasisCode(rate.CalorificBasis))] });
        }

        return null;
    }

    /// <summary>Ideal gas at equal pressure: a volume grows with its absolute temperature.</summary>
    private static double StateRatio(Unit rate, Unit quantity, List<Explanation> steps)
    {
        if (!IsGasState(rate.GasState) || !IsGasState(quantity.GasState) || rate.GasState == quantity.GasState)
        {
            return 1;
        }

        var ratio = Kelvin(rate.GasState) / Kelvin(quantity.GasState);
        steps.Add(new Explanation("gas_state_ratio", ratio, "1", "V₁ / V₂ = T₁ / T₂", "ideal gas, 101.325 kPa",
            [Invariant(Kelvin(quantity.GasState)), Invariant(Kelvin(rate.GasState))]));
        return ratio;
    }

    public static bool IsGasState(UnitCondition condition) => condition is UnitCondition.Gas0C or UnitCondition.Gas15C or UnitCondition.Gas20C or UnitCondition.Gas60F;

    public static bool IsCalorific(UnitCondition condition) => condition is UnitCondition.GrossCalorific or UnitCondition.NetCalorific;

    public static string BasisCode(UnitCondition condition) => condition == UnitCondition.GrossCalorific ? "GCV" : "NCV";

    private static double Kelvin(UnitCondition condition) => condition switch
    {
        UnitCondition.Gas0C => 273.15,
        UnitCondition.Gas15C => 288.15,
        UnitCondition.Gas20C => 293.15,
        UnitCondition.Gas60F => (60 + 459.67) * 5 / 9,
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    private static string Invariant(double value) => value.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);
}
