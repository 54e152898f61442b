using System.Text.RegularExpressions;

namespace Tanlu.Storage;

/// <param name="Kind">The type on both engines.</param>
internal sealed record ColumnShape(string Name, SqlKind Kind);

/// <summary>A table as the engine itself describes it, in words that both engines share.</summary>
/// <param name="Key">Columns of the primary key; rows are read in their order.</param>
/// <param name="Identity">Whether <c>id</c> is handed out by the engine and never twice.</param>
/// <param name="RefersTo">Tables that rows of this one point at.</param>
internal sealed record TableShape(string Name, IReadOnlyList<ColumnShape> Columns, IReadOnlyList<string> Key, bool Identity, IReadOnlyList<string> RefersTo)
{
    public string Select => $"SELECT {string.Join(", ", Columns.Select(c => Quoted(c.Name)))} FROM {Quoted(Name)} ORDER BY {string.Join(", ", Key.Select(Quoted))}";

    public IEnumerable<string> BlobColumns => Columns.Where(c => c.Kind == SqlKind.Text && (c.Name.EndsWith("hash", StringComparison.Ordinal) || c.Name is "evidence" or "blob")).Select(c => c.Name);

    /// <summary>Columns that hold the order of a job, in which a blob may be named among other words.</summary>
    public IEnumerable<string> PayloadColumns => Columns.Where(c => c.Kind == SqlKind.Text && c.Name == "payload").Select(c => c.Name);

    /// <summary>The book's tables by name.</summary>
    public static List<TableShape> All(Tx tx) => tx.Dialect == Dialect.Sqlite ? OfSqlite(tx) : OfPostgres(tx);

    /// <summary>The tables so that each stands behind those that it points at.</summary>
    public static List<TableShape> InOrderOfReference(IReadOnlyList<TableShape> tables)
    {
        var ordered = new List<TableShape>();
        var placed = new HashSet<string>(StringComparer.Ordinal);
        while (ordered.Count < tables.Count)
        {
            var next = tables.Where(t => !placed.Contains(t.Name) && t.RefersTo.All(r => r == t.Name || placed.Contains(r))).ToList();
            if (next.Count == 0)
            {
                throw new InvalidDataException("Tables point at each other in a circle: " + string.Join(", ", tables.Select(t => t.Name).Where(n => !placed.Contains(n))));
            }

            ordered.AddRange(next);
            placed.UnionWith(next.Select(t => t.Name));
        }

        return ordered;
    }

    public static string Quoted(string name) => $"\"{name}\"";

    private static List<TableShape> OfSqlite(Tx tx)
    {
        var tables = tx.Query(
            $"SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name", r => (Name: r.Text(0), Sql: r.Text(1)));
        return tables.ConvertAll(table =>
        {
            var columns = tx.Query($"SELECT name, type, pk FROM pragma_table_info({table.Name}) ORDER BY cid", r => (Name: r.Text(0), Type: r.Text(1), Place: r.Int64(2)));
            return new TableShape(
                table.Name,
                columns.ConvertAll(c => new ColumnShape(c.Name, KindOf(c.Type, table.Name, c.Name))),
                [.. columns.Where(c => c.Place > 0).OrderBy(c => c.Place).Select(c => c.Name)],
                table.Sql.Contains("AUTOINCREMENT", StringComparison.Ordinal),
                tx.Query($"SELECT DISTINCT \"table\" FROM pragma_foreign_key_list({table.Name})", r => r.Text(0)));
        });
    }

