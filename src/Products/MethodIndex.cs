using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>A pair of flow and indicator that a method lists more than once with different values; the first one serves.</summary>
/// <param name="IndicatorId">Indicator of the method.</param>
/// <param name="Flow">Name of the flow and its place, as the method writes them.</param>
/// <param name="Location">Place that the factors are for; empty for everywhere.</param>
public sealed record RepeatedFactor(string IndicatorId, string Flow, string Location, double First, double Other);

/// <summary>The factors of a method by the flows that they are for, ready to be looked up by id, CAS number and name.</summary>
internal sealed class MethodIndex
{
    private readonly Dictionary<string, MethodFlow> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Cas, string Compartment), List<MethodFlow>> _byCas = [];
    private readonly Dictionary<(string Name, string Compartment), List<MethodFlow>> _byName = [];
    private readonly Dictionary<(string Name, string Compartment), List<MethodFlow>> _bySynonym = [];
    private readonly List<RepeatedFactor> _repeated = [];

    /// <param name="localIds">The method comes from the same package as the flows, so that ids which are no UUIDs name the same flows.</param>
    public MethodIndex(MethodDataset method, bool localIds)
    {
        var flows = new Dictionary<string, MethodFlow>(StringComparer.Ordinal);
        for (var i = 0; i < method.Indicators.Count; i++)
        {
            var indicator = method.Indicators[i];
            foreach (var factor in indicator.Factors)
            {
                var global = IsGlobal(factor.Flow.Id);
                var place = FlowPlace.Of(factor.Flow);
                var key = global ? factor.Flow.Id : $"{factor.Flow.Id}|{factor.Flow.Name}|{place.Compartment}|{place.Sub}";
                if (!flows.TryGetValue(key, out var flow))
                {
                    var name = FlowNames.Normalise(factor.Flow.Name);
                    flows.Add(key, flow = new MethodFlow(factor.Flow, name, place, FlowNames.OriginOf(name)));
                    if (global || localIds)
                    {
                        _byId.TryAdd(factor.Flow.Id, flow);
                    }
                }

                Add(flow, indicator.Id, new MethodTerm(i, factor.Value, factor.Unit.Length > 0 ? factor.Unit : factor.Flow.Unit, Everywhere(factor.Location)));
            }
        }

        foreach (var flow in flows.Values)
        {
            // A place that nobody can read is not the same as none: such a flow is found by its id only.
            if (flow.Place.Compartment.Length == 0 && !FlowPlace.IsUnsaid(flow.Dataset))
            {
                continue;
            }

            if (FlowNames.Cas(flow.Dataset.Cas) is { } cas)
            {
                Under(_byCas, (cas, flow.Place.Compartment), flow);
            }

            Under(_byName, (flow.Name, flow.Place.Compartment), flow);
            foreach (var synonym in flow.Dataset.Synonyms)
            {
                Under(_bySynonym, (FlowNames.Normalise(synonym), flow.Place.Compartment), flow);
            }
        }
    }

    public IReadOnlyList<RepeatedFactor> Repeated => _repeated;

    public MethodFlow? ById(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Flows of this number in the compartment; where there are none, those of which the method does not say where they go.</summary>
    public IReadOnlyList<MethodFlow> ByCas(string cas, string compartment) => _byCas.TryGetValue((cas, compartment), out var flows) || _byCas.TryGetValue((cas, ""), out flows) ? flows : [];

    /// <summary>Flows of this name, or where there are none, of this synonym, as for <see cref="ByCas"/>.</summary>
    public IReadOnlyList<MethodFlow> ByName(string normalised, string compartment) =>
        _byName.TryGetValue((normalised, compartment), out var flows) || _bySynonym.TryGetValue((normalised, compartment), out flows)
        || _byName.TryGetValue((normalised, ""), out flows) || _bySynonym.TryGetValue((normalised, ""), out flows) ? flows : [];

    /// <summary>A UUID in lower case means the same flow everywhere.</summary>
    internal static bool IsGlobal(string id) => id.Length == 36 && Guid.TryParseExact(id, "D", out _);

    private static string Everywhere(string location) => location is "GLO" or "World" ? "" : location;

    private static void Under<TKey>(Dictionary<TKey, List<MethodFlow>> index, TKey key, MethodFlow flow)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var flows))
        {
            index.Add(key, flows = []);
        }

        flows.Add(flow);
    }

    private void Add(MethodFlow flow, string indicatorId, MethodTerm term)
    {
        foreach (var known in flow.Terms)
        {
            if (known.Indicator == term.Indicator && known.Location == term.Location && known.Unit == term.Unit)
            {
                if (known.Value != term.Value)
                {
                    _repeated.Add(new RepeatedFactor(indicatorId, Described(flow.Dataset), term.Location, known.Value, term.Value));
                }

                return;
            }
        }

        flow.Terms.Add(term);
    }

    internal static string Described(FlowDataset flow) =>
        flow.Subcompartment.Length > 0 ? $"{flow.Name} ({flow.Compartment}/{flow.Subcompartment})"
        : flow.Compartment.Length > 0 ? $"{flow.Name} ({flow.Compartment})"
        : flow.Category.Length > 0 ? $"{flow.Name} ({flow.Category})"
        : flow.Name;
}

/// <summary>A flow as a method knows it, with its factors for all indicators.</summary>
internal sealed record MethodFlow(FlowDataset Dataset, string Name, FlowPlace Place, CarbonOrigin Origin)
{
    public List<MethodTerm> Terms { get; } = [];
}

/// <param name="Indicator">Row of the indicator in the method.</param>
/// <param name="Unit">Unit of the flow that the value is for.</param>
/// <param name="Location">Empty for everywhere.</param>
internal readonly record struct MethodTerm(int Indicator, double Value, string Unit, string Location);
