using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>One pass over all exchanges: where each stands in the matrices, and what is listed.</summary>
internal sealed class LinkPass
{
    private readonly ProductSplit _split;
    private readonly LinkRules _rules;
    private readonly ProviderIndex _providers;
    private readonly ElementaryRows _rows;
    private readonly List<Problem> _notes;
    private readonly List<Problem> _problems;
    private readonly List<SystemEntry> _entries = [];
    private readonly List<OpenExchange> _open = [];
    private readonly List<ProviderAmong> _ambiguous = [];
    private readonly List<ConvertedExchange> _converted = [];
    private readonly Dictionary<(int Flow, string Unit), (string Process, int Exchange, int Count)> _apart = [];
    private readonly int[] _linkedBy = new int[Enum.GetValues<ChosenBy>().Length];

    public LinkPass(Nomenclature nomenclature, ProductSplit split, LinkRules rules, List<Problem> notes, List<Problem> problems)
    {
        _split = split;
        _rules = rules;
        _notes = notes;
        _problems = problems;
        _providers = new ProviderIndex(rules, split);
        _rows = new ElementaryRows(nomenclature, rules.FlowRows, split.Processes);
        Factors = new LinkFactors(nomenclature, split.Processes, split.Columns);
        Starts = new int[split.Processes.Length + 1];
        for (int p = 0, column = 0; p < split.Processes.Length; p++)
        {
            var first = column;
            while (column < split.Columns.Count && split.Columns[column].Process == p)
            {
                column++;
            }

            for (var e = 0; e < split.Processes[p].Amounts.Length && column > first; e++)
            {
                Place(p, e, first, column);
            }

            Starts[p + 1] = _entries.Count;
        }

        foreach (var ((flow, unit), (process, exchange, count)) in _apart)
        {
            notes.Add(new Problem("flow_unit_apart", exchange, "unit", unit, process, nomenclature[flow].Name, nomenclature[flow].Unit, $"{count}"));
        }

        Entries = [.. _entries];
        Report = new LinkReport { Linked = _linkedBy.Sum(), LinkedBy = _linkedBy, Open = _open, Ambiguous = _ambiguous, Converted = _converted };
    }

    public SystemEntry[] Entries { get; }

    /// <summary>First entry of each process; one more than there are processes.</summary>
    public int[] Starts { get; }

    public LinkFactors Factors { get; }

    public IReadOnlyList<SystemFlow> Flows => _rows.Flows;

    public LinkReport Report { get; }

    private void Place(int p, int e, int firstColumn, int until)
    {
        var process = _split.Processes[p];
        var exchange = process.Dataset.Exchanges[e];
        if (process.Flow(e) is not { } flow)
        {
            Open(p, e, firstColumn, until, OpenReason.NoFlow);
            return;
        }

        if (flow.Kind == FlowKind.Elementary)
        {
            var (row, factor) = _rows.Of(process, e, out var kept);
            for (var column = firstColumn; column < until; column++)
            {
                _entries.Add(new SystemEntry(column, row, true, p, e, factor));
            }

            if (kept)
            {
                var (first, number, count) = _apart.GetValueOrDefault((process.Flows[e], exchange.Unit), (process.Dataset.Name, exchange.Number, 0));
                _apart[(process.Flows[e], exchange.Unit)] = (first, number, count + 1);
            }

            return;
        }

        var product = Array.IndexOf(_split.Offers[p], e);
        if (product >= 0 && (product == 0 || until - firstColumn > 1))
        {
            _entries.Add(new SystemEntry(firstColumn + product, firstColumn + product, false, p, e, Factors.Own(firstColumn + product, e)!.Value));
            return;
        }

        if (product < 0 && process.IsOffer(e) && Again(p, e, firstColumn, until))
        {
            return;
        }

        var credit = exchange.Avoided || product > 0;
        if (product > 0 && _split.Rules[p] != CoProductRule.Substitution)
        {
            return;
        }

        Connect(p, e, firstColumn, until, flow, credit);
    }

    /// <summary>More of a product that has a column already; false where its unit does not fit.</summary>
    private bool Again(int p, int e, int first, int until)
    {
        var flows = _split.Processes[p].Flows;
        for (var column = first; column < until; column++)
        {
            if (flows[_split.Columns[column].Reference] == flows[e] && Factors.Own(column, e) is { } factor)
            {
                _entries.Add(new SystemEntry(column, column, false, p, e, factor));
                return true;
            }
        }

        return false;
    }

    private void Connect(int p, int e, int first, int until, FlowDataset flow, bool credit)
    {
        var process = _split.Processes[p];
        var exchange = process.Dataset.Exchanges[e];

        // An output of nothing is neither a product nor a demand.
        if (!credit && process.Amounts[e] == 0 && !exchange.Input && flow.Kind == FlowKind.Product)
        {
            return;
        }

        var (candidates, chosen, by) = _providers.Choose(p, e, credit, out var missing);
        if (missing is not null)
        {
            _notes.Add(new Problem("provider_missing", exchange.Number, "provider", missing, process.Dataset.Name, flow.Name));
        }

        if (candidates.Count > 1 && by is not (ChosenBy.System or ChosenBy.Named))
        {
            _ambiguous.Add(new ProviderAmong(first, exchange.Number, flow.Name, candidates, chosen, by));
            if (chosen is null && _rules.Otherwise == ProviderChoice.Refuse)
            {
                _problems.Add(new Problem(
                    "provider_ambiguous", exchange.Number, Found: string.Join(" | ", candidates.Take(3).Select(c => _split.Processes[_split.Columns[c].Process].Dataset.Name)),
                    Args: [process.Dataset.Name, flow.Name, candidates.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)]));
            }
        }

        if (!_rules.Infrastructure && (flow.Infrastructure || (chosen is { } built && _split.Processes[_split.Columns[built].Process].Dataset.Infrastructure)))
        {
            Open(p, e, first, until, OpenReason.Infrastructure);
            return;
        }

        if (chosen is not { } provider)
        {
            Open(p, e, first, until, candidates.Count > 0 ? OpenReason.Ambiguous : credit ? OpenReason.NoReplacement
                : flow.Kind == FlowKind.Waste || !exchange.Input ? OpenReason.NoTreatment : OpenReason.NoProvider);
            return;
        }

        if (Factors.Linked(p, e, provider) is not { } factor)
        {
            Open(p, e, first, until, OpenReason.NoConversion);
            return;
        }

        if (Factors.Unit(p, e, provider) is not 1.0 and { } unit)
        {
            var offer = _split.Processes[_split.Columns[provider].Process].Dataset.Exchanges[_split.Columns[provider].Reference];
            _converted.Add(new ConvertedExchange(first, exchange.Number, flow.Name, exchange.Unit, offer.Unit, unit));
        }

        _linkedBy[(int)by]++;
        for (var column = first; column < until; column++)
        {
            _entries.Add(new SystemEntry(column, provider, false, p, e, factor));
        }
    }

    private void Open(int p, int e, int first, int until, OpenReason reason)
    {
        var process = _split.Processes[p];
        var exchange = process.Dataset.Exchanges[e];
        for (var column = first; column < until; column++)
        {
            var share = _split.Shares[p].Of(_split.Columns[column].Product, e).Value;
            _open.Add(new OpenExchange(
                column, exchange.Number, exchange.FlowId, process.FlowName(e), process.Amounts[e] * share, exchange.Unit, reason,
                process.Kilograms(e) * share, exchange.Price * share, exchange.Currency));
        }
    }
}
