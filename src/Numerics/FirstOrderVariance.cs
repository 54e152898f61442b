namespace Tanlu.Numerics;

/// <summary>An input's share in the variance of a figure.</summary>
/// <param name="Input">Its number in <see cref="UncertainNetwork.Inputs"/>.</param>
/// <param name="Derivative">Of the figure by the input.</param>
/// <param name="Variance">Derivative² × the input's variance.</param>
public readonly record struct VarianceShare(int Input, double Derivative, double Variance, double Share);

/// <summary>
/// The variance of the impacts of a demand to first order, input by input, without sampling: dh/da = −y s and dh/db = c s from the supply and the intensities (Heijungs 2010, <i>Int. J. Life Cycle
/// Assess.</i> 15, 511–520), one pass over the uncertain entries an indicator. Inputs are taken as independent of each other; supplied values have no variance of their own here.
/// </summary>
public sealed class FirstOrderVariance
{
    private readonly UncertainNetwork _network;
    private readonly double[] _supply;
    private readonly Intensities _intensities;
    private readonly double[] _variances;
    private readonly double[] _moves;

    /// <param name="supply">Of the demand, by process.</param>
    /// <param name="intensities">Of the characterisation's indicators.</param>
    public FirstOrderVariance(UncertainNetwork network, double[] supply, Intensities intensities)
    {
        (_network, _supply, _intensities) = (network, supply, intensities);
        _variances = Array.ConvertAll(network.Inputs, i => i.Distribution.Variance);
        _moves = Array.ConvertAll(network.Inputs, i => i.Distribution.Kind == DistributionKind.None ? 0 : i.Distribution.Mean - i.Value);
    }

    /// <summary>What the inputs' means add to each indicator because they are not the values that the inputs are written with.</summary>
    public double[] Shifts()
    {
        var c = _network.Characterisation;
        var shifts = new double[c.Rows];
        foreach (ref readonly var term in _network.Terms.AsSpan())
        {
            if (term.Input >= _moves.Length || (_supply[term.Column] * _moves[term.Input]) is not (not 0 and var by))
            {
                continue;
            }

            by *= term.Factor;
            if (!term.Elementary)
            {
                var intensity = _intensities.Of(term.Row);
                for (var indicator = 0; indicator < shifts.Length; indicator++)
                {
                    shifts[indicator] -= by * intensity[indicator];
                }
            }
            else if (term.Row < c.Columns)
            {
                var rows = c.RowsOf(term.Row);
                var factors = c.ValuesOf(term.Row);
                for (var i = 0; i < rows.Length; i++)
                {
                    shifts[rows[i]] += by * factors[i];
                }
            }
        }

        return shifts;
    }

    /// <summary>The derivative of an indicator by every drawn input and, after them, by every supplied value.</summary>
    public double[] Derivatives(int indicator)
    {
        var derivatives = new double[_network.Inputs.Length + _network.Supplied.Length];
        var c = _network.Characterisation;
        foreach (ref readonly var term in _network.Terms.AsSpan())
        {
            var supply = _supply[term.Column];
            if (supply != 0)
            {
                derivatives[term.Input] += term.Factor * supply
                    * (!term.Elementary ? -_intensities.Of(term.Row)[indicator] : term.Row < c.Columns ? c.At(indicator, term.Row) : 0);
            }
        }

        return derivatives;
    }

    /// <summary>Variance of an indicator, and the shares that make it up, the largest first.</summary>
    public (double Variance, IReadOnlyList<VarianceShare> Largest) Of(int indicator, int most = 20)
    {
        var derivatives = Derivatives(indicator);
        var variance = 0.0;
        var variances = new double[_network.Inputs.Length];
        for (var i = 0; i < variances.Length; i++)
        {
            variances[i] = derivatives[i] * derivatives[i] * _variances[i];
            variance += variances[i];
        }

        return (variance,
        [
            .. Enumerable.Range(0, variances.Length).Where(i => variances[i] > 0).OrderByDescending(i => variances[i]).ThenBy(i => _network.Inputs[i].Key).Take(most)
                .Select(i => new VarianceShare(i, derivatives[i], variances[i], variances[i] / variance)),
        ]);
    }
}
