using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>A flow as lists show it.</summary>
/// <param name="Uid">UUID by which exchanges name it.</param>
public sealed record FlowRow(
    long Id, long Library, string LibraryName, string Uid, string Name, FlowKind Kind, string Unit, string Category, string Compartment, string Subcompartment, string? Cas, string Location);

/// <summary>Which flows are wanted. Empty conditions match everything; the same flow in several libraries comes once.</summary>
/// <param name="After">Id of the last flow of the page before.</param>
public sealed record FlowQuery(string Text = "", long? Library = null, FlowKind? Kind = null, string? Compartment = null, long? After = null, int Take = 50);

/// <summary>A page of flows, best first.</summary>
public sealed record FlowPage(IReadOnlyList<FlowRow> Flows, int Total, long? Next);

/// <summary>A process that has a flow.</summary>
/// <param name="Input">It has it as an input.</param>
/// <param name="Output">It has it as an output.</param>
/// <param name="Names">It names a provider for it.</param>
public sealed record FlowUser(ProcessRow Process, bool Input, bool Output, bool Names);

/// <summary>A page of processes that have a flow, in the order of their ids.</summary>
/// <param name="Next">Give it as <c>after</c> for the following page; null where this is the last.</param>
public sealed record UserPage(IReadOnlyList<FlowUser> Users, long? Next);

/// <summary>The flows of a tenant's libraries: search, one in full, and which processes have it.</summary>
public sealed class LibraryFlows(Db db, LibraryShelf shelf)
{
    public const int LongestPage = 200;

    /// <summary>Flows that match, best first.</summary>
    public async Task<Outcome<FlowPage>> Search(Caller caller, FlowQuery search, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var indexes = await shelf.FlowIndexes(caller.Tenant, search.Library, ct);
        return indexes.Count == 0 && search.Library is { } library
            ? Refusal.NotFound($"library/{library}")
            : await Task.Run(() => Page(indexes, search), ct);
    }

    /// <summary>The flow of this UUID: as the library has it that is asked for, else the tenant's own, else the one that came first.</summary>
    public async Task<Outcome<FlowDataset>> Get(Caller caller, string uid, long? library, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var found = await db.Read(tx => ProcessStore.FlowsAnywhere(tx, caller.Tenant, [uid]), ct);
        return found.Count == 0 || (library is { } wanted && found.All(f => f.Library != wanted))
            ? Refusal.NotFound($"flow/{uid}")
            : DatasetJson.Open<FlowDataset>(found.Find(f => library is null || f.Library == library).Document);
    }

    /// <summary>Current processes of all libraries in use that have the flow.</summary>
    /// <param name="input">Only as an input, or only as an output; null is both.</param>
    /// <param name="after">Id of the last process of the page before; 0 for the first page.</param>
    public async Task<Outcome<UserPage>> Users(Caller caller, string uid, bool? input, long after, int take, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var rows = Math.Clamp(take, 1, LongestPage);
        return await db.Read<Outcome<UserPage>>(
            tx =>
            {
                var flows = ProcessStore.FlowIds(tx, caller.Tenant, uid);
                if (flows.Count == 0)
                {
                    return Refusal.NotFound($"flow/{uid}");
                }

                var found = ProcessStore.UsersOf(tx, caller.Tenant, flows, input, after, rows + 1);
                return found.Count > rows ? new UserPage(found[..rows], found[rows - 1].Process.Id) : new UserPage(found, null);
            },
            ct);
    }

    private static FlowPage Page(IReadOnlyList<SearchIndex<FlowRow>> indexes, FlowQuery search)
    {
        var (ordered, _) = SearchIndex<FlowRow>.Find(
            indexes, search.Text,
            row => (search.Kind is null || row.Kind == search.Kind) && (search.Compartment is not { Length: > 0 } place || row.Compartment.StartsWith(place, StringComparison.OrdinalIgnoreCase)));
        var once = ordered.DistinctBy(r => r.Uid).ToList();
        var from = search.After is { } after ? once.FindIndex(r => r.Id == after) + 1 : 0;
        var page = once.Skip(from).Take(Math.Clamp(search.Take, 1, LongestPage)).ToList();
        return new FlowPage(page, once.Count, from + page.Count < once.Count ? page[^1].Id : null);
    }
}
