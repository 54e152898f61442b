using System.Collections.Frozen;
using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>One version of an elementary-flow mapping table: which flow of one list is which of another, and how their amounts relate. Read in both directions.</summary>
public sealed class FlowMappingSet
{
    private readonly FrozenDictionary<string, FlowMapping[]> _bySource;
    private readonly FrozenDictionary<string, FlowMapping[]> _byTarget;
    private readonly FrozenDictionary<(string, FlowPlace), FlowMapping[]> _byName;

    public FlowMappingSet(string name, string version, IReadOnlyList<FlowMapping> mappings)
    {
        Name = name;
        Version = version;
        Mappings = mappings;
        _bySource = mappings.Where(m => m.SourceId.Length > 0).GroupBy(m => m.SourceId, StringComparer.OrdinalIgnoreCase).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.OrdinalIgnoreCase);
        _byTarget = mappings.Where(m => m.TargetId.Length > 0 && m.Factor != 0).GroupBy(m => m.TargetId, StringComparer.OrdinalIgnoreCase).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.OrdinalIgnoreCase);
        _byName = mappings.GroupBy(m => (FlowNames.Normalise(m.SourceName), FlowPlace.Of(m.SourceContext))).ToFrozenDictionary(g => g.Key, g => g.ToArray());
    }

    public string Name { get; }

    public string Version { get; }

    public IReadOnlyList<FlowMapping> Mappings { get; }

    /// <summary>
    /// What the flow is in the other list: by its id as a source, by its name and context as a source, or by its id as a target, read backwards.
    /// </summary>
    internal IEnumerable<MappedFlow> Of(FlowDataset flow, string normalisedName, FlowPlace place)
    {
        if (_bySource.TryGetValue(flow.Id, out var forward) || _byName.TryGetValue((normalisedName, place), out forward))
        {
            return forward.Select(m => new MappedFlow(m.TargetId, m.TargetName, m.TargetContext, m.SourceUnit, m.TargetUnit, m.Factor));
        }

        return _byTarget.TryGetValue(flow.Id, out var backward)
            ? backward.Select(m => new MappedFlow(m.SourceId, m.SourceName, m.SourceContext, m.TargetUnit, m.SourceUnit, 1 / m.Factor))
            : [];
    }
}

/// <param name="FromUnit">Unit of the inventory's flow that <paramref name="Factor"/> is for; empty for the flow's own.</param>
/// <param name="Unit">Unit of the mapped flow that <paramref name="Factor"/> leads to; empty for its own.</param>
internal readonly record struct MappedFlow(string Id, string Name, string Context, string FromUnit, string Unit, double Factor);
