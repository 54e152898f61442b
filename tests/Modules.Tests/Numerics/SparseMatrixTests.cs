using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Numerics;

/// <summary>Matrices by columns against plain tables.</summary>
public sealed class SparseMatrixTests
{
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(5, 3, 0)]
    [InlineData(40, 30, 100)]
    [InlineData(40, 30, 5000)]
    [InlineData(300, 7, 900)]
    public void Entries_in_any_order_become_columns_with_ascending_rows(int rows, int columns, int entries)
    {
        var random = new Random(rows + entries);
        var row = new int[entries];
        var column = new int[entries];
        var value = new double[entries];
        var table = new double[rows, columns];
        var places = new HashSet<(int, int)>();
        for (var i = 0; i < entries; i++)
        {
            (row[i], column[i], value[i]) = (random.Next(rows), random.Next(columns), random.NextDouble() - 0.5);
            table[row[i], column[i]] += value[i];
            places.Add((row[i], column[i]));
        }

        var matrix = SparseMatrix.FromTriplets(rows, columns, row, column, value);
        Same(matrix, table, places.Count);
        var turned = new double[columns, rows];
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
            {
                turned[c, r] = table[r, c];
            }
        }

        Same(matrix.Transposed(), turned, places.Count);
        var x = Enumerable.Range(0, columns).Select(_ => random.NextDouble()).ToArray();
        var product = matrix.Times(x);
        Assert.Equal(product, new Triplets(rows, columns, row, column, value, []).Times(x), (a, b) => Math.Abs(a - b) <= 1e-12);
        for (var r = 0; r < rows; r++)
        {
            Assert.Equal(Enumerable.Range(0, columns).Sum(c => table[r, c] * x[c]), product[r], 1e-12);
        }
    }

    [Fact]
    public void Entries_of_one_place_are_added_in_the_order_in_which_they_are_given()
    {
        // (1 + 1e100) − 1e100 is 0 in doubles, 1 + (1e100 − 1e100) would be 1.
        var matrix = SparseMatrix.FromTriplets(2, 2, [1, 0, 1, 1], [1, 0, 1, 1], [1, 5, 1e100, -1e100]);
        Assert.Equal(0, matrix.At(1, 1));
        Assert.Equal(2, matrix.Count);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 3)]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public void A_place_outside_is_refused(int row, int column) =>
        Assert.Throws<ArgumentException>(() => SparseMatrix.FromTriplets(2, 3, [row], [column], [1]));

    private static void Same(SparseMatrix matrix, double[,] table, int count)
    {
        Assert.Equal((table.GetLength(0), table.GetLength(1), count), (matrix.Rows, matrix.Columns, matrix.Count));
        for (var column = 0; column < matrix.Columns; column++)
        {
            var rows = matrix.RowsOf(column).ToArray();
            Assert.Equal(rows.Order().Distinct(), rows);
            for (var row = 0; row < matrix.Rows; row++)
            {
                Assert.Equal(table[row, column], matrix.At(row, column), 1e-13);
            }
        }
    }
}
