namespace Tanlu.Kernel;

/// <summary>
/// The way from one quantity to a unit: at most a change of gas state, a density, a calorific value and a change of calorific basis, each a
/// node of the explanation with the step before it as its first child, and the exact unit factor at the end.
/// </summary>
internal sealed class ConversionPath(Unit to, ConversionProperties properties)
{
    private const string GasLaw = "V₂ = V₁ × T₂ / T₁ (p₁ = p₂)";

    private static readonly Dimension PerVolume = Dimension.OfMass / Dimension.OfVolume;
    private static readonly Dimension EnergyPerMass = Dimension.OfEnergy / Dimension.OfMass;
    private static readonly Dimension EnergyPerVolume = Dimension.OfEnergy / Dimension.OfVolume;
    private static readonly Unit Kilogram = Units.Get("kg");
    private static readonly Unit CubicMetre = Units.Get("m3");
    private static readonly Unit Megajoule = Units.Get("MJ");

    public Outcome<Conversion> From(Quantity quantity)
    {
        var start = new Conversion(
            quantity, new Explanation("conversion_input", quantity.Value, quantity.Unit.Code, Source: new ExplanationSource("input", "quantity")));
        var from = quantity.Unit;
        if (from.Dimension == to.Dimension)
        {
            return Conditioned(start).Then(Scaled);
        }

        if (from.Dimension.Currency is not null && to.Dimension.Currency is not null && from.Dimension.Currency != to.Dimension.Currency)
        {
            return new Problem("currency_differs", null, null, from.Code, from.Code, to.Code);
        }

        if (!IsAmount(from.Dimension) || !IsAmount(to.Dimension))
        {
            return new Problem("unit_not_convertible", null, null, from.Code, from.Code, to.Code);
        }

        return Across(start).Then(Conditioned).Then(Scaled);
    }

