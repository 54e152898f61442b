using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>
/// One column for every product that carries burdens: for a process whose burdens are shared each product becomes a process of its own, so that the network stays square.
/// </summary>
internal sealed class ProductSplit
{
    public ProductSplit(ProcessValues[] processes, LinkRules rules, List<Problem> notes, List<Problem> problems)
    {
        Processes = processes;
        Shares = new BurdenShares[processes.Length];
        Rules = new CoProductRule[processes.Length];
        Offers = new int[processes.Length][];
        for (var p = 0; p < processes.Length; p++)
        {
            Split(p, rules, notes, problems);
        }
    }

    public ProcessValues[] Processes { get; }

    public BurdenShares[] Shares { get; }

    /// <summary>The rule that each process's products are split by; <see cref="CoProductRule.Reference"/> for one with a single product.</summary>
    public CoProductRule[] Rules { get; }

    /// <summary>Indices of the exchanges that are products, the reference first.</summary>
    public int[][] Offers { get; }

    public List<SystemColumn> Columns { get; } = [];

    public List<ByProduct> ByProducts { get; } = [];

    public List<string> WithoutProduct { get; } = [];

    public List<string> Declarations { get; } = [];

    private static CoProductRule RuleOf(ProcessDataset dataset, CoProductRule chosen) => chosen != CoProductRule.AsDataset ? chosen
        : (dataset.DefaultAllocation, dataset.Allocation.Count) switch
        {
            (AllocationRule.None, > 0) => Named(dataset.Allocation[0].Rule),
            (var rule, _) => Named(rule),
        };

    private static CoProductRule Named(AllocationRule rule) => rule switch
    {
        AllocationRule.Physical => CoProductRule.Physical,
        AllocationRule.Economic => CoProductRule.Economic,
        AllocationRule.Causal => CoProductRule.Causal,
        AllocationRule.Substitution => CoProductRule.Substitution,
        _ => CoProductRule.Reference,
    };

    private void Split(int p, LinkRules rules, List<Problem> notes, List<Problem> problems)
    {
        var process = Processes[p];
        Shares[p] = BurdenShares.Whole;
        Rules[p] = CoProductRule.Reference;
        var offers = Enumerable.Range(0, process.Amounts.Length).Where(process.IsOffer).OrderBy(e => process.Dataset.Exchanges[e].Reference ? 0 : 1).ToArray();

        // A product that stands twice among the outputs is one product.
        Offers[p] = [.. offers.Where(e => process.Amounts[e] != 0).DistinctBy(e => process.Flows[e])];

        if (offers.Length == 0 || process.Dataset.Kind == ProcessKind.Declaration)
        {
            (process.Dataset.Kind == ProcessKind.Declaration ? Declarations : WithoutProduct).Add(process.Dataset.Name);
            return;
        }

        if (Offers[p].Length == 0)
        {
            var zero = process.Dataset.Exchanges[offers[0]];
            problems.Add(new Problem("process_reference_zero", zero.Number, "amount", "0", process.Dataset.Name, process.FlowName(offers[0])));
            return;
        }

        if (Offers[p].Length > 1)
        {
            Rules[p] = RuleOf(process.Dataset, rules.CoProducts);
            if (Rules[p] is CoProductRule.Physical or CoProductRule.Economic or CoProductRule.Causal && !Share(p, Rules[p], rules, notes, problems))
            {
                return;
            }
        }

        var columns = Rules[p] is CoProductRule.Reference or CoProductRule.Substitution ? 1 : Offers[p].Length;
        for (var product = 0; product < Offers[p].Length; product++)
        {
            var e = Offers[p][product];
            if (product < columns)
            {
                Columns.Add(new SystemColumn(p, product, e));
            }

            if (Offers[p].Length > 1 && (product > 0 || columns > 1))
            {
                var fate = columns > 1 ? ByProductFate.Allocated : Rules[p] == CoProductRule.Substitution ? ByProductFate.Credited : ByProductFate.WithoutBurden;
                ByProducts.Add(new ByProduct(
                    process.Dataset.Name, process.Dataset.Exchanges[e].Number, process.FlowName(e), process.Amounts[e], process.Dataset.Exchanges[e].Unit, fate,
                    columns > 1 ? Shares[p].Mean(product) : null));
            }
        }
    }

    private bool Share(int p, CoProductRule rule, LinkRules rules, List<Problem> notes, List<Problem> problems)
    {
        var shares = BurdenShares.By(rule, Processes[p], Offers[p], rules, notes);
        if (shares.Ok)
        {
            Shares[p] = shares.Value;
            return true;
        }

        if (rules.WhereNotPossible is { } other && other != rule && shares.Problems.All(IsWant))
        {
            notes.Add(new Problem("allocation_other_rule", Found: rule.ToString(), Args: [Processes[p].Dataset.Name, other.ToString()]));
            Rules[p] = other == CoProductRule.AsDataset ? CoProductRule.Reference : other;
            return Rules[p] is CoProductRule.Reference or CoProductRule.Substitution || Share(p, Rules[p], rules with { WhereNotPossible = null }, notes, problems);
        }

        problems.AddRange(shares.Problems);
        return false;
    }

    /// <summary>Data is lacking, as against data that is wrong.</summary>
    private static bool IsWant(Problem problem) => problem.Code.EndsWith("_missing", StringComparison.Ordinal) || problem.Code == "allocation_currencies";
}
