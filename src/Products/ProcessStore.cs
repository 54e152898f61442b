using Tanlu.Exchange;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>A process on its way into the store.</summary>
internal sealed record ProcessDraft(long Id, string SourceId, ProcessDataset Dataset, DataRight Rights, byte[] Sha256, byte[] Document, string ReferenceName, ProcessOrigin? From = null)
{
    /// <param name="known">The flow of this UUID, where it is known.</param>
    public static ProcessDraft Of(long id, string sourceId, ProcessDataset dataset, DataRight rights, Func<string, FlowDataset?> known, ProcessOrigin? from = null)
    {
        var text = DatasetJson.Text(dataset);
        var reference = dataset.Exchanges.FirstOrDefault(e => e.Reference);
        return new ProcessDraft(id, sourceId, dataset, rights, DatasetJson.Hash(text), DatasetJson.Pack(text), reference is null ? "" : known(reference.FlowId)?.Name ?? "", from);
    }

    public ProcessExchange? Reference => Dataset.Exchanges.FirstOrDefault(e => e.Reference);
}

/// <summary>The SQL of processes, their versions and their flows. Rows of other tenants are never reached.</summary>
internal static class ProcessStore
{
    private const int LongestCas = 40;

    private static Sql Rows => Sql.Raw("""
        SELECT p.id, p.library, l.name, p.uid, p.source_id, p.version, p.kind, p.name, p.location, p.category, p.reference_flow, p.reference_name, p.unit, p.amount, p.exchanges, p.rights, l.rights,
               l.own, p.state, p.from_library, p.from_process, p.from_version, p.from_sha256
        FROM lca_process p JOIN lca_library l ON l.id = p.library
        """);

    private static Sql Versions => Sql.Raw("SELECT number, sha256, made_at, made_by, made_by_name, reason, restores FROM lca_process_version");

    public static void Add(Tx tx, long tenant, long library, IReadOnlyList<ProcessDraft> drafts)
    {
        using var bulk = tx.Bulk(
            "lca_process", "id", "tenant", "library", "uid", "source_id", "version", "state", "rights", "name", "location", "category", "kind", "reference_flow", "reference_name", "unit", "amount",
            "exchanges", "from_library", "from_process", "from_version", "from_sha256");
        foreach (var draft in drafts)
        {
            var (dataset, reference) = (draft.Dataset, draft.Reference);
            bulk.Int64(draft.Id);
            bulk.Int64(tenant);
            bulk.Int64(library);
            bulk.Text(dataset.Id);
            bulk.Text(Column(draft.SourceId));
            bulk.Int64(1);
            bulk.Int64(1);
            bulk.Int64((int)draft.Rights);
            bulk.Text(Column(dataset.Name));
            bulk.Text(Column(dataset.Location));
            bulk.Text(Column(dataset.Category));
            bulk.Int64((int)dataset.Kind);
            bulk.Text(reference?.FlowId ?? "");
            bulk.Text(Column(draft.ReferenceName));
            bulk.Text(Column(reference?.Unit ?? ""));
            bulk.Double(reference?.Amount);
            bulk.Int64(dataset.Exchanges.Count);
            bulk.Int64(draft.From?.Library);
            bulk.Text(draft.From?.Process);
            bulk.Int64(draft.From?.Version);
            if (draft.From is { } from)
            {
                bulk.Bytes(Convert.FromHexString(from.Sha256));
            }
            else
            {
                bulk.Null();
            }

            bulk.EndRow();
        }

        bulk.Complete();
    }

    public static void AddVersions(Tx tx, long tenant, IReadOnlyList<ProcessDraft> drafts, int number, ProcessVersion made)
    {
        using var bulk = tx.Bulk("lca_process_version", "process", "number", "tenant", "sha256", "document", "made_at", "made_by", "made_by_name", "reason", "restores");
        foreach (var draft in drafts)
        {
            bulk.Int64(draft.Id);
            bulk.Int64(number);
            bulk.Int64(tenant);
            bulk.Bytes(draft.Sha256);
            bulk.Bytes(draft.Document);
            bulk.Instant(made.MadeAt);
            bulk.Int64(made.MadeBy);
            bulk.Text(made.MadeByName);
            bulk.Text(made.Reason);
            bulk.Int64(made.Restores);
            bulk.EndRow();
        }

        bulk.Complete();
    }

