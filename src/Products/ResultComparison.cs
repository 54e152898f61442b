using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>One line of a comparison.</summary>
/// <param name="Key">Name of the process or flow.</param>
public sealed record ComparedLine(string Key, double A, double B)
{
    public double Difference => B - A;

    /// <summary>B − A as a share of A; null where A is 0.</summary>
    public double? Relative => A == 0 ? null : Difference / Math.Abs(A);
}

/// <summary>Two results of one method side by side; the systems behind them may differ.</summary>
public sealed class ResultComparison
{
    private readonly ImpactResult _a;
    private readonly ImpactResult _b;

    private ResultComparison(ImpactResult a, ImpactResult b)
    {
        _a = a;
        _b = b;
        Totals = [.. a.Indicators.Select((n, k) => new ComparedLine(n.Name, a.Values[k], b.Values[k]))];
    }

    /// <summary>By indicator.</summary>
    public IReadOnlyList<ComparedLine> Totals { get; }

    /// <summary>Refused with <c>comparison_methods_differ</c> where the two are not of the same version of one method.</summary>
    public static Outcome<ResultComparison> Of(ImpactResult a, ImpactResult b) =>
        a.Method.Hash == b.Method.Hash ? new ResultComparison(a, b) : new Problem("comparison_methods_differ", Found: b.Method.Method.Name, Args: [a.Method.Method.Name]);

    /// <summary>Direct impacts of the processes of both, matched by id and product; the largest difference first.</summary>
    public IReadOnlyList<ComparedLine> ByProcess(int indicator) =>
        Matched(Processes(_a, indicator), Processes(_b, indicator));

    /// <summary>Impacts of the elementary flows of both, matched by id, unit and direction; the largest difference first.</summary>
    public IReadOnlyList<ComparedLine> ByFlow(int indicator) => Matched(Flows(_a, indicator), Flows(_b, indicator));

    private static Dictionary<string, (string Name, double Impact)> Processes(ImpactResult result, int indicator)
    {
        var lines = new Dictionary<string, (string, double)>(StringComparer.Ordinal);
        foreach (var process in result.System.Processes)
        {
            var impact = result.Characterised.DirectOf(process.Index)[indicator] * result.Inventory.Supply[process.Index];
            if (impact != 0)
            {
                Add(lines, $"{process.Id}|{process.FlowId}", process.Title, impact);
            }
        }

        return lines;
    }

    private static Dictionary<string, (string Name, double Impact)> Flows(ImpactResult result, int indicator)
    {
        var lines = new Dictionary<string, (string, double)>(StringComparer.Ordinal);
        foreach (var flow in result.Contributions().ByFlow(indicator))
        {
            var row = result.System.Flows[flow.Flow];
            var place = row.Flow.Compartment.Length > 0 ? $"{row.Flow.Name} ({row.Flow.Compartment})" : row.Flow.Name;
            Add(lines, $"{row.Flow.Id}|{row.Flow.Unit}|{row.Input}", place, flow.Impact);
        }

        return lines;
    }

    private static void Add(Dictionary<string, (string Name, double Impact)> lines, string key, string name, double impact) =>
        lines[key] = (name, lines.GetValueOrDefault(key).Impact + impact);

    private static IReadOnlyList<ComparedLine> Matched(Dictionary<string, (string Name, double Impact)> a, Dictionary<string, (string Name, double Impact)> b) =>
    [
        .. a.Keys.Union(b.Keys).Select(key => new ComparedLine((a.TryGetValue(key, out var left) ? left : b[key]).Name, a.GetValueOrDefault(key).Impact, b.GetValueOrDefault(key).Impact))
            .OrderByDescending(line => Math.Abs(line.Difference)).ThenBy(line => line.Key, StringComparer.Ordinal),
    ];
}
