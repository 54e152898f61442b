namespace Tanlu.Products;

/// <summary>What one process adds to an impact.</summary>
/// <param name="Output">How much of its product it makes for the demand.</param>
/// <param name="Direct">By its own elementary flows.</param>
/// <param name="Through">Output × intensity: what arises in it and in all that it needs. Inside a loop the same impact passes a process more than once.</param>
/// <param name="Share">Of <paramref name="Direct"/> in the total.</param>
public sealed record ProcessContribution(int Process, double Output, double Direct, double Through, double Share);

/// <summary>What one elementary flow adds to an impact.</summary>
public sealed record FlowContribution(int Flow, double Amount, double Impact, double Share);

/// <summary>What a group of processes (a place, a stage) adds to an impact.</summary>
public sealed record GroupContribution(string Key, double Impact, double Share, int Processes);

/// <summary>An input of a demanded process with everything behind it.</summary>
/// <param name="Consumer">The demanded process.</param>
/// <param name="Exchange">Number of its exchange; null in a labelled matrix, where inputs of one product are one.</param>
/// <param name="Supplier">The process that provides it; the consumer itself for its own emissions.</param>
/// <param name="Amount">In the supplier's unit; negative for a credit.</param>
public sealed record SupplyContribution(int Consumer, int? Exchange, int Supplier, double Amount, double Impact, double Share);

/// <summary>What one elementary flow of one process adds to an impact.</summary>
public sealed record HotSpot(int Process, int Flow, double Amount, double Impact, double Share);

/// <param name="Rest">Impact of all other pairs together.</param>
/// <param name="Shown">Share of the listed pairs in the sum of all absolute contributions.</param>
public sealed record HotSpots(IReadOnlyList<HotSpot> Spots, double Rest, int RestPairs, double Shown);

/// <summary>
/// Where impacts come from: by process, flow, place, stage and supplier, as a tree and as flows between processes. All of it are products of amounts with intensities that are known already. Indicators are numbered as in <see cref="ImpactResult.Indicators"/>.
/// </summary>
public sealed class Contributions
{
    private readonly double[] _gross;

    internal Contributions(ImpactResult result)
    {
        Result = result;
        _gross = new double[result.Values.Length];
        Array.Fill(_gross, double.NaN);
    }

    public ImpactResult Result { get; }

    private ProductSystem System => Result.System;

    private double[] Supply => Result.Inventory.Supply;

    /// <summary>All processes that add something, the largest first.</summary>
    public IReadOnlyList<ProcessContribution> ByProcess(int indicator)
    {
        var list = new List<ProcessContribution>();
        for (var process = 0; process < Supply.Length; process++)
        {
            if (Supply[process] != 0)
            {
                list.Add(Of(process, indicator));
            }
        }

        list.Sort((a, b) => Math.Abs(b.Direct).CompareTo(Math.Abs(a.Direct)) is not 0 and var order ? order : a.Process.CompareTo(b.Process));
        return list;
    }

    public ProcessContribution Of(int process, int indicator)
    {
        var output = Result.Inventory.OutputOf(process);
        var direct = Result.Characterised.DirectOf(process)[indicator] * Supply[process];
        return new ProcessContribution(process, output, direct, output * Result.Characterised.IntensityOf(process)[indicator], ShareOf(direct, indicator));
    }

    /// <summary>
    /// What the demand causes through a process, each impact counted once although it may pass the process several times: <see cref="ProcessContribution.Through"/> divided by how
    /// often the process's product comes back to it (A_ii (A⁻¹)_ii). Costs one solution for a process in a loop.
    /// </summary>
    public Kernel.Outcome<double> Upstream(int process, int indicator)
    {
        var through = Of(process, indicator).Through;
        return Result.Inventory.Prepared.Network.Solve(process, 1).Then(
            own => Kernel.Outcome<double>.Done(through / (System.A.At(process, process) * own.Values[process])));
    }

