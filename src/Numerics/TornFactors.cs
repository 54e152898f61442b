using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tanlu.Numerics;

/// <summary>
/// A large loop factorised by tearing: some processes that most circles run through (hubs) are set apart, so that the others fall into small components and are solved in one
/// pass; what the hubs mean to each other through them is a dense matrix, the Schur complement A₂₂ − A₂₁ A₁₁⁻¹ A₁₂ (Kron's method; Duff, Erisman and Reid 2017, chapter 11).
/// A loop that remains among the others and is still large is torn in turn.
/// </summary>
internal sealed class TornFactors : LoopFactors
{
    /// <summary>A loop of no more processes is factorised as a dense matrix.</summary>
    private const int MostDense = 200;

    private const int Lanes = 16;

    /// <summary>A loop among the others with a worse condition is set apart too: the dense matrix pivots, one pass does not.</summary>
    private const double Weak = 1e8;

    private readonly int _size;
    private readonly int[] _torn;
    private readonly int[] _rest;
    private readonly NetworkOrder _order;
    private readonly Dictionary<int, LoopFactors> _loops;
    private readonly SparseMatrix _restByTorn;
    private readonly SparseMatrix _tornByRest;
    private readonly DenseFactors _complement;

    private TornFactors(SparseMatrix matrix, int[] torn, int[] rest, NetworkOrder order, Dictionary<int, LoopFactors> loops)
    {
        _size = matrix.Columns;
        (_torn, _rest, _order, _loops) = (torn, rest, order, loops);
        var local = new int[_size];
        for (var i = 0; i < rest.Length; i++)
        {
            local[rest[i]] = order.PlaceOfProcess[i];
        }

        for (var i = 0; i < torn.Length; i++)
        {
            local[torn[i]] = ~i;
        }

        _restByTorn = Block(matrix, torn, local, rest.Length, rowsTorn: false, column => ~local[column]);
        _tornByRest = Block(matrix, rest, local, torn.Length, rowsTorn: true, column => local[column]);
        _complement = DenseFactors.Of(Complement(Block(matrix, torn, local, torn.Length, rowsTorn: true, column => ~local[column])), torn.Length);
        Condition = _complement.Condition < Singular ? Estimated(_size, v => Sizes(matrix, v)) : _complement.Condition;
    }

    /// <summary>Of a matrix whose diagonal is 1 everywhere.</summary>
    public static LoopFactors Of(SparseMatrix matrix)
    {
        var size = matrix.Columns;
        if (size <= MostDense)
        {
            return DenseFactors.Of(Dense(matrix), size);
        }

        var isTorn = new bool[size];
        while (true)
        {
            var rest = Enumerable.Range(0, size).Where(i => !isTorn[i]).ToArray();
            var inner = Among(matrix, rest);
            var order = NetworkOrder.Of(inner, ReferenceOutputs.Of(inner));
            if (Tear(matrix, isTorn, rest, order))
            {
                continue;
            }

            var loops = new Dictionary<int, LoopFactors>();
            var weak = false;
            for (var component = 0; component < order.Components; component++)
            {
                var (start, end) = (order.ComponentStarts[component], order.ComponentStarts[component + 1]);
                if (end - start == 1)
                {
                    continue;
                }

                var factors = Of(order.Scaled(start, end));
                if (factors.Condition > Weak)
                {
                    weak = true;
                    for (var place = start; place < end; place++)
                    {
                        isTorn[rest[order.Process[place]]] = true;
                    }
                }

                loops[start] = factors;
            }

            if (!weak)
            {
                return new TornFactors(matrix, [.. Enumerable.Range(0, size).Where(i => isTorn[i])], rest, order, loops);
            }
        }
    }

    public override void Solve(Span<double> b, int lanes = 1)
    {
        var (right, x, hubs) = (new double[_rest.Length * lanes], new double[_rest.Length * lanes], new double[_torn.Length * lanes]);
        Gather(b, right, hubs, lanes);
        right.CopyTo(x, 0);
        Forward(x, lanes);
        Subtract(_tornByRest, x, hubs, lanes);
        _complement.Solve(hubs, lanes);
        Subtract(_restByTorn, hubs, right, lanes);
        Forward(right, lanes);
        Scatter(b, right, hubs, lanes);
    }

    public override void SolveTransposed(Span<double> b, int lanes = 1)
    {
        var (right, x, hubs) = (new double[_rest.Length * lanes], new double[_rest.Length * lanes], new double[_torn.Length * lanes]);
        Gather(b, right, hubs, lanes);
        right.CopyTo(x, 0);
        Transposed(x, lanes);
        SubtractTransposed(_restByTorn, x, hubs, lanes);
        _complement.SolveTransposed(hubs, lanes);
        SubtractTransposed(_tornByRest, hubs, right, lanes);
        Transposed(right, lanes);
        Scatter(b, right, hubs, lanes);
    }

