using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>A process as its editor leaves it.</summary>
/// <param name="Dataset">Its id is not looked at: an edit keeps the process's own, a new process gets one.</param>
/// <param name="NewFlows">Flows that no library holds yet. An exchange names one by the id that it has here; where that is no UUID, one is made.</param>
/// <param name="Reason">Why, for whoever reads the history.</param>
public sealed record ProcessInput(ProcessDataset Dataset, IReadOnlyList<FlowDataset> NewFlows, string Reason = "");

/// <summary>
/// Makes and changes processes of the tenant's own libraries, each change a new version; imported libraries stay as they came, and what is wanted of them is copied. Every verb needs
/// <see cref="Right.EditProcesses"/> over the whole tenant. Who edits names the version that was looked at: where somebody else was first, <c>process_changed</c> names both versions.
/// </summary>
public sealed class ProcessEdits(Db db, Audit audit, TimeProvider time)
{
    /// <summary>A new process in a library of the tenant's own.</summary>
    public Task<Outcome<StoredProcess>> Create(Caller caller, long library, ProcessInput input, CancellationToken ct) => Write(
        caller,
        input.Reason,
        tx => OwnLibrary(tx, caller, library).Then(own => Added(tx, caller, own, input, NewUid(), null, "process.create", [])),
        ct);

    /// <summary>A copy of a process of any library in one of the tenant's own, which says where it comes from and keeps that library's rights.</summary>
    /// <param name="version">Version to copy; null is the current one.</param>
    /// <param name="name">Name of the copy; null keeps the name.</param>
    public Task<Outcome<StoredProcess>> Copy(Caller caller, long process, int? version, long library, string? name, CancellationToken ct) => Write(
        caller,
        "",
        tx => OwnLibrary(tx, caller, library).Then<StoredProcess>(own =>
        {
            if (ProcessStore.Find(tx, caller.Tenant, process) is not { } row || ProcessStore.Version(tx, caller.Tenant, process, version ?? row.Version) is not { } found)
            {
                return Refusal.NotFound($"process/{process}");
            }

            var dataset = DatasetJson.Open<ProcessDataset>(ProcessStore.Document(tx, caller.Tenant, process, found.Number)!);
            var needed = row.Library == library ? [] : PackageParameters.NeededBy(dataset, LibraryParts.Parameters(tx, caller.Tenant, row.Library));
            var copy = dataset with { Name = string.IsNullOrWhiteSpace(name) ? dataset.Name : name.Trim(), Parameters = [.. dataset.Parameters, .. needed] };
            return Added(
                tx, caller, own, new ProcessInput(copy, []), NewUid(), new ProcessOrigin(row.Library, row.Uid, found.Number, found.Sha256), "process.copy",
                [("from", $"process/{process}"), ("version", Text(found.Number)), ("hash", found.Sha256)], row.Rights, row.Library, dataset);
        }),
        ct);

    /// <summary>Changes a process: the next version.</summary>
    /// <param name="ifVersion">The version that the editor began with.</param>
    public Task<Outcome<StoredProcess>> Edit(Caller caller, long process, int ifVersion, ProcessInput input, CancellationToken ct) => Write(
        caller,
        input.Reason,
        tx => Editable(tx, caller, process, ifVersion).Then(row => Changed(tx, caller, row, input, null)),
        ct);

    /// <summary>Takes up an earlier version again, as a new one: nothing of the history goes.</summary>
    public Task<Outcome<StoredProcess>> Restore(Caller caller, long process, int version, int ifVersion, string reason, CancellationToken ct) => Write(
        caller,
        reason,
        tx => Editable(tx, caller, process, ifVersion).Then<StoredProcess>(row => ProcessStore.Document(tx, caller.Tenant, process, version) is { } document
            ? Changed(tx, caller, row, new ProcessInput(DatasetJson.Open<ProcessDataset>(document), [], reason), version)
            : Refusal.NotFound($"process/{process}/{version}")),
        ct);

    /// <summary>Takes a process out of use; refused while current processes name it as their provider. Its versions stay.</summary>
    public Task<Outcome<ProcessRow>> Retire(Caller caller, long process, int ifVersion, string reason, CancellationToken ct) => Write(
        caller,
        reason,
        tx => Editable(tx, caller, process, ifVersion).Then<ProcessRow>(row =>
        {
            var consumers = ProcessStore.ConsumersOf(tx, caller.Tenant, process, 0, 4).Where(c => c.Id != process).ToList();
            if (consumers.Count > 0)
            {
                return new Problem("process_in_use", Found: row.Name, Args: [string.Join("; ", consumers.Take(3).Select(c => c.Name))]);
            }

            ProcessStore.Retire(tx, caller.Tenant, process);
            var flows = Flows(tx, caller, row.Library, DatasetJson.Open<ProcessDataset>(ProcessStore.Document(tx, caller.Tenant, process, row.Version)!));
            ProcessStore.RemoveUses(tx, caller.Tenant, process, flows.Values.Select(f => f.Id));
            LibraryStore.Changed(tx, caller.Tenant, row.Library);
            audit.Write(tx, caller, "process.retire", $"process/{process}", ("name", row.Name), ("reason", reason.Trim()));
            return ProcessStore.Find(tx, caller.Tenant, process)!;
        }),
        ct);

