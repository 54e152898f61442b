using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Flows;

/// <summary>Everything that a real process prints, with its log as talkative as a setting makes it, over sign-ins that fail, wrong input and a database that is not there: no secret in it.</summary>
public sealed class LogTests : IAsyncDisposable
{
    private const string Secret = "s3cret-word-that-nobody-prints";

    private readonly CrashBook _books = new(Dialect.Sqlite);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _books.DisposeAsync();

    [Fact]
    public async Task No_password_body_query_or_token_is_printed()
    {
        var book = new StorageSettings(Path.Combine(_books.Folder, "logged"));
        await using var server = await TanluRun.Serve(CrashBook.Options(book), Ct, ("Logging__LogLevel__Default", "Debug"), ("Tanlu__LogForm", "json"));
        using var http = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = server.Address };
        var (email, password) = server.First!.Value;
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsJsonAsync("/api/v1/session", new { email, password = Secret }, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsJsonAsync("/api/v1/session", new { email, password }, Ct)).StatusCode);
        await http.GetAsync($"/api/v1/organisation?token={Secret}", Ct);
        await http.GetAsync($"/activities?text={Secret}", Ct);
        await http.PostAsync("/api/v1/activities", new StringContent($"{{\"site\": \"{Secret}\", not json", Encoding.UTF8, "application/json"), Ct);
        using (var bearer = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me"))
        {
            bearer.Headers.Authorization = new("Bearer", Secret);
            await http.SendAsync(bearer, Ct);
        }

        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes($"site,activity\n{Secret},{Secret}\n")), "file", "wrong.csv" } };
        await http.PostAsync("/api/v1/activities/imports", form, Ct);
        await server.Stop();
        Assert.Equal(0, await server.End(Ct));
        Assert.DoesNotContain(Secret, server.Said + server.Complained, StringComparison.Ordinal);
        Assert.DoesNotContain(password, server.Complained, StringComparison.Ordinal);

        // Every line of the log is one JSON object with its time, level and category.
        var lines = server.Complained.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.True(JsonDocument.Parse(line).RootElement.TryGetProperty("LogLevel", out _), line));
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Database=book;Username=reader;Timeout=2;Password=" + Secret)]
    [InlineData("postgres://reader:" + Secret + "@127.0.0.1/book")]
    public async Task A_database_that_is_not_there_is_named_without_its_password(string postgres)
    {
        foreach (var command in new[] { "serve", "migrate", "backup", "check" })
        {
            var (code, said, complained) = await TanluRun.Once([command, "--data", Path.Combine(_books.Folder, "none"), "--postgres", postgres, .. command == "serve" ? new[] { "--urls", "http://127.0.0.1:0" } : []], Ct);
            Assert.Equal(1, code);
            Assert.NotEqual("", complained);
            Assert.DoesNotContain(Secret, said + complained, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", complained, StringComparison.Ordinal);
        }
    }
}
