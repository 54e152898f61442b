namespace Tanlu.Numerics;

/// <summary>An uncertain quantity, drawn once a sample however many entries depend on it.</summary>
/// <param name="Key">Of its random stream: belongs to the exchange or parameter, not to its position (<see cref="SampleStreams.Key"/>).</param>
/// <param name="Value">What the matrices hold of it: its value without uncertainty.</param>
public readonly record struct SampledInput(ulong Key, Distribution Distribution, double Value);

/// <summary>An entry of the technology matrix (<paramref name="Elementary"/> false) or of the interventions moves by <paramref name="Factor"/> times what the input moves from its value.</summary>
/// <param name="Input">Number of the drawn input; beyond them, of the supplied value.</param>
public readonly record struct SampledTerm(bool Elementary, int Row, int Column, int Input, double Factor);

/// <summary>Gives the values of a sample that are reckoned, not drawn (formulas over uncertain parameters). Called from several threads at once.</summary>
/// <returns>False where the sample has no values: it is refused, and counted.</returns>
public delegate bool SuppliedValues(long sample, Span<double> values);

/// <summary>
/// A network with uncertain entries: A products × processes as prepared, B flows × processes, C indicators × flows. An entry of a sample is its entry here plus, for each of its terms, the factor
/// times the difference of the drawn from the certain value.
/// </summary>
/// <param name="Supplied">Values without uncertainty of what <paramref name="Supply"/> reckons; terms name them after the drawn inputs.</param>
public sealed record UncertainNetwork(
    PreparedNetwork Network, SparseMatrix Interventions, SparseMatrix Characterisation, SampledInput[] Inputs, SampledTerm[] Terms, double[] Supplied, SuppliedValues? Supply = null)
{
    /// <summary>Of matrices as files: every entry with a sigma above 0 is a lognormal input of its own, whose key is its place, so that the order of the entries does not matter.</summary>
    public static UncertainNetwork Of(PreparedNetwork network, Triplets technology, Triplets interventions, SparseMatrix characterisation)
    {
        var inputs = new List<SampledInput>(technology.Sigma.Length + interventions.Sigma.Length);
        var terms = new List<SampledTerm>(inputs.Capacity);
        Add(technology, elementary: false, inputs, terms);
        Add(interventions, elementary: true, inputs, terms);
        return new UncertainNetwork(network, interventions.ToMatrix(), characterisation, [.. inputs], [.. terms], []);
    }

    private static void Add(Triplets matrix, bool elementary, List<SampledInput> inputs, List<SampledTerm> terms)
    {
        if (matrix.Sigma.Length == 0)
        {
            return;
        }

        var places = new ulong[matrix.Count];
        var order = new int[matrix.Count];
        for (var i = 0; i < order.Length; i++)
        {
            places[i] = ((ulong)(uint)matrix.Column[i] << 32) | (uint)matrix.Row[i];
            order[i] = i;
        }

        Array.Sort(places, order);
        for (var first = 0; first < order.Length;)
        {
            var end = first + 1;
            while (end < order.Length && places[end] == places[first])
            {
                end++;
            }

            if (end > first + 1)
            {
                // Entries of one place are told apart by what they are, not by where they stand in the file.
                Array.Sort(order, first, end - first, Comparer<int>.Create((a, b) => (matrix.Value[a], matrix.Sigma[a]).CompareTo((matrix.Value[b], matrix.Sigma[b]))));
            }

            for (var at = first; at < end; at++)
            {
                var entry = order[at];
                var distribution = new Distribution(DistributionKind.Lognormal, matrix.Value[entry], matrix.Sigma[entry]);
                if (!distribution.IsCertain)
                {
                    var (row, column) = (matrix.Row[entry], matrix.Column[entry]);
                    terms.Add(new SampledTerm(elementary, row, column, inputs.Count, 1));
                    inputs.Add(new SampledInput(SampleStreams.Key(elementary ? "B" : "A", row, column, at - first), distribution, matrix.Value[entry]));
                }
            }

            first = end;
        }
    }
}
