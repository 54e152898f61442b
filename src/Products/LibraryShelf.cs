using Tanlu.Exchange;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>What this process remembers of libraries, each in the revision in which it was read: a change of a library makes what is remembered of it unreachable, and it goes.</summary>
public sealed class LibraryShelf(Db db)
{
    private readonly Dictionary<long, (long Revision, SearchIndex<ProcessRow> Index)> _processes = [];
    private readonly Dictionary<long, (long Revision, SearchIndex<FlowRow> Index)> _flows = [];
    private readonly PackageMemory _packages = new();
    private readonly Lock _gate = new();

    /// <summary>The search indexes of the tenant's libraries that are in use.</summary>
    /// <param name="library">Only this one, also where it is retired; empty where the tenant has no such library.</param>
    internal Task<IReadOnlyList<SearchIndex<ProcessRow>>> ProcessIndexes(long tenant, long? library, CancellationToken ct) => Indexes(
        _processes, tenant, library,
        (tx, l) => ProcessStore.OfLibrary(tx, tenant, l).Select(p => new SearchEntry<ProcessRow>(p, p.Id, p.Name, p.Location, $"{p.ReferenceName}\n{p.Category}\n{p.SourceId}\n{p.Uid}")), ct);

    internal Task<IReadOnlyList<SearchIndex<FlowRow>>> FlowIndexes(long tenant, long? library, CancellationToken ct) => Indexes(
        _flows, tenant, library,
        (tx, l) => ProcessStore.FlowRows(tx, tenant, l).Select(f => new SearchEntry<FlowRow>(f, f.Id, f.Name, f.Category, $"{f.Compartment} {f.Subcompartment}\n{f.Cas}\n{f.Location}\n{f.Uid}")), ct);

    /// <summary>The library as it is calculated with, also a retired one; null where the tenant has no such library.</summary>
    internal async Task<LoadedLibrary?> Package(long tenant, long library, CancellationToken ct)
    {
        if (await db.Read(tx => LibraryStore.Find(tx, tenant, library), ct) is not { } now)
        {
            return null;
        }

        if (_packages.Find(now) is { } held)
        {
            return held;
        }

        var (read, parts, flows, processes, rights, numbers) = await db.Read(
            tx => (LibraryStore.Find(tx, tenant, library)!, LibraryStore.Parts(tx, tenant, library), ProcessStore.FlowDocuments(tx, tenant, library), ProcessStore.Documents(tx, tenant, library),
                ProcessStore.Rights(tx, tenant, library), ProcessStore.Numbers(tx, tenant, library)),
            ct);
        var loaded = await Task.Run(
            () => new LoadedLibrary(
                read,
                LibraryParts.Package(read, parts) with { Flows = Opened<FlowDataset>(flows, ct), Processes = Opened<ProcessDataset>(processes, ct) },
                rights.ToDictionary(r => r.Key, r => DataRights.Stricter(r.Value, read.Rights), StringComparer.Ordinal))
            {
                Numbers = numbers,
            },
            ct);
        _packages.Keep(loaded);
        return loaded;
    }

    private static T[] Opened<T>(List<byte[]> documents, CancellationToken ct)
    {
        var opened = new T[documents.Count];
        Parallel.For(0, documents.Count, new ParallelOptions { CancellationToken = ct }, at => opened[at] = DatasetJson.Open<T>(documents[at]));
        return opened;
    }

    private async Task<IReadOnlyList<SearchIndex<T>>> Indexes<T>(
        Dictionary<long, (long Revision, SearchIndex<T> Index)> held, long tenant, long? library, Func<Tx, long, IEnumerable<SearchEntry<T>>> entries, CancellationToken ct)
    {
        var libraries = await db.Read(tx => LibraryStore.All(tx, tenant), ct);
        var indexes = new List<SearchIndex<T>>();
        foreach (var one in libraries.Where(l => library is { } wanted ? l.Id == wanted : l.State == LibraryState.Ready))
        {
            if (Remembered(held, one) is { } index)
            {
                indexes.Add(index);
                continue;
            }

            var read = await db.Read(tx => entries(tx, one.Id), ct);
            var made = await Task.Run(() => new SearchIndex<T>(read), ct);
            lock (_gate)
            {
                held[one.Id] = (one.Revision, made);
            }

            indexes.Add(made);
        }

        return indexes;
    }

    private SearchIndex<T>? Remembered<T>(Dictionary<long, (long Revision, SearchIndex<T> Index)> held, Library library)
    {
        lock (_gate)
        {
            return held.TryGetValue(library.Id, out var one) && one.Revision == library.Revision ? one.Index : null;
        }
    }
}