    private async Task<Outcome<T>> Write<T>(Caller caller, string reason, Func<Tx, Outcome<T>> work, CancellationToken ct) =>
        !caller.MayEverywhere(Right.EditProcesses) ? Refusal.NotPermitted()
        : Libraries.ReasonProblem(reason, needed: false) is { } wrong ? wrong
        : await db.Write(work, ct);

    private static Outcome<Library> OwnLibrary(Tx tx, Caller caller, long library) => LibraryStore.Find(tx, caller.Tenant, library) switch
    {
        null => Refusal.NotFound($"library/{library}"),
        { Own: false } imported => new Problem("library_read_only", Found: imported.Name),
        { State: LibraryState.Retired } retired => new Problem("library_read_only", Found: retired.Name),
        var own => own,
    };

    private static Outcome<ProcessRow> Editable(Tx tx, Caller caller, long process, int ifVersion)
    {
        if (ProcessStore.Find(tx, caller.Tenant, process) is not { } row)
        {
            return Refusal.NotFound($"process/{process}");
        }

        if (!row.Own || row.Retired)
        {
            return new Problem("library_read_only", Found: row.Retired ? row.Name : row.LibraryName);
        }

        var now = ProcessStore.Version(tx, caller.Tenant, process, row.Version)!;
        return row.Version == ifVersion
            ? row
            : new Problem("process_changed", Column: "version", Found: Text(ifVersion), Args: [Text(row.Version), now.MadeByName, now.MadeAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)]);
    }

    private Outcome<StoredProcess> Added(
        Tx tx, Caller caller, Library library, ProcessInput input, string uid, ProcessOrigin? from, string verb, (string, string?)[] detail, DataRight right = DataRight.Open, long? source = null,
        ProcessDataset? copied = null) => Ready(tx, caller, library.Id, input, uid, source, copied).Then<StoredProcess>(ready =>
        {
            var id = LibraryRange.First(library.Id) + LibraryStore.TakePlace(tx, caller.Tenant, library.Id, flow: false);
            var draft = ProcessDraft.Of(id, uid, ready.Dataset, DataRights.Of(right, ready.Dataset), f => ready.Flows[f].Flow, from);
            ProcessStore.Add(tx, caller.Tenant, library.Id, [draft]);
            Keep(tx, caller, draft, ready.Flows, 1, input.Reason, null);
            audit.Write(tx, caller, verb, $"process/{id}", [("name", ready.Dataset.Name), ("library", library.Name), .. detail, ("reason", input.Reason.Trim())]);
            return Stored(tx, caller, id, ready.Dataset, ready.Flows);
        });

    private Outcome<StoredProcess> Changed(Tx tx, Caller caller, ProcessRow row, ProcessInput input, int? restores)
    {
        var before = DatasetJson.Open<ProcessDataset>(ProcessStore.Document(tx, caller.Tenant, row.Id, row.Version)!);

        // What was kept once is taken up again as it was.
        return Ready(tx, caller, row.Library, input, row.Uid, null, restores is null ? before : input.Dataset).Then<StoredProcess>(ready =>
        {
            // A copy of licensed data stays licensed, however much is changed in it.
            var right = DataRights.Of(ProcessStore.OwnRight(tx, caller.Tenant, row.Id), ready.Dataset);
            var draft = ProcessDraft.Of(row.Id, row.SourceId, ready.Dataset, right, f => ready.Flows[f].Flow, row.From);
            if (restores is null && ProcessStore.Version(tx, caller.Tenant, row.Id, row.Version)!.Sha256 == Convert.ToHexStringLower(draft.Sha256))
            {
                return Stored(tx, caller, row.Id, ready.Dataset, ready.Flows);
            }

            ProcessStore.RemoveUses(tx, caller.Tenant, row.Id, Flows(tx, caller, row.Library, before).Values.Select(f => f.Id));
            ProcessStore.Update(tx, caller.Tenant, draft, row.Version + 1);
            Keep(tx, caller, draft, ready.Flows, row.Version + 1, input.Reason, restores);
            audit.Write(
                tx, caller, restores is null ? "process.edit" : "process.restore", $"process/{row.Id}", ("name", ready.Dataset.Name), ("before", Text(row.Version)), ("after", Text(row.Version + 1)),
                ("version", restores is { } taken ? Text(taken) : null), ("reason", input.Reason.Trim()));
            return Stored(tx, caller, row.Id, ready.Dataset, ready.Flows);
        });
    }

    private void Keep(Tx tx, Caller caller, ProcessDraft draft, IReadOnlyDictionary<string, (long Id, FlowDataset Flow)> flows, int number, string reason, int? restores)
    {
        ProcessStore.AddVersions(tx, caller.Tenant, [draft], number, new ProcessVersion(number, "", time.GetUtcNow(), caller.Person, caller.Name, reason.Trim(), restores));
        var providers = draft.Dataset.Exchanges.Select(e => e.ProviderId).OfType<string>().Distinct().Select(uid => (uid, Row: ProcessStore.ProviderFor(tx, caller.Tenant, LibraryRange.LibraryOf(draft.Id), uid)))
            .Where(p => p.Row is not null).ToDictionary(p => p.uid, p => p.Row!.Id, StringComparer.Ordinal);
        ProcessStore.AddUses(tx, caller.Tenant, LibraryWriter.Uses(draft, flows, providers));
        LibraryStore.Changed(tx, caller.Tenant, LibraryRange.LibraryOf(draft.Id));
    }

    /// <summary>The input with its flows in the library: those it names are copied there from wherever the tenant has them, new ones are added. Refused where something of it does not hold.</summary>
    /// <param name="before">What is taken as settled, exchange by exchange.</param>
    private static Outcome<ReadyProcess> Ready(Tx tx, Caller caller, long library, ProcessInput input, string uid, long? source, ProcessDataset? before) =>
        FlowSupply.Bring(tx, caller.Tenant, library, input with { Dataset = input.Dataset with { Id = uid } }, source).Then<ReadyProcess>(brought =>
        {
            var checkedDataset = ProcessRules.Check(brought.Dataset, brought.Known, before);
            var problems = checkedDataset.Problems.Concat(Unprovided(tx, caller, brought, before)).ToList();
            return problems.Count > 0 ? Outcome<ReadyProcess>.Refused(problems) : new ReadyProcess(brought.Dataset, FlowSupply.Keep(tx, caller.Tenant, library, brought));
        });

    /// <summary>Providers that are not there, or do not give (of waste: take) the flow.</summary>
    private static IEnumerable<Problem> Unprovided(Tx tx, Caller caller, BroughtFlows brought, ProcessDataset? before)
    {
        var dataset = brought.Dataset;
        var settled = (before?.Exchanges ?? []).Select(e => (e.FlowId, e.ProviderId)).ToHashSet();
        var asked = dataset.Exchanges.Where(e => e.ProviderId is { } provider && provider != dataset.Id && !settled.Contains((e.FlowId, provider))).ToList();
        if (asked.Count == 0)
        {
            return [];
        }

        var found = ProcessStore.Provisions(tx, caller.Tenant, asked.Select(e => e.ProviderId!).ToHashSet(), asked.Select(e => e.FlowId).ToHashSet());
        var flows = brought.Known.Flows.ToDictionary(f => f.Id, StringComparer.Ordinal);
        return asked.Where(e => !found.Contains((e.ProviderId!, e.FlowId, flows[e.FlowId].Kind == FlowKind.Waste))).Select(e => new Problem(
            "exchange_provider", e.Number, "provider", ProcessStore.ByUid(tx, caller.Tenant, e.ProviderId!).FirstOrDefault()?.Name ?? e.ProviderId, dataset.Name, flows[e.FlowId].Name)).ToList();
    }

    private static Dictionary<string, (long Id, FlowDataset Flow)> Flows(Tx tx, Caller caller, long library, ProcessDataset dataset) =>
        ProcessStore.Flows(tx, caller.Tenant, library, dataset.Exchanges.Select(e => e.FlowId).Distinct()).Select(f => (f.Id, Flow: DatasetJson.Open<FlowDataset>(f.Document)))
            .ToDictionary(f => f.Flow.Id, f => f, StringComparer.Ordinal);

    private static StoredProcess Stored(Tx tx, Caller caller, long id, ProcessDataset dataset, IReadOnlyDictionary<string, (long Id, FlowDataset Flow)> flows)
    {
        var row = ProcessStore.Find(tx, caller.Tenant, id)!;
        return new StoredProcess(row, ProcessStore.Version(tx, caller.Tenant, id, row.Version)!, dataset, flows.ToDictionary(f => f.Key, f => f.Value.Flow, StringComparer.Ordinal));
    }

    private sealed record ReadyProcess(ProcessDataset Dataset, IReadOnlyDictionary<string, (long Id, FlowDataset Flow)> Flows);

    private static string NewUid() => Guid.NewGuid().ToString("D");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
