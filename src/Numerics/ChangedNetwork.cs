using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>
/// A prepared network with k changed columns, A′ = A + Δ Eᵀ, solved by k solutions of the unchanged one and a system of k equations (Woodbury 1950):
/// A′⁻¹ f = s − W (I + Eᵀ W)⁻¹ Eᵀ s with s = A⁻¹ f and W = A⁻¹ Δ.
/// </summary>
public sealed class ChangedNetwork
{
    private const int MostRefinements = 3;

    private readonly PreparedNetwork _base;
    private readonly int[] _processes;
    private readonly double[][] _moved;
    private readonly DenseFactors _capacity;
    private readonly SparseMatrix _technology;
    private readonly bool _credits;
    private readonly Lazy<Outcome<double[][]>> _callsFor;
    private readonly Lazy<SparseMatrix> _byProduct;

    private ChangedNetwork(PreparedNetwork network, SparseMatrix technology, int[] processes, double[][] moved, DenseFactors capacity)
    {
        _base = network;
        _technology = technology;
        _processes = processes;
        _moved = moved;
        _capacity = capacity;
        _credits = HasCredits(technology, network);
        _callsFor = new Lazy<Outcome<double[][]>>(CallsFor);
        _byProduct = new Lazy<SparseMatrix>(technology.Transposed);
    }

    public int Size => _base.Size;

    /// <summary>The changed technology matrix.</summary>
    public SparseMatrix Technology => _technology;

    internal static Outcome<ChangedNetwork> Of(PreparedNetwork network, IReadOnlyList<ColumnChange> changes)
    {
        var byProcess = new SortedDictionary<int, double[]>();
        foreach (var change in changes)
        {
            if (!byProcess.TryGetValue(change.Process, out var column))
            {
                byProcess[change.Process] = column = new double[network.Size];
            }

            for (var i = 0; i < change.Products.Count; i++)
            {
                if (!double.IsFinite(change.Differences[i]))
                {
                    return NetworkRefusal.NotFinite(change.Products[i], change.Process, change.Differences[i]);
                }

                column[change.Products[i]] += change.Differences[i];
            }
        }

        var processes = byProcess.Keys.ToArray();
        var k = processes.Length;
        var moved = new double[k][];
        var capacity = new double[k * k];
        for (var c = 0; c < k; c++)
        {
            var solved = network.Proven(byProcess[processes[c]], against: null, judged: false);
            if (!solved.Ok)
            {
                return Outcome<ChangedNetwork>.Refused(solved.Problems);
            }

            moved[c] = solved.Value.Values;
            for (var r = 0; r < k; r++)
            {
                capacity[(r * k) + c] = moved[c][processes[r]] + (r == c ? 1 : 0);
            }
        }

        var factors = DenseFactors.Of(capacity, k);
        return factors.Condition > LoopFactors.Singular
            ? NetworkRefusal.ChangeSingular(processes)
            : new ChangedNetwork(network, Added(network.Technology, byProcess), processes, moved, factors);
    }

    /// <summary>s′ = A′⁻¹ f.</summary>
    public Outcome<Supply> Solve(ReadOnlySpan<double> demand)
    {
        if (demand.Length != Size)
        {
            throw new ArgumentException($"A demand has {Size} products, this one {demand.Length}.", nameof(demand));
        }

        var unchanged = _base.Proven(demand, against: null, judged: false);
        if (!unchanged.Ok)
        {
            return unchanged;
        }

        var sizes = new double[Size];
        var supply = Corrected(unchanged.Value.Values, sizes);
        var error = NetworkProof.Forward(_technology, demand, supply, out var worst);
        for (var i = 0; i < MostRefinements && error > 1e-15; i++)
        {
            var rest = _technology.Times(supply);
            for (var product = 0; product < rest.Length; product++)
            {
                rest[product] = demand[product] - rest[product];
            }

            var step = _base.Proven(rest, against: null, judged: false);
            if (!step.Ok)
            {
                break;
            }

            var next = Corrected(step.Value.Values, sizes);
            for (var process = 0; process < next.Length; process++)
            {
                next[process] += supply[process];
            }

            var after = NetworkProof.Forward(_technology, demand, next, out var worstAfter);
            if (!(after < error))
            {
                break;
            }

            (supply, error, worst) = (next, after, worstAfter);
        }

        var settled = ChangedSettling.WithoutRounding(supply, sizes);
        for (var i = 0; i < ChangedSettling.MostRounds && error > ChangedSettling.Settled; i++)
        {
            ChangedSettling.Forward(_base.Order, _byProduct.Value, demand, settled);
            var after = NetworkProof.Forward(_technology, demand, settled, out var worstAfter);
            if (after < error)
            {
                (supply, error, worst) = (settled.AsSpan().ToArray(), after, worstAfter);
            }
        }

        return Judged(demand, supply, sizes, unchanged.Value.Certificate, error, worst);
    }

