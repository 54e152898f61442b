using System.Runtime.Intrinsics;

namespace Tanlu.Numerics;

/// <summary>P A = L U of a dense matrix by rows, with partial pivoting, in blocks of columns (Golub and Van Loan, Matrix Computations, 3.4).</summary>
internal sealed unsafe class DenseFactors : LoopFactors
{
    private const int Panel = 48;

    private readonly double[] _lu;
    private readonly int[] _pivots;

    private DenseFactors(double[] lu, int size)
    {
        _lu = lu;
        Size = size;
        _pivots = new int[size];
    }

    public int Size { get; }

    /// <summary>Factorises in place: <paramref name="matrix"/> (size × size, by rows) becomes the factors.</summary>
    public static DenseFactors Of(double[] matrix, int size)
    {
        var factors = new DenseFactors(matrix, size);
        fixed (double* a = matrix)
        {
            factors.Factorise(a);
        }

        if (double.IsFinite(factors.Condition))
        {
            factors.Condition = factors.Estimated(size, factors.Sizes);
        }

        return factors;
    }

    public override void Solve(Span<double> b, int lanes = 1)
    {
        var n = Size;
        for (var i = 0; i < n; i++)
        {
            if (_pivots[i] != i)
            {
                SwapRows(b, i, _pivots[i], lanes);
            }
        }

        fixed (double* x = b, lu = _lu)
        {
            for (var i = 1; i < n; i++)
            {
                Reduce(lu + ((long)i * n), 0, i, x, x + ((long)i * lanes), lanes);
            }

            for (var i = n - 1; i >= 0; i--)
            {
                Reduce(lu + ((long)i * n), i + 1, n, x, x + ((long)i * lanes), lanes);
                Divide(x + ((long)i * lanes), lu[((long)i * n) + i], lanes);
            }
        }
    }

    public override void SolveTransposed(Span<double> b, int lanes = 1)
    {
        var n = Size;
        fixed (double* x = b, lu = _lu)
        {
            // Rows of the factors are read as they lie: what is known is taken off what comes.
            for (var i = 0; i < n; i++)
            {
                Divide(x + ((long)i * lanes), lu[((long)i * n) + i], lanes);
                Spread(lu + ((long)i * n), i + 1, n, x, x + ((long)i * lanes), lanes);
            }

            for (var i = n - 1; i > 0; i--)
            {
                Spread(lu + ((long)i * n), 0, i, x, x + ((long)i * lanes), lanes);
            }
        }

        for (var i = n - 1; i >= 0; i--)
        {
            if (_pivots[i] != i)
            {
                SwapRows(b, i, _pivots[i], lanes);
            }
        }
    }

    private static void SwapRows(Span<double> b, int one, int other, int lanes)
    {
        for (var lane = 0; lane < lanes; lane++)
        {
            (b[(one * lanes) + lane], b[(other * lanes) + lane]) = (b[(other * lanes) + lane], b[(one * lanes) + lane]);
        }
    }

    // target −= Σ row[k] x[k]
    private static void Reduce(double* row, int from, int to, double* x, double* target, int lanes)
    {
        if (lanes == 1)
        {
            *target -= Dot(row + from, x + from, to - from);
            return;
        }

        for (var k = from; k < to; k++)
        {
            var by = row[k];
            if (by != 0)
            {
                Subtract(target, x + ((long)k * lanes), by, lanes);
            }
        }
    }

    // x[k] −= row[k] known
    private static void Spread(double* row, int from, int to, double* x, double* known, int lanes)
    {
        if (lanes == 1)
        {
            Subtract(x + from, row + from, *known, to - from);
            return;
        }

        for (var k = from; k < to; k++)
        {
            if (row[k] != 0)
            {
                Subtract(x + ((long)k * lanes), known, row[k], lanes);
            }
        }
    }

    private static void Divide(double* x, double by, int lanes)
    {
        for (var lane = 0; lane < lanes; lane++)
        {
            x[lane] /= by;
        }
    }

