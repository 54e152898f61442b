using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;
using Tanlu.Organisation;

namespace Tanlu.Products;

/// <summary>What is to be calculated: an amount of a process's product under a method.</summary>
/// <param name="Process">Number of the process.</param>
/// <param name="Unit">Unit of <paramref name="Amount"/>; null for the process's own.</param>
/// <param name="Method">Key of the method; null for <see cref="Calculations.DefaultMethod"/>.</param>
/// <param name="MethodVersion">Null for the current one.</param>
/// <param name="Mapping">Number of a version of a flow mapping table; null for none.</param>
/// <param name="Libraries">
/// Libraries that the system is linked from. Null: the process's own library for an imported process, all imported libraries in use for a process of the tenant's own.
/// </param>
public sealed record ResultRequest(
    long Process, double Amount = 1, string? Unit = null, string? Method = null, int? MethodVersion = null, long? Mapping = null, IReadOnlyList<long>? Libraries = null)
{
    /// <summary>A formula that cannot be evaluated leaves the amount that the file stores, and the certificate counts it.</summary>
    public LinkRules Rules { get; init; } = new() { StoredAmounts = true };
}

/// <summary>A result with everything that it rests on.</summary>
/// <param name="Foreground">The tenant's own processes on the background; null where an imported process was calculated.</param>
/// <param name="Impacts">Its columns are those of <see cref="System"/>.</param>
/// <param name="Rights">The strictest right of the data that it leans on: a sealed result does not leave.</param>
public sealed record CalculatedResult(
    ResultRequest Request, StoredProcess Process, StoredMethod Method, Background Background, ForegroundSystem? Foreground, ImpactResult Impacts, ResultCertificate Certificate, DataRight Rights)
{
    public ProductSystem System => Impacts.System;

    /// <summary>What it was linked from, the tenant's own libraries among them.</summary>
    public required IReadOnlyList<LoadedLibrary> Linked { get; init; }

    /// <summary>Ids of the sealed processes that it leans on: why it may not leave. Empty where a sealed method alone is the reason.</summary>
    public IReadOnlyList<string> SealedProcesses()
    {
        var own = System.Processes.Where(p => Foreground is { } f && f.BackgroundOf(p.Index) is null && Impacts.Inventory.Supply[p.Index] != 0).Select(p => p.Id)
            .Where(id => Linked.Any(l => l.Library.Own && l.Numbers.ContainsKey(id) && DataRights.Stricter(l.Library.Rights, l.Rights.GetValueOrDefault(id)) == DataRight.Sealed));
        var behind = Background.SealedBehind((Foreground?.Bought(Impacts.Inventory) ?? Impacts.Inventory.Demands).Select(d => d.Process));
        return [.. own.Concat(behind).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>The number of a process of the system; null where it has none any more.</summary>
    public long? NumberOf(string uid) => Linked.Select(l => l.Numbers.TryGetValue(uid, out var number) ? number : (long?)null).FirstOrDefault(n => n is not null);
}

/// <summary>Impacts of processes under methods, from what is prepared. Reading figures over the whole tenant is enough.</summary>
public sealed class Calculations(Libraries libraries, Processes processes, PreparedSystems systems, ImpactMethods methods, FlowMappings mappings)
{
    /// <summary>Of one answer; sharper figures than these give are no figures of the data.</summary>
    public const int MostSamples = 10_000;

    /// <summary>Climate change by the latest report, biogenic carbon dioxide neither taken up nor given off.</summary>
    public static string DefaultMethod { get; } = ClimateMethods.Id(GwpSet.Ar6, BiogenicConvention.Zero);

    /// <summary>
    /// The impacts of a demand. Refused with <c>not_found</c> for process, method, mapping or library, <c>process_without_product</c>, <c>demand_unit</c>, <c>demand_not_finite</c>,
    /// <c>background_empty</c> where no library is there to link a process of one's own to, and with the problems of linking and of the network.
    /// </summary>
    public async Task<Outcome<CalculatedResult>> Of(Caller caller, ResultRequest request, CancellationToken ct)
    {
        var process = await processes.Get(caller, request.Process, null, ct);
        var method = await methods.Get(caller, request.Method ?? DefaultMethod, request.MethodVersion, ct);
        var mapping = request.Mapping is { } number ? await mappings.Get(caller, number, ct) : Outcome<FlowMappingSet>.Done(null!);
        var known = await libraries.List(caller, ct);
        if (!process.Ok || !method.Ok || !mapping.Ok || !known.Ok)
        {
            return Outcome<CalculatedResult>.Refused([.. process.Problems, .. method.Problems, .. mapping.Problems, .. known.Problems]);
        }

        var own = process.Value.Row.Own;
        var from = request.Libraries ?? (own ? [.. known.Value.Where(l => !l.Own && l.State == LibraryState.Ready).Select(l => l.Id)] : [process.Value.Row.Library]);
        if (from.Count == 0)
        {
            return new Problem("background_empty", Found: process.Value.Row.Name);
        }

        var background = await systems.Background(caller, from, request.Rules, ct);
        var ownLibraries = own ? await libraries.Load(caller, [.. known.Value.Where(l => l.Own && l.State == LibraryState.Ready).Select(l => l.Id)], ct) : Outcome<IReadOnlyList<LoadedLibrary>>.Done([]);
        if (!background.Ok || !ownLibraries.Ok)
        {
            return Outcome<CalculatedResult>.Refused([.. background.Problems, .. ownLibraries.Problems]);
        }

        return await Task.Run(
            () => background.Value.Characterise(method.Value.Method, mapping.Value).Then(behind => own
                ? OfOwn(request, process.Value, method.Value, background.Value, behind, ownLibraries.Value)
                : OfBackground(request, process.Value, method.Value, background.Value, behind)),
            ct);
    }

    /// <summary>
    /// The same with its uncertainty, by Monte Carlo: refused as <see cref="Of"/> is, with <c>samples_range</c>, <c>pedigree_set_unknown</c>, <c>nothing_uncertain</c> where no exchange or parameter
    /// that the demand reaches has a distribution, and as <see cref="SystemSampling"/>. The same seed gives the same numbers.
    /// </summary>
    /// <param name="pedigree">Set of factors (<see cref="Pedigree.Sets"/>) by which exchanges with scores and without a distribution are uncertain; null to leave them certain.</param>
    public async Task<Outcome<UncertainResult>> Uncertainty(Caller caller, ResultRequest request, int samples, ulong seed, CancellationToken ct, string? pedigree = null)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        if (samples is < 2 or > MostSamples)
        {
            return new Problem("samples_range", Column: "samples", Found: Text(samples), Args: [Text(MostSamples)]);
        }

        if (pedigree is not null && !Pedigree.Sets.Contains(pedigree))
        {
            return new Problem("pedigree_set_unknown", Column: "pedigree", Found: pedigree, Args: [string.Join(", ", Pedigree.Sets)]);
        }

        var result = await Of(caller, request, ct);
        var mapping = request.Mapping is { } number ? await mappings.Get(caller, number, ct) : Outcome<FlowMappingSet>.Done(null!);
        return result.Ok && mapping.Ok
            ? await Task.Run(() => ResultSampling.Of(result.Value, mapping.Value, new SamplingRules(samples, seed), pedigree, ct), ct)
            : Outcome<UncertainResult>.Refused([.. result.Problems, .. mapping.Problems]);
    }

    private static string Text(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Outcome<CalculatedResult> OfBackground(ResultRequest request, StoredProcess process, StoredMethod method, Background background, CharacterisedSystem behind) =>
        Demand(background.System, request, process).Then(demand => background.Prepared.Inventory(demand).Then(inventory => inventory.Impacts(behind.Method)).Then(
            impacts => Outcome<CalculatedResult>.Done(new CalculatedResult(
                request, process, method, background, null, impacts, ResultCertificate.Of(impacts), Stricter(background.RightOf([demand.Process]), method))
            {
                Linked = background.Libraries,
            })));

    private static Outcome<CalculatedResult> OfOwn(
        ResultRequest request, StoredProcess process, StoredMethod method, Background background, CharacterisedSystem behind, IReadOnlyList<LoadedLibrary> own) =>
        ForegroundSystem.Of(background, behind, [.. own.Select(l => l.Package)], request.Rules).Then(
            foreground => Demand(foreground.System, request, process).Then(foreground.Impacts).Then(impacts => Outcome<CalculatedResult>.Done(new CalculatedResult(
                request, process, method, background, foreground, impacts, ResultCertificate.Of(impacts),
                Stricter(DataRights.Strictest([process.Row.Rights, foreground.RightOf(impacts.Inventory), .. RightsOf(own, foreground, impacts)]), method))
            {
                Linked = [.. own, .. background.Libraries],
            })));

    // Own processes may be copies of sealed ones, and a process that uses such a copy rests on it as well.
    private static IEnumerable<DataRight> RightsOf(IReadOnlyList<LoadedLibrary> own, ForegroundSystem foreground, ImpactResult impacts) =>
        from process in foreground.System.Processes
        where impacts.Inventory.Supply[process.Index] != 0 && foreground.BackgroundOf(process.Index) is null
        from library in own
        where library.Numbers.ContainsKey(process.Id)
        select DataRights.Stricter(library.Library.Rights, library.Rights.GetValueOrDefault(process.Id));

    private static Outcome<ProductDemand> Demand(ProductSystem system, ResultRequest request, StoredProcess process) =>
        system.Find(process.Row.Uid, process.Row.ReferenceFlow.Length > 0 ? process.Row.ReferenceFlow : null) is { } column
            ? system.Demand(column, request.Amount, request.Unit)
            : new Problem("process_without_product", Found: process.Row.Name);

    // Factors of a sealed method seal what is calculated with them.
    private static DataRight Stricter(DataRight right, StoredMethod method) => method.Row.Rights == DataRight.Sealed ? DataRight.Sealed : right;
}
