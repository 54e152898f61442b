using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>
/// The SQL that reads the journal. Every statement carries the tenant and the caller's subtree, and reads sealed batches only. The tree's table
/// <c>node</c> is Organisation's; it is joined, never written.
/// </summary>
internal static class JournalStore
{
    private const int BatchesAtOnce = 500;
    private const int WeightTogether = 5000; // rows and postings

    /// <summary>What the reads of the journal join, and an import fills or leans on.</summary>
    public static readonly IReadOnlyList<string> Tables = ["node", "batch", "emission_source", "calculation", "activity", "posting", "correction", "balance_sum"];

    private static Sql Activities => Sql.Raw("""
        SELECT a.batch, a.row_number, a.site, n.code, a.source, s.name, c.activity, a.first_day, a.last_day, a.quantity, c.unit, c.region, c.factor, c.scope, c.category3,
               a.quality, a.uncertainty_percent, a.evidence, a.supplier, a.note, a.calculation, t.target_batch, t.target_row, y.batch, y.row_number,
               a.own_postings
        FROM batch b CROSS JOIN activity a
        JOIN node n ON n.id = a.site AND n.tenant = a.tenant
        JOIN emission_source s ON s.id = a.source
        JOIN calculation c ON c.id = a.calculation
        LEFT JOIN correction t ON t.tenant = a.tenant AND t.batch = a.batch AND t.row_number = a.row_number
        LEFT JOIN (SELECT k.tenant, k.target_batch, k.target_row, k.batch, k.row_number FROM correction k JOIN batch kb ON kb.id = k.batch AND kb.state = 1) y
               ON y.tenant = a.tenant AND y.target_batch = a.batch AND y.target_row = a.row_number
        """);

    private static Sql PostingColumns => Sql.Raw("""
        SELECT p.batch, p.row_number, p.line, p.site, p.source, p.calculation, p.part, p.account, p.month, p.route, p.fixed_gwp, p.quality, p.evidenced, p.other_gas,
               p.co2_mg, p.co2_bio_mg, p.ch4_fossil_mg, p.ch4_nonfossil_mg, p.ch4_mg, p.n2o_mg, p.other_mg, p.co2e_mg, p.energy_wh
        """);

    /// <summary>Batch first (CROSS JOIN fixes the order on SQLite), so that the rows of an import that is still arriving are not walked over.</summary>
    private static Sql Sealed(Caller caller) => $"b.tenant = {caller.Tenant} AND b.state = 1 AND a.tenant = {caller.Tenant} AND a.batch = b.id";

    public static Activity? Activity(Tx tx, Caller caller, ActivityId id) => tx.First(
        $"{Activities} WHERE {Sealed(caller)} AND b.id = {id.Batch} AND a.row_number = {id.Row} AND {Below("n.path", caller.NodePath)}", MapActivity);

    public static List<Activity> List(Tx tx, Caller caller, ActivityQuery query, string? nodePath, IReadOnlyList<string> codes, int take)
    {
        var where = new List<Sql> { Sealed(caller), Below("n.path", caller.NodePath) };
        if (nodePath is not null)
        {
            where.Add(Below("n.path", nodePath));
        }

        if (query.Period is { } period)
        {
            where.Add($"a.first_day < {period.End.DayNumber} AND a.last_day >= {period.Start.DayNumber}");
        }

        if (query.Source is { } source)
        {
            where.Add($"a.source = {source}");
        }

        if (query.Activity is { } code)
        {
            where.Add($"c.activity = {code}");
        }

        if (query.Account is { } account)
        {
            where.Add($"EXISTS (SELECT 1 FROM posting p WHERE p.tenant = a.tenant AND p.batch = a.batch AND p.row_number = a.row_number AND p.account = {(long)account})");
        }

        if (query.InValidity)
        {
            where.Add($"EXISTS (SELECT 1 FROM posting p WHERE p.tenant = a.tenant AND p.batch = a.batch AND p.row_number = a.row_number AND {InValidity(caller.Tenant)})");
        }

        if (query.Quality is { } quality)
        {
            where.Add($"a.quality = {(long)quality}");
        }

        if (query.Evidenced is { } evidenced)
        {
            where.Add(evidenced ? (Sql)$"a.evidence IS NOT NULL" : (Sql)$"a.evidence IS NULL");
        }

        if (query.OnlyCurrent)
        {
            // Not "y.batch IS NULL": of that PostgreSQL expects no row at all, and sorts the whole batch to find the first.
            where.Add($"""
                NOT EXISTS (SELECT 1 FROM correction k JOIN batch kb ON kb.id = k.batch AND kb.state = 1
                            WHERE k.tenant = a.tenant AND k.target_batch = a.batch AND k.target_row = a.row_number)
                """);
        }

        if (query.Text is { Length: > 0 } text)
        {
            var like = "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
            where.Add($"""
                (s.name LIKE {like} ESCAPE '\' OR s.code LIKE {like} ESCAPE '\' OR a.supplier LIKE {like} ESCAPE '\' OR a.note LIKE {like} ESCAPE '\'
                 OR a.evidence LIKE {like} ESCAPE '\' OR c.activity IN {Sql.In(codes)})
                """);
        }

        if (query.After is { } after)
        {
            where.Add($"b.id <= {after.Batch} AND (b.id < {after.Batch} OR a.row_number < {after.Row})");
        }

        return Walk(
            tx, caller.Tenant, query.Batch, query.After?.Batch, newestFirst: true, take,
            (batches, left) => tx.Query(
                $"{Activities} WHERE {In("a.batch", batches)} AND {Sql.Join(" AND ", where)} ORDER BY b.id DESC, a.row_number DESC LIMIT {left}", MapActivity));
    }

