using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>The ids that a library's processes and flows have: one range, so that the rows of a library lie together in every table.</summary>
internal static class LibraryRange
{
    private const int Bits = 24;

    /// <summary>Rows of one kind that a library can ever have.</summary>
    public const long Size = 1L << Bits;

    public static long First(long library) => library << Bits;

    /// <summary>One past the last.</summary>
    public static long End(long library) => (library + 1) << Bits;

    public static long LibraryOf(long id) => id >> Bits;
}

/// <summary>The SQL of libraries and of what belongs to one as a whole. Rows of other tenants are never reached.</summary>
internal static class LibraryStore
{
    private static Sql Columns => Sql.Raw("""
        SELECT id, key, name, version, format, file_name, file_hash, licence, rights, own, state, revision, content, processes, flows, exchanges, methods, notes, made_at, made_by, made_by_name, link
        FROM lca_library
        """);

    public static List<Library> All(Tx tx, long tenant) => tx.Query($"{Columns} WHERE tenant = {tenant} AND state IN (1, 3) ORDER BY own DESC, name, id", Map);

    public static Library? Find(Tx tx, long tenant, long id) => tx.First($"{Columns} WHERE id = {id} AND tenant = {tenant} AND state IN (1, 3)", Map);

    /// <summary>A living library of this file, whether it is there or still coming in.</summary>
    public static Library? ByFile(Tx tx, long tenant, string hash) => tx.First($"{Columns} WHERE tenant = {tenant} AND file_hash = {hash} AND state < 2", Map);

    public static Library? ByClientKey(Tx tx, long tenant, string key) => tx.First($"{Columns} WHERE tenant = {tenant} AND client_key = {key} AND state < 2", Map);

    public static bool OwnNameTaken(Tx tx, long tenant, string key) => tx.Exists($"SELECT 1 FROM lca_library WHERE tenant = {tenant} AND own = 1 AND key = {key} AND state = 1");

    public static long Insert(Tx tx, long tenant, Library draft, string? clientKey) => tx.InsertId($"""
        INSERT INTO lca_library (tenant, key, name, version, format, file_name, file_hash, licence, rights, own, state, client_key, revision, content, next_process, next_flow, processes, flows, exchanges,
                                 methods, notes, link, made_at, made_by, made_by_name, touched_at, cleared)
        VALUES ({tenant}, {draft.Key}, {draft.Name}, {draft.Version}, {draft.Format}, {draft.FileName}, {draft.FileHash}, {draft.Licence}, {(int)draft.Rights}, {draft.Own}, {(int)draft.State}, {clientKey},
                {draft.Revision}, {(byte[]?)null}, 0, 0, 0, 0, 0, 0, 0, {(string?)null}, {draft.MadeAt}, {draft.MadeBy}, {draft.MadeByName}, {draft.MadeAt}, 0)
        """);

    /// <summary>Says that the import goes on; false where it was dropped meanwhile.</summary>
    public static bool Touch(Tx tx, long id, DateTimeOffset at) => tx.Execute($"UPDATE lca_library SET touched_at = {at} WHERE id = {id} AND state = 0") == 1;

    public static bool Finish(Tx tx, long tenant, Library library, byte[] content, long nextProcess, long nextFlow) => tx.Execute($"""
        UPDATE lca_library SET state = 1, content = {content}, next_process = {nextProcess}, next_flow = {nextFlow}, processes = {library.Processes}, flows = {library.Flows},
               exchanges = {library.Exchanges}, methods = {library.Methods}, notes = {library.Notes}, link = {(library.Link is { } link ? JsonSerializer.Serialize(link) : null)}
        WHERE id = {library.Id} AND tenant = {tenant} AND state = 0
        """) == 1;

    public static void MarkDropped(Tx tx, long id) => tx.Execute($"UPDATE lca_library SET state = 2 WHERE id = {id} AND state = 0");

    public static void SetState(Tx tx, long tenant, long id, LibraryState state) => tx.Execute($"UPDATE lca_library SET state = {(int)state}, revision = revision + 1 WHERE id = {id} AND tenant = {tenant}");

    public static void SetRights(Tx tx, long tenant, long id, DataRight rights) => tx.Execute($"UPDATE lca_library SET rights = {(int)rights}, revision = revision + 1 WHERE id = {id} AND tenant = {tenant}");

    /// <summary>Imports that were not touched since.</summary>
    public static List<long> Left(Tx tx, DateTimeOffset before) => tx.Query($"SELECT id FROM lca_library WHERE state = 0 AND touched_at < {before} ORDER BY id", r => r.Int64(0));

    public static DateTimeOffset? Touched(Tx tx, long id) => tx.First($"SELECT touched_at FROM lca_library WHERE id = {id}", r => (DateTimeOffset?)r.Instant(0));

    public static List<long> DroppedWithRows(Tx tx) => tx.Query($"SELECT id FROM lca_library WHERE state = 2 AND cleared = 0 ORDER BY id", r => r.Int64(0));

