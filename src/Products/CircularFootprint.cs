using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>What the Circular Footprint Formula needs, for one material and one indicator. Shares are of one; impacts are per unit of the material, all in one unit.</summary>
public sealed record CircularFootprintParameters
{
    /// <summary>A: burdens and credits of recycling that stay with the system that uses or makes the recycled material: 1 is the cut-off (100:0), 0 the end-of-life approach (0:100).</summary>
    public required double A { get; init; }

    /// <summary>B: the same for energy recovery; 0 unless the category rules say otherwise.</summary>
    public double B { get; init; }

    /// <summary>R1: share of the material that comes from recycling.</summary>
    public double R1 { get; init; }

    /// <summary>R2: share of the material that will be recycled, at the gate of the recycling plant's output.</summary>
    public double R2 { get; init; }

    /// <summary>R3: share of the material that goes to energy recovery.</summary>
    public double R3 { get; init; }

    /// <summary>QSin/QP: quality of the recycled material that comes in over that of the primary material.</summary>
    public double QualityIn { get; init; } = 1;

    /// <summary>QSout/QP: quality of the recycled material that goes out over that of the primary material.</summary>
    public double QualityOut { get; init; } = 1;

    /// <summary>EV: making the primary material.</summary>
    public required double Virgin { get; init; }

    /// <summary>E*V: making the primary material that recycling replaces; null for the same as <see cref="Virgin"/>.</summary>
    public double? Replaced { get; init; }

    /// <summary>Erecycled: making the recycled material that comes in, with collection, sorting and transport.</summary>
    public double Recycled { get; init; }

    /// <summary>ErecyclingEoL: recycling at the end of life, with collection, sorting and transport.</summary>
    public double RecyclingAtEnd { get; init; }

    /// <summary>ED: disposing of the rest, without energy recovery.</summary>
    public double Disposal { get; init; }

    /// <summary>EER: the process that recovers the energy.</summary>
    public double EnergyRecovery { get; init; }

    /// <summary>ESE,heat: the heat that is replaced, per unit of energy.</summary>
    public double HeatReplaced { get; init; }

    /// <summary>ESE,elec: the electricity that is replaced, per unit of energy.</summary>
    public double ElectricityReplaced { get; init; }

    /// <summary>LHV: lower heating value of the material, in the unit of energy of the two replaced energies.</summary>
    public double HeatingValue { get; init; }

    /// <summary>XER,heat: efficiency of the recovery of heat.</summary>
    public double HeatEfficiency { get; init; }

    /// <summary>XER,elec: efficiency of the recovery of electricity.</summary>
    public double ElectricityEfficiency { get; init; }
}

/// <summary>The Circular Footprint Formula (Commission Recommendation (EU) 2021/2279, Annex I, 4.4.8.1): material + energy + disposal.</summary>
public static class CircularFootprint
{
    private const string Clause = "Recommendation (EU) 2021/2279, Annex I, 4.4.8.1";

    private const double SmallestA = 0.2;
    private const double LargestA = 0.8;

