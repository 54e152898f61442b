namespace Tanlu.Exchange;

/// <summary>The flows that the exchanges of EcoSpold 2 files describe over and over, by their UUID.</summary>
internal sealed class EcoSpold2Flows
{
    private readonly Dictionary<string, Entry> _flows = new(StringComparer.Ordinal);
    private readonly List<Entry> _order = [];

    /// <param name="seen">The flow as an exchange describes it.</param>
    /// <param name="reference">The exchange is the reference of its process, which says what the flow is counted in and what its properties are.</param>
    public void Add(FlowDataset seen, bool reference)
    {
        if (!_flows.TryGetValue(seen.Id, out var entry))
        {
            _flows[seen.Id] = entry = new Entry { Flow = seen };
            _order.Add(entry);
        }
        else if (reference && !entry.Reference)
        {
            entry.Flow = seen;
        }

        entry.Reference |= reference;
        entry.Waste |= seen.Kind == FlowKind.Waste;
    }

    public IReadOnlyList<FlowDataset> Datasets() => [.. _order.Select(e => e.Waste && e.Flow.Kind == FlowKind.Product ? e.Flow with { Kind = FlowKind.Waste } : e.Flow)];

    private sealed class Entry
    {
        public required FlowDataset Flow { get; set; }

        public bool Reference { get; set; }

        public bool Waste { get; set; }
    }
}
