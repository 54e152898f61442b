using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>
/// The impact assessment methods of a tenant: those of the product, those imported from their publishers' files, which stay as they came, and its own. Reading needs <see cref="Right.ReadFigures"/>, everything
/// else <see cref="Right.ImportFactors"/>, each over the whole tenant.
/// </summary>
public sealed class ImpactMethods(Db db, Blobs blobs, Audit audit, MethodShelf shelf, TimeProvider time)
{
    public const int LongestPage = 1000;

    /// <summary>
    /// Reads the methods of a file of any known format. A method that is there already gets a new version where it differs; all of the file or nothing. The file itself is kept. Refused where it
    /// cannot be read, holds no method (<c>method_none</c>) or only versions that are there (<c>method_known</c>).
    /// </summary>
    public async Task<Outcome<ImportedMethods>> Import(Caller caller, Stream content, string name, MethodOptions options, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ImportFactors))
        {
            return Refusal.NotPermitted();
        }

        var stored = await blobs.PutInPassing(content, ct);
        if (!stored.Ok)
        {
            return Outcome<ImportedMethods>.Refused(stored.Problems);
        }

        var read = await Task.Run(
            () =>
            {
                using var file = blobs.OpenRead(stored.Value.Hash) ?? throw new FileNotFoundException("The file left while it was read.");
                return DatasetReader.Read(file, name, ReadLimits.Default, ct);
            },
            ct);
        return read.Ok ? await Keep(caller, read.Value, name, stored.Value.Hash.ToString(), options, ct) : Outcome<ImportedMethods>.Refused(read.Problems);
    }

    /// <summary>A new method of the tenant's own.</summary>
    public async Task<Outcome<StoredMethod>> Create(Caller caller, MethodDataset method, string reason, CancellationToken ct) =>
        !caller.MayEverywhere(Right.ImportFactors) ? Refusal.NotPermitted() : await Own(caller, method, null, DataRight.Open, "", "method.create", reason, ct);

    /// <summary>A copy of any method as one of the tenant's own, which says where it comes from and keeps that method's rights.</summary>
    /// <param name="version">Version to copy; null is the current one.</param>
    /// <param name="name">Name of the copy; null keeps the name.</param>
    public async Task<Outcome<StoredMethod>> Copy(Caller caller, string key, int? version, string? name, string reason, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ImportFactors))
        {
            return Refusal.NotPermitted();
        }

        if (await shelf.Find(caller.Tenant, key, version, ct) is not { } found)
        {
            return Refusal.NotFound($"method/{key}");
        }

        var copy = found.Method with { Name = string.IsNullOrWhiteSpace(name) ? found.Method.Name : name.Trim(), Sets = [.. found.Method.Sets.Where(s => BuiltInSets.Find(s.Id) is null)] };
        return await Own(caller, copy, (key, found.Row.Version), found.Row.Rights, found.Row.Licence, "method.copy", reason, ct);
    }

    /// <summary>
    /// A method of EN 15804+A2 as one of the tenant's own, from a method of the Environmental Footprint (see <see cref="DeclarationMethod"/>). It says where it comes from and keeps that method's rights.
    /// </summary>
    public async Task<Outcome<StoredMethod>> CopyForDeclarations(Caller caller, string key, int? version, string? name, string reason, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ImportFactors))
        {
            return Refusal.NotPermitted();
        }

        if (await shelf.Find(caller.Tenant, key, version, ct) is not { } found)
        {
            return Refusal.NotFound($"method/{key}");
        }

        var made = DeclarationMethod.From(found.Method);
        return made.Ok
            ? await Own(
                caller, string.IsNullOrWhiteSpace(name) ? made.Value : made.Value with { Name = name.Trim() }, (key, found.Row.Version), found.Row.Rights, found.Row.Licence, "method.copy", reason, ct)
            : Outcome<StoredMethod>.Refused(made.Problems);
    }

    /// <summary>Changes a method of the tenant's own: the next version; earlier ones stay as they are.</summary>
    /// <param name="ifVersion">The version that the editor began with; where somebody else was first, <c>method_changed</c> names both.</param>
    public async Task<Outcome<StoredMethod>> Edit(Caller caller, long method, int ifVersion, MethodDataset changed, string reason, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ImportFactors))
        {
            return Refusal.NotPermitted();
        }

        if (Libraries.ReasonProblem(reason, needed: false) is { } wrong)
        {
            return wrong;
        }

        var written = await db.Write<Outcome<MethodRow>>(
            tx =>
            {
                if (MethodStore.Find(tx, caller.Tenant, method, null) is not { } row)
                {
                    return Refusal.NotFound($"method/{method}");
                }

                if (!row.Own || row.Retired)
                {
                    return new Problem("method_read_only", Found: row.Name);
                }

                if (row.Version != ifVersion)
                {
                    return new Problem("method_changed", Column: "version", Found: Text(ifVersion), Args: [Text(row.Version), row.MadeByName]);
                }

                return Ready(changed with { Id = row.Uid }, RepeatRule.Refuse).Then<MethodRow>(ready =>
                {
                    var next = Row(caller, ready.Method, ready.Repeated, row.Id!.Value, row.Version + 1, row.Rights, row.Licence, reason) with { Own = true, From = row.From };
                    if (next.Hash == row.Hash)
                    {
                        return row;
                    }

                    MethodStore.AddVersion(tx, caller.Tenant, method, next, Document(ready.Method, ready.Repeated), caller.Person);
                    audit.Write(tx, caller, "method.edit", $"method/{method}", ("name", next.Name), ("before", Text(row.Version)), ("after", Text(next.Version)), ("hash", next.Hash), ("reason", reason.Trim()));
                    return next;
                });
            },
            ct);
        return written.Ok ? (await shelf.Find(caller.Tenant, written.Value.Key, written.Value.Version, ct))! : Outcome<StoredMethod>.Refused(written.Problems);
    }

    /// <summary>Takes a method out of use. What rests on its versions still finds them.</summary>
    public async Task<Outcome<MethodRow>> Retire(Caller caller, long method, string reason, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ImportFactors))
        {
            return Refusal.NotPermitted();
        }

        return Libraries.ReasonProblem(reason, needed: true) is { } wrong ? wrong : await db.Write<Outcome<MethodRow>>(
            tx =>
            {
                if (MethodStore.Find(tx, caller.Tenant, method, null) is not { } row)
                {
                    return Refusal.NotFound($"method/{method}");
                }

                if (!row.Retired)
                {
                    MethodStore.Retire(tx, caller.Tenant, method);
                    audit.Write(tx, caller, "method.retire", $"method/{method}", ("name", row.Name), ("reason", reason.Trim()));
                }

                return row with { Retired = true };
            },
            ct);
    }

    /// <summary>The product's methods, then the tenant's by name; current versions, retired ones too.</summary>
    public async Task<Outcome<IReadOnlyList<MethodRow>>> List(Caller caller, CancellationToken ct) => caller.MayEverywhere(Right.ReadFigures)
        ? Outcome<IReadOnlyList<MethodRow>>.Done([.. MethodShelf.BuiltIn.Select(m => m.Row), .. await db.Read(tx => MethodStore.All(tx, caller.Tenant), ct)])
        : Refusal.NotPermitted();

    /// <summary>A method with its factors.</summary>
    /// <param name="key">Number of a method, or id of a built-in one.</param>
    /// <param name="version">Null for the current one.</param>
    public async Task<Outcome<StoredMethod>> Get(Caller caller, string key, int? version, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        return await shelf.Find(caller.Tenant, key, version, ct) is { } found ? found : Refusal.NotFound($"method/{key}");
    }

    /// <summary>The versions of a method, newest first; a built-in method has the one of this program.</summary>
    public async Task<Outcome<IReadOnlyList<MethodRow>>> History(Caller caller, string key, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var versions = MethodShelf.BuiltInOf(key) is { } known ? [known.Row]
            : MethodShelf.NumberOf(key) is { } id ? await db.Read(tx => MethodStore.Versions(tx, caller.Tenant, id), ct)
            : [];
        return versions.Count > 0 ? versions : Refusal.NotFound($"method/{key}");
    }

    /// <summary>Factors of a method by indicator and words of the flow's name, in the order of the method.</summary>
    /// <param name="way">Where they go: factors of a licensed method never leave (<c>method_sealed</c>).</param>
    /// <param name="after">Factors before this place were on the pages before; 0 for the first page.</param>
    public async Task<Outcome<FactorPage>> Factors(Caller caller, string key, int? version, string? indicator, string? words, DataWay way, int after, int take, CancellationToken ct)
    {
        var found = await Get(caller, key, version, ct);
        if (!found.Ok)
        {
            return Outcome<FactorPage>.Refused(found.Problems);
        }

        if (!DataRights.Allows(found.Value.Row.Rights, DataPart.Inventory, way))
        {
            return new Problem("method_sealed", Found: found.Value.Row.Name);
        }

        var wanted = FlowNames.Normalise(words ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var all = found.Value.Method.Indicators.Where(i => indicator is null || i.Id == indicator || i.Code == indicator)
            .SelectMany(i => i.Factors.Select(f => (Indicator: i.Id, Factor: f)));
        var fitting = (wanted.Length == 0 ? all : all.Where(f => FlowNames.Normalise(f.Factor.Flow.Name) is var name && wanted.All(w => name.Contains(w, StringComparison.Ordinal)))).ToList();
        var rows = Math.Clamp(take, 1, LongestPage);
        var from = Math.Max(0, after);
        return new FactorPage(
            [.. fitting.Skip(from).Take(rows).Select(f => new FactorRow(
                f.Indicator, f.Factor.Flow.Id, f.Factor.Flow.Name, f.Factor.Flow.Compartment, f.Factor.Flow.Subcompartment, f.Factor.Flow.Cas, f.Factor.Unit, f.Factor.Location, f.Factor.Value))],
            fitting.Count, from + rows < fitting.Count ? from + rows : null);
    }

    /// <summary>What a method knows of a library's elementary flows, before and after a mapping table.</summary>
    /// <param name="mapping">Number of a mapping table's version; null for none.</param>
    /// <param name="longest">So many flows without a factor are listed at most.</param>
    public async Task<Outcome<LibraryCoverage>> Coverage(Caller caller, string key, int? version, long library, long? mapping, int longest, CancellationToken ct)
    {
        var found = await Get(caller, key, version, ct);
        if (!found.Ok)
        {
            return Outcome<LibraryCoverage>.Refused(found.Problems);
        }

        if (await db.Read(tx => LibraryStore.Find(tx, caller.Tenant, library), ct) is null)
        {
            return Refusal.NotFound($"library/{library}");
        }

        FlowMappingSet? table = null;
        if (mapping is { } number && (table = await shelf.Mapping(caller.Tenant, number, ct)) is null)
        {
            return Refusal.NotFound($"mapping/{number}");
        }

        var flows = await db.Read(tx => MethodStore.ElementaryFlows(tx, caller.Tenant, library), ct);
        return await Task.Run(() => Covered(found.Value, library, table, flows, longest), ct);
    }

    /// <summary>Keeps the methods of a package that was read already.</summary>
    internal async Task<Outcome<ImportedMethods>> Keep(Caller caller, DatasetPackage package, string fileName, string? fileHash, MethodOptions options, CancellationToken ct)
    {
        if (package.Methods.Count == 0)
        {
            return new Problem("method_none", Found: fileName);
        }

        var whole = new LibraryIds(LibraryIds.KeyOf(package.Name)).In(package with { Flows = [], Processes = [], Systems = [], Results = [] });
        var ready = whole.Methods.Select(m => Ready(m, options.Repeats)).ToList();
        if (ready.Any(r => !r.Ok))
        {
            return Outcome<ImportedMethods>.Refused([.. ready.SelectMany(r => r.Problems)]);
        }

        var licence = options.Licence.Length > 0 ? options.Licence : package.Licence;
        return await db.Write<Outcome<ImportedMethods>>(
            tx =>
            {
                var rows = new List<MethodRow>();
                var added = 0;
                foreach (var (method, repeated) in ready.Select(r => r.Value))
                {
                    var known = MethodStore.ByUid(tx, caller.Tenant, method.Id);
                    if (known is { Own: true })
                    {
                        return new Problem("method_is_own", Found: known.Name);
                    }

                    var id = known?.Id ?? MethodStore.Insert(tx, caller.Tenant, method.Id, own: false, null);
                    var row = Row(caller, method, repeated, id, (known?.Version ?? 0) + 1, options.Rights, licence, "") with { Format = package.Format, FileName = fileName, FileHash = fileHash };
                    if (known is { Retired: false } && known.Hash == row.Hash && known.Rights == row.Rights)
                    {
                        rows.Add(known);
                        continue;
                    }

                    MethodStore.AddVersion(tx, caller.Tenant, id, row, Document(method, repeated), caller.Person);
                    audit.Write(
                        tx, caller, "method.import", $"method/{id}", ("name", row.Name), ("version", Text(row.Version)), ("edition", row.Edition), ("file", fileName), ("hash", row.Hash),
                        ("rights", row.Rights.ToString().ToLowerInvariant()), ("factors", Text(row.Factors)), ("repeated", Text(row.Repeated)));
                    rows.Add(row);
                    added++;
                }

                return added == 0 ? new Problem("method_known", Found: rows[0].Name, Args: [Text(rows[0].Version)]) : new ImportedMethods(rows, package.Notes);
            },
            ct);
    }

    private static LibraryCoverage Covered(StoredMethod method, long library, FlowMappingSet? mapping, List<(FlowDataset Flow, int Uses)> flows, int longest)
    {
        var matched = MethodMatcher.Match(method.Method, [.. flows.Select(f => f.Flow)], mapping);
        var ones = new double[flows.Count];
        Array.Fill(ones, 1);
        var coverage = matched.Coverage.Of(ones, 0);
        var missing = Enumerable.Range(0, flows.Count).Where(j => matched.C.RowsOf(j).Length == 0)
            .OrderByDescending(j => flows[j].Uses).ThenBy(j => flows[j].Flow.Name, StringComparer.Ordinal).ThenBy(j => j).Take(Math.Clamp(longest, 0, LongestPage))
            .Select(j => new MissingFlow(flows[j].Flow.Id, flows[j].Flow.Name, FlowPlace.Of(flows[j].Flow), flows[j].Flow.Unit, flows[j].Uses, matched.Coverage.Findings[j].Gap));
        return new LibraryCoverage(
            method.Row, library, mapping?.Name, coverage.Flows, coverage.Characterised, coverage.BeforeMapping, coverage.Steps, coverage.StepsBeforeMapping, coverage.Indicators, [.. missing]);
    }

    private static Outcome<(MethodDataset Method, IReadOnlyList<RepeatedFactor> Repeated)> Ready(MethodDataset method, RepeatRule rule) => MethodRules.Problems(method) is { Count: > 0 } problems
        ? Outcome<(MethodDataset, IReadOnlyList<RepeatedFactor>)>.Refused(problems)
        : MethodRepeats.Resolve(method, rule);

    private static byte[] Document(MethodDataset method, IReadOnlyList<RepeatedFactor> repeated) => DatasetJson.Pack(DatasetJson.Text(MethodDocument.Of(method, repeated)));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<Outcome<StoredMethod>> Own(
        Caller caller, MethodDataset method, (string Key, int Version)? from, DataRight rights, string licence, string verb, string reason, CancellationToken ct)
    {
        if (Libraries.ReasonProblem(reason, needed: false) is { } wrong)
        {
            return wrong;
        }

        var uid = Guid.CreateVersion7(time.GetUtcNow()).ToString("D");
        var ready = Ready(method with { Id = uid }, RepeatRule.Refuse);
        if (!ready.Ok)
        {
            return Outcome<StoredMethod>.Refused(ready.Problems);
        }

        var row = await db.Write(
            tx =>
            {
                var id = MethodStore.Insert(tx, caller.Tenant, uid, own: true, from);
                var first = Row(caller, ready.Value.Method, ready.Value.Repeated, id, 1, rights, licence, reason);
                MethodStore.AddVersion(tx, caller.Tenant, id, first, Document(ready.Value.Method, ready.Value.Repeated), caller.Person);
                audit.Write(tx, caller, verb, $"method/{id}", ("name", first.Name), ("from", from is { } source ? $"{source.Key}/{source.Version}" : null), ("hash", first.Hash), ("reason", reason.Trim()));
                return first;
            },
            ct);
        return (await shelf.Find(caller.Tenant, row.Key, row.Version, ct))!;
    }

    private MethodRow Row(Caller caller, MethodDataset method, IReadOnlyList<RepeatedFactor> repeated, long id, int version, DataRight rights, string licence, string reason) => new(
        id.ToString(CultureInfo.InvariantCulture), id, method.Id, method.Name.Trim(), method.Version, version, method.Indicators.Count, method.Indicators.Sum(i => i.Factors.Count), method.Sets.Count, repeated.Count, rights, licence, "", "", null,
        false, false, MethodHash.Of(method), null, time.GetUtcNow(), caller.Name, reason.Trim());
}
