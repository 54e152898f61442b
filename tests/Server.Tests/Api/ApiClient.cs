using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Api;

/// <summary>A program that calls the interface over HTTP and keeps its cookie.</summary>
internal sealed class ApiClient(TestServer server) : IDisposable
{
    private readonly HttpClient _http = server.CreateClient(new() { AllowAutoRedirect = false });

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ApiClient> Administrator(TestServer server)
    {
        var client = new ApiClient(server);
        var first = server.Services.GetRequiredService<Book>().First!;
        var (status, _) = await client.Post("/session", new { email = first.Email, password = first.Password });
        Assert.Equal(200, status);
        return client;
    }

    /// <summary>Somebody new of a tenant, signed in.</summary>
    public static async Task<ApiClient> Person(TestServer server, long tenant, Role role, long node = 0)
    {
        const string Password = "a long enough passphrase";
        var email = Guid.NewGuid().ToString("N") + "@example.org";
        var people = server.Services.GetRequiredService<People>();
        Assert.True((await people.Add(Caller.System(tenant), new NewPerson(email, role.ToString(), role, node, Language.English, Password), Ct)).Ok);
        var client = new ApiClient(server);
        Assert.Equal(200, (await client.Post("/session", new { email, password = Password })).Status);
        return client;
    }

    public Task<(int Status, JsonElement Body)> Get(string path, string language = "en") => Send(HttpMethod.Get, path, null, language);

    public Task<(int Status, JsonElement Body)> Post(string path, object? body, string language = "en") => Send(HttpMethod.Post, path, JsonContent.Create(body), language);

    public Task<(int Status, JsonElement Body)> Upload(string path, string name, string text, params (string Field, string Value)[] fields)
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "file", name } };
        foreach (var (field, value) in fields)
        {
            form.Add(new StringContent(value), field);
        }

        return Send(HttpMethod.Post, path, form, "en");
    }

    /// <summary>Imports a file and gives the job as it ended.</summary>
    public async Task<JsonElement> Import(string name, string text, params (string Field, string Value)[] fields)
    {
        var (status, job) = await Upload("/activities/imports", name, text, fields);
        Assert.Equal(202, status);
        return await Ended(job.GetProperty("id").GetInt64());
    }

    public async Task<JsonElement> Ended(long job)
    {
        while (true)
        {
            var (_, seen) = await Get($"/jobs/{job}");
            if (seen.GetProperty("state").GetString() is "done" or "failed" or "cancelled")
            {
                return seen;
            }

            await Task.Delay(50, Ct);
        }
    }

    public async Task<(int Status, JsonElement Body)> Send(HttpMethod method, string path, HttpContent? content, string language = "en", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/api/v1" + path) { Content = content };
        request.Headers.Add("Accept-Language", language);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await _http.SendAsync(request, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        var status = (int)answer.StatusCode;
        if (status >= 400)
        {
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }

        return (status, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public async Task<HttpResponseMessage> Raw(string path) => await _http.GetAsync("/api/v1" + path, Ct);

    public void Dispose() => _http.Dispose();

    /// <summary>A company with one site of this code, in the client's tenant; the site's id.</summary>
    public async Task<long> Site(string code)
    {
        var (_, company) = await Post("/organisation", new { kind = "company", code = "C-" + code, name_en = "Company " + code, name_zh = "公司" + code });
        var (status, site) = await Post("/organisation", new { kind = "site", parent = company.GetProperty("id").GetInt64(), code, name_en = "Plant " + code, name_zh = "工厂" + code, region = "CN-GD" });
        Assert.Equal(201, status);
        return site.GetProperty("id").GetInt64();
    }

    public static string Csv(params IEnumerable<string> rows) => "site,source,activity,start,end,quantity,unit,region\n" + string.Join('\n', rows) + "\n";

    public static string Power(string site, int month, double kwh) => string.Create(
        CultureInfo.InvariantCulture, $"{site},Meter,electricity.grid,2023-{month:D2}-01,2023-{month:D2}-28,{kwh},kWh,CN-GD");
}
