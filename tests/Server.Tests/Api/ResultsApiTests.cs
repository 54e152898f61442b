using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Exchange;
using Tanlu.Numerics;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Api;

/// <summary>Impacts for programs, what of them does not leave, and the page of their uncertainty.</summary>
public sealed class ResultsApiTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_s_impacts_come_with_contributions_and_certificate()
    {
        using var client = await server.SignedIn();
        var (plant, _) = await Kept("Open results", DataRight.Open, 0.75);
        var result = await client.GetFromJsonAsync<JsonElement>($"/api/v1/processes/{plant}/result?amount=2&unit=t&top=3", Ct);
        var impact = result.GetProperty("impacts")[0];
        Assert.Equal(1500, impact.GetProperty("value").GetDouble(), 1e-9);
        Assert.Equal((2, "t", "open", false), (result.GetProperty("amount").GetDouble(), result.GetProperty("unit").GetString(), result.GetProperty("rights").GetString(), result.GetProperty("inventory_withheld").GetBoolean()));
        Assert.Equal(plant, impact.GetProperty("processes")[0].GetProperty("id").GetInt64());
        Assert.Equal(1500, impact.GetProperty("flows")[0].GetProperty("amount").GetDouble(), 1e-9);
        Assert.Equal("CN", impact.GetProperty("places")[0].GetProperty("key").GetString());
        Assert.Equal(1, impact.GetProperty("categories")[0].GetProperty("share").GetDouble(), 1e-12);
        var certificate = result.GetProperty("certificate");
        Assert.InRange(certificate.GetProperty("backward_error").GetDouble(), 0, 1e-12);
        Assert.Equal(64, certificate.GetProperty("system_hash").GetString()!.Length);
        Assert.Equal("Unheard-of dust", certificate.GetProperty("without_factor")[0].GetProperty("name").GetString());
        Assert.Equal(64, result.GetProperty("libraries")[0].GetProperty("content").GetString()!.Length);

        Assert.Equal("demand_unit", await Code($"/api/v1/processes/{plant}/result?unit=kWh", HttpStatusCode.UnprocessableEntity));
        Assert.Equal("result_top", await Code($"/api/v1/processes/{plant}/result?top=101", HttpStatusCode.UnprocessableEntity));
        Assert.Equal("not_found", await Code("/api/v1/processes/1/result", HttpStatusCode.NotFound));

        async Task<string> Code(string address, HttpStatusCode expected)
        {
            using var answer = await client.GetAsync(address, Ct);
            Assert.Equal(expected, answer.StatusCode);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("errors")[0].GetProperty("code").GetString()!;
        }
    }

    [Fact]
    public async Task A_sealed_result_does_not_leave_and_says_what_is_sealed_and_a_licensed_one_leaves_without_its_inventory()
    {
        using var client = await server.SignedIn();
        var (plant, system) = await Kept("Sealed results", DataRight.Sealed, 731.84625);
        using var refused = await client.GetAsync($"/api/v1/processes/{plant}/result", Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var text = await refused.Content.ReadAsStringAsync(Ct);
        var hash = (await server.Services.GetRequiredService<Processes>().Get(system, plant, null, Ct)).Value.Version.Sha256;
        Assert.Contains("result_sealed", text, StringComparison.Ordinal);
        Assert.Contains(hash, text, StringComparison.Ordinal);
        Assert.DoesNotContain("731.8", text, StringComparison.Ordinal);

        // One's own process that buys a copy of it rests on it as well, by whatever way.
        var own = (await server.Services.GetRequiredService<Libraries>().Add(system, "Own of sealed", Ct)).Value;
        var edits = server.Services.GetRequiredService<ProcessEdits>();
        var copy = (await edits.Copy(system, plant, null, own.Id, "copied plant", Ct)).Value;
        var user = new ProcessDataset
        {
            Id = "", Name = "user of the copy", Location = "CN",
            Exchanges =
            [
                new ProcessExchange { Number = 1, FlowId = "made", Amount = 1, Unit = "kg", Reference = true },
                new ProcessExchange { Number = 2, FlowId = copy.Row.ReferenceFlow, Input = true, Amount = 1, Unit = "kg", ProviderId = copy.Row.Uid },
            ],
        };
        var made = await edits.Create(system, own.Id, new ProcessInput(user, [new FlowDataset { Id = "made", Name = "made of sealed", Kind = FlowKind.Product, Unit = "kg" }], "test"), Ct);
        Assert.True(made.Ok, made.Ok ? "" : made.Problems[0].ToString());
        foreach (var process in new[] { copy.Row.Id, made.Value.Row.Id })
        {
            using var answer = await client.GetAsync($"/api/v1/processes/{process}/result", Ct);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.DoesNotContain("731.8", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        // On the pages a person of the tenant works with it.
        Assert.Contains("732", await client.GetStringAsync($"/lca/results?process={plant}&lang=en", Ct), StringComparison.Ordinal);

        var (licensed, _) = await Kept("Licensed results", DataRight.Licensed, 0.5);
        var told = await client.GetFromJsonAsync<JsonElement>($"/api/v1/processes/{licensed}/result", Ct);
        Assert.True(told.GetProperty("inventory_withheld").GetBoolean());
        Assert.Equal(0.5, told.GetProperty("impacts")[0].GetProperty("value").GetDouble(), 1e-12);
        Assert.Equal(0, told.GetProperty("impacts")[0].GetProperty("flows").GetArrayLength());
        Assert.Equal(0, told.GetProperty("certificate").GetProperty("without_factor").GetArrayLength());
    }

    [Fact]
    public async Task The_page_of_uncertainty_has_figures_a_histogram_and_the_reason_in_both_languages()
    {
        using var client = await server.SignedIn();
        var (plant, _) = await Kept("Uncertain results", DataRight.Open, 0.6, new Distribution(DistributionKind.Lognormal, 0.6, 0.5));
        var english = await client.GetStringAsync($"/lca/uncertainty?process={plant}&samples=500&seed=4&lang=en", Ct);
        Assert.Contains("Standard deviation", english, StringComparison.Ordinal);
        Assert.Contains("e^(σ²/2)", english, StringComparison.Ordinal);
        Assert.Contains("data-chart=", english, StringComparison.Ordinal);
        Assert.Contains("100.0 %", english, StringComparison.Ordinal);
        Assert.Contains("不确定性分析", await client.GetStringAsync($"/lca/uncertainty?process={plant}&samples=100&lang=zh-CN", Ct), StringComparison.Ordinal);
        Assert.Contains("/lca/uncertainty?", await client.GetStringAsync($"/lca/results?process={plant}&lang=en", Ct), StringComparison.Ordinal);

        var (certain, _) = await Kept("Certain results", DataRight.Open, 0.4);
        using var refused = await client.GetAsync($"/lca/uncertainty?process={certain}&lang=en", Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("is uncertain", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private async Task<(long Plant, Caller System)> Kept(string name, DataRight rights, double amount, Distribution emission = default)
    {
        using var started = server.Plain();
        var system = Caller.System(server.Services.GetRequiredService<Book>().First!.Tenant);
        string Id(int number) => $"{(uint)string.GetHashCode(name, StringComparison.Ordinal):x8}-0000-4000-8000-{number:x12}";
        var package = new DatasetPackage
        {
            Format = "test", Name = name, UnitGroups = [new(Id(1), "Mass", "kg", [new("kg", 1), new("t", 1000)])], FlowProperties = [new(Id(2), "Mass", Id(1))],
            Flows =
            [
                new FlowDataset { Id = Id(3), Name = "power of " + name, Kind = FlowKind.Product, Unit = "kg", PropertyId = Id(2) },
                new FlowDataset { Id = Id(4), Name = "Carbon dioxide, fossil", Kind = FlowKind.Elementary, Unit = "kg", Compartment = "air", Cas = "124-38-9", PropertyId = Id(2) },
                new FlowDataset { Id = Id(6), Name = "Unheard-of dust", Kind = FlowKind.Elementary, Unit = "kg", Compartment = "air", PropertyId = Id(2) },
            ],
            Processes =
            [
                new ProcessDataset
                {
                    Id = Id(5), Name = "plant of " + name, Location = "CN", Category = "energy/coal",
                    Exchanges =
                    [
                        new ProcessExchange { Number = 1, FlowId = Id(3), Amount = 1, Unit = "kg", PropertyId = Id(2), Reference = true },
                        new ProcessExchange { Number = 2, FlowId = Id(4), Amount = amount, Unit = "kg", PropertyId = Id(2), Uncertainty = emission },
                        new ProcessExchange { Number = 3, FlowId = Id(6), Amount = 0.01, Unit = "kg", PropertyId = Id(2) },
                    ],
                },
            ],
        };
        using var file = new MemoryStream();
        OpenLcaWriter.Write(package, file);
        file.Position = 0;
        var kept = await server.Services.GetRequiredService<Libraries>().Import(system, file, name + ".zip", new LibraryOptions(name, rights), null, Ct);
        Assert.True(kept.Ok, kept.Ok ? "" : kept.Problems[0].ToString());
        var found = await server.Services.GetRequiredService<Processes>().Search(system, new ProcessSearch(Library: kept.Value.Library.Id), Ct);
        return (Assert.Single(found.Value.Processes).Id, system);
    }
}
