using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>The SQL of batches: open, write, seal, drop, and reading them.</summary>
internal static class BatchStore
{
    private static readonly string[] ActivityColumns =
    [
        "tenant", "batch", "row_number", "site", "source", "calculation", "first_day", "last_day", "quantity", "quality", "uncertainty_percent", "own_postings", "evidence", "supplier", "note",
    ];

    private static readonly string[] PostingColumns =
    [
        "tenant", "batch", "row_number", "line", "site", "source", "calculation", "part", "account", "month", "route", "fixed_gwp", "quality", "evidenced", "other_gas",
        .. BalanceStore.Sums,
    ];

    private static Sql Columns => Sql.Raw("""
        SELECT b.id, b.kind, b.state, b.node, b.file_name, b.file_hash, b.reason, b.rows, b.refused, b.postings, b.opened_at, b.opened_by_name, b.sealed_at, b.seq, b.root,
               b.previous, b.chain FROM batch b
        """);

    public static long Open(Tx tx, Caller caller, BatchKind kind, string name, string hash, string? clientKey, string reason, DateTimeOffset now) => tx.InsertId($"""
        INSERT INTO batch (tenant, kind, state, node, file_name, file_hash, client_key, reason, rows, refused, postings, opened_at, opened_by, opened_by_name, touched_at, cleared)
        VALUES ({caller.Tenant}, {(int)kind}, 0, {caller.Node}, {name}, {hash}, {clientKey}, {reason}, 0, 0, 0, {now}, {caller.Person}, {caller.Name}, {now}, 0)
        """);

    /// <summary>Says that the batch is still being written; false where it was given up meanwhile.</summary>
    public static bool Touch(Tx tx, long batch, DateTimeOffset now) => tx.Execute($"UPDATE batch SET touched_at = {now} WHERE id = {batch} AND state = 0") == 1;

    /// <summary>Sources that everybody sees, by site and what files may call them.</summary>
    public static Dictionary<(long Site, string Spelling), long> Sources(Tx tx, long tenant)
    {
        var known = new Dictionary<(long, string), long>();
        var named = tx.Query(
            $"SELECT s.site, s.code, s.name, s.id FROM emission_source s LEFT JOIN batch b ON b.id = s.batch WHERE s.tenant = {tenant} AND (s.batch IS NULL OR b.state = 1) ORDER BY s.id",
            r =>
            {
                known[(r.Int64(0), r.Text(1))] = r.Int64(3);
                return (Site: r.Int64(0), Name: r.Text(2), Id: r.Int64(3));
            });
        foreach (var source in named)
        {
            known.TryAdd((source.Site, source.Name), source.Id);
        }

        return known;
    }

    /// <summary>Id of the source that a file calls so, made where there is none. Code before name.</summary>
    public static long Source(Tx tx, long tenant, long batch, long site, string code, DateTimeOffset now)
    {
        var found = tx.First(
            $"SELECT s.id, s.batch FROM emission_source s WHERE s.tenant = {tenant} AND s.site = {site} AND (s.code = {code} OR s.name = {code}) ORDER BY CASE WHEN s.code = {code} THEN 0 ELSE 1 END, s.id",
            r => (Id: r.Int64(0), Batch: r.Int64OrNull(1)));
        if (found.Id == 0)
        {
            return tx.InsertId($"INSERT INTO emission_source (tenant, site, code, name, batch, made_at) VALUES ({tenant}, {site}, {code}, {code}, {batch}, {now})");
        }

        if (found.Batch is { } maker && maker != batch)
        {
            // Its maker may still be given up, but now it is needed here too.
            tx.Execute($"UPDATE emission_source SET batch = NULL WHERE id = {found.Id}");
        }

        return found.Id;
    }

