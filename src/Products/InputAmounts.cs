namespace Tanlu.Products;

/// <summary>Mass and money of the inputs that linking connected, column by column: what open exchanges are a share of.</summary>
internal sealed class InputAmounts
{
    private InputAmounts(double[] kilograms, double[] money, HashSet<string> currencies)
    {
        Kilograms = kilograms;
        Money = money;
        Currencies = currencies;
    }

    public double[] Kilograms { get; }

    public double[] Money { get; }

    /// <summary>Of all prices that any exchange gives; with more than one there is no share of money.</summary>
    public IReadOnlySet<string> Currencies { get; }

    public static InputAmounts Of(ProductSystem system)
    {
        var amounts = new InputAmounts(new double[system.Processes.Count], new double[system.Processes.Count], new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        var currencies = (HashSet<string>)amounts.Currencies;
        if (system.Model is { } model)
        {
            foreach (ref readonly var entry in model.Entries.AsSpan())
            {
                if (!entry.Elementary && model.Columns[entry.Column].Reference != entry.Exchange)
                {
                    var process = model.Processes[entry.Process];
                    var exchange = process.Dataset.Exchanges[entry.Exchange];
                    var share = model.Shares[entry.Process].Of(model.Columns[entry.Column].Product, entry.Exchange).Value;
                    amounts.Kilograms[entry.Column] += (process.Kilograms(entry.Exchange) ?? 0) * share;
                    if (exchange.Price is { } price)
                    {
                        amounts.Money[entry.Column] += Math.Abs(price * share);
                        currencies.Add(exchange.Currency);
                    }
                }
            }
        }

        foreach (var open in system.Report.Open)
        {
            if (open.Money is not null)
            {
                currencies.Add(open.Currency);
            }
        }

        return amounts;
    }
}