    /// <summary>Temperature of a gas state in kelvin; all states are at 101.325 kPa. 60 °F = 288.7055… K exactly 5/9 (60 + 459.67).</summary>
    internal static double Kelvin(UnitCondition state) => state switch
    {
        UnitCondition.Gas0C => 273.15,
        UnitCondition.Gas15C => 288.15,
        UnitCondition.Gas20C => 293.15,
        UnitCondition.Gas60F => (60 + 459.67) * 5 / 9,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "A gas state is needed."),
    };

    /// <summary>Mass, volume and energy are amounts of a substance; a property leads from one to another.</summary>
    private static bool IsAmount(Dimension dimension) =>
        dimension == Dimension.OfMass || dimension == Dimension.OfVolume || dimension == Dimension.OfEnergy;

    /// <summary>To the target's dimension through density and calorific value.</summary>
    private Outcome<Conversion> Across(Conversion at)
    {
        if (at.Result.Unit.Dimension != Dimension.OfEnergy && to.Dimension != Dimension.OfEnergy)
        {
            return ByDensity(at);
        }

        return Calorific().Then(calorific => ByCalorificValue(at, calorific));
    }

    private Outcome<Conversion> ByCalorificValue(Conversion at, Quantity calorific)
    {
        var dimension = at.Result.Unit.Dimension;
        var amount = calorific.Unit.Dimension == EnergyPerMass ? Dimension.OfMass : Dimension.OfVolume;
        if (to.Dimension == Dimension.OfEnergy)
        {
            var metered = dimension == amount ? at : ByDensity(at);
            return metered.Then(m => Burnt(m, calorific));
        }

        var fuel = Fuel(at, calorific);
        return amount == to.Dimension ? fuel : fuel.Then(ByDensity);
    }

    private Outcome<Conversion> ByDensity(Conversion at)
    {
        if (properties.Density is not { } density)
        {
            return new Problem("density_needed", null, "density", at.Result.Unit.Code, to.Code);
        }

        if (density.Unit.Dimension != PerVolume)
        {
            return new Problem("density_unit", null, "density_unit", density.Unit.Code);
        }

        if (!(density.Coherent > 0) || !double.IsFinite(density.Coherent))
        {
            return new Problem("density_range", null, "density", density.ToString());
        }

        var leaf = new Explanation("density", density.Value, density.Unit.Code, Source: properties.DensitySource ?? new ExplanationSource("measured", "density"));
        if (at.Result.Unit.Dimension == Dimension.OfVolume)
        {
            return InState(at, density.Unit.GasState, density.Unit).Then(v =>
                Outcome<Conversion>.Done(Step("conversion_mass", v.Result.Coherent * density.Coherent, Kilogram, "m = V × ρ", v, leaf)));
        }

        var volume = CubicMetre with { GasState = density.Unit.GasState };
        return Step("conversion_volume", at.Result.Coherent / density.Coherent, volume, "V = m / ρ", at, leaf);
    }

    private Outcome<Conversion> Burnt(Conversion at, Quantity calorific) => InState(at, calorific.Unit.GasState, calorific.Unit).Then(fuel =>
        Outcome<Conversion>.Done(Step(
            "conversion_energy", fuel.Result.Coherent * calorific.Coherent / Megajoule.ToCoherent,
            Megajoule with { CalorificBasis = calorific.Unit.CalorificBasis }, "E = Q × CV", fuel, CalorificLeaf(calorific))));

    private Outcome<Conversion> Fuel(Conversion at, Quantity calorific) => OnBasis(at, calorific.Unit.CalorificBasis, calorific.Unit).Then(energy =>
    {
        var unit = calorific.Unit.Dimension == EnergyPerMass ? Kilogram : CubicMetre with { GasState = calorific.Unit.GasState };
        return Outcome<Conversion>.Done(Step("conversion_fuel", energy.Result.Coherent / calorific.Coherent, unit, "Q = E / CV", energy, CalorificLeaf(calorific)));
    });

    private Outcome<Quantity> Calorific()
    {
        if (properties.CalorificValue is not { } calorific)
        {
            return new Problem("calorific_value_needed", null, null, to.Code, to.Code);
        }

        if (calorific.Unit.Dimension != EnergyPerMass && calorific.Unit.Dimension != EnergyPerVolume)
        {
            return new Problem("calorific_value_unit", null, "ncv_unit", calorific.Unit.Code);
        }

        return calorific.Coherent > 0 && double.IsFinite(calorific.Coherent) ? calorific : new Problem("calorific_value_range", null, "ncv", calorific.ToString());
    }

    private Explanation CalorificLeaf(Quantity calorific) => new(
        "calorific_value", calorific.Value, calorific.Unit.Code, Source: properties.CalorificValueSource ?? new ExplanationSource("measured", "ncv"));

    /// <summary>To the target's gas state and calorific basis.</summary>
    private Outcome<Conversion> Conditioned(Conversion at)
    {
        var from = at.Result.Unit;
        if (from.Dimension == Dimension.OfVolume)
        {
            return InState(at, to.GasState, to);
        }

        if (from.Dimension == Dimension.OfEnergy)
        {
            return OnBasis(at, to.CalorificBasis, to);
        }

        // In a rate such as kg/Nm3 the property belongs to what the rate is applied to.
        return from.GasState == to.GasState && from.CalorificBasis == to.CalorificBasis ? at : new Problem("unit_state_differs", null, null, from.Code, from.Code, to.Code);
    }

    /// <summary>The same gas at another temperature and the same pressure, by the ideal gas law.</summary>
    private Outcome<Conversion> InState(Conversion at, UnitCondition wanted, Unit other)
    {
        var unit = at.Result.Unit;
        if (unit.GasState == wanted || unit.Dimension != Dimension.OfVolume)
        {
            return at;
        }

        var has = unit.GasState == UnitCondition.None ? properties.GasState : unit.GasState;
        var wants = wanted == UnitCondition.None ? properties.GasState : wanted;
        if (has == UnitCondition.None || wants == UnitCondition.None)
        {
            return new Problem("gas_state_needed", null, "unit", unit.GasState == UnitCondition.None ? unit.Code : other.Code, unit.GasState == UnitCondition.None ? other.Code : unit.Code);
        }

        var ratio = Kelvin(wants) / Kelvin(has);
        var result = new Quantity(at.Result.Value * ratio, new Unit(StateCode(unit, wants), unit.Dimension, unit.Factor, wanted));
        var node = new Explanation("gas_state_change", result.Value, result.Unit.Code, GasLaw, "ISO 13443:1996", [], null,
        [
            at.Explanation,
            new Explanation("gas_temperature_ratio", ratio, "1", Source: new ExplanationSource("constant", "T₂/T₁", $"{Kelvin(wants):0.###} K / {Kelvin(has):0.###} K")),
        ]);
        if (unit.GasState == UnitCondition.None || wanted == UnitCondition.None)
        {
            node = node with { Notes = [new ExplanationNote("gas_state_read", unit.GasState == UnitCondition.None ? unit.Code : other.Code, StateCode(CubicMetre, properties.GasState))] };
        }

        return new Conversion(result, node);
    }

    /// <summary>The same fuel's energy on the other calorific basis.</summary>
    private Outcome<Conversion> OnBasis(Conversion at, UnitCondition wanted, Unit other)
    {
        var unit = at.Result.Unit;
        if (unit.CalorificBasis == wanted)
        {
            return at;
        }

        var has = unit.CalorificBasis == UnitCondition.None ? properties.CalorificBasis : unit.CalorificBasis;
        var wants = wanted == UnitCondition.None ? properties.CalorificBasis : wanted;
        if (has == UnitCondition.None || wants == UnitCondition.None)
        {
            return new Problem("calorific_basis_needed", null, null, unit.CalorificBasis == UnitCondition.None ? unit.Code : other.Code);
        }

        if (has == wants)
        {
            return at with { Result = at.Result with { Unit = unit with { CalorificBasis = wanted } } };
        }

        if (properties.NetPerGross is not { } ratio)
        {
            return new Problem("net_gross_ratio_needed", null, null, unit.Code, unit.Code, to.Code);
        }

        if (!(ratio > 0 && ratio <= 1))
        {
            return new Problem("net_gross_ratio_range", null, null, NumberText.Full(ratio));
        }

        var toNet = wants == UnitCondition.NetCalorific;
        var result = new Quantity(toNet ? at.Result.Value * ratio : at.Result.Value / ratio, unit with { CalorificBasis = wanted });
        return new Conversion(result, new Explanation(
            "calorific_basis_change", result.Value, result.Unit.Code, toNet ? "E_net = E_gross × r" : "E_gross = E_net / r", null, [], null,
            [at.Explanation, new Explanation("net_gross_ratio", ratio, "1", Source: properties.NetPerGrossSource ?? new ExplanationSource("measured", "net/gross"))]));
    }

    /// <summary>The exact factor between two units of one dimension and one condition.</summary>
    private Outcome<Conversion> Scaled(Conversion at)
    {
        var from = at.Result.Unit;
        if (from.Factor == to.Factor)
        {
            return at with { Result = at.Result with { Unit = to }, Explanation = at.Explanation with { Unit = to.Code } };
        }

        var exact = from.Factor / to.Factor;
        var factor = exact.ToDouble();
        var value = at.Result.Value * factor;
        var node = new Explanation("conversion", value, to.Code, "x × f", null, [from.Code, to.Code], null,
        [
            at.Explanation,
            new Explanation("conversion_factor", factor, $"{to.Code}/({from.Code})", Args: [from.Code, to.Code], Source: new ExplanationSource("constant", "units.csv", exact.ToString())),
        ]);
        return new Conversion(new Quantity(value, to), node);
    }

    private static Conversion Step(string key, double value, Unit unit, string formula, Conversion before, Explanation property)
    {
        var stated = unit.GasState == UnitCondition.None ? unit : unit with { Code = StateCode(unit, unit.GasState) };
        return new Conversion(new Quantity(value, stated), new Explanation(key, value, stated.Code, formula, null, [], null, [before.Explanation, property]));
    }

    /// <summary>A spelling of the volume unit in a state, for the reader.</summary>
    private static string StateCode(Unit unit, UnitCondition state)
    {
        var temperature = state switch
        {
            UnitCondition.Gas0C => "0 °C",
            UnitCondition.Gas15C => "15 °C",
            UnitCondition.Gas20C => "20 °C",
            UnitCondition.Gas60F => "60 °F",
            _ => "",
        };
        var volume = unit.Factor == CubicMetre.Factor ? CubicMetre.Code : unit.GasState == UnitCondition.None ? unit.Code : "x " + unit.Code;
        return temperature.Length == 0 ? volume : $"{volume} ({temperature})";
    }
}