    /// <summary>Writes the rows of a chunk whose ids are known.</summary>
    public static void Write(Tx tx, long tenant, long batch, RowChunk chunk, IdBook ids)
    {
        using (var bulk = tx.Bulk("activity", ActivityColumns))
        {
            foreach (ref readonly var row in chunk.Activities)
            {
                var period = ids.Period(row.Prepared);
                bulk.Int64(tenant);
                bulk.Int64(batch);
                bulk.Int64(row.Row);
                bulk.Int64(row.Site);
                bulk.Int64(ids.Source(row.Source));
                bulk.Int64(ids.Calculation(row.Prepared));
                bulk.Int64(period.Start.DayNumber);
                bulk.Int64(period.LastDay.DayNumber);
                bulk.Double(row.Quantity);
                bulk.Int64((long)row.Quality);
                bulk.Double(double.IsNaN(row.Uncertainty) ? null : row.Uncertainty);
                bulk.Int64(row.OwnPostings);
                Text(bulk, chunk, row.Evidence);
                Text(bulk, chunk, row.Supplier);
                Text(bulk, chunk, row.Note);
                bulk.EndRow();
            }

            bulk.Complete();
        }

        using (var bulk = tx.Bulk("posting", PostingColumns))
        {
            var at = 0;
            foreach (ref readonly var row in chunk.Activities)
            {
                for (var line = 0; at < row.PostingsEnd; at++, line++)
                {
                    ref readonly var p = ref chunk.Postings[at];
                    bulk.Int64(tenant);
                    bulk.Int64(batch);
                    bulk.Int64(row.Row);
                    bulk.Int64(line);
                    bulk.Int64(p.Site);
                    bulk.Int64(ids.Source(p.Source));
                    bulk.Int64(ids.Calculation(p.Calculation));
                    bulk.Int64(p.Part);
                    bulk.Int64(p.Key.Account.Number);
                    bulk.Int64(p.Month.Number);
                    bulk.Int64((long)p.Key.Route);
                    bulk.Int64((long)p.Key.FixedGwp);
                    bulk.Int64((long)p.Quality);
                    bulk.Bool(p.Evidenced);
                    bulk.Int64(p.Key.OtherGas);
                    BalanceStore.Write(bulk, p.Amounts);
                    bulk.EndRow();
                }
            }

            bulk.Complete();
        }

        Corrections(tx, tenant, batch, chunk);
    }

    /// <summary>A batch that only takes an activity back has postings but no activity.</summary>
    public static void WriteBack(Tx tx, long tenant, long batch, int row, IReadOnlyList<Posting> negated, ActivityId target, string reason)
    {
        using (var bulk = tx.Bulk("posting", PostingColumns))
        {
            foreach (var p in negated)
            {
                bulk.Int64(tenant);
                bulk.Int64(batch);
                bulk.Int64(row);
                bulk.Int64(p.Line);
                bulk.Int64(p.Site);
                bulk.Int64(p.Source);
                bulk.Int64(p.Calculation);
                bulk.Int64(p.Part);
                bulk.Int64(p.Key.Account.Number);
                bulk.Int64(p.Month.Number);
                bulk.Int64((long)p.Key.Route);
                bulk.Int64((long)p.Key.FixedGwp);
                bulk.Int64((long)p.Quality);
                bulk.Bool(p.Evidenced);
                bulk.Int64(p.Key.OtherGas);
                BalanceStore.Write(bulk, p.Amounts);
                bulk.EndRow();
            }

            bulk.Complete();
        }

        tx.Execute($"INSERT INTO correction (tenant, target_batch, target_row, batch, row_number, reason) VALUES ({tenant}, {target.Batch}, {target.Row}, {batch}, {row}, {reason})");
    }

    public static void Refused(Tx tx, long tenant, long batch, int place, IEnumerable<Problem> problems)
    {
        using var bulk = tx.Bulk("refused_row", "tenant", "batch", "place", "row_number", "column_name", "code", "found", "args");
        foreach (var problem in problems)
        {
            bulk.Int64(tenant);
            bulk.Int64(batch);
            bulk.Int64(place++);
            bulk.Int64((long?)problem.Row);
            bulk.Text(problem.Column);
            bulk.Text(problem.Code);
            bulk.Text(problem.Found?.Replace("\0", "", StringComparison.Ordinal));
            bulk.Text(JsonSerializer.Serialize(problem.Args));
            bulk.EndRow();
        }

        bulk.Complete();
    }

    public static void Sites(Tx tx, long tenant, long batch, IReadOnlyDictionary<long, SiteSpan> sites)
    {
        using var bulk = tx.Bulk("batch_site", "tenant", "batch", "site", "rows", "first_month", "last_month");
        foreach (var (site, span) in sites)
        {
            bulk.Int64(tenant);
            bulk.Int64(batch);
            bulk.Int64(site);
            bulk.Int64(span.Rows);
            bulk.Int64(span.First);
            bulk.Int64(span.Last);
            bulk.EndRow();
        }

        bulk.Complete();
    }

    /// <summary>Number, link and magnitude of the tenant's last sealed batch.</summary>
    public static (long Seq, byte[] Chain, double Magnitude) Head(Tx tx, long tenant)
    {
        var head = tx.First(
            $"SELECT seq, chain, magnitude FROM batch WHERE tenant = {tenant} AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1", r => (Seq: r.Int64(0), Chain: r.Bytes(1), Magnitude: r.Double(2)));
        return head.Chain is null ? (0, BatchRoot.Beginning, 0) : head;
    }

