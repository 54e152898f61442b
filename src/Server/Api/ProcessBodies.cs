using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;
using Tanlu.Products;

namespace Tanlu.Server.Api;

/// <summary>A process as lists show it.</summary>
/// <param name="Uid">UUID by which other datasets name it.</param>
/// <param name="Version">Number of the current version.</param>
/// <param name="Kind">unit, system or declaration.</param>
/// <param name="Rights">open, licensed or sealed.</param>
public sealed record ProcessRowBody(
    long Id, string Uid, int Version, string Kind, string Name, string Location, string Category, string ReferenceFlow, string Reference, string Unit, int Exchanges, string Rights, bool Own,
    bool Retired, long Library, string LibraryName, ProcessOriginBody? From)
{
    internal static ProcessRowBody Of(ProcessRow p) => new(
        p.Id, p.Uid, p.Version, LibraryWords.Of(p.Kind), p.Name, p.Location, p.Category, p.ReferenceFlow, p.ReferenceName, p.Unit, p.Exchanges, LibraryWords.Of(p.Rights), p.Own, p.Retired, p.Library,
        p.LibraryName, p.From is { } from ? new ProcessOriginBody(from.Library, from.Process, from.Version, from.Sha256) : null);
}

/// <summary>What a process was copied from.</summary>
public sealed record ProcessOriginBody(long Library, string Process, int Version, string Sha256);

/// <summary>A version of a process.</summary>
/// <param name="Restores">The version that it takes up again.</param>
public sealed record ProcessVersionBody(int Number, string Sha256, DateTimeOffset MadeAt, string MadeBy, string Reason, int? Restores)
{
    internal static ProcessVersionBody Of(ProcessVersion v) => new(v.Number, v.Sha256, v.MadeAt, v.MadeByName, v.Reason, v.Restores);
}

/// <summary>One version of a process.</summary>
/// <param name="Sealed">The data is not open: exchanges, parameters and shares are left out here; the version's hash and the number of exchanges stand for them.</param>
public sealed record ProcessBody(
    ProcessRowBody About, ProcessVersionBody Version, bool Sealed, DateOnly? ValidFrom, DateOnly? ValidUntil, ProcessDocumentation Documentation, string DefaultAllocation,
    IReadOnlyList<ExchangeBody> Exchanges, IReadOnlyList<ParameterBody> Parameters, IReadOnlyList<ShareBody> Allocation)
{
    internal static ProcessBody Of(StoredProcess p)
    {
        var d = p.Dataset;
        var told = DataRights.Allows(p.Row.Rights, DataPart.Inventory, DataWay.Leave);
        return new ProcessBody(
            ProcessRowBody.Of(p.Row), ProcessVersionBody.Of(p.Version), !told, d.ValidFrom, d.ValidUntil, d.Documentation, LibraryWords.Of(d.DefaultAllocation),
            told ? [.. d.Exchanges.Select(e => ExchangeBody.Of(e, p.Flows.GetValueOrDefault(e.FlowId)))] : [],
            told ? [.. d.Parameters.Select(ParameterBody.Of)] : [],
            told ? [.. d.Allocation.Select(a => new ShareBody(LibraryWords.Of(a.Rule), a.ProductFlowId, a.Exchange, a.Share, a.Formula))] : []);
    }
}

/// <summary>An input or output.</summary>
/// <param name="Number">Unique within the process.</param>
/// <param name="Flow">UUID; in a new process also the <c>id</c> of one of its new flows.</param>
/// <param name="FlowName">Only told, never read.</param>
/// <param name="Formula">Over the parameters; the amount is its stored value.</param>
/// <param name="Provider">UUID of the process that provides it, or treats it.</param>
public sealed record ExchangeBody(
    int Number, string? Flow, string? FlowName, bool Input, double Amount, string? Unit, string? Formula, DistributionBody? Uncertainty, string? Pedigree, bool Reference, bool Avoided, string? Provider,
    string? Location, double? Price, string? Currency, string? Comment)
{
    internal static ExchangeBody Of(ProcessExchange e, FlowDataset? flow) => new(
        e.Number, e.FlowId, flow?.Name, e.Input, e.Amount, e.Unit, e.Formula, DistributionBody.Of(e.Uncertainty), e.Pedigree, e.Reference, e.Avoided, e.ProviderId, e.Location, e.Price, e.Currency, e.Comment);

    internal ProcessExchange ToExchange() => new()
    {
        Number = Number, FlowId = Flow ?? "", Input = Input, Amount = Amount, Unit = Unit ?? "", Formula = string.IsNullOrWhiteSpace(Formula) ? null : Formula,
        Uncertainty = Uncertainty?.ToDistribution() ?? default, Pedigree = Pedigree ?? "", Reference = Reference, Avoided = Avoided, ProviderId = string.IsNullOrWhiteSpace(Provider) ? null : Provider,
        Location = Location ?? "", Price = Price, Currency = Currency ?? "", Comment = Comment ?? "",
    };
}

