using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>What must hold of a process before it is kept. Every refusal names the number of the exchange and the field.</summary>
internal static class ProcessRules
{
    private const int LongestName = 400;
    private const int LongestText = 20_000;
    private const int MostExchanges = 20_000;
    private const double SharesSumTo = 1e-6;

    /// <param name="before">The version before, or what is copied: an exchange that stood there as it is now is not questioned.</param>
    public static Outcome<ProcessDataset> Check(ProcessDataset dataset, DatasetPackage known, ProcessDataset? before)
    {
        var problems = Whole(dataset).ToList();
        var settled = (before?.Exchanges ?? []).ToHashSet();
        var flows = known.Flows.ToDictionary(f => f.Id, StringComparer.Ordinal);
        var units = new Nomenclature([known]);
        foreach (var exchange in dataset.Exchanges.Where(e => !settled.Contains(e)))
        {
            problems.AddRange(Wrong(dataset.Name, exchange, flows[exchange.FlowId]));
            if (units.Find(0, exchange.FlowId) is { } flow && units.Factor(flow, 0, exchange.Unit, exchange.PropertyId, 0, units[flow].Unit, units[flow].PropertyId) is null)
            {
                problems.Add(new Problem("exchange_unit", exchange.Number, "unit", exchange.Unit, dataset.Name, units[flow].Name, units[flow].Unit));
            }
        }

        if (problems.Count == 0 && (before is null || !before.Parameters.SequenceEqual(dataset.Parameters) || dataset.Exchanges.Any(e => e.Formula is not null && !settled.Contains(e))))
        {
            problems.AddRange(Formulas(dataset, known));
        }

        if (before is null || !before.Allocation.SequenceEqual(dataset.Allocation))
        {
            problems.AddRange(Shares(dataset));
        }

        return problems.Count > 0 ? Outcome<ProcessDataset>.Refused(problems) : dataset;
    }

    private static IEnumerable<Problem> Whole(ProcessDataset dataset)
    {
        if (string.IsNullOrWhiteSpace(dataset.Name) || dataset.Name.Length > LongestName || dataset.Name.Any(char.IsControl))
        {
            yield return new Problem("process_name", Column: "name", Found: dataset.Name, Args: [Text(LongestName)]);
        }

        if (dataset.Location.Length > 40 || dataset.Location.Any(char.IsControl))
        {
            yield return new Problem("text_too_long", Column: "location", Found: dataset.Location, Args: ["40"]);
        }

        if (dataset.Exchanges.Count > MostExchanges)
        {
            yield return new Problem("process_too_large", Column: "exchanges", Found: Text(dataset.Exchanges.Count), Args: [Text(MostExchanges)]);
        }

        var d = dataset.Documentation;
        foreach (var (field, text) in ((string, string)[])
            [
                ("category", dataset.Category), ("description", d.Description), ("technology", d.Technology), ("geography", d.Geography), ("time", d.Time), ("sampling", d.Sampling),
                ("data_treatment", d.DataTreatment), ("review", d.Review), ("owner", d.Owner), ("licence", d.Licence), .. d.Sources.Select(s => ("sources", s)),
            ])
        {
            if (text.Length > LongestText || text.Contains('\0', StringComparison.Ordinal))
            {
                yield return new Problem("text_too_long", Column: field, Found: text, Args: [Text(LongestText)]);
            }
        }

        if (dataset.Kind != ProcessKind.Declaration && dataset.Exchanges.Count(e => e.Reference) == 0)
        {
            yield return new Problem("process_reference", Column: "reference", Found: dataset.Name);
        }

        foreach (var number in dataset.Exchanges.GroupBy(e => e.Number).Where(g => g.Count() > 1).Select(g => g.Key))
        {
            yield return new Problem("exchange_number_twice", number, "number", Text(number), dataset.Name);
        }

        foreach (var name in dataset.Parameters.GroupBy(p => p.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1 || g.Key.Length is 0 or > 100).Select(g => g.Key))
        {
            yield return new Problem("parameter_name", Column: name, Found: name, Args: [dataset.Name]);
        }

        if (dataset.ValidFrom > dataset.ValidUntil)
        {
            yield return new Problem("process_period", Column: "valid_until", Found: dataset.ValidUntil!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Args: [dataset.Name]);
        }

        foreach (var parameter in dataset.Parameters)
        {
            if (!double.IsFinite(parameter.Value))
            {
                yield return new Problem("library_parameter_value", Column: parameter.Name, Found: Text(parameter.Value), Args: [dataset.Name]);
            }

            if (!Holds(parameter.Uncertainty))
            {
                yield return new Problem("parameter_uncertainty", Column: parameter.Name, Found: Text(parameter.Uncertainty), Args: [dataset.Name]);
            }
        }
    }