    // Sets the processes apart that most ways lead through, a few at a time, until no loop among the others is large.
    private static bool Tear(SparseMatrix matrix, bool[] isTorn, int[] rest, NetworkOrder order)
    {
        var largest = Math.Max(MostDense, matrix.Columns / 8);
        var torn = false;
        for (var component = 0; component < order.Components; component++)
        {
            var (start, end) = (order.ComponentStarts[component], order.ComponentStarts[component + 1]);
            if (end - start <= largest)
            {
                continue;
            }

            var places = Enumerable.Range(start, end - start).ToArray();
            var ways = places.Select(p => -(long)(order.InputStarts[p + 1] - order.InputInner[p]) * (order.UseInner[p] - order.UseStarts[p])).ToArray();
            Array.Sort(ways, places);
            foreach (var place in places.AsSpan(0, Math.Max(8, (end - start) / 64)))
            {
                isTorn[rest[order.Process[place]]] = true;
            }

            torn = true;
        }

        return torn;
    }

    private double[] Complement(SparseMatrix tornByTorn)
    {
        var k = _torn.Length;
        var complement = new double[k * k];
        var block = new double[_rest.Length * Lanes];
        var product = new double[k * Lanes];
        for (var first = 0; first < k; first += Lanes)
        {
            Array.Clear(block);
            Array.Clear(product);
            var width = Math.Min(Lanes, k - first);
            for (var lane = 0; lane < width; lane++)
            {
                Put(_restByTorn, first + lane, block, lane);
                Put(tornByTorn, first + lane, product, lane);
            }

            Forward(block, Lanes);
            Subtract(_tornByRest, block, product, Lanes);
            for (var row = 0; row < k; row++)
            {
                product.AsSpan(row * Lanes, width).CopyTo(complement.AsSpan((row * k) + first, width));
            }
        }

        return complement;

        static void Put(SparseMatrix from, int column, double[] to, int lane)
        {
            var rows = from.RowsOf(column);
            var values = from.ValuesOf(column);
            for (var i = 0; i < rows.Length; i++)
            {
                to[(rows[i] * Lanes) + lane] = values[i];
            }
        }
    }

    // x = A₁₁⁻¹ x by place: users before what they use.
    private void Forward(double[] x, int lanes)
    {
        for (var component = _order.Components - 1; component >= 0; component--)
        {
            var (start, end) = (_order.ComponentStarts[component], _order.ComponentStarts[component + 1]);
            for (var place = start; place < end; place++)
            {
                var target = x.AsSpan(place * lanes, lanes);
                for (var entry = _order.UseInner[place]; entry < _order.UseStarts[place + 1]; entry++)
                {
                    Add(target, x.AsSpan(_order.UsePlaces[entry] * lanes, lanes), _order.UseValues[entry]);
                }
            }

            if (end - start > 1)
            {
                _loops[start].Solve(x.AsSpan(start * lanes, (end - start) * lanes), lanes);
            }
        }
    }

    private void Transposed(double[] x, int lanes)
    {
        for (var component = 0; component < _order.Components; component++)
        {
            var (start, end) = (_order.ComponentStarts[component], _order.ComponentStarts[component + 1]);
            for (var place = start; place < end; place++)
            {
                var target = x.AsSpan(place * lanes, lanes);
                for (var entry = _order.InputStarts[place]; entry < _order.InputInner[place]; entry++)
                {
                    Add(target, x.AsSpan(_order.InputPlaces[entry] * lanes, lanes), _order.InputValues[entry]);
                }
            }

            if (end - start > 1)
            {
                _loops[start].SolveTransposed(x.AsSpan(start * lanes, (end - start) * lanes), lanes);
            }
        }
    }

    // to −= M from
    private static void Subtract(SparseMatrix matrix, double[] from, double[] to, int lanes)
    {
        for (var column = 0; column < matrix.Columns; column++)
        {
            var rows = matrix.RowsOf(column);
            var values = matrix.ValuesOf(column);
            for (var i = 0; i < rows.Length; i++)
            {
                Add(to.AsSpan(rows[i] * lanes, lanes), from.AsSpan(column * lanes, lanes), -values[i]);
            }
        }
    }

