using Tanlu.Kernel;

namespace Tanlu.Factors.Methods;

/// <summary>
/// A published rate applied to one unit of a quantity, whatever unit that is: the quantity is converted to the rate's denominator by
/// <see cref="Units.Convert"/>, which refuses where a property (density, gas state, calorific basis) is not given and explains where it is.
/// </summary>
internal static class QuantityFit
{
    private static readonly Unit Kilogram = Units.Get("kg");
    private static readonly Unit Joule = Units.Get("J");

    /// <summary>kg per unit of quantity.</summary>
    public static Outcome<(double PerUnit, IReadOnlyList<Explanation> Steps)> MassPerUnit(
        MeasuredValue rate, Unit quantity, (MeasuredValue Value, ExplanationSource Source)? density) => PerUnit(rate, quantity, Kilogram, density);

    /// <summary>J per unit of quantity.</summary>
    public static Outcome<(double PerUnit, IReadOnlyList<Explanation> Steps)> EnergyPerUnit(
        MeasuredValue rate, Unit quantity, (MeasuredValue Value, ExplanationSource Source)? density) => PerUnit(rate, quantity, Joule, density);

    public static bool IsCalorific(UnitCondition condition) => condition is UnitCondition.GrossCalorific or UnitCondition.NetCalorific;

    public static string BasisCode(UnitCondition condition) => condition == UnitCondition.GrossCalorific ? "GCV" : "NCV";

    private static Outcome<(double PerUnit, IReadOnlyList<Explanation> Steps)> PerUnit(
        MeasuredValue rate, Unit quantity, Unit result, (MeasuredValue Value, ExplanationSource Source)? density)
    {
        if ((result with { CalorificBasis = UnitCondition.None }).Per(rate.Unit with { Code = $"({rate.Unit.Code})" }) is not { } denominator)
        {
            return new Problem("unit_dimension", Column: "unit", Found: quantity.Code, Args: [rate.Unit.Code]);
        }

        // A calorific value's own basis belongs to the energy it gives, not to the fuel it is applied to.
        denominator = denominator.Dimension == Dimension.OfEnergy ? denominator : denominator with { CalorificBasis = UnitCondition.None };
        var notes = new List<ExplanationNote>();
        var read = quantity;
        if (denominator.Dimension == Dimension.OfEnergy && IsCalorific(denominator.CalorificBasis) && quantity.Under(denominator.CalorificBasis) is { } based
            && quantity.CalorificBasis == UnitCondition.None)
        {
            read = based;
            notes.Add(new ExplanationNote("energy_on_set_basis", BasisCode(denominator.CalorificBasis)));
        }

        var converted = Units.Convert(1, read, denominator, new ConversionProperties
        {
            Density = density is { } given ? new Quantity(given.Value.Value, given.Value.Unit) : null,
            DensitySource = density?.Source,
        });
        if (!converted.Ok)
        {
            return Refused(converted.Problems[0], quantity, rate.Unit);
        }

        var plain = Units.Ratio(read, denominator) is not null;
        IReadOnlyList<Explanation> steps = plain && notes.Count == 0 ? [] : [converted.Value.Explanation with { Notes = [.. converted.Value.Explanation.Notes, .. notes] }];
        return Outcome<(double, IReadOnlyList<Explanation>)>.Done((rate.Value * converted.Value.Result.Value, steps));
    }

    /// <summary>The conversion's refusal at the column where the user can answer it; a denominator of our own making is not named to him.</summary>
    private static Problem Refused(Problem problem, Unit quantity, Unit rate) => problem.Code switch
    {
        "density_needed" or "density_unit" or "density_range" => problem with { Args = [rate.Code] },
        "gas_state_needed" => problem with { Column = "unit", Found = quantity.Code, Args = [rate.Code] },
        "unit_state_differs" => new Problem("gas_state_of_factor", Column: "unit", Found: quantity.Code, Args: [rate.Code]),
        "calorific_basis_needed" or "net_gross_ratio_needed" => new Problem("basis_differs", Column: "unit", Found: quantity.Code, Args: [rate.Code]),
        _ => new Problem("unit_dimension", Column: "unit", Found: quantity.Code, Args: [rate.Code]),
    };
}
