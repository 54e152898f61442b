namespace Tanlu.Numerics;

/// <summary>Which inputs of a large loop make it take in more than it makes.</summary>
internal static class LoopGrowth
{
    private const int Rounds = 300;

    private const int MostNamed = 12;

    /// <summary>Inputs with a smaller share in the growth are not named.</summary>
    private const double LeastShare = 0.02;

    /// <summary>
    /// With the right and left eigenvectors v and w of |Z| for its largest eigenvalue, w Z v is by how much each input moves it, whatever the units. Processes of the largest, by
    /// column of the technology matrix.
    /// </summary>
    public static IReadOnlyList<int> Causes(NetworkOrder order, int start, int end)
    {
        var right = Dominant(start, end, order.UseStarts, p => order.UseInner[p], order.UsePlaces, order.UseValues);
        var left = Dominant(start, end, order.InputInner, p => order.InputStarts[p + 1], order.InputPlaces, order.InputValues);
        var shares = new List<(double Share, int Supplier, int User)>();
        var total = 0.0;
        for (var user = start; user < end; user++)
        {
            for (var entry = order.InputInner[user]; entry < order.InputStarts[user + 1]; entry++)
            {
                var supplier = order.InputPlaces[entry];
                var share = left[supplier - start] * Math.Abs(order.InputValues[entry]) * right[user - start];
                total += share;
                shares.Add((share, supplier, user));
            }
        }

        var named = new SortedSet<int>();
        foreach (var (share, supplier, user) in shares.OrderByDescending(s => s.Share).Take(MostNamed / 2))
        {
            if (named.Count == 0 || share > LeastShare * total)
            {
                named.Add(order.Process[supplier]);
                named.Add(order.Process[user]);
            }
        }

        return [.. named];
    }

    // Of I + |Z|, whose powers do not swing where circles have a common period.
    private static double[] Dominant(int start, int end, int[] starts, Func<int, int> endOf, int[] places, double[] values)
    {
        var v = new double[end - start];
        v.AsSpan().Fill(1);
        for (var round = 0; round < Rounds; round++)
        {
            var next = new double[v.Length];
            var largest = 0.0;
            for (var place = start; place < end; place++)
            {
                var sum = v[place - start];
                for (var entry = starts[place]; entry < endOf(place); entry++)
                {
                    sum += Math.Abs(values[entry]) * v[places[entry] - start];
                }

                next[place - start] = sum;
                largest = Math.Max(largest, sum);
            }

            for (var i = 0; i < next.Length; i++)
            {
                next[i] /= largest;
            }

            v = next;
        }

        return v;
    }
}
