using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Access;

/// <summary>
/// Two tenants in one host: ours with two companies beside each other, theirs with one. A person of every role over our whole tenant, and administrators of each part.
/// </summary>
public sealed partial class World : IAsyncLifetime
{
    public const string Password = "a long enough passphrase";

    private readonly Dictionary<string, Visitor> _visitors = new(StringComparer.Ordinal);
    private long _tenant;
    private long _theirTenant;

    public TestServer Server { get; } = new() { Environment = "Production", Quick = true };

    internal Holding Ours { get; private set; } = null!;

    /// <summary>The company beside ours in the same tenant.</summary>
    internal Holding Beside { get; private set; } = null!;

    internal Holding Theirs { get; private set; } = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var services = Server.Services;
        _tenant = services.GetRequiredService<Book>().First!.Tenant;
        _theirTenant = (await services.GetRequiredService<Tenants>().Add("QZTHEIRS tenant", "QZTHEIRS租户", Stop)).Value.Id;
        var us = Caller.System(_tenant);
        var group = await services.GetRequiredService<OrganisationTree>().Add(us, new NewNode(null, NodeKind.Group, "TOP", "Top", "集团"), Stop);

        // Ours last: editions are numbered within a tenant, and a number of ours must not also be one of theirs.
        Beside = await Holding.Plant(services, us, group.Value.Id, "QZBESIDE", 9_274_581);
        Ours = await Holding.Plant(services, us, group.Value.Id, "QZOURS", 7_318_462);
        Theirs = await Holding.Plant(services, Caller.System(_theirTenant), null, "QZTHEIRS", 6_429_173);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in _visitors.Values)
        {
            visitor.Dispose();
        }

        await Server.DisposeAsync();
    }

    /// <summary>Every endpoint of the running host, by the route as it is written.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints => [.. Server.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()];

    /// <summary>
    /// Ids in braces become those of a holding; <c>{beside.node}</c> those of the company beside ours; <c>{fresh.person}</c> the id of a thing made for this one call, which
    /// may use it up.
    /// </summary>
    internal async Task<string> Filled(string text, Holding of)
    {
        foreach (var hole in Hole().Matches(text).DistinctBy(m => m.Value))
        {
            var name = hole.Groups[2].Value;
            var holding = hole.Groups[1].Value switch { "beside." => Beside, "theirs." => Theirs, _ => of };
            var fresh = hole.Groups[1].Value == "fresh.";
            Assert.True(fresh || holding.Ids.ContainsKey(name), $"{RouteTable.File}: there is no id {{{name}}} in Holding; it knows {string.Join(", ", holding.Ids.Keys)}.");
            text = text.Replace(hole.Value, Uri.EscapeDataString(fresh ? await holding.Another(Server.Services, name) : holding.Ids[name]), StringComparison.Ordinal);
        }

        return text;
    }

    [GeneratedRegex(@"\{(beside\.|theirs\.|fresh\.)?([a-z_0-9]+)\}")]
    private static partial Regex Hole();

    /// <summary>
    /// Who visits: <c>anonymous</c>, the name of a role over our whole tenant, <c>own_subtree</c> and <c>other_subtree</c> (an administrator of one of our companies), or
    /// <c>other_tenant</c> (the administrator of theirs).
    /// </summary>
    internal async Task<Visitor> Visitor(string who, bool fresh = false)
    {
        if (!fresh && _visitors.TryGetValue(who, out var known))
        {
            return known;
        }

        var visitor = new Visitor(Server, who);
        switch (who)
        {
            case "anonymous":
                await visitor.Look();
                break;
            case "own_subtree":
                await Enter(visitor, _tenant, Role.Administrator, Ours.Node);
                break;
            case "other_subtree":
                await Enter(visitor, _tenant, Role.Administrator, Beside.Node);
                break;
            case "other_tenant":
                await Enter(visitor, _theirTenant, Role.Administrator, 0);
                break;
            default:
                await Enter(visitor, _tenant, Enum.Parse<Role>(who), 0);
                break;
        }

        return fresh ? visitor : _visitors[who] = visitor;
    }

    /// <summary>Signs a person in as the role that is asked for. A device has no password, so its role is written under an open session.</summary>
    internal async Task Enter(Visitor visitor, long tenant, Role role, long node)
    {
        var email = Guid.NewGuid().ToString("N") + "@example.org";
        var people = Server.Services.GetRequiredService<People>();
        var made = await people.Add(Caller.System(tenant), new NewPerson(email, "Visitor", role == Role.Device ? Role.Viewer : role, node, Language.English, Password), Stop);
        Assert.True(made.Ok);
        await visitor.Enter(email);
        if (role == Role.Device)
        {
            await Server.Services.GetRequiredService<Db>().Write(tx => tx.Execute($"UPDATE person SET role = {(int)Role.Device} WHERE id = {made.Value.Id}"), Stop);
            Server.Services.GetRequiredService<Sessions>().Forget();
        }
    }
}

/// <summary>A browser of one person.</summary>
internal sealed class Visitor(TestServer server, string who) : IDisposable
{
    private readonly HttpClient _http = server.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
    private string? _token;

    public string Who { get; } = who;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async Task Enter(string email)
    {
        using var form = TestServer.Form(await _http.GetStringAsync("/sign-in", Stop), "form[method=post]", new("name", email), new("password", World.Password));
        using var answer = await _http.PostAsync("/sign-in", form, Stop);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        _token = Token(await _http.GetStringAsync("/profile", Stop));
    }

    /// <summary>Looks at the one page that is open to everybody, for the token of its form.</summary>
    public async Task Look() => _token = Token(await _http.GetStringAsync("/sign-in", Stop));

    /// <summary>Sends a request as a program does below <c>/api</c> and as a browser's form elsewhere.</summary>
    /// <param name="body"><c>name=value&amp;name=value</c>; numbers become numbers below <c>/api</c>, and <c>file:NAME=text</c> makes it an upload.</param>
    /// <param name="target">Id of the element that htmx would fill; null asks for the whole page.</param>
    public async Task<HttpResponseMessage> Send(string method, string address, string body, string? target = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (target is not null)
        {
            request.Headers.Add("HX-Request", "true");
            request.Headers.Add("HX-Target", target);
        }

        if (method is "POST" or "PUT" or "PATCH")
        {
            var fields = body.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=', 2)).Select(f => (Name: f[0], Value: f.Length > 1 ? Uri.UnescapeDataString(f[1]) : "")).ToList();
            request.Content = body.StartsWith("file:", StringComparison.Ordinal) ? Upload(fields)
                : address.StartsWith("/api", StringComparison.Ordinal)
                    ? System.Net.Http.Json.JsonContent.Create(fields.ToDictionary(f => f.Name, f => Json(f.Value)))
                    : new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", _token ?? "")).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        }

        return await _http.SendAsync(request, Stop);
    }

    public void Dispose() => _http.Dispose();

    private static MultipartFormDataContent Upload(List<(string Name, string Value)> fields)
    {
        var form = new MultipartFormDataContent { { new StringContent(fields[0].Value), "file", fields[0].Name["file:".Length..] } };
        foreach (var (name, value) in fields.Skip(1))
        {
            form.Add(new StringContent(value), name);
        }

        return form;
    }

    private static string? Token(string page) => new HtmlParser().ParseDocument(page).QuerySelector("form input[name=__RequestVerificationToken]")?.GetAttribute("value");

    private static object Json(string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : value is "true" or "false" ? value == "true" : value;
}
