using Tanlu.Numerics;

namespace Tanlu.Exchange;

public enum ProcessKind : byte
{
    UnitProcess,

    /// <summary>An inventory summed over its whole chain; its inputs and outputs are elementary flows.</summary>
    SystemProcess,

    /// <summary>Impacts only, without an inventory: an environmental product declaration.</summary>
    Declaration,
}

/// <summary>How the burdens of a process with several products are shared (ISO 14044:2006, 4.3.4).</summary>
public enum AllocationRule : byte
{
    /// <summary>The burdens stay with the reference product.</summary>
    None,

    /// <summary>By a physical property of the products.</summary>
    Physical,

    /// <summary>By what the products are sold for.</summary>
    Economic,

    /// <summary>A share of its own for every exchange.</summary>
    Causal,

    /// <summary>By-products stand for what they replace: their production elsewhere is credited.</summary>
    Substitution,
}

/// <summary>One process with its exchanges and documentation.</summary>
public sealed record ProcessDataset
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public ProcessKind Kind { get; init; }

    public string Category { get; init; } = "";

    /// <summary>ISO 3166 code or the publisher's region code (<c>RER</c>, <c>GLO</c>, <c>RoW</c>); empty where unknown.</summary>
    public string Location { get; init; } = "";

    public DateOnly? ValidFrom { get; init; }

    public DateOnly? ValidUntil { get; init; }

    public string Version { get; init; } = "";

    /// <summary>It makes a capital good (a plant, a vehicle); studies may leave these out.</summary>
    public bool Infrastructure { get; init; }

    public AllocationRule DefaultAllocation { get; init; }

    public IReadOnlyList<AllocationShare> Allocation { get; init; } = [];

    public IReadOnlyList<ParameterDataset> Parameters { get; init; } = [];

    public IReadOnlyList<ProcessExchange> Exchanges { get; init; } = [];

    /// <summary>Impacts that the dataset itself declares, e.g. the modules of an EPD.</summary>
    public IReadOnlyList<DeclaredImpact> Declared { get; init; } = [];

    public ProcessDocumentation Documentation { get; init; } = new();
}

/// <summary>One input or output.</summary>
public sealed record ProcessExchange
{
    /// <summary>Number by which the file or the process names it; unique within the process.</summary>
    public required int Number { get; init; }

    public required string FlowId { get; init; }

    public bool Input { get; init; }

    /// <summary>In <see cref="Unit"/>, as it stands in the file; where there is a <see cref="Formula"/>, its stored value.</summary>
    public double Amount { get; init; }

    public required string Unit { get; init; }

    /// <summary>Property that the amount is in; null for the flow's reference property.</summary>
    public string? PropertyId { get; init; }

    /// <summary>Formula over the parameters of process and package that gives the amount; null where the amount is fixed.</summary>
    public string? Formula { get; init; }

    public Distribution Uncertainty { get; init; }

    /// <summary>Pedigree scores as the file writes them, e.g. <c>(2;3;1;5;1)</c>; empty where there are none.</summary>
    public string Pedigree { get; init; } = "";

    /// <summary>The quantitative reference (ISO 14044:2006, 4.2.3.2).</summary>
    public bool Reference { get; init; }

    /// <summary>A product that need not be made elsewhere because this process gives it.</summary>
    public bool Avoided { get; init; }

    /// <summary>Process that the file names as the provider of this input (or as the treatment of this waste).</summary>
    public string? ProviderId { get; init; }

    /// <summary>Place of the exchange where the file gives one; used to choose the provider.</summary>
    public string Location { get; init; } = "";

    /// <summary>What the whole amount is sold for, with its currency; for economic allocation.</summary>
    public double? Price { get; init; }

    public string Currency { get; init; } = "";

    public string Comment { get; init; } = "";
}

/// <summary>A share of one product in what its process burdens, as the dataset gives it.</summary>
/// <param name="Exchange">Number of the exchange that the share is for; null where it is for all of them.</param>
public sealed record AllocationShare(AllocationRule Rule, string ProductFlowId, int? Exchange, double Share, string? Formula = null);

/// <summary>A named value of a process or package.</summary>
/// <param name="Formula">Gives the value from other parameters; null for an input parameter.</param>
public sealed record ParameterDataset(string Name, double Value, string? Formula = null, Distribution Uncertainty = default, string Comment = "");

/// <summary>An impact, inventory indicator or resource use that a dataset declares for a module or as a whole.</summary>
/// <param name="Module">Life cycle module of EN 15804 (<c>A1-A3</c>, <c>A4</c>, <c>D</c> …); empty where there are none.</param>
/// <param name="Scenario">Name of the scenario of the module; empty where there is none.</param>
public sealed record DeclaredImpact(string IndicatorId, string Indicator, string Unit, string Module, string Scenario, double Amount);

/// <summary>What a reader must know of how a dataset came about (ISO 14048).</summary>
public sealed record ProcessDocumentation
{
    public string Description { get; init; } = "";

    public string Technology { get; init; } = "";

    public string Geography { get; init; } = "";

    public string Time { get; init; } = "";

    public string Sampling { get; init; } = "";

    public string DataTreatment { get; init; } = "";

    public string Review { get; init; } = "";

    public string Owner { get; init; } = "";

    public string Licence { get; init; } = "";

    /// <summary>The owner forbids to pass the dataset on.</summary>
    public bool Restricted { get; init; }

    public IReadOnlyList<string> Sources { get; init; } = [];
}
