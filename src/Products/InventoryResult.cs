using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>What a demand takes from nature and gives to it, through all processes that it sets going (ISO 14044:2006, 4.3).</summary>
public sealed class InventoryResult
{
    private readonly Lazy<double[]> _flows;

    internal InventoryResult(PreparedSystem prepared, IReadOnlyList<ProductDemand> demands, Supply supply)
    {
        Prepared = prepared;
        Demands = demands;
        Supply = supply.Values;
        Certificate = supply.Certificate;
        _flows = new Lazy<double[]>(() => prepared.System.B.Times(Supply));
    }

    public PreparedSystem Prepared { get; }

    public ProductSystem System => Prepared.System;

    public IReadOnlyList<ProductDemand> Demands { get; }

    /// <summary>How often each process runs, as its dataset is written.</summary>
    public double[] Supply { get; }

    /// <summary>Amount of each elementary flow (row of B), in the flow's unit and direction.</summary>
    public double[] Flows => _flows.Value;

    public Certificate Certificate { get; }

    /// <summary>How much a process makes in all, in the unit of its product; its own use is taken off.</summary>
    public double OutputOf(int process) => Supply[process] * System.A.At(process, process);

    /// <summary>
    /// The impacts by a method that was matched to the system's flows; refused as <see cref="PreparedSystem.Characterise"/>, or with <c>impact_not_finite</c> where the numbers are too large to be
    /// added.
    /// </summary>
    public Outcome<ImpactResult> Impacts(CharacterisedMethod method) => Prepared.Characterise(method).Then(characterised =>
    {
        var result = new ImpactResult(this, characterised);
        return Array.FindIndex(result.Values, v => !double.IsFinite(v)) is >= 0 and var overflown
            ? ImpactResult.NotFinite(method, overflown, result.Values[overflown])
            : Outcome<ImpactResult>.Done(result);
    });

    /// <summary>What of the processes' inputs was left open by linking, scaled to this demand.</summary>
    public OpenShare OpenShare(int largest = 10)
    {
        var open = System.Report.Open.Where(o => Supply[o.Column] != 0).Select(o => (Exchange: o, Times: Supply[o.Column])).ToArray();
        var inputs = System.Inputs;
        var (linkedMass, linkedMoney) = (0.0, 0.0);
        for (var column = 0; column < Supply.Length; column++)
        {
            linkedMass += Math.Abs(inputs.Kilograms[column] * Supply[column]);
            linkedMoney += Math.Abs(inputs.Money[column] * Supply[column]);
        }

        var openMass = open.Sum(o => Math.Abs((o.Exchange.Kilograms ?? 0) * o.Times));
        var openMoney = open.Sum(o => Math.Abs((o.Exchange.Money ?? 0) * o.Times));
        return new OpenShare(
            openMass + linkedMass > 0 ? openMass / (openMass + linkedMass) : null,
            openMoney + linkedMoney > 0 && inputs.Currencies.Count == 1 ? openMoney / (openMoney + linkedMoney) : null,
            open.Length,
            [
                .. open.GroupBy(o => o.Exchange.Reason).OrderBy(g => g.Key).Select(g => new OpenSum(
                    g.Key, g.Count(), g.Sum(o => Math.Abs((o.Exchange.Kilograms ?? 0) * o.Times)), g.Sum(o => Math.Abs((o.Exchange.Money ?? 0) * o.Times)),
                    g.Count(o => o.Exchange.Kilograms is null))),
            ],
            [.. open.OrderByDescending(o => Math.Abs((o.Exchange.Kilograms ?? 0) * o.Times)).Take(largest).Select(o => (o.Exchange, o.Exchange.Amount * o.Times))]);
    }
}
