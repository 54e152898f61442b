using Tanlu.Kernel;

namespace Tanlu.Factors.Methods;

/// <summary>
/// How many times a rate's denominator goes into one unit of quantity, in coherent SI. A step that needs a property (density, gas state,
/// calorific basis) is refused unless the property is given, and explained where it is.
/// </summary>
internal static class QuantityFit
{
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
        if (rateUnit.Dimension * quantity.Dimension == result)
        {
            return Conditions(rateUnit, quantity, steps) is { } refused ? refused : Done(rate * quantity.ToCoherent * StateRatio(rateUnit, quantity, steps));
        }

        var massPerVolume = Dimension.OfMass * Dimension.OfVolume.Power(-1);
        var volumeToMass = rateUnit.Dimension * quantity.Dimension * massPerVolume == result;
        var massToVolume = rateUnit.Dimension * quantity.Dimension * massPerVolume.Power(-1) == result;
        if (!volumeToMass && !massToVolume)
        {
            return new Problem("unit_dimension", Column: "unit", Found: quantity.Code, Args: [rateUnit.Code]);
        }

        if (density is not { } given)
        {
            return new Problem("density_needed", Column: "density", Found: quantity.Code, Args: [rateUnit.Code]);
        }

        steps.Add(new Explanation("density", given.Value.Value, given.Value.Unit.Code, Source: given.Source));
        var perUnit = volumeToMass ? rate * quantity.ToCoherent * given.Value.Coherent : rate * quantity.ToCoherent / given.Value.Coherent;
        return Done(perUnit);

        Outcome<(double, IReadOnlyList<Explanation>)> Done(double value) => Outcome<(double, IReadOnlyList<Explanation>)>.Done((value, steps));
    }

    /// <summary>A bare gas volume is never read as one at a stated state, nor gross energy as net.</summary>
    private static Problem? Conditions(Unit rate, Unit quantity, List<Explanation> steps)
    {
        if (rate.Condition == quantity.Condition || (IsGasState(rate.Condition) && IsGasState(quantity.Condition)))
        {
            return null;
        }

        if (IsGasState(rate.Condition) && quantity.Condition == UnitCondition.None)
        {
            return new Problem("gas_state_needed", Column: "unit", Found: quantity.Code, Args: [rate.Code]);
        }

        if (IsCalorific(rate.Condition) && quantity.Condition == UnitCondition.None)
        {
            steps.Add(new Explanation("basis_of_set", 1, "1") { Notes = [new ExplanationNote("energy_on_set_basis", BasisCode(rate.Condition))] });
            return null;
        }

        if (IsCalorific(rate.Condition) || IsCalorific(quantity.Condition))
        {
            return rate.Condition == UnitCondition.None ? null : new Problem("basis_differs", Column: "unit", Found: quantity.Code, Args: [rate.Code]);
        }

        return rate.Condition == UnitCondition.None && IsGasState(quantity.Condition)
            ? new Problem("gas_state_of_factor", Column: "unit", Found: quantity.Code, Args: [rate.Code])
            : null;
    }

    /// <summary>Ideal gas at equal pressure: a volume grows with its absolute temperature.</summary>
    private static double StateRatio(Unit rate, Unit quantity, List<Explanation> steps)
    {
        if (!IsGasState(rate.Condition) || !IsGasState(quantity.Condition) || rate.Condition == quantity.Condition)
        {
            return 1;
        }

        var ratio = Kelvin(rate.Condition) / Kelvin(quantity.Condition);
        steps.Add(new Explanation("gas_state_ratio", ratio, "1", "V₁ / V₂ = T₁ / T₂", "ideal gas, 101.325 kPa",
            [Invariant(Kelvin(quantity.Condition)), Invariant(Kelvin(rate.Condition))]));
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
