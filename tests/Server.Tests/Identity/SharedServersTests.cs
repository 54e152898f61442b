using System.Net;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Identity;

/// <summary>Two servers on one database: a cookie of one is good at the other, and what one ends is over at the other within the remembered time.</summary>
public sealed class SharedServersTests : IAsyncDisposable
{
    private const string Password = "a long enough passphrase";

    private readonly string _database = "tanlu_" + Guid.NewGuid().ToString("N");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string? Engine => Environment.GetEnvironmentVariable("TANLU_TEST_POSTGRES") is { Length: > 0 } server ? server : null;

    [Fact]
    public async Task A_session_is_one_at_all_servers()
    {
        Assert.SkipWhen(Engine is null && Environment.GetEnvironmentVariable("TANLU_REQUIRE_ENGINES") != "1", "PostgreSQL is not there: TANLU_TEST_POSTGRES is not set (tests/engines start sets it).");
        await OnEngine($"CREATE DATABASE {_database} TEMPLATE template0 ENCODING 'UTF8'");
        var settings = new Dictionary<string, string> { ["Tanlu:Postgres"] = new NpgsqlConnectionStringBuilder(Engine) { Database = _database, MaxPoolSize = 8 }.ToString() };
        await using var one = new TestServer { Environment = "Production", Quick = true, Settings = settings };
        var tenant = one.Services.GetRequiredService<Book>().First!.Tenant;
        await using var two = new TestServer { Environment = "Production", Quick = true, Settings = settings };
        Assert.Null(two.Services.GetRequiredService<Book>().First);
        var added = await one.Services.GetRequiredService<People>().Add(Caller.System(tenant), new NewPerson("p@example.org", "P", Role.Viewer, 0, Language.English, Password), Stop);

        using var at = one.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false });
        using var signed = await at.PostAsync("/api/v1/session", System.Net.Http.Json.JsonContent.Create(new { email = "p@example.org", password = Password }), Stop);
        Assert.Equal(HttpStatusCode.OK, signed.StatusCode);
        var cookies = string.Join("; ", signed.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
        Assert.Equal(HttpStatusCode.OK, await Me(one, cookies));
        Assert.Equal(HttpStatusCode.OK, await Me(two, cookies));

        // Ended at the first: at the second it may live for the remembered time and no longer.
        Assert.True((await one.Services.GetRequiredService<People>().Disable(Caller.System(tenant), added.Value.Id, Stop)).Ok);
        Assert.Equal(HttpStatusCode.Unauthorized, await Me(one, cookies));
        await Task.Delay(Sessions.Remembered + TimeSpan.FromMilliseconds(200), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, await Me(two, cookies));
    }

    public async ValueTask DisposeAsync()
    {
        if (Engine is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await OnEngine($"DROP DATABASE IF EXISTS {_database} WITH (FORCE)");
        }
    }

    private static async Task<HttpStatusCode> Me(TestServer server, string cookies)
    {
        using var client = server.Plain();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        request.Headers.Add("Cookie", cookies);
        using var answer = await client.SendAsync(request, Stop);
        return answer.StatusCode;
    }

    private static async Task OnEngine(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Engine) { Pooling = false }.ToString());
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
