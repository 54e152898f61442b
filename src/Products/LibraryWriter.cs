using System.Security.Cryptography;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>The import was given up by somebody else while it was written.</summary>
internal sealed class LibraryGone(long library) : Exception($"Library {library} was dropped.");

/// <summary>
/// Writes a package as a library: many short transactions, none of which anybody sees, until the last one shows it. Whatever fails on the way takes everything away again.
/// </summary>
internal sealed class LibraryWriter(Db db, Audit audit, TimeProvider time)
{
    private const int ProcessesAtOnce = 250;
    private const int FlowsAtOnce = 1000;
    private const int UsesAtOnce = 10_000;
    private const int NotesAtOnce = 1000;
    private const int ClearAtOnce = 2000;

    /// <summary>Writes the package; refused where a dataset can not be kept as it is.</summary>
    /// <param name="draft">What the library says of itself; its counts are filled in here.</param>
    public async Task<Outcome<Library>> Write(
        Caller caller, Library draft, DatasetPackage package, string? clientKey, IProgress<LibraryProgress>? progress, CancellationToken ct)
    {
        var ids = new LibraryIds(draft.Key);
        var read = await Task.Run(() => PackageCheck.Sound(package, ids), ct);
        if (!read.Ok)
        {
            return Outcome<Library>.Refused(read.Problems);
        }

        var (sound, notes) = read.Value;
        var link = await Task.Run(() => LinkSummary.Of(sound), ct);
        var id = await db.Write(tx => LibraryStore.Insert(tx, caller.Tenant, draft with { State = LibraryState.Importing }, clientKey), ct);
        var done = false;
        try
        {
            var flows = await Flows(caller, id, sound, ids, ct);
            var (content, exchanges) = await Processes(caller, draft with { Id = id }, sound, ids, flows, progress, ct);
            await Parts(caller, id, sound, ct);
            foreach (var chunk in notes.Chunk(NotesAtOnce).Select((rows, at) => (Rows: rows, From: at * NotesAtOnce)))
            {
                await Step(id, tx => LibraryStore.AddNotes(tx, caller.Tenant, id, chunk.Rows, chunk.From), ct);
            }

            var finished = draft with
            {
                Id = id,
                Processes = sound.Processes.Count,
                Flows = sound.Flows.Count,
                Exchanges = exchanges,
                Methods = sound.Methods.Count,
                Notes = notes.Count,
                Link = link,
                State = LibraryState.Ready,
                Content = Convert.ToHexStringLower(content),
            };
            await db.Write(
                tx =>
                {
                    if (!LibraryStore.Finish(tx, caller.Tenant, finished, content, sound.Processes.Count, sound.Flows.Count))
                    {
                        throw new LibraryGone(id);
                    }

                    audit.Write(
                        tx, caller, "library.import", $"library/{id}", ("name", finished.Name), ("version", finished.Version), ("file", finished.FileName), ("hash", finished.FileHash),
                        ("rights", finished.Rights.ToString().ToLowerInvariant()), ("processes", $"{finished.Processes}"), ("notes", $"{finished.Notes}"));
                },
                ct);
            done = true;
            await db.Measure(["lca_process", "lca_process_version", "lca_flow", "lca_use"], ct);
            return finished;
        }
        finally
        {
            if (!done)
            {
                await Drop(id, CancellationToken.None);
            }
        }
    }

    /// <summary>Drops what imports left that were not touched since.</summary>
    public async Task<int> Recover(DateTimeOffset before, CancellationToken ct)
    {
        var left = await db.Read(tx => LibraryStore.Left(tx, before), ct);
        foreach (var library in left)
        {
            await db.Write(tx => LibraryStore.MarkDropped(tx, library), ct);
        }

        foreach (var library in await db.Read(LibraryStore.DroppedWithRows, ct))
        {
            await Clear(library, ct);
        }

        return left.Count;
    }

    public async Task Drop(long library, CancellationToken ct)
    {
        await db.Write(tx => LibraryStore.MarkDropped(tx, library), ct);
        await Clear(library, ct);
    }

    private async Task Clear(long library, CancellationToken ct)
    {
        while (await db.Write(Lane.Bulk, tx => LibraryStore.Clear(tx, library, ClearAtOnce), ct))
        {
        }
    }

    private Task Step(long library, Action<Tx> work, CancellationToken ct) => db.Write(
        Lane.Bulk,
        tx =>
        {
            if (!LibraryStore.Touch(tx, library, time.GetUtcNow()))
            {
                throw new LibraryGone(library);
            }

            work(tx);
        },
        ct);