    /// <summary>
    /// Reads a page of the journal from its sealed batches in order: a large one alone, so that the engine walks its rows as they lie and stops, small ones together. Left to
    /// plan the whole journal in one statement, PostgreSQL may read every row of the book, and those of a running import, before it gives the first.
    /// </summary>
    /// <param name="only">The one batch that is asked for.</param>
    /// <param name="from">Batch of the last row of the page before.</param>
    private static List<T> Walk<T>(Tx tx, long tenant, long? only, long? from, bool newestFirst, int take, Func<IReadOnlyList<long>, int, List<T>> read)
    {
        var (found, run, weight) = (new List<T>(), new List<long>(), 0L);
        var (first, last) = newestFirst ? (only ?? 0, only ?? from ?? long.MaxValue) : (only ?? from ?? 0, only ?? long.MaxValue);
        while (true)
        {
            var page = tx.Query(
                $"""
                SELECT id, rows + postings FROM batch WHERE tenant = {tenant} AND state = 1 AND id >= {first} AND id <= {last} AND rows + postings > 0
                ORDER BY id {Sql.Raw(newestFirst ? "DESC" : "ASC")} LIMIT {BatchesAtOnce}
                """,
                r => (Id: r.Int64(0), Weight: r.Int64(1)));
            foreach (var batch in page)
            {
                if (run.Count > 0 && weight + batch.Weight > WeightTogether)
                {
                    found.AddRange(read(run, take - found.Count));
                    (run, weight) = ([], 0);
                    if (found.Count >= take)
                    {
                        return found;
                    }
                }

                run.Add(batch.Id);
                weight += batch.Weight;
            }

            if (page.Count < BatchesAtOnce)
            {
                break;
            }

            (first, last) = newestFirst ? (first, page[^1].Id - 1) : (page[^1].Id + 1, last);
        }

        if (run.Count > 0)
        {
            found.AddRange(read(run, take - found.Count));
        }

        return found;
    }

    private static Sql In(string column, IReadOnlyList<long> ids) => ids is [var only] ? (Sql)$"{Sql.Raw(column)} = {only}" : (Sql)$"{Sql.Raw(column)} IN {Sql.In(ids)}";

    /// <summary>The activities with these ids that the caller sees, with what each row takes back.</summary>
    public static List<Activity> Some(Tx tx, Caller caller, IEnumerable<ActivityId> ids) =>
    [
        .. ids.GroupBy(i => i.Batch).SelectMany(batch => tx.Query(
            $"{Activities} WHERE {Sealed(caller)} AND b.id = {batch.Key} AND a.row_number IN {Sql.In(batch.Select(i => (long)i.Row))} AND {Below("n.path", caller.NodePath)}", MapActivity)),
    ];

    /// <summary>What rows take back, by row.</summary>
    public static Dictionary<ActivityId, ActivityId> Targets(Tx tx, long tenant, IEnumerable<ActivityId> ids) => ids.GroupBy(i => i.Batch).SelectMany(batch => tx.Query(
        $"SELECT row_number, target_batch, target_row FROM correction WHERE tenant = {tenant} AND batch = {batch.Key} AND row_number IN {Sql.In(batch.Select(i => (long)i.Row))}",
        r => (Row: new ActivityId(batch.Key, r.Int32(0)), Target: new ActivityId(r.Int64(1), r.Int32(2))))).ToDictionary(c => c.Row, c => c.Target);