    /// <summary>Elementary flows that have a factor and an amount, the largest first; for the whole demand or for one process's own flows.</summary>
    public IReadOnlyList<FlowContribution> ByFlow(int indicator, int? process = null)
    {
        var list = new List<FlowContribution>();
        if (process is { } one)
        {
            var rows = System.B.RowsOf(one);
            var values = System.B.ValuesOf(one);
            for (var i = 0; i < rows.Length; i++)
            {
                Add(rows[i], values[i] * Supply[one]);
            }
        }
        else
        {
            for (var flow = 0; flow < System.Flows.Count; flow++)
            {
                Add(flow, Result.Inventory.Flows[flow]);
            }
        }

        list.Sort((a, b) => Math.Abs(b.Impact).CompareTo(Math.Abs(a.Impact)) is not 0 and var order ? order : a.Flow.CompareTo(b.Flow));
        return list;

        void Add(int flow, double amount)
        {
            var impact = amount == 0 ? 0 : Result.Characterised.FactorOf(indicator, flow) * amount;
            if (impact != 0)
            {
                list.Add(new FlowContribution(flow, amount, impact, ShareOf(impact, indicator)));
            }
        }
    }

    /// <summary>By the place where processes run.</summary>
    public IReadOnlyList<GroupContribution> ByPlace(int indicator) => By(indicator, p => p.Location);

    /// <summary>By the first part of the processes' category.</summary>
    public IReadOnlyList<GroupContribution> ByCategory(int indicator) => By(indicator, p => p.Category.Split('/', 2)[0].Trim());

    /// <summary>Direct impacts of processes by any property of theirs; the sum is the total.</summary>
    public IReadOnlyList<GroupContribution> By(int indicator, Func<SystemProcess, string> key)
    {
        var sums = new Dictionary<string, (double Impact, int Count)>(StringComparer.Ordinal);
        for (var process = 0; process < Supply.Length; process++)
        {
            if (Supply[process] != 0)
            {
                var group = key(System.Processes[process]);
                var sum = sums.GetValueOrDefault(group);
                sums[group] = (sum.Impact + (Result.Characterised.DirectOf(process)[indicator] * Supply[process]), sum.Count + 1);
            }
        }

        return Groups(sums, indicator);
    }

    /// <summary>
    /// The demanded processes' own impacts and, for each of their inputs, the impacts of the whole chain behind it; the sum is the total. Inputs from another demanded process are
    /// counted with the input, not again with that process.
    /// </summary>
    public IReadOnlyList<SupplyContribution> BySupplier(int indicator)
    {
        var list = new List<SupplyContribution>();
        foreach (var demand in Result.Inventory.Demands)
        {
            var column = demand.Process;
            var times = demand.Amount / System.A.At(column, column);
            var direct = Result.Characterised.DirectOf(column)[indicator] * times;
            list.Add(new SupplyContribution(column, null, column, demand.Amount, direct, ShareOf(direct, indicator)));
            foreach (var (exchange, row, value) in Inputs(column))
            {
                var amount = -value * times;
                var impact = amount * Result.Characterised.IntensityOf(row)[indicator];
                list.Add(new SupplyContribution(column, exchange, row, amount, impact, ShareOf(impact, indicator)));
            }
        }

        return [.. list.OrderByDescending(s => Math.Abs(s.Impact))];
    }

    /// <summary>
    /// By life-cycle stage: each input of the demanded processes belongs with its whole chain to the stage that <paramref name="stage"/> names for it, the processes' own impacts likewise.
    /// </summary>
    public IReadOnlyList<GroupContribution> ByStage(int indicator, Func<SupplyContribution, string> stage)
    {
        var sums = new Dictionary<string, (double Impact, int Count)>(StringComparer.Ordinal);
        foreach (var supply in BySupplier(indicator))
        {
            var key = stage(supply);
            var sum = sums.GetValueOrDefault(key);
            sums[key] = (sum.Impact + supply.Impact, sum.Count + 1);
        }

        return Groups(sums, indicator);
    }

