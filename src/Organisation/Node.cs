using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Organisation;

/// <summary>What a node of the organisation tree stands for. The numbers are stored and grow inwards.</summary>
public enum NodeKind
{
    Group = 1,
    Company = 2,
    Site = 3,
    Building = 4,
    Line = 5,
}

/// <summary>A node of a tenant's organisation tree: an entity, a site, or a part of a site.</summary>
/// <param name="Path">Ids from the root down to the node itself, <c>/1/4/</c>; a subtree is a prefix of it.</param>
/// <param name="Code">Unique in the tenant without regard to case; what activity files name.</param>
/// <param name="Region">ISO 3166 or grid region whose factors apply; always given on sites and below, may be empty above.</param>
/// <param name="Industry">Industry code of the tenant's choice (GB/T 4754, NACE …), or empty.</param>
/// <param name="ValidFrom">First day the node belongs to the organisation.</param>
/// <param name="ValidTo">First day it no longer does, or null.</param>
/// <param name="EquityPercent">Share of its parent's interest in it, above 0 up to 100, or null where none was stated.</param>
public sealed record Node(
    long Id,
    long Tenant,
    long? Parent,
    string Path,
    NodeKind Kind,
    string Code,
    string NameEn,
    string NameZh,
    string Region,
    string Industry,
    DateOnly ValidFrom,
    DateOnly? ValidTo,
    decimal? EquityPercent)
{
    /// <summary>The name in the language; the other one where only that exists.</summary>
    public string Name(Language language) => (language, NameEn, NameZh) switch
    {
        (Language.Chinese, _, { Length: > 0 }) => NameZh,
        (_, "", _) => NameZh,
        _ => NameEn,
    };

    public bool ValidOn(DateOnly day) => day >= ValidFrom && (ValidTo is null || day < ValidTo);

    /// <summary>Whether at least one day of the interval belongs to the node's validity.</summary>
    public bool ValidWithin(DateInterval interval) => ValidFrom < interval.End && (ValidTo is null || ValidTo > interval.Start);

    /// <summary>Whether the node lies in the subtree of that path, its top included.</summary>
    public bool Within(string path) => Path.StartsWith(path, StringComparison.Ordinal);

    /// <summary>The form in which two codes are the same code.</summary>
    public static string CodeKey(string code) => code.Trim().ToUpperInvariant();

    /// <summary>Id of the node a path leads to; 0 for the whole tenant.</summary>
    public static long IdOf(string path) => path.Length < 3
        ? 0
        : long.Parse(path.AsSpan(0, path.Length - 1)[(path.LastIndexOf('/', path.Length - 2) + 1)..], NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Parents before children, siblings by code: the order in which a tree is read.</summary>
    public static IReadOnlyList<Node> InReadingOrder(IReadOnlyCollection<Node> nodes)
    {
        var known = nodes.Select(n => n.Id).ToHashSet();
        var children = nodes.ToLookup(n => n.Parent is { } parent && known.Contains(parent) ? parent : 0);
        var ordered = new List<Node>(nodes.Count);
        Descend(0);
        return ordered;

        void Descend(long parent)
        {
            foreach (var node in children[parent].OrderBy(n => CodeKey(n.Code), StringComparer.Ordinal))
            {
                ordered.Add(node);
                Descend(node.Id);
            }
        }
    }
}

/// <summary>All that can change of a node that is there, as it is to be; see <see cref="Node"/> for the fields.</summary>
/// <param name="Parent">The node above it; null where it stands at the top. Moving has further rules, see <see cref="OrganisationTree.Move"/>.</param>
/// <param name="Region">Empty takes the parent's for a part of a site.</param>
public sealed record NodeEdit(
    long? Parent, string Code, string NameEn, string NameZh, string Region, string Industry, DateOnly ValidFrom, DateOnly? ValidTo, decimal? EquityPercent)
{
    public static NodeEdit Of(Node node) =>
        new(node.Parent, node.Code, node.NameEn, node.NameZh, node.Region, node.Industry, node.ValidFrom, node.ValidTo, node.EquityPercent);
}

/// <summary>A node to be added; see <see cref="Node"/> for the fields.</summary>
/// <param name="Parent">Null makes a root.</param>
/// <param name="ValidFrom">Null takes the parent's, and for a root the first day of 1900.</param>
/// <param name="ValidTo">Null takes the parent's.</param>
public sealed record NewNode(
    long? Parent,
    NodeKind Kind,
    string Code,
    string NameEn,
    string NameZh,
    string Region = "",
    string Industry = "",
    DateOnly? ValidFrom = null,
    DateOnly? ValidTo = null,
    decimal? EquityPercent = null);
