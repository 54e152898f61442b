namespace Tanlu.Numerics;

/// <summary>A matrix as its entries stand in a file: row, column and value, zero-based, in any order; entries of one place add up.</summary>
/// <param name="Sigma">Of each entry the standard deviation of its logarithm, where the entry is a lognormal variable with <paramref name="Value"/> as median; empty where all are certain, 0 where one is.</param>
public sealed record Triplets(int Rows, int Columns, int[] Row, int[] Column, double[] Value, double[] Sigma)
{
    /// <summary>Entries as given, those of one place counted apart.</summary>
    public int Count => Row.Length;

    /// <summary>M x straight from the entries: for one product less work than ordering them.</summary>
    public double[] Times(ReadOnlySpan<double> x)
    {
        if (x.Length != Columns)
        {
            throw new ArgumentException($"A vector of {Columns} numbers is needed, this one has {x.Length}.", nameof(x));
        }

        var result = new double[Rows];
        for (var entry = 0; entry < Row.Length; entry++)
        {
            result[Row[entry]] += Value[entry] * x[Column[entry]];
        }

        return result;
    }

    public SparseMatrix ToMatrix() => SparseMatrix.FromTriplets(Rows, Columns, Row, Column, Value);
}
