using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>A number of a factor as the package writes it.</summary>
/// <param name="Kind"><c>gas</c>, <c>gas_as_co2e</c>, <c>co2e</c>, <c>ncv</c>, <c>gcv</c>, <c>carbon</c>, <c>oxidation</c>, <c>density</c> or <c>leak_rate</c>.</param>
internal sealed record PackageComponent(string Kind, short Gas, double Value, Unit Unit)
{
    public MeasuredValue Measured => new(Value, Unit);
}

/// <summary>A factor as the package writes it; a sealed one has no components.</summary>
internal sealed record PackageFactor(string Id, string Pack, bool Sealed, string Activity, IReadOnlyList<PackageComponent> Components, UnitCondition Basis, GwpSet Gwp, string Source, string Mark)
{
    public MeasuredValue? Find(string kind) => Components.FirstOrDefault(c => c.Kind == kind)?.Measured;
}

/// <summary>What one unit of quantity becomes by one factor.</summary>
internal sealed record PackageRates(IReadOnlyList<(short Gas, double Kg)> Gases, double Co2eKg, bool HasCo2e, double? Wh);

/// <summary>
/// The arithmetic of a package, step by step as <c>docs/reference/package-format.md</c> writes it: binary64, each operation in the order given, so that every reader comes to
/// the same milligram. It stands apart from the methods that the program calculates with today: a package is recomputed by the rules of its form, whatever those become.
/// </summary>
internal static class PackageArithmetic
{
    private const double JoulePerWattHour = 3600;
    private const double CarbonToCo2 = 44.0 / 12.0;

    private static readonly Unit Kilogram = new("kg", Dimension.OfMass, Rational.One);
    private static readonly Unit Joule = new("J", Dimension.OfEnergy, Rational.One);
    private static readonly Dimension MassPerVolume = Dimension.OfMass / Dimension.OfVolume;
    private static readonly Dimension MassPerEnergy = Dimension.OfMass / Dimension.OfEnergy;

    /// <summary>Applies a factor to one unit of quantity.</summary>
    /// <exception cref="FormatException">The numbers do not fit together.</exception>
    public static PackageRates Of(PackageFactor factor, Unit quantity, Measured measured) => IsFuel(factor) ? Fuel(factor, quantity, measured) : Activity(factor, quantity, measured);

    /// <summary>Length in years of so many days around a middle day, each calendar year by its own days.</summary>
    public static double Years(DateOnly middle, int days)
    {
        var years = 0.0;
        for (var at = middle.AddDays(-((days - 1) / 2)); days > 0;)
        {
            var next = new DateOnly(at.Year + 1, 1, 1);
            var inYear = Math.Min(days, next.DayNumber - at.DayNumber);
            years += (double)inYear / (next.DayNumber - new DateOnly(at.Year, 1, 1).DayNumber);
            days -= inYear;
            at = at.AddDays(inYear);
        }

        return years;
    }

    /// <summary>Days up to the end of each calendar month of a period, as a share of all its days; the last is 1.</summary>
    public static IReadOnlyList<(Month Month, double UpTo)> Months(DateOnly first, DateOnly last)
    {
        var total = last.DayNumber - first.DayNumber + 1;
        var months = new List<(Month, double)>();
        for (var month = Month.Of(first); month.Interval.Start <= last; month = new Month(month.Number + 1))
        {
            var end = month.Interval.End.DayNumber <= last.DayNumber ? month.Interval.End.DayNumber : last.DayNumber + 1;
            var days = end - first.DayNumber;
            months.Add((month, days == total ? 1 : (double)days / total));
        }

        return months;
    }

    private static bool IsFuel(PackageFactor factor) => factor.Components.Any(c =>
        c.Kind is "carbon" or "ncv" or "gcv" || (c.Kind == "gas" && c.Unit.Dimension == MassPerEnergy && factor.Activity.StartsWith("fuel.", StringComparison.Ordinal)));

    private static PackageRates Fuel(PackageFactor factor, Unit quantity, Measured measured)
    {
        var wh = Energy(factor, quantity, measured);
        var gases = new List<(short Gas, double Kg)>();
        if ((measured.CarbonContent ?? factor.Find("carbon")) is { } carbon)
        {
            var oxidation = measured.Oxidation ?? (factor.Find("oxidation") is { } share ? share.Coherent : factor.Find("carbon") is null ? 1 : throw new FormatException("oxidation"));
            var kg = carbon.Unit.Dimension == MassPerEnergy
                ? Needed(wh) * JoulePerWattHour * carbon.Coherent * oxidation * CarbonToCo2
                : PerUnit(carbon, quantity, Kilogram, Density(factor, measured)) * oxidation * CarbonToCo2;
            gases.Add((Gases.Co2.Id, kg));
        }

        var byCarbon = gases.Count > 0;
        foreach (var rate in factor.Components.Where(c => c.Kind == "gas" && !(byCarbon && c.Gas == Gases.Co2.Id)))
        {
            var oxidation = measured.Oxidation is { } own && (rate.Gas == Gases.Co2.Id || rate.Gas == Gases.Co2Biogenic.Id) ? own : 1;
            gases.Add((rate.Gas, rate.Unit.Dimension == MassPerEnergy
                ? Needed(wh) * JoulePerWattHour * rate.Value * rate.Unit.ToCoherent * oxidation
                : PerUnit(rate.Measured, quantity, Kilogram, Density(factor, measured))));
        }

        return new PackageRates(gases, 0, false, wh);

        static double Needed(double? energy) => energy ?? throw new FormatException("ncv");
    }

