using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tanlu.Storage;

internal sealed class SqliteTx(SqliteSession session) : Tx
{
    public override Dialect Dialect => Dialect.Sqlite;

    public static T Run<T>(SqliteSession session, string begin, Func<Tx, T> work)
    {
        session.Run(begin);
        try
        {
            var tx = new SqliteTx(session);
            var result = work(tx);
            tx.Commit();
            return result;
        }
        finally
        {
            session.Rollback();
        }
    }

    private protected override void RunEach(Sql sql, Func<Row, bool> row)
    {
        var statement = session.Rent(sql.Text);
        try
        {
            Bind(statement, sql);
            var current = new SqliteRow(statement);
            while (Step(statement))
            {
                if (!row(current))
                {
                    // RETURNING hands out its rows only after the change is made, so stopping early loses nothing.
                    return;
                }
            }
        }
        finally
        {
            session.GiveBack(sql.Text, statement);
        }
    }

    private protected override int RunExecute(Sql sql)
    {
        var statement = session.Rent(sql.Text);
        try
        {
            Bind(statement, sql);
            var before = raw.sqlite3_total_changes(session.Handle);
            while (Step(statement))
            {
            }

            // sqlite3_changes keeps the count of an earlier statement where this one changed nothing by its nature.
            return raw.sqlite3_total_changes(session.Handle) == before ? 0 : raw.sqlite3_changes(session.Handle);
        }
        finally
        {
            session.GiveBack(sql.Text, statement);
        }
    }

    private protected override void RunScript(string statements) => session.Script(statements);

    private protected override Bulk RunBulk(string table, string[] columns) =>
        new SqliteBulk(this, session, $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({Holes(columns.Length)})", columns.Length);

    private protected override Bulk RunAccumulate(string table, string[] keys, string[] sums)
    {
        var columns = string.Join(", ", keys.Concat(sums));
        var added = string.Join(", ", sums.Select(s => $"{s} = {table}.{s} + excluded.{s}"));
        return new SqliteBulk(
            this,
            session,
            $"INSERT INTO {table} ({columns}) VALUES ({Holes(keys.Length + sums.Length)}) ON CONFLICT ({string.Join(", ", keys)}) DO UPDATE SET {added}",
            keys.Length + sums.Length);
    }

    private static string Holes(int count) => string.Join(", ", Enumerable.Repeat("?", count));

    private void Commit()
    {
        if (Failed)
        {
            throw new InvalidOperationException("A statement of this transaction failed, so it is not committed.");
        }

        session.Run("COMMIT");
    }

    private bool Step(sqlite3_stmt statement) => raw.sqlite3_step(statement) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        var code => throw session.Failure(code),
    };

    private void Bind(sqlite3_stmt statement, Sql sql)
    {
        for (var i = 0; i < sql.Values.Count; i++)
        {
            var value = sql.Values[i];
            session.Check(value switch
            {
                { IsNull: true } => raw.sqlite3_bind_null(statement, i + 1),
                { Kind: SqlKind.Int64 } => raw.sqlite3_bind_int64(statement, i + 1, value.Int64),
                { Kind: SqlKind.Double } => raw.sqlite3_bind_double(statement, i + 1, value.Double),
                { Kind: SqlKind.Text } => raw.sqlite3_bind_text(statement, i + 1, ValueRules.Utf8.GetBytes(value.Text!)),
                _ => raw.sqlite3_bind_blob(statement, i + 1, value.Bytes!),
            });
        }
    }
}
