using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>What to do where several processes offer a product and no rule before decides.</summary>
public enum ProviderChoice : byte
{
    /// <summary>The first in the order of packages and files is taken and the choice listed.</summary>
    FirstInFile,

    /// <summary>The system is refused with the inputs concerned.</summary>
    Refuse,

    /// <summary>The input stays open and is listed.</summary>
    LeaveOpen,
}

/// <summary>How burdens of a process with several products are shared (ISO 14044:2006, 4.3.4).</summary>
public enum CoProductRule : byte
{
    /// <summary>As each dataset says.</summary>
    AsDataset,

    /// <summary>All burdens stay with the reference product; the others leave free of burden.</summary>
    Reference,

    /// <summary>By a physical property that the products share.</summary>
    Physical,

    /// <summary>By what the products are sold for.</summary>
    Economic,

    /// <summary>By the shares that the dataset gives for each exchange.</summary>
    Causal,

    /// <summary>By-products are credited with what they replace.</summary>
    Substitution,
}

/// <summary>What declarations (EPDs), which give impacts without an inventory, are in a system.</summary>
public enum DeclarationUse : byte
{
    /// <summary>No part of it; they are listed, and what they would provide is open.</summary>
    LeftOut,

    /// <summary>Providers of modules A1 to A3.</summary>
    ProductStage,

    /// <summary>Providers of all declared modules without D.</summary>
    AllModules,
}

/// <summary>What a row of the intervention matrix stands for.</summary>
public enum FlowRows : byte
{
    /// <summary>One elementary flow in its own unit; an amount against its natural direction (an input of an emission) counts negative.</summary>
    OnePerFlow,

    /// <summary>One name, compartment, unit and direction as they stand in the files; nothing is converted.</summary>
    AsWritten,
}

/// <summary>
/// The rules by which datasets become a product system, in the order in which they are applied to an input: the link of <see cref="System"/>, the provider that the exchange
/// names, the only producer, the producer at the same place (then in its country, then for the world), the only market, and then <see cref="Otherwise"/>.
/// </summary>
public sealed record LinkRules
{
    /// <summary>A system whose provider links and parameter values are taken over.</summary>
    public SystemDataset? System { get; init; }

    public bool NamedProviders { get; init; } = true;

    /// <summary>Among several producers one at the consumer's place (or the place that the exchange names) is preferred, else one in its country (<c>CN</c> for <c>CN-GD</c>), for the world (<c>GLO</c>) or for the rest of it (<c>RoW</c>).</summary>
    public bool SameLocation { get; init; } = true;

    /// <summary>Among several producers a market or a production mix is preferred.</summary>
    public bool Markets { get; init; } = true;

    public ProviderChoice Otherwise { get; init; }

    /// <summary>Whether a process may provide its own input although others offer the product too; a market would then be taken as its own supplier.</summary>
    public bool OwnProduct { get; init; }

    public CoProductRule CoProducts { get; init; }

    /// <summary>Flow property (id or name) for physical allocation; null for the first that the products share of mass, energy and their own unit.</summary>
    public string? PhysicalProperty { get; init; }

    /// <summary>The rule for a process where <see cref="CoProducts"/> cannot be applied for want of data; null refuses the system.</summary>
    public CoProductRule? WhereNotPossible { get; init; }

    /// <summary>Whether buildings and machines count.</summary>
    public bool Infrastructure { get; init; } = true;

    public FlowRows FlowRows { get; init; }

    /// <summary>Whether declarations provide inputs, with which modules.</summary>
    public DeclarationUse Declarations { get; init; }

    /// <summary>Take the stored amount, and list it, where a formula cannot be evaluated; otherwise the system is refused.</summary>
    public bool StoredAmounts { get; init; }

    /// <summary>Values that parameters take in this system, beyond those of <see cref="System"/>.</summary>
    public IReadOnlyList<ParameterValue> Parameters { get; init; } = [];
}
