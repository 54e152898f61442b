namespace Tanlu.Storage;

/// <summary>
/// One transaction, synchronous inside. Every statement is an interpolated string whose holes become parameters:
/// <c>tx.Query($"SELECT id, name FROM node WHERE tenant = {tenant}", r => new Node(r.Int64(0), r.Text(1)))</c>.
/// After a statement failed the transaction is over: every further statement and the commit fail too, on both engines.
/// </summary>
public abstract class Tx
{
    private bool _bulkOpen;
    private bool _inside;

    public abstract Dialect Dialect { get; }

    private protected bool Failed { get; set; }

    /// <summary>All rows, mapped while they are read.</summary>
    public List<T> Query<T>(Sql sql, Func<Row, T> map)
    {
        var rows = new List<T>();
        Each(sql, row =>
        {
            rows.Add(map(row));
            return true;
        });
        return rows;
    }

    /// <summary>Calls <paramref name="row"/> for each row without keeping any: for exports that do not fit in memory.</summary>
    public void Each(Sql sql, Action<Row> row) => Each(sql, r =>
    {
        row(r);
        return true;
    });

    /// <summary>The first row, or default where there is none: map to a nullable type where default is a value too.</summary>
    public T? First<T>(Sql sql, Func<Row, T> map)
    {
        T? first = default;
        Each(sql, row =>
        {
            first = map(row);
            return false;
        });
        return first;
    }

    /// <summary>The first column of the first row as an integer; 0 where there is no row or it is NULL, as for a sum of nothing.</summary>
    public long Scalar(Sql sql) => First(sql, row => row.Int64OrNull(0)) ?? 0;

    /// <summary>Whether the query has a row.</summary>
    public bool Exists(Sql sql) => First(sql, _ => true);

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public int Execute(Sql sql) => Guarded(() => RunExecute(sql));

    /// <summary>Runs an INSERT into a table with an identity column <c>id</c> and returns the new id.</summary>
    public long InsertId(Sql sql) =>
        First(Sql.Returning(sql), row => (long?)row.Int64(0)) ?? throw new InvalidOperationException("The INSERT added no row: " + sql.Text);

    /// <summary>
    /// Adds many rows: prepared inserts on SQLite, COPY BINARY on PostgreSQL. While it is open the transaction does nothing else;
    /// <see cref="Storage.Bulk.Complete"/> ends it well, and disposing without that fails the unit of work.
    /// </summary>
    public Bulk Bulk(string table, params string[] columns) => Guarded(() => OpenBulk(Named(table), Array.ConvertAll(columns, Named)));

    /// <summary>
    /// Adds many rows of integers to a table of sums: a row whose <paramref name="keys"/> exist is added to theirs, any other is inserted.
    /// Columns are given in the order keys, then sums. The keys need a unique index and hold no NULL. A sum beyond 64 bits is an <see cref="IntegerOverflow"/>.
    /// </summary>
    public Bulk Accumulate(string table, string[] keys, string[] sums) =>
        Guarded(() => OpenAccumulate(Named(table), Array.ConvertAll(keys, Named), Array.ConvertAll(sums, Named)));

    /// <summary>Runs several statements without parameters, as migrations are.</summary>
    internal void Script(string statements) => Guarded(() =>
    {
        RunScript(statements);
        return true;
    });

    /// <summary>References are looked at when the unit ends and no sooner. PostgreSQL looks at the end of a COPY in any case.</summary>
    internal void DeferReferences()
    {
        if (Dialect == Dialect.Sqlite)
        {
            Script("PRAGMA defer_foreign_keys = ON");
        }
    }

    internal void BulkClosed(bool completed)
    {
        _bulkOpen = false;
        Failed |= !completed;
    }

    private protected abstract void RunEach(Sql sql, Func<Row, bool> row);

    private protected abstract int RunExecute(Sql sql);

    private protected abstract void RunScript(string statements);

    private protected abstract Bulk RunBulk(string table, string[] columns);

    private protected abstract Bulk RunAccumulate(string table, string[] keys, string[] sums);

    // Table and column names stand in the text itself, so they are held to plain names.
    internal static string Named(string name) =>
        name.Length > 0 && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')
            ? name
            : throw new ArgumentException("Not a name of a table or column: " + name);

    private Bulk OpenBulk(string table, string[] columns)
    {
        var bulk = RunBulk(table, columns);
        _bulkOpen = true;
        return bulk;
    }

    private Bulk OpenAccumulate(string table, string[] keys, string[] sums)
    {
        var bulk = RunAccumulate(table, keys, sums);
        _bulkOpen = true;
        return bulk;
    }

    private void Each(Sql sql, Func<Row, bool> row) => Guarded(() =>
    {
        RunEach(sql, row);
        return true;
    });

    private T Guarded<T>(Func<T> statement)
    {
        if (Failed)
        {
            throw new InvalidOperationException("An earlier statement of this transaction failed.");
        }

        if (_bulkOpen)
        {
            throw new InvalidOperationException("A bulk is open; complete it first.");
        }

        if (_inside)
        {
            throw new InvalidOperationException("A statement ran while the rows of another were read; read them into a list first.");
        }

        var done = false;
        _inside = true;
        try
        {
            var result = statement();
            done = true;
            return result;
        }
        finally
        {
            _inside = false;
            Failed |= !done;
        }
    }
}
