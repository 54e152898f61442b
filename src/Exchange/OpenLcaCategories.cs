namespace Tanlu.Exchange;

/// <summary>openLCA's categories: paths in schema 2, datasets that name their parent before it; and what a path says of an elementary flow's compartment.</summary>
internal static class OpenLcaCategories
{
    private const string Root = "Elementary flows";

    /// <summary>The paths of the category datasets of schema 1 by id. A category that is its own ancestor is noted and starts a path.</summary>
    public static Dictionary<string, string> Paths(OpenLcaFile source, Reading reading)
    {
        var own = new Dictionary<string, (string Name, string Parent)>(StringComparer.Ordinal);
        foreach (var e in source.All("categories"))
        {
            own[e.Id] = (e.Name, OpenLcaReference.Id(e.Json.Field("category")));
        }

        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in own.Keys)
        {
            var chain = new List<string>();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (var at = id; own.TryGetValue(at, out var step); at = step.Parent)
            {
                if (!seen.Add(at) || chain.Count == reading.Limits.Depth)
                {
                    reading.Note("lca_category_cycle", own[id].Name, null, "category", step.Name);
                    break;
                }

                chain.Add(step.Name);
            }

            chain.Reverse();
            paths[id] = string.Join('/', chain);
        }

        return paths;
    }

    /// <summary>
    /// Compartment and sub-compartment of an elementary flow's category: what follows the root that openLCA and the Federal LCA Commons give all elementary flows. Where direction and
    /// medium are two steps of the path (<c>emission/air</c>), they are the compartment together.
    /// </summary>
    public static (string Compartment, string Subcompartment) Compartment(string category)
    {
        var steps = category.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var at = steps.Length > 0 && steps[0].Equals(Root, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        var length = steps.Length > at + 1 && steps[at] is "emission" or "resource" ? 2 : 1;
        return (string.Join('/', steps.Skip(at).Take(length)), string.Join('/', steps.Skip(at + length)));
    }

    /// <summary>The category to write for a flow: its own, unless that says another compartment than the flow does.</summary>
    public static string Written(FlowDataset flow)
    {
        if (flow.Kind != FlowKind.Elementary || Compartment(flow.Category) == (flow.Compartment, flow.Subcompartment))
        {
            return flow.Category;
        }

        return string.Join('/', new[] { Root, flow.Compartment, flow.Subcompartment }.Where(s => s.Length > 0));
    }
}
