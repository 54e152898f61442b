using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>
/// The factor (sign and unit) by which the amount of an exchange stands in the row of a product. The row of a treatment is turned round, whichever sign the format writes it with: what
/// generates the waste demands its treatment, and every reference is positive.
/// </summary>
internal sealed class LinkFactors
{
    private readonly Nomenclature _nomenclature;
    private readonly ProcessValues[] _processes;
    private readonly IReadOnlyList<SystemColumn> _columns;
    private readonly double[] _rowSign;

    public LinkFactors(Nomenclature nomenclature, ProcessValues[] processes, IReadOnlyList<SystemColumn> columns)
    {
        _nomenclature = nomenclature;
        _processes = processes;
        _columns = columns;
        _rowSign = [.. columns.Select(c => Math.Sign(processes[c.Process].Amounts[c.Reference]) * Direction(Exchange(c.Process, c.Reference)))];
    }

    /// <summary>Of a column's own product, the reference or more of the same; null where the unit does not fit.</summary>
    public double? Own(int column, int exchange)
    {
        var (process, reference) = (_columns[column].Process, _columns[column].Reference);
        return exchange == reference ? _rowSign[column] * Direction(Exchange(process, exchange)) : Unit(process, exchange, column) * _rowSign[column] * Direction(Exchange(process, exchange));
    }

    /// <summary>Of an exchange that a provider serves: an input, a waste, or a credit for what is avoided; null where the unit does not fit.</summary>
    public double? Linked(int process, int exchange, int provider)
    {
        var dataset = Exchange(process, exchange);
        var waste = _processes[process].Flow(exchange)?.Kind == FlowKind.Waste;
        return (dataset.Avoided ? (waste ? -1 : 1) : Direction(dataset)) * _rowSign[provider] * Unit(process, exchange, provider);
    }

    /// <summary>1 in the exchange's unit is so many in the provider's.</summary>
    public double? Unit(int process, int exchange, int provider)
    {
        var (from, to) = (Exchange(process, exchange), Exchange(_columns[provider].Process, _columns[provider].Reference));
        var (flow, offered) = (_processes[process].Flows[exchange], _processes[_columns[provider].Process].Flows[_columns[provider].Reference]);
        return flow == offered
            ? _nomenclature.Factor(flow, _processes[process].Package, from.Unit, from.PropertyId, _processes[_columns[provider].Process].Package, to.Unit, to.PropertyId)
            : Nomenclature.UnitRatio(from.Unit, to.Unit);
    }

    private static double Direction(ProcessExchange exchange) => exchange.Input ? -1 : 1;

    private ProcessExchange Exchange(int process, int exchange) => _processes[process].Dataset.Exchanges[exchange];
}
