namespace Tanlu.Numerics;

/// <summary>A matrix by columns: of each column the rows that are not zero, in ascending order, and their values.</summary>
public sealed class SparseMatrix
{
    private readonly int[] _starts;
    private readonly int[] _rows;
    private readonly double[] _values;

    private SparseMatrix(int rows, int[] starts, int[] row, double[] values)
    {
        Rows = rows;
        _starts = starts;
        _rows = row;
        _values = values;
    }

    public int Rows { get; }

    public int Columns => _starts.Length - 1;

    /// <summary>Stored entries; zeros that were given are stored too.</summary>
    public int Count => _rows.Length;

    internal ReadOnlySpan<int> Starts => _starts;

    internal ReadOnlySpan<int> AllRows => _rows;

    internal ReadOnlySpan<double> AllValues => _values;

    /// <summary>From entries in any order; entries of the same place are added.</summary>
    /// <exception cref="ArgumentException">The three lists differ in length, or a place lies outside the matrix.</exception>
    public static SparseMatrix FromTriplets(int rows, int columns, ReadOnlySpan<int> row, ReadOnlySpan<int> column, ReadOnlySpan<double> value)
    {
        if (row.Length != column.Length || row.Length != value.Length)
        {
            throw new ArgumentException("Rows, columns and values are as many as each other.", nameof(row));
        }

        // Sorting by counting twice, first by row and then by column, leaves the rows of each column in order.
        var byRow = Ordered(row, rows);
        var counts = new int[columns + 1];
        foreach (var c in column)
        {
            counts[c + 1]++;
        }

        for (var c = 0; c < columns; c++)
        {
            counts[c + 1] += counts[c];
        }

        var rowOut = new int[row.Length];
        var valueOut = new double[row.Length];
        var next = counts.AsSpan(0, columns).ToArray();
        foreach (var entry in byRow)
        {
            var place = next[column[entry]]++;
            rowOut[place] = row[entry];
            valueOut[place] = value[entry];
        }

        return Merged(rows, counts, rowOut, valueOut);
    }

    public ReadOnlySpan<int> RowsOf(int column) => _rows.AsSpan(_starts[column].._starts[column + 1]);

    public ReadOnlySpan<double> ValuesOf(int column) => _values.AsSpan(_starts[column].._starts[column + 1]);

    /// <summary>The value at a place; zero where none is stored.</summary>
    public double At(int row, int column)
    {
        var place = RowsOf(column).BinarySearch(row);
        return place < 0 ? 0 : ValuesOf(column)[place];
    }

    /// <summary>M x.</summary>
    public double[] Times(ReadOnlySpan<double> x)
    {
        var result = new double[Rows];
        for (var column = 0; column < Columns; column++)
        {
            var by = x[column];
            if (by == 0)
            {
                continue;
            }

            var rows = RowsOf(column);
            var values = ValuesOf(column);
            for (var i = 0; i < rows.Length; i++)
            {
                result[rows[i]] += values[i] * by;
            }
        }

        return result;
    }

    public SparseMatrix Transposed()
    {
        var starts = new int[Rows + 1];
        foreach (var row in _rows)
        {
            starts[row + 1]++;
        }

        for (var row = 0; row < Rows; row++)
        {
            starts[row + 1] += starts[row];
        }

        var rows = new int[Count];
        var values = new double[Count];
        var next = starts.AsSpan(0, Rows).ToArray();
        for (var column = 0; column < Columns; column++)
        {
            for (var i = _starts[column]; i < _starts[column + 1]; i++)
            {
                var place = next[_rows[i]]++;
                rows[place] = column;
                values[place] = _values[i];
            }
        }

        return new SparseMatrix(Columns, starts, rows, values);
    }

    private static int[] Ordered(ReadOnlySpan<int> keys, int range)
    {
        var next = new int[range + 1];
        foreach (var key in keys)
        {
            if ((uint)key >= (uint)range)
            {
                throw new ArgumentException($"There is no row {key} among {range}.", nameof(keys));
            }

            next[key + 1]++;
        }

        for (var i = 0; i < range; i++)
        {
            next[i + 1] += next[i];
        }

        var order = new int[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            order[next[keys[i]]++] = i;
        }

        return order;
    }

    private static SparseMatrix Merged(int rowCount, int[] starts, int[] rows, double[] values)
    {
        var columns = starts.Length - 1;
        var kept = 0;
        var from = 0;
        for (var column = 0; column < columns; column++)
        {
            var until = starts[column + 1];
            var first = kept;
            for (var i = from; i < until; i++)
            {
                if (kept > first && rows[kept - 1] == rows[i])
                {
                    values[kept - 1] += values[i];
                }
                else
                {
                    rows[kept] = rows[i];
                    values[kept++] = values[i];
                }
            }

            from = until;
            starts[column + 1] = kept;
        }

        return kept == rows.Length ? new SparseMatrix(rowCount, starts, rows, values) : new SparseMatrix(rowCount, starts, rows[..kept], values[..kept]);
    }
}
