using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Tests.Access;

/// <summary>One line of <c>tests/vectors/access/routes.csv</c>: who may call a route, and how it is called.</summary>
/// <param name="Address">The route with ids of <see cref="Holding"/> in braces; empty where the route has none.</param>
/// <param name="Body">What is sent; see <see cref="Visitor.Send"/>.</param>
/// <param name="Cells">Expected answer by the name of the visitor.</param>
internal sealed record RouteRow(string Method, string Route, string Address, string Body, IReadOnlyDictionary<string, string> Cells, int Line)
{
    /// <summary>The form of a page that the row sends, without the ids in its name; empty for another request.</summary>
    public string Form => Regex.Match(Body, "^_handler=([^&]*)").Groups[1].Value is var name ? RouteTable.FormName(name) : "";

    public override string ToString() => $"line {Line} {Method} {Route}{(Form.Length > 0 ? $" form {Form}" : "")}";
}

/// <summary>The hand-written table of what each may, and what it says of an endpoint that it does not hold yet.</summary>
internal static partial class RouteTable
{
    public const string File = "tests/vectors/access/routes.csv";

    /// <summary>Columns of visitors, in the order of the file.</summary>
    public static readonly IReadOnlyList<string> Visitors =
        ["anonymous", .. Enum.GetNames<Role>(), "own_subtree", "other_subtree", "other_tenant"];

    public static IReadOnlyList<RouteRow> Read() =>
    [
        .. DataRows.Parse(System.IO.File.ReadAllBytes(PathOf(File))).Select(r => new RouteRow(
            r["method"], r["route"], r["address"], r["body"], Visitors.ToDictionary(v => v, v => r[v]), r.Line)),
    ];

    /// <summary>Method and route of every endpoint. A page also takes forms; those are found on the page itself.</summary>
    public static IEnumerable<(string Method, string Route, RouteEndpoint Endpoint)> Of(IEnumerable<RouteEndpoint> endpoints) =>
        from endpoint in endpoints
        let page = endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Components.Endpoints.ComponentTypeMetadata>() is not null
        from method in page ? ["GET"] : endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select (method, Written(endpoint), endpoint);

    public static string Written(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    /// <summary>A name without its ids: <c>password-12</c> is <c>password-#</c>.</summary>
    public static string FormName(string name) => Ids().Replace(name, "-#");

    /// <summary>The line that whoever added an endpoint adds to the table, after thinking about every cell: here it only says what the endpoint's own policy says.</summary>
    public static string Suggest(string method, RouteEndpoint endpoint, string body = "")
    {
        var route = Written(endpoint);
        var policy = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).FirstOrDefault(p => p is not null);
        var open = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        var right = policy is not null && Enum.TryParse<Right>(policy[(policy.LastIndexOf('.') + 1)..], out var named) ? named : Right.ReadFigures;
        var holes = route.Contains('{', StringComparison.Ordinal);
        var line = new StringBuilder($"{method},{route},{(holes ? Holes().Replace(route, "{$1}") : "")},{body}");
        foreach (var visitor in Visitors)
        {
            line.Append(',').Append(
                open ? "allowed"
                : visitor == "anonymous" ? "sign_in"
                : visitor is "own_subtree" ? "allowed"
                : visitor is "other_subtree" or "other_tenant" ? holes ? "not_found" : "allowed"
                : Rights.Grant(Enum.Parse<Role>(visitor), right) ? "allowed" : "refused");
        }

        return line.ToString();
    }

    public static string PathOf(string relative)
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(at!.FullName, "Tanlu.slnx")))
        {
            at = at.Parent;
        }

        return Path.Combine(at.FullName, relative);
    }

    [GeneratedRegex(@"-(\d+|\{[^}]+\})")]
    private static partial Regex Ids();

    [GeneratedRegex(@"\{\*{0,2}([^}:?]+)[^}]*\}")]
    private static partial Regex Holes();
}
