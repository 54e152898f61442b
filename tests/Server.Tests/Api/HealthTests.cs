using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Api;

/// <summary>Probes, the platform's state as page and interface, and metrics.</summary>
public sealed class HealthTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/health/live", "live")]
    [InlineData("/health/ready", "ready")]
    public async Task Probes_say_one_word_to_anybody(string path, string word)
    {
        using var client = server.Plain();
        Assert.Equal(word, await client.GetStringAsync(path, Ct));
    }

    [Fact]
    public async Task The_state_has_engine_disk_backup_and_errors_without_values()
    {
        using var admin = await ApiClient.Administrator(server);
        server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Tanlu.Test").LogError(new InvalidOperationException("hush-detail"), "The import of {File} failed.", "hush-name.csv");
        var (status, state) = await admin.Get("/health");
        Assert.Equal(200, status);
        Assert.Equal("sqlite", state.GetProperty("engine").GetString());
        Assert.Equal(0, state.GetProperty("migrations_pending").GetInt64());
        Assert.InRange(state.GetProperty("free_bytes").GetInt64(), 1, state.GetProperty("disk_bytes").GetInt64());
        Assert.True(state.GetProperty("writes").GetInt64() > 0);
        Assert.Contains(state.GetProperty("errors").EnumerateArray(), e => e.GetProperty("text").GetString() == "The import of {File} failed." && e.GetProperty("failure").GetString() == "InvalidOperationException");
        Assert.DoesNotContain("hush-", state.ToString(), StringComparison.Ordinal);

        using var page = await server.SignedIn();
        var html = await page.GetStringAsync("/admin/health?check=1&lang=zh-CN", Ct);
        Assert.Contains("账本核验通过", html, StringComparison.Ordinal);
        Assert.Contains("最近一次备份", html, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex(@"\[health\.|\[nav\."), html);
        Assert.Contains("The book holds", await page.GetStringAsync("/admin/health?check=1&lang=en", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_runs_the_platform_sees_it()
    {
        var tenant = server.Services.GetRequiredService<Book>().First!.Tenant;
        using var manager = await ApiClient.Person(server, tenant, Role.CarbonManager);
        Assert.Equal(403, (await manager.Get("/health")).Status);
        using var plain = server.Plain();
        Assert.NotEqual(HttpStatusCode.OK, (await plain.GetAsync("/metrics", Ct)).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await plain.GetAsync("/admin/health", Ct)).StatusCode);
    }

    [Fact]
    public async Task A_backup_shows_on_the_page_and_metrics_have_requests_waits_and_sign_ins()
    {
        using var admin = await ApiClient.Administrator(server);
        var settings = server.Services.GetRequiredService<StorageSettings>();
        var made = await Cli.BookBackup.Make(settings, settings.DataFolder, TimeProvider.System, null, Ct);
        Assert.True(made.Ok);
        var (_, state) = await admin.Get("/health");
        Assert.Equal(Path.GetFileName(made.Value.Path), state.GetProperty("last_backup").GetProperty("file").GetString());

        using var page = await server.SignedIn();
        var metrics = await page.GetStringAsync("/metrics", Ct);
        Assert.Contains("tanlu_storage_write_wait_seconds_count", metrics, StringComparison.Ordinal);
        Assert.Contains("tanlu_sign_ins", metrics, StringComparison.Ordinal);
        Assert.Contains("result=\"done\"", metrics, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("@", metrics, StringComparison.Ordinal);
    }
}
