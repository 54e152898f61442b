using System.Runtime.Intrinsics;
using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>
/// What one unit of every product carries, all of its supply included: y = A⁻ᵀ d for k rows of direct amounts at once. The impact of any demand is a dot product with it.
/// </summary>
public sealed class Intensities
{
    private readonly double[] _values;
    private readonly double[] _direct;
    private readonly IReadOnlyDictionary<int, Problem> _refused;

    internal Intensities(double[] values, double[] direct, int indicators, Certificate certificate, IReadOnlyDictionary<int, Problem> refused)
    {
        _values = values;
        _direct = direct;
        _refused = refused;
        Indicators = indicators;
        Certificate = certificate;
    }

    public int Indicators { get; }

    public int Products => Indicators == 0 ? 0 : _values.Length / Indicators;

    public Certificate Certificate { get; }

    /// <summary>Per unit of the product, by indicator; not a number for a product that <see cref="RefusalOf"/> refuses.</summary>
    public ReadOnlySpan<double> Of(int product) => _values.AsSpan(product * Indicators, Indicators);

    /// <summary>All of them, product by product.</summary>
    public ReadOnlySpan<double> All => _values;

    /// <summary>The direct amounts of a process as it is written, by indicator.</summary>
    public ReadOnlySpan<double> Direct(int process) => _direct.AsSpan(process * Indicators, Indicators);

    /// <summary>Why a product has no intensity: a loop it depends on cannot deliver. Null where it has one.</summary>
    public Problem? RefusalOf(int product) => _refused.GetValueOrDefault(product);

    /// <summary>By indicator, of a demand by product.</summary>
    public double[] Impacts(ReadOnlySpan<double> demand)
    {
        var result = new double[Indicators];
        for (var product = 0; product < demand.Length; product++)
        {
            if (demand[product] != 0)
            {
                Add(product, demand[product], result);
            }
        }

        return result;
    }

    public double[] Impacts(int product, double amount)
    {
        var result = new double[Indicators];
        Add(product, amount, result);
        return result;
    }

    /// <summary>
    /// The impacts of one unit of <paramref name="product"/> after a change of one process, by one division (Sherman and Morrison 1950): y′ = y − r (y·Δ) / (1 + r·Δ).
    /// </summary>
    /// <param name="callsFor">r: how much of the changed process one unit of every product calls for (<see cref="PreparedNetwork.CallsFor"/>).</param>
    public Outcome<double[]> Changed(int product, ColumnChange change, ReadOnlySpan<double> callsFor)
    {
        var divisor = 1.0;
        var size = 1.0;
        var moved = new double[Indicators];
        for (var i = 0; i < change.Products.Count; i++)
        {
            Add(change.Products[i], change.Differences[i], moved);
            var term = callsFor[change.Products[i]] * change.Differences[i];
            divisor += term;
            size += Math.Abs(term);
        }

        if (!(Math.Abs(divisor) * LoopFactors.Singular > size))
        {
            return NetworkRefusal.ChangeSingular([change.Process]);
        }

        var result = Of(product).ToArray();
        for (var k = 0; k < Indicators; k++)
        {
            result[k] -= callsFor[product] * moved[k] / divisor;
        }

        return result;
    }

    internal IReadOnlyDictionary<int, Problem> Refused => _refused;

    internal Intensities With(double[] values, Certificate certificate) => new(values, _direct, Indicators, certificate, _refused);

    /// <summary>Largest disagreement over the indicators of d·s and y·f for a supply that was found by the forward route.</summary>
    internal double Disagreement(ReadOnlySpan<double> supply, ReadOnlySpan<double> demand)
    {
        var primal = new double[Indicators * 2];
        var dual = new double[Indicators * 2];
        Sum(_direct, supply, primal);
        Sum(_values, demand, dual);
        var worst = 0.0;
        for (var k = 0; k < Indicators; k++)
        {
            worst = Math.Max(worst, NetworkProof.Relative(primal[k], primal[Indicators + k], dual[k], dual[Indicators + k]));
        }

        return worst;
    }

    // Sums of the terms and, behind them, of their sizes.
    private void Sum(double[] rows, ReadOnlySpan<double> by, double[] sums)
    {
        for (var i = 0; i < by.Length; i++)
        {
            if (by[i] == 0)
            {
                continue;
            }

            var row = rows.AsSpan(i * Indicators, Indicators);
            var factor = Vector512.Create(by[i]);
            var k = 0;
            for (; k + 8 <= row.Length; k += 8)
            {
                var term = Vector512.Create<double>(row[k..]) * factor;
                (Vector512.Create<double>(sums.AsSpan(k)) + term).CopyTo(sums.AsSpan(k));
                (Vector512.Create<double>(sums.AsSpan(Indicators + k)) + Vector512.Abs(term)).CopyTo(sums.AsSpan(Indicators + k));
            }

            for (; k < row.Length; k++)
            {
                var term = row[k] * by[i];
                sums[k] += term;
                sums[Indicators + k] += Math.Abs(term);
            }
        }
    }

    private void Add(int product, double amount, double[] to)
    {
        var values = Of(product);
        for (var k = 0; k < to.Length; k++)
        {
            to[k] += values[k] * amount;
        }
    }
}
