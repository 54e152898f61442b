using Tanlu.Kernel;

namespace Tanlu.Factors.Methods;

/// <summary>
/// Combustion of fuels. By calorific value and carbon: CO2 = FC × NCV × CC × OF × 44/12 (China's industry guidelines 2013-15, fossil fuel
/// combustion; IPCC 2006 Guidelines vol. 2 ch. 2). By energy: gas = FC × NCV × EF (IPCC 2006 vol. 2 ch. 2 eq. 2.1). Measured values take the
/// place of the set's own.
/// </summary>
internal static class CombustionMethod
{
    public const double JoulePerWattHour = 3600;

    /// <summary>Molar mass of CO2 over that of carbon, as every guideline writes it.</summary>
    public const double CarbonToCo2 = 44.0 / 12.0;

    private const string CarbonClause = "IPCC 2006 vol. 2 ch. 2; 行业企业温室气体核算方法与报告指南 2013-2015, 化石燃料燃烧";
    private const string EnergyClause = "IPCC 2006 vol. 2 ch. 2, eq. 2.1";

    private static readonly Dimension MassPerEnergy = Dimension.OfMass / Dimension.OfEnergy;

    public static bool Serves(FactorVersion version) => version.Components.Any(c =>
        c.Kind is ComponentKind.CarbonContent or ComponentKind.NetCalorificValue or ComponentKind.GrossCalorificValue
        || (c.Kind == ComponentKind.GasMass && c.Unit.Dimension == MassPerEnergy && version.Activity.StartsWith("fuel.", StringComparison.Ordinal)));

    public static Outcome<FactorPlan> Plan(FactorVersion version, Unit quantity, Measured measured)
    {
        var energy = Energy(version, quantity, measured);
        var gases = new List<GasCoefficient>();
        if (measured.CarbonContent is not null || version.Find(ComponentKind.CarbonContent) is not null)
        {
            var co2 = CarbonRoute(version, quantity, measured, energy);
            if (!co2.Ok)
            {
                return Outcome<FactorPlan>.Refused(co2.Problems);
            }

            gases.Add(co2.Value);
        }

        foreach (var rate in version.Components.Where(c => c.Kind == ComponentKind.GasMass && (gases.Count == 0 || c.Gas != gases[0].Gas)))
        {
            var gas = GasRoute(version, rate, quantity, measured, energy);
            if (!gas.Ok)
            {
                return Outcome<FactorPlan>.Refused(gas.Problems);
            }

            gases.Add(gas.Value);
        }

        return gases.Count > 0
            ? new FactorPlan(gases, 0, null, energy.Ok ? energy.Value : null)
            : new Problem("factor_without_rate", Column: "factor", Found: version.Id);
    }

    /// <summary>Energy per unit of quantity on the set's calorific basis.</summary>
    private static Outcome<EnergyCoefficient> Energy(FactorVersion version, Unit quantity, Measured measured)
    {
        var gross = version.Basis == UnitCondition.GrossCalorific
            || (version.Basis == UnitCondition.None && version.Find(ComponentKind.NetCalorificValue) is null && version.Find(ComponentKind.GrossCalorificValue) is not null);
        var basis = gross ? UnitCondition.GrossCalorific : UnitCondition.NetCalorific;
        if (quantity.Dimension == Dimension.OfEnergy)
        {
            if (quantity.CalorificBasis != UnitCondition.None && quantity.CalorificBasis != basis)
            {
                return new Problem("basis_differs", Column: "unit", Found: quantity.Code, Args: [QuantityFit.BasisCode(basis)]);
            }

            var perUnit = quantity.ToCoherent / JoulePerWattHour;
            IReadOnlyList<ExplanationNote> notes = quantity.CalorificBasis == UnitCondition.None ? [new ExplanationNote("energy_on_set_basis", QuantityFit.BasisCode(basis))] : [];
            return new EnergyCoefficient(perUnit, basis, new Explanation("energy_per_unit", perUnit, $"Wh/{quantity.Code}") { Notes = notes });
        }

        if (measured.NetCalorificValue is not null && gross)
        {
            return new Problem("basis_differs", Column: "ncv", Found: "NCV", Args: ["GCV"]);
        }

        var own = measured.NetCalorificValue;
        var published = version.Find(gross ? ComponentKind.GrossCalorificValue : ComponentKind.NetCalorificValue);
        if (own is null && published is null)
        {
            return new Problem("ncv_needed", Column: "ncv", Found: quantity.Code, Args: [version.Id]);
        }

        var value = own ?? new MeasuredValue(published!.Value, published.Unit);
        var fit = QuantityFit.EnergyPerUnit(value, quantity, FactorPlan.Density(version, measured));
        if (!fit.Ok)
        {
            return Outcome<EnergyCoefficient>.Refused(fit.Problems);
        }

        var (joule, steps) = fit.Value;
        var leaf = new Explanation(
            gross ? "gcv" : "ncv", value.Value, value.Unit.Code, Source: own is null ? FactorPlan.From(version) : FactorPlan.FromInput("ncv"));
        return new EnergyCoefficient(
            joule / JoulePerWattHour, basis,
            new Explanation("energy_per_unit", joule / JoulePerWattHour, $"Wh/{quantity.Code}", gross ? "GCV" : "NCV", Children: [leaf, .. steps]));
    }

