using System.Runtime.InteropServices;
using SQLitePCL;

namespace Tanlu.Storage;

/// <summary>
/// A prepared insert that is bound and stepped by direct calls into the SQLite library: the managed wrapper's checks and its copy of each text
/// into memory of SQLite's own cost more than the insert itself.
/// </summary>
internal sealed unsafe partial class SqliteBulk : Bulk
{
    private const string Library = "e_sqlite3";

    private readonly SqliteSession _session;
    private readonly string _sql;
    private readonly sqlite3_stmt _statement;
    private readonly nint _raw;
    private readonly int _columns;

    // The texts and bytes of the current row. SQLite reads them in place, so the memory is pinned, and a buffer that was too small stays until the row is done.
    private readonly List<byte[]> _outgrown = [];
    private byte[] _buffer = Pinned(1024);
    private int _used;
    private int _column;

    public SqliteBulk(Tx tx, SqliteSession session, string sql, int columns)
        : base(tx)
    {
        _session = session;
        _sql = sql;
        _columns = columns;
        _statement = session.Rent(sql);
        _raw = _statement.DangerousGetHandle();
    }

    public override void Int64(long value) => Check(BindInt64(_raw, ++_column, value));

    public override void Double(double value) => Check(BindDouble(_raw, ++_column, ValueRules.Finite(value)));

    public override void Text(ReadOnlySpan<byte> utf8)
    {
        ValueRules.Storable(utf8);
        Check(BindText(_raw, ++_column, Kept(utf8), utf8.Length, 0));
    }

    public override void Bytes(ReadOnlySpan<byte> value) => Check(BindBlob(_raw, ++_column, Kept(value), value.Length, 0));

    public override void Null() => Check(BindNull(_raw, ++_column));

    public override void EndRow()
    {
        if (_column != _columns)
        {
            throw new InvalidOperationException($"The row has {_column} of {_columns} values.");
        }

        _column = 0;
        _used = 0;
        var code = Step(_raw);
        if (code != raw.SQLITE_DONE)
        {
            throw _session.Failure(code);
        }

        Reset(_raw);
        if (_outgrown.Count > 0)
        {
            _outgrown.Clear();
        }
    }

    private protected override void Finish()
    {
        if (_column != 0)
        {
            throw new InvalidOperationException("The last row is not ended.");
        }
    }

    private protected override void Close(bool completed) => _session.GiveBack(_sql, _statement);

    private static byte[] Pinned(int size) => GC.AllocateUninitializedArray<byte>(size, pinned: true);

    // The calls that only note a value return at once, so the garbage collector need not be told of them.
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    [SuppressGCTransition]
    private static partial int BindInt64(nint statement, int column, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_double")]
    [SuppressGCTransition]
    private static partial int BindDouble(nint statement, int column, double value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    [SuppressGCTransition]
    private static partial int BindNull(nint statement, int column);

    /// <param name="destructor">0: the memory stays where it is until the row is done.</param>
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    [SuppressGCTransition]
    private static partial int BindText(nint statement, int column, byte* value, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    [SuppressGCTransition]
    private static partial int BindBlob(nint statement, int column, byte* value, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    private static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    private static partial int Reset(nint statement);

    private byte* Kept(ReadOnlySpan<byte> value)
    {
        if (_buffer.Length - _used < value.Length)
        {
            _outgrown.Add(_buffer);
            _buffer = Pinned(Math.Max(_buffer.Length, value.Length) * 2);
            _used = 0;
        }

        value.CopyTo(_buffer.AsSpan(_used));
        var kept = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, _used);
        _used += value.Length;
        return kept;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw _session.Failure(code);
        }
    }
}
