using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>
/// A prepared system under one method: what each process causes itself, and what one unit of each product causes through its whole chain (y = A⁻ᵀ (C B)ᵀ). With both at hand
/// the result of any demand, its contributions and its trees are dot products.
/// </summary>
public sealed class CharacterisedSystem
{
    private readonly double[] _direct;
    private readonly Intensities _intensities;

    private CharacterisedSystem(PreparedSystem prepared, CharacterisedMethod method, double[] direct, Intensities intensities)
    {
        Prepared = prepared;
        Method = method;
        _direct = direct;
        _intensities = intensities;
    }

    public PreparedSystem Prepared { get; }

    public ProductSystem System => Prepared.System;

    public CharacterisedMethod Method { get; }

    public int Indicators => Method.Indicators.Count;

    /// <summary>Impacts by indicator of one run of a process as its dataset is written.</summary>
    public ReadOnlySpan<double> DirectOf(int process) => _direct.AsSpan(process * Indicators, Indicators);

    /// <summary>Impacts by indicator of one unit of a product with all that it needs.</summary>
    public ReadOnlySpan<double> IntensityOf(int product) => _intensities.Of(product);

    /// <summary>Impacts of a demand as products of amounts and intensities, without solving anything.</summary>
    public double[] Of(IReadOnlyList<ProductDemand> demands)
    {
        var result = new double[Indicators];
        foreach (var demand in demands)
        {
            var intensity = IntensityOf(demand.Process);
            for (var k = 0; k < result.Length; k++)
            {
                result[k] += demand.Amount * intensity[k];
            }
        }

        return result;
    }

    /// <summary>The factor of a flow (row of B) for an indicator, with the sign of rows that stand against their flow's direction.</summary>
    public double FactorOf(int indicator, int flow) => System.Flows[flow].Against ? -Method.C.At(indicator, flow) : Method.C.At(indicator, flow);

    internal static Outcome<CharacterisedSystem> Of(PreparedSystem prepared, CharacterisedMethod method)
    {
        var system = prepared.System;
        if (method.C.Columns != system.Flows.Count)
        {
            return new Problem("method_does_not_fit", Found: $"{method.C.Columns}", Args: [$"{system.Flows.Count}", method.Method.Name]);
        }

        var direct = Direct(system, method.C);
        var intensities = prepared.Network.Intensities(direct, method.Indicators.Count);
        return intensities.Ok
            ? new CharacterisedSystem(prepared, method, direct, intensities.Value)
            : Outcome<CharacterisedSystem>.Refused(NetworkNames.Named(intensities.Problems, system));
    }

    /// <summary>(C B)ᵀ, process by process.</summary>
    internal static double[] Direct(ProductSystem system, SparseMatrix c)
    {
        var k = c.Rows;
        var direct = new double[system.Processes.Count * k];
        for (var process = 0; process < system.Processes.Count; process++)
        {
            Direct(system, c, system.B.RowsOf(process), system.B.ValuesOf(process), direct.AsSpan(process * k, k));
        }

        return direct;
    }

    internal static void Direct(ProductSystem system, SparseMatrix c, ReadOnlySpan<int> flows, ReadOnlySpan<double> amounts, Span<double> sums)
    {
        for (var i = 0; i < flows.Length; i++)
        {
            var indicators = c.RowsOf(flows[i]);
            var factors = c.ValuesOf(flows[i]);
            var amount = system.Flows[flows[i]].Against ? -amounts[i] : amounts[i];
            for (var j = 0; j < indicators.Length; j++)
            {
                sums[indicators[j]] += factors[j] * amount;
            }
        }
    }
}