    private static Outcome<GasCoefficient> CarbonRoute(FactorVersion version, Unit quantity, Measured measured, Outcome<EnergyCoefficient> energy)
    {
        var own = measured.CarbonContent;
        var published = version.Find(ComponentKind.CarbonContent);
        var carbon = own ?? new MeasuredValue(published!.Value, published.Unit);
        var carbonLeaf = new Explanation(
            "carbon_content", carbon.Value, carbon.Unit.Code, Source: own is null ? FactorPlan.From(version) : FactorPlan.FromInput("carbon_content"));
        if (Oxidation(version, measured) is not { } oxidation)
        {
            return new Problem("oxidation_needed", Column: "oxidation", Found: version.Id);
        }

        var molar = new Explanation("molar_ratio", CarbonToCo2, "kg CO2/kg C", Source: new ExplanationSource("constant", "44/12"));
        if (carbon.Unit.Dimension == MassPerEnergy)
        {
            if (!energy.Ok)
            {
                return Outcome<GasCoefficient>.Refused(energy.Problems);
            }

            var kg = energy.Value.WhPerUnit * JoulePerWattHour * carbon.Coherent * oxidation.Value * CarbonToCo2;
            return new GasCoefficient(Gases.Co2, kg, new Explanation(
                "per_unit", kg, $"kg/{quantity.Code}", quantity.Dimension == Dimension.OfEnergy ? "CC × OF × 44/12" : "NCV × CC × OF × 44/12", CarbonClause, ["CO2"],
                Children: [energy.Value.PerUnit, carbonLeaf, oxidation, molar]));
        }

        var fit = QuantityFit.MassPerUnit(carbon, quantity, FactorPlan.Density(version, measured));
        if (!fit.Ok)
        {
            return Outcome<GasCoefficient>.Refused(fit.Problems);
        }

        var direct = fit.Value.PerUnit * oxidation.Value * CarbonToCo2;
        return new GasCoefficient(Gases.Co2, direct, new Explanation(
            "per_unit", direct, $"kg/{quantity.Code}", "C × OF × 44/12", CarbonClause, ["CO2"], Children: [carbonLeaf, oxidation, molar, .. fit.Value.Steps]));
    }

    /// <summary>The share that oxidises: measured, the set's own, or 1 where the set is IPCC's, whose tier 1 assumes full oxidation.</summary>
    private static Explanation? Oxidation(FactorVersion version, Measured measured)
    {
        if (measured.Oxidation is { } own)
        {
            return new Explanation("oxidation", own, "1", Source: FactorPlan.FromInput("oxidation"));
        }

        if (version.Find(ComponentKind.Oxidation) is { } published)
        {
            return new Explanation("oxidation", published.Value * published.Unit.ToCoherent, "1", Source: FactorPlan.From(version));
        }

        return version.Find(ComponentKind.CarbonContent) is null
            ? new Explanation("oxidation", 1, "1", Source: FactorPlan.From(version)) { Notes = [new ExplanationNote("full_oxidation")] }
            : null;
    }

    private static Outcome<GasCoefficient> GasRoute(FactorVersion version, FactorComponent rate, Unit quantity, Measured measured, Outcome<EnergyCoefficient> energy)
    {
        var leaf = new Explanation("factor_of_gas", rate.Value, rate.Unit.Code, Args: [rate.Gas!.Formula, version.Id], Source: FactorPlan.From(version));
        if (rate.Unit.Dimension == MassPerEnergy)
        {
            if (!energy.Ok)
            {
                return Outcome<GasCoefficient>.Refused(energy.Problems);
            }

            // IPCC's default assumes full oxidation; a measured share scales the CO2.
            var oxidation = measured.Oxidation is { } own && (rate.Gas == Gases.Co2 || rate.Gas == Gases.Co2Biogenic) ? own : 1;
            var kg = energy.Value.WhPerUnit * JoulePerWattHour * rate.Value * rate.Unit.ToCoherent * oxidation;
            List<Explanation> children = [energy.Value.PerUnit, leaf];
            if (oxidation != 1)
            {
                children.Add(new Explanation("oxidation", oxidation, "1", Source: FactorPlan.FromInput("oxidation")));
            }

            return new GasCoefficient(rate.Gas, kg, new Explanation(
                "per_unit", kg, $"kg/{quantity.Code}", quantity.Dimension == Dimension.OfEnergy ? "EF" : "NCV × EF", EnergyClause, [rate.Gas.Formula], Children: children)
            {
                Notes = rate.Gas == Gases.Ch4 ? [new ExplanationNote("ch4_of_combustion")] : [],
            });
        }

        var fit = QuantityFit.MassPerUnit(new MeasuredValue(rate.Value, rate.Unit), quantity, FactorPlan.Density(version, measured));
        return fit.Ok
            ? new GasCoefficient(rate.Gas, fit.Value.PerUnit, new Explanation(
                "per_unit", fit.Value.PerUnit, $"kg/{quantity.Code}", "EF", EnergyClause, [rate.Gas.Formula], Children: [leaf, .. fit.Value.Steps]))
            : Outcome<GasCoefficient>.Refused(fit.Problems);
    }
}
