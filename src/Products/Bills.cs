using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>
/// The bills of materials of a tenant, each change a new version. Reading needs <see cref="Right.ReadFigures"/>, writing <see cref="Right.EditProcesses"/>, each over the whole tenant. Who edits names
/// the version that was looked at: where somebody else was first, <c>bill_changed</c> names both versions.
/// </summary>
public sealed class Bills(Db db, Audit audit, TimeProvider time)
{
    /// <summary>Bills in bills, so deep at most.</summary>
    internal const int Deepest = 50;

    /// <summary>Bills in use, by name.</summary>
    public async Task<Outcome<IReadOnlyList<BillRow>>> List(Caller caller, CancellationToken ct) => caller.MayEverywhere(Right.ReadFigures)
        ? Outcome<IReadOnlyList<BillRow>>.Done(await db.Read(tx => BillStore.All(tx, caller.Tenant), ct))
        : Refusal.NotPermitted();

    /// <summary>One bill in full, also a retired one.</summary>
    /// <param name="version">Null is the current one.</param>
    public async Task<Outcome<StoredBill>> Get(Caller caller, long bill, int? version, CancellationToken ct) =>
        !caller.MayEverywhere(Right.ReadFigures) ? Refusal.NotPermitted()
        : await db.Read(tx => BillStore.Stored(tx, caller.Tenant, bill, version), ct) is { } found ? found
        : Refusal.NotFound($"bill/{bill}");

    /// <summary>Every version of a bill, newest first.</summary>
    public async Task<Outcome<IReadOnlyList<BillVersion>>> History(Caller caller, long bill, CancellationToken ct) =>
        !caller.MayEverywhere(Right.ReadFigures) ? Refusal.NotPermitted()
        : await db.Read(tx => BillStore.History(tx, caller.Tenant, bill), ct) is { Count: > 0 } versions ? Outcome<IReadOnlyList<BillVersion>>.Done(versions)
        : Refusal.NotFound($"bill/{bill}");

    /// <summary>A new bill. Lines without a process or bill are kept and count for nothing.</summary>
    public Task<Outcome<StoredBill>> Create(Caller caller, BillDataset bill, string reason, CancellationToken ct) => Write(
        caller, reason,
        tx => Ready(tx, caller, null, bill, null).Then<StoredBill>(ready =>
        {
            var id = BillStore.Insert(tx, caller.Tenant, Guid.NewGuid().ToString("D"), ready, time.GetUtcNow(), caller.Name);
            Keep(tx, caller, id, 1, ready, reason, null);
            audit.Write(tx, caller, "bill.create", $"bill/{id}", ("name", ready.Name), ("lines", Text(ready.Lines.Count)), ("reason", reason.Trim()));
            return BillStore.Stored(tx, caller.Tenant, id, null)!;
        }),
        ct);

    /// <summary>Changes a bill: the next version; one that is as it was makes none.</summary>
    /// <param name="ifVersion">The version that the editor began with.</param>
    public Task<Outcome<StoredBill>> Edit(Caller caller, long bill, int ifVersion, BillDataset changed, string reason, CancellationToken ct) => Write(
        caller, reason,
        tx => Editable(tx, caller, bill, ifVersion).Then(row => Ready(tx, caller, bill, changed, BillStore.Stored(tx, caller.Tenant, bill, null)!.Dataset)
            .Then<StoredBill>(ready => Changed(tx, caller, row, ready, reason, null))),
        ct);

    /// <summary>Takes up an earlier version again, as a new one: nothing of the history goes.</summary>
    public Task<Outcome<StoredBill>> Restore(Caller caller, long bill, int version, int ifVersion, string reason, CancellationToken ct) => Write(
        caller, reason,
        tx => Editable(tx, caller, bill, ifVersion).Then<StoredBill>(row => BillStore.Stored(tx, caller.Tenant, bill, version) is { } earlier
            ? Ready(tx, caller, bill, earlier.Dataset, earlier.Dataset).Then<StoredBill>(ready => Changed(tx, caller, row, ready, reason, version))
            : Refusal.NotFound($"bill/{bill}/{version}")),
        ct);

    /// <summary>Takes a bill out of use; refused while others contain it. Its versions stay.</summary>
    public Task<Outcome<BillRow>> Retire(Caller caller, long bill, int ifVersion, string reason, CancellationToken ct) => Write(
        caller, reason,
        tx => Editable(tx, caller, bill, ifVersion).Then<BillRow>(row =>
        {
            var users = BillStore.UsersOf(tx, caller.Tenant, bill);
            if (users.Count > 0)
            {
                return new Problem("bill_in_use", Found: row.Name, Args: [string.Join("; ", users.Take(3).Select(u => u.Name))]);
            }

            BillStore.Retire(tx, caller.Tenant, bill);
            audit.Write(tx, caller, "bill.retire", $"bill/{bill}", ("name", row.Name), ("reason", reason.Trim()));
            return row with { Retired = true };
        }),
        ct);