    public static void AddFlows(Tx tx, long tenant, long library, IReadOnlyList<(long Id, string SourceId, FlowDataset Flow, byte[] Document)> flows)
    {
        using var bulk = tx.Bulk("lca_flow", "id", "tenant", "library", "uid", "source_id", "name", "kind", "unit", "category", "compartment", "subcompartment", "cas", "location", "document");
        foreach (var (id, source, flow, document) in flows)
        {
            bulk.Int64(id);
            bulk.Int64(tenant);
            bulk.Int64(library);
            bulk.Text(flow.Id);
            bulk.Text(Column(source));
            bulk.Text(Column(flow.Name));
            bulk.Int64((int)flow.Kind);
            bulk.Text(Column(flow.Unit));
            bulk.Text(Column(flow.Category));
            bulk.Text(Column(flow.Compartment));
            bulk.Text(Column(flow.Subcompartment));
            bulk.Text(flow.Cas is { } cas ? Column(cas[..Math.Min(cas.Length, LongestCas)]) : null);
            bulk.Text(Column(flow.Location));
            bulk.Bytes(document);
            bulk.EndRow();
        }

        bulk.Complete();
    }

    public static void AddUses(Tx tx, long tenant, IEnumerable<FlowUse> uses)
    {
        using var bulk = tx.Bulk("lca_use", "flow", "process", "provider", "input", "tenant");
        foreach (var use in uses)
        {
            bulk.Int64(use.Flow);
            bulk.Int64(use.Process);
            bulk.Int64(use.Provider);
            bulk.Bool(use.Input);
            bulk.Int64(tenant);
            bulk.EndRow();
        }

        bulk.Complete();
    }

    /// <summary>Processes of a library that are there, in the order of their ids.</summary>
    public static List<ProcessRow> OfLibrary(Tx tx, long tenant, long library) => tx.Query(
        $"{Rows} WHERE p.tenant = {tenant} AND p.id >= {LibraryRange.First(library)} AND p.id < {LibraryRange.End(library)} AND p.state = 1 ORDER BY p.id", MapRow);

    /// <summary>The process, also a retired one; null where its library is not there for the tenant.</summary>
    public static ProcessRow? Find(Tx tx, long tenant, long id) => tx.First($"{Rows} WHERE p.id = {id} AND p.tenant = {tenant} AND l.state IN (1, 3)", MapRow);

    /// <summary>Processes of this UUID in the tenant's libraries.</summary>
    public static List<ProcessRow> ByUid(Tx tx, long tenant, string uid) => tx.Query($"{Rows} WHERE p.tenant = {tenant} AND p.uid = {uid} AND p.state = 1 AND l.state = 1 ORDER BY p.id DESC", MapRow);

    public static ProcessVersion? Version(Tx tx, long tenant, long process, int number) =>
        tx.First($"{Versions} WHERE process = {process} AND number = {number} AND tenant = {tenant}", MapVersion);

    public static List<ProcessVersion> History(Tx tx, long tenant, long process) =>
        tx.Query($"{Versions} WHERE process = {process} AND tenant = {tenant} ORDER BY number DESC", MapVersion);

    public static byte[]? Document(Tx tx, long tenant, long process, int number) =>
        tx.First($"SELECT document FROM lca_process_version WHERE process = {process} AND number = {number} AND tenant = {tenant}", r => r.Bytes(0));

    /// <summary>Documents of a library's current versions in the order of their processes' ids.</summary>
    public static List<byte[]> Documents(Tx tx, long tenant, long library) => tx.Query(
        $"""
        SELECT v.document FROM lca_process p JOIN lca_process_version v ON v.process = p.id AND v.number = p.version
        WHERE p.tenant = {tenant} AND p.id >= {LibraryRange.First(library)} AND p.id < {LibraryRange.End(library)} AND p.state = 1 ORDER BY p.id
        """,
        r => r.Bytes(0));

    /// <summary>Processes of a library that have a right of their own other than open.</summary>
    public static Dictionary<string, DataRight> Rights(Tx tx, long tenant, long library) => tx.Query(
        $"SELECT uid, rights FROM lca_process WHERE tenant = {tenant} AND id >= {LibraryRange.First(library)} AND id < {LibraryRange.End(library)} AND state = 1 AND rights > 0",
        r => (r.Text(0), (DataRight)r.Int32(1))).ToDictionary(r => r.Item1, r => r.Item2, StringComparer.Ordinal);

    /// <summary>Numbers of a library's processes, by UUID.</summary>
    public static Dictionary<string, long> Numbers(Tx tx, long tenant, long library) => tx.Query(
        $"SELECT uid, id FROM lca_process WHERE tenant = {tenant} AND id >= {LibraryRange.First(library)} AND id < {LibraryRange.End(library)} AND state = 1",
        r => (r.Text(0), r.Int64(1))).ToDictionary(r => r.Item1, r => r.Item2, StringComparer.Ordinal);

