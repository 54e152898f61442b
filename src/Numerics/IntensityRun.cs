using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>The transposed pass for k rows, sixteen at a time.</summary>
internal sealed unsafe class IntensityRun
{
    private const int Lanes = LaneSweeps.Lanes;

    private readonly PreparedNetwork _network;
    private readonly NetworkOrder _order;
    private int _sweeps;
    private string? _fallback;
    private NetworkLoop? _singular;

    private IntensityRun(PreparedNetwork network)
    {
        _network = network;
        _order = network.Order;
    }

    public static Outcome<Intensities> Of(PreparedNetwork network, double[] direct, int k)
    {
        var run = new IntensityRun(network);
        var values = new double[(long)network.Size * k];
        var error = 0.0;
        using var right = new LaneBuffer((long)network.Size * Lanes);
        using var y = new LaneBuffer((long)network.Size * Lanes);
        for (var first = 0; first < k; first += Lanes)
        {
            var width = Math.Min(Lanes, k - first);
            run.Fill(direct, k, first, width, right.At);
            var found = run.Proven(right, y);
            if (run._singular is { } loop)
            {
                return NetworkRefusal.Singular(loop.Causes);
            }

            if (!(found <= Certificate.LargestBackwardError))
            {
                return NetworkRefusal.Unproven(found, 0, network.Loops.Count == 0 ? [] : network.Loops.MaxBy(l => l.Size)!.Causes);
            }

            error = Math.Max(error, found);
            run.Take(y.At, k, first, width, values);
        }

        return run.Compared(values, direct, k, error);
    }

    private double Proven(LaneBuffer right, LaneBuffer y)
    {
        for (var attempt = 0; ; attempt++)
        {
            Buffer.MemoryCopy(right.At, y.At, y.Count * sizeof(double), right.Count * sizeof(double));
            Pass(y.At, attempt == 0 ? LoopWay.Usual : LoopWay.Direct);
            if (_singular is not null)
            {
                return double.PositiveInfinity;
            }

            var error = NetworkProof.TransposedLanes(_network.Technology, _order, right.At, y.At);
            if (error <= Certificate.LargestBackwardError || attempt > 0)
            {
                return error;
            }
        }
    }

    private void Pass(double* y, LoopWay way)
    {
        var from = 0;
        foreach (var loop in _network.Loops)
        {
            LaneSweeps.Pass(_order, from, loop.Start, y);
            LaneSweeps.AddOuter(_order, loop.Start, loop.End, y);
            var run = loop.TransposedLanes(y, way);
            _sweeps = Math.Max(_sweeps, run.Sweeps);
            _fallback ??= run.Fallback;
            if (run.Singular)
            {
                _singular = loop;
                return;
            }

            from = loop.End;
        }

        LaneSweeps.Pass(_order, from, _order.Size, y);
    }

    private void Fill(double[] direct, int k, int first, int width, double* right)
    {
        for (var place = 0; place < _order.Size; place++)
        {
            var from = direct.AsSpan((_order.Process[place] * k) + first, width);
            var to = right + ((long)place * Lanes);
            var reference = _order.Reference[place];
            for (var lane = 0; lane < width; lane++)
            {
                to[lane] = from[lane] / reference;
            }

            for (var lane = width; lane < Lanes; lane++)
            {
                to[lane] = 0;
            }
        }
    }

    private void Take(double* y, int k, int first, int width, double[] values)
    {
        for (var place = 0; place < _order.Size; place++)
        {
            new ReadOnlySpan<double>(y + ((long)place * Lanes), width).CopyTo(values.AsSpan((_order.Product[place] * k) + first, width));
        }
    }

    private Outcome<Intensities> Compared(double[] values, double[] direct, int k, double error)
    {
        var probe = _network.ForwardProbe;
        if (!probe.Ok)
        {
            return Outcome<Intensities>.Refused(probe.Problems);
        }

        var found = new Intensities(values, direct, k, new Certificate(error, 0, 0, 0, null), new Dictionary<int, Problem>());
        var difference = found.Disagreement(probe.Value.Supply, probe.Value.Demand);
        if (!(difference <= Certificate.LargestPrimalDual))
        {
            return NetworkRefusal.Unproven(error, difference, _network.Loops.Count == 0 ? [] : _network.Loops.MaxBy(l => l.Size)!.Causes);
        }

        var refused = Refused();
        foreach (var product in refused.Keys)
        {
            values.AsSpan(product * k, k).Fill(double.NaN);
        }

        return new Intensities(values, direct, k, new Certificate(error, difference, _sweeps, _network.Shape.Components, _fallback), refused);
    }

    // A product is refused when its process, or one that it takes from, stands in a loop that cannot deliver.
    private Dictionary<int, Problem> Refused()
    {
        var refused = new Dictionary<int, Problem>();
        if (_network.Loops.All(l => l.IsProductive != false))
        {
            return refused;
        }

        var byComponent = new Problem?[_order.Components];
        foreach (var loop in _network.Loops.Where(l => l.IsProductive == false))
        {
            byComponent[_order.ComponentOf[loop.Start]] = NetworkRefusal.NotProductive(loop.Causes);
        }

        for (var place = 0; place < _order.Size; place++)
        {
            ref var own = ref byComponent[_order.ComponentOf[place]];
            for (var entry = _order.InputStarts[place]; entry < _order.InputInner[place] && own is null; entry++)
            {
                own = _order.InputValues[entry] == 0 ? null : byComponent[_order.ComponentOf[_order.InputPlaces[entry]]];
            }
        }

        for (var place = 0; place < _order.Size; place++)
        {
            if (byComponent[_order.ComponentOf[place]] is { } problem)
            {
                refused[_order.Product[place]] = problem;
            }
        }

        return refused;
    }
}