    /// <summary>All postings of rows that are known to be seen, those that take another back included.</summary>
    public static List<Posting> PostingsOf(Tx tx, long tenant, IEnumerable<ActivityId> ids)
    {
        var postings = new List<Posting>();
        foreach (var batch in ids.GroupBy(i => i.Batch))
        {
            postings.AddRange(tx.Query(
                $"{PostingColumns} FROM posting p WHERE p.tenant = {tenant} AND p.batch = {batch.Key} AND p.row_number IN {Sql.In(batch.Select(i => (long)i.Row))} ORDER BY p.row_number, p.line",
                MapPosting));
        }

        return postings;
    }

    public static List<Posting> List(Tx tx, Caller caller, PostingQuery query, string? nodePath, int take)
    {
        var where = Where(caller, query, nodePath, upTo: false);
        return Walk(
            tx, caller.Tenant, query.Batch, query.After?.Id.Batch, newestFirst: false, take,
            (batches, left) => tx.Query(
                $"{PostingColumns} FROM batch b CROSS JOIN posting p WHERE {In("p.batch", batches)} AND {where} ORDER BY b.id, p.row_number, p.line LIMIT {left}", MapPosting));
    }

    /// <summary>Sums by what decides how amounts count. With an <c>After</c>, of the postings up to and with it.</summary>
    public static List<PostingSum> Sums(Tx tx, Caller caller, PostingQuery query, string? nodePath) => tx.Query(
        $"""
        SELECT p.account, p.route, p.fixed_gwp, p.other_gas, count(*),
               CAST(sum(p.co2_mg) AS BIGINT), CAST(sum(p.co2_bio_mg) AS BIGINT), CAST(sum(p.ch4_fossil_mg) AS BIGINT), CAST(sum(p.ch4_nonfossil_mg) AS BIGINT),
               CAST(sum(p.ch4_mg) AS BIGINT), CAST(sum(p.n2o_mg) AS BIGINT), CAST(sum(p.other_mg) AS BIGINT), CAST(sum(p.co2e_mg) AS BIGINT), CAST(sum(p.energy_wh) AS BIGINT)
        FROM batch b CROSS JOIN posting p
        WHERE {Where(caller, query, nodePath, upTo: true)} GROUP BY p.account, p.route, p.fixed_gwp, p.other_gas
        """,
        r => new PostingSum(
            Key(r, 0, 1, 2, 3), r.Int64(4),
            new Amounts(r.Int64(5), r.Int64(6), r.Int64(7), r.Int64(8), r.Int64(9), r.Int64(10), r.Int64(11), r.Int64(12), r.Int64(13))));

    private static Sql Where(Caller caller, PostingQuery query, string? nodePath, bool upTo)
    {
        var where = new List<Sql> { $"b.tenant = {caller.Tenant} AND b.state = 1 AND p.tenant = {caller.Tenant} AND p.batch = b.id" };
        foreach (var path in (string?[])[caller.SeesWholeTenant ? null : caller.NodePath, nodePath])
        {
            if (path is not null)
            {
                where.Add($"p.site IN (SELECT n.id FROM node n WHERE n.tenant = {caller.Tenant} AND {Below("n.path", path)})");
            }
        }

        Add(query.From is { } from ? (Sql)$"p.month >= {from.Number}" : null);
        Add(query.To is { } to ? (Sql)$"p.month <= {to.Number}" : null);
        Add(query.Source is { } source ? (Sql)$"p.source = {source}" : null);
        Add(query.Calculation is { } calculation ? (Sql)$"p.calculation = {calculation}" : null);
        Add(query.Account is { } account ? (Sql)$"p.account = {(long)account}" : null);
        Add(query.Batch is { } batch ? (Sql)$"b.id = {batch}" : null);
        Add(query.Site is { } site ? (Sql)$"p.site = {site}" : null);
        Add(query.Scope is { } scope ? (Sql)$"p.account >= {scope * 100} AND p.account < {(scope + 1) * 100}" : null);
        Add(query.Gas is { } gas ? Holds(gas) : null);
        Add(query.FixedGwp is { } set ? (Sql)$"p.co2e_mg <> 0 AND p.fixed_gwp = {(int)set}" : null);
        Add(query.InValidity ? InValidity(caller.Tenant) : null);
        Add(query.Route != Route.Both ? (Sql)$"p.route IN (0, {(int)query.Route})" : null);
        if (query.After is var (id, line) && query.After is not null)
        {
            where.Add(upTo
                ? (Sql)$"b.id <= {id.Batch} AND (b.id < {id.Batch} OR p.row_number < {id.Row} OR (p.row_number = {id.Row} AND p.line <= {line}))"
                : (Sql)$"b.id >= {id.Batch} AND (b.id > {id.Batch} OR (b.id = {id.Batch} AND (p.row_number > {id.Row} OR (p.row_number = {id.Row} AND p.line > {line}))))");
        }

        return Sql.Join(" AND ", where);

        void Add(Sql? condition)
        {
            if (condition is not null)
            {
                where.Add(condition);
            }
        }
    }

