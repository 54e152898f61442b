using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>
/// A network whose matrix is mostly filled, as an input–output table's is: factorised once as a dense matrix, every solution refined until its backward error is rounding.
/// </summary>
public sealed class DenseNetwork
{
    private const int MostRefinements = 3;

    private const double Accurate = 4e-16;

    private readonly double[] _technology;
    private readonly DenseFactors _factors;

    private DenseNetwork(double[] technology, int size, DenseFactors factors)
    {
        _technology = technology;
        _factors = factors;
        Size = size;
    }

    public int Size { get; }

    /// <summary>Of a technology matrix by rows, products × processes, outputs positive and inputs negative.</summary>
    public static Outcome<DenseNetwork> Prepare(double[] technology, int size)
    {
        if (technology.Length != (long)size * size)
        {
            throw new ArgumentException($"{technology.Length} entries are no matrix of {size} × {size}.", nameof(technology));
        }

        for (var i = 0; i < technology.Length; i++)
        {
            if (!double.IsFinite(technology[i]))
            {
                return NetworkRefusal.NotFinite(i / size, i % size, technology[i]);
            }
        }

        var factors = DenseFactors.Of([.. technology], size);
        return factors.Condition > LoopFactors.Singular
            ? NetworkRefusal.Singular([])
            : new DenseNetwork(technology, size, factors);
    }

    /// <summary>Of a table of direct requirements by rows (Leontief 1936): the technology matrix is I − requirements.</summary>
    public static Outcome<DenseNetwork> FromRequirements(ReadOnlySpan<double> requirements, int size)
    {
        var technology = new double[requirements.Length];
        for (var i = 0; i < technology.Length; i++)
        {
            technology[i] = (i / size == i % size ? 1 : 0) - requirements[i];
        }

        return Prepare(technology, size);
    }

    /// <summary>x = A⁻¹ f.</summary>
    public Outcome<Supply> Solve(ReadOnlySpan<double> demand)
    {
        for (var product = 0; product < demand.Length; product++)
        {
            if (!double.IsFinite(demand[product]))
            {
                return NetworkRefusal.DemandNotFinite(product, demand[product]);
            }
        }

        var supply = demand.ToArray();
        var error = Refined(demand.ToArray(), supply, 1, transposed: false);
        var ones = new double[Size];
        ones.AsSpan().Fill(1);
        var dual = new double[Size];
        ones.CopyTo(dual.AsSpan());
        Refined(ones, dual, 1, transposed: true);
        var difference = NetworkProof.Disagreement(ones, supply, dual, demand);
        return Unproven(error, difference) is { } problem ? problem : new Supply(supply, new Certificate(error, difference, 0, 1, null));
    }

    public Outcome<Supply> Solve(int product, double amount)
    {
        var demand = new double[Size];
        demand[product] = amount;
        return Solve(demand);
    }

    /// <summary>y = A⁻ᵀ d for k rows at once; d by process, k indicators a process.</summary>
    public Outcome<Intensities> Intensities(double[] direct, int k)
    {
        if (k < 1 || direct.Length != (long)Size * k)
        {
            throw new ArgumentException($"Direct amounts are {Size} × {k}, these are {direct.Length}.", nameof(direct));
        }

        var values = direct.AsSpan().ToArray();
        var error = Refined(direct, values, k, transposed: true);
        var ones = new double[Size];
        ones.AsSpan().Fill(1);
        var supply = ones.AsSpan().ToArray();
        Refined(ones, supply, 1, transposed: false);
        var found = new Intensities(values, direct, k, new Certificate(error, 0, 0, 1, null), new Dictionary<int, Problem>());
        var difference = found.Disagreement(supply, ones);
        return Unproven(error, difference) is { } problem
            ? problem
            : new Intensities(values, direct, k, new Certificate(error, difference, 0, 1, null), new Dictionary<int, Problem>());
    }

    /// <summary>A⁻¹ by rows: the total requirements of a table.</summary>
    public Outcome<double[]> Inverse()
    {
        var unit = new double[Size * Size];
        for (var i = 0; i < Size; i++)
        {
            unit[(i * Size) + i] = 1;
        }

        var inverse = unit.AsSpan().ToArray();
        var error = Refined(unit, inverse, Size, transposed: false);
        return Unproven(error, 0) is { } problem ? problem : inverse;
    }

    private static Problem? Unproven(double error, double difference) =>
        error <= Certificate.LargestBackwardError && difference <= Certificate.LargestPrimalDual ? null : NetworkRefusal.Unproven(error, difference, []);

    // Solves in place and refines all right sides together, as long as the largest backward error falls; returns it.
    private double Refined(double[] right, double[] x, int lanes, bool transposed)
    {
        Apply(x, lanes, transposed);
        var rest = new double[right.Length];
        var error = Remainder(right, x, rest, lanes, transposed);
        for (var i = 0; i < MostRefinements && error > Accurate; i++)
        {
            Apply(rest, lanes, transposed);
            for (var j = 0; j < x.Length; j++)
            {
                rest[j] += x[j];
            }

            var next = new double[right.Length];
            var after = Remainder(right, rest, next, lanes, transposed);
            if (!(after < error))
            {
                break;
            }

            rest.CopyTo(x, 0);
            (rest, error) = (next, after);
        }

        return error;
    }

    private void Apply(double[] x, int lanes, bool transposed)
    {
        if (transposed)
        {
            _factors.SolveTransposed(x, lanes);
        }
        else
        {
            _factors.Solve(x, lanes);
        }
    }

    private double Remainder(double[] right, double[] x, double[] rest, int lanes, bool transposed)
    {
        var worst = 0.0;
        var size = new double[lanes];
        for (var row = 0; row < Size; row++)
        {
            var own = rest.AsSpan(row * lanes, lanes);
            right.AsSpan(row * lanes, lanes).CopyTo(own);
            for (var lane = 0; lane < lanes; lane++)
            {
                size[lane] = Math.Abs(own[lane]);
            }

            for (var column = 0; column < Size; column++)
            {
                var by = _technology[transposed ? (column * Size) + row : (row * Size) + column];
                if (by == 0)
                {
                    continue;
                }

                var from = x.AsSpan(column * lanes, lanes);
                for (var lane = 0; lane < lanes; lane++)
                {
                    var term = by * from[lane];
                    own[lane] -= term;
                    size[lane] += Math.Abs(term);
                }
            }

            for (var lane = 0; lane < lanes; lane++)
            {
                if (!double.IsFinite(size[lane]))
                {
                    return double.PositiveInfinity;
                }

                if (Math.Abs(own[lane]) > worst * size[lane])
                {
                    worst = Math.Abs(own[lane]) / size[lane];
                }
            }
        }

        return worst;
    }
}
