using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Identity;

/// <summary>
/// No password, token, cookie or passkey question ever stands in a log line, whatever level an operator turns on, nor in the audit log: a whole journey of signing in, with
/// everything that is logged written down and searched.
/// </summary>
public sealed class SecretsTests
{
    private const string Wrong = "PLANTED-wrong-passphrase-7261";
    private const string Mistyped = "PLANTED-typed-into-the-wrong-field";
    private const string Next = "PLANTED-next-passphrase-9917";
    private const string OfAnother = "PLANTED-passphrase-of-another";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task None_of_them_is_logged_at_any_level()
    {
        var said = new Sink();
        await using var server = new TestServer { Environment = "Production", Replace = said.Listen };
        var secrets = new HashSet<string>(StringComparer.Ordinal) { Wrong, Mistyped, Next, OfAnother };
        var first = server.Services.GetRequiredService<Book>().First!;
        secrets.Add(first.Password);
        var jar = new CookieContainer();
        using var browser = server.CreateDefaultClient(new Uri("http://localhost"), new CookieKeeper(jar));

        // Sign-in: refused by password, by a password in the field of the name, then done.
        foreach (var (name, password) in new[] { (first.Email, Wrong), (Mistyped, "x"), (first.Email, first.Password) })
        {
            await Send(browser, "/sign-in", "sign-in", ("name", name), ("password", password));
        }

        using (var json = await browser.PostAsJsonAsync("/api/v1/session", new { email = first.Email, password = Wrong }, Stop))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, json.StatusCode);
        }

        // A token: made, used, misused and refused.
        using var made = await browser.PostAsJsonAsync(
            "/api/v1/tokens", new { name = "secret keeper", rights = new[] { "ReadFigures" }, last_day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(9) }, Stop);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var body = await made.Content.ReadFromJsonAsync<JsonElement>(Stop);
        var token = body.GetProperty("token").GetString()!;
        secrets.Add(token);
        using var program = server.Plain();
        foreach (var (sent, status) in new[] { (token, HttpStatusCode.OK), (token[..^1] + (token[^1] == 'A' ? 'Q' : 'A'), HttpStatusCode.Unauthorized) })
        {
            secrets.Add(sent);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
            request.Headers.Add("Authorization", "Bearer " + sent);
            using var answer = await program.SendAsync(request, Stop);
            Assert.Equal(status, answer.StatusCode);
        }

        await browser.DeleteAsync($"/api/v1/tokens/{body.GetProperty("about").GetProperty("id").GetInt64()}", Stop);
        using (var revoked = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me"))
        {
            revoked.Headers.Add("Authorization", "Bearer " + token);
            using var answer = await program.SendAsync(revoked, Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        // A passkey: asked, answered, and answered wrongly.
        using var key = new SoftAuthenticator();
        foreach (var wrong in new[] { true, false })
        {
            var question = await Ask(browser, "/profile/passkeys", "/profile/passkeys/question");
            secrets.Add(question.GetProperty("challenge").GetString()!);
            await Send(browser, "/profile/passkeys", "add", ("name", "key"), ("answer", wrong ? key.Create(question.GetRawText(), challenge: "AAAA") : key.Create(question.GetRawText())));
        }

        // People and passwords, then away.
        await Send(browser, "/admin/people", "add", ("name", "New"), ("email", "new@example.org"), ("role", "Viewer"), ("node", "0"), ("language", "en"), ("password", OfAnother));
        await Send(browser, "/profile", "password", ("current", Wrong), ("password", Next), ("again", Next));
        await Send(browser, "/profile", "password", ("current", first.Password), ("password", Next), ("again", Next));
        secrets.UnionWith(jar.GetAllCookies().Where(c => c.Name.StartsWith("tanlu.", StringComparison.Ordinal)).Select(c => c.Value));
        var home = await browser.GetStringAsync("/profile", Stop);
        using (var form = TestServer.Form(home, "form[action='/sign-out']"))
        {
            secrets.Add(new HtmlParser().ParseDocument(home).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!);
            using var away = await browser.PostAsync("/sign-out", form, Stop);
        }

        var lines = said.Lines.ToList();
        Assert.True(lines.Count > 500, $"Only {lines.Count} lines were heard: the sink does not listen at Trace.");
        Assert.Contains(lines, l => l.StartsWith("Trace", StringComparison.Ordinal));
        secrets.RemoveWhere(s => s.Length < 8);
        Assert.True(secrets.Count >= 11, $"Only {secrets.Count} secrets were planted.");
        var told = lines.Where(line => secrets.Any(s => line.Contains(s, StringComparison.Ordinal))).Select(l => l.Length > 300 ? l[..300] : l).Distinct().ToList();
        Assert.True(told.Count == 0, "Secrets in the log:\n" + string.Join('\n', told));

        var log = (await server.Services.GetRequiredService<Audit>().List(Caller.System(first.Tenant), null, 500, Stop)).Value.Entries;
        Assert.Contains(log, e => e.Verb == "token.refuse");
        Assert.All(log, e => Assert.DoesNotContain(secrets, s => (e.Detail + e.Subject + e.PersonName).Contains(s, StringComparison.Ordinal)));
    }

    private static async Task Send(HttpClient browser, string page, string handler, params (string Name, string Value)[] filled)
    {
        var form = new HtmlParser().ParseDocument(await browser.GetStringAsync(page, Stop)).QuerySelectorAll("form").Single(f => f.QuerySelector("input[name=_handler]")?.GetAttribute("value") == handler);
        using var content = new FormUrlEncodedContent(
            form.QuerySelectorAll("input[type=hidden]").Where(i => filled.All(f => f.Name != i.GetAttribute("name")))
                .Select(i => KeyValuePair.Create(i.GetAttribute("name")!, i.GetAttribute("value") ?? "")).Concat(filled.Select(f => KeyValuePair.Create(f.Name, f.Value))));
        using var answer = await browser.PostAsync(page, content, Stop);
        Assert.True((int)answer.StatusCode is 200 or 302 or 422, $"{page} {handler}: {answer.StatusCode}");
    }

    private static async Task<JsonElement> Ask(HttpClient browser, string page, string question)
    {
        var form = new HtmlParser().ParseDocument(await browser.GetStringAsync(page, Stop)).QuerySelector("form[data-passkey]")!;
        using var request = new HttpRequestMessage(HttpMethod.Post, question);
        request.Headers.Add("X-Form-Token", form.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value"));
        using var asked = await browser.SendAsync(request, Stop);
        return await asked.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    /// <summary>Keeps cookies where the test can look into them.</summary>
    private sealed class CookieKeeper(CookieContainer jar) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (jar.GetCookieHeader(request.RequestUri!) is { Length: > 0 } cookies)
            {
                request.Headers.Add("Cookie", cookies);
            }

            var answer = await base.SendAsync(request, cancellationToken);
            foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                jar.SetCookies(request.RequestUri!, cookie);
            }

            return answer;
        }
    }

    /// <summary>Writes down every line with its values, scopes and exceptions.</summary>
    private sealed class Sink : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        /// <summary>To everything, whatever the settings say of other listeners.</summary>
        public void Listen(IServiceCollection services)
        {
            services.AddSingleton<ILoggerProvider>(this);
            services.Configure<LoggerFilterOptions>(o => o.Rules.Add(new LoggerFilterRule(GetType().FullName, null, LogLevel.Trace, null)));
        }

        public ILogger CreateLogger(string categoryName) => new Ear(this, categoryName);

        public void Dispose()
        {
            // Nothing is held.
        }

        private sealed class Ear(Sink sink, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull
            {
                sink.Lines.Enqueue($"scope {category}: {state}");
                return null;
            }

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(p => $"{p.Key}={p.Value}")) : "";
                sink.Lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {values} {exception}");
            }
        }
    }
}
