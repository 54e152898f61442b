using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>
/// What a reviewer needs to trust a result or to find it again: the hash of the system and of the method, the solver's proof, and what did not count.
/// </summary>
/// <param name="SystemHash">SHA-256 of matrices, datasets' ids and versions, rules and parameters.</param>
/// <param name="MethodHash">SHA-256 of the method with its sets and the mapping.</param>
/// <param name="Solver">Backward error and agreement of both routes.</param>
/// <param name="Coverage">Flows of the inventory without a factor, by count and by mass, with the largest.</param>
/// <param name="Open">Inputs that linking left open, scaled to the demand.</param>
/// <param name="Notes">Lines of the link report: formulas whose stored amount was taken, other rules of allocation, missing providers.</param>
public sealed record ResultCertificate(string SystemHash, string MethodHash, string Method, string MethodVersion, Certificate Solver, InventoryCoverage Coverage, OpenShare Open, int Ambiguous, int Notes)
{
    /// <summary>The largest flows without a factor and open inputs that are listed.</summary>
    public const int Listed = 10;

    /// <summary>Share of the flows, by count, that have no factor for any indicator.</summary>
    public double UncharacterisedShare => Coverage.Flows == 0 ? 0 : (double)(Coverage.Flows - Coverage.Characterised) / Coverage.Flows;

    /// <summary>The same by mass; null where no flow is measured by mass.</summary>
    public double? UncharacterisedMass => Coverage.Quantities.FirstOrDefault(q => q.Quantity == "mass") is { Total: > 0 } mass ? 1 - (mass.Characterised / mass.Total) : null;

    public static ResultCertificate Of(ImpactResult result) => new(
        result.System.Hash, result.Method.Hash, result.Method.Method.Name, result.Method.Method.Version, result.Certificate, result.Method.Coverage.Of(result.Inventory.Flows, Listed),
        result.Inventory.OpenShare(Listed), result.System.Report.Ambiguous.Count(a => result.Inventory.Supply[a.Column] != 0), result.System.Report.Notes.Count);
}
