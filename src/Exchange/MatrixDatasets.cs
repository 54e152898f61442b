using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>
/// A package of matrices as datasets: an activity is a process, a row of the technosphere a product, a row of the biosphere a flow. Their names are their ids and their units are
/// unknown, so such a package is of use where its numbers are looked at, not where flows are matched by name.
/// </summary>
internal static class MatrixDatasets
{
    private const string Unit = "unit";

    public static DatasetPackage Of(MatrixPackage package, string format, Reading reading)
    {
        var products = new SortedDictionary<long, FlowDataset>();
        var flows = new SortedDictionary<long, FlowDataset>();
        var exchanges = new SortedDictionary<long, List<ProcessExchange>>();
        var indicators = new List<IndicatorDataset>();
        foreach (var group in package.Groups)
        {
            switch (group.Matrix)
            {
                case "technosphere_matrix":
                    Add(group, exchanges, products, Product, technosphere: true);
                    break;
                case "biosphere_matrix":
                    Add(group, exchanges, flows, Flow, technosphere: false);
                    break;
                case "characterization_matrix":
                    var name = group.Identifier.Count > 0 ? string.Join(", ", group.Identifier) : group.Name;
                    indicators.Add(new IndicatorDataset(name, "", name, "", [.. group.Rows.Select((id, i) => new CharacterisationFactor(Known(flows, id, Flow), group.Value(i), Unit, "", null, group.Uncertainty.Count > 0 ? group.Uncertainty[i] : default))]));
                    break;
                default:
                    reading.Note("lca_package_matrix", package.Name, null, "matrix", group.Matrix, group.Name);
                    break;
            }

            if (group.Scenarios.Count > 1)
            {
                reading.Note("lca_package_scenarios", package.Name, null, group.Name, $"{group.Scenarios.Count}");
            }
        }

        return new DatasetPackage
        {
            Format = format,
            Name = package.Name,
            Licence = package.Licence,
            Flows = [.. products.Values, .. flows.Values],
            Processes = [.. exchanges.Select(e => Process(e.Key, e.Value))],
            Methods = indicators.Count == 0 ? [] : [new MethodDataset { Id = package.Name, Name = package.Name, Indicators = indicators }],
        };
    }

    private static ProcessDataset Process(long id, List<ProcessExchange> exchanges)
    {
        // The product that carries the activity's own number is its reference, as brightway has it; else its first output.
        var outputs = exchanges.Where(x => !x.Input && x.FlowId.StartsWith("product/", StringComparison.Ordinal)).ToList();
        var reference = outputs.Find(x => x.FlowId == $"product/{id}") ?? outputs.FirstOrDefault();
        return new ProcessDataset { Id = $"activity/{id}", Name = $"activity {id}", Exchanges = [.. exchanges.Select((x, i) => x with { Number = i + 1, Reference = ReferenceEquals(x, reference) })] };
    }

    private static void Add(MatrixGroup group, SortedDictionary<long, List<ProcessExchange>> exchanges, SortedDictionary<long, FlowDataset> flows, Func<long, FlowDataset> make, bool technosphere)
    {
        for (var i = 0; i < group.Rows.Count; i++)
        {
            if (!exchanges.TryGetValue(group.Columns[i], out var list))
            {
                exchanges[group.Columns[i]] = list = [];
            }

            // In the technosphere the sign tells inputs from outputs; a negative emission is one that is taken up.
            var value = group.Value(i);
            var input = technosphere && value < 0;
            var flipped = group.Flip.Count > 0 && group.Flip[i];
            var amount = input ? -value : value;
            list.Add(new ProcessExchange
            {
                Number = 0,
                FlowId = Known(flows, group.Rows[i], make).Id,
                Input = input,
                Amount = amount,
                Unit = Unit,
                Uncertainty = group.Uncertainty.Count > 0 && flipped == input ? group.Uncertainty[i] : Distribution.Certain,
            });
        }
    }

    private static FlowDataset Known(SortedDictionary<long, FlowDataset> flows, long id, Func<long, FlowDataset> make) =>
        flows.TryGetValue(id, out var known) ? known : flows[id] = make(id);

    private static FlowDataset Product(long id) => new() { Id = $"product/{id}", Name = $"product {id}", Kind = FlowKind.Product, Unit = Unit };

    private static FlowDataset Flow(long id) => new() { Id = $"flow/{id}", Name = $"flow {id}", Kind = FlowKind.Elementary, Unit = Unit };
}
