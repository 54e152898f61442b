using System.Runtime.Intrinsics;

namespace Tanlu.Numerics;

/// <summary>The certificate's figures, reckoned with the matrices as they were given.</summary>
internal static unsafe class NetworkProof
{
    // Below it a quotient says nothing but how doubles end.
    public const double Tiny = 1e-290;

    /// <summary>Component-wise backward error of A s = f; <paramref name="worst"/> is the product with the largest.</summary>
    public static double Forward(SparseMatrix technology, ReadOnlySpan<double> demand, double[] supply, out int worst)
    {
        var rest = demand.ToArray();
        var size = new double[rest.Length];
        for (var product = 0; product < size.Length; product++)
        {
            size[product] = Math.Abs(rest[product]);
        }

        var starts = technology.Starts;
        var rows = technology.AllRows;
        var values = technology.AllValues;
        for (var process = 0; process < supply.Length; process++)
        {
            var by = supply[process];
            if (by == 0)
            {
                continue;
            }

            for (var entry = starts[process]; entry < starts[process + 1]; entry++)
            {
                var term = values[entry] * by;
                rest[rows[entry]] -= term;
                size[rows[entry]] += Math.Abs(term);
            }
        }

        return Largest(rest, size, out worst);
    }

    /// <summary>The same of Aᵀ y = d; <paramref name="worst"/> is the process with the largest.</summary>
    public static double Transposed(SparseMatrix technology, ReadOnlySpan<double> direct, double[] intensity, out int worst)
    {
        var (rest, size) = (new double[intensity.Length], new double[intensity.Length]);
        for (var process = 0; process < rest.Length; process++)
        {
            var rows = technology.RowsOf(process);
            var values = technology.ValuesOf(process);
            var (sum, terms) = (direct[process], Math.Abs(direct[process]));
            for (var i = 0; i < rows.Length; i++)
            {
                var term = values[i] * intensity[rows[i]];
                sum -= term;
                terms += Math.Abs(term);
            }

            (rest[process], size[process]) = (sum, terms);
        }

        return Largest(rest, size, out worst);
    }

    /// <summary>The same for sixteen rows side by side, by place: <paramref name="right"/> is d over the reference output, y the intensities.</summary>
    public static double TransposedLanes(SparseMatrix technology, NetworkOrder order, double* right, double* y)
    {
        const int lanes = LaneSweeps.Lanes;
        var worst = Vector512<double>.Zero;
        var tiny = Vector512.Create(Tiny);
        fixed (int* starts = technology.Starts, rows = technology.AllRows, placeOf = order.PlaceOfProduct)
        fixed (double* values = technology.AllValues)
        {
            for (var place = 0; place < order.Size; place++)
            {
                var process = order.Process[place];
                var reference = Vector512.Create(order.Reference[place]);
                var (r0, r1) = (Vector512.Load(right + ((long)place * lanes)) * reference, Vector512.Load(right + ((long)place * lanes) + 8) * reference);
                var (s0, s1) = (Vector512.Abs(r0), Vector512.Abs(r1));
                for (var entry = starts[process]; entry < starts[process + 1]; entry++)
                {
                    var a = Vector512.Create(values[entry]);
                    var from = y + ((long)placeOf[rows[entry]] * lanes);
                    var (t0, t1) = (a * Vector512.Load(from), a * Vector512.Load(from + 8));
                    r0 -= t0;
                    r1 -= t1;
                    s0 += Vector512.Abs(t0);
                    s1 += Vector512.Abs(t1);
                }

                worst = Vector512.Max(worst, Vector512.Max(Vector512.Abs(r0) / (s0 + tiny), Vector512.Abs(r1) / (s1 + tiny)));
            }
        }

        return Largest(worst);
    }

    public static double Largest(Vector512<double> worst)
    {
        var largest = 0.0;
        for (var lane = 0; lane < 8; lane++)
        {
            largest = double.IsNaN(worst[lane]) ? double.PositiveInfinity : Math.Max(largest, worst[lane]);
        }

        return largest;
    }

    /// <summary>|d·x − y·f| in relation to the larger of the sums of their terms' sizes.</summary>
    public static double Disagreement(ReadOnlySpan<double> direct, ReadOnlySpan<double> supply, ReadOnlySpan<double> intensity, ReadOnlySpan<double> demand)
    {
        var (primal, primalSize) = Product(direct, supply);
        var (dual, dualSize) = Product(intensity, demand);
        return Relative(primal, primalSize, dual, dualSize);
    }

    public static double Relative(double primal, double primalSize, double dual, double dualSize)
    {
        var size = Math.Max(primalSize, dualSize);
        var difference = Math.Abs(primal - dual);
        return !double.IsFinite(difference) || !double.IsFinite(size) ? double.PositiveInfinity : size > Tiny ? difference / size : 0;
    }

    private static (double Sum, double Size) Product(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var (sum, size) = (0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
        {
            if (b[i] != 0)
            {
                var term = a[i] * b[i];
                sum += term;
                size += Math.Abs(term);
            }
        }

        return (sum, size);
    }

    private static double Largest(double[] rest, double[] size, out int worst)
    {
        var largest = 0.0;
        worst = -1;
        for (var i = 0; i < rest.Length; i++)
        {
            if (!double.IsFinite(size[i]))
            {
                worst = i;
                return double.PositiveInfinity;
            }

            if (Math.Abs(rest[i]) > largest * size[i] && size[i] > Tiny)
            {
                largest = Math.Abs(rest[i]) / size[i];
                worst = i;
            }
        }

        return largest;
    }
}
