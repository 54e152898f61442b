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
    private readonly int[] _firstColumn;
    private readonly int[] _columnCount;

    public SystemModel(
        Nomenclature nomenclature, ParameterModel parameters, LinkFactors factors, ProcessValues[] processes, BurdenShares[] shares, CoProductRule[] rules, int[][] products,
        IReadOnlyList<SystemColumn> columns, SystemEntry[] entries, int[] starts)
    {
        Nomenclature = nomenclature;
        Parameters = parameters;
        Factors = factors;
        Processes = processes;
        Shares = shares;
        Rules = rules;
        Products = products;
        Columns = columns;
        Entries = entries;
        _starts = starts;
        _firstColumn = new int[processes.Length];
        _columnCount = new int[processes.Length];
        Array.Fill(_firstColumn, -1);
        for (var c = columns.Count - 1; c >= 0; c--)
        {
            _firstColumn[columns[c].Process] = c;
            _columnCount[columns[c].Process]++;
        }
    }

    public Nomenclature Nomenclature { get; }

    public ParameterModel Parameters { get; }

    public LinkFactors Factors { get; }

    public ProcessValues[] Processes { get; }

    public BurdenShares[] Shares { get; }

    /// <summary>Rule by which each process's products are split.</summary>
    public CoProductRule[] Rules { get; }

    /// <summary>Indices of the exchanges that are products of each process, the reference first.</summary>
    public int[][] Products { get; }

    public IReadOnlyList<SystemColumn> Columns { get; }

    /// <summary>In the order of processes, then of exchanges.</summary>
    public SystemEntry[] Entries { get; }

    public (int From, int Until) EntriesOf(int process) => (_starts[process], _starts[process + 1]);

    /// <summary>Column of the process's reference product; −1 for a process without a product.</summary>
    public int FirstColumn(int process) => _firstColumn[process];

    /// <summary>How many of its products have columns.</summary>
    public int ColumnsOf(int process) => _columnCount[process];

    /// <summary>Some amount or share of the process depends on a parameter.</summary>
    public bool Depends(int process) => Processes[process].ByFormula.Count > 0 || !Shares[process].IsConstant;

    /// <summary>The model with some processes evaluated or linked otherwise; their entries take the place of the old ones.</summary>
    public SystemModel With(ParameterModel parameters, IReadOnlyDictionary<int, ChangedProcess> changed)
    {
        var (processes, shares) = ((ProcessValues[])Processes.Clone(), (BurdenShares[])Shares.Clone());
        var entries = new List<SystemEntry>(Entries.Length + changed.Count);
        var starts = new int[_starts.Length];
        for (var p = 0; p < processes.Length; p++)
        {
            if (changed.TryGetValue(p, out var change))
            {
                (processes[p], shares[p]) = (change.Values, change.Shares);
                entries.AddRange(change.Entries);
            }
            else
            {
                entries.AddRange(Entries.AsSpan(_starts[p].._starts[p + 1]));
            }

            starts[p + 1] = entries.Count;
        }

        return new SystemModel(Nomenclature, parameters, Factors, processes, shares, Rules, Products, Columns, [.. entries], starts);
    }

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
