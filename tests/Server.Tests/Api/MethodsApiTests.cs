using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Tanlu.Server.Tests.Api;

/// <summary>Impact methods by the interface for programs: import, factors, copies with versions, and what does not leave.</summary>
public sealed class MethodsApiTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Table = "Method,Indicator,Indicator unit,Flow name,Compartment,Flow unit,CF\n{0},GWP,kg CO2 eq,QZ methane,air,kg,28.6173\n{0},GWP,kg CO2 eq,Carbon dioxide,air,kg,1\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_method_comes_in_is_copied_and_edited_version_by_version()
    {
        using var client = await server.SignedIn();
        var key = (await Imported(client, "Api method", "open")).GetProperty("methods")[0].GetProperty("key").GetString();
        var factors = (await client.GetFromJsonAsync<JsonElement>($"/api/v1/methods/{key}/factors?indicator=GWP&text=methane", Ct)).GetProperty("items");
        Assert.Equal(28.6173, Assert.Single(factors.EnumerateArray()).GetProperty("value").GetDouble());

        var copy = (await Sent(client, HttpMethod.Post, $"/api/v1/methods/{key}/copies", new { name = "Ours" }, HttpStatusCode.Created)).GetProperty("about");
        Assert.Equal(($"{key}/1", true), (copy.GetProperty("from").GetString(), copy.GetProperty("own").GetBoolean()));
        var own = copy.GetProperty("key").GetString();
        var body = new
        {
            version = 1, name = "Ours", reason = "measured",
            indicators = new[] { new { id = "GWP", name = "GWP", unit = "kg CO2 eq", factors = new[] { new { flow = "Methane", compartment = "air", unit = "kg", value = 27.0 } } } },
            sets = new[] { new { id = "s", name = "S", unit = "Pt", indicators = new[] { new { indicator = "GWP", normalisation = 7550.0, weight = 1.0 } } } },
        };
        var edited = await Sent(client, HttpMethod.Put, $"/api/v1/methods/{own}", body, HttpStatusCode.OK);
        Assert.Equal((2, 1), (edited.GetProperty("about").GetProperty("version").GetInt32(), edited.GetProperty("sets").GetArrayLength()));
        Assert.Equal("method_changed", Code(await Sent(client, HttpMethod.Put, $"/api/v1/methods/{own}", body, HttpStatusCode.Conflict)));
        Assert.Equal("method_read_only", Code(await Sent(client, HttpMethod.Put, $"/api/v1/methods/{key}", body, HttpStatusCode.Conflict)));
        Assert.Equal([2, 1], (await client.GetFromJsonAsync<JsonElement>($"/api/v1/methods/{own}/versions", Ct)).GetProperty("items").EnumerateArray().Select(v => v.GetProperty("version").GetInt32()));
    }

    [Fact]
    public async Task Built_in_methods_are_there_with_their_factors_in_pages()
    {
        using var client = await server.SignedIn();
        var all = (await client.GetFromJsonAsync<JsonElement>("/api/v1/methods", Ct)).GetProperty("items").EnumerateArray().Select(m => m.GetProperty("key").GetString());
        Assert.Contains("ipcc_ar6_balance", all);
        var first = await client.GetFromJsonAsync<JsonElement>("/api/v1/methods/ipcc_ar6_zero/factors?limit=3", Ct);
        var second = await client.GetFromJsonAsync<JsonElement>($"/api/v1/methods/ipcc_ar6_zero/factors?limit=3&after={first.GetProperty("next").GetString()}", Ct);
        Assert.Equal(3, second.GetProperty("items").GetArrayLength());
        Assert.NotEqual(first.GetProperty("items")[0].GetProperty("flow").GetString(), second.GetProperty("items")[0].GetProperty("flow").GetString());
    }

    [Fact]
    public async Task No_factor_of_a_licensed_method_leaves()
    {
        using var client = await server.SignedIn();
        var key = (await Imported(client, "Licensed method", "licensed")).GetProperty("methods")[0].GetProperty("key").GetString();
        var copy = (await Sent(client, HttpMethod.Post, $"/api/v1/methods/{key}/copies", new { }, HttpStatusCode.Created)).GetProperty("about").GetProperty("key").GetString();
        foreach (var method in new[] { key, copy })
        {
            var whole = await client.GetStringAsync($"/api/v1/methods/{method}", Ct);
            Assert.Contains("\"sealed\":true", whole, StringComparison.Ordinal);
            Assert.DoesNotContain("28.61", whole, StringComparison.Ordinal);
            using var factors = await client.GetAsync($"/api/v1/methods/{method}/factors", Ct);
            var told = await factors.Content.ReadAsStringAsync(Ct);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, factors.StatusCode);
            Assert.Contains("method_sealed", told, StringComparison.Ordinal);
        }
    }

    private static async Task<JsonElement> Imported(HttpClient client, string name, string rights)
    {
        var text = Table.Replace("{0}", name, StringComparison.Ordinal);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "file", name + ".csv" }, { new StringContent(rights), "rights" } };
        using var answer = await client.PostAsync("/api/v1/methods/imports", form, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private static async Task<JsonElement> Sent(HttpClient client, HttpMethod method, string address, object body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, address) { Content = JsonContent.Create(body) };
        using var answer = await client.SendAsync(request, Ct);
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Ct)}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private static string? Code(JsonElement problem) => problem.GetProperty("errors")[0].GetProperty("code").GetString();
}
