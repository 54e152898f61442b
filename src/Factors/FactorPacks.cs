using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Factors;

/// <summary>
/// The factor packs of the installation and of its tenants. An imported edition waits until somebody has let it serve; then the tenant calculates with it, a later edition in
/// place of the one whose versions it repeats. Replaced editions stay here, because postings pin them. Importing needs <see cref="Right.ImportFactors"/> over the whole tenant,
/// deciding <see cref="Right.ApproveFactors"/>.
/// </summary>
public sealed class FactorPacks(Db db, Blobs blobs, Audit audit, TimeProvider time)
{
    private const int LargestFile = 64 << 20;
    private const int LongestReason = 2000;

    private readonly PackShelf _shelf = new(db, blobs);

    /// <summary>
    /// Keeps the packs that ship with this program, so that what was calculated with them can be explained after the program is replaced. Run at start.
    /// </summary>
    public async Task KeepBuiltIn(CancellationToken ct)
    {
        foreach (var name in DataRows.Names("packs/"))
        {
            var bytes = DataRows.Bytes(name);
            if (await db.Read(tx => FactorPackStore.Own(tx, 0, PackFile.Hash(bytes)), ct) is not null)
            {
                continue;
            }

            var reading = PackFile.Parse(bytes, name, builtIn: true).Value;
            await Keep(bytes, ct);
            var stored = Draft(Caller.System(0), reading, Path.GetFileName(name)) with { State = PackState.Serving };
            await db.Write(tx => FactorPackStore.Own(tx, 0, stored.Hash) ?? FactorPackStore.Insert(tx, stored, stored.Hash, []), ct);
        }

        foreach (var pack in await db.Read(FactorPackStore.WithoutIdentity, ct))
        {
            var identity = PackIdentity.Of((await _shelf.IndexOf(pack)).Pack);
            await db.Write(
                tx =>
                {
                    FactorPackStore.SetIdentity(tx, pack.Id, identity);
                    return true;
                },
                ct);
        }
    }

