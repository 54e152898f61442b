namespace Tanlu.Numerics;

/// <summary>One pass through a network, component by component. Values by process after a forward pass, by product after a transposed one.</summary>
internal sealed class NetworkPass
{
    private NetworkPass(double[] values) => Values = values;

    public double[] Values { get; }

    public int Sweeps { get; private set; }

    public string? Fallback { get; private set; }

    /// <summary>The loop that turned out singular; the pass ended there.</summary>
    public NetworkLoop? Singular { get; private set; }

    /// <summary>The loop that the demand reaches and that cannot deliver; the pass ended there.</summary>
    public NetworkLoop? NotProductive { get; private set; }

    /// <summary>A⁻¹ f: customers first.</summary>
    public static NetworkPass Forward(NetworkOrder order, NetworkLoop[] loops, ReadOnlySpan<double> demand, LoopWay way, bool judged)
    {
        var n = order.Size;
        var right = new double[n];
        var x = new double[n];
        var top = 0;
        for (var product = 0; product < n; product++)
        {
            if (demand[product] != 0)
            {
                var place = order.PlaceOfProduct[product];
                right[place] = demand[product];
                top = Math.Max(top, place + 1);
            }
        }

        var pass = new NetworkPass(new double[n]);
        var until = top;
        for (var l = loops.Length - 1; l >= 0; l--)
        {
            var loop = loops[l];
            if (loop.Start >= top)
            {
                continue;
            }

            Singles(order, loop.End, until, right, x);
            until = loop.Start;
            if (!AddOuter(order, loop, right, x))
            {
                continue;
            }

            if (!pass.Take(loop, loop.Forward(right, x, way)))
            {
                return pass;
            }

            if (judged && loop.IsProductive == false)
            {
                pass.NotProductive = loop;
                return pass;
            }
        }

        Singles(order, 0, until, right, x);
        for (var place = 0; place < n; place++)
        {
            pass.Values[order.Process[place]] = x[place] / order.Reference[place];
        }

        return pass;
    }

    /// <summary>A⁻ᵀ d: suppliers first.</summary>
    public static NetworkPass Transposed(NetworkOrder order, NetworkLoop[] loops, double[] directAmounts, LoopWay way)
    {
        var n = order.Size;
        var right = new double[n];
        for (var place = 0; place < n; place++)
        {
            right[place] = directAmounts[order.Process[place]] / order.Reference[place];
        }

        var y = new double[n];
        var pass = new NetworkPass(new double[n]);
        var from = 0;
        foreach (var loop in loops)
        {
            Inputs(order, from, loop.Start, right, y);
            from = loop.End;
            for (var place = loop.Start; place < loop.End; place++)
            {
                right[place] += Sum(order.InputPlaces, order.InputValues, order.InputStarts[place], order.InputInner[place], y);
            }

            if (!pass.Take(loop, loop.Transposed(right, y, way)))
            {
                return pass;
            }
        }

        Inputs(order, from, n, right, y);
        for (var place = 0; place < n; place++)
        {
            pass.Values[order.Product[place]] = y[place];
        }

        return pass;
    }

    private bool Take(NetworkLoop loop, LoopRun run)
    {
        Sweeps = Math.Max(Sweeps, run.Sweeps);
        Fallback ??= run.Fallback;
        Singular = run.Singular ? loop : null;
        return !run.Singular;
    }

    private static void Singles(NetworkOrder order, int from, int until, double[] right, double[] x)
    {
        for (var place = until - 1; place >= from; place--)
        {
            right[place] += Sum(order.UsePlaces, order.UseValues, order.UseStarts[place], order.UseStarts[place + 1], x);
            x[place] = right[place];
        }
    }

    private static void Inputs(NetworkOrder order, int from, int until, double[] right, double[] y)
    {
        for (var place = from; place < until; place++)
        {
            y[place] = right[place] + Sum(order.InputPlaces, order.InputValues, order.InputStarts[place], order.InputStarts[place + 1], y);
        }
    }

    private static bool AddOuter(NetworkOrder order, NetworkLoop loop, double[] right, double[] x)
    {
        var active = false;
        for (var place = loop.Start; place < loop.End; place++)
        {
            right[place] += Sum(order.UsePlaces, order.UseValues, order.UseInner[place], order.UseStarts[place + 1], x);
            active |= right[place] != 0;
        }

        return active;
    }

    private static double Sum(int[] places, double[] values, int entry, int end, double[] by)
    {
        var sum = 0.0;
        for (; entry < end; entry++)
        {
            sum += values[entry] * by[places[entry]];
        }

        return sum;
    }
}
