using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>The rows of the intervention matrix: which row and sign an elementary exchange has.</summary>
internal sealed class ElementaryRows
{
    private readonly Nomenclature _nomenclature;
    private readonly FlowRows _rule;
    private readonly int[] _balance;
    private readonly Dictionary<(int Flow, string Unit, string? Property), int> _rows = [];
    private readonly Dictionary<(string Name, string Category, string Compartment, string Subcompartment, string Unit, bool Input), int> _written = [];
    private readonly List<SystemFlow> _flows = [];

    public ElementaryRows(Nomenclature nomenclature, FlowRows rule, IEnumerable<ProcessValues> processes)
    {
        _nomenclature = nomenclature;
        _rule = rule;
        _balance = new int[nomenclature.Count];
        foreach (var process in processes)
        {
            for (var e = 0; e < process.Flows.Length; e++)
            {
                if (process.Flows[e] >= 0)
                {
                    _balance[process.Flows[e]] += process.Dataset.Exchanges[e].Input ? 1 : -1;
                }
            }
        }
    }

    public IReadOnlyList<SystemFlow> Flows => _flows;

    /// <summary>The row and the factor (sign and unit) of an elementary exchange.</summary>
    /// <param name="kept">The unit does not fit the flow, so the amount stands in a row of its own unit.</param>
    public (int Row, double Factor) Of(ProcessValues process, int exchange, out bool kept)
    {
        kept = false;
        var dataset = process.Dataset.Exchanges[exchange];
        var index = process.Flows[exchange];
        var flow = _nomenclature[index];
        if (_rule == FlowRows.AsWritten)
        {
            var key = (flow.Name, flow.Category, flow.Compartment, flow.Subcompartment, dataset.Unit, dataset.Input);
            if (!_written.TryGetValue(key, out var written))
            {
                _written.Add(key, written = Add(flow with { Unit = dataset.Unit }, dataset.Input, dataset.Input != IsInput(index)));
            }

            return (written, 1);
        }

        var factor = _nomenclature.Factor(index, process.Package, dataset.Unit, dataset.PropertyId, process.Package, flow.Unit, flow.PropertyId);
        kept = factor is null;
        var place = kept ? (index, dataset.Unit, dataset.PropertyId) : (index, flow.Unit, flow.PropertyId);
        if (!_rows.TryGetValue(place, out var row))
        {
            _rows.Add(place, row = Add(kept ? flow with { Unit = dataset.Unit, PropertyId = dataset.PropertyId } : flow, IsInput(index), against: false));
        }

        return (row, (factor ?? 1) * (dataset.Input == IsInput(index) ? 1 : -1));
    }

    /// <summary>
    /// Resources are inputs, emissions outputs. Where the compartment does not say which it is, the exchanges decide by majority, so that a row has the sign that its amounts mostly have.
    /// </summary>
    private bool IsInput(int flow)
    {
        var dataset = _nomenclature[flow];
        var place = dataset.Compartment.Length > 0 ? dataset.Compartment : dataset.Category;
        return Has(place, "resource") || Has(place, "raw material") || Has(place, "资源") || (!Has(place, "emission") && !Has(place, "排放") && _balance[flow] > 0);
    }

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    private int Add(FlowDataset flow, bool input, bool against)
    {
        _flows.Add(new SystemFlow(_flows.Count, flow, input, against));
        return _flows.Count - 1;
    }
}
