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
    public int Count => _starts[^1];

    internal ReadOnlySpan<int> Starts => _starts;

    internal ReadOnlySpan<int> AllRows => _rows.AsSpan(0, Count);

    internal ReadOnlySpan<double> AllValues => _values.AsSpan(0, Count);

    /// <summary>From entries in any order; entries of the same place are added.</summary>
    /// <exception cref="ArgumentException">The three lists differ in length, or a place lies outside the matrix.</exception>
    public static SparseMatrix FromTriplets(int rows, int columns, ReadOnlySpan<int> row, ReadOnlySpan<int> column, ReadOnlySpan<double> value)
    {
        if (row.Length != column.Length || row.Length != value.Length)
        {
            throw new ArgumentException("Rows, columns and values are as many as each other.", nameof(row));
        }

        var starts = new int[columns + 1];
        var (rowOut, valueOut) = (GC.AllocateUninitializedArray<int>(row.Length), GC.AllocateUninitializedArray<double>(row.Length));
        var kept = new TripletSort(rows, columns).Into(row, column, value, starts, rowOut, valueOut);

        // A little room at the end costs less than another copy.
        return kept > row.Length / 2 ? new SparseMatrix(rows, starts, rowOut, valueOut) : new SparseMatrix(rows, starts, rowOut[..kept], valueOut[..kept]);
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
        foreach (var row in AllRows)
        {
            starts[row + 1]++;
        }

        Summed(starts);
        var rows = GC.AllocateUninitializedArray<int>(Count);
        var values = GC.AllocateUninitializedArray<double>(Count);
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

    /// <summary>Counts become the places where their keys begin.</summary>
    private static void Summed(int[] counts)
    {
        for (var i = 1; i < counts.Length; i++)
        {
            counts[i] += counts[i - 1];
        }
    }
}
