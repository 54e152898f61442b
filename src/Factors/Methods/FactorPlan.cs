using Tanlu.Kernel;

namespace Tanlu.Factors.Methods;

/// <summary>What one factor version makes of one unit of quantity: gas masses, a fixed CO2e, and the energy where it is known.</summary>
internal sealed record FactorPlan(IReadOnlyList<GasCoefficient> Gases, double Co2eKgPerUnit, Explanation? Co2ePerUnit, EnergyCoefficient? Energy)
{
    /// <summary>Plans a version for a quantity's unit: as a fuel where it speaks of energy or carbon, else as activity × factor.</summary>
    public static Outcome<FactorPlan> Of(FactorVersion version, Unit quantity, Measured measured, string clause) =>
        CombustionMethod.Serves(version) ? CombustionMethod.Plan(version, quantity, measured) : ActivityFactorMethod.Plan(version, quantity, measured, clause);

    /// <summary>The source of a factor's value: the version with title, page and verification mark.</summary>
    public static ExplanationSource From(FactorVersion version) =>
        new("factor", version.Id, version.Page.Length > 0 ? $"{version.Source}, {version.Page} [{version.Mark}]" : $"{version.Source} [{version.Mark}]");

    public static ExplanationSource FromInput(string column) => new("measured", column);

    public static (MeasuredValue, ExplanationSource)? Density(FactorVersion version, Measured measured) =>
        measured.Density is { } own ? (own, FromInput("density"))
        : version.Find(ComponentKind.Density) is { } published ? (new MeasuredValue(published.Value, published.Unit), From(version))
        : null;
}