    private async Task<Dictionary<string, (long Id, FlowDataset Flow)>> Flows(Caller caller, long library, DatasetPackage package, LibraryIds ids, CancellationToken ct)
    {
        var known = new Dictionary<string, (long, FlowDataset)>(package.Flows.Count, StringComparer.Ordinal);
        foreach (var chunk in package.Flows.Chunk(FlowsAtOnce))
        {
            var rows = chunk.Select((flow, at) => (LibraryRange.First(library) + known.Count + at, ids.Source(flow.Id), flow, DatasetJson.Pack(DatasetJson.Text(flow)))).ToList();
            await Step(library, tx => ProcessStore.AddFlows(tx, caller.Tenant, library, rows), ct);
            foreach (var (id, _, flow, _) in rows)
            {
                known.Add(flow.Id, (id, flow));
            }
        }

        return known;
    }

    private async Task<(byte[] Content, long Exchanges)> Processes(
        Caller caller, Library library, DatasetPackage package, LibraryIds ids, Dictionary<string, (long Id, FlowDataset Flow)> flows, IProgress<LibraryProgress>? progress, CancellationToken ct)
    {
        var providers = new Dictionary<string, long>(package.Processes.Count, StringComparer.Ordinal);
        foreach (var process in package.Processes)
        {
            providers.Add(process.Id, LibraryRange.First(library.Id) + providers.Count);
        }

        var made = new ProcessVersion(1, "", time.GetUtcNow(), caller.Person, caller.Name, "", null);
        var content = new LibraryContent();
        var exchanges = 0L;
        var done = 0;
        foreach (var chunk in package.Processes.Chunk(ProcessesAtOnce))
        {
            var drafts = await Task.Run(
                () => chunk.AsParallel().AsOrdered().WithCancellation(ct)
                    .Select(p => ProcessDraft.Of(providers[p.Id], ids.Source(p.Id), p, DataRights.Of(DataRight.Open, p), uid => flows.TryGetValue(uid, out var flow) ? flow.Flow : null)).ToList(), ct);
            await Step(
                library.Id,
                tx =>
                {
                    ProcessStore.Add(tx, caller.Tenant, library.Id, drafts);
                    ProcessStore.AddVersions(tx, caller.Tenant, drafts, 1, made);
                },
                ct);
            var uses = drafts.SelectMany(d => Uses(d, flows, providers)).ToList();
            foreach (var part in uses.Chunk(UsesAtOnce))
            {
                await Step(library.Id, tx => ProcessStore.AddUses(tx, caller.Tenant, part), ct);
            }

            drafts.ForEach(d => content.Add(d.Dataset.Id, d.Sha256));
            exchanges += drafts.Sum(d => (long)d.Dataset.Exchanges.Count);
            done += chunk.Length;
            progress?.Report(new LibraryProgress(done, package.Processes.Count));
        }

        return (content.Sum(), exchanges);
    }

    internal static IEnumerable<FlowUse> Uses(ProcessDraft draft, IReadOnlyDictionary<string, (long Id, FlowDataset Flow)> flows, IReadOnlyDictionary<string, long> providers) => draft.Dataset.Exchanges
        .Select(e => new FlowUse(flows[e.FlowId].Id, draft.Id, e.ProviderId is { } provider ? providers.GetValueOrDefault(provider) : 0, e.Input)).Distinct();

    private async Task Parts(Caller caller, long library, DatasetPackage package, CancellationToken ct)
    {
        foreach (var (kind, place, text) in LibraryParts.Of(package))
        {
            await Step(library, tx => LibraryStore.AddPart(tx, caller.Tenant, library, kind, place, DatasetJson.Pack(text)), ct);
        }
    }
}

/// <summary>SHA-256 over ids and hashes of process versions in the order of the ids: the same content has the same sum, whatever the order in the file.</summary>
internal sealed class LibraryContent
{
    private readonly List<(string Uid, byte[] Sha256)> _versions = [];

    public void Add(string uid, byte[] sha256) => _versions.Add((uid, sha256));

    public byte[] Sum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (uid, sha256) in _versions.OrderBy(v => v.Uid, StringComparer.Ordinal))
        {
            hash.AppendData(System.Text.Encoding.ASCII.GetBytes(uid));
            hash.AppendData(sha256);
        }

        return hash.GetHashAndReset();
    }
}