    public Outcome<Supply> Solve(int product, double amount)
    {
        var demand = new double[Size];
        demand[product] = amount;
        return Solve(demand);
    }

    /// <summary>y′ = A′⁻ᵀ d for the rows that <paramref name="before"/> holds, d as it was. A product without an intensity has none after the change either.</summary>
    public Outcome<Intensities> Intensities(Intensities before)
    {
        var values = before.All.ToArray();
        if (Turn(values, before.Indicators) is { } problems)
        {
            return Outcome<Intensities>.Refused(problems);
        }

        var error = ChangedSettling.Transposed(_base.Order, _technology, before, values);
        if (!(error <= Certificate.LargestBackwardError))
        {
            return NetworkRefusal.Unproven(error, 0, _processes);
        }

        var probe = _base.ForwardProbe;
        if (!probe.Ok)
        {
            return Outcome<Intensities>.Refused(probe.Problems);
        }

        var found = before.With(values, before.Certificate with { BackwardError = error });
        var difference = before.Refused.Count > 0 ? 0 : found.Disagreement(Corrected(probe.Value.Supply, new double[Size]), probe.Value.Demand);
        return difference <= Certificate.LargestPrimalDual
            ? before.With(values, found.Certificate with { PrimalDual = difference })
            : NetworkRefusal.Unproven(error, difference, _processes);
    }

    // y′ = y − R (I + Δᵀ R)⁻¹ Δᵀ y with R = A⁻ᵀ E; Δᵀ R is the transposed of Eᵀ W.
    private IReadOnlyList<Problem>? Turn(double[] values, int indicators)
    {
        var callsFor = _callsFor.Value;
        if (!callsFor.Ok)
        {
            return callsFor.Problems;
        }

        var k = _processes.Length;
        var moved = new double[k * indicators];
        for (var c = 0; c < k; c++)
        {
            var process = _processes[c];
            Add(_technology, process, 1, values, indicators, moved.AsSpan(c * indicators, indicators));
            Add(_base.Technology, process, -1, values, indicators, moved.AsSpan(c * indicators, indicators));
        }

        _capacity.SolveTransposed(moved, indicators);
        for (var product = 0; product < Size; product++)
        {
            for (var c = 0; c < k; c++)
            {
                var calls = callsFor.Value[c][product];
                if (calls == 0)
                {
                    continue;
                }

                for (var i = 0; i < indicators; i++)
                {
                    values[(product * indicators) + i] -= calls * moved[(c * indicators) + i];
                }
            }
        }

        return null;
    }

    private static void Add(SparseMatrix technology, int process, double sign, double[] values, int indicators, Span<double> to)
    {
        var rows = technology.RowsOf(process);
        var amounts = technology.ValuesOf(process);
        for (var i = 0; i < rows.Length; i++)
        {
            for (var k = 0; k < indicators; k++)
            {
                to[k] += sign * amounts[i] * values[(rows[i] * indicators) + k];
            }
        }
    }

