using Tanlu.Products;

namespace Tanlu.Server.Api;

/// <summary>Impacts of an amount of a process.</summary>
/// <param name="Unit">Of the amount.</param>
/// <param name="Method">Key of the impact method.</param>
/// <param name="Rights">open or licensed; a sealed result is refused.</param>
/// <param name="InventoryWithheld">Data behind it is licensed: flows, outputs and open inputs, from which its inventories could be read, are left out; impacts and shares are told.</param>
public sealed record ResultBody(
    long Process, string Name, int Version, double Amount, string Unit, string Method, int MethodVersion, string Rights, bool InventoryWithheld, IReadOnlyList<ImpactBody> Impacts, CertificateBody Certificate,
    IReadOnlyList<ResultLibraryBody> Libraries)
{
    internal static ResultBody Of(CalculatedResult r, int top)
    {
        var demand = r.Impacts.Inventory.Demands[0];
        var from = r.Impacts.Contributions();
        var inventory = DataRights.Allows(r.Rights, DataPart.Inventory, DataWay.Leave);
        return new ResultBody(
            r.Process.Row.Id, r.Process.Row.Name, r.Process.Row.Version, r.Request.Amount, r.Request.Unit ?? r.System.Processes[demand.Process].Unit, r.Method.Row.Key, r.Method.Row.Version,
            LibraryWords.Of(r.Rights), !inventory, [.. r.Impacts.Indicators.Select((_, k) => ImpactBody.Of(r, from, k, top, inventory))], CertificateBody.Of(r, inventory),
            [.. r.Linked.Select(l => new ResultLibraryBody(l.Library.Id, l.Library.Name, l.Library.Version, l.Library.Content))]);
    }
}

/// <summary>One indicator with where it comes from, the largest first; shares are of the total.</summary>
/// <param name="Processes">By the processes' own emissions.</param>
/// <param name="Flows">By elementary flow.</param>
/// <param name="Places">By the place where processes run.</param>
/// <param name="Categories">By the first part of the processes' category.</param>
public sealed record ImpactBody(
    string Indicator, string Name, string Unit, double Value, IReadOnlyList<ProcessShareBody> Processes, IReadOnlyList<FlowShareBody> Flows, IReadOnlyList<GroupShareBody> Places,
    IReadOnlyList<GroupShareBody> Categories)
{
    internal static ImpactBody Of(CalculatedResult r, Contributions from, int k, int top, bool inventory)
    {
        var indicator = r.Impacts.Indicators[k];
        return new ImpactBody(
            indicator.Id, indicator.Name, indicator.Unit, r.Impacts.Values[k],
            [
                .. from.ByProcess(k).Where(p => p.Direct != 0).Take(top).Select(p => (Of: p, Process: r.System.Processes[p.Process])).Select(
                    p => new ProcessShareBody(r.NumberOf(p.Process.Id), p.Process.Id, p.Process.Name, p.Process.Location, inventory ? p.Of.Output : null, p.Process.Unit, p.Of.Direct, p.Of.Share)),
            ],
            [
                .. from.ByFlow(k).Take(inventory ? top : 0).Select(f => (Of: f, r.System.Flows[f.Flow].Flow)).Select(
                    f => new FlowShareBody(f.Flow.Id, f.Flow.Name, f.Flow.Compartment, f.Flow.Subcompartment, f.Of.Amount, f.Flow.Unit, f.Of.Impact, f.Of.Share)),
            ],
            Groups(from.ByPlace(k)), Groups(from.ByCategory(k)));

        IReadOnlyList<GroupShareBody> Groups(IReadOnlyList<GroupContribution> groups) =>
            [.. groups.Where(g => g.Impact != 0).Take(top).Select(g => new GroupShareBody(g.Key, g.Processes, g.Impact, g.Share))];
    }
}

/// <param name="Id">Number of the process; null where it is no longer there.</param>
/// <param name="Output">How much of its product it makes for the demand; null where inventories are withheld.</param>
public sealed record ProcessShareBody(long? Id, string Uid, string Name, string Location, double? Output, string Unit, double Impact, double Share);

/// <summary>What an elementary flow adds to an impact.</summary>
public sealed record FlowShareBody(string Uid, string Name, string Compartment, string Subcompartment, double Amount, string Unit, double Impact, double Share);

/// <param name="Key">The place or category; empty where none is stated.</param>
public sealed record GroupShareBody(string Key, int Processes, double Impact, double Share);

/// <summary>What a result was linked from.</summary>
/// <param name="Content">SHA-256 over ids and hashes of the library's process versions.</param>
public sealed record ResultLibraryBody(long Id, string Name, string Version, string Content);

/// <summary>What a reviewer needs to trust a result or to find it again.</summary>
/// <param name="BackwardError">Largest relative change of the data under which the solution is exact.</param>
/// <param name="PrimalDual">Relative difference of the two routes to the result.</param>
/// <param name="Fallback">Why a loop was factorised: growth, slow or inaccurate; null where none was.</param>
/// <param name="UncharacterisedMass">Share of the mass of all flows that has no factor; null where no flow is measured by mass.</param>
/// <param name="WithoutFactor">The largest of these flows.</param>
/// <param name="OpenMass">Share of the mass of inputs that is left open; null where no mass is known.</param>
/// <param name="Ambiguous">Inputs that several processes offer.</param>
/// <param name="Notes">Lines of the link report.</param>
public sealed record CertificateBody(
    double BackwardError, double PrimalDual, int Sweeps, int Components, string? Fallback, string SystemHash, string MethodHash, int Flows, int Characterised, int CharacterisedBeforeMapping,
    double? UncharacterisedMass, IReadOnlyList<UncharacterisedBody> WithoutFactor, int OpenInputs, double? OpenMass, IReadOnlyList<OpenInputBody> LargestOpen, int Ambiguous, int Notes)
{
    internal static CertificateBody Of(CalculatedResult r, bool inventory)
    {
        var c = r.Certificate;
        return new CertificateBody(
            c.Solver.BackwardError, c.Solver.PrimalDual, c.Solver.Sweeps, c.Solver.Components, c.Solver.Fallback, c.SystemHash, c.MethodHash, c.Coverage.Flows, c.Coverage.Characterised,
            c.Coverage.BeforeMapping, c.UncharacterisedMass, [.. c.Coverage.Largest.Take(inventory ? ResultCertificate.Listed : 0).Select(f => new UncharacterisedBody(f.Name, f.Place.Compartment, f.Place.Sub, f.Amount, f.Unit, f.Share))],
            c.Open.Count, c.Open.Mass, [.. c.Open.Largest.Take(inventory ? ResultCertificate.Listed : 0).Select(o => new OpenInputBody(o.Exchange.Flow, r.System.Processes[o.Exchange.Column].Name, o.Amount, o.Exchange.Unit))], c.Ambiguous, c.Notes);
    }
}

/// <param name="Share">Of all flows of the same kind of quantity.</param>
public sealed record UncharacterisedBody(string Name, string Compartment, string Subcompartment, double Amount, string Unit, double Share);

/// <param name="Consumer">The process that needs it.</param>
public sealed record OpenInputBody(string Flow, string Consumer, double Amount, string Unit);
