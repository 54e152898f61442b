using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>
/// A network of products × processes made ready to be solved: scaled by the reference outputs, split into strongly connected components, in depth-first order. Nothing is
/// factorised but small loops; a large one is swept, and factorised when sweeping does not do. Safe for several threads at once; the results do not depend on them.
/// </summary>
public sealed class PreparedNetwork
{
    private readonly NetworkLoop[] _loops;
    private readonly Lazy<Outcome<NetworkProbe>> _transposedProbe;
    private readonly Lazy<Outcome<NetworkProbe>> _forwardProbe;

    private PreparedNetwork(SparseMatrix technology, NetworkOrder order, NetworkLoop[] loops)
    {
        Technology = technology;
        Order = order;
        _loops = loops;
        Shape = new NetworkShape(order.Size, technology.Count, order.Components, loops.Length, loops.Length == 0 ? Math.Min(order.Size, 1) : loops.Max(l => l.Size));
        _transposedProbe = new Lazy<Outcome<NetworkProbe>>(() => NetworkProbe.OfImpact(this));
        _forwardProbe = new Lazy<Outcome<NetworkProbe>>(() => NetworkProbe.OfDemand(this));
    }

    public int Size => Order.Size;

    public NetworkShape Shape { get; }

    public SparseMatrix Technology { get; }

    internal NetworkOrder Order { get; }

    internal IReadOnlyList<NetworkLoop> Loops => _loops;

    /// <summary>
    /// Of a square matrix, products × processes, outputs positive and inputs negative. Which product a process is there for is found from the entries: the diagonal where it is
    /// an output, else the only output, else a matching.
    /// </summary>
    public static Outcome<PreparedNetwork> Prepare(SparseMatrix technology)
    {
        if (technology.Rows != technology.Columns)
        {
            return NetworkRefusal.NotSquare(technology);
        }

        if (NotFinite(technology) is { } problem)
        {
            return problem;
        }

        var outputs = ReferenceOutputs.Of(technology);
        if (outputs.Unserved.Count > 0)
        {
            return NetworkRefusal.Structural(outputs.Unserved);
        }

        var order = NetworkOrder.Of(technology, outputs);
        var loops = new List<NetworkLoop>();
        for (var component = 0; component < order.Components; component++)
        {
            if (order.ComponentStarts[component + 1] - order.ComponentStarts[component] > 1)
            {
                loops.Add(new NetworkLoop(order, component));
            }
        }

        var singular = loops.Where(l => l.IsSingular).Select(l => NetworkRefusal.Singular(l.Causes)).ToList();
        return singular.Count > 0 ? Outcome<PreparedNetwork>.Refused(singular) : new PreparedNetwork(technology, order, [.. loops]);
    }

    /// <summary>The process that makes a product, by column.</summary>
    public int MakerOf(int product) => Order.Process[Order.PlaceOfProduct[product]];

    /// <summary>The product that a process is there for, by row.</summary>
    public int ReferenceOf(int process) => Order.Product[Order.PlaceOfProcess[process]];

    /// <summary>s = A⁻¹ f for a demand by product.</summary>
    /// <param name="demand">f, in the units of the products.</param>
    /// <param name="against">Intensities that were found by the transposed route: the certificate then compares these indicators, else a fixed test row.</param>
    public Outcome<Supply> Solve(ReadOnlySpan<double> demand, Intensities? against = null)
    {
        if (demand.Length != Size)
        {
            throw new ArgumentException($"A demand has {Size} products, this one {demand.Length}.", nameof(demand));
        }

        for (var product = 0; product < demand.Length; product++)
        {
            if (!double.IsFinite(demand[product]))
            {
                return NetworkRefusal.DemandNotFinite(product, demand[product]);
            }
        }

        // The probe decides how loops are solved, so it comes first, whatever is asked first.
        return TransposedProbe.Ok ? Proven(demand, against, judged: true) : Outcome<Supply>.Refused(TransposedProbe.Problems);
    }

    /// <summary>s = A⁻¹ f for an amount of one product.</summary>
    public Outcome<Supply> Solve(int product, double amount, Intensities? against = null)
    {
        var demand = new double[Size];
        demand[product] = amount;
        return Solve(demand, against);
    }

