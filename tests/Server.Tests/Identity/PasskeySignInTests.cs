using System.Net;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Identity;

public sealed class PasskeySignInTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_passkey_is_added_and_signs_in_without_name_and_password()
    {
        using var key = new SoftAuthenticator();
        var (owner, email) = await Person();
        using (owner)
        {
            Assert.Equal(HttpStatusCode.Redirect, await Add(owner, key, "work laptop"));
            var page = await owner.GetStringAsync("/profile/passkeys?lang=en", Stop);
            Assert.Contains("work laptop", page, StringComparison.Ordinal);
        }

        using var browser = Browser();
        Assert.Equal(HttpStatusCode.Redirect, await SignIn(browser, o => key.Get(o)));
        var profile = await browser.GetStringAsync("/profile/sessions?lang=en", Stop);
        Assert.Contains("passkey", profile, StringComparison.Ordinal);
        var log = (await server.Services.GetRequiredService<Audit>().List(Caller.System(1), null, 50, Stop)).Value.Entries;
        Assert.Contains(log, e => e.Verb == "session.open" && e.Detail.Contains("\"method\":\"passkey\"", StringComparison.Ordinal) && e.PersonName == email);
        Assert.Contains(log, e => e.Verb == "passkey.add" && e.PersonName == email);
    }

    [Fact]
    public async Task An_answer_of_another_site_question_domain_or_key_opens_nothing()
    {
        using var key = new SoftAuthenticator();
        var (owner, _) = await Person();
        using (owner)
        {
            await Add(owner, key, "key");
        }

        using var other = new SoftAuthenticator();
        using var browser = Browser();
        Assert.Equal(HttpStatusCode.Redirect, await SignIn(browser, o => key.Get(o)));
        await SignOut(browser);

        Func<string, string>[] wrong =
        [
            o => With(key, k => k.Origin = "https://elsewhere.example", o), o => With(key, k => k.Origin = "http://localhost:81", o), o => With(key, k => k.Origin = "https://localhost", o),
            o => With(key, k => k.Domain = "elsewhere.example", o), o => With(key, k => k.Verifies = false, o),
            o => key.Get(o, challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), o => key.Get(o, damaged: true), o => other.Get(o), _ => "", _ => "{}", _ => "[1]", _ => "{\"id\":7}",
            o => key.Get(o).Replace("public-key", "password", StringComparison.Ordinal),
        ];
        for (var i = 0; i < wrong.Length; i++)
        {
            // Ten failures close the passkey, so the time is turned between them by a success.
            Assert.True(await SignIn(browser, wrong[i]) == HttpStatusCode.UnprocessableEntity, $"Case {i} opened a session.");
            if (i % 5 == 4)
            {
                Assert.Equal(HttpStatusCode.Redirect, await SignIn(browser, o => key.Get(o)));
                await SignOut(browser);
            }
        }
    }

    [Fact]
    public async Task An_answer_counts_once_and_a_counter_that_falls_is_refused()
    {
        using var key = new SoftAuthenticator();
        var (owner, _) = await Person();
        using (owner)
        {
            await Add(owner, key, "key");
        }

        using var browser = Browser();
        var (answer, cookies) = await Recorded(browser, key);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await Replay(answer, cookies));

        var copied = key.Count;
        Assert.Equal(HttpStatusCode.Redirect, await SignIn(Browser(), o => key.Get(o)));
        key.Count = copied - 1;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SignIn(Browser(), o => key.Get(o)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SignIn(Browser(), o => key.Get(o)));
        key.Count = copied + 10;
        Assert.Equal(HttpStatusCode.Redirect, await SignIn(Browser(), o => key.Get(o)));
    }

    [Fact]
    public async Task A_passkey_is_added_by_its_owner_alone_and_once()
    {
        using var key = new SoftAuthenticator();
        var (owner, _) = await Person();
        var (stranger, _) = await Person();
        using (owner)
        using (stranger)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await Add(owner, key, "other site", k => k.Origin = "https://elsewhere.example"));
            key.Origin = "http://localhost";
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await Add(owner, key, "not verified", k => k.Verifies = false));
            key.Verifies = true;
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await Add(owner, key, ""));

            // What was asked of one person is no question to another.
            var question = await Ask(owner, "/profile/passkeys", "/profile/passkeys/question");
            await Ask(stranger, "/profile/passkeys", "/profile/passkeys/question");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await Send(stranger, "/profile/passkeys", "add", ("name", "stolen"), ("answer", key.Create(question))));
            Assert.Equal(HttpStatusCode.Redirect, await Add(owner, key, "mine"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await Add(owner, key, "again"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await Add(stranger, key, "again"));
        }
    }

    [Fact]
    public async Task A_question_needs_the_form_of_our_own_page()
    {
        using var browser = Browser();
        using var bare = await browser.PostAsync("/sign-in/passkey", null, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, bare.StatusCode);
        using var add = await browser.PostAsync("/profile/passkeys/question", null, Stop);
        Assert.Equal(HttpStatusCode.Redirect, add.StatusCode);
        using var signedIn = await server.SignedIn();
        using var forged = await signedIn.PostAsync("/profile/passkeys/question", null, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var page = await browser.GetAsync("/sign-in", Stop);
        var text = await page.Content.ReadAsStringAsync(Stop);
        var form = new HtmlParser().ParseDocument(text).QuerySelector("form[data-passkey]")!;
        Assert.True(form.HasAttribute("hidden"));
    }

    private static string With(SoftAuthenticator key, Action<SoftAuthenticator> change, string options)
    {
        var (origin, domain, verifies) = (key.Origin, key.Domain, key.Verifies);
        change(key);
        var answer = key.Get(options);
        (key.Origin, key.Domain, key.Verifies) = (origin, domain, verifies);
        return answer;
    }

    private static async Task<HttpStatusCode> Add(HttpClient owner, SoftAuthenticator key, string name, Action<SoftAuthenticator>? change = null)
    {
        var question = await Ask(owner, "/profile/passkeys", "/profile/passkeys/question");
        change?.Invoke(key);
        return await Send(owner, "/profile/passkeys", "add", ("name", name), ("answer", key.Create(question)));
    }

    private static async Task<HttpStatusCode> SignIn(HttpClient browser, Func<string, string> answer) =>
        await Send(browser, "/sign-in", "passkey", ("answer", answer(await Ask(browser, "/sign-in", "/sign-in/passkey"))));

    private static async Task<string> Ask(HttpClient browser, string page, string question)
    {
        var form = new HtmlParser().ParseDocument(await browser.GetStringAsync(page, Stop)).QuerySelector("form[data-passkey]")!;
        using var request = new HttpRequestMessage(HttpMethod.Post, question);
        request.Headers.Add("X-Form-Token", form.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value"));
        using var asked = await browser.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        return await asked.Content.ReadAsStringAsync(Stop);
    }

    private static async Task<HttpStatusCode> Send(HttpClient browser, string page, string handler, params (string Name, string Value)[] filled)
    {
        using var answer = await browser.PostAsync(page, await Fields(browser, page, handler, filled), Stop);
        return answer.StatusCode;
    }

    private static async Task<FormUrlEncodedContent> Fields(HttpClient browser, string page, string handler, params (string Name, string Value)[] filled)
    {
        var form = new HtmlParser().ParseDocument(await browser.GetStringAsync(page, Stop)).QuerySelectorAll("form").Single(f => f.QuerySelector("input[name=_handler]")?.GetAttribute("value") == handler);
        return new FormUrlEncodedContent(
            form.QuerySelectorAll("input[type=hidden]").Where(i => filled.All(f => f.Name != i.GetAttribute("name")))
                .Select(i => KeyValuePair.Create(i.GetAttribute("name")!, i.GetAttribute("value") ?? "")).Concat(filled.Select(f => KeyValuePair.Create(f.Name, f.Value))));
    }

    private static async Task SignOut(HttpClient browser)
    {
        using var form = TestServer.Form(await browser.GetStringAsync("/profile", Stop), "form[action='/sign-out']");
        using var away = await browser.PostAsync("/sign-out", form, Stop);
        Assert.Equal(HttpStatusCode.Redirect, away.StatusCode);
    }

    /// <summary>A sign-in that is listened to: the form as it was sent and the cookies that went with it.</summary>
    private async Task<(FormUrlEncodedContent Answer, string Cookies)> Recorded(HttpClient browser, SoftAuthenticator key)
    {
        using var plain = server.Plain();
        using var page = await plain.GetAsync("/sign-in", Stop);
        var form = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync(Stop)).QuerySelector("form[data-passkey]")!;
        var cookies = Cookies(page);
        using var ask = new HttpRequestMessage(HttpMethod.Post, "/sign-in/passkey");
        ask.Headers.Add("X-Form-Token", form.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value"));
        ask.Headers.Add("Cookie", cookies);
        using var asked = await plain.SendAsync(ask, Stop);
        cookies += "; " + Cookies(asked);
        var filled = form.QuerySelectorAll("input[type=hidden]").Where(i => i.GetAttribute("name") != "answer").Select(i => KeyValuePair.Create(i.GetAttribute("name")!, i.GetAttribute("value")!))
            .Append(KeyValuePair.Create("answer", key.Get(await asked.Content.ReadAsStringAsync(Stop)))).ToList();
        Assert.Equal(HttpStatusCode.Redirect, await Replay(new FormUrlEncodedContent(filled), cookies));
        return (new FormUrlEncodedContent(filled), cookies);
    }

    private async Task<HttpStatusCode> Replay(FormUrlEncodedContent answer, string cookies)
    {
        using var plain = server.Plain();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = answer };
        request.Headers.Add("Cookie", cookies);
        using var sent = await plain.SendAsync(request, Stop);
        return sent.StatusCode;
    }

    private static string Cookies(HttpResponseMessage answer) => string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));

    private HttpClient Browser() => server.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    private async Task<(HttpClient Client, string Name)> Person()
    {
        const string Password = "a long enough passphrase";
        var name = Guid.NewGuid().ToString("N");
        var tenant = server.Services.GetRequiredService<Book>().First!.Tenant;
        var added = await server.Services.GetRequiredService<People>().Add(Caller.System(tenant), new NewPerson(name + "@example.org", name, Role.Viewer, 0, Language.English, Password), Stop);
        Assert.True(added.Ok);
        var client = Browser();
        Assert.Equal(HttpStatusCode.Redirect, await Send(client, "/sign-in", "sign-in", ("name", name + "@example.org"), ("password", Password)));
        return (client, name);
    }
}
