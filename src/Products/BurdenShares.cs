using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>Which share of each exchange every product of a process carries: one number for a product, or one for product and exchange (causal).</summary>
internal sealed class BurdenShares
{
    /// <summary>Percentages with two decimals may miss one by this much; beyond it the dataset is wrong.</summary>
    private const double LargestRounding = 1e-3;

    private const double NoRounding = 1e-12;

    private readonly Sensitive[] _values;
    private readonly int _exchanges;

    private BurdenShares(Sensitive[] values, int exchanges)
    {
        _values = values;
        _exchanges = exchanges;
    }

    /// <summary>A single product carries everything.</summary>
    public static BurdenShares Whole { get; } = new([Sensitive.Constant(1)], 0);

    /// <summary>No share depends on a parameter.</summary>
    public bool IsConstant => Array.TrueForAll(_values, v => v.IsConstant);

    public Sensitive Of(int product, int exchange) => _exchanges == 0 ? _values[product] : _values[(product * _exchanges) + exchange];

    /// <summary>Mean over the exchanges, for a report.</summary>
    public double Mean(int product) =>
        _exchanges == 0 ? _values[product].Value : Enumerable.Range(0, _exchanges).Average(e => _values[(product * _exchanges) + e].Value);

    /// <summary>
    /// The shares by a rule. Refused with <c>allocation_property_missing</c>, <c>allocation_price_missing</c>, <c>allocation_currencies</c>, <c>allocation_share_missing</c>,
    /// <c>allocation_share_range</c> or <c>allocation_sum</c>; the first argument is the process.
    /// </summary>
    /// <param name="products">Indices of the exchanges that are products of the process.</param>
    /// <param name="notes">Takes shares that were scaled because their percentages were rounded.</param>
    public static Outcome<BurdenShares> By(CoProductRule rule, ProcessValues process, IReadOnlyList<int> products, LinkRules rules, ICollection<Problem> notes)
    {
        var given = rule switch
        {
            CoProductRule.Physical => FromDataset(AllocationRule.Physical, process, products) ?? Physical(process, products, rules.PhysicalProperty),
            CoProductRule.Economic => FromDataset(AllocationRule.Economic, process, products) ?? Economic(process, products),
            CoProductRule.Causal => FromDataset(AllocationRule.Causal, process, products) ?? new Problem("allocation_share_missing", Args: [process.Dataset.Name, FlowOf(process, products[0])]),
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "No shares by this rule."),
        };
        return given.Then(shares => Checked(shares, process, products, notes));
    }

    private static Outcome<BurdenShares>? FromDataset(AllocationRule rule, ProcessValues process, IReadOnlyList<int> products)
    {
        var dataset = process.Dataset;
        var shares = dataset.Allocation.Where(a => a.Rule == rule).ToArray();
        if (shares.Length == 0)
        {
            return null;
        }

        var count = dataset.Exchanges.Count;
        var perExchange = shares.Any(s => s.Exchange is not null);
        var values = new Sensitive[perExchange ? products.Count * count : products.Count];
        for (var p = 0; p < products.Count; p++)
        {
            var flow = dataset.Exchanges[products[p]].FlowId;
            var ofProduct = shares.Where(s => s.ProductFlowId == flow).ToArray();
            var general = ofProduct.FirstOrDefault(s => s.Exchange is null);
            for (var e = 0; e < (perExchange ? count : 1); e++)
            {
                var own = perExchange ? ofProduct.FirstOrDefault(s => s.Exchange == dataset.Exchanges[e].Number) ?? general : general;
                if (own is null && perExchange && products.Contains(e))
                {
                    values[(p * count) + e] = Sensitive.Constant(1.0 / products.Count);
                    continue;
                }

                if (own is null)
                {
                    return new Problem("allocation_share_missing", perExchange ? dataset.Exchanges[e].Number : null, Args: [dataset.Name, FlowOf(process, products[p])]);
                }

                var value = own.Formula is { } formula ? process.Formula(formula, own.Exchange, "allocation") : Sensitive.Constant(own.Share);
                if (!value.Ok)
                {
                    return Outcome<BurdenShares>.Refused(value.Problems);
                }

                values[perExchange ? (p * count) + e : p] = value.Value;
            }
        }

        return new BurdenShares(values, perExchange ? count : 0);
    }

    private static Outcome<BurdenShares> Physical(ProcessValues process, IReadOnlyList<int> products, string? property)
    {
        string[] candidates = property is null ? ["kg", "MJ", process.Dataset.Exchanges[products[0]].Unit] : [property];
        foreach (var candidate in candidates)
        {
            var amounts = products.Select(p => process.In(p, candidate, isProperty: property is not null)).ToArray();
            if (amounts.All(a => a is not null))
            {
                return Proportional(amounts!);
            }
        }

        var lacking = products.First(p => process.In(p, candidates[0], isProperty: property is not null) is null);
        return new Problem("allocation_property_missing", process.Dataset.Exchanges[lacking].Number, Found: property ?? "kg, MJ", Args: [process.Dataset.Name, FlowOf(process, lacking)]);
    }

    private static Outcome<BurdenShares> Economic(ProcessValues process, IReadOnlyList<int> products)
    {
        var exchanges = products.Select(p => process.Dataset.Exchanges[p]).ToArray();
        if (Array.FindIndex(exchanges, e => e.Price is null) is >= 0 and var lacking)
        {
            return new Problem("allocation_price_missing", exchanges[lacking].Number, Args: [process.Dataset.Name, FlowOf(process, products[lacking])]);
        }

        return exchanges.Select(e => e.Currency).Distinct(StringComparer.OrdinalIgnoreCase).Count() > 1
            ? new Problem("allocation_currencies", Found: string.Join(", ", exchanges.Select(e => e.Currency).Distinct(StringComparer.OrdinalIgnoreCase)), Args: [process.Dataset.Name])
            : Proportional([.. exchanges.Select(e => Sensitive.Constant(e.Price!.Value))]);
    }

    private static BurdenShares Proportional(Sensitive[] amounts)
    {
        var total = amounts.Aggregate((a, b) => a + b);
        return new BurdenShares(Array.ConvertAll(amounts, a => a / total), 0);
    }

    private static Outcome<BurdenShares> Checked(BurdenShares shares, ProcessValues process, IReadOnlyList<int> products, ICollection<Problem> notes)
    {
        var rounded = false;
        for (var e = 0; e < Math.Max(shares._exchanges, 1); e++)
        {
            var sum = Sensitive.Constant(0);
            int? row = shares._exchanges > 0 ? process.Dataset.Exchanges[e].Number : null;
            for (var p = 0; p < products.Count; p++)
            {
                var share = shares.Of(p, e);
                if (!double.IsFinite(share.Value) || share.Value < 0)
                {
                    return new Problem(
                        "allocation_share_range", row ?? process.Dataset.Exchanges[products[p]].Number, Found: share.Value.ToString(CultureInfo.InvariantCulture),
                        Args: [process.Dataset.Name, FlowOf(process, products[p])]);
                }

                sum += share;
            }

            if (Math.Abs(sum.Value - 1) > LargestRounding)
            {
                return new Problem("allocation_sum", row, Found: sum.Value.ToString(CultureInfo.InvariantCulture), Args: [process.Dataset.Name]);
            }

            rounded |= Math.Abs(sum.Value - 1) > NoRounding;
            for (var p = 0; p < products.Count && sum.Value != 1; p++)
            {
                var at = shares._exchanges == 0 ? p : (p * shares._exchanges) + e;
                shares._values[at] /= sum;
            }
        }

        if (rounded)
        {
            notes.Add(new Problem("allocation_rounded", Args: [process.Dataset.Name]));
        }

        return shares;
    }

    private static string FlowOf(ProcessValues process, int exchange) => process.FlowName(exchange);
}
