using Tanlu.Organisation;

namespace Tanlu.Server.Web.Factors;

/// <summary>The place that most of a reader's sites lie in: whose factors come first in a search.</summary>
internal static class HomePlace
{
    /// <param name="node">The part of the organisation that is looked at; null for all that the caller sees.</param>
    public static async Task<string?> Of(OrganisationTree tree, Caller caller, long? node, CancellationToken ct)
    {
        var nodes = await tree.Subtree(caller, node, null, ct);
        return !nodes.Ok ? null : nodes.Value.Where(n => n.Kind == NodeKind.Site && n.Region.Length > 0).GroupBy(n => n.Region, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
    }
}