    public static bool Seal(Tx tx, Batch batch, double magnitude) => tx.Execute($"""
        UPDATE batch SET state = 1, rows = {batch.Rows}, refused = {batch.Refused}, postings = {batch.Postings}, sealed_at = {batch.SealedAt}, seq = {batch.Seq},
               root = {batch.Root}, previous = {batch.Previous}, chain = {batch.Chain}, magnitude = {magnitude}
        WHERE id = {batch.Id} AND state = 0
        """) == 1;

    public static Batch? Find(Tx tx, long tenant, long id) => tx.First($"{Columns} WHERE b.tenant = {tenant} AND b.id = {id}", Map);

    public static Batch? ByFile(Tx tx, long tenant, string hash) =>
        tx.First($"{Columns} WHERE b.tenant = {tenant} AND b.file_hash = {hash} AND b.kind = 0 AND b.state < 2", Map);

    public static Batch? ByClientKey(Tx tx, long tenant, string key) => tx.First($"{Columns} WHERE b.tenant = {tenant} AND b.client_key = {key} AND b.state < 2", Map);

    /// <summary>Whether the caller may be told of a batch by its name and maker, sealed or not.</summary>
    public static bool Told(Tx tx, Caller caller, long id) => tx.Exists($"SELECT 1 FROM batch b WHERE b.tenant = {caller.Tenant} AND b.id = {id} AND {Seen(caller)}");

    public static DateTimeOffset Touched(Tx tx, long id) => tx.First($"SELECT touched_at FROM batch WHERE id = {id}", r => r.Instant(0));

    /// <summary>Sealed batches that have a row the caller sees, or were made for the part of the organisation that the caller sees.</summary>
    public static List<Batch> List(Tx tx, Caller caller, long before, int take) => tx.Query(
        $"{Columns} WHERE b.tenant = {caller.Tenant} AND b.state = 1 AND b.id < {before} AND {Seen(caller)} ORDER BY b.id DESC LIMIT {take}", Map)
        .ConvertAll(b => AsSeen(tx, caller, b));

    public static Batch? Seen(Tx tx, Caller caller, long id) =>
        tx.First($"{Columns} WHERE b.tenant = {caller.Tenant} AND b.state = 1 AND b.id = {id} AND {Seen(caller)}", Map) is { } batch ? AsSeen(tx, caller, batch) : null;

    /// <summary>
    /// Where it came from and its place in the chain belong to every row of a batch; how much else it holds does not. Who sees only some of its sites is told of
    /// their rows alone.
    /// </summary>
    private static Batch AsSeen(Tx tx, Caller caller, Batch batch) => caller.SeesWholeTenant || tx.Exists($"SELECT 1 FROM batch b WHERE b.id = {batch.Id} AND {Made(caller)}")
        ? batch
        : batch with
        {
            Partial = true,
            FileHash = "",
            Refused = 0,
            Postings = 0,
            Rows = (int)tx.Scalar($"""
                SELECT CAST(coalesce(sum(s.rows), 0) AS BIGINT) FROM batch_site s JOIN node n ON n.id = s.site AND n.tenant = s.tenant
                WHERE s.tenant = {caller.Tenant} AND s.batch = {batch.Id} AND n.path LIKE {caller.NodePath + "%"}
                """),
        };

    /// <summary>Refused rows hold whatever stood in them, so only who sees all that their importer saw sees them.</summary>
    public static List<Problem> RefusedRows(Tx tx, Caller caller, long batch) => tx.Query(
        $"""
        SELECT r.row_number, r.column_name, r.code, r.found, r.args FROM refused_row r JOIN batch b ON b.id = r.batch
        WHERE r.tenant = {caller.Tenant} AND r.batch = {batch} AND b.tenant = r.tenant AND b.state = 1 AND {Made(caller)} ORDER BY r.place
        """,
        r => new Problem(r.Text(2), r.Int32OrNull(0), r.TextOrNull(1), r.TextOrNull(3), JsonSerializer.Deserialize<string[]>(r.Text(4))!));

    public static List<Batch> Chain(Tx tx, long tenant) => tx.Query($"{Columns} WHERE b.tenant = {tenant} AND b.seq IS NOT NULL ORDER BY b.seq", Map);

    public static long SealedBy(Tx tx, long id) => tx.Scalar($"SELECT opened_by FROM batch WHERE id = {id}");

    /// <summary>Open batches that nobody has touched since.</summary>
    public static List<(long Tenant, long Id)> Left(Tx tx, DateTimeOffset before) =>
        tx.Query($"SELECT tenant, id FROM batch WHERE state = 0 AND touched_at <= {before}", r => (r.Int64(0), r.Int64(1)));

