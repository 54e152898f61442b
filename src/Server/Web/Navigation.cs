using Microsoft.AspNetCore.Routing.Patterns;
using Tanlu.Organisation;
using Tanlu.Server.Identity;

namespace Tanlu.Server.Web;

/// <summary>One place of the map.</summary>
/// <param name="Key">The text <c>nav.{Key}</c> names it; <c>nav.{Key}.about</c> says what it is for.</param>
/// <param name="Icon">Symbol id in <c>img/icons.svg</c>.</param>
/// <param name="Needs">What its page asks for beside reading; null where that is enough.</param>
public sealed record Place(string Key, string Path, string Icon, NeedsAttribute? Needs = null);

/// <summary>A part of the map with its places. A part without a text has none above it.</summary>
public sealed record MapPart(string Key, IReadOnlyList<Place> Places);

/// <summary>The one map of the product. It shows what exists: a place appears with the page that serves its path.</summary>
public sealed class Navigation(IEnumerable<EndpointDataSource> sources)
{
    private static readonly IReadOnlyList<MapPart> Whole =
    [
        new("", [new("overview", "/", "overview")]),
        new("measure",
        [
            new("activities", "/activities", "activities"),
            new("import", "/import", "import"),
            new("sources", "/sources", "sources"),
            new("factors", "/factors", "factors"),
            new("ledger", "/ledger", "ledger"),
            new("statements", "/statement", "statements"),
            new("editions", "/editions", "lock"),
        ]),
        new("products",
        [
            new("lca_processes", "/lca/processes", "sources"),
            new("lca_bills", "/lca/bills", "activities"),
            new("lca_results", "/lca/results", "overview"),
            new("lca_compare", "/lca/compare", "columns"),
            new("lca_methods", "/lca/methods", "factors"),
            new("lca_libraries", "/lca/libraries", "ledger"),
        ]),
        new("admin",
        [
            new("organisation", "/admin/organisation", "organisation"),
            new("people", "/admin/people", "people"),
            new("sign_ins", "/admin/sign-ins", "people"),
            new("tokens", "/admin/tokens", "lock"),
            new("webhooks", "/admin/webhooks", "link"),
            new("audit", "/admin/audit", "audit"),
            new("api", "/api", "columns"),
            new("health", "/admin/health", "health"),
        ]),
    ];

    private IReadOnlyList<MapPart>? _existing;

    /// <summary>The planned map, for the gallery of parts.</summary>
    public static IReadOnlyList<MapPart> Planned => Whole;

    public IReadOnlyList<MapPart> Parts => _existing ??= Existing();

    /// <summary>The map as far as the caller may go: what would only refuse them is not shown.</summary>
    public IEnumerable<MapPart> For(Caller caller) =>
        Parts.Select(part => part with { Places = [.. part.Places.Where(p => p.Needs?.Admits(caller) != false)] }).Where(part => part.Places.Count > 0);

    /// <summary>The place a path belongs to: the longest that it starts with.</summary>
    public static Place? At(string path) =>
        Whole.SelectMany(p => p.Places)
            .Where(p => p.Path == "/" ? path == "/" : path == p.Path || path.StartsWith(p.Path + "/", StringComparison.Ordinal))
            .MaxBy(p => p.Path.Length);

    private List<MapPart> Existing()
    {
        var served = sources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().GroupBy(e => Written(e.RoutePattern), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(e => e.Metadata.GetMetadata<NeedsAttribute>()).FirstOrDefault(n => n is not null), StringComparer.Ordinal);
        return
        [
            .. Whole.Select(part => part with { Places = [.. part.Places.Where(p => served.ContainsKey(p.Path)).Select(p => p with { Needs = served[p.Path] })] })
                .Where(part => part.Places.Count > 0),
        ];
    }

    private static string Written(RoutePattern pattern) => "/" + (pattern.RawText ?? "").Trim('/');
}
