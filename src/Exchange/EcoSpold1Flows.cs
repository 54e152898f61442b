namespace Tanlu.Exchange;

/// <param name="Flows">For each exchange the entry of <see cref="EcoSpold1Flows"/> that it is of.</param>
/// <param name="Products">For each allocation share the 0-based place of the product's exchange.</param>
internal sealed record EcoSpold1Draft(ProcessDataset Process, IReadOnlyList<int> Flows, IReadOnlyList<int> Products);

/// <summary>
/// The flows that the exchanges of EcoSpold 1 files describe over and over. Only at the end of the file is it known whether an exchange's number means one flow in the whole of it, so
/// every different description is an entry first; entries become flows by number or, where numbers count within datasets, by name and compartment or place.
/// </summary>
internal sealed class EcoSpold1Flows(Reading reading)
{
    private readonly Dictionary<Description, int> _at = [];
    private readonly List<Entry> _entries = [];
    private string[]? _ids;

    /// <summary>The entry of a flow that an exchange describes; 0-based.</summary>
    public int Add(FlowDataset seen, bool reference, string part, int line)
    {
        var description = new Description(seen.Id, seen.Name, seen.Kind == FlowKind.Elementary, seen.Category, seen.Location, seen.Infrastructure);
        if (!_at.TryGetValue(description, out var at))
        {
            at = _entries.Count;
            _at.Add(description, at);
            _entries.Add(new Entry(description, seen, part, line));
        }

        var entry = _entries[at];
        entry.Waste |= seen.Kind == FlowKind.Waste;
        entry.Product |= seen.Kind == FlowKind.Product;
        if (reference && !entry.Reference)
        {
            // The process that makes the product says what it is counted in.
            entry.Reference = true;
            entry.Seen = seen;
        }

        return at;
    }

    /// <summary>The flows in the order of their first appearance.</summary>
    public IReadOnlyList<FlowDataset> Datasets()
    {
        var flows = new List<FlowDataset>();
        foreach (var group in Ids().Select((id, at) => (Id: id, Entry: _entries[at])).GroupBy(e => e.Id, e => e.Entry))
        {
            var speaker = group.FirstOrDefault(e => e.Reference) ?? group.First();
            var kind = speaker.Seen.Kind;
            if (kind != FlowKind.Elementary)
            {
                var (waste, product) = (group.Any(e => e.Waste), group.Any(e => e.Product));
                kind = waste && !product ? FlowKind.Waste : FlowKind.Product;
                if (waste && product)
                {
                    reading.Note("lca_flow_kinds", speaker.Part, speaker.Line, "outputGroup", speaker.Seen.Name);
                }
            }

            flows.Add(speaker.Seen with { Id = group.Key, Kind = kind });
        }

        return flows;
    }

    public string IdOf(int at) => Ids()[at];

    /// <summary>The process with its exchanges and shares under the final ids of their flows.</summary>
    public ProcessDataset Named(EcoSpold1Draft draft)
    {
        var ids = Ids();
        return draft.Process with
        {
            Exchanges = [.. draft.Process.Exchanges.Select((e, at) => ids[draft.Flows[at]] is var id && id == e.FlowId ? e : e with { FlowId = id })],
            Allocation = [.. draft.Process.Allocation.Select((s, at) => s with { ProductFlowId = ids[draft.Flows[draft.Products[at]]] })],
        };
    }

    private string[] Ids()
    {
        if (_ids is not null)
        {
            return _ids;
        }

        var local = _entries.GroupBy(e => e.Description.Number).Any(g => g.Select(e => (e.Description.Name, e.Description.Elementary)).Distinct().Count() > 1);
        return _ids = [.. _entries.Select(e => local ? e.Description.OwnId : e.Description.Number)];
    }

    private readonly record struct Description(string Number, string Name, bool Elementary, string Category, string Location, bool Infrastructure)
    {
        public string OwnId => Elementary ? $"{Name}|{Category}" : $"{Name}|{Location}{(Infrastructure ? "|infrastructure" : "")}";
    }

    private sealed class Entry(Description description, FlowDataset seen, string part, int line)
    {
        public Description Description { get; } = description;

        public FlowDataset Seen { get; set; } = seen;

        public string Part { get; } = part;

        public int Line { get; } = line;

        public bool Reference { get; set; }

        public bool Waste { get; set; }

        public bool Product { get; set; }
    }
}
