namespace Tanlu.Numerics;

/// <summary>What is added to one column of a technology matrix: the process, and by product the difference of new and old amount.</summary>
public sealed record ColumnChange(int Process, IReadOnlyList<int> Products, IReadOnlyList<double> Differences)
{
    /// <summary>The change that turns the column of <paramref name="process"/> into the given entries; entries of the same product are added.</summary>
    public static ColumnChange To(SparseMatrix technology, int process, ReadOnlySpan<int> products, ReadOnlySpan<double> amounts)
    {
        var differences = new SortedDictionary<int, double>();
        var rows = technology.RowsOf(process);
        var values = technology.ValuesOf(process);
        for (var i = 0; i < products.Length; i++)
        {
            differences[products[i]] = differences.GetValueOrDefault(products[i]) + amounts[i];
        }

        for (var i = 0; i < rows.Length; i++)
        {
            differences[rows[i]] = differences.GetValueOrDefault(rows[i]) - values[i];
        }

        var changed = differences.Where(d => d.Value != 0).ToList();
        return new ColumnChange(process, [.. changed.Select(d => d.Key)], [.. changed.Select(d => d.Value)]);
    }

    /// <summary>An input that moves from one supplier to another: what was taken from <paramref name="from"/> (positive) is given back, and taken from <paramref name="to"/>.</summary>
    public static ColumnChange Moved(int process, int from, double amount, int to, double newAmount) =>
        new(process, [from, to], [amount, -newAmount]);
}
