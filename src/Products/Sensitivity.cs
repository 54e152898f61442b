namespace Tanlu.Products;

/// <summary>How an impact answers to one parameter.</summary>
/// <param name="Derivative">Impact per unit of the parameter.</param>
/// <param name="Elasticity">Per cent of the impact for one per cent of the parameter; 0 where the impact is 0.</param>
public sealed record ParameterSensitivity(SystemParameter Parameter, double Derivative, double Elasticity);

/// <summary>How an impact answers to the amount of one exchange.</summary>
/// <param name="Exchange">Its number in the process's dataset.</param>
/// <param name="Derivative">Impact per unit of the amount as the dataset writes it.</param>
public sealed record ExchangeSensitivity(int Process, int Exchange, string Flow, double Amount, string Unit, double Derivative, double Elasticity);

/// <summary>
/// The derivatives of an impact by every parameter and every amount at once, from the supply and the intensities that are known already (adjoint method): dh/dp = Σ c dB/dp s − Σ y dA/dp s
/// (Heijungs 2010, <i>Int. J. Life Cycle Assess.</i> 15, 511–520). Nothing is solved again.
/// </summary>
public static class Sensitivity
{
    /// <summary>All input parameters of the system, the strongest first; those that change nothing are there too, with zero.</summary>
    public static IReadOnlyList<ParameterSensitivity> Parameters(ImpactResult result, int indicator)
    {
        var derivatives = new double[result.System.Parameters.Count];
        if (result.System.Model is { } model)
        {
            for (var process = 0; process < model.Processes.Length; process++)
            {
                if (model.Depends(process))
                {
                    Add(result, model, model.EntriesOf(process), indicator, derivatives);
                }
            }
        }

        var total = result.Values[indicator];
        return
        [
            .. result.System.Parameters.Select(p => new ParameterSensitivity(p, derivatives[p.Number], total == 0 ? 0 : derivatives[p.Number] * p.Value / total))
                .OrderByDescending(s => Math.Abs(s.Elasticity)).ThenBy(s => s.Parameter.Number),
        ];
    }

    /// <summary>The amounts that matter most, by the absolute value of their elasticity; an exchange that is shared among co-products is one.</summary>
    public static IReadOnlyList<ExchangeSensitivity> Exchanges(ImpactResult result, int indicator, int most = 100)
    {
        if (result.System.Model is not { } model)
        {
            return [];
        }

        var total = result.Values[indicator];
        var strongest = new PriorityQueue<(int Process, int Exchange, double Derivative, double Elasticity), (double, int)>();
        double[] sums = [];
        for (var process = 0; process < model.Processes.Length; process++)
        {
            var amounts = model.Processes[process].Amounts;
            sums = sums.Length < amounts.Length ? new double[amounts.Length] : sums;
            var (from, until) = model.EntriesOf(process);
            foreach (ref readonly var entry in model.Entries.AsSpan()[from..until])
            {
                var weight = Weight(result, entry, indicator);
                if (weight != 0)
                {
                    var column = model.Columns[entry.Column];
                    var share = column.Reference == entry.Exchange ? 1 : model.Shares[entry.Process].Of(column.Product, entry.Exchange).Value;
                    sums[entry.Exchange] += weight * entry.Factor * share;
                }
            }

            for (var e = 0; e < amounts.Length; e++)
            {
                var elasticity = total == 0 ? 0 : sums[e] * amounts[e] / total;
                if (sums[e] != 0 && (strongest.Count < most || Math.Abs(elasticity) > Math.Abs(strongest.Peek().Elasticity)))
                {
                    strongest.Enqueue((process, e, sums[e], elasticity), (Math.Abs(elasticity), -process));
                    if (strongest.Count > most)
                    {
                        strongest.Dequeue();
                    }
                }

                sums[e] = 0;
            }
        }

        return
        [
            .. strongest.UnorderedItems.Select(i => i.Element).OrderByDescending(s => Math.Abs(s.Elasticity)).ThenBy(s => s.Process).ThenBy(s => s.Exchange)
                .Select(s => Named(model, s.Process, s.Exchange, s.Derivative, s.Elasticity)),
        ];
    }

    private static void Add(ImpactResult result, SystemModel model, (int From, int Until) entries, int indicator, double[] derivatives)
    {
        foreach (ref readonly var entry in model.Entries.AsSpan()[entries.From..entries.Until])
        {
            var weight = Weight(result, entry, indicator);
            if (weight != 0 && model.Slope(entry) is { } slope)
            {
                for (var i = 0; i < slope.By.Length; i++)
                {
                    derivatives[slope.By[i]] += weight * slope.Slopes[i];
                }
            }
        }
    }

    /// <summary>Impact for one unit more in the place of an entry: −y s in A, c s in B.</summary>
    private static double Weight(ImpactResult result, in SystemEntry entry, int indicator)
    {
        var supply = result.Inventory.Supply[entry.Column];
        return supply == 0 ? 0
            : entry.Elementary ? result.Characterised.FactorOf(indicator, entry.Row) * supply
            : -result.Characterised.IntensityOf(entry.Row)[indicator] * supply;
    }

    private static ExchangeSensitivity Named(SystemModel model, int process, int exchange, double derivative, double elasticity)
    {
        var values = model.Processes[process];
        var dataset = values.Dataset.Exchanges[exchange];
        return new ExchangeSensitivity(model.FirstColumn(process), dataset.Number, values.FlowName(exchange), values.Amounts[exchange], dataset.Unit, derivative, elasticity);
    }
}
