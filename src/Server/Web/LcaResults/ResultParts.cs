using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Products;
using Tanlu.Server.Web.Parts;
using Branch = Tanlu.Products.TreeNode;

namespace Tanlu.Server.Web.LcaResults;

/// <summary>One line of a list of contributions.</summary>
/// <param name="Named">The words are a name that no language changes.</param>
public sealed record ContributionLine(string Words, string? Href, string Amount, double Impact, double Share, bool Named = true);

/// <summary>The parts of a result's page for one of its indicators.</summary>
public sealed class ResultParts(Ui ui, CalculatedResult of, int indicator)
{
    private const int Longest = 20;

    // More boxes, or longer words beside them, cannot be read in a drawing; the tree and the tables have them all in full.
    private const int MostDrawn = 16;
    private const int LongestDrawn = 34;

    private readonly Contributions _from = of.Impacts.Contributions();

    public string Unit => of.Impacts.Indicators[indicator].Unit;

    public double Total => of.Impacts.Values[indicator];

    public IReadOnlyList<ContributionLine> ByProcess() => WithRest(
        _from.ByProcess(indicator).Where(p => p.Direct != 0),
        p => new ContributionLine(of.System.Processes[p.Process].Title, Href(p.Process), Amount(p.Output, of.System.Processes[p.Process].Unit), p.Direct, p.Share));

    public IReadOnlyList<ContributionLine> ByFlow() => WithRest(
        _from.ByFlow(indicator),
        f => new ContributionLine(FlowName(f.Flow), null, Amount(f.Amount, of.System.Flows[f.Flow].Flow.Unit), f.Impact, f.Share));

    public IReadOnlyList<ContributionLine> BySupplier() => WithRest(
        _from.BySupplier(indicator).Where(s => s.Impact != 0),
        s => s.Exchange is null && s.Supplier == s.Consumer
            ? new ContributionLine(ui.T("result.own"), null, "", s.Impact, s.Share, Named: false)
            : new ContributionLine(of.System.Processes[s.Supplier].Title, Href(s.Supplier), Amount(s.Amount, of.System.Processes[s.Supplier].Unit), s.Impact, s.Share));

    public IReadOnlyList<ContributionLine> ByPlace() => Groups(_from.ByPlace(indicator));

    public IReadOnlyList<ContributionLine> ByStage() => Groups(_from.ByCategory(indicator));

    /// <summary>The supply chain as a tree that opens; a round of a loop says so.</summary>
    public IReadOnlyList<Parts.TreeNode> Tree(double cutOff) => [.. _from.Tree(indicator, new TreeRules(cutOff)).Roots.Select(Node)];

    /// <summary>Impacts as they pass from process to process. A drawing cannot go round: what closes a loop is left out of it and counted.</summary>
    public (Chart Chart, int Rounds) Flows(double cutOff)
    {
        var flows = _from.Flows(indicator, new FlowRules(cutOff, MostDrawn));
        var names = Names(flows.Nodes.Select(n => n.Process));
        var into = flows.Links.Where(l => l.Impact > 0).ToLookup(l => l.To);
        var (kept, done, onPath) = (new List<Products.FlowLink>(), new HashSet<int>(), new HashSet<int>());
        var rounds = 0;
        foreach (var demand in of.Impacts.Inventory.Demands)
        {
            Follow(demand.Process);
        }

        var through = flows.Nodes.ToDictionary(n => n.Process, n => n.Through);
        var drawn = kept.SelectMany(l => new[] { l.From, l.To }).Distinct().ToList();
        return (
            Charts.Sankey(
                ui, [.. drawn.Select((p, at) => new Parts.FlowNode(names[p], "c" + ((at % 4) + 4).ToString(CultureInfo.InvariantCulture), through[p]))],
                [.. kept.Select(l => new Parts.FlowLink(names[l.From], names[l.To], l.Impact, Href(l.From)))], Unit),
            rounds);

        void Follow(int process)
        {
            if (!done.Add(process))
            {
                return;
            }

            onPath.Add(process);
            foreach (var link in into[process])
            {
                if (onPath.Contains(link.From))
                {
                    rounds++;
                    continue;
                }

                kept.Add(link);
                Follow(link.From);
            }

            onPath.Remove(process);
        }
    }

    private Parts.TreeNode Node(Branch branch)
    {
        var process = of.System.Processes[branch.Process];
        var (number, unit) = FigureText.Scaled(ui.Language, branch.Impact, Unit);
        var note = $"{FigureText.Percent(branch.Share)} · {number} {unit} · {Amount(branch.Amount, process.Unit)}";
        var children = branch.Children.Select(Node).ToList();
        if (branch.RestInputs > 0 && branch.Rest != 0)
        {
            var (rest, restUnit) = FigureText.Scaled(ui.Language, branch.Rest, Unit);
            children.Add(new Parts.TreeNode(ui.T("result.rest", branch.RestInputs), Note: $"{FigureText.Percent(_from.ShareOf(branch.Rest, indicator))} · {rest} {restUnit}"));
        }

        return new Parts.TreeNode(process.Title, Href(branch.Process), branch.Repeats ? $"{note} · {ui.T("result.again")}" : note, Open: branch.Level < 2, Children: children);
    }

    private IReadOnlyList<ContributionLine> Groups(IReadOnlyList<GroupContribution> groups) => WithRest(
        groups.Where(g => g.Impact != 0),
        g => new ContributionLine(g.Key.Length > 0 ? g.Key : ui.T("result.unknown"), null, ui.T("result.processes", g.Processes), g.Impact, g.Share, g.Key.Length > 0));

    private List<ContributionLine> WithRest<T>(IEnumerable<T> all, Func<T, ContributionLine> line)
    {
        var lines = all.Select(line).ToList();
        if (lines.Count <= Longest)
        {
            return lines;
        }

        var rest = lines.Skip(Longest - 1).ToList();
        return [.. lines.Take(Longest - 1), new ContributionLine(ui.T("result.others", rest.Count), null, "", rest.Sum(l => l.Impact), rest.Sum(l => l.Share), Named: false)];
    }

    /// <summary>The result of a process that stands in this one, under the same method.</summary>
    private string? Href(int process) => of.NumberOf(of.System.Processes[process].Id) is { } number ? ui.Here(("process", number), ("amount", null), ("unit", null)) : null;

    private string FlowName(int flow)
    {
        var data = of.System.Flows[flow].Flow;
        return data.Compartment.Length > 0 ? $"{data.Name} ({data.Compartment}{(data.Subcompartment.Length > 0 ? "/" + data.Subcompartment : "")})" : data.Name;
    }

    private static string Amount(double amount, string unit) => $"{FigureText.Significant(amount)} {FigureText.Pretty(unit)}";

    // The drawing tells nodes apart by name.
    private Dictionary<int, string> Names(IEnumerable<int> processes)
    {
        var (names, taken) = (new Dictionary<int, string>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var process in processes)
        {
            var title = of.System.Processes[process].Title;
            title = title.Length > LongestDrawn ? title[..(LongestDrawn - 1)].TrimEnd() + "…" : title;
            var name = title;
            for (var again = 2; !taken.Add(name); again++)
            {
                name = $"{title} ({again.ToString(CultureInfo.InvariantCulture)})";
            }

            names.Add(process, name);
        }

        return names;
    }
}
