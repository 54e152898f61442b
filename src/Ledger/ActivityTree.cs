using System.Globalization;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>
/// The explanation of an activity's figure: CO2e from gas masses, each mass from the quantity and a coefficient, each coefficient from its
/// factor version. Built from the very calculation that posted, so it cannot say anything else.
/// </summary>
public static class ActivityTree
{
    /// <summary>kg CO2e of the activity in the scopes, over all lines that count under the route.</summary>
    /// <param name="quantity">The leaf that says where the quantity comes from: row, evidence.</param>
    public static Explanation Of(Calculation calculation, double quantity, ExplanationSource quantitySource, GwpSet gwp, Route route) =>
        Of(calculation, quantity, quantitySource, gwp, [.. calculation.Lines.Where(l => route == Route.Both || l.Route is Route.Both || l.Route == route)]);

    /// <summary>As above, over chosen lines of the calculation.</summary>
    public static Explanation Of(Calculation calculation, double quantity, ExplanationSource quantitySource, GwpSet gwp, IReadOnlyList<CalculationLine> chosen)
    {
        var written = new Explanation("quantity", quantity, calculation.Request.Unit.Code, Source: quantitySource);
        var used = calculation.Effective.Tree is { } tree
            ? new Explanation("effective_quantity", calculation.Effective.Of(quantity), calculation.Request.Unit.Code,
                calculation.Effective.Multiplier == 1 ? "Q + (S₀ − S₁)" : "Q × r", Children: [written, tree])
            : written;
        var lines = chosen.Select(l => Line(l, used, gwp)).ToList();
        return new Explanation("activity_co2e", lines.Sum(l => l.Value), "kg CO2e", "Σ", Children: lines);
    }

    /// <summary>One line's part of it, with how its factor was found.</summary>
    public static Explanation Line(CalculationLine line, Explanation quantity, GwpSet gwp)
    {
        var parts = new List<Explanation>();
        var apart = new List<Explanation>();
        foreach (var gas in line.Gases)
        {
            var kg = quantity.Value * gas.KgPerUnit;
            var mass = new Explanation("gas_mass", kg, $"kg {gas.Gas.Formula}", "AD × EF", Args: [gas.Gas.Formula], Children: [quantity, gas.PerUnit]);
            if (gas.Gas.Biogenic)
            {
                apart.Add(mass with { Notes = [new ExplanationNote("biogenic_apart")] });
                continue;
            }

            var value = Gwp.Find(gwp, gas.Gas);
            var factor = value?.Value ?? 0;
            var potential = new Explanation(
                "gwp", factor, "kg CO2e/kg", Args: [gas.Gas.Formula, Gwp.Code(gwp)], Source: new ExplanationSource("constant", $"{Gwp.Code(gwp)}:{gas.Gas.Code}", value is null ? "" : $"{value.Source} [{value.Mark}]"))
            {
                Notes = value is null ? [new ExplanationNote("no_gwp", gas.Gas.Code)] : [],
            };
            var co2e = new Explanation("gas_co2e", kg * factor, "kg CO2e", "m × GWP", "GHG Protocol Corporate Standard, ch. 6", [gas.Gas.Formula], Children: [mass, potential]);
            if (gas.Gas.Regime == GasRegime.Kyoto)
            {
                parts.Add(co2e);
            }
            else
            {
                apart.Add(co2e with { Notes = [new ExplanationNote("outside_scopes", gas.Gas.Code)] });
            }
        }

        if (line.Co2ePerUnit is { } perUnit)
        {
            parts.Add(new Explanation("fixed_co2e", quantity.Value * line.Co2eKgPerUnit, "kg CO2e", "AD × EF", Args: [Gwp.Code(line.FixedGwp)], Children: [quantity, perUnit])
            {
                Notes = [new ExplanationNote("never_restated", line.FixedGwp == GwpSet.None ? "?" : Gwp.Code(line.FixedGwp))],
            });
        }

        var account = line.Account.Scope == 3 ? $"3.{line.Account.Category3.ToString(CultureInfo.InvariantCulture)}" : line.Account.Scope.ToString(CultureInfo.InvariantCulture);
        var match = Match(line);
        return new Explanation("line_co2e", parts.Sum(p => p.Value), "kg CO2e", "Σ", Args: [account, line.Factor?.Id ?? ""], Children: [.. parts, .. apart, .. match])
        {
            Notes = [.. line.Flags.Select(f => new ExplanationNote("flag_" + f.Code, f.Args))],
        };
    }

    /// <summary>What was looked at when the factor was chosen, and why each serves or not.</summary>
    private static IEnumerable<Explanation> Match(CalculationLine line) => line.Considered.Count == 0
        ? []
        : [new Explanation("considered", line.Considered.Count, "1", Children:
        [
            .. line.Considered.Select(c => new Explanation(
                "considered_" + c.Verdict, c.Version.Components[0].Value, c.Version.Components[0].Unit.Code, Args: [c.Version.Id, c.Version.Geography, c.Version.Version],
                Source: FactorSource(c))),
        ])];

    private static ExplanationSource FactorSource(Factors.Considered considered) =>
        new("factor", considered.Version.Id, $"{considered.Version.Source} [{considered.Version.Mark}]");
}
