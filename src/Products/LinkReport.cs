using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>Why an exchange of a product or waste has no counterpart in the system.</summary>
public enum OpenReason : byte
{
    /// <summary>No process offers it: cut off.</summary>
    NoProvider,

    /// <summary>No process treats it: cut off.</summary>
    NoTreatment,

    /// <summary>Nothing in the system makes what the by-product replaces: no credit.</summary>
    NoReplacement,

    /// <summary>A provider was found, but its unit cannot be converted: dropped.</summary>
    NoConversion,

    /// <summary>Several providers, and the rules take none of them.</summary>
    Ambiguous,

    /// <summary>Infrastructure is left out by the rules.</summary>
    Infrastructure,

    /// <summary>The flow of the exchange is in no package.</summary>
    NoFlow,
}

/// <summary>By which rule a provider was chosen.</summary>
public enum ChosenBy : byte
{
    System,
    Named,
    Only,
    Location,
    Market,
    FirstInFile,

    /// <summary>At the country that the consumer's region lies in, or for the whole world.</summary>
    WiderLocation,
}

/// <summary>What became of a by-product.</summary>
public enum ByProductFate : byte
{
    /// <summary>Leaves free of burden.</summary>
    WithoutBurden,

    /// <summary>Carries a share; it has a column of its own.</summary>
    Allocated,

    /// <summary>Is credited with what it replaces.</summary>
    Credited,
}

/// <summary>An exchange that stays open.</summary>
/// <param name="Column">Column of the system that the exchange belongs to.</param>
/// <param name="Amount">Per reference amount of the process, in <paramref name="Unit"/>, after allocation.</param>
/// <param name="Kilograms">The same as mass where the unit or a property of the flow says so.</param>
/// <param name="Money">What it costs where the exchange says so.</param>
public sealed record OpenExchange(
    int Column, int Exchange, string FlowId, string Flow, double Amount, string Unit, OpenReason Reason, double? Kilograms, double? Money, string Currency);

/// <summary>An exchange for which more than one process offers the product.</summary>
/// <param name="Candidates">Columns that offer it.</param>
/// <param name="Chosen">The one that was taken; null where the exchange stays open.</param>
public sealed record ProviderAmong(int Column, int Exchange, string Flow, IReadOnlyList<int> Candidates, int? Chosen, ChosenBy By);

/// <summary>An exchange whose amount was converted.</summary>
/// <param name="Factor">1 of <paramref name="From"/> is so many <paramref name="To"/>.</param>
public sealed record ConvertedExchange(int Column, int Exchange, string Flow, string From, string To, double Factor);

/// <summary>A product beside the one that a column stands for.</summary>
/// <param name="Share">Mean share of the burdens where it is allocated.</param>
public sealed record ByProduct(string Process, int Exchange, string Flow, double Amount, string Unit, ByProductFate Fate, double? Share);

/// <summary>Everything that linking decided, converted or left out. Nothing that a dataset holds is missing from the matrices without standing here.</summary>
public sealed record LinkReport
{
    /// <summary>Exchanges of products and wastes that found their counterpart.</summary>
    public int Linked { get; init; }

    /// <summary>Of these by the rule that chose the provider, in the order of <see cref="ChosenBy"/>.</summary>
    public IReadOnlyList<int> LinkedBy { get; init; } = [];

    public IReadOnlyList<OpenExchange> Open { get; init; } = [];

    public IReadOnlyList<ProviderAmong> Ambiguous { get; init; } = [];

    public IReadOnlyList<ConvertedExchange> Converted { get; init; } = [];

    public IReadOnlyList<ByProduct> ByProducts { get; init; } = [];

    /// <summary>Processes without a product that could be demanded; they are no part of the system.</summary>
    public IReadOnlyList<string> WithoutProduct { get; init; } = [];

    /// <summary>Declarations (EPDs): they give impacts without an inventory and are no part of a network; as columns they would count as zero.</summary>
    public IReadOnlyList<string> Declarations { get; init; } = [];

    /// <summary>Processes that a package before holds already under the same id.</summary>
    public IReadOnlyList<string> Repeated { get; init; } = [];

    /// <summary>Formulas whose stored amount was taken, elementary flows whose unit does not fit their flow, rounded shares that were scaled to one.</summary>
    public IReadOnlyList<Problem> Notes { get; init; } = [];

    /// <summary>Inputs that no process offers.</summary>
    public IEnumerable<OpenExchange> CutOff => Open.Where(o => o.Reason == OpenReason.NoProvider);

    /// <summary>Exchanges with a provider in a unit that cannot be converted.</summary>
    public IEnumerable<OpenExchange> Dropped => Open.Where(o => o.Reason == OpenReason.NoConversion);
}

/// <summary>How much of what the processes of a result take from others was left open.</summary>
/// <param name="Mass">Share of the mass of all such inputs whose mass is known; null where none is.</param>
/// <param name="Money">The same by price; null where no exchange gives one, or several currencies meet.</param>
/// <param name="ByReason">Number, mass and money by the reason why they are open, scaled to the demand.</param>
/// <param name="Largest">The largest open exchanges by mass, scaled to the demand.</param>
public sealed record OpenShare(double? Mass, double? Money, int Count, IReadOnlyList<OpenSum> ByReason, IReadOnlyList<(OpenExchange Exchange, double Amount)> Largest);

/// <summary>Open exchanges of one reason.</summary>
/// <param name="Unknown">Of them, those without a mass.</param>
public sealed record OpenSum(OpenReason Reason, int Count, double Kilograms, double Money, int Unknown);
