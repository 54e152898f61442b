using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>How an activity's quantity becomes gases.</summary>
public enum MethodKind : byte
{
    /// <summary>Fuel × calorific value × carbon content × oxidation, or fuel × physical factor.</summary>
    Combustion,

    /// <summary>Purchased electricity.</summary>
    Electricity,

    /// <summary>Purchased heat and steam.</summary>
    Heat,

    /// <summary>Refrigerant released: the quantity is the mass that left, or with stocks given a mass balance, or with a leak rate the charge.</summary>
    Refrigerant,

    /// <summary>Activity × factor.</summary>
    Factor,
}

/// <summary>A kind of activity as the catalogue (<c>data/activities/activities.csv</c>) and <c>tanlu activities</c> list it.</summary>
/// <param name="Units">Units that a user may write, by example; anything convertible to one of them is accepted.</param>
/// <param name="Scope">1, 2 or 3.</param>
/// <param name="Category3">Scope 3 category 1-15, 0 in scopes 1 and 2.</param>
/// <param name="NationalStandsIn">The route prescribes that the national factor serves all parts of a country (fuel properties, heat), which is not so for grids with regional factors.</param>
/// <param name="WorldStandsIn">IPCC tier 1 defaults serve where a country has no set of its own.</param>
/// <param name="DefaultGasState">State in which a bare gas volume is read; None where a bare volume is refused.</param>
public sealed record ActivityType(
    string Code, string En, string Zh, IReadOnlyList<string> Aliases, MethodKind Method, int Scope, int Category3,
    IReadOnlyList<Unit> Units, bool NationalStandsIn, bool WorldStandsIn, UnitCondition DefaultGasState, string Group)
{
    public string Name(Language language) => language == Language.Chinese ? Zh : En;
}
