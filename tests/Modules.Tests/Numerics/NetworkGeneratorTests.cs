using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Numerics;

/// <summary>Generated networks have the structure they are generated for, and the same bits everywhere.</summary>
public sealed class NetworkGeneratorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20240229)]
    public void Twenty_thousand_processes_are_one_large_component_and_an_acyclic_rest(int seed)
    {
        var network = NetworkGenerator.Generate(new NetworkRules(20_000, (ulong)seed));
        var technology = network.Technology.ToMatrix();
        var (components, largest) = Components(technology);
        Assert.InRange(technology.Count, 203_930 * 0.99, 203_930 * 1.01);
        Assert.InRange(network.Interventions.ToMatrix().Count, 377_793 * 0.98, 377_793 * 1.02);
        Assert.InRange(components, 10_378 * 0.97, 10_378 * 1.03);
        Assert.InRange(largest, 9_616 * 0.97, 9_616 * 1.03);
        Assert.Equal((16, 2000), (network.Characterisation.Rows, network.Characterisation.Columns));
    }

    [Fact]
    public void Two_hundred_thousand_processes_keep_the_proportions()
    {
        var rules = new NetworkRules(200_000, 1);
        var technology = NetworkGenerator.Generate(rules).Technology.ToMatrix();
        Assert.Equal(6000, rules.Hubs);
        Assert.InRange(technology.Count, 2_090_000 * 0.99, 2_090_000 * 1.01);
        Assert.InRange(Components(technology).Largest, 95_992 * 0.97, 95_992 * 1.03);
    }

    [Fact]
    public void A_seed_gives_the_same_bits_on_every_machine()
    {
        const string expected = "ba1019f7065f64b4095650c2e7247fce";
        var rules = new NetworkRules(2000, 7, Flows: 300, Credits: 0.05, LoopsOverOne: 3, Uncertain: true, RowsApart: true);
        Assert.Equal(expected, Hash(NetworkGenerator.Generate(rules)));
        Assert.Equal(expected, Hash(NetworkGenerator.Generate(rules)));
        Assert.NotEqual(expected, Hash(NetworkGenerator.Generate(rules with { Seed = 8 })));
    }

    [Theory]
    [InlineData(0.75)]
    [InlineData(0.97)]
    public void Inputs_in_comparable_units_sum_to_less_than_the_largest_column_sum(double most)
    {
        // Undone units: A is D₁ (I − S) D₂ with the column sums of S below the bound, so I − S has a supply for every demand and so has A.
        var network = NetworkGenerator.Generate(new NetworkRules(2000, 3, ColumnSum: most));
        var technology = network.Technology.ToMatrix();
        for (var column = 0; column < technology.Columns; column++)
        {
            var rows = technology.RowsOf(column);
            var values = technology.ValuesOf(column);
            for (var at = 0; at < rows.Length; at++)
            {
                Assert.Equal(rows[at] == column, values[at] > 0);
            }
        }

        Assert.InRange(Radius(technology), 0.05, most);
    }

    [Fact]
    public void Credits_and_loops_are_there_when_asked_for()
    {
        var plain = NetworkGenerator.Generate(new NetworkRules(2000, 3)).Technology;
        var credits = NetworkGenerator.Generate(new NetworkRules(2000, 3, Credits: 0.1)).Technology;
        var loops = NetworkGenerator.Generate(new NetworkRules(2000, 3, LoopsOverOne: 5)).Technology;
        Assert.InRange(Positive(credits), 2000 + (0.09 * plain.Count * 0.9), 2000 + (0.11 * plain.Count));
        Assert.Equal(2000, Positive(plain));
        Assert.Equal(plain.Count + 10, loops.Count);
        Assert.Equal(2000 + 3 + (2 * 2), Positive(loops));
        Assert.True(Radius(loops.ToMatrix()) > 1);

        static int Positive(Triplets entries) => entries.Value.Count(v => v > 0);
    }

    [Fact]
    public void Every_input_and_intervention_is_uncertain_and_no_reference_output()
    {
        var network = NetworkGenerator.Generate(new NetworkRules(500, 3, Uncertain: true));
        var (technology, interventions) = (network.Technology, network.Interventions);
        Assert.All(interventions.Sigma, s => Assert.InRange(s, 0.05, 0.3));
        Assert.All(Enumerable.Range(0, technology.Count), at => Assert.Equal(technology.Value[at] > 0, technology.Sigma[at] == 0));
        Assert.Empty(NetworkGenerator.Generate(new NetworkRules(500, 3)).Technology.Sigma);
    }

    [Fact]
    public void Rules_that_make_no_network_are_refused()
    {
        NetworkRules[] wrong = [new(1, 1), new(100, 1, Flows: 0), new(100, 1, ColumnSum: double.NaN), new(100, 1, Credits: 1.5), new(100, 1, LoopsOverOne: 3), new(int.MaxValue, 1)];
        Assert.All(wrong, rules => Assert.Throws<ArgumentOutOfRangeException>(() => NetworkGenerator.Generate(rules)));
    }

    [Fact]
    public void The_exponential_is_that_of_the_library_to_fourteen_digits()
    {
        for (var x = -40.0; x <= 40; x += 0.37)
        {
            Assert.Equal(1, SeededDraws.Exp(x) / Math.Exp(x), 1e-14);
        }
    }

    private static string Hash(GeneratedNetwork network)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var matrix in (Triplets[])[network.Technology, network.Interventions, network.Characterisation])
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>(matrix.Row));
            hash.AppendData(MemoryMarshal.AsBytes<int>(matrix.Column));
            hash.AppendData(MemoryMarshal.AsBytes<double>(matrix.Value));
            hash.AppendData(MemoryMarshal.AsBytes<double>(matrix.Sigma));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>Gain of one more round of suppliers after many: the spectral radius of the inputs, by the power method on the matrix of their magnitudes.</summary>
    private static double Radius(SparseMatrix technology)
    {
        var n = technology.Columns;
        var x = Enumerable.Repeat(1.0, n).ToArray();
        var gain = 0.0;
        for (var round = 0; round < 300; round++)
        {
            var y = new double[n];
            for (var column = 0; column < n; column++)
            {
                var rows = technology.RowsOf(column);
                var values = technology.ValuesOf(column);
                for (var at = 0; at < rows.Length; at++)
                {
                    if (rows[at] != column)
                    {
                        y[rows[at]] += Math.Abs(values[at]) * x[column] / technology.At(column, column);
                    }
                }
            }

            var (before, after) = (x.Sum(), y.Sum());
            gain = after / before;
            x = [.. y.Select(v => v / after)];
        }

        return gain;
    }

    /// <summary>Strongly connected components by two depth-first searches (Kosaraju): plain, and another way than the solver's.</summary>
    private static (int Components, int Largest) Components(SparseMatrix technology)
    {
        var n = technology.Columns;
        var order = new List<int>(n);
        var seen = new bool[n];
        for (var root = 0; root < n; root++)
        {
            Visit(technology, root, seen, order);
        }

        var users = technology.Transposed();
        Array.Clear(seen);
        var (components, largest) = (0, 0);
        for (var at = n - 1; at >= 0; at--)
        {
            if (!seen[order[at]])
            {
                var reached = new List<int>();
                Visit(users, order[at], seen, reached);
                components++;
                largest = Math.Max(largest, reached.Count);
            }
        }

        return (components, largest);
    }

    private static void Visit(SparseMatrix graph, int root, bool[] seen, List<int> finished)
    {
        if (seen[root])
        {
            return;
        }

        var path = new Stack<(int Node, int Next)>();
        seen[root] = true;
        path.Push((root, 0));
        while (path.TryPop(out var at))
        {
            var next = graph.RowsOf(at.Node);
            if (at.Next == next.Length)
            {
                finished.Add(at.Node);
                continue;
            }

            path.Push((at.Node, at.Next + 1));
            if (!seen[next[at.Next]])
            {
                seen[next[at.Next]] = true;
                path.Push((next[at.Next], 0));
            }
        }
    }
}
