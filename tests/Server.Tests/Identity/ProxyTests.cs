using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Identity;

/// <summary>Who is believed about the address and about https: the proxies that the settings name, and nobody else.</summary>
public sealed class ProxyTests
{
    private const string Proxy = "10.7.0.5";
    private const string Forwarded = "203.0.113.9";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, Proxy, Proxy, false)]
    [InlineData(Proxy, Proxy, Forwarded, true)]
    [InlineData("10.1.0.0/16; 10.7.0.0/24", Proxy, Forwarded, true)]
    [InlineData("10.7.0.6", Proxy, Proxy, false)]
    [InlineData("10.7.0.0/24", "198.51.100.4", "198.51.100.4", false)]
    public async Task A_forwarded_address_and_https_count_from_named_proxies_only(string? proxies, string sender, string address, bool secure)
    {
        await using var server = new TestServer
        {
            Environment = "Production", Quick = true, Settings = proxies is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Tanlu:Proxies"] = proxies },
            Replace = services => services.AddSingleton<IStartupFilter>(new From(IPAddress.Parse(sender))),
        };
        using var client = server.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Add("X-Forwarded-For", Forwarded);
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        var first = server.Services.GetRequiredService<Book>().First!;
        using var answer = await client.PostAsync("/api/v1/session", System.Net.Http.Json.JsonContent.Create(new { email = first.Email, password = first.Password }), Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tanlu.session=", StringComparison.Ordinal));
        Assert.Equal(secure, cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
        var session = Assert.Single((await server.Services.GetRequiredService<Sessions>().List(Caller.System(first.Tenant), Stop)).Value);
        Assert.Equal(address, session.Address);
    }

    [Fact]
    public async Task A_proxy_that_cannot_be_read_stops_the_start()
    {
        await using var server = new TestServer { Environment = "Production", Quick = true, Settings = new Dictionary<string, string> { ["Tanlu:Proxies"] = "the-proxy" } };
        Assert.Contains("the-proxy", Assert.Throws<InvalidDataException>(() => server.Services).Message, StringComparison.Ordinal);
    }

    /// <summary>The test host has no network: requests come from this address.</summary>
    private sealed class From(IPAddress sender) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Connection.RemoteIpAddress = sender;
                return rest(context);
            });
            next(app);
        };
    }
}