    // to −= Mᵀ from
    private static void SubtractTransposed(SparseMatrix matrix, double[] from, double[] to, int lanes)
    {
        for (var column = 0; column < matrix.Columns; column++)
        {
            var rows = matrix.RowsOf(column);
            var values = matrix.ValuesOf(column);
            for (var i = 0; i < rows.Length; i++)
            {
                Add(to.AsSpan(column * lanes, lanes), from.AsSpan(rows[i] * lanes, lanes), -values[i]);
            }
        }
    }

    private static void Add(Span<double> target, ReadOnlySpan<double> source, double by)
    {
        if (target.Length == Lanes)
        {
            ref var to = ref MemoryMarshal.GetReference(target);
            ref var from = ref MemoryMarshal.GetReference(source);
            var factor = Vector512.Create(by);
            Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref from), Vector512.LoadUnsafe(ref to)).StoreUnsafe(ref to);
            Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref from, 8), Vector512.LoadUnsafe(ref to, 8)).StoreUnsafe(ref to, 8);
            return;
        }

        for (var lane = 0; lane < target.Length; lane++)
        {
            target[lane] += by * source[lane];
        }
    }

    private void Gather(ReadOnlySpan<double> b, double[] rest, double[] torn, int lanes)
    {
        for (var i = 0; i < _rest.Length; i++)
        {
            b.Slice(_rest[i] * lanes, lanes).CopyTo(rest.AsSpan(_order.PlaceOfProcess[i] * lanes));
        }

        for (var i = 0; i < _torn.Length; i++)
        {
            b.Slice(_torn[i] * lanes, lanes).CopyTo(torn.AsSpan(i * lanes));
        }
    }

    private void Scatter(Span<double> b, double[] rest, double[] torn, int lanes)
    {
        for (var i = 0; i < _rest.Length; i++)
        {
            rest.AsSpan(_order.PlaceOfProcess[i] * lanes, lanes).CopyTo(b[(_rest[i] * lanes)..]);
        }

        for (var i = 0; i < _torn.Length; i++)
        {
            torn.AsSpan(i * lanes, lanes).CopyTo(b[(_torn[i] * lanes)..]);
        }
    }

    // The rows of the torn (or of the others, by place) in the given columns.
    private static SparseMatrix Block(SparseMatrix matrix, int[] columns, int[] local, int rowCount, bool rowsTorn, Func<int, int> columnOf)
    {
        var (rows, cols, values) = (new List<int>(), new List<int>(), new List<double>());
        foreach (var column in columns)
        {
            var from = matrix.RowsOf(column);
            var amounts = matrix.ValuesOf(column);
            for (var i = 0; i < from.Length; i++)
            {
                var row = local[from[i]];
                if (row < 0 == rowsTorn)
                {
                    rows.Add(rowsTorn ? ~row : row);
                    cols.Add(columnOf(column));
                    values.Add(amounts[i]);
                }
            }
        }

        return SparseMatrix.FromTriplets(rowCount, columns.Length, rows.ToArray(), cols.ToArray(), values.ToArray());
    }

    private static SparseMatrix Among(SparseMatrix matrix, int[] kept)
    {
        var local = new int[matrix.Columns];
        local.AsSpan().Fill(-1);
        for (var i = 0; i < kept.Length; i++)
        {
            local[kept[i]] = i;
        }

        var (rows, columns, values) = (new List<int>(matrix.Count), new List<int>(matrix.Count), new List<double>(matrix.Count));
        foreach (var column in kept)
        {
            var from = matrix.RowsOf(column);
            var amounts = matrix.ValuesOf(column);
            for (var i = 0; i < from.Length; i++)
            {
                if (local[from[i]] >= 0)
                {
                    rows.Add(local[from[i]]);
                    columns.Add(local[column]);
                    values.Add(amounts[i]);
                }
            }
        }

        return SparseMatrix.FromTriplets(kept.Length, kept.Length, rows.ToArray(), columns.ToArray(), values.ToArray());
    }

    private static double[] Sizes(SparseMatrix matrix, double[] v)
    {
        var sizes = new double[v.Length];
        for (var column = 0; column < v.Length; column++)
        {
            var rows = matrix.RowsOf(column);
            var values = matrix.ValuesOf(column);
            for (var i = 0; i < rows.Length; i++)
            {
                sizes[rows[i]] += Math.Abs(values[i]) * v[column];
            }
        }

        return sizes;
    }

    private static double[] Dense(SparseMatrix matrix)
    {
        var dense = new double[matrix.Rows * matrix.Columns];
        for (var column = 0; column < matrix.Columns; column++)
        {
            var rows = matrix.RowsOf(column);
            var values = matrix.ValuesOf(column);
            for (var i = 0; i < rows.Length; i++)
            {
                dense[(rows[i] * matrix.Columns) + column] = values[i];
            }
        }

        return dense;
    }
}
