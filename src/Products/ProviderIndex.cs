using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>Who offers what in a system, and by which rule a provider is chosen.</summary>
internal sealed class ProviderIndex
{
    private readonly LinkRules _rules;
    private readonly ProcessValues[] _processes;
    private readonly List<SystemColumn> _columns;
    private readonly int[][] _products;
    private readonly Dictionary<int, List<int>> _offers = [];
    private readonly Dictionary<(int Package, string Id), int> _byId = [];
    private readonly Dictionary<(string Consumer, string Flow, int? Exchange), string> _links = [];

    public ProviderIndex(LinkRules rules, ProductSplit split)
    {
        var (processes, columns) = (split.Processes, split.Columns);
        _rules = rules;
        _processes = processes;
        _columns = columns;
        _products = split.Offers;
        for (var p = 0; p < processes.Length; p++)
        {
            _byId.TryAdd(Nomenclature.Key(processes[p].Package, processes[p].Dataset.Id), p);
        }

        for (var c = 0; c < columns.Count; c++)
        {
            var flow = processes[columns[c].Process].Flows[columns[c].Reference];
            if (!_offers.TryGetValue(flow, out var list))
            {
                _offers.Add(flow, list = []);
            }

            list.Add(c);
        }

        foreach (var link in rules.System?.Links ?? [])
        {
            _links.TryAdd((link.ConsumerId, link.FlowId, link.Exchange), link.ProviderId);
        }
    }

    /// <summary>Candidates, the chosen column and the rule; chosen is null where none is there or the rules take none.</summary>
    /// <param name="credit">What a by-product replaces is made elsewhere, so the process itself is no candidate.</param>
    /// <param name="missing">A provider that the file names and that does not offer the flow here.</param>
    public (IReadOnlyList<int> Candidates, int? Chosen, ChosenBy By) Choose(int process, int exchange, bool credit, out string? missing)
    {
        missing = null;
        var values = _processes[process];
        var dataset = values.Dataset.Exchanges[exchange];
        var offers = _offers.GetValueOrDefault(values.Flows[exchange]) ?? [];

        // Replaced is what is made for its own sake, where there is such a process.
        IReadOnlyList<int> candidates = credit ? Preferred(offers.Where(c => _columns[c].Process != process).ToArray(), c => _products[_columns[c].Process].Length == 1) : offers;
        if (LinkOf(values.Dataset.Id, dataset) is { } link)
        {
            if (Offering(candidates, values.Package, link) is { } linked)
            {
                return (candidates, linked, ChosenBy.System);
            }

            missing = link;
        }

        if (_rules.NamedProviders && dataset.ProviderId is { Length: > 0 } provider)
        {
            if (Offering(candidates, values.Package, provider) is { } named)
            {
                return (candidates, named, ChosenBy.Named);
            }

            missing ??= provider;
        }

        return candidates.Count switch
        {
            0 => (candidates, null, default),
            1 => (candidates, candidates[0], ChosenBy.Only),
            _ => Among(process, candidates, dataset.Location.Length > 0 ? dataset.Location : values.Dataset.Location),
        };
    }

    private static bool IsMarket(ProcessDataset process) =>
        process.Name.StartsWith("market ", StringComparison.OrdinalIgnoreCase)
        || MarketWords.Any(w => process.Name.Contains(w, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] MarketWords = ["production mix", "consumption mix", "supply mix", "market for ", "market group for ", "市场组合", "生产组合", "消费组合"];

    private string? LinkOf(string consumer, ProcessExchange exchange) =>
        _links.Count == 0 ? null
        : _links.GetValueOrDefault((consumer, exchange.FlowId, exchange.Number)) ?? _links.GetValueOrDefault((consumer, exchange.FlowId, null));

    private int? Offering(IReadOnlyList<int> candidates, int package, string provider)
    {
        if (!_byId.TryGetValue(Nomenclature.Key(package, provider), out var process))
        {
            return null;
        }

        foreach (var column in candidates)
        {
            if (_columns[column].Process == process)
            {
                return column;
            }
        }

        return null;
    }

    private (IReadOnlyList<int> Candidates, int? Chosen, ChosenBy By) Among(int process, IReadOnlyList<int> candidates, string location)
    {
        var others = _rules.OwnProduct ? candidates : candidates.Where(c => _columns[c].Process != process).ToArray();
        if (others.Count == 1)
        {
            return (candidates, others[0], ChosenBy.Only);
        }

        // A market or mix of this very product is made of what producers give it, not of other markets.
        var mixes = _rules.Markets && candidates.Any(c => _columns[c].Process == process);
        var left = mixes ? Preferred(others, c => !IsMarket(Dataset(c))) : others;
        if (left.Count == 1)
        {
            return (candidates, left[0], ChosenBy.Market);
        }

        if (_rules.SameLocation && location.Length > 0)
        {
            var places = Places(location).Select(place => left.Where(c => Dataset(c).Location.Equals(place, StringComparison.OrdinalIgnoreCase)).ToArray()).ToArray();
            var nearest = Array.FindIndex(places, p => p.Length > 0);
            left = nearest < 0 ? left : places[nearest];
            if (left.Count == 1)
            {
                return (candidates, left[0], nearest == 0 ? ChosenBy.Location : ChosenBy.WiderLocation);
            }
        }

        if (_rules.Markets && !mixes)
        {
            left = Preferred(left, c => IsMarket(Dataset(c)));
            if (left.Count == 1)
            {
                return (candidates, left[0], ChosenBy.Market);
            }
        }

        return (candidates, _rules.Otherwise == ProviderChoice.FirstInFile ? left[0] : null, ChosenBy.FirstInFile);
    }

    /// <summary>From near to far: the place itself, the country of a region such as <c>CN-GD</c>, the world, the rest of it.</summary>
    private static string[] Places(string location) => location.IndexOf('-', StringComparison.Ordinal) is > 0 and var end ? [location, location[..end], "GLO", "RoW"] : [location, "GLO", "RoW"];

    private static IReadOnlyList<int> Preferred(IReadOnlyList<int> candidates, Func<int, bool> preferred)
    {
        var some = candidates.Where(preferred).ToArray();
        return some.Length > 0 ? some : candidates;
    }

    private ProcessDataset Dataset(int column) => _processes[_columns[column].Process].Dataset;
}
