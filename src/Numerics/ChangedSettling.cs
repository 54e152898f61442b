namespace Tanlu.Numerics;

/// <summary>
/// What a change makes vanish is left by the update as the rounding of the two terms it is the difference of. Its own equation says what it is: entries whose backward error is
/// not small take the value that it gives, in the order of a sweep.
/// </summary>
internal static class ChangedSettling
{
    public const int MostRounds = 60;

    /// <summary>Backward error below which an entry is left as it is.</summary>
    public const double Settled = 1e-14;

    /// <summary>What is no more than the rounding of the terms it is the sum of is nothing, to begin with.</summary>
    public static double[] WithoutRounding(double[] supply, double[] sizes)
    {
        var result = supply.AsSpan().ToArray();
        for (var process = 0; process < result.Length; process++)
        {
            result[process] = Math.Abs(result[process]) <= 1e-13 * sizes[process] ? 0 : result[process];
        }

        return result;
    }

    /// <summary>One round over A′ s = f; <paramref name="byProduct"/> is the transposed matrix.</summary>
    public static void Forward(NetworkOrder order, SparseMatrix byProduct, ReadOnlySpan<double> demand, double[] supply)
    {
        for (var place = order.Size - 1; place >= 0; place--)
        {
            var (product, process) = (order.Product[place], order.Process[place]);
            var users = byProduct.RowsOf(product);
            var amounts = byProduct.ValuesOf(product);
            var (rest, size, reference) = (demand[product], Math.Abs(demand[product]), 0.0);
            for (var i = 0; i < users.Length; i++)
            {
                var term = amounts[i] * supply[users[i]];
                rest -= term;
                size += Math.Abs(term);
                reference = users[i] == process ? amounts[i] : reference;
            }

            if (Math.Abs(rest) > Settled * size && reference != 0)
            {
                supply[process] += rest / reference;
            }
        }
    }

    /// <summary>Rounds over A′ᵀ y = d for all indicators, until the backward error is small; returns it. Products that were refused before are left out.</summary>
    public static double Transposed(NetworkOrder order, SparseMatrix technology, Intensities before, double[] values)
    {
        var k = before.Indicators;
        var worst = double.PositiveInfinity;
        for (var round = 0; round <= MostRounds && worst > Settled; round++)
        {
            worst = 0;
            for (var place = 0; place < order.Size; place++)
            {
                var (product, process) = (order.Product[place], order.Process[place]);
                if (before.RefusalOf(product) is null)
                {
                    worst = Math.Max(worst, Column(technology, before.Direct(process), process, product, values, k));
                }
            }
        }

        return worst;
    }

    private static double Column(SparseMatrix technology, ReadOnlySpan<double> direct, int process, int product, double[] values, int k)
    {
        var rows = technology.RowsOf(process);
        var amounts = technology.ValuesOf(process);
        var worst = 0.0;
        for (var indicator = 0; indicator < k; indicator++)
        {
            var (rest, size, reference) = (direct[indicator], Math.Abs(direct[indicator]), 0.0);
            for (var i = 0; i < rows.Length; i++)
            {
                var term = amounts[i] * values[(rows[i] * k) + indicator];
                rest -= term;
                size += Math.Abs(term);
                reference = rows[i] == product ? amounts[i] : reference;
            }

            if (!double.IsFinite(size))
            {
                return double.PositiveInfinity;
            }

            worst = size > NetworkProof.Tiny ? Math.Max(worst, Math.Abs(rest) / size) : worst;
            if (Math.Abs(rest) > Settled * size)
            {
                values[(product * k) + indicator] += reference == 0 ? 0 : rest / reference;
            }
        }

        return worst;
    }
}
