using Npgsql;
using NpgsqlTypes;

namespace Tanlu.Storage;

internal sealed class PostgresTx : Tx
{
    private readonly NpgsqlConnection _connection;
    private readonly CancellationToken _ct;

    private PostgresTx(NpgsqlConnection connection, CancellationToken ct)
    {
        _connection = connection;
        _ct = ct;
    }

    public override Dialect Dialect => Dialect.Postgres;

    public static T Run<T>(NpgsqlConnection connection, string begin, Func<Tx, T> work, CancellationToken ct)
    {
        var tx = new PostgresTx(connection, ct);
        tx.Plain(begin);
        var done = false;
        try
        {
            var result = work(tx);
            if (tx.Failed)
            {
                throw new InvalidOperationException("A statement of this transaction failed, so it is not committed.");
            }

            tx.Plain("COMMIT");
            done = true;
            return result;
        }
        finally
        {
            if (!done)
            {
                tx.RollBack();
            }
        }
    }

    private protected override void RunEach(Sql sql, Func<Row, bool> row) => Mapped(() =>
    {
        using var command = Command(sql);
        using var cancelled = _ct.UnsafeRegister(static c => ((NpgsqlCommand)c!).Cancel(), command);
        using var reader = command.ExecuteReader();
        var current = new PostgresRow(reader);
        while (reader.Read() && row(current))
        {
        }

        return true;
    });

    private protected override int RunExecute(Sql sql) => Mapped(() =>
    {
        using var command = Command(sql);
        return Math.Max(0, command.ExecuteNonQuery());
    });

    private protected override void RunScript(string statements) => Mapped(() =>
    {
        Plain(statements);
        return true;
    });

    private protected override Bulk RunBulk(string table, string[] columns) => Mapped(() =>
        new PostgresBulk(this, Copy(table, columns), columns.Length, merge: null));

    private protected override Bulk RunAccumulate(string table, string[] keys, string[] sums)
    {
        // COPY cannot merge, so the rows go into a table of this transaction first.
        const string staging = "accumulating";
        var columns = string.Join(", ", keys.Concat(sums));
        Mapped(() =>
        {
            Plain($"CREATE TEMP TABLE {staging} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA");
            return true;
        });
        var key = string.Join(", ", keys);
        var merge = $"""
            INSERT INTO {table} ({columns})
            SELECT {key}, {string.Join(", ", sums.Select(s => $"CAST(sum({s}) AS BIGINT)"))} FROM {staging} GROUP BY {key} ORDER BY {key}
            ON CONFLICT ({key}) DO UPDATE SET {string.Join(", ", sums.Select(s => $"{s} = {table}.{s} + excluded.{s}"))};
            DROP TABLE {staging}
            """;
        return Mapped(() => new PostgresBulk(this, Copy(staging, [.. keys, .. sums]), keys.Length + sums.Length, merge));
    }

    /// <summary>Runs <paramref name="statement"/> with PostgreSQL's errors as the exceptions both engines share, where they share one.</summary>
    internal T Mapped<T>(Func<T> statement)
    {
        try
        {
            return statement();
        }
        catch (PostgresException failure)
        {
            throw failure.SqlState switch
            {
                PostgresErrorCodes.UniqueViolation => new UniqueViolation(failure.TableName ?? "", failure.MessageText, failure),
                PostgresErrorCodes.ForeignKeyViolation => new ForeignKeyViolation(failure.MessageText, failure),
                PostgresErrorCodes.NumericValueOutOfRange => new IntegerOverflow(failure.MessageText, failure),
                PostgresErrorCodes.QueryCanceled when _ct.IsCancellationRequested => new OperationCanceledException(failure.MessageText, failure, _ct),
                _ => failure,
            };
        }
    }

    internal void Plain(string sql)
    {
        // A migration or a merge may take longer than any query should.
        using var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 0 };
        command.ExecuteNonQuery();
    }

    private void RollBack()
    {
        try
        {
            if (_connection.State == System.Data.ConnectionState.Open)
            {
                Plain("ROLLBACK");
            }
        }
        catch (NpgsqlException)
        {
            // The connection is lost, which ends the transaction too; what the work threw says more.
        }
    }

    private NpgsqlBinaryImporter Copy(string table, string[] columns) =>
        _connection.BeginBinaryImport($"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY)");

    private NpgsqlCommand Command(Sql sql)
    {
        var command = new NpgsqlCommand(sql.Text, _connection);
        foreach (var value in sql.Values)
        {
            command.Parameters.Add(value switch
            {
                { IsNull: true } => new NpgsqlParameter { NpgsqlDbType = TypeOf(value.Kind), Value = DBNull.Value },
                { Kind: SqlKind.Int64 } => new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint, TypedValue = value.Int64 },
                { Kind: SqlKind.Double } => new NpgsqlParameter<double> { NpgsqlDbType = NpgsqlDbType.Double, TypedValue = value.Double },
                { Kind: SqlKind.Text } => new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlDbType.Text, TypedValue = value.Text },
                _ => new NpgsqlParameter<byte[]> { NpgsqlDbType = NpgsqlDbType.Bytea, TypedValue = value.Bytes },
            });
        }

        return command;
    }

    private static NpgsqlDbType TypeOf(SqlKind kind) => kind switch
    {
        SqlKind.Int64 => NpgsqlDbType.Bigint,
        SqlKind.Double => NpgsqlDbType.Double,
        SqlKind.Text => NpgsqlDbType.Text,
        _ => NpgsqlDbType.Bytea,
    };

    private sealed class PostgresRow(NpgsqlDataReader reader) : Row
    {
        public override bool IsNull(int column) => reader.IsDBNull(column);

        // sum(bigint) is numeric here: a range check instead of a cast in every query would hide where SQLite raises.
        public override long Int64(int column) =>
            reader.GetFieldType(column) == typeof(decimal)
                ? throw new InvalidCastException($"Column {column} is numeric; write CAST(… AS BIGINT).")
                : reader.GetInt64(column);

        public override double Double(int column) => reader.GetDouble(column);

        public override string Text(int column) => reader.GetString(column);

        public override byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

        public override bool Bool(int column) =>
            reader.GetFieldType(column) == typeof(bool) ? reader.GetBoolean(column) : Int64(column) != 0;
    }
}
