using Tanlu.Kernel;

namespace Tanlu.Factors.Methods;

/// <summary>Activity data × emission factor: electricity, heat, transport, waste, goods and spend (GHG Protocol Corporate Standard, ch. 6).</summary>
internal static class ActivityFactorMethod
{
    public static Outcome<FactorPlan> Plan(FactorVersion version, Unit quantity, Measured measured, string clause)
    {
        var gases = new List<GasCoefficient>();
        var density = FactorPlan.Density(version, measured);
        var co2e = 0.0;
        var co2Part = 0.0;
        Explanation? co2eTree = null;
        foreach (var component in version.Components.Where(c => c.Kind is ComponentKind.GasMass or ComponentKind.Co2e or ComponentKind.GasAsCo2e))
        {
            var perUnit = QuantityFit.MassPerUnit(new MeasuredValue(component.Value, component.Unit), quantity, density);
            if (!perUnit.Ok)
            {
                return Outcome<FactorPlan>.Refused(perUnit.Problems);
            }

            var (kg, steps) = perUnit.Value;
            var leaf = new Explanation(
                component.Kind == ComponentKind.GasMass ? "factor_of_gas" : "factor_co2e", component.Value, component.Unit.Code,
                Args: [component.Gas?.Formula ?? "CO2e", version.Id], Source: FactorPlan.From(version));
            var tree = new Explanation("per_unit", kg, $"kg/{quantity.Code}", "EF", clause, [component.Gas?.Formula ?? "CO2e"], Children: [leaf, .. steps]);
            switch (component.Kind)
            {
                case ComponentKind.GasMass:
                    gases.Add(new GasCoefficient(component.Gas!, kg, tree));
                    break;
                case ComponentKind.Co2e:
                    (co2e, co2eTree) = (kg, tree);
                    break;
                case ComponentKind.GasAsCo2e when component.Gas == Gases.Co2:
                    // CO2's GWP is 1 in every set, so its CO2e part is its mass; the parts of other gases stay fixed CO2e.
                    co2Part = kg;
                    gases.Add(new GasCoefficient(Gases.Co2, kg, tree));
                    break;
            }
        }

        if (gases.Count == 0 && co2eTree is null)
        {
            return new Problem("factor_without_rate", Column: "factor", Found: version.Id);
        }

        if (co2eTree is not null && co2Part > 0)
        {
            var rest = Math.Max(0, co2e - co2Part);
            co2eTree = new Explanation("co2e_rest", rest, $"kg/{quantity.Code}", "EF(CO2e) − EF(CO2)", Children: [co2eTree, gases[^1].PerUnit]);
            co2e = rest;
        }

        return new FactorPlan(gases, co2e, co2eTree, EnergyOf(quantity));
    }

    /// <summary>Electricity and heat are bought as energy; other units say nothing of energy.</summary>
    private static EnergyCoefficient? EnergyOf(Unit quantity) => quantity.Dimension != Dimension.OfEnergy
        ? null
        : new EnergyCoefficient(
            quantity.ToCoherent / CombustionMethod.JoulePerWattHour, quantity.CalorificBasis,
            new Explanation("energy_per_unit", quantity.ToCoherent / CombustionMethod.JoulePerWattHour, $"Wh/{quantity.Code}"));
}