    private static List<TableShape> OfPostgres(Tx tx)
    {
        var columns = tx.Query(
            $"""
            SELECT t.relname::text, a.attname::text, format_type(a.atttypid, NULL), a.attidentity::text <> '', coalesce(array_position(i.indkey::int2[], a.attnum), -1)::bigint
            FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_attribute a ON a.attrelid = t.oid
                 LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
            WHERE n.nspname = current_schema() AND t.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY t.relname COLLATE "C", a.attnum
            """,
            r => (Table: r.Text(0), Name: r.Text(1), Type: r.Text(2), Identity: r.Bool(3), Place: r.Int64(4)));
        var references = tx.Query(
            $"""
            SELECT t.relname::text, f.relname::text FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
                 JOIN pg_namespace n ON n.oid = t.relnamespace
            WHERE c.contype = 'f' AND n.nspname = current_schema()
            """,
            r => (Table: r.Text(0), To: r.Text(1))).ToLookup(r => r.Table, r => r.To);
        return
        [
            .. columns.GroupBy(c => c.Table).Select(table => new TableShape(
                table.Key,
                [.. table.Select(c => new ColumnShape(c.Name, KindOf(c.Type, table.Key, c.Name)))],
                [.. table.Where(c => c.Place >= 0).OrderBy(c => c.Place).Select(c => c.Name)],
                table.Any(c => c.Identity),
                [.. references[table.Key].Distinct()])),
        ];
    }

    private static SqlKind KindOf(string type, string table, string column) => type switch
    {
        "INTEGER" or "bigint" => SqlKind.Int64,
        "REAL" or "double precision" => SqlKind.Double,
        "TEXT" or "text" => SqlKind.Text,
        "BLOB" or "bytea" => SqlKind.Bytes,
        _ => throw new InvalidDataException($"{table}.{column} is of the type {type}, which is none of ours."),
    };
}

/// <summary>The blobs that rows name. Every module calls such a column <c>hash</c>, <c>*_hash</c>, <c>blob</c> or <c>evidence</c>, or keeps it in a <c>payload</c>; one too many only keeps a file longer.</summary>
internal static partial class BlobNames
{
    public static HashSet<BlobHash> In(Tx tx, IReadOnlyList<TableShape> tables)
    {
        var named = new HashSet<BlobHash>();
        foreach (var (table, column) in tables.SelectMany(t => t.BlobColumns.Select(c => (TableShape.Quoted(t.Name), TableShape.Quoted(c)))))
        {
            tx.Each(
                Sql.Raw($"SELECT DISTINCT {column} FROM {table} WHERE length({column}) = 64"),
                row =>
                {
                    if (BlobHash.TryParse(row.Text(0)) is { } hash)
                    {
                        named.Add(hash);
                    }
                });
        }

        foreach (var (table, column) in tables.SelectMany(t => t.PayloadColumns.Select(c => (TableShape.Quoted(t.Name), TableShape.Quoted(c)))))
        {
            tx.Each(Sql.Raw($"SELECT {column} FROM {table}"), row => named.UnionWith(Hash().Matches(row.TextOrNull(0) ?? "").Select(m => BlobHash.Parse(m.Value))));
        }

        return named;
    }

    [GeneratedRegex("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")]
    private static partial Regex Hash();
}

/// <summary>The highest id that a table ever gave: an id is never given twice, also after its row is gone and the book has moved.</summary>
internal static class Identities
{
    public static long Last(Tx tx, TableShape table) => tx.Dialect == Dialect.Sqlite
        ? tx.Scalar($"SELECT max(seq) FROM sqlite_sequence WHERE name = {table.Name}")
        : tx.Scalar(Sql.Raw($"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {Sequence(tx, table)}"));

    public static void Set(Tx tx, TableShape table, long last)
    {
        if (last == 0)
        {
            return;
        }

        if (tx.Dialect == Dialect.Sqlite)
        {
            tx.Execute($"DELETE FROM sqlite_sequence WHERE name = {table.Name}");
            tx.Execute($"INSERT INTO sqlite_sequence (name, seq) VALUES ({table.Name}, {last})");
            return;
        }

        tx.First($"SELECT setval(CAST({Sequence(tx, table)} AS regclass), {last}, true)", r => r.Int64(0));
    }

    private static string Sequence(Tx tx, TableShape table) =>
        tx.First($"SELECT pg_get_serial_sequence(format('%I.%I', current_schema(), {table.Name}), 'id')", r => r.Text(0)) ?? throw new InvalidDataException($"{table.Name} hands out no ids.");
}