    /// <summary>Takes away a part of what a dropped import left; false once nothing is left.</summary>
    public static bool Clear(Tx tx, long id, int atOnce)
    {
        var (first, end) = (LibraryRange.First(id), LibraryRange.End(id));
        foreach (var (table, column) in ((string, string)[])[("lca_use", "flow"), ("lca_process_version", "process"), ("lca_process", "id"), ("lca_flow", "id"), ("lca_note", "library"), ("lca_part", "library")])
        {
            var whole = column == "library";
            var from = whole ? id : tx.First(Sql.Raw($"SELECT min({column}) FROM {table} WHERE {column} >= {first} AND {column} < {end}"), r => r.Int64OrNull(0));
            if (from is not { } at)
            {
                continue;
            }

            var to = whole ? id + 1 : Math.Min(end, at + atOnce);
            if (tx.Execute(Sql.Raw($"DELETE FROM {table} WHERE {column} >= {at} AND {column} < {to}")) > 0)
            {
                return true;
            }
        }

        tx.Execute($"UPDATE lca_library SET cleared = 1 WHERE id = {id}");
        return false;
    }

    /// <summary>Takes the next place for a row; also the lock under which changes of a library follow one another.</summary>
    /// <param name="flow">A flow's; otherwise a process's.</param>
    public static long TakePlace(Tx tx, long tenant, long id, bool flow)
    {
        var column = Sql.Raw(flow ? "next_flow" : "next_process");
        tx.Execute($"UPDATE lca_library SET {column} = {column} + 1 WHERE id = {id} AND tenant = {tenant}");
        return tx.Scalar($"SELECT {column} - 1 FROM lca_library WHERE id = {id} AND tenant = {tenant}");
    }

    /// <summary>Counts what a library of the tenant's own holds now, after a change.</summary>
    public static void Changed(Tx tx, long tenant, long id)
    {
        var (first, end) = (LibraryRange.First(id), LibraryRange.End(id));
        tx.Execute($"UPDATE lca_library SET revision = revision + 1 WHERE id = {id} AND tenant = {tenant}");
        var content = new LibraryContent();
        var exchanges = 0L;
        var processes = 0;
        tx.Each(
            $"""
            SELECT p.uid, v.sha256, p.exchanges FROM lca_process p JOIN lca_process_version v ON v.process = p.id AND v.number = p.version
            WHERE p.tenant = {tenant} AND p.id >= {first} AND p.id < {end} AND p.state = 1
            """,
            row =>
            {
                content.Add(row.Text(0), row.Bytes(1));
                exchanges += row.Int64(2);
                processes++;
            });
        var flows = tx.Scalar($"SELECT count(*) FROM lca_flow WHERE tenant = {tenant} AND id >= {first} AND id < {end}");
        tx.Execute($"UPDATE lca_library SET content = {content.Sum()}, processes = {processes}, flows = {flows}, exchanges = {exchanges} WHERE id = {id} AND tenant = {tenant}");
    }

    public static void SetPart(Tx tx, long tenant, long library, string kind, byte[] document)
    {
        tx.Execute($"DELETE FROM lca_part WHERE library = {library} AND kind = {kind} AND tenant = {tenant}");
        AddPart(tx, tenant, library, kind, 0, document);
    }

    public static List<Problem> Notes(Tx tx, long tenant, long library, int after, int take) => tx.Query(
        $"SELECT row_number, column_name, code, found, args FROM lca_note WHERE tenant = {tenant} AND library = {library} AND place >= {after} ORDER BY place LIMIT {take}",
        r => new Problem(r.Text(2), r.Int32OrNull(0), r.TextOrNull(1), r.TextOrNull(3), JsonSerializer.Deserialize<string[]>(r.Text(4))!));

    public static void AddNotes(Tx tx, long tenant, long library, IReadOnlyList<Problem> notes, int from)
    {
        using var bulk = tx.Bulk("lca_note", "library", "place", "tenant", "row_number", "column_name", "code", "found", "args");
        for (var at = 0; at < notes.Count; at++)
        {
            var note = notes[at];
            bulk.Int64(library);
            bulk.Int64(from + at);
            bulk.Int64(tenant);
            bulk.Int64((long?)note.Row);
            bulk.Text(note.Column);
            bulk.Text(note.Code);
            bulk.Text(note.Found);
            bulk.Text(JsonSerializer.Serialize(note.Args));
            bulk.EndRow();
        }

        bulk.Complete();
    }

    public static void AddPart(Tx tx, long tenant, long library, string kind, int place, byte[] document) =>
        tx.Execute($"INSERT INTO lca_part (library, kind, place, tenant, document) VALUES ({library}, {kind}, {place}, {tenant}, {document})");

    /// <param name="kinds">Kinds that are wanted; none given means all.</param>
    public static List<(string Kind, byte[] Document)> Parts(Tx tx, long tenant, long library, params IReadOnlyList<string> kinds) => tx.Query(
        $"SELECT kind, document FROM lca_part WHERE tenant = {tenant} AND library = {library} {(kinds.Count > 0 ? (Sql)$"AND kind IN {Sql.In(kinds)}" : Sql.Empty)} ORDER BY kind, place",
        r => (r.Text(0), r.Bytes(1)));

    private static Library Map(Row r) => new(
        r.Int64(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5), r.TextOrNull(6), r.Text(7), (DataRight)r.Int32(8), r.Bool(9), (LibraryState)r.Int32(10), r.Int64(11),
        r.BytesOrNull(12) is { } content ? Convert.ToHexStringLower(content) : "", r.Int32(13), r.Int32(14), r.Int64(15), r.Int32(16), r.Int32(17), r.Instant(18), r.Int64(19), r.Text(20))
    {
        Link = r.TextOrNull(21) is { } link ? JsonSerializer.Deserialize<LinkSummary>(link) : null,
    };
}
