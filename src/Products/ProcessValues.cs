using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>A process with the amounts of its exchanges evaluated, and what each exchange is in the system.</summary>
internal sealed class ProcessValues
{
    private readonly Nomenclature _nomenclature;
    private readonly ParameterModel _parameters;
    private readonly int _number;

    private ProcessValues(int number, int package, ProcessDataset dataset, Nomenclature nomenclature, ParameterModel parameters)
    {
        _number = number;
        _nomenclature = nomenclature;
        _parameters = parameters;
        Package = package;
        Dataset = dataset;
        Amounts = new double[dataset.Exchanges.Count];
        Flows = [.. dataset.Exchanges.Select(e => nomenclature.Find(package, e.FlowId) ?? -1)];
    }

    public int Package { get; }

    public ProcessDataset Dataset { get; }

    /// <summary>Amount of each exchange as its dataset writes it, formulas evaluated.</summary>
    public double[] Amounts { get; }

    /// <summary>The same with derivatives, where a formula gave it.</summary>
    public Dictionary<int, Sensitive> ByFormula { get; } = [];

    /// <summary>Flow of each exchange in the nomenclature; −1 where no package holds it.</summary>
    public int[] Flows { get; }

    /// <summary>
    /// The evaluated process. Refused with the problems of its formulas, <c>exchange_not_finite</c>; the first argument is the process, the row the exchange's number.
    /// </summary>
    /// <param name="notes">Takes the formulas that could not be evaluated where <paramref name="storedAmounts"/> allows their stored amounts.</param>
    public static Outcome<ProcessValues> Of(
        int number, int package, ProcessDataset dataset, Nomenclature nomenclature, ParameterModel parameters, bool storedAmounts, ICollection<Problem> notes)
    {
        var values = new ProcessValues(number, package, dataset, nomenclature, parameters);
        var problems = new List<Problem>();
        for (var e = 0; e < dataset.Exchanges.Count; e++)
        {
            var exchange = dataset.Exchanges[e];
            values.Amounts[e] = exchange.Amount;
            if (!string.IsNullOrWhiteSpace(exchange.Formula))
            {
                var value = values.Formula(exchange.Formula, exchange.Number, "formula");
                if (value.Ok)
                {
                    values.Amounts[e] = value.Value.Value;
                    values.ByFormula.Add(e, value.Value);
                }
                else if (storedAmounts)
                {
                    value.Problems.ToList().ForEach(notes.Add);
                }
                else
                {
                    problems.AddRange(value.Problems);
                }
            }

            if (!double.IsFinite(values.Amounts[e]))
            {
                problems.Add(new Problem("exchange_not_finite", exchange.Number, "amount", values.Amounts[e].ToString(System.Globalization.CultureInfo.InvariantCulture), dataset.Name, values.FlowName(e)));
            }
        }

        return problems.Count > 0 ? Outcome<ProcessValues>.Refused(problems) : values;
    }

    public FlowDataset? Flow(int exchange) => Flows[exchange] < 0 ? null : _nomenclature[Flows[exchange]];

    public string FlowName(int exchange) => Flow(exchange)?.Name ?? Dataset.Exchanges[exchange].FlowId;

    public Sensitive Amount(int exchange) => ByFormula.GetValueOrDefault(exchange) ?? Sensitive.Constant(Amounts[exchange]);

    public Outcome<Sensitive> Formula(string formula, int? row, string field) => _parameters.Value(_number, formula, (Dataset.Name, row, field));

    /// <summary>Absolute mass of an exchange; null where nothing says so.</summary>
    public double? Kilograms(int exchange)
    {
        var dataset = Dataset.Exchanges[exchange];
        var flow = Flows[exchange];
        var factor = flow < 0 ? Nomenclature.UnitRatio(dataset.Unit, "kg") : _nomenclature.In(flow, Package, dataset.Unit, dataset.PropertyId, "kg");
        return Math.Abs(Amounts[exchange]) * factor;
    }

    /// <summary>The amount of an exchange (without its sign) in a unit or a flow property; null where nothing says so.</summary>
    public Sensitive? In(int exchange, string target, bool isProperty)
    {
        var dataset = Dataset.Exchanges[exchange];
        var flow = Flows[exchange];
        var factor = flow < 0 ? (isProperty ? null : Nomenclature.UnitRatio(dataset.Unit, target))
            : isProperty ? _nomenclature.InProperty(flow, Package, dataset.Unit, dataset.PropertyId, target)
            : _nomenclature.In(flow, Package, dataset.Unit, dataset.PropertyId, target);
        return factor is { } f ? Amount(exchange) * (Amounts[exchange] < 0 ? -f : f) : null;
    }

    /// <summary>
    /// What can be demanded of the process: outputs of products, inputs of waste to treat, and whatever the dataset marks as its reference. A reference may be negative (the
    /// treatment of −1 kg waste, as EcoSpold 2 writes it); any other negative output is an input.
    /// </summary>
    public bool IsOffer(int exchange)
    {
        var dataset = Dataset.Exchanges[exchange];
        return Flow(exchange) is { Kind: not FlowKind.Elementary } flow && !dataset.Avoided
            && (dataset.Reference || (Amounts[exchange] > 0 && dataset.Input == (flow.Kind == FlowKind.Waste)));
    }
}
