using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Numerics;

/// <summary>Random matrices of every kind against dense elimination: never a crash, never a number that it does not confirm.</summary>
public sealed class NetworkFuzzTests
{
    [Fact]
    public void Ten_thousand_random_matrices_agree_with_dense_elimination_or_are_refused_for_a_reason()
    {
        var (solved, compared, refused) = (0, 0, 0);
        for (var seed = 0; seed < 10_000; seed++)
        {
            var matrix = Random(seed, out var n);
            var dense = DenseFactors.Of(NetworkPropertyTests.Rows(matrix), n);
            var demand = new double[n];
            demand[seed % n] = 1;
            var prepared = PreparedNetwork.Prepare(matrix);
            var outcome = prepared.Ok ? prepared.Value.Solve(demand) : default;
            if (prepared.Ok && outcome.Ok)
            {
                solved++;
                Assert.True(outcome.Value.Certificate.BackwardError <= 1e-10 && outcome.Value.Certificate.PrimalDual <= 1e-6, $"{seed}: {outcome.Value.Certificate}");
                var reference = dense.Condition < 1e9 ? DenseNetwork.Prepare(NetworkPropertyTests.Rows(matrix), n).Value.Solve(demand) : default;
                if (dense.Condition < 1e9 && reference.Ok)
                {
                    compared++;
                    var expected = reference.Value.Values;
                    var scale = expected.Max(Math.Abs);
                    Assert.All(
                        expected.Zip(outcome.Value.Values), v => Assert.True(Math.Abs(v.First - v.Second) <= (1e-6 * Math.Abs(v.First)) + (1e-7 * scale), $"{seed}: {v}, condition {dense.Condition:R}"));
                }

                continue;
            }

            refused++;
            var problem = (prepared.Ok ? outcome.Problems : prepared.Problems)[0];
            Assert.NotEmpty(NetworkRefusal.Processes(problem));
            Assert.True(
                problem.Code switch
                {
                    "network_no_reference" => dense.Condition > 1e14,
                    "network_singular" => dense.Condition > 1e11,
                    "network_not_productive" => true,
                    _ => dense.Condition > 1e6,
                },
                $"{seed}: {problem.Code}, condition {dense.Condition:R}");
        }

        Assert.True(solved > 5000 && compared > 4000 && refused > 500, $"{solved} solved, {compared} compared, {refused} refused");
    }

    [Fact]
    public void Wild_networks_of_some_hundred_processes_are_solved_or_refused_as_dense_elimination_says()
    {
        var (solved, swept, torn) = (0, 0, 0);
        for (var seed = 0; seed < 200; seed++)
        {
            var draws = new SeededDraws((ulong)seed, 5);
            var n = 100 + draws.Below(400);
            var (spread, strength, credits) = (draws.Below(2) * 4.0 * draws.Unit(), 0.2 + (1.5 * draws.Unit()), draws.Below(2) * draws.Unit());
            var units = Enumerable.Range(0, n).Select(_ => draws.PowerOfTen(spread)).ToArray();
            var (rows, columns, values) = (new List<int>(), new List<int>(), new List<double>());
            for (var i = 0; i < n; i++)
            {
                Put(i, i, 1);
                Put((i + 1) % n, i, -0.5);
                for (var e = draws.Below(8); e > 0; e--)
                {
                    Put(draws.Below(draws.Below(2) == 0 ? n : 10), i, (draws.Unit() < credits ? 1 : -1) * strength * draws.Unit() / 3);
                }
            }

            var matrix = SparseMatrix.FromTriplets(n, n, rows.ToArray(), columns.ToArray(), values.ToArray());
            var demand = new double[n];
            demand[seed % n] = 1;
            var reference = DenseNetwork.Prepare(NetworkPropertyTests.Rows(matrix), n);
            var prepared = PreparedNetwork.Prepare(matrix);
            var found = prepared.Ok ? prepared.Value.Solve(demand) : default;
            if (!prepared.Ok || !found.Ok)
            {
                var problem = (prepared.Ok ? found.Problems : prepared.Problems)[0];
                Assert.True(problem.Code == "network_not_productive", $"{seed}: {problem.Code}");
                var impossible = reference.Value.Solve(demand);
                Assert.True(!impossible.Ok || Array.Exists(impossible.Value.Values, v => v < 0), $"{seed}: nothing is negative");
                continue;
            }

            solved++;
            swept += found.Value.Certificate.Sweeps > 0 ? 1 : 0;
            torn += found.Value.Certificate.Fallback is null ? 0 : 1;
            var expected = reference.Value.Solve(demand);
            Assert.True(found.Value.Certificate is { BackwardError: < 1e-10, PrimalDual: < 1e-9 }, $"{seed}: {found.Value.Certificate}");
            if (expected.Ok)
            {
                var scale = expected.Value.Values.Zip(units, (v, u) => Math.Abs(v / u)).Max();
                Assert.All(Enumerable.Range(0, n), i => Assert.True(
                    Math.Abs(expected.Value.Values[i] - found.Value.Values[i]) <= (1e-6 * Math.Abs(expected.Value.Values[i])) + (1e-9 * scale * units[i]), $"{seed}: {i}"));
            }

            void Put(int row, int column, double share)
            {
                rows.Add(row);
                columns.Add(column);
                values.Add(share * units[row] / units[column]);
            }
        }

        Assert.True(solved > 100 && swept > 40 && torn > 10, $"{solved} solved, {swept} swept, {torn} torn");
    }

    // Sparse to full, well behaved to wild: signs, sizes over many powers of ten, missing diagonals, permuted rows, entries that add up, nearly dependent columns.
    private static SparseMatrix Random(int seed, out int n)
    {
        var draws = new SeededDraws((ulong)seed, 7);
        n = 1 + draws.Below(seed % 50 == 0 ? 130 : 14);
        var (spread, negative, density) = (draws.Below(3) == 0 ? 3.0 : 0.3, draws.Below(2) * draws.Unit(), 0.05 + (0.9 * draws.Unit() * draws.Unit()));
        var order = draws.Below(3) == 0 ? draws.Order(n) : [.. Enumerable.Range(0, n)];
        var (rows, columns, values) = (new List<int>(), new List<int>(), new List<double>());
        for (var i = 0; i < n; i++)
        {
            if (draws.Below(30) != 0)
            {
                Put(order[i], i, draws.PowerOfTen(spread) * (draws.Below(20) == 0 ? -1 : 1));
            }

            for (var j = 0; j < n; j++)
            {
                if (draws.Unit() < density)
                {
                    Put(j, i, draws.PowerOfTen(spread) * (draws.Unit() < negative ? 0.5 : -0.5) / (draws.Below(2) == 0 ? n : 1));
                }
            }
        }

        if (n > 1 && draws.Below(12) == 0)
        {
            // The last column becomes the first, or nearly.
            var (factor, off) = (1 + draws.Unit(), draws.Below(2) == 0 ? 0 : 1e-15);
            for (var i = rows.Count - 1; i >= 0; i--)
            {
                if (columns[i] == n - 1)
                {
                    rows.RemoveAt(i);
                    columns.RemoveAt(i);
                    values.RemoveAt(i);
                }
            }

            for (var i = rows.Count - 1; i >= 0; i--)
            {
                if (columns[i] == 0)
                {
                    Put(rows[i], n - 1, values[i] * factor * (1 + off));
                }
            }
        }

        return SparseMatrix.FromTriplets(n, n, rows.ToArray(), columns.ToArray(), values.ToArray());

        void Put(int row, int column, double value)
        {
            rows.Add(row);
            columns.Add(column);
            values.Add(value);
        }
    }
}
