using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Exchange;
using Tanlu.Numerics;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Web;

/// <summary>Databases and processes on their pages: read in both languages, copied, compared and taken up again.</summary>
public sealed class LcaPagesTests(LcaShelf shelf) : IClassFixture<LcaShelf>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Pages =>
    [
        "/lca/libraries", "/lca/libraries/{library}", "/lca/processes", "/lca/processes?q=furnace", "/lca/processes?f.kind=unit&f.library={library}", "/lca/processes/{process}",
        "/lca/processes/{process}?version=1", "/lca/processes/{process}/compare?before=1&after=2",
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_whole_in_both_languages_and_escapes_what_people_typed(string address)
    {
        foreach (var language in (string[])["en", "zh-CN"])
        {
            var text = await shelf.Client.GetStringAsync(shelf.Filled(address) + (address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "lang=" + language, Stop);
            Assert.DoesNotMatch(@"\[[a-z_0-9]+\.[a-z0-9_.]+\]", text);
            Assert.DoesNotContain(LcaShelf.Hostile, text, StringComparison.Ordinal);
            Assert.Contains("<h1", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_process_shows_amounts_formulas_and_the_interval_of_its_uncertainty()
    {
        var text = await shelf.Client.GetStringAsync(shelf.Filled("/lca/processes/{process}?version=1&lang=en"), Stop);
        Assert.Contains("title=\"0.123456789\"", text, StringComparison.Ordinal);
        Assert.Contains("<code>2*share</code>", text, StringComparison.Ordinal);

        // GSD 1.2: GSD² 1.44, interval 0.123456789 ÷ and × 1.2^1.96.
        Assert.Contains("lognormal, GSD² 1.44, 95 %: 0.0864 to 0.176", text, StringComparison.Ordinal);
        Assert.Contains("/lca/results?", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comparison_names_the_exchange_that_changed_with_both_amounts()
    {
        var text = await shelf.Client.GetStringAsync(shelf.Filled("/lca/processes/{process}/compare?before=1&after=2&lang=en"), Stop);
        Assert.Contains("0.123456789", text, StringComparison.Ordinal);
        Assert.Contains("0.25", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_opens_and_an_earlier_version_is_taken_up_again_with_a_reason()
    {
        var address = shelf.Filled("/lca/processes/{process}");
        using var copied = await Post(address, "copy", new("library", shelf.Library.ToString(CultureInfo.InvariantCulture)), new("name", "Copied furnace"));
        Assert.Equal(HttpStatusCode.Redirect, copied.StatusCode);
        Assert.Contains("Copied furnace", await shelf.Client.GetStringAsync(copied.Headers.Location, Stop), StringComparison.Ordinal);

        var number = int.Parse(copied.Headers.Location!.ToString().Split('/', '?')[^1], CultureInfo.InvariantCulture);
        var edited = await shelf.Edit(number, "Second name");
        Assert.Equal(2, edited.Row.Version);
        using var restored = await Post($"/lca/processes/{number}/compare?before=1&after=2", "restore", new KeyValuePair<string, string>("reason", "The name was right"));
        Assert.Equal(HttpStatusCode.Redirect, restored.StatusCode);
        Assert.Contains("The name was right", await shelf.Client.GetStringAsync($"/lca/processes/{number}", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_is_made_and_a_form_without_a_file_or_a_name_says_what_is_missing()
    {
        using var made = await Post("/lca/libraries", "add", new KeyValuePair<string, string>("name", "Foundry"));
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        Assert.Contains("/lca/libraries/", made.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var nameless = await Post("/lca/libraries", "add", new KeyValuePair<string, string>("name", ""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nameless.StatusCode);
        using var empty = await Post("/lca/libraries", "import", new KeyValuePair<string, string>("rights", "open"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
    }

    private async Task<HttpResponseMessage> Post(string address, string handler, params IEnumerable<KeyValuePair<string, string>> filled)
    {
        var page = await shelf.Client.GetStringAsync(address, Stop);
        using var form = TestServer.Form(page, $"form:has(input[name=_handler][value={handler}])", filled);
        return await shelf.Client.PostAsync(address, form, Stop);
    }
}

/// <summary>A server with one library of its own and a process in two versions.</summary>
public sealed class LcaShelf : IAsyncLifetime
{
    /// <summary>What somebody typed who wishes ill.</summary>
    public const string Hostile = "<script>alert(1)</script>";

    private readonly TestServer _server = new() { Quick = true };

    public HttpClient Client { get; private set; } = null!;

    public long Library { get; private set; }

    private long Process { get; set; }

    private Caller System => Caller.System(_server.Services.GetRequiredService<Book>().First!.Tenant);

    public async ValueTask InitializeAsync()
    {
        Client = await _server.SignedIn();
        Library = (await _server.Services.GetRequiredService<Libraries>().Add(System, "Works " + Hostile, default)).Value.Id;
        var dataset = new ProcessDataset
        {
            Id = "", Name = "Arc furnace", Location = "CN", Category = "metals/" + Hostile, DefaultAllocation = AllocationRule.Physical,
            Parameters = [new ParameterDataset("share", 0.5, Comment: Hostile)],
            Documentation = new ProcessDocumentation { Description = Hostile, Technology = "electric arc" },
            Exchanges =
            [
                new ProcessExchange { Number = 1, FlowId = "steel", Amount = 1, Unit = "kg", Reference = true },
                new ProcessExchange { Number = 2, FlowId = "coke", Input = true, Amount = 1, Unit = "kg", Formula = "2*share", Comment = Hostile },
                new ProcessExchange
                {
                    Number = 3, FlowId = "gas", Amount = 0.123456789, Unit = "kg", Uncertainty = new Distribution(DistributionKind.Lognormal, 0.123456789, Math.Log(1.2)), Pedigree = "(1;2;3;4;5)",
                },
            ],
        };
        var edits = _server.Services.GetRequiredService<ProcessEdits>();
        var made = await edits.Create(
            System, Library,
            new ProcessInput(
                dataset,
                [
                    new FlowDataset { Id = "steel", Name = "steel " + Hostile, Kind = FlowKind.Product, Unit = "kg" },
                    new FlowDataset { Id = "coke", Name = "coke", Kind = FlowKind.Product, Unit = "kg" },
                    new FlowDataset { Id = "gas", Name = "carbon dioxide", Kind = FlowKind.Elementary, Unit = "kg", Compartment = "air" },
                ]),
            default);
        Assert.True(made.Ok, string.Join(' ', made.Problems.Select(p => p.Code)));
        Process = made.Value.Row.Id;
        var second = made.Value.Dataset with { Exchanges = [.. made.Value.Dataset.Exchanges.Select(x => x.Number == 3 ? x with { Amount = 0.25, Uncertainty = default } : x)] };
        var edited = await edits.Edit(System, Process, 1, new ProcessInput(second, [], "Measured " + Hostile), default);
        Assert.True(edited.Ok);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }

    public string Filled(string address) =>
        address.Replace("{library}", Library.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("{process}", Process.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>Gives the first version of a process another name.</summary>
    public async Task<StoredProcess> Edit(long process, string name)
    {
        var found = await _server.Services.GetRequiredService<Processes>().Get(System, process, null, default);
        return (await _server.Services.GetRequiredService<ProcessEdits>().Edit(System, process, found.Value.Row.Version, new ProcessInput(found.Value.Dataset with { Name = name }, []), default)).Value;
    }
}