    private static double? Energy(PackageFactor factor, Unit quantity, Measured measured)
    {
        if (quantity.Dimension == Dimension.OfEnergy)
        {
            return quantity.ToCoherent / JoulePerWattHour;
        }

        var gross = factor.Basis == UnitCondition.GrossCalorific || (factor.Basis == UnitCondition.None && factor.Find("ncv") is null && factor.Find("gcv") is not null);
        return (measured.NetCalorificValue ?? factor.Find(gross ? "gcv" : "ncv")) is { } value ? Try(() => PerUnit(value, quantity, Joule, Density(factor, measured)) / JoulePerWattHour) : null;

        // A calorific value that does not fit the quantity matters only where a rate needs it.
        static double? Try(Func<double> work)
        {
            try
            {
                return work();
            }
            catch (FormatException)
            {
                return null;
            }
        }
    }

    private static PackageRates Activity(PackageFactor factor, Unit quantity, Measured measured)
    {
        var gases = new List<(short Gas, double Kg)>();
        var (co2e, hasCo2e, co2Part) = (0.0, false, 0.0);
        foreach (var component in factor.Components.Where(c => c.Kind is "gas" or "co2e" or "gas_as_co2e"))
        {
            var kg = PerUnit(component.Measured, quantity, Kilogram, Density(factor, measured));
            if (component.Kind == "gas")
            {
                gases.Add((component.Gas, kg));
            }
            else if (component.Kind == "co2e")
            {
                (co2e, hasCo2e) = (kg, true);
            }
            else if (component.Gas == Gases.Co2.Id)
            {
                co2Part = kg;
                gases.Add((component.Gas, kg));
            }
        }

        return new PackageRates(
            gases, hasCo2e && co2Part > 0 ? Math.Max(0, co2e - co2Part) : co2e, hasCo2e, quantity.Dimension == Dimension.OfEnergy ? quantity.ToCoherent / JoulePerWattHour : null);
    }

    private static MeasuredValue? Density(PackageFactor factor, Measured measured) => measured.Density ?? factor.Find("density");

    /// <summary>A rate's numerator, in the result's unit, per unit of quantity.</summary>
    private static double PerUnit(MeasuredValue rate, Unit quantity, Unit result, MeasuredValue? density)
    {
        var denominator = (result.Per(rate.Unit) ?? throw new FormatException("unit")) is var whole && whole.Dimension == Dimension.OfEnergy ? whole : whole with { CalorificBasis = UnitCondition.None };
        return rate.Value * Converted(quantity, denominator, density);
    }

    /// <summary>One of the first unit in the second: at most a change of gas state, a density, another change of state, and the exact factor.</summary>
    private static double Converted(Unit from, Unit to, MeasuredValue? density)
    {
        var (value, unit) = (1.0, from);
        if (unit.Dimension != to.Dimension)
        {
            var d = density is { } given && given.Unit.Dimension == MassPerVolume ? given : throw new FormatException("density");
            if (unit.Dimension == Dimension.OfVolume && to.Dimension == Dimension.OfMass)
            {
                value = InState(value, unit.GasState, d.Unit.GasState) * unit.ToCoherent * d.Coherent;
                unit = Kilogram;
            }
            else if (unit.Dimension == Dimension.OfMass && to.Dimension == Dimension.OfVolume)
            {
                value = value * unit.ToCoherent / d.Coherent;
                unit = new Unit("m3", Dimension.OfVolume, Rational.One, d.Unit.GasState);
            }
            else
            {
                throw new FormatException("unit");
            }
        }

        if (unit.Dimension == Dimension.OfVolume)
        {
            value = InState(value, unit.GasState, to.GasState);
        }

        return unit.Factor == to.Factor ? value : value * (unit.Factor / to.Factor).ToDouble();
    }

    private static double InState(double volume, UnitCondition has, UnitCondition wanted) => has == wanted ? volume : volume * (Kelvin(wanted) / Kelvin(has));

    private static double Kelvin(UnitCondition state) => state switch
    {
        UnitCondition.Gas0C => 273.15,
        UnitCondition.Gas15C => 288.15,
        UnitCondition.Gas20C => 293.15,
        UnitCondition.Gas60F => (60 + 459.67) * 5 / 9,
        _ => throw new FormatException("gas_state"),
    };
}
