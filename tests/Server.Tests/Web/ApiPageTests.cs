using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tanlu.Kernel;

namespace Tanlu.Server.Tests.Web;

/// <summary>The page that describes the interface: complete, in both languages, and out of this server alone.</summary>
public sealed class ApiPageTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN")]
    public async Task It_shows_every_call_with_its_line_of_a_shell(string language)
    {
        var page = await server.Page("/api?lang=" + language);
        using var client = server.Plain();
        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json", Stop))!;
        var operations = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => (Path: p.Key, Method: o.Key.ToUpperInvariant(), Id: (string)o.Value!["operationId"]!))).ToList();
        Assert.Equal(operations.Select(o => o.Id).Order(StringComparer.Ordinal), page.QuerySelectorAll(".api-call").Select(c => c.Id!).Order(StringComparer.Ordinal));
        foreach (var (path, method, id) in operations)
        {
            var call = page.GetElementById(id)!;
            Assert.Equal((method, path), (call.QuerySelector(".api-method")!.TextContent, call.QuerySelector("summary code")!.TextContent));
            var curl = call.QuerySelectorAll(".api-example").Last().TextContent;
            Assert.StartsWith("curl ", curl, StringComparison.Ordinal);
            Assert.EndsWith(path + "'", curl, StringComparison.Ordinal);
        }

        // Nobody is signed in, so there is nothing to try.
        Assert.Empty(page.QuerySelectorAll(".api-try"));
        Assert.DoesNotContain("api_page.", page.DocumentElement.TextContent, StringComparison.Ordinal);
        Assert.All(page.QuerySelectorAll("script[src], link[href], img[src]"), e => Assert.StartsWith("/", e.GetAttribute("src") ?? e.GetAttribute("href"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_Chinese_the_calls_are_told_in_Chinese()
    {
        var page = await server.Page("/api?lang=zh-CN");
        var english = page.QuerySelectorAll(".api-call").Where(c => !Regex.IsMatch(c.QuerySelector("summary span:last-child")!.TextContent, @"\p{IsCJKUnifiedIdeographs}")).Select(c => c.Id).ToList();
        Assert.True(english.Count == 0, $"Add api_page.call. rows to data/i18n/api-page.csv for: {string.Join(", ", english)}");
        Assert.True(Texts.Has("api_page.call.batches"));
    }

    [Fact]
    public async Task Who_is_signed_in_can_try_what_reads()
    {
        using var client = await server.SignedIn();
        var text = await client.GetStringAsync("/api?lang=en", Stop);
        Assert.Contains("<form class=\"api-try\" method=\"get\" action=\"/api/v1/batches\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("action=\"/api/v1/batches/{id}\"", text, StringComparison.Ordinal);
        using var answer = await client.GetAsync("/api/v1/batches?limit=5&after=", Stop);
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }
}
