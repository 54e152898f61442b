using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>
/// The book's verbs. Writing needs <see cref="Right.WriteActivities"/>, reading <see cref="Right.ReadFigures"/>; both reach only the caller's tenant
/// and subtree. What is in the book is never changed: a correction adds the same postings with the opposite sign, and new ones.
/// </summary>
public sealed class Journal(Db db, FactorPacks packs, OrganisationTree tree, Audit audit, TimeProvider time)
{
    public const int LongestPage = 500;

    private readonly Importing _importing = new(db, audit, time);

    /// <summary>
    /// Imports a file of activities. Refused as a whole when a row is wrong, with every problem by row and column, unless bad rows are to be skipped; a file
    /// that is in the book is recognised by its content. Nobody sees any of it before all of it is there.
    /// </summary>
    public async Task<Outcome<ImportResult>> Import(Caller caller, string path, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken ct) =>
        await Import(caller, path, Path.GetFileName(path), options, progress, ct);

    /// <inheritdoc cref="Import(Caller, string, ImportOptions, IProgress{ImportProgress}?, CancellationToken)"/>
    public Task<Outcome<ImportResult>> Import(Caller caller, Stream content, string name, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken ct) =>
        caller.May(Right.WriteActivities)
            ? JournalInput.Spooled(content, path => Import(caller, path, name, options, progress, ct), ct)
            : Task.FromResult<Outcome<ImportResult>>(Refusal.NotPermitted());

    /// <summary>What an import would say of a file; writes nothing. Corrections of earlier batches are looked up at the import only.</summary>
    public async Task<Outcome<ImportCheck>> Check(Caller caller, Stream content, string name, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        if (!caller.May(Right.WriteActivities))
        {
            return Refusal.NotPermitted();
        }

        return await JournalInput.Spooled(
            content,
            async path =>
            {
                if (options.Kind == BatchKind.Import && await _importing.Known(caller, await Importing.HashOf(path, ct), name, ct) is { } known)
                {
                    return known;
                }

                var opened = await Task.Run(() => ActivityFile.Open(path, options.ColumnMap), ct);
                if (!opened.Ok)
                {
                    return Outcome<ImportCheck>.Refused(opened.Problems);
                }

                using var file = opened.Value;
                var sites = new SiteBook((await tree.Postable(caller, ct)).Value);
                var library = await packs.LibraryFor(caller.Tenant, ct);
                var reader = await Task.Run(
                    () => file.Read(
                        library, sites.Has,
                        r => new RowCollector(
                            r, sites, 20_000, new RowChunk(),
                            full =>
                            {
                                full.Clear();
                                progress?.Report(new ImportProgress(r.Rows, 0, r.RefusedRows));
                                return full;
                            }).Add,
                        readAhead: true, ct),
                    ct);
                return new ImportCheck(reader.Rows, reader.RefusedRows, reader.Problems, file.UnknownColumns, file.Table.Header);
            },
            ct);
    }

    /// <summary>Records one activity. With a client key the same call again gives the same activity, and writes nothing.</summary>
    public async Task<Outcome<ActivityId>> Record(Caller caller, NewActivity activity, string reason, string? clientKey, CancellationToken ct)
    {
        if (!caller.May(Right.WriteActivities))
        {
            return Refusal.NotPermitted();
        }

        if (JournalInput.TextProblem(reason, "note", needed: false) is { } problem)
        {
            return problem;
        }

        if (clientKey is { Length: 0 or > JournalInput.LongestName } || (clientKey is not null && clientKey.Any(char.IsControl)))
        {
            return new Problem("client_key_invalid", Column: "key", Found: clientKey);
        }

        // The column is for files; a form corrects by the verb that asks for the reason.
        var values = new NewActivity(activity.Values.Where(v => v.Key != ActivityField.Corrects).ToDictionary());
        return await Written(caller, (entry, tx) => entry.Record(tx, values, BatchKind.Entry, reason, clientKey), ct);
    }

