namespace Tanlu.Numerics;

/// <summary>
/// Which product each process is there for. The diagonal where it is an output; else the only output of the process; else whatever lets every process have a product of its
/// own (a maximum transversal by augmenting paths, Duff 1981), outputs before inputs.
/// </summary>
internal sealed class ReferenceOutputs
{
    private readonly SparseMatrix _technology;
    private readonly int[] _productOf;
    private readonly int[] _makerOf;
    private readonly int[] _seen;
    private int _round;

    private ReferenceOutputs(SparseMatrix technology)
    {
        _technology = technology;
        var n = technology.Columns;
        _productOf = new int[n];
        _makerOf = new int[n];
        _seen = new int[n];
        _productOf.AsSpan().Fill(-1);
        _makerOf.AsSpan().Fill(-1);
    }

    /// <summary>Product (row) of each process.</summary>
    public int[] ProductOf => _productOf;

    /// <summary>Process (column) of each product.</summary>
    public int[] MakerOf => _makerOf;

    /// <summary>Processes that share too few products: empty where each has one of its own.</summary>
    public IReadOnlyList<int> Unserved { get; private set; } = [];

    public static ReferenceOutputs Of(SparseMatrix technology)
    {
        var found = new ReferenceOutputs(technology);
        if (!found.TakeDiagonal())
        {
            found.TakeOnlyOutput();
            found.TakeNegativeDiagonal();
            found.Augment(outputsOnly: true);
            found.Augment(outputsOnly: false);
        }

        return found;
    }

    private bool TakeDiagonal()
    {
        var all = true;
        for (var process = 0; process < _productOf.Length; process++)
        {
            if (_technology.At(process, process) > 0)
            {
                Pair(process, process);
            }
            else
            {
                all = false;
            }
        }

        return all;
    }

    private void TakeOnlyOutput()
    {
        for (var process = 0; process < _productOf.Length; process++)
        {
            if (_productOf[process] >= 0)
            {
                continue;
            }

            var rows = _technology.RowsOf(process);
            var values = _technology.ValuesOf(process);
            var only = -1;
            for (var i = 0; i < rows.Length; i++)
            {
                if (values[i] > 0)
                {
                    only = only < 0 ? rows[i] : int.MaxValue;
                }
            }

            if (only is >= 0 and < int.MaxValue && _makerOf[only] < 0)
            {
                Pair(process, only);
            }
        }
    }

    // A treatment written the other way round: its reference is an input, and nobody puts the waste out as a product.
    private void TakeNegativeDiagonal()
    {
        for (var process = 0; process < _productOf.Length; process++)
        {
            if (_productOf[process] < 0 && _makerOf[process] < 0 && _technology.At(process, process) < 0 && !HasOutput(process))
            {
                Pair(process, process);
            }
        }
    }

    private bool HasOutput(int process)
    {
        foreach (var value in _technology.ValuesOf(process))
        {
            if (value > 0)
            {
                return true;
            }
        }

        return false;
    }

    private void Augment(bool outputsOnly)
    {
        var path = new Stack<(int Process, int Entry)>();
        for (var process = 0; process < _productOf.Length; process++)
        {
            if (_productOf[process] < 0 && !FindsProduct(process, outputsOnly, path) && !outputsOnly && Unserved.Count == 0)
            {
                Unserved = Contenders(process);
            }
        }
    }

    // Depth first over processes: one that wants a product which is taken asks the holder to move on.
    private bool FindsProduct(int process, bool outputsOnly, Stack<(int Process, int Entry)> path)
    {
        _round++;
        path.Clear();
        path.Push((process, 0));
        while (path.TryPop(out var at))
        {
            var rows = _technology.RowsOf(at.Process);
            var values = _technology.ValuesOf(at.Process);
            for (var entry = at.Entry; entry < rows.Length; entry++)
            {
                var product = rows[entry];
                if (values[entry] == 0 || (outputsOnly && values[entry] < 0) || _seen[product] == _round)
                {
                    continue;
                }

                _seen[product] = _round;
                path.Push((at.Process, entry + 1));
                if (_makerOf[product] < 0)
                {
                    while (path.TryPop(out var step))
                    {
                        Pair(step.Process, _technology.RowsOf(step.Process)[step.Entry - 1]);
                    }

                    return true;
                }

                path.Push((_makerOf[product], 0));
                break;
            }
        }

        return false;
    }

    // The processes of the failed search hold, together with the one that failed, fewer products than they are (Hall's condition).
    private List<int> Contenders(int process)
    {
        var found = new List<int> { process };
        for (var product = 0; product < _seen.Length; product++)
        {
            if (_seen[product] == _round)
            {
                found.Add(_makerOf[product]);
            }
        }

        found.Sort();
        return found;
    }

    private void Pair(int process, int product)
    {
        _productOf[process] = product;
        _makerOf[product] = process;
    }
}
