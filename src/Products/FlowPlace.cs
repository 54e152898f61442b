using System.Collections.Frozen;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>Where an elementary flow goes or comes from, in one vocabulary for all publishers (<c>data/lca/compartments.csv</c>).</summary>
/// <param name="Compartment"><c>air</c>, <c>water</c>, <c>soil</c> or <c>resource</c>; empty where the flow does not say.</param>
/// <param name="Sub">Sub-compartment, e.g. <c>urban</c>, <c>ground_long_term</c>; empty for unspecified.</param>
public readonly record struct FlowPlace(string Compartment, string Sub)
{
    private static readonly FrozenDictionary<string, FlowPlace> Spellings;
    private static readonly FrozenDictionary<string, string> Wider;

    static FlowPlace()
    {
        var spellings = new Dictionary<string, FlowPlace>(StringComparer.OrdinalIgnoreCase);
        var wider = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in DataRows.Read("lca/compartments.csv"))
        {
            spellings.Add(row["spelling"], new FlowPlace(row["compartment"], row["sub"]));
            if (row["wider"] is { Length: > 0 } resort)
            {
                wider[row["sub"]] = resort;
            }
        }

        Spellings = spellings.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Wider = wider.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The place that compartment, sub-compartment and category of a flow name together: the first part that names a compartment decides it, the last one that narrows it the rest.</summary>
    public static FlowPlace Of(FlowDataset flow) => Of(flow.Compartment.Length > 0 ? $"{flow.Compartment}/{flow.Subcompartment}" : flow.Category);

    /// <summary>Whether the flow says nothing of where it goes or comes from.</summary>
    internal static bool IsUnsaid(FlowDataset flow) => flow.Compartment.Length == 0 && flow.Category.Length == 0;

    /// <summary>The place that a path such as <c>Emission to air/low population density</c> names.</summary>
    public static FlowPlace Of(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var compartment = "";
        var sub = "";
        for (var i = 0; i < parts.Length; i++)
        {
            if (i + 1 < parts.Length && Spellings.TryGetValue($"{parts[i]}/{parts[i + 1]}", out var pair))
            {
                i++;
            }
            else if (!Spellings.TryGetValue(parts[i], out pair))
            {
                continue;
            }

            compartment = compartment.Length > 0 ? compartment : pair.Compartment;
            sub = pair.Sub.Length > 0 ? pair.Sub : sub;
        }

        return new FlowPlace(compartment, sub);
    }

    /// <summary>The sub-compartments in which a factor is looked for, from the flow's own to unspecified.</summary>
    internal IEnumerable<string> Resorts()
    {
        for (var at = Sub; at.Length > 0; at = Wider.GetValueOrDefault(at, ""))
        {
            yield return at;
        }

        yield return "";
    }
}