    /// <summary>
    /// Postings of months with at least one day on which their site belongs to the organisation. A month is year × 12 + month − 1; the end of a validity is its first day
    /// no longer, so an end on the first of a month leaves that month out.
    /// </summary>
    private static Sql InValidity(long tenant) => $"""
        EXISTS (SELECT 1 FROM node v WHERE v.tenant = {tenant} AND v.id = p.site
          AND p.month >= CAST(substr(v.valid_from, 1, 4) AS BIGINT) * 12 + CAST(substr(v.valid_from, 6, 2) AS BIGINT) - 1
          AND (v.valid_to IS NULL OR p.month < CAST(substr(v.valid_to, 1, 4) AS BIGINT) * 12 + CAST(substr(v.valid_to, 6, 2) AS BIGINT) - 1
            + CASE WHEN substr(v.valid_to, 9, 2) = '01' THEN 0 ELSE 1 END))
        """;

    /// <summary>Postings with a mass of the gas: the common ones have a column each, any other is named by the posting.</summary>
    private static Sql Holds(short gas) => gas switch
    {
        _ when gas == Gases.Co2.Id => Sql.Raw("p.co2_mg <> 0"),
        _ when gas == Gases.Co2Biogenic.Id => Sql.Raw("p.co2_bio_mg <> 0"),
        _ when gas == Gases.Ch4Fossil.Id => Sql.Raw("p.ch4_fossil_mg <> 0"),
        _ when gas == Gases.Ch4NonFossil.Id => Sql.Raw("p.ch4_nonfossil_mg <> 0"),
        _ when gas == Gases.Ch4.Id => Sql.Raw("p.ch4_mg <> 0"),
        _ when gas == Gases.N2O.Id => Sql.Raw("p.n2o_mg <> 0"),
        _ => $"p.other_gas = {(int)gas}",
    };

    /// <summary>The correction that took the activity back, from a sealed batch.</summary>
    public static (ActivityId By, string Reason, string Name, DateTimeOffset At)? CorrectionOf(Tx tx, long tenant, ActivityId target) => tx.First(
        $"""
        SELECT k.batch, k.row_number, k.reason, b.opened_by_name, b.sealed_at FROM correction k JOIN batch b ON b.id = k.batch AND b.state = 1
        WHERE k.tenant = {tenant} AND k.target_batch = {target.Batch} AND k.target_row = {target.Row}
        """,
        r => ((ActivityId, string, string, DateTimeOffset)?)(new ActivityId(r.Int64(0), r.Int32(1)), r.Text(2), r.Text(3), r.Instant(4)));

    /// <summary>Corrections in the order of the book, newest first; both rows must lie where the caller sees them, which the targets' sites decide.</summary>
    public static List<(ActivityId Target, ActivityId By, string Reason, string Name, DateTimeOffset At)> Corrections(Tx tx, Caller caller, ActivityId after, int take) => tx.Query(
        $"""
        SELECT k.target_batch, k.target_row, k.batch, k.row_number, k.reason, b.opened_by_name, b.sealed_at
        FROM correction k JOIN batch b ON b.id = k.batch AND b.state = 1
        JOIN activity a ON a.tenant = k.tenant AND a.batch = k.target_batch AND a.row_number = k.target_row
        JOIN node n ON n.id = a.site AND n.tenant = a.tenant
        WHERE k.tenant = {caller.Tenant} AND (k.batch < {after.Batch} OR (k.batch = {after.Batch} AND k.row_number > {after.Row})) AND {Below("n.path", caller.NodePath)} ORDER BY k.batch DESC, k.row_number LIMIT {take}
        """,
        r => (new ActivityId(r.Int64(0), r.Int32(1)), new ActivityId(r.Int64(2), r.Int32(3)), r.Text(4), r.Text(5), r.Instant(6)));

