using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>How a method knows one flow.</summary>
/// <param name="StepBeforeMapping">The step that would have found it without the mapping table.</param>
/// <param name="MethodFlow">Name under which the method knows it; empty where it does not.</param>
/// <param name="Gap">What is missing: for the whole flow where no step found it, otherwise for some indicator.</param>
public sealed record FlowFinding(FlowMatch Step, FlowMatch StepBeforeMapping, string MethodFlow, FlowGap Gap);

/// <summary>How much of a kind of quantity a method characterises, in absolute amounts.</summary>
/// <param name="Quantity"><c>mass</c>, <c>energy</c>, <c>volume</c>, <c>area_time</c>, <c>activity</c>, <c>area</c>, or the unit itself where it is none of these.</param>
/// <param name="Unit">Unit of the three amounts.</param>
public sealed record QuantityCoverage(string Quantity, string Unit, double Total, double Characterised, double BeforeMapping);

/// <summary>Flows of an inventory that have a factor for one indicator.</summary>
public sealed record IndicatorCoverage(string IndicatorId, int Flows, int BeforeMapping);

/// <summary>A flow of an inventory without a factor for any indicator, or for one.</summary>
/// <param name="Flow">Its column.</param>
/// <param name="Share">Of the total of its kind of quantity.</param>
public sealed record UncharacterisedFlow(int Flow, string Name, FlowPlace Place, string Unit, double Amount, double Share, FlowGap Gap);

/// <summary>What a method says about the flows of one inventory.</summary>
/// <param name="Flows">Elementary flows with an amount.</param>
/// <param name="Characterised">Of them, those with a factor for any indicator.</param>
/// <param name="Steps">How many each step found; <see cref="FlowMatch.None"/> for none.</param>
/// <param name="Largest">The flows without a factor, mass and energy first, within each kind the largest first.</param>
public sealed record InventoryCoverage(
    int Flows, int Characterised, int BeforeMapping, IReadOnlyDictionary<FlowMatch, int> Steps, IReadOnlyDictionary<FlowMatch, int> StepsBeforeMapping,
    IReadOnlyList<QuantityCoverage> Quantities, IReadOnlyList<IndicatorCoverage> Indicators, IReadOnlyList<UncharacterisedFlow> Largest);

/// <summary>Which flows of a list a method knows, by which step, and what it leaves out.</summary>
public sealed class MethodCoverage
{
    private static readonly (string Quantity, string Unit)[] Kinds =
        [("mass", "kg"), ("energy", "MJ"), ("volume", "m3"), ("area_time", "m2.a"), ("area", "m2"), ("activity", "kBq")];

    private static readonly Unit?[] KindUnits = [.. Kinds.Select(k => FlowUnits.Find(k.Unit))];

    private readonly MethodDataset _method;
    private readonly IReadOnlyList<FlowDataset> _flows;
    private readonly SparseMatrix _c;
    private readonly IReadOnlySet<(int Indicator, int Flow)> _beforeMapping;
    private readonly bool[] _before;

    internal MethodCoverage(
        MethodDataset method, IReadOnlyList<FlowDataset> flows, SparseMatrix c, IReadOnlyList<FlowFinding> findings, IReadOnlySet<(int Indicator, int Flow)> beforeMapping, IReadOnlyList<RepeatedFactor> repeated)
    {
        _method = method;
        _flows = flows;
        _c = c;
        _beforeMapping = beforeMapping;
        _before = new bool[flows.Count];
        foreach (var (_, flow) in beforeMapping)
        {
            _before[flow] = true;
        }

        Findings = findings;
        Repeated = repeated;
    }

    /// <summary>One per flow, in the order of the flows.</summary>
    public IReadOnlyList<FlowFinding> Findings { get; }

    /// <summary>Pairs of flow and indicator that the method lists more than once with different values; the first one served.</summary>
    public IReadOnlyList<RepeatedFactor> Repeated { get; }

    /// <summary>Flows that each step found.</summary>
    public IReadOnlyDictionary<FlowMatch, int> Steps => Findings.CountBy(f => f.Step).ToDictionary();

    /// <summary>Whether the method has a factor for the flow, be it zero.</summary>
    public bool Has(int indicator, int flow) => _c.RowsOf(flow).BinarySearch(indicator) >= 0;

