using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Exchange;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Api;

/// <summary>Life cycle data by the interface for programs: import as a job, search, edit with versions, and what does not leave.</summary>
public sealed class LibrariesApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_comes_in_as_a_job_and_its_processes_are_found_copied_and_edited()
    {
        using var client = await server.SignedIn();
        var imported = await Imported(client, "Api sample", "open", "api hard coal", 0.912345);
        Assert.Equal(("done", 1), (imported.GetProperty("state").GetString(), imported.GetProperty("result").GetProperty("processes").GetInt32()));
        var library = imported.GetProperty("result").GetProperty("library").GetInt64();

        var found = (await client.GetFromJsonAsync<JsonElement>($"/api/v1/processes?text=coal&library={library}", Ct)).GetProperty("items");
        var id = Assert.Single(found.EnumerateArray()).GetProperty("id").GetInt64();
        var whole = await client.GetFromJsonAsync<JsonElement>($"/api/v1/processes/{id}", Ct);
        Assert.Equal(0.912345, whole.GetProperty("exchanges")[1].GetProperty("amount").GetDouble());

        var own = await Sent(client, HttpMethod.Post, "/api/v1/libraries", new { name = "Api own" }, HttpStatusCode.Created);
        var copy = await Sent(client, HttpMethod.Post, $"/api/v1/processes/{id}/copies", new { library = own.GetProperty("id").GetInt64(), name = "our plant" }, HttpStatusCode.Created);
        var copied = copy.GetProperty("about").GetProperty("id").GetInt64();
        var exchanges = JsonSerializer.Deserialize<List<Dictionary<string, object?>>>(copy.GetProperty("exchanges").GetRawText())!;
        exchanges[1]["amount"] = 0.5;
        var body = new { version = 1, name = "our plant", kind = "unit", location = "CN", exchanges, reason = "measured" };
        using var tagged = await client.GetAsync($"/api/v1/processes/{copied}", Ct);
        using var guarded = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/processes/{copied}") { Content = JsonContent.Create(body) };
        guarded.Headers.TryAddWithoutValidation("If-Match", tagged.Headers.ETag!.ToString());
        using var edited = await client.SendAsync(guarded, Ct);
        Assert.Equal(HttpStatusCode.OK, edited.StatusCode);
        Assert.Equal("process_changed", (await Sent(client, HttpMethod.Put, $"/api/v1/processes/{copied}", body, HttpStatusCode.Conflict)).GetProperty("errors")[0].GetProperty("code").GetString());
        using var late = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/processes/{copied}") { Content = JsonContent.Create(body) };
        late.Headers.TryAddWithoutValidation("If-Match", tagged.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.SendAsync(late, Ct)).StatusCode);

        var diff = await client.GetFromJsonAsync<JsonElement>($"/api/v1/processes/{copied}/comparison?before=1&after_version=2", Ct);
        Assert.Equal("amount", diff.GetProperty("exchanges")[0].GetProperty("fields")[0].GetProperty("name").GetString());
        await Sent(client, HttpMethod.Post, $"/api/v1/processes/{copied}/restore", new { version = 2, restores = 1, reason = "wrong" }, HttpStatusCode.OK);
        var versions = (await client.GetFromJsonAsync<JsonElement>($"/api/v1/processes/{copied}/versions?limit=2", Ct));
        Assert.Equal([3, 2], versions.GetProperty("items").EnumerateArray().Select(v => v.GetProperty("number").GetInt32()));
        Assert.NotNull(versions.GetProperty("next").GetString());
    }

    [Fact]
    public async Task Nothing_of_licensed_data_leaves_but_its_description()
    {
        using var client = await server.SignedIn();
        var library = (await Imported(client, "Licensed sample", "licensed", "QZ secret plant", 731.84625)).GetProperty("result").GetProperty("library").GetInt64();
        var id = (await client.GetFromJsonAsync<JsonElement>($"/api/v1/processes?library={library}", Ct)).GetProperty("items")[0].GetProperty("id").GetInt64();
        var own = await Sent(client, HttpMethod.Post, "/api/v1/libraries", new { name = "Licensed own" }, HttpStatusCode.Created);
        var copy = await Sent(client, HttpMethod.Post, $"/api/v1/processes/{id}/copies", new { library = own.GetProperty("id").GetInt64() }, HttpStatusCode.Created);
        var copied = copy.GetProperty("about").GetProperty("id").GetInt64();
        Assert.True(copy.GetProperty("sealed").GetBoolean());
        foreach (var address in new[]
                 {
                     $"/processes/{id}", $"/processes/{id}/versions", $"/processes/{id}/comparison?other={copied}", $"/processes/{copied}", $"/processes?library={library}", $"/processes/{id}/consumers",
                     $"/libraries/{library}", $"/libraries/{library}/notes", $"/libraries/{library}/file", $"/libraries/{own.GetProperty("id").GetInt64()}/file", "/flows?text=QZ",
                 })
        {
            using var answer = await client.GetAsync("/api/v1" + address, Ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain("731.84", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        // On the tenant's own pages people work with it.
        var system = Caller.System(server.Services.GetRequiredService<Book>().First!.Tenant);
        Assert.Equal(731.84625, (await server.Services.GetRequiredService<Processes>().Get(system, id, null, Ct)).Value.Dataset.Exchanges[1].Amount);
    }

    private static async Task<JsonElement> Imported(HttpClient client, string name, string rights, string process, double amount)
    {
        using var file = new MemoryStream();
        OpenLcaWriter.Write(Package(name, process, amount), file);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file.ToArray()), "file", name + ".zip" }, { new StringContent(rights), "rights" } };
        using var answer = await client.PostAsync("/api/v1/libraries/imports", form, Ct);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        for (var left = 200; ; left--)
        {
            var job = await client.GetFromJsonAsync<JsonElement>(answer.Headers.Location, Ct);
            if (job.GetProperty("state").GetString() is not ("waiting" or "running"))
            {
                return job;
            }

            Assert.True(left > 0, "The import does not end.");
            await Task.Delay(100, Ct);
        }
    }

    private static DatasetPackage Package(string name, string process, double amount)
    {
        string Id(int number) => $"{(uint)string.GetHashCode(name, StringComparison.Ordinal):x8}-0000-4000-8000-{number:x12}";
        return new DatasetPackage
        {
            Format = "test", Name = name, UnitGroups = [new(Id(1), "Mass", "kg", [new("kg", 1)])], FlowProperties = [new(Id(2), "Mass", Id(1))],
            Flows =
            [
                new FlowDataset { Id = Id(3), Name = "power of " + name, Kind = FlowKind.Product, Unit = "kg", PropertyId = Id(2) },
                new FlowDataset { Id = Id(4), Name = "Carbon dioxide", Kind = FlowKind.Elementary, Unit = "kg", Compartment = "air", Category = "Elementary flows/Emission to air/unspecified", PropertyId = Id(2) },
            ],
            Processes =
            [
                new ProcessDataset
                {
                    Id = Id(5), Name = process, Location = "CN",
                    Exchanges =
                    [
                        new ProcessExchange { Number = 1, FlowId = Id(3), Amount = 1, Unit = "kg", PropertyId = Id(2), Reference = true },
                        new ProcessExchange { Number = 2, FlowId = Id(4), Amount = amount, Unit = "kg", PropertyId = Id(2) },
                    ],
                },
            ],
        };
    }

    private static async Task<JsonElement> Sent(HttpClient client, HttpMethod method, string address, object body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, address) { Content = JsonContent.Create(body) };
        using var answer = await client.SendAsync(request, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.StatusCode == expected, $"{method} {address}: {(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