    public static List<EmissionSource> Sources(Tx tx, Caller caller, string? nodePath) => tx.Query(
        $"{SourceColumns} WHERE s.tenant = {caller.Tenant} AND {Below("n.path", caller.NodePath)} AND {Below("n.path", nodePath ?? caller.NodePath)} AND {Visible} ORDER BY n.code, s.name, s.id", MapSource);

    public static EmissionSource? Source(Tx tx, Caller caller, long id) =>
        tx.First($"{SourceColumns} WHERE s.tenant = {caller.Tenant} AND s.id = {id} AND {Below("n.path", caller.NodePath)} AND {Visible}", MapSource);

    /// <summary>Whether another source of the site answers to the name already.</summary>
    public static bool SourceNameTaken(Tx tx, long tenant, long site, string name, long except) =>
        tx.Exists($"SELECT 1 FROM emission_source WHERE tenant = {tenant} AND site = {site} AND (code = {name} OR name = {name}) AND id <> {except}");

    public static long AddSource(Tx tx, long tenant, long site, string name, DateTimeOffset now) =>
        tx.InsertId($"INSERT INTO emission_source (tenant, site, code, name, batch, made_at) VALUES ({tenant}, {site}, {name}, {name}, {(long?)null}, {now})");

    public static void RenameSource(Tx tx, long tenant, long id, string name) => tx.Execute($"UPDATE emission_source SET name = {name} WHERE tenant = {tenant} AND id = {id}");

    public static string? NodePath(Tx tx, Caller caller, long node) =>
        tx.First($"SELECT n.path FROM node n WHERE n.tenant = {caller.Tenant} AND n.id = {node} AND {Below("n.path", caller.NodePath)}", r => r.Text(0));

    internal static PostingKey Key(Row r, int account, int route, int gwp, int gas) =>
        new(new Account((short)r.Int32(account)), (Route)r.Int32(route), (GwpSet)r.Int32(gwp), (short)r.Int32(gas));

    internal static Amounts AmountsAt(Row r, int at) => new(
        r.Int64(at), r.Int64(at + 1), r.Int64(at + 2), r.Int64(at + 3), r.Int64(at + 4), r.Int64(at + 5), r.Int64(at + 6), r.Int64(at + 7), r.Int64(at + 8));

    internal static Posting MapPosting(Row r) => new(
        new ActivityId(r.Int64(0), r.Int32(1)), r.Int32(2), r.Int64(3), r.Int64(4), r.Int64(5), r.Int32(6), Key(r, 7, 9, 10, 13), new Month(r.Int32(8)), (DataQuality)r.Int32(11),
        r.Bool(12), AmountsAt(r, 14));

    private static Sql SourceColumns => Sql.Raw("""
        SELECT s.id, s.site, n.code, s.code, s.name FROM emission_source s JOIN node n ON n.id = s.site AND n.tenant = s.tenant LEFT JOIN batch b ON b.id = s.batch
        """);

    private static Sql Visible => Sql.Raw("(s.batch IS NULL OR b.state = 1)");

    // A path holds digits and slashes only, so LIKE has no wildcard of its own to escape.
    private static Sql Below(string column, string path) => $"{Sql.Raw(column)} LIKE {path + "%"}";

    private static EmissionSource MapSource(Row r) => new(r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), r.Text(4));

    private static Activity MapActivity(Row r) => new(
        new ActivityId(r.Int64(0), r.Int32(1)), r.Int64(2), r.Text(3), r.Int64(4), r.Text(5), r.Text(6),
        DateInterval.Inclusive(DateOnly.FromDayNumber(r.Int32(7)), DateOnly.FromDayNumber(r.Int32(8))), r.Double(9), r.Text(10), r.Text(11), r.Text(12), r.Int32(13), r.Int32(14),
        (DataQuality)r.Int32(15), r.DoubleOrNull(16), r.TextOrNull(17), r.TextOrNull(18), r.TextOrNull(19), r.Int64(20),
        r.Int64OrNull(21) is { } target ? new ActivityId(target, r.Int32(22)) : null,
        r.Int64OrNull(23) is { } by ? new ActivityId(by, r.Int32(24)) : null, r.Int32(25));
}
