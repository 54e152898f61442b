using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Tanlu.Server.Tests.Api;

/// <summary>The interface as it is described: the checked-in document is the contract that a change must show itself in.</summary>
public sealed class OpenApiTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Document = "docs/reference/openapi.json";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IReadOnlyList<RouteEndpoint> Routes
    {
        get
        {
            using var started = server.Plain();
            return [.. server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => e.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal))];
        }
    }

    [Fact]
    public async Task The_document_is_the_one_that_is_checked_in()
    {
        using var client = server.Plain();
        var served = (await client.GetStringAsync("/openapi/v1.json", Stop)).ReplaceLineEndings("\n") + "\n";
        var path = Path.Combine(Root(), Document);
        if (Environment.GetEnvironmentVariable("TANLU_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(path, served, Stop);
        }

        var kept = File.Exists(path) ? (await File.ReadAllTextAsync(path, Stop)).ReplaceLineEndings("\n") : "";
        Assert.True(kept == served, $"The interface changed. If that is meant, run this test with TANLU_ACCEPT=1: it writes {Document}, whose difference belongs to the change.");
    }

    [Fact]
    public async Task The_document_says_31_and_names_every_route()
    {
        using var client = server.Plain();
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json", Stop));
        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var operations = document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => o.Value)).ToList();
        Assert.Equal(Routes.Count, operations.Count);
        Assert.All(operations, o =>
        {
            Assert.True(o.TryGetProperty("operationId", out _));
            Assert.NotEqual("", o.GetProperty("summary").GetString());
            Assert.Contains(o.GetProperty("responses").EnumerateObject(), r => r.Name[0] == '2');
        });
    }

    [Fact]
    public void Every_route_has_a_name_a_summary_and_a_policy()
    {
        Assert.True(Routes.Count > 40);
        Assert.Equal(Routes.Count, Routes.Select(r => r.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).Distinct().Count());
        foreach (var route in Routes)
        {
            var name = route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;
            Assert.False(string.IsNullOrEmpty(name), route.DisplayName);
            Assert.False(string.IsNullOrEmpty(route.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary), name);
            Assert.True(name == "sign-in" || route.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => a.Policy is "own" || a.Policy?.StartsWith("right.", StringComparison.Ordinal) == true), name);
        }
    }

    [Fact]
    public async Task No_route_answers_without_a_sign_in()
    {
        using var client = server.Plain();
        foreach (var route in Routes.Where(r => r.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            var path = System.Text.RegularExpressions.Regex.Replace(route.RoutePattern.RawText!, @"\{[^}]+\}", "1");
            foreach (var method in route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods)
            {
                using var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Stop);
                Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Unauthorized, $"{method} {path}: {answer.StatusCode}");
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            }
        }
    }

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Tanlu.slnx")))
        {
            at = at.Parent;
        }

        return at.FullName;
    }
}