    /// <summary>
    /// The fewest pairs of process and elementary flow that make up a share of the gross impacts, the largest first; the rest is summed.
    /// </summary>
    /// <param name="share">Of the sum of all absolute contributions.</param>
    public HotSpots HotSpots(int indicator, double share = 0.8, int most = 50)
    {
        var pairs = new List<HotSpot>();
        for (var process = 0; process < Supply.Length; process++)
        {
            if (Supply[process] == 0 || Result.Characterised.DirectOf(process)[indicator] == 0)
            {
                continue;
            }

            var rows = System.B.RowsOf(process);
            var values = System.B.ValuesOf(process);
            for (var i = 0; i < rows.Length; i++)
            {
                var impact = values[i] * Supply[process] * Result.Characterised.FactorOf(indicator, rows[i]);
                if (impact != 0)
                {
                    pairs.Add(new HotSpot(process, rows[i], values[i] * Supply[process], impact, ShareOf(impact, indicator)));
                }
            }
        }

        pairs.Sort((a, b) => Math.Abs(b.Impact).CompareTo(Math.Abs(a.Impact)) is not 0 and var order ? order : (a.Process, a.Flow).CompareTo((b.Process, b.Flow)));
        var (all, gross, count) = (pairs.Sum(p => Math.Abs(p.Impact)), 0.0, 0);
        while (count < pairs.Count && count < most && gross < share * all)
        {
            gross += Math.Abs(pairs[count++].Impact);
        }

        return new HotSpots(pairs[..count], pairs.Skip(count).Sum(p => p.Impact), pairs.Count - count, all == 0 ? 0 : gross / all);
    }

    public ContributionTree Tree(int indicator, TreeRules? rules = null) => ContributionTree.Of(this, indicator, rules ?? new TreeRules());

    public ImpactFlows Flows(int indicator, FlowRules? rules = null) => ImpactFlows.Of(this, indicator, rules ?? new FlowRules());

    /// <summary>Share of an impact in the total; in the gross impacts where the total vanishes beside them.</summary>
    public double ShareOf(double impact, int indicator) => Scale(indicator) is > 0 and var scale ? impact / (Result.Values[indicator] < 0 ? -scale : scale) : 0;

    /// <summary>What shares are taken of: the absolute total, or the gross impacts where credits leave less than a millionth of them.</summary>
    internal double Scale(int indicator)
    {
        if (double.IsNaN(_gross[indicator]))
        {
            _gross[indicator] = Result.Gross(indicator);
        }

        var total = Math.Abs(Result.Values[indicator]);
        return total > _gross[indicator] * 1e-6 ? total : _gross[indicator];
    }

    private IEnumerable<(int? Exchange, int Row, double Value)> Inputs(int column)
    {
        if (System.Model is not { } model)
        {
            var rows = System.A.RowsOf(column).ToArray();
            var values = System.A.ValuesOf(column).ToArray();
            return rows.Zip(values).Where(v => v.First != column).Select(v => ((int?)null, v.First, v.Second));
        }

        var process = model.Columns[column].Process;
        var (from, until) = model.EntriesOf(process);
        return Enumerable.Range(from, until - from).Select(i => model.Entries[i]).Where(e => e.Column == column && !e.Elementary && e.Row != column)
            .Select(e => ((int?)model.Processes[process].Dataset.Exchanges[e.Exchange].Number, e.Row, model.Value(e)));
    }

    private IReadOnlyList<GroupContribution> Groups(Dictionary<string, (double Impact, int Count)> sums, int indicator) =>
        [.. sums.Select(s => new GroupContribution(s.Key, s.Value.Impact, ShareOf(s.Value.Impact, indicator), s.Value.Count)).OrderByDescending(g => Math.Abs(g.Impact)).ThenBy(g => g.Key, StringComparer.Ordinal)];
}
