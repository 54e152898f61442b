using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>What a number of a factor is. A gas row is not always a gas mass, and the two must never be added.</summary>
public enum ComponentKind : byte
{
    /// <summary>Mass of the gas per denominator.</summary>
    GasMass,

    /// <summary>The gas's part of a published CO2e, in kg CO2e: informative, its GWP set is the version's.</summary>
    GasAsCo2e,

    /// <summary>CO2e of all gases under the version's GWP set.</summary>
    Co2e,

    /// <summary>Net calorific value 低位发热量, energy per mass or gas volume.</summary>
    NetCalorificValue,

    /// <summary>Gross calorific value.</summary>
    GrossCalorificValue,

    /// <summary>Carbon content per energy 单位热值含碳量, mass of carbon per energy.</summary>
    CarbonContent,

    /// <summary>Oxidation factor 碳氧化率, a share of one.</summary>
    Oxidation,

    /// <summary>Density, mass per volume.</summary>
    Density,

    /// <summary>Annual leak rate of equipment, a share of the charge per year.</summary>
    LeakRate,

    /// <summary>Carbon in a material 含碳量, mass of carbon per mass; serves carbon balances by name only.</summary>
    CarbonShare,
}

/// <summary>One number of a factor version with its own unit expression, e.g. <c>co2 = 0.5568 kg/kWh</c> or <c>ncv = 42.652 GJ/t</c>.</summary>
public sealed record FactorComponent(ComponentKind Kind, Gas? Gas, double Value, Unit Unit);

/// <summary>What a series gives for its activity; one activity may find a factor in several roles.</summary>
public enum FactorRole : byte
{
    /// <summary>The emission itself: combustion, generation of the power or heat bought, the transport service, the product bought.</summary>
    Main,

    /// <summary>CH4 and N2O of combustion where the main factor names CO2 only (GHG Protocol route).</summary>
    CombustionOther,

    /// <summary>Well-to-tank or well-to-plant: scope 3 category 3.</summary>
    Upstream,

    /// <summary>Transmission and distribution losses: scope 3 category 3.</summary>
    Losses,

    /// <summary>CO2 from biomass, outside the scopes.</summary>
    OutsideScopes,

    /// <summary>Official values kept apart from the location factor: residual mix, fossil power, life-cycle footprint. Served only when named.</summary>
    Named,
}

/// <summary>A publisher's set of factor versions in one file, hashed. Its versions never change; a new edition is a new pack version.</summary>
/// <param name="Code">Short code, e.g. <c>cn-grid</c>.</param>
/// <param name="Version">Edition of the pack.</param>
/// <param name="Hash">SHA-256 of the file's bytes, lower-case hex.</param>
/// <param name="BuiltIn">Ships with the product.</param>
public sealed record FactorPack(string Code, string Version, string Hash, string NameEn, string NameZh, string Publisher, string Licence, string Attribution, bool ShareAlike, bool BuiltIn)
{
    /// <summary>Where the licence's own text stands; empty where the pack names none.</summary>
    public string LicenceUrl { get; init; } = "";

    /// <summary>Whether the licence lets the numbers be passed on to others. Where it does not, a package seals the lines.</summary>
    public bool Redistributable { get; init; } = true;

    public string Name(Language language) => language == Language.Chinese ? NameZh : NameEn;
}

/// <summary>
/// One version of a factor series: the numbers, what they are for, and where they come from. Immutable; postings pin its <see cref="Id"/>
/// together with the pack's hash.
/// </summary>
public sealed record FactorVersion
{
    public required FactorPack Pack { get; init; }

    /// <summary>Key of the series inside the pack; the same over all versions.</summary>
    public required string Series { get; init; }

    /// <summary>Version of the series, usually the data or reporting year.</summary>
    public required string Version { get; init; }

    /// <summary>First day on which the version applies.</summary>
    public required DateOnly ValidFrom { get; init; }

    /// <summary>The day after the last on which it applies; null where it is open.</summary>
    public DateOnly? ValidTo { get; init; }

    /// <summary>Activity code it serves, e.g. <c>fuel.diesel</c>; empty where it is found only by name.</summary>
    public required string Activity { get; init; }

    public FactorRole Role { get; init; }

    /// <summary>Region code, e.g. <c>CN-GD</c>, <c>GB</c>, or <c>WORLD</c>.</summary>
    public required string Geography { get; init; }

    public string Technology { get; init; } = "";

    public required string NameEn { get; init; }

    public required string NameZh { get; init; }

    public required IReadOnlyList<FactorComponent> Components { get; init; }

    /// <summary>Calorific basis of energy denominators; gross and net are separate identities.</summary>
    public UnitCondition Basis { get; init; }

    /// <summary>The set behind CO2e components.</summary>
    public GwpSet Gwp { get; init; }

    /// <summary>Where several sets of one publisher hold the same activity and geography, the smallest serves first.</summary>
    public int Priority { get; init; }

    public required string Source { get; init; }

    public string Page { get; init; } = "";

    /// <summary>V read at the source, S secondary, U unverified.</summary>
    public required string Mark { get; init; }

    public double? UncertaintyPercent { get; init; }

    public string Quality { get; init; } = "";

    public string Note { get; init; } = "";

    /// <summary><c>pack:series@version</c>.</summary>
    public string Id => $"{Pack.Code}:{Series}@{Version}";

    public string Name(Language language) => language == Language.Chinese && NameZh.Length > 0 ? NameZh : NameEn;

    public FactorComponent? Find(ComponentKind kind) => Components.FirstOrDefault(c => c.Kind == kind);
}