    private Outcome<Supply> Judged(ReadOnlySpan<double> demand, double[] supply, double[] sizes, Certificate unchanged, double error, int worst)
    {
        if (!_credits && IsNowhereNegative(demand) && IsNegative(supply, sizes))
        {
            return NetworkRefusal.NotProductive(_processes);
        }

        var probe = _base.TransposedProbe;
        if (!probe.Ok)
        {
            return Outcome<Supply>.Refused(probe.Problems);
        }

        var intensity = probe.Value.Intensity.ToArray();
        if (Turn(intensity, 1) is { } problems)
        {
            return Outcome<Supply>.Refused(problems);
        }

        var difference = NetworkProof.Disagreement(probe.Value.Direct, supply, intensity, demand);
        return error <= Certificate.LargestBackwardError && difference <= Certificate.LargestPrimalDual
            ? new Supply(supply, unchanged with { BackwardError = error, PrimalDual = difference })
            : NetworkRefusal.Unproven(error, difference, worst < 0 ? _processes : [_base.MakerOf(worst)]);
    }

    private double[] Corrected(double[] unchanged, double[] sizes)
    {
        var supply = unchanged.AsSpan().ToArray();
        var by = new double[_processes.Length];
        for (var c = 0; c < by.Length; c++)
        {
            by[c] = supply[_processes[c]];
        }

        _capacity.Solve(by);
        for (var process = 0; process < supply.Length; process++)
        {
            sizes[process] += Math.Abs(supply[process]);
        }

        for (var c = 0; c < by.Length; c++)
        {
            var moved = _moved[c];
            for (var process = 0; process < supply.Length; process++)
            {
                var term = moved[process] * by[c];
                supply[process] -= term;
                sizes[process] += Math.Abs(term);
            }
        }

        return supply;
    }

    private Outcome<double[][]> CallsFor()
    {
        var rows = new double[_processes.Length][];
        for (var c = 0; c < rows.Length; c++)
        {
            var row = _base.CallsFor(_processes[c]);
            if (!row.Ok)
            {
                return Outcome<double[][]>.Refused(row.Problems);
            }

            rows[c] = row.Value;
        }

        return rows;
    }

    private static SparseMatrix Added(SparseMatrix technology, SortedDictionary<int, double[]> differences)
    {
        var (rows, columns, values) = (new List<int>(technology.Count), new List<int>(technology.Count), new List<double>(technology.Count));
        for (var process = 0; process < technology.Columns; process++)
        {
            var row = technology.RowsOf(process);
            var value = technology.ValuesOf(process);
            for (var i = 0; i < row.Length; i++)
            {
                Put(row[i], process, value[i]);
            }
        }

        foreach (var (process, column) in differences)
        {
            for (var product = 0; product < column.Length; product++)
            {
                if (column[product] != 0)
                {
                    Put(product, process, column[product]);
                }
            }
        }

        return SparseMatrix.FromTriplets(technology.Rows, technology.Columns, rows.ToArray(), columns.ToArray(), values.ToArray());

        void Put(int row, int column, double value)
        {
            rows.Add(row);
            columns.Add(column);
            values.Add(value);
        }
    }

    // An output beside the reference product, or a reference that is an input.
    private static bool HasCredits(SparseMatrix technology, PreparedNetwork network)
    {
        for (var process = 0; process < technology.Columns; process++)
        {
            var rows = technology.RowsOf(process);
            var values = technology.ValuesOf(process);
            var reference = network.ReferenceOf(process);
            for (var i = 0; i < rows.Length; i++)
            {
                if (rows[i] == reference ? network.Technology.At(reference, process) < 0 : values[i] > 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsNowhereNegative(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (value < 0)
            {
                return false;
            }
        }

        return true;
    }

    // By more than what adding up the terms rounds.
    private static bool IsNegative(double[] supply, double[] sizes)
    {
        for (var process = 0; process < supply.Length; process++)
        {
            if (supply[process] < -1e-9 * sizes[process])
            {
                return true;
            }
        }

        return false;
    }
}