    /// <summary>
    /// Takes an activity back, and records another in its place where values are given (all of them: see <see cref="Values"/>). Each activity can be corrected
    /// once; after that, correct the one that took its place.
    /// </summary>
    /// <returns>The row that corrects it.</returns>
    public async Task<Outcome<ActivityId>> Correct(Caller caller, ActivityId id, NewActivity? values, string reason, CancellationToken ct)
    {
        if (!Edits(caller))
        {
            return Refusal.NotPermitted();
        }

        if (JournalInput.TextProblem(reason, "note", needed: true) is { } problem)
        {
            return problem;
        }

        if (await db.Read(tx => JournalStore.Activity(tx, caller, id), ct) is null)
        {
            return Refusal.NotFound($"activity/{id}");
        }

        if (values is null)
        {
            return await Written(caller, (entry, tx) => entry.TakeBack(tx, id, reason), ct);
        }

        var all = new Dictionary<ActivityField, string>(values.Values) { [ActivityField.Corrects] = id.ToString(), [ActivityField.Note] = reason };
        return await Written(caller, (entry, tx) => entry.Record(tx, new NewActivity(all), BatchKind.Correction, reason, null), ct);
    }

    /// <summary>The values of an activity as a form would hold them: where a correction starts from.</summary>
    public async Task<Outcome<NewActivity>> Values(Caller caller, ActivityId id, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? await db.Read<Outcome<NewActivity>>(
            tx => JournalStore.Activity(tx, caller, id) is { } activity
                ? ActivityForm.Of(activity, CalculationStore.Find(tx, caller.Tenant, activity.Calculation)!.Pin)
                : Refusal.NotFound($"activity/{id}"),
            ct)
        : Refusal.NotPermitted();

    /// <summary>Activities, newest first, each with its own postings.</summary>
    public async Task<Outcome<ActivityPage>> Activities(Caller caller, ActivityQuery query, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var take = Math.Clamp(query.Take, 1, LongestPage);
        IReadOnlyList<string> codes = query.Text is { Length: > 0 } text
            ? [.. ActivityTypes.All.Where(t => t.Code.Contains(text, StringComparison.OrdinalIgnoreCase) || t.En.Contains(text, StringComparison.OrdinalIgnoreCase) || t.Zh.Contains(text, StringComparison.Ordinal)).Select(t => t.Code)]
            : [];
        return await db.Read<Outcome<ActivityPage>>(
            tx =>
            {
                if (PathOf(tx, caller, query.Node) is not { } path)
                {
                    return Refusal.NotFound($"node/{query.Node}");
                }

                var found = JournalStore.List(tx, caller, query, path, codes, take + 1);
                var page = found.Count > take ? found[..take] : found;
                return new ActivityPage(JournalReading.WithPostings(tx, caller, page), found.Count > take ? page[^1].Id : null);
            },
            ct);
    }

    /// <summary>One activity with its own postings. Who writes without the right to read sees what they sent themselves.</summary>
    public async Task<Outcome<Activity>> Activity(Caller caller, ActivityId id, CancellationToken ct)
    {
        var reads = caller.May(Right.ReadFigures);
        if (!reads && !caller.May(Right.WriteActivities))
        {
            return Refusal.NotPermitted();
        }

        return await db.Read<Outcome<Activity>>(
            tx => JournalStore.Activity(tx, caller, id) is { } activity && (reads || BatchStore.SealedBy(tx, id.Batch) == caller.Person)
                ? JournalReading.WithPostings(tx, caller, [activity])[0]
                : Refusal.NotFound($"activity/{id}"),
            ct);
    }

    /// <summary>
    /// Explains an activity's CO2e down to factor, quantity and evidence, computed again from what its postings pin. Refused with <c>recomputation_differs</c> where
    /// that gives other postings than the book holds.
    /// </summary>
    public async Task<Outcome<ActivityExplanation>> Explain(Caller caller, ActivityId id, GwpSet gwp, Route route, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? await JournalReading.Explain(db, packs, caller, id, gwp, route, ct)
        : Refusal.NotPermitted();

    /// <summary>Postings in the order of the book, those that take others back included.</summary>
    public async Task<Outcome<PostingPage>> Postings(Caller caller, PostingQuery query, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var take = Math.Clamp(query.Take, 1, LongestPage);
        return await db.Read<Outcome<PostingPage>>(
            tx =>
            {
                if (PathOf(tx, caller, query.Node) is not { } path)
                {
                    return Refusal.NotFound($"node/{query.Node}");
                }

                var found = JournalStore.List(tx, caller, query, path, take + 1);
                var page = found.Count > take ? found[..take] : found;
                return new PostingPage(page, found.Count > take ? (page[^1].Id, page[^1].Line) : null);
            },
            ct);
    }

    /// <summary>What postings add up to, in parts that count alike; with an <c>After</c>, those up to and with it: what a later page goes on from.</summary>
    public async Task<Outcome<IReadOnlyList<PostingSum>>> PostingSums(Caller caller, PostingQuery query, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? await db.Read(tx => PathOf(tx, caller, query.Node) is { } path ? Outcome<IReadOnlyList<PostingSum>>.Done(JournalStore.Sums(tx, caller, query, path)) : Refusal.NotFound($"node/{query.Node}"), ct)
        : Refusal.NotPermitted();

    /// <summary>Corrections, newest first: before, after, who, when and why.</summary>
    /// <param name="after">The correcting row of the last one seen; null starts at the newest.</param>
    public async Task<Outcome<IReadOnlyList<Correction>>> Corrections(Caller caller, ActivityId? after, int take, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? Outcome<IReadOnlyList<Correction>>.Done(await db.Read(tx => JournalReading.Corrections(tx, caller, after ?? new ActivityId(long.MaxValue, 0), Math.Clamp(take, 1, LongestPage)), ct))
        : Refusal.NotPermitted();

    /// <summary>Sealed batches that hold a row the caller sees, or were made for the caller's part of the organisation; newest first.</summary>
    public async Task<Outcome<BatchPage>> Batches(Caller caller, long? before, int take, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var most = Math.Clamp(take, 1, LongestPage);
        var found = await db.Read(tx => BatchStore.List(tx, caller, before ?? long.MaxValue, most + 1), ct);
        return found.Count > most ? new BatchPage(found[..most], found[most - 1].Id) : new BatchPage(found, null);
    }

    public async Task<Outcome<Batch>> Batch(Caller caller, long id, CancellationToken ct) => !caller.May(Right.ReadFigures)
        ? Refusal.NotPermitted()
        : await db.Read(tx => BatchStore.Seen(tx, caller, id), ct) is { } batch ? batch : Refusal.NotFound($"batch/{id}");

    /// <summary>The rows that an import left out, for callers who see all that its importer saw.</summary>
    public async Task<Outcome<IReadOnlyList<Problem>>> RefusedRows(Caller caller, long batch, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? await db.Read(
            tx => BatchStore.Seen(tx, caller, batch) is null
                ? Refusal.NotFound($"batch/{batch}")
                : Outcome<IReadOnlyList<Problem>>.Done(BatchStore.RefusedRows(tx, caller, batch)),
            ct)
        : Refusal.NotPermitted();

    /// <summary>Emission sources by site and name.</summary>
    /// <param name="node">Null lists all that the caller sees.</param>
    public async Task<Outcome<IReadOnlyList<EmissionSource>>> Sources(Caller caller, long? node, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        return await db.Read(
            tx => PathOf(tx, caller, node) is { } path ? Outcome<IReadOnlyList<EmissionSource>>.Done(JournalStore.Sources(tx, caller, path)) : Refusal.NotFound($"node/{node}"), ct);
    }

    public async Task<Outcome<EmissionSource>> AddSource(Caller caller, long site, string name, CancellationToken ct)
    {
        if (!Edits(caller))
        {
            return Refusal.NotPermitted();
        }

        var trimmed = name.Trim();
        if (JournalInput.NameProblem(trimmed) is { } problem)
        {
            return problem;
        }

        return await db.Write<Outcome<EmissionSource>>(
            tx =>
            {
                if (JournalStore.NodePath(tx, caller, site) is null)
                {
                    return Refusal.NotFound($"node/{site}");
                }

                if (JournalStore.SourceNameTaken(tx, caller.Tenant, site, trimmed, except: 0))
                {
                    return new Problem("source_name_taken", Column: "name", Found: trimmed);
                }

                var id = JournalStore.AddSource(tx, caller.Tenant, site, trimmed, time.GetUtcNow());
                audit.Write(tx, caller, "source.add", $"source/{id}", ("name", trimmed), ("site", $"node/{site}"));
                return JournalStore.Source(tx, caller, id)!;
            },
            ct);
    }

    /// <summary>Gives a source another name; files may go on calling it by its code.</summary>
    public async Task<Outcome<EmissionSource>> RenameSource(Caller caller, long id, string name, CancellationToken ct)
    {
        if (!Edits(caller))
        {
            return Refusal.NotPermitted();
        }

        var trimmed = name.Trim();
        if (JournalInput.NameProblem(trimmed) is { } problem)
        {
            return problem;
        }

        return await db.Write<Outcome<EmissionSource>>(
            tx =>
            {
                if (JournalStore.Source(tx, caller, id) is not { } source)
                {
                    return Refusal.NotFound($"source/{id}");
                }

                if (JournalStore.SourceNameTaken(tx, caller.Tenant, source.Site, trimmed, id))
                {
                    return new Problem("source_name_taken", Column: "name", Found: trimmed);
                }

                JournalStore.RenameSource(tx, caller.Tenant, id, trimmed);
                audit.Write(tx, caller, "source.rename", $"source/{id}", ("before", source.Name), ("after", trimmed));
                return source with { Name = trimmed };
            },
            ct);
    }

    /// <summary>
    /// Proves the tenant's book: every balance is the sum of its postings, every row hashes to its batch's root, the batches form one chain. For callers who see the
    /// whole tenant.
    /// </summary>
    public async Task<Outcome<BookCheck>> CheckBalances(Caller caller, CancellationToken ct) => caller.MayEverywhere(Right.ReadAudit)
        ? await db.Read(tx => BookChecking.Of(tx, caller.Tenant), ct)
        : Refusal.NotPermitted();

    /// <summary>
    /// Takes away what crashed imports left. Run at start, and now and then.
    /// </summary>
    /// <param name="idle">Open batches untouched for so long are given up; null is a minute. A living import is touched many times a second.</param>
    /// <returns>Batches given up.</returns>
    public Task<int> DropUnsealed(TimeSpan? idle, CancellationToken ct) => _importing.Recover(idle ?? Importing.Idle, ct);

    private async Task<Outcome<ImportResult>> Import(Caller caller, string path, string name, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        if (!caller.May(Right.WriteActivities))
        {
            return Refusal.NotPermitted();
        }

        if (JournalInput.TextProblem(options.Reason, "reason", needed: false) is { } problem)
        {
            return problem;
        }

        var opened = await Task.Run(() => ActivityFile.Open(path, options.ColumnMap), ct);
        if (!opened.Ok)
        {
            return Outcome<ImportResult>.Refused(opened.Problems);
        }

        using var file = opened.Value;
        var hash = await Importing.HashOf(path, ct);
        var nodes = await tree.Postable(caller, ct);
        var library = await packs.LibraryFor(caller.Tenant, ct);
        return nodes.Ok
            ? await _importing.Run(caller, file, JournalInput.FileName(name), hash, library, new SiteBook(nodes.Value), options, progress, ct)
            : Outcome<ImportResult>.Refused(nodes.Problems);
    }

    /// <summary>Runs a unit of work that writes one activity. It may run twice: a clash with another writer shows on the second look.</summary>
    private async Task<Outcome<ActivityId>> Written(Caller caller, Func<Entry, Tx, Outcome<ActivityId>> work, CancellationToken ct)
    {
        var sites = new SiteBook((await tree.Postable(caller, ct)).Value);
        var library = await packs.LibraryFor(caller.Tenant, ct);
        for (var last = false; ; last = true)
        {
            try
            {
                return LedgerMeter.Counted(await db.Write(tx => work(new Entry(caller, library, sites, audit, time), tx), ct));
            }
            catch (UniqueViolation) when (!last)
            {
            }
            catch (Exception e) when (e is IntegerOverflow or OverflowException)
            {
                return new Problem("balance_out_of_range", Column: "quantity");
            }
        }
    }

    /// <summary>Changing what is there needs sight of it; a device only delivers.</summary>
    private static bool Edits(Caller caller) => caller.May(Right.WriteActivities) && caller.May(Right.ReadFigures);

    private static string? PathOf(Tx tx, Caller caller, long? node) => node is { } id ? JournalStore.NodePath(tx, caller, id) : caller.NodePath;
}