/// <summary>A distribution. lognormal: median and standard deviation of the logarithm; normal: mean and standard deviation; triangular: minimum, mode, maximum; uniform: minimum, maximum.</summary>
/// <param name="Kind">lognormal, normal, triangular or uniform.</param>
public sealed record DistributionBody(string? Kind, double First, double Second, double Third)
{
    internal static DistributionBody? Of(Distribution d) => d.Kind == DistributionKind.None ? null : new(LibraryWords.Of(d.Kind), d.First, d.Second, d.Third);

    internal Distribution ToDistribution() => new(LibraryWords.Named<DistributionKind>(Kind) ?? (DistributionKind)byte.MaxValue, First, Second, Third);
}

/// <summary>A parameter.</summary>
/// <param name="Formula">Gives the value from other parameters.</param>
public sealed record ParameterBody(string? Name, double Value, string? Formula, DistributionBody? Uncertainty, string? Comment)
{
    internal static ParameterBody Of(ParameterDataset p) => new(p.Name, p.Value, p.Formula, DistributionBody.Of(p.Uncertainty), p.Comment);

    internal ParameterDataset ToParameter() => new(Name ?? "", Value, string.IsNullOrWhiteSpace(Formula) ? null : Formula, Uncertainty?.ToDistribution() ?? default, Comment ?? "");
}

/// <summary>A share of a product in the burdens.</summary>
/// <param name="Rule">physical, economic or causal.</param>
/// <param name="Exchange">Number of the exchange that it is for; null is all of them.</param>
public sealed record ShareBody(string? Rule, string? Product, int? Exchange, double Share, string? Formula);

/// <summary>A flow that no library holds yet.</summary>
/// <param name="Id">By which the exchanges of the same body name it; where it is no UUID, one is made.</param>
/// <param name="Kind">elementary, product or waste.</param>
public sealed record NewFlowBody(string? Id, string? Name, string? Kind, string? Unit, string? Category, string? Compartment, string? Cas);