    private static double Dot(double* a, double* b, int count)
    {
        var (s0, s1) = (Vector512<double>.Zero, Vector512<double>.Zero);
        var i = 0;
        for (; i + 16 <= count; i += 16)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + 8), Vector512.Load(b + i + 8), s1);
        }

        var sum = Vector512.Sum(s0 + s1);
        for (; i < count; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    // target −= by · source
    private static void Subtract(double* target, double* source, double by, int count)
    {
        var factor = Vector512.Create(-by);
        var i = 0;
        for (; i + 8 <= count; i += 8)
        {
            Vector512.FusedMultiplyAdd(factor, Vector512.Load(source + i), Vector512.Load(target + i)).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] -= by * source[i];
        }
    }

    private void Factorise(double* a)
    {
        var n = Size;
        for (var first = 0; first < n; first += Panel)
        {
            var end = Math.Min(first + Panel, n);
            FactorisePanel(a, first, end);
            for (var i = first + 1; i < end; i++)
            {
                for (var k = first; k < i; k++)
                {
                    Subtract(a + ((long)i * n) + end, a + ((long)k * n) + end, a[((long)i * n) + k], n - end);
                }
            }

            UpdateTrailing(a, first, end);
        }
    }

    private void FactorisePanel(double* a, int first, int end)
    {
        var n = Size;
        for (var k = first; k < end; k++)
        {
            var pivot = k;
            var largest = Math.Abs(a[((long)k * n) + k]);
            for (var i = k + 1; i < n; i++)
            {
                var size = Math.Abs(a[((long)i * n) + k]);
                if (size > largest)
                {
                    (pivot, largest) = (i, size);
                }
            }

            _pivots[k] = pivot;
            if (!(largest > 0))
            {
                Condition = double.PositiveInfinity;
                continue;
            }

            if (pivot != k)
            {
                Swap(a + ((long)k * n), a + ((long)pivot * n), n);
            }

            var top = a + ((long)k * n);
            for (var i = k + 1; i < n; i++)
            {
                var row = a + ((long)i * n);
                if (row[k] != 0)
                {
                    row[k] /= top[k];
                    Subtract(row + k + 1, top + k + 1, row[k], end - k - 1);
                }
            }
        }
    }

    private static void Swap(double* one, double* other, int count)
    {
        for (var i = 0; i < count; i++)
        {
            (one[i], other[i]) = (other[i], one[i]);
        }
    }

    // A₂₂ −= L₂₁ U₁₂, four rows by 32 columns at a time: sixteen accumulators stay in registers.
    private void UpdateTrailing(double* a, int first, int end)
    {
        var n = Size;
        for (var column = end; column < n; column += 32)
        {
            var row = end;
            if (column + 32 <= n)
            {
                for (; row + 4 <= n; row += 4)
                {
                    Tile(a, row, column, first, end);
                }
            }

            var width = Math.Min(32, n - column);
            for (; row < n; row++)
            {
                for (var k = first; k < end; k++)
                {
                    Subtract(a + ((long)row * n) + column, a + ((long)k * n) + column, a[((long)row * n) + k], width);
                }
            }
        }
    }

    private void Tile(double* a, int row, int column, int first, int end)
    {
        long n = Size;
        var r0 = a + (row * n);
        var r1 = r0 + n;
        var r2 = r1 + n;
        var r3 = r2 + n;
        var (c00, c01, c02, c03) = (Vector512.Load(r0 + column), Vector512.Load(r0 + column + 8), Vector512.Load(r0 + column + 16), Vector512.Load(r0 + column + 24));
        var (c10, c11, c12, c13) = (Vector512.Load(r1 + column), Vector512.Load(r1 + column + 8), Vector512.Load(r1 + column + 16), Vector512.Load(r1 + column + 24));
        var (c20, c21, c22, c23) = (Vector512.Load(r2 + column), Vector512.Load(r2 + column + 8), Vector512.Load(r2 + column + 16), Vector512.Load(r2 + column + 24));
        var (c30, c31, c32, c33) = (Vector512.Load(r3 + column), Vector512.Load(r3 + column + 8), Vector512.Load(r3 + column + 16), Vector512.Load(r3 + column + 24));
        var u = a + (first * n) + column;
        for (var k = first; k < end; k++, u += n)
        {
            var (u0, u1, u2, u3) = (Vector512.Load(u), Vector512.Load(u + 8), Vector512.Load(u + 16), Vector512.Load(u + 24));
            var l = Vector512.Create(-r0[k]);
            c00 = Vector512.FusedMultiplyAdd(l, u0, c00);
            c01 = Vector512.FusedMultiplyAdd(l, u1, c01);
            c02 = Vector512.FusedMultiplyAdd(l, u2, c02);
            c03 = Vector512.FusedMultiplyAdd(l, u3, c03);
            l = Vector512.Create(-r1[k]);
            c10 = Vector512.FusedMultiplyAdd(l, u0, c10);
            c11 = Vector512.FusedMultiplyAdd(l, u1, c11);
            c12 = Vector512.FusedMultiplyAdd(l, u2, c12);
            c13 = Vector512.FusedMultiplyAdd(l, u3, c13);
            l = Vector512.Create(-r2[k]);
            c20 = Vector512.FusedMultiplyAdd(l, u0, c20);
            c21 = Vector512.FusedMultiplyAdd(l, u1, c21);
            c22 = Vector512.FusedMultiplyAdd(l, u2, c22);
            c23 = Vector512.FusedMultiplyAdd(l, u3, c23);
            l = Vector512.Create(-r3[k]);
            c30 = Vector512.FusedMultiplyAdd(l, u0, c30);
            c31 = Vector512.FusedMultiplyAdd(l, u1, c31);
            c32 = Vector512.FusedMultiplyAdd(l, u2, c32);
            c33 = Vector512.FusedMultiplyAdd(l, u3, c33);
        }

        Put(r0 + column, c00, c01, c02, c03);
        Put(r1 + column, c10, c11, c12, c13);
        Put(r2 + column, c20, c21, c22, c23);
        Put(r3 + column, c30, c31, c32, c33);

        static void Put(double* to, Vector512<double> v0, Vector512<double> v1, Vector512<double> v2, Vector512<double> v3)
        {
            v0.Store(to);
            v1.Store(to + 8);
            v2.Store(to + 16);
            v3.Store(to + 24);
        }
    }

    // |L| |U| v stands for |A| v: where the factors grew, the solution suffers as from a worse matrix.
    private double[] Sizes(double[] v)
    {
        var n = Size;
        var (inner, sizes) = (new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            var row = _lu.AsSpan(i * n, n);
            for (var k = i; k < n; k++)
            {
                inner[i] += Math.Abs(row[k]) * v[k];
            }

            sizes[i] = inner[i];
            for (var k = 0; k < i; k++)
            {
                sizes[i] += Math.Abs(row[k]) * inner[k];
            }
        }

        // Rows of the factors back to rows of the matrix.
        for (var i = n - 1; i >= 0; i--)
        {
            (sizes[i], sizes[_pivots[i]]) = (sizes[_pivots[i]], sizes[i]);
        }

        return sizes;
    }
}