    /// <summary>As <see cref="Has"/>, had there been no mapping table.</summary>
    public bool HasBeforeMapping(int indicator, int flow) => _beforeMapping.Contains((indicator, flow));

    /// <summary>Coverage of an inventory.</summary>
    /// <param name="inventory">Amount per flow, in the flow's unit.</param>
    /// <param name="longest">So many flows without a factor are listed at most.</param>
    /// <param name="indicator">Row of the indicator whose missing flows are listed; null for the flows that no indicator has a factor for.</param>
    public InventoryCoverage Of(ReadOnlySpan<double> inventory, int longest = 10, int? indicator = null)
    {
        var totals = new Dictionary<string, (string Unit, double Total, double With, double Before)>(StringComparer.Ordinal);
        var indicators = new int[_method.Indicators.Count];
        var indicatorsBefore = new int[indicators.Length];
        var missing = new List<(int Flow, string Quantity, double Amount)>();
        var steps = new Dictionary<FlowMatch, int>();
        var stepsBefore = new Dictionary<FlowMatch, int>();
        var (count, with, before) = (0, 0, 0);
        for (var j = 0; j < _flows.Count; j++)
        {
            if (inventory[j] == 0 || _flows[j].Kind != FlowKind.Elementary)
            {
                continue;
            }

            count++;
            steps[Findings[j].Step] = steps.GetValueOrDefault(Findings[j].Step) + 1;
            stepsBefore[Findings[j].StepBeforeMapping] = stepsBefore.GetValueOrDefault(Findings[j].StepBeforeMapping) + 1;
            foreach (var row in _c.RowsOf(j))
            {
                indicators[row]++;
                indicatorsBefore[row] += HasBeforeMapping(row, j) ? 1 : 0;
            }

            var known = indicator is { } only ? Has(only, j) : _c.RowsOf(j).Length > 0;
            var knownBefore = indicator is { } one ? HasBeforeMapping(one, j) : _before[j];
            with += known ? 1 : 0;
            before += knownBefore ? 1 : 0;
            var (quantity, unit, amount) = Measured(_flows[j].Unit, Math.Abs(inventory[j]));
            var sum = totals.GetValueOrDefault(quantity);
            totals[quantity] = (unit, sum.Total + amount, sum.With + (known ? amount : 0), sum.Before + (knownBefore ? amount : 0));
            if (!known)
            {
                missing.Add((j, quantity, amount));
            }
        }

        var largest = new List<UncharacterisedFlow>();
        foreach (var (flow, quantity, amount) in missing.OrderBy(m => Rank(m.Quantity)).ThenBy(m => m.Quantity, StringComparer.Ordinal).ThenByDescending(m => m.Amount).ThenBy(m => m.Flow).Take(longest))
        {
            var dataset = _flows[flow];
            largest.Add(new UncharacterisedFlow(flow, dataset.Name, FlowPlace.Of(dataset), dataset.Unit, inventory[flow], amount / totals[quantity].Total, Findings[flow].Gap));
        }

        return new InventoryCoverage(
            count, with, before, steps, stepsBefore,
            [.. totals.OrderBy(t => Rank(t.Key)).ThenBy(t => t.Key, StringComparer.Ordinal).Select(t => new QuantityCoverage(t.Key, t.Value.Unit, t.Value.Total, t.Value.With, t.Value.Before))],
            [.. _method.Indicators.Select((n, i) => new IndicatorCoverage(n.Id, indicators[i], indicatorsBefore[i]))],
            largest);
    }

    private static int Rank(string quantity)
    {
        var at = Array.FindIndex(Kinds, k => k.Quantity == quantity);
        return at < 0 ? Kinds.Length : at;
    }

    private static (string Quantity, string Unit, double Amount) Measured(string unit, double amount)
    {
        if (FlowUnits.Find(unit) is { } known)
        {
            for (var i = 0; i < Kinds.Length; i++)
            {
                if (KindUnits[i] is { } kind && Units.Ratio(known with { CalorificBasis = kind.CalorificBasis, GasState = kind.GasState }, kind) is { } ratio)
                {
                    return (Kinds[i].Quantity, Kinds[i].Unit, amount * ratio);
                }
            }
        }

        return (unit, unit, amount);
    }
}