    /// <summary>SHA-256 of the current version of each process of a library, by UUID.</summary>
    public static Dictionary<string, string> Hashes(Tx tx, long tenant, long library) => tx.Query(
        $"""
        SELECT p.uid, v.sha256 FROM lca_process p JOIN lca_process_version v ON v.process = p.id AND v.number = p.version
        WHERE p.tenant = {tenant} AND p.id >= {LibraryRange.First(library)} AND p.id < {LibraryRange.End(library)} AND p.state = 1
        """,
        r => (r.Text(0), Convert.ToHexStringLower(r.Bytes(1)))).ToDictionary(r => r.Item1, r => r.Item2, StringComparer.Ordinal);

    public static List<byte[]> FlowDocuments(Tx tx, long tenant, long library) => tx.Query(
        $"SELECT document FROM lca_flow WHERE tenant = {tenant} AND id >= {LibraryRange.First(library)} AND id < {LibraryRange.End(library)} ORDER BY id", r => r.Bytes(0));

    /// <summary>Flows of these UUIDs in a library.</summary>
    public static List<(long Id, byte[] Document)> Flows(Tx tx, long tenant, long library, IEnumerable<string> uids) => tx.Query(
        $"SELECT id, document FROM lca_flow WHERE tenant = {tenant} AND library = {library} AND uid IN {Sql.In(uids)} ORDER BY id", r => (r.Int64(0), r.Bytes(1)));

    /// <summary>Flows of these UUIDs in any of the tenant's libraries that are there, with the library that holds each.</summary>
    public static List<(long Library, byte[] Document)> FlowsAnywhere(Tx tx, long tenant, IEnumerable<string> uids) => tx.Query(
        $"SELECT f.library, f.document FROM lca_flow f JOIN lca_library l ON l.id = f.library WHERE f.tenant = {tenant} AND f.uid IN {Sql.In(uids)} AND l.state IN (1, 3) ORDER BY l.state, f.id",
        r => (r.Int64(0), r.Bytes(1)));

    /// <summary>Who is meant by a provider's UUID in a library: its own process, else that of the library that came last.</summary>
    public static ProcessRow? ProviderFor(Tx tx, long tenant, long library, string uid)
    {
        var found = ByUid(tx, tenant, uid);
        return found.Find(p => p.Library == library) ?? found.FirstOrDefault();
    }

    /// <summary>Which of these providers have which of these flows, and whether as an input.</summary>
    public static HashSet<(string Provider, string Flow, bool Input)> Provisions(Tx tx, long tenant, IReadOnlyCollection<string> providers, IReadOnlyCollection<string> flows) =>
    [
        .. tx.Query(
            $"""
            SELECT p.uid, f.uid, u.input FROM lca_process p JOIN lca_library l ON l.id = p.library JOIN lca_flow f ON f.tenant = p.tenant AND f.library = p.library
                 JOIN lca_use u ON u.flow = f.id AND u.process = p.id
            WHERE p.tenant = {tenant} AND p.uid IN {Sql.In(providers)} AND f.uid IN {Sql.In(flows)} AND p.state = 1 AND l.state = 1
            """,
            r => (r.Text(0), r.Text(1), r.Bool(2))),
    ];

    /// <summary>Processes that name this one as their provider.</summary>
    public static List<ProcessRow> ConsumersOf(Tx tx, long tenant, long process, long after, int take) => tx.Query(
        $"{Rows} WHERE p.tenant = {tenant} AND p.id IN (SELECT u.process FROM lca_use u WHERE u.provider = {process} AND u.process > {after}) AND p.state = 1 AND l.state = 1 ORDER BY p.id LIMIT {take}",
        MapRow);

    public static int CountConsumers(Tx tx, long tenant, long process) => (int)tx.Scalar($"""
        SELECT count(DISTINCT u.process) FROM lca_use u JOIN lca_process p ON p.id = u.process JOIN lca_library l ON l.id = p.library
        WHERE u.provider = {process} AND p.tenant = {tenant} AND p.state = 1 AND l.state = 1
        """);

    /// <summary>Rows of this flow in the tenant's libraries.</summary>
    public static List<long> FlowIds(Tx tx, long tenant, string uid) => tx.Query(
        $"SELECT f.id FROM lca_flow f JOIN lca_library l ON l.id = f.library WHERE f.tenant = {tenant} AND f.uid = {uid} AND l.state IN (1, 3)", r => r.Int64(0));

