using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>One side of a comparison: a bill, a version of one, or a process.</summary>
/// <param name="Lines">What it is put together of, with the impact of each for an indicator.</param>
/// <param name="Processes">What it buys, with the whole chain behind it.</param>
public sealed record ComparedDemand(string Name, double Amount, string Unit, ImpactResult Impacts, DataRight Rights, Func<int, IEnumerable<(string Name, double Impact)>> Lines, Func<int, IEnumerable<(string Name, double Impact)>> Processes)
{
    public static ComparedDemand Of(BillResult bill) => new(
        bill.Bill.Dataset.Name, bill.Amount, bill.Bill.Dataset.Unit, bill.Impacts, bill.Rights, k => bill.Lines.Select(l => (l.Line.Name, l.Impacts[k])), k => bill.ByProcess(k).Select(g => (g.Key, g.Impact)));

    public static ComparedDemand Of(CalculatedResult process)
    {
        var demanded = process.System.Processes[process.Impacts.Inventory.Demands[0].Process];
        IEnumerable<(string, double)> Inputs(int indicator) => process.Impacts.Contributions().BySupplier(indicator).Select(s => (process.System.Processes[s.Supplier].Title, s.Impact));
        return new ComparedDemand(process.Process.Row.Name, process.Request.Amount, process.Request.Unit ?? demanded.Unit, process.Impacts, process.Rights, Inputs, Inputs);
    }
}

/// <summary>Two demands under one method side by side; lines and processes are matched by name.</summary>
public sealed class DemandComparison
{
    private readonly ComparedDemand _a;
    private readonly ComparedDemand _b;

    private DemandComparison(ComparedDemand a, ComparedDemand b, IReadOnlyList<ComparedLine> totals)
    {
        _a = a;
        _b = b;
        Totals = totals;
    }

    /// <summary>By indicator.</summary>
    public IReadOnlyList<ComparedLine> Totals { get; }

    /// <summary>Refused with <c>comparison_methods_differ</c>.</summary>
    public static Outcome<DemandComparison> Of(ComparedDemand a, ComparedDemand b)
    {
        // An own system holds the method with the factors of its few flows: the method itself is the background's.
        return a.Impacts.Method.Method.Id != b.Impacts.Method.Method.Id || a.Impacts.Method.Method.Version != b.Impacts.Method.Method.Version
            ? new Problem("comparison_methods_differ", Found: b.Impacts.Method.Method.Name, Args: [a.Impacts.Method.Method.Name])
            : new DemandComparison(a, b, [.. a.Impacts.Indicators.Select((n, k) => new ComparedLine(n.Name, a.Impacts.Values[k], b.Impacts.Values[k]))]);
    }

    /// <summary>Lines of both, the largest difference first.</summary>
    public IReadOnlyList<ComparedLine> ByLine(int indicator) => Matched(_a.Lines(indicator), _b.Lines(indicator));

    /// <summary>What both buy, the largest difference first.</summary>
    public IReadOnlyList<ComparedLine> ByProcess(int indicator) => Matched(_a.Processes(indicator), _b.Processes(indicator));

    private static IReadOnlyList<ComparedLine> Matched(IEnumerable<(string Name, double Impact)> one, IEnumerable<(string Name, double Impact)> other)
    {
        var (a, b) = (Sums(one), Sums(other));
        return
        [
            .. a.Keys.Union(b.Keys, StringComparer.Ordinal).Select(k => new ComparedLine(k, a.GetValueOrDefault(k), b.GetValueOrDefault(k)))
                .OrderByDescending(l => Math.Abs(l.Difference)).ThenBy(l => l.Key, StringComparer.Ordinal),
        ];
    }

    private static Dictionary<string, double> Sums(IEnumerable<(string Name, double Impact)> lines) =>
        lines.GroupBy(l => l.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(l => l.Impact), StringComparer.Ordinal);
}
