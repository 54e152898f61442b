using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>
/// Impacts of a demand (ISO 14044:2006, 4.4), found twice: forward over the inventory (h = C g), and by the transposed route (h = y f). <see cref="Certificate"/> states how far the two
/// are apart.
/// </summary>
public sealed class ImpactResult
{
    internal ImpactResult(InventoryResult inventory, CharacterisedSystem characterised)
    {
        Inventory = inventory;
        Characterised = characterised;
        var flows = (double[])inventory.Flows.Clone();
        for (var f = 0; f < flows.Length; f++)
        {
            flows[f] = characterised.System.Flows[f].Against ? -flows[f] : flows[f];
        }

        Values = characterised.Method.C.Times(flows);
        Certificate = inventory.Certificate with { PrimalDual = Math.Max(inventory.Certificate.PrimalDual, Apart()) };
    }

    public InventoryResult Inventory { get; }

    public CharacterisedSystem Characterised { get; }

    public ProductSystem System => Characterised.System;

    public CharacterisedMethod Method => Characterised.Method;

    public IReadOnlyList<IndicatorDataset> Indicators => Method.Indicators;

    /// <summary>By indicator, in its unit.</summary>
    public double[] Values { get; }

    public Certificate Certificate { get; }

    /// <summary>Where the impacts come from.</summary>
    public Contributions Contributions() => new(this);

    internal static Problem NotFinite(CharacterisedMethod method, int indicator, double found) =>
        new("impact_not_finite", Found: found.ToString(CultureInfo.InvariantCulture), Args: [method.Indicators[indicator].Name]);

    /// <summary>Sum of the absolute impacts of all processes: what shares are taken of where a total vanishes.</summary>
    internal double Gross(int indicator)
    {
        var sum = 0.0;
        for (var process = 0; process < Inventory.Supply.Length; process++)
        {
            sum += Math.Abs(Characterised.DirectOf(process)[indicator] * Inventory.Supply[process]);
        }

        return sum;
    }

    private double Apart()
    {
        var dual = Characterised.Of(Inventory.Demands);
        var largest = 0.0;
        for (var k = 0; k < dual.Length; k++)
        {
            // Relative to the gross impacts: credits that cancel must not hide an error, nor a vanishing total make one.
            var scale = Gross(k);
            largest = scale > 0 ? Math.Max(largest, Math.Abs(dual[k] - Values[k]) / scale) : largest;
        }

        return largest;
    }
}