    /// <summary>Processes that have one of these flows, by id.</summary>
    public static List<FlowUser> UsersOf(Tx tx, long tenant, IReadOnlyList<long> flows, bool? input, long after, int take)
    {
        var uses = tx.Query(
            $"""
            SELECT u.process, min(u.input), max(u.input), max(u.provider) FROM lca_use u JOIN lca_process p ON p.id = u.process JOIN lca_library l ON l.id = p.library
            WHERE u.flow IN {Sql.In(flows)} AND u.process > {after} {(input is { } only ? (Sql)$"AND u.input = {only}" : Sql.Empty)} AND p.tenant = {tenant} AND p.state = 1 AND l.state = 1
            GROUP BY u.process ORDER BY u.process LIMIT {take}
            """,
            r => (Process: r.Int64(0), Output: r.Int64(1) == 0, Input: r.Int64(2) == 1, Names: r.Int64(3) > 0));
        var rows = tx.Query($"{Rows} WHERE p.tenant = {tenant} AND p.id IN {Sql.In(uses.Select(u => u.Process))}", MapRow).ToDictionary(r => r.Id);
        return uses.ConvertAll(u => new FlowUser(rows[u.Process], u.Input, u.Output, u.Names));
    }

    public static List<FlowRow> FlowRows(Tx tx, long tenant, long library) => tx.Query(
        $"""
        SELECT f.id, f.library, l.name, f.uid, f.name, f.kind, f.unit, f.category, f.compartment, f.subcompartment, f.cas, f.location FROM lca_flow f JOIN lca_library l ON l.id = f.library
        WHERE f.tenant = {tenant} AND f.id >= {LibraryRange.First(library)} AND f.id < {LibraryRange.End(library)} ORDER BY f.id
        """,
        r => new FlowRow(r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), r.Text(4), (FlowKind)r.Int32(5), r.Text(6), r.Text(7), r.Text(8), r.Text(9), r.TextOrNull(10), r.Text(11)));

    /// <summary>The right that the process has of its own, without its library's.</summary>
    public static DataRight OwnRight(Tx tx, long tenant, long process) => (DataRight)tx.Scalar($"SELECT rights FROM lca_process WHERE id = {process} AND tenant = {tenant}");

    public static void Retire(Tx tx, long tenant, long process) => tx.Execute($"UPDATE lca_process SET state = 2 WHERE id = {process} AND tenant = {tenant}");

    public static void RemoveUses(Tx tx, long tenant, long process, IEnumerable<long> flows) =>
        tx.Execute($"DELETE FROM lca_use WHERE flow IN {Sql.In(flows)} AND process = {process} AND tenant = {tenant}");

    /// <summary>The columns of the current version.</summary>
    public static void Update(Tx tx, long tenant, ProcessDraft draft, int version)
    {
        var (dataset, reference) = (draft.Dataset, draft.Reference);
        tx.Execute($"""
            UPDATE lca_process SET version = {version}, rights = {(int)draft.Rights}, name = {dataset.Name}, location = {dataset.Location}, category = {dataset.Category}, kind = {(int)dataset.Kind},
                   reference_flow = {reference?.FlowId ?? ""}, reference_name = {draft.ReferenceName}, unit = {reference?.Unit ?? ""}, amount = {reference?.Amount}, exchanges = {dataset.Exchanges.Count}
            WHERE id = {draft.Id} AND tenant = {tenant}
            """);
    }

    /// <summary>A stranger's text as both engines take it: without zero characters and halves of characters. The document keeps it as it was.</summary>
    private static string Column(string text) =>
        text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') || text.Contains('\0', StringComparison.Ordinal) ? string.Concat(text.EnumerateRunes().Where(r => r.Value != 0)) : text;

    private static ProcessRow MapRow(Row r) => new(
        r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), r.Text(4), r.Int32(5), (ProcessKind)r.Int32(6), r.Text(7), r.Text(8), r.Text(9), r.Text(10), r.Text(11), r.Text(12), r.DoubleOrNull(13), r.Int32(14),
        DataRights.Stricter((DataRight)r.Int32(15), (DataRight)r.Int32(16)), r.Bool(17), r.Int32(18) == 2,
        r.Int64OrNull(19) is { } library ? new ProcessOrigin(library, r.Text(20), r.Int32(21), Convert.ToHexStringLower(r.Bytes(22))) : null);

    private static ProcessVersion MapVersion(Row r) => new(r.Int32(0), Convert.ToHexStringLower(r.Bytes(1)), r.Instant(2), r.Int64(3), r.Text(4), r.Text(5), r.Int32OrNull(6));
}

/// <summary>A process has a flow.</summary>
/// <param name="Provider">Id of the process that it names as the provider; 0 where it names none that is there.</param>
internal readonly record struct FlowUse(long Flow, long Process, long Provider, bool Input);
