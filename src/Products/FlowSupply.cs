using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>What a process that is being written leans on.</summary>
/// <param name="Known">Flows by UUID with the units that they can be in.</param>
/// <param name="Own">Ids of those that its library holds already.</param>
internal sealed record BroughtFlows(ProcessDataset Dataset, DatasetPackage Known, IReadOnlyDictionary<string, long> Own);

/// <summary>
/// Sees to it that a library of the tenant's own holds every flow of its processes, with its properties and units: so it is complete by itself, whatever becomes of the libraries that
/// the flows came from.
/// </summary>
internal static class FlowSupply
{
    /// <summary>Finds the flows that the process names: in the library, among the new ones, in the library that it comes from, then in any other of the tenant.</summary>
    public static Outcome<BroughtFlows> Bring(Tx tx, long tenant, long library, ProcessInput input, long? source)
    {
        var made = input.NewFlows.ToDictionary(f => f.Id, f => LibraryIds.IsUuid(f.Id) ? f : f with { Id = Guid.NewGuid().ToString("D") }, StringComparer.Ordinal);
        var dataset = made.Count == 0 ? input.Dataset : input.Dataset with
        {
            Exchanges = [.. input.Dataset.Exchanges.Select(e => made.TryGetValue(e.FlowId, out var flow) ? e with { FlowId = flow.Id } : e)],
            Allocation = [.. input.Dataset.Allocation.Select(a => made.TryGetValue(a.ProductFlowId, out var flow) ? a with { ProductFlowId = flow.Id } : a)],
        };
        var wanted = dataset.Exchanges.Select(e => e.FlowId).Distinct().ToList();
        var own = ProcessStore.Flows(tx, tenant, library, wanted).Select(f => (f.Id, Flow: DatasetJson.Open<FlowDataset>(f.Document))).ToList();
        var flows = own.ToDictionary(f => f.Flow.Id, f => f.Flow, StringComparer.Ordinal);
        foreach (var flow in made.Values)
        {
            flows.TryAdd(flow.Id, flow);
        }

        var from = new HashSet<long> { library };
        foreach (var (home, document) in ProcessStore.FlowsAnywhere(tx, tenant, wanted.Where(w => !flows.ContainsKey(w))).OrderBy(f => f.Library == source ? 0 : 1))
        {
            var flow = DatasetJson.Open<FlowDataset>(document);
            if (flows.TryAdd(flow.Id, flow))
            {
                from.Add(home);
            }
        }

        var problems = dataset.Exchanges.Where(e => !flows.ContainsKey(e.FlowId)).Select(e => new Problem("process_flow_unknown", e.Number, "flow", e.FlowId, dataset.Name)).ToList();
        if (problems.Count > 0)
        {
            return Outcome<BroughtFlows>.Refused(problems);
        }

        var parts = from.Select(l => LibraryParts.Units(tx, tenant, l)).ToList();
        var known = new DatasetPackage
        {
            Format = "", Name = dataset.Name, Flows = [.. flows.Values],
            FlowProperties = [.. parts.SelectMany(p => p.Properties).DistinctBy(p => p.Id)],
            UnitGroups = [.. parts.SelectMany(p => p.Groups).DistinctBy(g => g.Id)],
            Parameters = LibraryParts.Parameters(tx, tenant, library),
        };
        return new BroughtFlows(dataset, known, own.ToDictionary(f => f.Flow.Id, f => f.Id, StringComparer.Ordinal));
    }

    /// <summary>Adds to the library what it lacks.</summary>
    public static IReadOnlyDictionary<string, (long Id, FlowDataset Flow)> Keep(Tx tx, long tenant, long library, BroughtFlows brought)
    {
        var used = brought.Dataset.Exchanges.Select(e => e.FlowId).ToHashSet(StringComparer.Ordinal);
        var all = new Dictionary<string, (long, FlowDataset)>(StringComparer.Ordinal);
        var added = new List<(long, string, FlowDataset, byte[])>();
        foreach (var flow in brought.Known.Flows.Where(f => used.Contains(f.Id)))
        {
            if (!brought.Own.TryGetValue(flow.Id, out var id))
            {
                id = LibraryRange.First(library) + LibraryStore.TakePlace(tx, tenant, library, flow: true);
                added.Add((id, flow.Id, flow, DatasetJson.Pack(DatasetJson.Text(flow))));
            }

            all.Add(flow.Id, (id, flow));
        }

        if (added.Count > 0)
        {
            ProcessStore.AddFlows(tx, tenant, library, added);
            var held = LibraryParts.Units(tx, tenant, library);
            var properties = brought.Known.FlowProperties.Where(p => added.Any(a => a.Item3.PropertyId == p.Id || a.Item3.Properties.Any(o => o.PropertyId == p.Id))).ToList();
            var groups = brought.Known.UnitGroups.Where(g => properties.Any(p => p.UnitGroupId == g.Id)).ToList();
            LibraryParts.KeepUnits(tx, tenant, library, [.. held.Properties.Concat(properties).DistinctBy(p => p.Id)], [.. held.Groups.Concat(groups).DistinctBy(g => g.Id)]);
        }

        return all;
    }
}