    /// <summary>
    /// The result as a tree, in the unit of the impacts. Refused: a share outside 0…1 or R2 + R3 above 1 (<c>cff_share</c>), a negative or infinite value where none can be (<c>cff_value</c>).
    /// A note says where A leaves the range 0.2…0.8 of the method or B is not 0.
    /// </summary>
    public static Outcome<Explanation> Of(CircularFootprintParameters p, string unit)
    {
        var problems = Problems(p).ToList();
        if (problems.Count > 0)
        {
            return Outcome<Explanation>.Refused(problems);
        }

        var replaced = p.Replaced ?? p.Virgin;
        var material = Sum(
            "cff_material", unit, "M₁ + M₂ + M₃",
            Node("cff_virgin", (1 - p.R1) * p.Virgin, unit, "(1 − R₁) × E_V", ("R₁", p.R1, "1"), ("E_V", p.Virgin, unit)),
            Node(
                "cff_recycled", p.R1 * ((p.A * p.Recycled) + ((1 - p.A) * p.Virgin * p.QualityIn)), unit, "R₁ × (A × E_recycled + (1 − A) × E_V × Q_Sin/Q_P)",
                ("R₁", p.R1, "1"), ("A", p.A, "1"), ("E_recycled", p.Recycled, unit), ("E_V", p.Virgin, unit), ("Q_Sin/Q_P", p.QualityIn, "1")),
            Node(
                "cff_recycling", (1 - p.A) * p.R2 * (p.RecyclingAtEnd - (replaced * p.QualityOut)), unit, "(1 − A) × R₂ × (E_recyclingEoL − E*_V × Q_Sout/Q_P)",
                ("A", p.A, "1"), ("R₂", p.R2, "1"), ("E_recyclingEoL", p.RecyclingAtEnd, unit), ("E*_V", replaced, unit), ("Q_Sout/Q_P", p.QualityOut, "1")));
        var energy = Node(
            "cff_energy",
            (1 - p.B) * p.R3 * (p.EnergyRecovery - (p.HeatingValue * p.HeatEfficiency * p.HeatReplaced) - (p.HeatingValue * p.ElectricityEfficiency * p.ElectricityReplaced)), unit,
            "(1 − B) × R₃ × (E_ER − LHV × X_ER,heat × E_SE,heat − LHV × X_ER,elec × E_SE,elec)",
            ("B", p.B, "1"), ("R₃", p.R3, "1"), ("E_ER", p.EnergyRecovery, unit), ("LHV", p.HeatingValue, ""), ("X_ER,heat", p.HeatEfficiency, "1"), ("E_SE,heat", p.HeatReplaced, unit),
            ("X_ER,elec", p.ElectricityEfficiency, "1"), ("E_SE,elec", p.ElectricityReplaced, unit));
        var disposal = Node("cff_disposal", (1 - p.R2 - p.R3) * p.Disposal, unit, "(1 − R₂ − R₃) × E_D", ("R₂", p.R2, "1"), ("R₃", p.R3, "1"), ("E_D", p.Disposal, unit));
        var total = Sum("cff", unit, "Material + Energy + Disposal", material, energy, disposal);
        return total with { Notes = [.. Notes(p)] };
    }

    private static IEnumerable<ExplanationNote> Notes(CircularFootprintParameters p)
    {
        if (p.A is < SmallestA or > LargestA)
        {
            yield return new ExplanationNote("cff_a_range", NumberText(p.A));
        }

        if (p.B != 0)
        {
            yield return new ExplanationNote("cff_b_not_zero", NumberText(p.B));
        }
    }

    private static IEnumerable<Problem> Problems(CircularFootprintParameters p)
    {
        foreach (var (name, share) in new[] { ("A", p.A), ("B", p.B), ("R1", p.R1), ("R2", p.R2), ("R3", p.R3), ("XER,heat", p.HeatEfficiency), ("XER,elec", p.ElectricityEfficiency) })
        {
            if (!(share is >= 0 and <= 1))
            {
                yield return new Problem("cff_share", null, name, NumberText(share), name);
            }
        }

        if (p.R2 + p.R3 > 1 + 1e-12)
        {
            yield return new Problem("cff_share", null, "R2 + R3", NumberText(p.R2 + p.R3), "R2 + R3");
        }

        foreach (var (name, value) in new[] { ("QSin/QP", p.QualityIn), ("QSout/QP", p.QualityOut), ("LHV", p.HeatingValue) })
        {
            if (!(value >= 0) || !double.IsFinite(value))
            {
                yield return new Problem("cff_value", null, name, NumberText(value), name);
            }
        }

        foreach (var (name, value) in new[]
        {
            ("EV", p.Virgin), ("E*V", p.Replaced ?? 0), ("Erecycled", p.Recycled), ("ErecyclingEoL", p.RecyclingAtEnd), ("ED", p.Disposal), ("EER", p.EnergyRecovery),
            ("ESE,heat", p.HeatReplaced), ("ESE,elec", p.ElectricityReplaced),
        })
        {
            if (!double.IsFinite(value))
            {
                yield return new Problem("cff_value", null, name, NumberText(value), name);
            }
        }
    }

    private static Explanation Sum(string key, string unit, string formula, params Explanation[] parts) => new(key, parts.Sum(p => p.Value), unit, formula, Clause, Children: parts);

    private static Explanation Node(string key, double value, string unit, string formula, params (string Symbol, double Value, string Unit)[] parameters) => new(
        key, value, unit, formula, Clause,
        Children: [.. parameters.Select(p => new Explanation("cff_parameter", p.Value, p.Unit, Args: [p.Symbol], Source: new ExplanationSource("input", p.Symbol)))]);

    private static string NumberText(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
