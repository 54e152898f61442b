using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>Where an exchange stands in the matrices: its amount times <paramref name="Factor"/> (sign and unit) times the column's share of the exchange.</summary>
/// <param name="Column">Column of A and B.</param>
/// <param name="Row">Row of B where <paramref name="Elementary"/>, else of A.</param>
/// <param name="Process">Number of the evaluated process.</param>
/// <param name="Exchange">Index among its exchanges.</param>
internal readonly record struct SystemEntry(int Column, int Row, bool Elementary, int Process, int Exchange, double Factor);

/// <summary>What one column of the system is made of.</summary>
/// <param name="Product">Which of the process's products it stands for.</param>
/// <param name="Reference">Index of the exchange that is that product.</param>
internal readonly record struct SystemColumn(int Process, int Product, int Reference);

/// <summary>
/// The linked datasets behind a product system: enough to evaluate every entry again after an amount, a provider or a parameter has changed, without linking anew.
/// </summary>
internal sealed class SystemModel
{
    private readonly int[] _starts;

    public SystemModel(Nomenclature nomenclature, ParameterModel parameters, ProcessValues[] processes, BurdenShares[] shares, IReadOnlyList<SystemColumn> columns, SystemEntry[] entries, int[] starts)
    {
        Nomenclature = nomenclature;
        Parameters = parameters;
        Processes = processes;
        Shares = shares;
        Columns = columns;
        Entries = entries;
        _starts = starts;
    }

    public Nomenclature Nomenclature { get; }

    public ParameterModel Parameters { get; }

    public ProcessValues[] Processes { get; }

    public BurdenShares[] Shares { get; }

    public IReadOnlyList<SystemColumn> Columns { get; }

    /// <summary>In the order of processes, then of exchanges.</summary>
    public SystemEntry[] Entries { get; }

    public (int From, int Until) EntriesOf(int process) => (_starts[process], _starts[process + 1]);

    public double Value(in SystemEntry entry) => Value(entry, Processes[entry.Process], Shares[entry.Process]);

    public double Value(in SystemEntry entry, ProcessValues process, BurdenShares shares)
    {
        var column = Columns[entry.Column];
        var amount = process.Amounts[entry.Exchange] * entry.Factor;
        return column.Reference == entry.Exchange ? amount : amount * shares.Of(column.Product, entry.Exchange).Value;
    }

    /// <summary>The entry's value with its derivatives; null where it depends on no parameter.</summary>
    public Sensitive? Slope(in SystemEntry entry)
    {
        var process = Processes[entry.Process];
        var column = Columns[entry.Column];
        var amount = process.Amount(entry.Exchange) * entry.Factor;
        var value = column.Reference == entry.Exchange ? amount : amount * Shares[entry.Process].Of(column.Product, entry.Exchange);
        return value.IsConstant ? null : value;
    }

    public (SparseMatrix A, SparseMatrix B) Matrices(int flows)
    {
        var count = Entries.Count(e => !e.Elementary);
        var (rowA, columnA, valueA) = (new int[count], new int[count], new double[count]);
        var (rowB, columnB, valueB) = (new int[Entries.Length - count], new int[Entries.Length - count], new double[Entries.Length - count]);
        int a = 0, b = 0;
        foreach (ref readonly var entry in Entries.AsSpan())
        {
            if (entry.Elementary)
            {
                (rowB[b], columnB[b], valueB[b++]) = (entry.Row, entry.Column, Value(entry));
            }
            else
            {
                (rowA[a], columnA[a], valueA[a++]) = (entry.Row, entry.Column, Value(entry));
            }
        }

        return (
            SparseMatrix.FromTriplets(Columns.Count, Columns.Count, rowA, columnA, valueA),
            SparseMatrix.FromTriplets(flows, Columns.Count, rowB, columnB, valueB));
    }
}
