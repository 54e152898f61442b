using Tanlu.Kernel;

namespace Tanlu.Factors.Methods;

/// <summary>Which accounting routes count a posting. Numbers are stored.</summary>
public enum Route : byte
{
    /// <summary>Counts under both routes.</summary>
    Both = 0,

    /// <summary>Counts under the GHG Protocol route only, e.g. CH4 and N2O of combustion at a Chinese site.</summary>
    GhgProtocol = 1,

    /// <summary>Counts under the Chinese guideline route only.</summary>
    Guideline = 2,
}

/// <summary>
/// Where a line belongs in the book: scope 1, scope 2 by location, or a scope 3 category. Numbers are stored: 100, 200, 301 to 315.
/// </summary>
public readonly record struct Account(short Number)
{
    public static readonly Account Scope1 = new(100);
    public static readonly Account Scope2Location = new(200);

    public int Scope => Number / 100;

    /// <summary>Scope 3 category 1 to 15; 0 in scopes 1 and 2.</summary>
    public int Category3 => Number >= 300 ? Number - 300 : 0;

    public static Account Of(int scope, int category3) => scope switch
    {
        1 => Scope1,
        2 => Scope2Location,
        3 when category3 is >= 1 and <= 15 => new Account((short)(300 + category3)),
        _ => throw new ArgumentOutOfRangeException(nameof(scope)),
    };
}

/// <summary>Everything that decides a calculation except the quantity itself: rows that share it share the calculation.</summary>
/// <param name="Activity">Activity code; empty where <paramref name="Factor"/> names a factor.</param>
/// <param name="On">The day that decides the version: the middle of the activity's period.</param>
/// <param name="Days">Length of the period in days; it matters to annual leak rates only and is 0 elsewhere.</param>
/// <param name="Factor">Factor named by the user; empty for matching.</param>
/// <param name="Scope">Scope given by the user; 0 for the activity's own.</param>
/// <param name="Category3">Scope 3 category given by the user; 0 for the activity's own.</param>
public sealed record CalculationRequest(
    string Activity, Unit Unit, Region Region, DateOnly On, string Factor = "", int Scope = 0, int Category3 = 0, Measured? Measured = null, int Days = 0)
{
    public Measured Measured { get; init; } = Measured ?? Measured.Nothing;
}

/// <summary>Mass of one gas per unit of quantity, with the tree that explains it.</summary>
/// <param name="KgPerUnit">kg of the gas per unit of quantity.</param>
public sealed record GasCoefficient(Gas Gas, double KgPerUnit, Explanation PerUnit);

/// <summary>One line of a calculation: gases (or a fixed CO2e) into one account, by one factor version.</summary>
/// <param name="Co2eKgPerUnit">CO2e known only as such, kg per unit of quantity under <paramref name="FixedGwp"/>; never restated.</param>
public sealed record CalculationLine(
    Account Account, Route Route, FactorRole Role, IReadOnlyList<GasCoefficient> Gases, double Co2eKgPerUnit, GwpSet FixedGwp, Explanation? Co2ePerUnit,
    FactorVersion? Factor, IReadOnlyList<Considered> Considered, IReadOnlyList<MatchFlag> Flags);

/// <summary>
/// An activity's calculation without its quantity. A posting's mass is the quantity times a coefficient, rounded once; the tree explains the
/// same coefficient, so that the figure and its explanation cannot differ.
/// </summary>
public sealed class Calculation
{
    internal Calculation(CalculationRequest request, ActivityType? type, IReadOnlyList<CalculationLine> lines, EnergyCoefficient? energy, EffectiveQuantity effective)
    {
        Request = request;
        Type = type;
        Lines = lines;
        Energy = energy;
        Effective = effective;
    }

    public CalculationRequest Request { get; }

    /// <summary>Null where the activity was left empty and a factor named.</summary>
    public ActivityType? Type { get; }

    /// <summary>The unit in which the quantity was read: a bare gas volume of a matched fuel has the state that the activity states for it.</summary>
    public Unit ReadAs => Type is { Method: not MethodKind.Refrigerant } && Request.Factor.Length == 0 ? Calculator.UnitOf(Request, Type) : Request.Unit;

    /// <summary>The main line first.</summary>
    public IReadOnlyList<CalculationLine> Lines { get; }

    /// <summary>Energy per unit of quantity; null where it is not known or not an energy use.</summary>
    public EnergyCoefficient? Energy { get; }

    /// <summary>How a refrigerant's stocks or leak rate turn the written quantity into the mass released; the identity elsewhere.</summary>
    public EffectiveQuantity Effective { get; }

    /// <summary>Ids of the factor versions the calculation rests on, main first.</summary>
    public IEnumerable<string> FactorIds => Lines.Where(l => l.Factor is not null).Select(l => l.Factor!.Id).Distinct();

    public IEnumerable<MatchFlag> Flags => Lines.SelectMany(l => l.Flags).Distinct();
}

/// <summary>Energy used per unit of quantity.</summary>
/// <param name="WhPerUnit">Wh per unit of quantity.</param>
/// <param name="Basis">Calorific basis of a fuel's energy.</param>
public sealed record EnergyCoefficient(double WhPerUnit, UnitCondition Basis, Explanation PerUnit);

/// <summary>(quantity + offset) × multiplier.</summary>
public readonly record struct EffectiveQuantity(double Offset, double Multiplier, Explanation? Tree = null)
{
    public static readonly EffectiveQuantity AsWritten = new(0, 1);

    public double Of(double quantity) => (quantity + Offset) * Multiplier;
}