    /// <summary>A bill and all that it contains, each once: the bill first, contained ones in their current version.</summary>
    internal async Task<Outcome<IReadOnlyList<StoredBill>>> Whole(Caller caller, long bill, int? version, CancellationToken ct) =>
        !caller.MayEverywhere(Right.ReadFigures) ? Refusal.NotPermitted() : await db.Read<Outcome<IReadOnlyList<StoredBill>>>(
            tx =>
            {
                if (BillStore.Stored(tx, caller.Tenant, bill, version) is not { } top)
                {
                    return Refusal.NotFound($"bill/{bill}");
                }

                var (whole, known) = (new List<StoredBill> { top }, new HashSet<long> { bill });
                for (var at = 0; at < whole.Count; at++)
                {
                    foreach (var part in whole[at].Dataset.Lines.Select(l => l.Bill).OfType<long>().Where(known.Add).ToList())
                    {
                        if (BillStore.Stored(tx, caller.Tenant, part, null) is { } found)
                        {
                            whole.Add(found);
                        }
                    }
                }

                return whole;
            },
            ct);

    private async Task<Outcome<T>> Write<T>(Caller caller, string reason, Func<Tx, Outcome<T>> work, CancellationToken ct) =>
        !caller.MayEverywhere(Right.EditProcesses) ? Refusal.NotPermitted()
        : Libraries.ReasonProblem(reason, needed: false) is { } wrong ? wrong
        : await db.Write(work, ct);

    private static Outcome<BillRow> Editable(Tx tx, Caller caller, long bill, int ifVersion) => BillStore.Find(tx, caller.Tenant, bill) switch
    {
        null => Refusal.NotFound($"bill/{bill}"),
        { Retired: true } retired => new Problem("bill_retired", Found: retired.Name),
        var row when row.Version != ifVersion => new Problem(
            "bill_changed", Column: "version", Found: Text(ifVersion), Args: [Text(row.Version), row.ChangedByName, row.ChangedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)]),
        var row => row,
    };

    private StoredBill Changed(Tx tx, Caller caller, BillRow row, BillDataset bill, string reason, int? restores)
    {
        if (restores is null && BillStore.Version(tx, caller.Tenant, row.Id, row.Version)!.Sha256 == Convert.ToHexStringLower(DatasetJson.Hash(DatasetJson.Text(bill))))
        {
            return BillStore.Stored(tx, caller.Tenant, row.Id, null)!;
        }

        Keep(tx, caller, row.Id, row.Version + 1, bill, reason, restores);
        audit.Write(
            tx, caller, restores is null ? "bill.edit" : "bill.restore", $"bill/{row.Id}", ("name", bill.Name), ("before", Text(row.Version)), ("after", Text(row.Version + 1)),
            ("version", restores is { } taken ? Text(taken) : null), ("reason", reason.Trim()));
        return BillStore.Stored(tx, caller.Tenant, row.Id, null)!;
    }

    private void Keep(Tx tx, Caller caller, long id, int number, BillDataset bill, string reason, int? restores)
    {
        var text = DatasetJson.Text(bill);
        var version = new BillVersion(number, Convert.ToHexStringLower(DatasetJson.Hash(text)), time.GetUtcNow(), caller.Person, caller.Name, reason.Trim(), restores);
        BillStore.AddVersion(tx, caller.Tenant, id, version, bill, text);
    }

    /// <summary>The bill with its processes and bills found. What stood there before is not questioned: a process may have left since.</summary>
    private static Outcome<BillDataset> Ready(Tx tx, Caller caller, long? bill, BillDataset input, BillDataset? before) => BillRules.Check(input).Then(ready =>
    {
        var settled = (before?.Lines ?? []).Where(l => l.Process is not null).Select(l => (l.Process, l.Flow)).ToHashSet();
        var asked = ready.Lines.Select(l => l.Process).OfType<string>().Distinct(StringComparer.Ordinal).Where(p => ready.Lines.Any(l => l.Process == p && !settled.Contains((p, l.Flow)))).ToList();
        var known = asked.Count == 0 ? [] : BillStore.Processes(tx, caller.Tenant, asked);
        var problems = new List<Problem>();
        var lines = ready.Lines.Select((line, at) =>
        {
            if (line.Bill is { } part && Contained(tx, caller, bill, part, at + 1) is { } wrong)
            {
                problems.Add(wrong);
            }

            if (line.Process is not { } process || settled.Contains((process, line.Flow)))
            {
                return line;
            }

            if (!known.TryGetValue(process, out var made))
            {
                problems.Add(new Problem("bill_process_unknown", at + 1, "process", process, line.Name));
                return line;
            }

            return line with { Flow = line.Flow ?? made.Flow, Library = line.Library ?? made.Library };
        }).ToList();
        return problems.Count > 0 ? Outcome<BillDataset>.Refused(problems) : ready with { Lines = lines };
    });

    private static Problem? Contained(Tx tx, Caller caller, long? bill, long part, int row)
    {
        if (BillStore.Find(tx, caller.Tenant, part) is not { Retired: false } found)
        {
            return new Problem("bill_part_unknown", row, "bill", Text(part));
        }

        return bill is { } whole && Way(tx, caller, found, whole, []) is { } way ? new Problem("bill_cycle", row, "bill", found.Name, string.Join(" → ", way)) : null;
    }

    /// <summary>The names on a way from a bill into the wanted one; null where none leads there.</summary>
    private static List<string>? Way(Tx tx, Caller caller, BillRow from, long wanted, HashSet<long> seen)
    {
        if (from.Id == wanted)
        {
            return [from.Name];
        }

        if (!seen.Add(from.Id) || seen.Count > 10_000)
        {
            return null;
        }

        foreach (var part in BillStore.PartsOf(tx, caller.Tenant, from.Id))
        {
            if (Way(tx, caller, part, wanted, seen) is { } way)
            {
                return [from.Name, .. way];
            }
        }

        return null;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
