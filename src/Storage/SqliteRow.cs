using System.Runtime.InteropServices;
using SQLitePCL;

namespace Tanlu.Storage;

/// <summary>The row that a statement stands on. Numbers are read by direct calls into the SQLite library: a statement reads two million of them.</summary>
internal sealed partial class SqliteRow(sqlite3_stmt statement) : Row
{
    private const string Library = "e_sqlite3";

    // The statement is rented for as long as its rows are read, so its handle cannot go in between.
    private readonly nint _raw = statement.DangerousGetHandle();

    public override bool IsNull(int column) => ColumnType(_raw, column) == raw.SQLITE_NULL;

    public override long Int64(int column)
    {
        Expect(column, raw.SQLITE_INTEGER);
        return ColumnInt64(_raw, column);
    }

    public override double Double(int column)
    {
        Expect(column, raw.SQLITE_FLOAT);
        return ColumnDouble(_raw, column);
    }

    public override string Text(int column)
    {
        Expect(column, raw.SQLITE_TEXT);
        return raw.sqlite3_column_text(statement, column).utf8_to_string();
    }

    public override byte[] Bytes(int column)
    {
        Expect(column, raw.SQLITE_BLOB);
        return raw.sqlite3_column_blob(statement, column).ToArray();
    }

    public override bool Bool(int column) => Int64(column) != 0;

    private static string Name(int type) => type switch
    {
        raw.SQLITE_INTEGER => "an integer",
        raw.SQLITE_FLOAT => "a real number",
        raw.SQLITE_TEXT => "a text",
        raw.SQLITE_BLOB => "bytes",
        _ => "NULL",
    };

    // These return at once, so the garbage collector need not be told of them.
    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    [SuppressGCTransition]
    private static partial int ColumnType(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    [SuppressGCTransition]
    private static partial long ColumnInt64(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_double")]
    [SuppressGCTransition]
    private static partial double ColumnDouble(nint statement, int column);

    private void Expect(int column, int type)
    {
        var found = ColumnType(_raw, column);
        if (found != type)
        {
            throw new InvalidCastException($"Column {column} ({raw.sqlite3_column_name(statement, column).utf8_to_string()}) holds {Name(found)}, not {Name(type)}.");
        }
    }
}
