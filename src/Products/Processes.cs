using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>The processes of a tenant's libraries: search, one version in full, what changed between two, and who uses one.</summary>
public sealed class Processes(Db db, LibraryShelf shelf)
{
    public const int LongestPage = 200;

    /// <summary>Processes of the tenant's libraries that match, best first: names that begin with the text, names that have its words, anything else that has them.</summary>
    public async Task<Outcome<ProcessPage>> Search(Caller caller, ProcessSearch search, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var indexes = await shelf.ProcessIndexes(caller.Tenant, search.Library, ct);
        return indexes.Count == 0 && search.Library is { } library
            ? Refusal.NotFound($"library/{library}")
            : await Task.Run(() => Page(indexes, search), ct);
    }

    /// <summary>One process in full.</summary>
    /// <param name="version">Null is the current one.</param>
    public async Task<Outcome<StoredProcess>> Get(Caller caller, long process, int? version, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        return await db.Read<Outcome<StoredProcess>>(
            tx =>
            {
                if (ProcessStore.Find(tx, caller.Tenant, process) is not { } row || ProcessStore.Version(tx, caller.Tenant, process, version ?? row.Version) is not { } found)
                {
                    return Refusal.NotFound(version is null ? $"process/{process}" : $"process/{process}/{version}");
                }

                var dataset = DatasetJson.Open<ProcessDataset>(ProcessStore.Document(tx, caller.Tenant, process, found.Number)!);
                var flows = ProcessStore.Flows(tx, caller.Tenant, row.Library, dataset.Exchanges.Select(e => e.FlowId).Distinct()).ConvertAll(f => DatasetJson.Open<FlowDataset>(f.Document));
                return new StoredProcess(row, found, dataset, flows.ToDictionary(f => f.Id, StringComparer.Ordinal));
            },
            ct);
    }

    /// <summary>Every version of a process, newest first.</summary>
    public async Task<Outcome<IReadOnlyList<ProcessVersion>>> History(Caller caller, long process, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        return await db.Read(
            tx => ProcessStore.Find(tx, caller.Tenant, process) is null
                ? Refusal.NotFound($"process/{process}")
                : Outcome<IReadOnlyList<ProcessVersion>>.Done(ProcessStore.History(tx, caller.Tenant, process)),
            ct);
    }

    /// <summary>What is different between two versions of a process, or of two processes such as a copy and what it was copied from.</summary>
    /// <param name="other">Process to compare with; null compares two versions of the same.</param>
    public async Task<Outcome<ProcessDiff>> Compare(Caller caller, long process, int? before, long? other, int? after, CancellationToken ct)
    {
        var one = await Get(caller, process, before, ct);
        if (!one.Ok)
        {
            return Outcome<ProcessDiff>.Refused(one.Problems);
        }

        return (await Get(caller, other ?? process, after, ct)).Then<ProcessDiff>(two => ProcessDiff.Of(
            one.Value.Dataset, two.Dataset, flow => (two.Flows.GetValueOrDefault(flow) ?? one.Value.Flows.GetValueOrDefault(flow))?.Name ?? flow));
    }

    /// <summary>Current processes that name this one as the provider of one of their inputs, or as the treatment of their waste.</summary>
    /// <param name="after">Id of the last process of the page before; 0 for the first page.</param>
    public async Task<Outcome<ProcessPage>> Consumers(Caller caller, long process, long after, int take, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var rows = Math.Clamp(take, 1, LongestPage);
        return await db.Read<Outcome<ProcessPage>>(
            tx =>
            {
                if (ProcessStore.Find(tx, caller.Tenant, process) is null)
                {
                    return Refusal.NotFound($"process/{process}");
                }

                var found = ProcessStore.ConsumersOf(tx, caller.Tenant, process, after, rows + 1);
                var total = ProcessStore.CountConsumers(tx, caller.Tenant, process);
                return found.Count > rows ? new ProcessPage(found[..rows], total, found[rows - 1].Id) : new ProcessPage(found, total, null);
            },
            ct);
    }

    private static ProcessPage Page(IReadOnlyList<SearchIndex<ProcessRow>> indexes, ProcessSearch search)
    {
        var (ordered, total) = SearchIndex<ProcessRow>.Find(indexes, search.Text, row => Admits(search, row));
        var take = Math.Clamp(search.Take, 1, LongestPage);
        if (search.After is { } after)
        {
            // A row that is gone meanwhile leaves no place: the list is read again from its beginning rather than cut short.
            var whole = ordered.ToList();
            ordered = whole.Skip(whole.FindIndex(r => r.Id == after) + 1);
        }

        var page = ordered.Take(take + 1).ToList();
        return page.Count > take ? new ProcessPage(page[..take], total, page[take - 1].Id) : new ProcessPage(page, total, null);
    }

    private static bool Admits(ProcessSearch search, ProcessRow row) =>
        (search.Kind is null || row.Kind == search.Kind)
        && (search.Location is not { Length: > 0 } place || row.Location.Equals(place, StringComparison.OrdinalIgnoreCase))
        && (search.Category is not { Length: > 0 } category || row.Category.StartsWith(category, StringComparison.OrdinalIgnoreCase));
}
