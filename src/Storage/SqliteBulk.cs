using SQLitePCL;

namespace Tanlu.Storage;

internal sealed class SqliteBulk : Bulk
{
    private readonly SqliteSession _session;
    private readonly string _sql;
    private readonly sqlite3_stmt _statement;
    private readonly int _columns;
    private int _column;

    public SqliteBulk(Tx tx, SqliteSession session, string sql, int columns)
        : base(tx)
    {
        _session = session;
        _sql = sql;
        _columns = columns;
        _statement = session.Rent(sql);
    }

    public override void Int64(long value) => Check(raw.sqlite3_bind_int64(_statement, ++_column, value));

    public override void Double(double value) => Check(raw.sqlite3_bind_double(_statement, ++_column, ValueRules.Finite(value)));

    public override void Text(ReadOnlySpan<byte> utf8)
    {
        ValueRules.Storable(utf8);
        Check(raw.sqlite3_bind_text(_statement, ++_column, utf8));
    }

    public override void Bytes(ReadOnlySpan<byte> value) => Check(raw.sqlite3_bind_blob(_statement, ++_column, value));

    public override void Null() => Check(raw.sqlite3_bind_null(_statement, ++_column));

    public override void EndRow()
    {
        if (_column != _columns)
        {
            throw new InvalidOperationException($"The row has {_column} of {_columns} values.");
        }

        _column = 0;
        var code = raw.sqlite3_step(_statement);
        if (code != raw.SQLITE_DONE)
        {
            throw _session.Failure(code);
        }

        raw.sqlite3_reset(_statement);
    }

    private protected override void Finish()
    {
        if (_column != 0)
        {
            throw new InvalidOperationException("The last row is not ended.");
        }
    }

    private protected override void Close(bool completed) => _session.GiveBack(_sql, _statement);

    private void Check(int code) => _session.Check(code);
}