    /// <summary>y = A⁻ᵀ d for k rows at once.</summary>
    /// <param name="direct">d by process, k indicators a process: what the process causes itself, as it is written.</param>
    /// <param name="k">Indicators.</param>
    public Outcome<Intensities> Intensities(double[] direct, int k)
    {
        if (k < 1 || direct.Length != (long)Size * k)
        {
            throw new ArgumentException($"Direct amounts are {Size} × {k}, these are {direct.Length}.", nameof(direct));
        }

        return TransposedProbe.Ok ? IntensityRun.Of(this, direct, k) : Outcome<Intensities>.Refused(TransposedProbe.Problems);
    }

    /// <summary>How much of a process, in multiples of it as it is written, one unit of every product calls for: a row of A⁻¹, by product.</summary>
    public Outcome<double[]> CallsFor(int process)
    {
        var direct = new double[Size];
        direct[process] = 1;
        return TransposedProbe.Ok ? TransposedProven(direct) : Outcome<double[]>.Refused(TransposedProbe.Problems);
    }

    /// <summary>The network with some columns changed, without preparing it anew (Sherman, Morrison and Woodbury; Hager 1989).</summary>
    public Outcome<ChangedNetwork> With(IReadOnlyList<ColumnChange> changes) =>
        TransposedProbe.Ok ? ChangedNetwork.Of(this, changes) : Outcome<ChangedNetwork>.Refused(TransposedProbe.Problems);

    internal Outcome<NetworkProbe> TransposedProbe => _transposedProbe.Value;

    internal Outcome<NetworkProbe> ForwardProbe => _forwardProbe.Value;

    /// <summary>A⁻ᵀ d with its backward error proven, for one row; by product.</summary>
    internal Outcome<double[]> TransposedProven(double[] direct, LoopWay first = LoopWay.Usual)
    {
        for (var attempt = 0; ; attempt++)
        {
            var run = NetworkPass.Transposed(Order, _loops, direct, attempt == 0 ? first : LoopWay.Direct);
            if (run.Singular is { } loop)
            {
                return NetworkRefusal.Singular(loop.Causes);
            }

            var error = NetworkProof.Transposed(Technology, direct, run.Values, out var worst);
            if (error <= Certificate.LargestBackwardError)
            {
                return run.Values;
            }

            if (attempt > 0)
            {
                return NetworkRefusal.Unproven(error, 0, [worst]);
            }
        }
    }

    /// <summary>A⁻¹ f; <paramref name="judged"/>: a loop that cannot deliver is refused.</summary>
    internal Outcome<Supply> Proven(ReadOnlySpan<double> demand, Intensities? against, bool judged)
    {
        for (var attempt = 0; ; attempt++)
        {
            var run = NetworkPass.Forward(Order, _loops, demand, Way(attempt), judged);
            if (run.Singular is { } loop)
            {
                return NetworkRefusal.Singular(loop.Causes);
            }

            if (run.NotProductive is { } broken)
            {
                return NetworkRefusal.NotProductive(broken.Causes);
            }

            var error = NetworkProof.Forward(Technology, demand, run.Values, out var worst);
            if (error <= Certificate.LargestBackwardError)
            {
                return Compared(run, error, demand, against, judged);
            }

            if (attempt > 0)
            {
                return NetworkRefusal.Unproven(error, 0, [MakerOf(worst)]);
            }
        }
    }

    private Outcome<Supply> Compared(NetworkPass run, double error, ReadOnlySpan<double> demand, Intensities? against, bool judged)
    {
        double difference = 0;
        if (against is not null)
        {
            difference = against.Disagreement(run.Values, demand);
        }
        else if (judged)
        {
            var probe = TransposedProbe.Value;
            difference = NetworkProof.Disagreement(probe.Direct, run.Values, probe.Intensity, demand);
        }

        return difference <= Certificate.LargestPrimalDual
            ? new Supply(run.Values, new Certificate(error, difference, run.Sweeps, Shape.Components, run.Fallback))
            : NetworkRefusal.Unproven(error, difference, _loops.Length == 0 ? [] : _loops.MaxBy(l => l.Size)!.Causes);
    }

    private static LoopWay Way(int attempt) => attempt == 0 ? LoopWay.Usual : LoopWay.Direct;

    private static Problem? NotFinite(SparseMatrix technology)
    {
        var sum = 0.0;
        foreach (var value in technology.AllValues)
        {
            sum += value * 0;
        }

        if (sum == 0)
        {
            return null;
        }

        for (var process = 0; ; process++)
        {
            var values = technology.ValuesOf(process);
            for (var i = 0; i < values.Length; i++)
            {
                if (!double.IsFinite(values[i]))
                {
                    return NetworkRefusal.NotFinite(technology.RowsOf(process)[i], process, values[i]);
                }
            }
        }
    }
}