    public static bool MarkDropped(Tx tx, long id) => tx.Execute($"UPDATE batch SET state = 2, client_key = NULL WHERE id = {id} AND state = 0") == 1;

    /// <summary>Dropped batches that still have rows.</summary>
    public static List<(long Tenant, long Id)> DroppedWithRows(Tx tx) => tx.Query($"SELECT tenant, id FROM batch WHERE state = 2 AND cleared = 0", r => (r.Int64(0), r.Int64(1)));

    /// <summary>Takes away some rows of a dropped batch; false when none is left.</summary>
    public static bool Clear(Tx tx, long tenant, long batch, int most)
    {
        foreach (var (table, key) in (ReadOnlySpan<(string, string)>)[("posting", "row_number"), ("activity", "row_number"), ("refused_row", "place")])
        {
            var last = tx.First(
                $"SELECT {Sql.Raw(key)} FROM {Sql.Raw(table)} WHERE tenant = {tenant} AND batch = {batch} ORDER BY {Sql.Raw(key)} LIMIT 1 OFFSET {most}", r => (long?)r.Int64(0)) ?? long.MaxValue;
            if (tx.Execute($"DELETE FROM {Sql.Raw(table)} WHERE tenant = {tenant} AND batch = {batch} AND {Sql.Raw(key)} < {last}") > 0)
            {
                return true;
            }
        }

        tx.Execute($"DELETE FROM correction WHERE tenant = {tenant} AND batch = {batch}");
        var site = tx.First(
            $"SELECT site, first_month, last_month FROM batch_site WHERE tenant = {tenant} AND batch = {batch} LIMIT 1", r => (Id: r.Int64(0), First: r.Int64(1), Last: r.Int64(2)));
        if (site.Id > 0)
        {
            tx.Execute($"DELETE FROM balance_sum WHERE tenant = {tenant} AND site = {site.Id} AND month >= {site.First} AND month <= {site.Last} AND batch = {batch}");
            tx.Execute($"DELETE FROM batch_site WHERE tenant = {tenant} AND batch = {batch} AND site = {site.Id}");
            return true;
        }

        tx.Execute($"DELETE FROM emission_source WHERE batch = {batch} AND tenant = {tenant}");
        tx.Execute($"UPDATE batch SET cleared = 1 WHERE id = {batch} AND state = 2");
        return false;
    }

    private static Sql Made(Caller caller) => caller.SeesWholeTenant
        ? Sql.Raw("1 = 1")
        : (Sql)$"b.node IN (SELECT n.id FROM node n WHERE n.tenant = {caller.Tenant} AND n.path LIKE {caller.NodePath + "%"})";

    private static Sql Seen(Caller caller) => caller.SeesWholeTenant
        ? Sql.Raw("1 = 1")
        : (Sql)$"({Made(caller)} OR EXISTS (SELECT 1 FROM batch_site s JOIN node n ON n.id = s.site WHERE s.tenant = b.tenant AND s.batch = b.id AND n.path LIKE {caller.NodePath + "%"}))";

    private static void Corrections(Tx tx, long tenant, long batch, RowChunk chunk)
    {
        var any = false;
        foreach (ref readonly var row in chunk.Activities)
        {
            any |= row.Target.Row > 0;
        }

        if (!any)
        {
            return;
        }

        using var bulk = tx.Bulk("correction", "tenant", "target_batch", "target_row", "batch", "row_number", "reason");
        foreach (ref readonly var row in chunk.Activities)
        {
            if (row.Target.Row > 0)
            {
                bulk.Int64(tenant);
                bulk.Int64(row.Target.Batch > 0 ? row.Target.Batch : batch);
                bulk.Int64(row.Target.Row);
                bulk.Int64(batch);
                bulk.Int64(row.Row);
                bulk.Text(chunk.Text(row.Note));
                bulk.EndRow();
            }
        }

        bulk.Complete();
    }

    private static void Text(Bulk bulk, RowChunk chunk, TextSpan span)
    {
        if (span.Length == 0)
        {
            bulk.Null();
        }
        else
        {
            bulk.Text(chunk.Text(span));
        }
    }

    private static Batch Map(Row r) => new(
        r.Int64(0), (BatchKind)r.Int32(1), (BatchState)r.Int32(2), r.Int64(3), r.Text(4), r.Text(5), r.Text(6), r.Int32(7), r.Int32(8), r.Int32(9), r.Instant(10), r.Text(11),
        r.InstantOrNull(12), r.Int64OrNull(13), r.BytesOrNull(14), r.BytesOrNull(15), r.BytesOrNull(16));
}