    private static IEnumerable<Problem> Wrong(string process, ProcessExchange exchange, FlowDataset flow)
    {
        if (!double.IsFinite(exchange.Amount))
        {
            yield return new Problem("library_exchange_amount", exchange.Number, "amount", Text(exchange.Amount), process);
        }

        if (exchange.Reference && exchange.Amount == 0 && exchange.Formula is null)
        {
            yield return new Problem("exchange_reference_zero", exchange.Number, "amount", Text(exchange.Amount), process, flow.Name);
        }

        if (exchange.Reference && flow.Kind == FlowKind.Elementary)
        {
            yield return new Problem("exchange_reference_elementary", exchange.Number, "reference", flow.Name, process);
        }

        if (exchange.ProviderId is not null && flow.Kind == FlowKind.Elementary)
        {
            yield return new Problem("exchange_provider_elementary", exchange.Number, "provider", flow.Name, process);
        }

        if (!Holds(exchange.Uncertainty))
        {
            yield return new Problem("exchange_uncertainty", exchange.Number, "uncertainty", Text(exchange.Uncertainty), process, flow.Name);
        }

        if (exchange.Comment.Length > LongestText || exchange.Comment.Contains('\0', StringComparison.Ordinal))
        {
            yield return new Problem("text_too_long", exchange.Number, "comment", exchange.Comment, Text(LongestText));
        }
    }

    /// <summary>Formulas that can not be evaluated: a name that nobody knows, a circle, a result that is not finite.</summary>
    private static IEnumerable<Problem> Formulas(ProcessDataset dataset, DatasetPackage known)
    {
        var values = ParameterModel.Of([known], [(0, dataset)], []);
        return dataset.Parameters.Where(p => !string.IsNullOrWhiteSpace(p.Formula)).Select(p => values.Value(0, p.Name, (dataset.Name, null, p.Name)))
            .Concat(dataset.Exchanges.Where(e => !string.IsNullOrWhiteSpace(e.Formula)).Select(e => values.Value(0, e.Formula!, (dataset.Name, e.Number, "formula"))))
            .Concat(dataset.Allocation.Where(a => !string.IsNullOrWhiteSpace(a.Formula)).Select(a => values.Value(0, a.Formula!, (dataset.Name, a.Exchange, "allocation"))))
            .SelectMany(v => v.Problems);
    }

    /// <summary>Shares of the products add up to one: over all exchanges where they are for all, for each exchange where they are its own.</summary>
    private static IEnumerable<Problem> Shares(ProcessDataset dataset) =>
        from set in dataset.Allocation.Where(a => a.Formula is null).GroupBy(a => (a.Rule, a.Exchange))
        let sum = set.Sum(a => a.Share)
        where !(Math.Abs(sum - 1) <= SharesSumTo) || set.Any(a => a.Share < 0)
        select new Problem("allocation_shares", set.Key.Exchange, "allocation", Text(sum), dataset.Name, string.Join(" + ", set.Select(a => Text(a.Share))));

    private static bool Holds(Distribution d) => double.IsFinite(d.First) && double.IsFinite(d.Second) && double.IsFinite(d.Third) && d.Kind switch
    {
        DistributionKind.None => true,
        DistributionKind.Lognormal => d.Second > 0 && d.First != 0,
        DistributionKind.Normal => d.Second > 0,
        DistributionKind.Triangular => d.First <= d.Second && d.Second <= d.Third && d.First < d.Third,
        DistributionKind.Uniform => d.First < d.Second,
        _ => false,
    };

    private static string Text(Distribution d) => $"{d.Kind} {Text(d.First)}; {Text(d.Second)}{(d.Kind == DistributionKind.Triangular ? $"; {Text(d.Third)}" : "")}";

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
