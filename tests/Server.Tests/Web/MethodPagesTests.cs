using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Tanlu.Exchange;
using Tanlu.Products;

namespace Tanlu.Server.Tests.Web;

/// <summary>The pages of impact methods: the list with its import, a method, what it covers of a database, and flow mapping tables.</summary>
public sealed class MethodPagesTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Table = "Method,Indicator,Indicator unit,Flow name,Compartment,Flow unit,CF\n{0},GWP,kg CO2 eq,QZ methane,air,kg,28.6173\n{0},GWP,kg CO2 eq,Carbon dioxide,air,kg,1\n{0},GWP,kg CO2 eq,Carbon dioxide,air,kg,2\n";

    private const string Mapping =
        "SourceListName,SourceFlowName,SourceFlowContext,SourceUnit,ConversionFactor,TargetListName,TargetFlowName,TargetFlowContext,TargetUnit\nOurs,QZ house gas,air,kg,1,IPCC,Methane,air,kg\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/lca/methods")]
    [InlineData("/lca/methods/mappings")]
    [InlineData("/lca/methods/ipcc_ar6_zero")]
    [InlineData("/lca/methods/ipcc_ar6_balance?q=methane")]
    [InlineData("/lca/methods/ipcc_ar6_zero/coverage")]
    public async Task A_page_is_whole_in_both_languages(string address)
    {
        using var client = await server.SignedIn();
        foreach (var language in (string[])["en", "zh-CN"])
        {
            var text = await client.GetStringAsync($"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}lang={language}", Ct);
            Assert.DoesNotMatch(@"\[[a-z_0-9]+\.[a-z0-9_.]+\]", text);
            Assert.Contains("<h1", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_list_shows_the_built_in_methods_with_their_counts()
    {
        using var client = await server.SignedIn();
        var page = await Page(client, "/lca/methods?lang=en&f.origin=built_in");
        var rows = page.QuerySelectorAll("#methods tbody tr");
        Assert.Equal(MethodShelf.BuiltIn.Count, rows.Length);
        var method = MethodShelf.BuiltIn.First(m => m.Row.Key == "ipcc_ar6_zero").Row;
        var row = rows.Single(r => r.QuerySelector("a[href^='/lca/methods/ipcc_ar6_zero']") is not null);
        Assert.Equal($"{method.Indicators}", row.QuerySelector("td[data-label=Indicators]")!.TextContent.Trim());
        Assert.Equal($"{method.Factors:#,##0}", row.QuerySelector("td[data-label=Factors]")!.TextContent.Trim());
    }

    [Fact]
    public async Task A_file_comes_in_by_the_page_and_its_repeated_pair_is_told()
    {
        using var client = await server.SignedIn();
        var (answer, page) = await Import(client, "/lca/methods", "Page method", "Open");
        Assert.Equal(HttpStatusCode.OK, answer);
        var link = page.QuerySelector(".notice.good a")!.GetAttribute("href")!;
        var method = await Page(client, link.Split('?')[0] + "?lang=en");
        Assert.Contains(": 1", method.QuerySelector("details.card summary")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["28.6173", "1"], method.QuerySelectorAll("#factor-table td[data-label=Factor]").Select(c => c.TextContent.Trim()));

        // Words of the flow narrow the factors, and the file holds what the page shows.
        var key = link.Split('?')[0].Split('/')[^1];
        Assert.Single((await Page(client, $"/lca/methods/{key}?q=methane")).QuerySelectorAll("#factor-table tbody tr"));
        var file = await client.GetStringAsync($"/lca/methods/{key}/factors?format=csv&q=methane&lang=en", Ct);
        Assert.Contains("28.6173", file, StringComparison.Ordinal);
        Assert.Equal(2, file.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        var (again, refused) = await Import(client, "/lca/methods", "Page method", "Open");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again);
        Assert.Contains("Page method", refused.QuerySelector(".problems")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_is_copied_into_one_of_ones_own_and_taken_out_of_use()
    {
        using var client = await server.SignedIn();
        var text = await client.GetStringAsync("/lca/methods/ipcc_ar6_zero?lang=en", Ct);
        using var form = TestServer.Form(text, "form:has(input[value=copy])", new("name", "Page copy"), new("reason", "for us"));
        using var copied = await client.PostAsync("/lca/methods/ipcc_ar6_zero", form, Ct);
        Assert.Equal(HttpStatusCode.Redirect, copied.StatusCode);
        var address = copied.Headers.Location!.ToString();
        var own = await client.GetStringAsync(address, Ct);
        Assert.Contains("Page copy", own, StringComparison.Ordinal);
        Assert.Contains("ipcc_ar6_zero/1", own, StringComparison.Ordinal);
        using var retire = TestServer.Form(own, "form:has(input[value=retire])", [new("reason", "wrong")]);
        using var retired = await client.PostAsync(address, retire, Ct);
        Assert.Equal(HttpStatusCode.Redirect, retired.StatusCode);
        Assert.DoesNotContain("value=\"retire\"", await client.GetStringAsync(address, Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Factors_of_a_licensed_method_are_shown_and_not_exported()
    {
        using var client = await server.SignedIn();
        var (_, page) = await Import(client, "/lca/methods", "Page licensed", "Licensed");
        var address = page.QuerySelector(".notice.good a")!.GetAttribute("href")!.Split('?')[0];
        var text = await client.GetStringAsync(address, Ct);
        Assert.Contains("28.6173", text, StringComparison.Ordinal);
        Assert.DoesNotContain("format=csv", text, StringComparison.Ordinal);
        using var file = await client.GetAsync(address + "/factors?format=csv", Ct);
        Assert.False(file.IsSuccessStatusCode);
        Assert.DoesNotContain("28.61", await file.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coverage_of_a_database_tells_what_a_mapping_gains_and_what_is_missing()
    {
        using var client = await server.SignedIn();
        var library = await Library(client);
        var (answer, _) = await Import(client, "/lca/methods/mappings", "Page mapping", "Open", Mapping);
        Assert.Equal(HttpStatusCode.OK, answer);
        var mapping = (await Page(client, "/lca/methods/ipcc_ar6_zero/coverage?lang=en")).QuerySelectorAll("select[name=mapping] option")[^1].GetAttribute("value");
        var before = await Page(client, $"/lca/methods/ipcc_ar6_zero/coverage?library={library}&lang=en");
        Assert.Contains("1 of 3", before.QuerySelector(".notice")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, before.QuerySelectorAll("#missing tbody tr").Length);
        var after = await Page(client, $"/lca/methods/ipcc_ar6_zero/coverage?library={library}&mapping={mapping}&lang=en");
        Assert.Contains("2 of 3", after.QuerySelector(".notice")!.TextContent, StringComparison.Ordinal);
        var missing = Assert.Single(after.QuerySelectorAll("#missing tbody tr"));
        Assert.Contains("QZ unknown stuff", missing.TextContent, StringComparison.Ordinal);
        Assert.Contains("the method does not know it", missing.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/lca/methods/ipcc_ar6_zero/coverage?library=999999", Ct)).StatusCode);
    }

    private static async Task<long> Library(HttpClient client)
    {
        static string Id(int number) => $"5a7e0000-0000-4000-8000-{number:x12}";
        static FlowDataset Flow(int id, string name, FlowKind kind = FlowKind.Elementary) =>
            new() { Id = Id(id), Name = name, Kind = kind, Unit = "kg", PropertyId = Id(2), Compartment = "air", Category = kind == FlowKind.Elementary ? "Elementary flows/Emission to air/unspecified" : "" };
        using var file = new MemoryStream();
        OpenLcaWriter.Write(
            new DatasetPackage
            {
                Format = "test", Name = "Page library", UnitGroups = [new(Id(1), "Mass", "kg", [new("kg", 1)])], FlowProperties = [new(Id(2), "Mass", Id(1))],
                Flows = [Flow(3, "product", FlowKind.Product), Flow(4, "Carbon dioxide, fossil"), Flow(5, "QZ house gas"), Flow(6, "QZ unknown stuff")],
                Processes =
                [
                    new ProcessDataset
                    {
                        Id = Id(7), Name = "plant",
                        Exchanges = [.. Enumerable.Range(3, 4).Select(f => new ProcessExchange { Number = f - 2, FlowId = Id(f), Amount = 1, Unit = "kg", PropertyId = Id(2), Reference = f == 3 })],
                    },
                ],
            },
            file);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file.ToArray()), "file", "page.zip" } };
        using var answer = await client.PostAsync("/api/v1/libraries/imports", form, Ct);
        for (var left = 200; ; left--)
        {
            var job = await client.GetFromJsonAsync<JsonElement>(answer.Headers.Location, Ct);
            if (job.GetProperty("state").GetString() is not ("waiting" or "running"))
            {
                return job.GetProperty("result").GetProperty("library").GetInt64();
            }

            Assert.True(left > 0, "The import does not end.");
            await Task.Delay(100, Ct);
        }
    }

    private static async Task<(HttpStatusCode Status, IHtmlDocument Page)> Import(HttpClient client, string address, string name, string rights, string? text = null)
    {
        var page = await Page(client, address + "?lang=en");
        using var form = new MultipartFormDataContent();
        foreach (var hidden in page.QuerySelectorAll("form[enctype] input[type=hidden]"))
        {
            form.Add(new StringContent(hidden.GetAttribute("value")!), hidden.GetAttribute("name")!);
        }

        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(text ?? Table.Replace("{0}", name, StringComparison.Ordinal))), "file", name + ".csv");
        form.Add(new StringContent(rights), "rights");
        form.Add(new StringContent("First"), "repeats");
        using var answer = await client.PostAsync(address + "?lang=en", form, Ct);
        return (answer.StatusCode, await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync(Ct), Ct));
    }

    private static async Task<IHtmlDocument> Page(HttpClient client, string address) => await new HtmlParser().ParseDocumentAsync(await client.GetStringAsync(address, Ct), Ct);
}
