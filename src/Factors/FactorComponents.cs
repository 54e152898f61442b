using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// The text form of a version's numbers (<c>ncv=42.652 GJ/t|carbon=20.2 kg/GJ|oxidation=98 %</c>) and the rule which dimension each
/// kind must have.
/// </summary>
internal static class FactorComponents
{
    private const string AsCo2e = "_as_co2e";

    /// <summary>Larger numbers than this are a misplaced decimal or a joined pair of cells, never a published factor.</summary>
    private const double LargestValue = 1e15;

    /// <summary>Parses a components cell. On failure the problem's code and arguments say what was wrong; its place is filled by the caller.</summary>
    public static Outcome<IReadOnlyList<FactorComponent>> Parse(string text)
    {
        var components = new List<FactorComponent>();
        foreach (var part in text.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var blank = equals < 0 ? -1 : part.IndexOf(' ', equals);
            if (equals <= 0 || blank < 0)
            {
                return new Problem("factor_component_form", Found: part);
            }

            if (Kind(part[..equals].Trim()) is not { } kind)
            {
                return new Problem("factor_component_unknown", Found: part[..equals].Trim());
            }

            var number = part[(equals + 1)..blank];
            if (!TryNumber(number, out var value))
            {
                return new Problem("factor_number", Found: number);
            }

            var unitText = part[blank..].Trim();
            if (Units.Find(unitText) is not { } unit)
            {
                return new Problem("factor_unit_unknown", Found: unitText);
            }

            components.Add(new FactorComponent(kind.Kind, kind.Gas, value, unit));
        }

        return Check(components) is { } problem ? problem : components;
    }

    public static string Write(IReadOnlyList<FactorComponent> components)
    {
        var text = new StringBuilder();
        foreach (var component in components)
        {
            text.Append(text.Length > 0 ? "|" : "").Append(Name(component)).Append('=')
                .Append(component.Value.ToString("R", CultureInfo.InvariantCulture)).Append(' ').Append(component.Unit.Code);
        }

        return text.ToString();
    }

    /// <summary>Every rule on the numbers of one version: at least one, each kind once, of its dimension, in its range.</summary>
    public static Problem? Check(IReadOnlyList<FactorComponent> components)
    {
        if (components.Count == 0)
        {
            return new Problem("factor_no_component");
        }

        for (var i = 0; i < components.Count; i++)
        {
            var component = components[i];
            for (var j = 0; j < i; j++)
            {
                if (components[j].Kind == component.Kind && components[j].Gas == component.Gas)
                {
                    return new Problem("factor_component_twice", Found: Name(component));
                }
            }

            if (!double.IsFinite(component.Value) || Math.Abs(component.Value) > LargestValue)
            {
                return new Problem("factor_number", Found: component.Value.ToString("R", CultureInfo.InvariantCulture));
            }

            if (!InRange(component))
            {
                return new Problem("factor_value_range", Found: component.Value.ToString("R", CultureInfo.InvariantCulture), Args: Name(component));
            }

            if (!Fits(component.Kind, component.Unit))
            {
                return new Problem("factor_unit_kind", Found: component.Unit.Code, Args: Name(component));
            }
        }

        return null;
    }

    /// <summary>A number in the only form a pack may hold: point, optional exponent, no grouping.</summary>
    public static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);

    public static string Name(FactorComponent component) => component.Kind switch
    {
        ComponentKind.GasMass => component.Gas!.Code,
        ComponentKind.GasAsCo2e => component.Gas!.Code + AsCo2e,
        ComponentKind.Co2e => "co2e",
        ComponentKind.NetCalorificValue => "ncv",
        ComponentKind.GrossCalorificValue => "gcv",
        ComponentKind.CarbonContent => "carbon",
        ComponentKind.Oxidation => "oxidation",
        ComponentKind.Density => "density",
        ComponentKind.LeakRate => "leak_rate",
        ComponentKind.CarbonShare => "carbon_share",
        _ => throw new ArgumentOutOfRangeException(nameof(component)),
    };

    private static readonly ConcurrentDictionary<string, bool> MassPer = new(StringComparer.Ordinal);

    /// <summary>Whether a unit starts with a mass per something: <c>kg/kWh</c>, <c>t CO2/(t steel)</c>.</summary>
    private static bool IsMassPer(string unit)
    {
        var depth = 0;
        for (var i = 0; i < unit.Length; i++)
        {
            depth += unit[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (unit[i] == '/' && depth == 0)
            {
                return Units.Find(unit[..i]) is { } mass && mass.Dimension == Dimension.OfMass;
            }
        }

        return false;
    }

    private static bool Fits(ComponentKind kind, Unit unit) => kind switch
    {
        ComponentKind.GasMass or ComponentKind.GasAsCo2e or ComponentKind.Co2e => MassPer.GetOrAdd(unit.Code, IsMassPer),
        ComponentKind.NetCalorificValue or ComponentKind.GrossCalorificValue =>
            unit.Dimension == Dimension.OfEnergy * Dimension.OfMass.Power(-1) || unit.Dimension == Dimension.OfEnergy * Dimension.OfVolume.Power(-1),
        ComponentKind.CarbonContent => unit.Dimension == Dimension.OfMass * Dimension.OfEnergy.Power(-1),
        ComponentKind.Oxidation or ComponentKind.CarbonShare => unit.Dimension == Dimension.None,
        ComponentKind.Density => unit.Dimension == Dimension.OfMass * Dimension.OfVolume.Power(-1),
        ComponentKind.LeakRate => unit.Dimension == Dimension.None || unit.Dimension == new Dimension(Time: -1),
        _ => false,
    };

    /// <summary>Masses may be zero (a battery car's tailpipe) but not negative: a credit is never a factor. Properties are above zero.</summary>
    private static bool InRange(FactorComponent component) => component.Kind switch
    {
        ComponentKind.GasMass or ComponentKind.GasAsCo2e or ComponentKind.Co2e => component.Value >= 0,
        ComponentKind.Oxidation or ComponentKind.CarbonShare => component.Value > 0 && component.Value * component.Unit.ToCoherent <= 1 + 1e-12,
        _ => component.Value > 0,
    };

    public static (ComponentKind Kind, Gas? Gas)? Kind(string name)
    {
        switch (name)
        {
            case "co2e": return (ComponentKind.Co2e, null);
            case "ncv": return (ComponentKind.NetCalorificValue, null);
            case "gcv": return (ComponentKind.GrossCalorificValue, null);
            case "carbon": return (ComponentKind.CarbonContent, null);
            case "oxidation": return (ComponentKind.Oxidation, null);
            case "density": return (ComponentKind.Density, null);
            case "leak_rate": return (ComponentKind.LeakRate, null);
            case "carbon_share": return (ComponentKind.CarbonShare, null);
        }

        if (name.EndsWith(AsCo2e, StringComparison.Ordinal))
        {
            return Gases.Find(name[..^AsCo2e.Length]) is { } part ? (ComponentKind.GasAsCo2e, part) : null;
        }

        return Gases.Find(name) is { } gas ? (ComponentKind.GasMass, gas) : null;
    }
}
