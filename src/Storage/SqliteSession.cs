using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tanlu.Kernel;

namespace Tanlu.Storage;

/// <summary>
/// One connection to the SQLite file with its prepared statements. The driver opens it; statements go to the raw handle, which is three
/// times as fast as the driver's commands and lets a statement be prepared once.
/// </summary>
internal sealed class SqliteSession : IDisposable
{
    private const int BusyTimeoutMs = 5000;
    private const int BusyPauseMs = 5;
    private const int MostStatements = 200;
    private const int MultiThread = 2;
    private const int DqsDml = 1013;
    private const int DqsDdl = 1014;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, sqlite3_stmt> _statements = new(StringComparer.Ordinal);

    static SqliteSession()
    {
        // A session is used by one thread at a time, so the engine need not lock at every call: a quarter of a bulk insert's time. It must be
        // said before the engine starts; where something else started it first, it locks and stays right.
        Batteries_V2.Init();
        _ = raw.sqlite3_config(MultiThread);
    }

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    public sqlite3 Handle => _connection.Handle!;

    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    public static SqliteSession Open(StorageSettings settings, bool readOnly)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = settings.DatabaseFile,
            Pooling = false,
            DefaultTimeout = BusyTimeoutMs / 1000,
        }.ToString());
        var session = new SqliteSession(connection);
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(session.Handle, BusyTimeoutMs);

            // "name" is a column and never a text, as on PostgreSQL.
            raw.sqlite3_db_config(session.Handle, DqsDml, 0, out _);
            raw.sqlite3_db_config(session.Handle, DqsDdl, 0, out _);
            if (!readOnly)
            {
                session.UseWriteAheadLog();
            }

            session.Script(string.Create(CultureInfo.InvariantCulture, $"""
                PRAGMA synchronous = {(settings.DurableCommits ? "FULL" : "NORMAL")};
                PRAGMA foreign_keys = ON;
                PRAGMA recursive_triggers = ON;
                PRAGMA case_sensitive_like = ON;
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = {(readOnly ? -8192 : -65536)};
                PRAGMA wal_autocheckpoint = 4000;
                PRAGMA journal_size_limit = 67108864;
                PRAGMA query_only = {(readOnly ? 1 : 0)};
                """));
            return session;
        }
        catch (SqliteException unusable)
        {
            session.Dispose();
            throw Unusable(settings.DatabaseFile, unusable);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>A prepared statement for the caller alone; give it back.</summary>
    public sqlite3_stmt Rent(string sql)
    {
        if (_statements.Remove(sql, out var kept))
        {
            return kept;
        }

        Check(raw.sqlite3_prepare_v2(Handle, sql, out var statement, out var tail));
        if (statement.IsInvalid || !string.IsNullOrWhiteSpace(tail))
        {
            statement.Dispose();
            throw new ArgumentException("Exactly one statement is expected: " + sql);
        }

        return statement;
    }

    public void GiveBack(string sql, sqlite3_stmt statement)
    {
        raw.sqlite3_reset(statement);
        raw.sqlite3_clear_bindings(statement);
        if (_statements.Count >= MostStatements)
        {
            DropStatements();
        }

        if (!_statements.TryAdd(sql, statement))
        {
            statement.Dispose();
        }
    }

    public void Run(string sql)
    {
        var statement = Rent(sql);
        try
        {
            var code = raw.sqlite3_step(statement);
            if (code is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
            {
                throw Failure(code);
            }
        }
        finally
        {
            GiveBack(sql, statement);
        }
    }

    public void Script(string statements)
    {
        if (raw.sqlite3_exec(Handle, statements) is not raw.SQLITE_OK and var code)
        {
            throw Failure(code);
        }
    }

    public void Rollback()
    {
        if (InTransaction)
        {
            Run("ROLLBACK");
        }
    }

    public void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    /// <summary>The engine's last error as the exception that both engines share where they share one.</summary>
    public Exception Failure(int code)
    {
        const int primaryKey = 1555;
        const int unique = 2067;
        const int rowId = 2579;
        const int foreignKey = 787;
        const int dataType = 3091;

        var message = raw.sqlite3_errmsg(Handle).utf8_to_string();
        var extended = raw.sqlite3_extended_errcode(Handle);
        var failure = new SqliteException(message, code & 0xff, extended);
        return extended switch
        {
            unique or primaryKey or rowId => new UniqueViolation(TableIn(message), message, failure),
            foreignKey => new ForeignKeyViolation(message, failure),

            // An addition beyond 64 bits turns into a REAL, which a STRICT table then refuses.
            dataType when message.Contains("REAL value in INTEGER column", StringComparison.Ordinal) => new IntegerOverflow(message, failure),
            raw.SQLITE_ERROR when message == "integer overflow" => new IntegerOverflow(message, failure),
            raw.SQLITE_INTERRUPT => new OperationCanceledException(message, failure),
            _ => failure.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN ? Unusable(_connection.DataSource, failure) : failure,
        };
    }

    /// <summary>Why the file cannot be used, in words.</summary>
    private static Exception Unusable(string file, SqliteException failure) => failure.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => new DiskFull(file, failure),
        raw.SQLITE_NOTADB => DatabaseUnavailable.Because(new Problem("book_foreign", Found: file), failure),
        raw.SQLITE_CORRUPT => DatabaseUnavailable.Because(new Problem("book_damaged", Found: file, Args: [failure.Message]), failure),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => DatabaseUnavailable.Because(new Problem("book_unwritable", Found: file, Args: [Environment.UserName]), failure),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => DatabaseUnavailable.Because(new Problem("book_busy", Found: file), failure),
        _ => DatabaseUnavailable.Because(new Problem("book_io", Found: file, Args: [failure.Message]), failure),
    };

    public void Dispose()
    {
        DropStatements();
        _connection.Dispose();
    }

    // Does nothing to a book that has the log already. The switch turns a read into a write, and for that the engine waits for nobody: where several
    // processes open a new book at once, all but one are told that it is busy.
    private void UseWriteAheadLog()
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                Script("PRAGMA journal_mode = WAL");
                return;
            }
            catch (SqliteException busy) when (busy.SqliteErrorCode == raw.SQLITE_BUSY && Stopwatch.GetElapsedTime(started).TotalMilliseconds < BusyTimeoutMs)
            {
                Thread.Sleep(BusyPauseMs);
            }
        }
    }

    // "UNIQUE constraint failed: site.tenant, site.name"
    private static string TableIn(string message)
    {
        var columns = message.AsSpan(message.IndexOf(": ", StringComparison.Ordinal) + 2);
        var dot = columns.IndexOf('.');
        return dot < 0 ? "" : columns[..dot].ToString();
    }

    private void DropStatements()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
    }
}
