namespace Tanlu.Products;

/// <summary>How far a contribution tree goes.</summary>
/// <param name="CutOff">Branches below this share of the total are summed as the rest of their parent.</param>
/// <param name="Depth">Levels below the demand.</param>
/// <param name="Nodes">So many nodes at most; the largest branches are opened first.</param>
public sealed record TreeRules(double CutOff = 0.01, int Depth = 20, int Nodes = 400);

/// <summary>One branch of a contribution tree.</summary>
public sealed class TreeNode
{
    internal TreeNode(int process, double amount, double direct, double impact, double share, TreeNode? parent)
    {
        Process = process;
        Amount = amount;
        Direct = direct;
        Impact = impact;
        Share = share;
        Parent = parent;
        Level = parent is null ? 0 : parent.Level + 1;
        for (var above = parent; above is not null && !Repeats; above = above.Parent)
        {
            Repeats = above.Process == process;
        }
    }

    public int Process { get; }

    /// <summary>Of its product, for the branch above it; negative for a credit.</summary>
    public double Amount { get; }

    /// <summary>By its own elementary flows.</summary>
    public double Direct { get; }

    /// <summary>With everything behind it: <see cref="Direct"/>, the children and the rest.</summary>
    public double Impact { get; }

    public double Share { get; }

    public int Level { get; }

    /// <summary>The process stands above itself already: the branch is another round of a loop.</summary>
    public bool Repeats { get; }

    /// <summary>The largest first.</summary>
    public IReadOnlyList<TreeNode> Children { get; internal set; } = [];

    /// <summary>Impact of the inputs that are not shown.</summary>
    public double Rest { get; internal set; }

    public int RestInputs { get; internal set; }

    internal TreeNode? Parent { get; }
}

/// <summary>
/// A demand's impact traced up its supply chain. Every branch is an input with its amount and the impact of everything behind it; a loop is followed round by round until a round
/// falls below the cut-off.
/// </summary>
public sealed class ContributionTree
{
    private ContributionTree(int indicator, IReadOnlyList<TreeNode> roots, double total, double shown, int nodes)
    {
        Indicator = indicator;
        Roots = roots;
        Total = total;
        Shown = shown;
        Nodes = nodes;
    }

    public int Indicator { get; }

    /// <summary>One for each demanded product.</summary>
    public IReadOnlyList<TreeNode> Roots { get; }

    public double Total { get; }

    /// <summary>Sum of the direct impacts of the nodes shown; what is left is the sum of their rests.</summary>
    public double Shown { get; }

    public int Nodes { get; }

    internal static ContributionTree Of(Contributions contributions, int indicator, TreeRules rules)
    {
        var result = contributions.Result;
        var least = rules.CutOff * contributions.Scale(indicator);
        var roots = result.Inventory.Demands.Select(d => Node(contributions, indicator, d.Process, d.Amount, null)).ToArray();
        var open = new PriorityQueue<TreeNode, (double, int)>();
        var nodes = 0;
        foreach (var root in roots)
        {
            open.Enqueue(root, (-Math.Abs(root.Impact), nodes++));
        }

        var shown = roots.Sum(r => r.Direct);
        while (open.TryDequeue(out var node, out _))
        {
            var children = new List<TreeNode>();
            foreach (var (row, amount, impact) in Inputs(result, node, indicator))
            {
                if (Math.Abs(impact) >= least && impact != 0 && node.Level < rules.Depth && nodes < rules.Nodes)
                {
                    var child = Node(contributions, indicator, row, amount, node);
                    children.Add(child);
                    shown += child.Direct;
                    open.Enqueue(child, (-Math.Abs(impact), nodes++));
                }
                else
                {
                    node.Rest += impact;
                    node.RestInputs++;
                }
            }

            node.Children = children;
        }

        return new ContributionTree(indicator, roots, result.Values[indicator], shown, nodes);
    }

    private static TreeNode Node(Contributions contributions, int indicator, int process, double amount, TreeNode? parent)
    {
        var result = contributions.Result;
        var impact = amount * result.Characterised.IntensityOf(process)[indicator];
        var direct = result.Characterised.DirectOf(process)[indicator] * amount / result.System.A.At(process, process);
        return new TreeNode(process, amount, direct, impact, contributions.ShareOf(impact, indicator), parent);
    }

    private static List<(int Row, double Amount, double Impact)> Inputs(ImpactResult result, TreeNode node, int indicator)
    {
        var a = result.System.A;
        var times = node.Amount / a.At(node.Process, node.Process);
        var rows = a.RowsOf(node.Process);
        var values = a.ValuesOf(node.Process);
        var inputs = new List<(int Row, double Amount, double Impact)>(rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] != node.Process)
            {
                var amount = -values[i] * times;
                inputs.Add((rows[i], amount, amount * result.Characterised.IntensityOf(rows[i])[indicator]));
            }
        }

        inputs.Sort((x, y) => Math.Abs(y.Impact).CompareTo(Math.Abs(x.Impact)) is not 0 and var order ? order : x.Row.CompareTo(y.Row));
        return inputs;
    }
}