    /// <summary>
    /// Takes in a pack file or a publisher's file for the caller's tenant; it waits until <see cref="Serve"/>. Rows that do not hold are kept apart with their reason; a file that
    /// holds none is refused, and so is one that is there already.
    /// </summary>
    /// <param name="serve">Let it serve at once, which needs the right to decide and, where four eyes are asked for, is refused.</param>
    public async Task<Outcome<PackImport>> Import(Caller caller, Stream content, string name, CancellationToken ct, bool serve = false)
    {
        if (!caller.MayEverywhere(Right.ImportFactors) || (serve && !caller.MayEverywhere(Right.ApproveFactors)))
        {
            return Refusal.NotPermitted();
        }

        if (await Received(content, ct) is not { } bytes)
        {
            return new Problem("pack_too_large", Found: name, Args: [(LargestFile >> 20).ToString(CultureInfo.InvariantCulture)]);
        }

        var read = await Task.Run(() => FactorImport.Read(bytes, name), ct);
        if (!read.Ok)
        {
            return Outcome<PackImport>.Refused(read.Problems);
        }

        var (kept, reading) = Normal(bytes, read.Value, name);
        if (reading.Versions.Count == 0)
        {
            return reading.Quarantine.Count > 0 ? Outcome<PackImport>.Refused(reading.Quarantine) : new Problem("pack_empty", Found: name);
        }

        await Keep(kept, ct);
        var draft = Draft(caller, reading, name);
        return await db.Write<Outcome<PackImport>>(
            tx =>
            {
                if (FactorPackStore.Own(tx, caller.Tenant, draft.Hash) is { } known)
                {
                    return new Problem("pack_known", Found: name, Args: [known.Code, known.Version, known.ImportedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)]);
                }

                if (serve && FourEyesRefuse(tx, caller, draft) is { } problem)
                {
                    return problem;
                }

                var pack = FactorPackStore.Insert(tx, draft, PackFile.Hash(bytes), reading.Quarantine);
                audit.Write(
                    tx, caller, "factors.import", $"pack/{pack.Id}", ("code", pack.Code), ("version", pack.Version), ("hash", pack.Hash), ("file", name),
                    ("versions", pack.Versions.ToString(CultureInfo.InvariantCulture)),
                    ("refused", reading.Quarantine.Count.ToString(CultureInfo.InvariantCulture)));
                return new PackImport(serve ? Decided(tx, caller, pack, PackState.Serving, "") : pack, reading.Quarantine) { Set = reading.Pack, Rows = read.Value.Rows };
            },
            ct);
    }

    /// <summary>Lets an edition serve from now on. No figure of the book moves: each keeps the editions that it was made with.</summary>
    /// <param name="reason">What was looked at; may be empty.</param>
    public Task<Outcome<StoredPack>> Serve(Caller caller, long pack, string reason, CancellationToken ct) => Decide(caller, pack, PackState.Serving, reason, ct);

    /// <summary>Rejects an edition, or takes one that serves out of service again: what it had replaced comes back.</summary>
    public Task<Outcome<StoredPack>> Reject(Caller caller, long pack, string reason, CancellationToken ct) => Decide(caller, pack, PackState.Rejected, reason, ct);

    /// <summary>Switches a pack off for matching, or on again, all editions of its code; e.g. a share-alike set that must not enter the tenant's figures.</summary>
    public async Task<Outcome<bool>> Switch(Caller caller, string code, bool on, string reason, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ApproveFactors))
        {
            return Refusal.NotPermitted();
        }

        if (ReasonProblem(reason, needed: !on) is { } problem)
        {
            return problem;
        }

        if ((await _shelf.Serving(caller.Tenant, ct)).Whole.Packs.All(p => p.Code != code))
        {
            return Refusal.NotFound($"pack/{code}");
        }

        return await db.Write<Outcome<bool>>(
            tx =>
            {
                FactorPackStore.Changed(tx, caller.Tenant);
                if (on)
                {
                    FactorPackStore.SwitchOn(tx, caller.Tenant, code);
                }
                else
                {
                    FactorPackStore.SwitchOff(tx, caller.Tenant, code, time.GetUtcNow(), caller.Name, reason.Trim());
                }

                audit.Write(tx, caller, on ? "factors.switch_on" : "factors.switch_off", $"pack/{code}", ("reason", reason.Trim()));
                return on;
            },
            ct);
    }

    /// <summary>Whether who imported an edition may not let it serve.</summary>
    public async Task<Outcome<bool>> FourEyes(Caller caller, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? await db.Read(tx => FactorPackStore.Setting(tx, caller.Tenant).FourEyes, ct)
        : Refusal.NotPermitted();

    /// <summary>Asks for two people, or for one, before an edition serves.</summary>
    public async Task<Outcome<bool>> SetFourEyes(Caller caller, bool on, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ManageOrganisation) || !caller.MayEverywhere(Right.ApproveFactors))
        {
            return Refusal.NotPermitted();
        }

        return await db.Write<Outcome<bool>>(
            tx =>
            {
                FactorPackStore.SetFourEyes(tx, caller.Tenant, on);
                audit.Write(tx, caller, "factors.four_eyes", "tenant", ("on", on ? "1" : "0"));
                return on;
            },
            ct);
    }

    /// <summary>Every edition that the caller's tenant has or had, newest first.</summary>
    public async Task<Outcome<IReadOnlyList<StoredPack>>> List(Caller caller, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var state = await _shelf.Serving(caller.Tenant, ct);
        var serving = state.Whole.Packs.Select(p => p.Hash).ToHashSet(StringComparer.Ordinal);
        return Outcome<IReadOnlyList<StoredPack>>.Done([.. (await db.Read(tx => FactorPackStore.All(tx, caller.Tenant), ct)).Select(p => Now(p, state, serving))]);
    }

    /// <summary>One edition with what would be different if it served (or, where it serves, what it makes different).</summary>
    public async Task<Outcome<PackReview>> Review(Caller caller, long pack, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        if (await db.Read(tx => FactorPackStore.Seen(tx, caller.Tenant, pack), ct) is not { } stored)
        {
            return Refusal.NotFound($"pack/{pack}");
        }

        var state = await _shelf.Serving(caller.Tenant, ct);
        var index = await _shelf.IndexOf(stored);
        var before = await Without(state, stored);
        var shown = Now(stored, state, state.Whole.Packs.Select(p => p.Hash).ToHashSet(StringComparer.Ordinal));
        return await Task.Run(
            () => Outcome<PackReview>.Done(new PackReview(
                shown, PackDiff.Of(before, index.Pack, index.Versions),
                ServedChange.Of(Matched(before, state.Off), Matched(before.With(index), state.Off), index.Versions))),
            ct);
    }

    /// <summary>What the tenant would calculate with if the edition served, beside what it calculates with while it does not.</summary>
    public async Task<Outcome<(FactorLibrary Before, FactorLibrary After)>> LibrariesAround(Caller caller, long pack, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        if (await db.Read(tx => FactorPackStore.Seen(tx, caller.Tenant, pack), ct) is not { } stored)
        {
            return Refusal.NotFound($"pack/{pack}");
        }

        var state = await _shelf.Serving(caller.Tenant, ct);
        var before = await Without(state, stored);
        return (Matched(before, state.Off), Matched(before.With(await _shelf.IndexOf(stored)), state.Off));
    }

    /// <summary>The rows of a pack that were refused when it came in.</summary>
    public async Task<Outcome<IReadOnlyList<Problem>>> Quarantine(Caller caller, long pack, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? await db.Read(
            tx => FactorPackStore.Seen(tx, caller.Tenant, pack) is null
                ? Refusal.NotFound($"pack/{pack}")
                : Outcome<IReadOnlyList<Problem>>.Done(FactorPackStore.Quarantine(tx, caller.Tenant, pack)),
            ct)
        : Refusal.NotPermitted();

    /// <summary>One edition alone, in the pack form, with its licence and attribution in its first lines.</summary>
    public async Task<Outcome<(StoredPack Pack, Stream Content)>> Export(Caller caller, long pack, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        if (await db.Read(tx => FactorPackStore.Seen(tx, caller.Tenant, pack), ct) is not { } stored)
        {
            return Refusal.NotFound($"pack/{pack}");
        }

        await db.Write(
            tx =>
            {
                audit.Write(tx, caller, "factors.export", $"pack/{pack}", ("code", stored.Code), ("version", stored.Version), ("hash", stored.Hash));
                return true;
            },
            ct);
        return (stored, _shelf.Open(stored));
    }

    /// <summary>What the tenant calculates with now: the packs of the product and the tenant's own, in the order in which they began to serve.</summary>
    public async Task<FactorLibrary> LibraryFor(long tenant, CancellationToken ct) => (await _shelf.Serving(tenant, ct)).Library;

    /// <summary>
    /// The library that held exactly these editions, as a calculation of the tenant pins them. Refused with <c>pack_not_kept</c> where one of them is not kept here.
    /// </summary>
    public Task<Outcome<FactorLibrary>> LibraryOf(long tenant, IReadOnlyList<PackPin> pins, CancellationToken ct) => _shelf.Pinned(tenant, pins, ct);

    private async Task<Outcome<StoredPack>> Decide(Caller caller, long pack, PackState to, string reason, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ApproveFactors))
        {
            return Refusal.NotPermitted();
        }

        if (ReasonProblem(reason, needed: to == PackState.Rejected) is { } problem)
        {
            return problem;
        }

        return await db.Write<Outcome<StoredPack>>(
            tx =>
            {
                // The lock first: two people who decide at once follow one another.
                FactorPackStore.Changed(tx, caller.Tenant);
                if (FactorPackStore.Seen(tx, caller.Tenant, pack) is not { } stored)
                {
                    return Refusal.NotFound($"pack/{pack}");
                }

                if (stored.OfProduct)
                {
                    return new Problem("pack_of_product", Found: stored.Code);
                }

                if (to == PackState.Serving && FourEyesRefuse(tx, caller, stored) is { } refused)
                {
                    return refused;
                }

                return to == PackState.Rejected && stored.State == PackState.Rejected
                    ? new Problem("pack_rejected", Found: $"{stored.Code} {stored.Version}")
                    : Decided(tx, caller, stored, to, reason.Trim());
            },
            ct);
    }

    private StoredPack Decided(Tx tx, Caller caller, StoredPack pack, PackState to, string reason)
    {
        var decision = new PackDecision(time.GetUtcNow(), caller.Person, caller.Name, reason);
        FactorPackStore.Changed(tx, caller.Tenant);
        FactorPackStore.Decide(tx, pack, to, decision);
        audit.Write(
            tx, caller, to == PackState.Serving ? "factors.serve" : "factors.reject", $"pack/{pack.Id}", ("code", pack.Code), ("version", pack.Version), ("hash", pack.Hash),
            ("before", pack.State.ToString().ToLowerInvariant()), ("reason", reason));
        return pack with { State = to, Decision = decision };
    }

    /// <summary>The platform itself (a command on the machine that holds the data) is nobody's second pair of eyes either.</summary>
    private static Problem? FourEyesRefuse(Tx tx, Caller caller, StoredPack pack) =>
        FactorPackStore.Setting(tx, caller.Tenant).FourEyes && pack.ImportedBy == caller.Person
            ? new Problem("pack_four_eyes", Found: $"{pack.Code} {pack.Version}", Args: [pack.ImportedByName])
            : null;

    private static Problem? ReasonProblem(string reason, bool needed) =>
        (needed && string.IsNullOrWhiteSpace(reason)) ? new Problem("pack_reason_needed", Column: "reason")
        : reason.Length > LongestReason || reason.Contains('\0', StringComparison.Ordinal) ? new Problem("text_too_long", Column: "reason", Found: reason, Args: [LongestReason.ToString(CultureInfo.InvariantCulture)])
        : null;

    /// <summary>All that serves but this edition; what it has replaced serves again.</summary>
    private async Task<FactorLibrary> Without(ServingState state, StoredPack pack) =>
        state.Packs.Any(p => p.Id == pack.Id) ? await _shelf.Over(state.Packs.Where(p => p.Id != pack.Id))
        : pack.OfProduct ? state.Whole.Without(pack.Code)
        : state.Whole;

    private static FactorLibrary Matched(FactorLibrary whole, IReadOnlySet<string> off) => off.Aggregate(whole, (library, code) => library.Without(code));

    private static StoredPack Now(StoredPack pack, ServingState state, HashSet<string> serving) => pack with
    {
        State = pack.State == PackState.Serving && !serving.Contains(pack.Hash) ? PackState.Replaced : pack.State,
        SwitchedOff = state.Off.Contains(pack.Code),
    };

    private async Task Keep(byte[] bytes, CancellationToken ct)
    {
        using var content = new MemoryStream(bytes, writable: false);
        var kept = await blobs.Put(content, ct);
        if (!kept.Ok)
        {
            throw new IOException("A pack is larger than the largest file that is kept.");
        }
    }

    /// <summary>
    /// What is kept and pinned: a pack file as it came, any other publisher's file in the pack form, so that it stays readable when its importer changes.
    /// </summary>
    private static (byte[] Kept, PackReading Reading) Normal(byte[] bytes, PackReading read, string name)
    {
        if (PackFile.Recognises(bytes) || read.Versions.Count == 0)
        {
            return (bytes, read);
        }

        var written = PackFile.Write(read.Pack, read.Versions);
        var again = PackFile.Parse(written, name, builtIn: false).Value;
        return (written, again with { Quarantine = [.. read.Quarantine, .. again.Quarantine] });
    }

    private StoredPack Draft(Caller caller, PackReading reading, string name) => new(
        0, caller.Tenant, reading.Pack.Code, reading.Pack.Version, reading.Pack.Hash, name, reading.Versions.Count, time.GetUtcNow(), caller.Person, caller.Name, PackState.Waiting,
        PackIdentity.Of(reading.Pack));

    private static async Task<byte[]?> Received(Stream content, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[128 << 10];
        while (await content.ReadAsync(buffer, ct) is > 0 and var read)
        {
            if (bytes.Length + read > LargestFile)
            {
                return null;
            }

            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }
}