/// <summary>A process to be made, or as an edit leaves it.</summary>
/// <param name="Library">Of a new process: a library of one's own.</param>
/// <param name="Version">Of an edit: the version that it began with.</param>
/// <param name="Kind">unit, system or declaration.</param>
/// <param name="Reason">For the history.</param>
public sealed record NewProcessBody(
    long Library, int Version, string? Name, string? Kind, string? Location, string? Category, DateOnly? ValidFrom, DateOnly? ValidUntil, string? DefaultAllocation, ProcessDocumentation? Documentation,
    IReadOnlyList<ExchangeBody>? Exchanges, IReadOnlyList<ParameterBody>? Parameters, IReadOnlyList<ShareBody>? Allocation, IReadOnlyList<NewFlowBody>? NewFlows, string? Reason)
{
    internal Outcome<ProcessInput> ToInput()
    {
        if (Kind is { Length: > 0 } && LibraryWords.ProcessKind(Kind) is null)
        {
            return new Problem("process_kind_unknown", Column: "kind", Found: Kind);
        }

        if ((Allocation ?? []).Select(a => a.Rule).Append(DefaultAllocation ?? "none").FirstOrDefault(r => LibraryWords.Named<AllocationRule>(r) is null) is { } rule)
        {
            return new Problem("allocation_rule_unknown", Column: "allocation", Found: rule);
        }

        if ((NewFlows ?? []).FirstOrDefault(f => string.IsNullOrWhiteSpace(f.Id) || string.IsNullOrWhiteSpace(f.Name) || string.IsNullOrWhiteSpace(f.Unit) || LibraryWords.FlowKind(f.Kind) is null) is { } wrong)
        {
            return new Problem("new_flow_incomplete", Column: "new_flows", Found: wrong.Name ?? wrong.Id);
        }

        var dataset = new ProcessDataset
        {
            Id = "", Name = Name ?? "", Kind = LibraryWords.ProcessKind(Kind) ?? ProcessKind.UnitProcess, Location = Location ?? "", Category = Category ?? "", ValidFrom = ValidFrom, ValidUntil = ValidUntil,
            DefaultAllocation = LibraryWords.Named<AllocationRule>(DefaultAllocation) ?? AllocationRule.None, Documentation = Documentation ?? new ProcessDocumentation(),
            Exchanges = [.. (Exchanges ?? []).Select(e => e.ToExchange())], Parameters = [.. (Parameters ?? []).Select(p => p.ToParameter())],
            Allocation = [.. (Allocation ?? []).Select(a => new AllocationShare(LibraryWords.Named<AllocationRule>(a.Rule)!.Value, a.Product ?? "", a.Exchange, a.Share, a.Formula))],
        };
        return new ProcessInput(
            dataset,
            [
                .. (NewFlows ?? []).Select(f => new FlowDataset
                {
                    Id = f.Id!, Name = f.Name!.Trim(), Kind = LibraryWords.FlowKind(f.Kind)!.Value, Unit = f.Unit!.Trim(), Category = f.Category ?? "", Compartment = f.Compartment ?? "", Cas = f.Cas,
                }),
            ],
            Reason ?? "");
    }
}

/// <summary>A copy to be made.</summary>
/// <param name="Version">To copy; null is the current one.</param>
/// <param name="Library">A library of one's own.</param>
/// <param name="Name">Of the copy; null keeps the name.</param>
public sealed record ProcessCopyBody(long Library, int? Version, string? Name);

/// <summary>A step in the life of a process.</summary>
/// <param name="Version">The version that one looked at.</param>
/// <param name="Restores">Of a restoring: the version to take up again.</param>
public sealed record ProcessStepBody(int Version, int? Restores, string? Reason);

/// <summary>What is different.</summary>
/// <param name="Sealed">The data is not open: only how much is different is told.</param>
public sealed record ProcessDiffBody(
    bool Same, bool Sealed, int Changes, IReadOnlyList<FieldChange> Fields, IReadOnlyList<ExchangeChangeBody> Exchanges, IReadOnlyList<NamedChangeBody> Parameters, IReadOnlyList<NamedChangeBody> Allocation)
{
    internal static ProcessDiffBody Of(ProcessDiff d, DataRight right)
    {
        var told = DataRights.Allows(right, DataPart.Inventory, DataWay.Leave);
        return new ProcessDiffBody(
            d.Same, !told, d.Fields.Count + d.Exchanges.Count + d.Parameters.Count + d.Allocation.Count + d.Declared.Count, d.Fields,
            told ? [.. d.Exchanges.Select(e => new ExchangeChangeBody(LibraryWords.Of(e.Kind), e.Number, e.FlowId, e.Flow, e.Ratio, e.Fields))] : [],
            told ? [.. d.Parameters.Select(NamedChangeBody.Of)] : [], told ? [.. d.Allocation.Select(NamedChangeBody.Of)] : []);
    }
}

/// <summary>An exchange that differs.</summary>
/// <param name="Kind">added, removed or changed.</param>
/// <param name="Ratio">Amount after ÷ amount before.</param>
public sealed record ExchangeChangeBody(string Kind, int Number, string Flow, string FlowName, double? Ratio, IReadOnlyList<FieldChange> Fields);

/// <summary>A parameter or share that differs.</summary>
public sealed record NamedChangeBody(string Kind, string Name, IReadOnlyList<FieldChange> Fields)
{
    internal static NamedChangeBody Of(NamedChange c) => new(LibraryWords.Of(c.Kind), c.Name, c.Fields);
}
