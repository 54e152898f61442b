using System.Net;
using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Flows.Demo;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Web.Data;

/// <summary>One host with the generated group, shared by the tests of a class.</summary>
public sealed class DemoServer : IAsyncLifetime
{
    public const string Password = "twelve signs or more";

    public TestServer Server { get; } = new();

    public IServiceProvider Services => Server.Services;

    public long Tenant { get; private set; }

    public Caller System => Caller.System(Tenant);

    public async ValueTask InitializeAsync()
    {
        Tenant = Services.GetRequiredService<Book>().First!.Tenant;
        await Services.GetRequiredService<DemoSeed>().Run(Tenant, CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    public Task<HttpClient> Administrator() => Server.SignedIn();

    /// <summary>A client of a new person of that role.</summary>
    public async Task<HttpClient> Client(Role role, long tenant = 0)
    {
        var ct = TestContext.Current.CancellationToken;
        var email = $"{Guid.NewGuid():N}@test.invalid";
        var added = await Services.GetRequiredService<People>().Add(Caller.System(tenant == 0 ? Tenant : tenant), new NewPerson(email, "Test", role, 0, Language.English, Password), ct);
        Assert.True(added.Ok);
        var client = Server.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        using var form = TestServer.Form(await client.GetStringAsync("/sign-in", ct), "form[method=post]", new("name", email), new("password", Password));
        using var answer = await client.PostAsync("/sign-in", form, ct);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    public static async Task<IHtmlDocument> Page(HttpClient client, string address)
    {
        using var answer = await Settled(client, address);
        return await Read(answer);
    }

    /// <summary>The answer once no job on the page goes on any more: a page that shows one asks again by itself, and so does this.</summary>
    public static async Task<HttpResponseMessage> Settled(HttpClient client, string address)
    {
        while (true)
        {
            var answer = await client.GetAsync(address, TestContext.Current.CancellationToken);
            if ((await Read(answer)).QuerySelector(".job.waiting, .job.running")?.GetAttribute("hx-get") is not { } again)
            {
                return answer;
            }

            answer.Dispose();
            address = again;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public static async Task<IHtmlDocument> Read(HttpResponseMessage answer) =>
        new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    /// <summary>Sends a form of a page, chosen by the name of its handler.</summary>
    public static async Task<HttpResponseMessage> Send(HttpClient client, string address, string handler, params (string Name, string Value)[] filled)
    {
        var page = await Page(client, address);
        return await client.PostAsync(address, Fields(page, handler, filled), TestContext.Current.CancellationToken);
    }

    /// <summary>Uploads a file by the first step of the wizard and gives the address of the second.</summary>
    public static async Task<string> Upload(HttpClient client, string name, string text)
    {
        var page = await Page(client, "/import");
        using var form = Fields(page, "upload");
        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "file", name);
        using var answer = await client.PostAsync("/import", form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    private static MultipartFormDataContent Fields(IHtmlDocument page, string handler, params (string Name, string Value)[] filled)
    {
        var form = page.QuerySelectorAll("form").Single(f => f.QuerySelector("input[name=_handler]")?.GetAttribute("value") == handler);
        var content = new MultipartFormDataContent();
        foreach (var field in form.QuerySelectorAll("input[type=hidden]").Where(i => filled.All(x => x.Name != i.GetAttribute("name"))))
        {
            content.Add(new StringContent(field.GetAttribute("value") ?? ""), field.GetAttribute("name")!);
        }

        foreach (var (field, value) in filled)
        {
            content.Add(new StringContent(value), field);
        }

        return content;
    }
}
