using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests;

/// <summary>The real host in process, with a data folder of its own that goes when the tests end.</summary>
public sealed class TestServer : WebApplicationFactory<Program>
{
    private string _folder = Path.Combine(Path.GetTempPath(), "tanlu-tests-" + Path.GetRandomFileName());
    private bool _kept;

    /// <summary><c>Development</c> by default, because the gallery of parts exists only there.</summary>
    public string Environment { get; init; } = "Development";

    /// <summary>The time of the pages; the machine's where null.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>Passwords cost next to nothing and the host says nothing: for tests that sign in dozens of people.</summary>
    public bool Quick { get; init; }

    /// <summary>Settings of the host; rates are not limited unless they say so.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Services that a test puts in the place of the host's own.</summary>
    public Action<IServiceCollection>? Replace { get; init; }

    /// <summary>Stops this host and starts another over the same book.</summary>
    public async Task<TestServer> Restarted()
    {
        _kept = true;
        await DisposeAsync();
        return new TestServer { _folder = _folder, Environment = Environment, Quick = Quick, Settings = Settings, Replace = Replace };
    }

    /// <summary>A client that follows nothing and keeps the bytes as they came.</summary>
    public HttpClient Plain() => CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false });

    /// <summary>The page at an address as a document.</summary>
    public async Task<IHtmlDocument> Page(string address)
    {
        using var client = Plain();
        var text = await client.GetStringAsync(address, TestContext.Current.CancellationToken);
        return await new HtmlParser().ParseDocumentAsync(text, TestContext.Current.CancellationToken);
    }

    /// <summary>A client with the session of the first administrator.</summary>
    public async Task<HttpClient> SignedIn()
    {
        var client = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        using var answer = await Enter(client, "/sign-in");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    /// <summary>Sends the sign-in form of this address as the first administrator.</summary>
    public async Task<HttpResponseMessage> Enter(HttpClient client, string address)
    {
        var first = Services.GetRequiredService<Book>().First!;
        var text = await client.GetStringAsync(address, TestContext.Current.CancellationToken);
        using var form = Form(text, "form[method=post]", new("name", first.Email), new("password", first.Password));
        return await client.PostAsync(address, form, TestContext.Current.CancellationToken);
    }

    /// <summary>The hidden fields of a form on a page together with what a person fills in.</summary>
    public static FormUrlEncodedContent Form(string page, string form, params IEnumerable<KeyValuePair<string, string>> filled) => new(
        new HtmlParser().ParseDocument(page).QuerySelector(form)!.QuerySelectorAll("input[type=hidden]")
            .Select(i => KeyValuePair.Create(i.GetAttribute("name")!, i.GetAttribute("value")!)).Concat(filled));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (!_kept && Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(Environment);
        builder.UseSetting("Tanlu:DataFolder", _folder);
        builder.UseSetting("Tanlu:Limits:PerSecond", "100000");
        builder.UseSetting("Tanlu:Limits:Burst", "100000");
        builder.UseSetting("Tanlu:Limits:AnonymousPerSecond", "100000");
        builder.UseSetting("Tanlu:Limits:AnonymousBurst", "100000");
        builder.UseSetting("Tanlu:Limits:SignInsPerMinute", "100000");
        foreach (var (name, value) in Settings)
        {
            builder.UseSetting(name, value);
        }

        if (Replace is not null)
        {
            builder.ConfigureTestServices(Replace);
        }

        if (Quick)
        {
            builder.UseSetting("Logging:LogLevel:Default", "Error");
            builder.UseSetting("Logging:LogLevel:Microsoft", "Error");
            builder.ConfigureTestServices(services => services.AddSingleton(OrganisationSettings.Default with { PasswordIterations = 1000 }));
        }

        if (Clock is not null)
        {
            builder.ConfigureTestServices(services => services.AddSingleton(Clock));
        }
    }
}
