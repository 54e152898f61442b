namespace Tanlu.Products;

/// <summary>What a diagram of impact flows shows.</summary>
/// <param name="CutOff">Processes through which less than this share of the total passes are left out.</param>
/// <param name="Nodes">So many processes at most, the largest.</param>
public sealed record FlowRules(double CutOff = 0.01, int Nodes = 60);

/// <summary>A process in a diagram of impact flows.</summary>
/// <param name="Through">Impact that passes it: its own and that of its inputs.</param>
/// <param name="Rest">Impact of its inputs from processes that are not shown.</param>
public sealed record FlowNode(int Process, double Output, double Direct, double Through, double Share, double Rest);

/// <summary>What one process passes on to another.</summary>
/// <param name="Amount">Of the supplier's product.</param>
public sealed record FlowLink(int From, int To, double Amount, double Impact, double Share);

/// <summary>
/// The impacts of a demand as they flow from process to process (a Sankey diagram): a link is what the consumer takes times the supplier's intensity, so that in every node what flows in, its
/// own impact and its rest add up to what passes. In a loop impacts pass more than once, and a node may be larger than the total.
/// </summary>
public sealed class ImpactFlows
{
    private ImpactFlows(int indicator, IReadOnlyList<FlowNode> nodes, IReadOnlyList<FlowLink> links, double total, int left)
    {
        Indicator = indicator;
        Nodes = nodes;
        Links = links;
        Total = total;
        LeftOut = left;
    }

    public int Indicator { get; }

    /// <summary>The largest first.</summary>
    public IReadOnlyList<FlowNode> Nodes { get; }

    public IReadOnlyList<FlowLink> Links { get; }

    public double Total { get; }

    /// <summary>Processes that the demand sets going and that are not shown.</summary>
    public int LeftOut { get; }

    /// <summary>Share of the direct impacts of the shown processes in the total.</summary>
    public double ShownDirect => Total == 0 ? 0 : Nodes.Sum(n => n.Direct) / Total;

    internal static ImpactFlows Of(Contributions contributions, int indicator, FlowRules rules)
    {
        var result = contributions.Result;
        var (a, characterised) = (result.System.A, result.Characterised);
        var supply = result.Inventory.Supply;
        var least = rules.CutOff * contributions.Scale(indicator);
        var demanded = result.Inventory.Demands.Select(d => d.Process).ToHashSet();
        var candidates = new List<(int Process, double Through)>();
        var active = 0;
        for (var process = 0; process < supply.Length; process++)
        {
            if (supply[process] == 0)
            {
                continue;
            }

            active++;
            var through = result.Inventory.OutputOf(process) * characterised.IntensityOf(process)[indicator];
            if (demanded.Contains(process) || Math.Abs(through) >= least)
            {
                candidates.Add((process, through));
            }
        }

        var kept = candidates.OrderBy(c => demanded.Contains(c.Process) ? 0 : 1).ThenByDescending(c => Math.Abs(c.Through)).ThenBy(c => c.Process).Take(Math.Max(rules.Nodes, demanded.Count)).ToArray();
        var shown = kept.Select(k => k.Process).ToHashSet();
        var nodes = new List<FlowNode>(kept.Length);
        var links = new List<FlowLink>();
        foreach (var (process, _) in kept.OrderByDescending(k => Math.Abs(k.Through)).ThenBy(k => k.Process))
        {
            var own = contributions.Of(process, indicator);
            var rest = 0.0;
            var rows = a.RowsOf(process);
            var values = a.ValuesOf(process);
            for (var i = 0; i < rows.Length; i++)
            {
                if (rows[i] == process)
                {
                    continue;
                }

                var amount = -values[i] * supply[process];
                var impact = amount * characterised.IntensityOf(rows[i])[indicator];
                if (shown.Contains(rows[i]) && impact != 0)
                {
                    links.Add(new FlowLink(rows[i], process, amount, impact, contributions.ShareOf(impact, indicator)));
                }
                else
                {
                    rest += impact;
                }
            }

            nodes.Add(new FlowNode(process, own.Output, own.Direct, own.Through, contributions.ShareOf(own.Through, indicator), rest));
        }

        return new ImpactFlows(indicator, nodes, [.. links.OrderByDescending(l => Math.Abs(l.Impact))], result.Values[indicator], active - kept.Length);
    }
}
