using System.Net;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Tanlu.Server.Tests.Access;

namespace Tanlu.Server.Tests.Security;

/// <summary>No text that a person, a file or an address brings becomes markup, a script or a way out of here.</summary>
public sealed class MarkupTests(OpenPort port) : IClassFixture<OpenPort>
{
    private const int MostPages = 400;

    private static readonly string[] Addresses = ["href", "src", "action", "formaction", "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "data-module", "data-library", "xlink:href", "poster", "cite", "data"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Planted_texts_stay_texts_on_every_page_and_fragment_in_both_languages()
    {
        var texts = new HostileTexts(port);
        await texts.Plant();
        var wrong = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<string>(
        [
            .. await Pages(), $"/?node={texts.Site}&from=2024-01&to=2024-12", $"/statement?node={texts.Site}&from=2024-01&to=2024-12&by=sources", $"/completeness?node={texts.Site}&from=2024-01&to=2024-12",
            $"/explain?node={texts.Site}&from=2024-01&to=2024-12", $"/ledger?node={texts.Site}&from=2024-01&to=2024-12", $"/activities?node={texts.Site}&from=2024-01&to=2024-12&cols=supplier,note,site,source",
            $"/sources?node={texts.Site}", $"/editions/{texts.Edition}", "/search?q=PWN", "/factors?q=PWN", "/factors/packs", "/admin/audit",
        ]);
        await Wizard(queue);
        while (queue.Count > 0 && visited.Count < MostPages)
        {
            var address = queue.Dequeue();
            if (!visited.Add(Shape(address)))
            {
                continue;
            }

            foreach (var language in new[] { "en", "zh-CN" })
            {
                foreach (var fragment in new[] { false, true })
                {
                    var (status, text, answer) = await port.Send(HttpMethod.Get, With(address, "lang", language), null, fragment ? [("HX-Request", "true"), ("HX-Target", "main")] : []);
                    using (answer)
                    {
                        if (answer.Content.Headers.ContentType?.MediaType != "text/html")
                        {
                            continue;
                        }

                        var page = new HtmlParser().ParseDocument(text);
                        Judge(wrong, $"{address} {language}{(fragment ? " fragment" : "")}", page, answer);
                        seen.UnionWith(texts.Planted.Where(m => page.DocumentElement.TextContent.Contains(m, StringComparison.Ordinal) || text.Contains(m, StringComparison.Ordinal)));
                        foreach (var link in page.QuerySelectorAll("a[href^='/'], [hx-get^='/']").Select(a => a.GetAttribute("href") ?? a.GetAttribute("hx-get")!).Where(l => !l.StartsWith("/api/", StringComparison.Ordinal)))
                        {
                            queue.Enqueue(link.Split('#')[0]);
                        }
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} findings on {visited.Count} pages:\n{string.Join('\n', wrong.Distinct().Take(40))}");
        Assert.True(visited.Count > 60, $"Only {visited.Count} pages were opened.");

        // A text that no page shows was not tried.
        var unseen = texts.Planted.Except(seen).ToList();
        Assert.True(unseen.Count == 0, $"Planted and shown nowhere: {string.Join(", ", unseen)}");
    }

    [Fact]
    public async Task What_stands_in_an_address_stays_text_on_the_page_that_echoes_it()
    {
        var wrong = new List<string>();
        var hostile = Uri.EscapeDataString(HostileTexts.Text("PWNQUERY"));
        foreach (var address in await Pages())
        {
            var known = address.Split('?')[0];
            var names = PageParameters.Names.Append(Uri.EscapeDataString(HostileTexts.Text("PWNNAME"))).ToList();

            // All at once shows the echo of each; alone, those that change what the page shows.
            foreach (var query in new[] { string.Join('&', names.Where(n => n is not ("node" or "edit" or "batch" or "quarantine")).Select(n => $"{n}={hostile}")) }
                .Concat(new[] { "q", "sort", "cols", "f.source", "f.activity", "from", "node", "text", "kind", "file", "m.0", "return" }.Select(n => $"{n}={hostile}")))
            {
                foreach (var language in new[] { "en", "zh-CN" })
                {
                    var (status, text, answer) = await port.Send(HttpMethod.Get, $"{known}?{query}&lang={language}");
                    using (answer)
                    {
                        if (answer.Content.Headers.ContentType?.MediaType == "text/html")
                        {
                            Judge(wrong, $"{known}?{query[..Math.Min(query.Length, 60)]}", new HtmlParser().ParseDocument(text), answer);
                        }
                    }
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} findings:\n{string.Join('\n', wrong.Distinct().Take(40))}");
    }

    [Theory]
    [InlineData("//elsewhere.example/a")]
    [InlineData("//elsewhere.example/%2e%2e?x=1")]
    [InlineData("/%5celsewhere.example")]
    [InlineData("/%09/elsewhere.example")]
    [InlineData("///elsewhere.example")]
    [InlineData("/%2f/elsewhere.example")]
    [InlineData("/;//elsewhere.example")]
    [InlineData("/search;x=\"><pwn-x>?q=1")]
    public async Task The_page_of_a_wrong_address_leads_nowhere_else(string written)
    {
        var wrong = new List<string>();
        foreach (var fragment in new[] { false, true })
        {
            var (_, text, answer) = await port.Send(HttpMethod.Get, written, null, fragment ? [("HX-Request", "true")] : []);
            using (answer)
            {
                Assert.False(answer.Headers.Location is { } to && to.ToString().Contains("elsewhere", StringComparison.Ordinal) && !to.ToString().StartsWith(port.Base + "sign-in", StringComparison.Ordinal));
                if (text.Length > 0)
                {
                    Judge(wrong, written, new HtmlParser().ParseDocument(text), answer);
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("/a\r\nX-Injected: 1")]
    [InlineData("//elsewhere.example")]
    [InlineData("/%2f%2felsewhere.example")]
    [InlineData("/\u2028/elsewhere.example")]
    [InlineData("/@elsewhere.example")]
    [InlineData("javascript:pwn()")]
    [InlineData("/sign-out")]
    public async Task The_way_back_after_a_sign_in_neither_leaves_nor_writes_headers(string wanted)
    {
        using var browser = port.Browser();
        using var form = TestServer.Form(await browser.GetStringAsync("/sign-in?return=" + Uri.EscapeDataString(wanted), Stop), "form:has(input[type=password])", new("name", "attacker@example.org"), new("password", World.Password));
        using var answer = await browser.PostAsync("/sign-in?return=" + Uri.EscapeDataString(wanted), form, Stop);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(port.Base.Authority, new Uri(port.Base, answer.Headers.Location!).Authority);
        Assert.False(answer.Headers.Contains("X-Injected"));
    }

    private async Task Wizard(Queue<string> queue)
    {
        using var upload = HostileTexts.Upload(port.FormToken);
        var (status, _, answer) = await port.Send(HttpMethod.Post, "/import", upload);
        using (answer)
        {
            Assert.Equal(HttpStatusCode.Redirect, status);
            var map = new Uri(port.Base, answer.Headers.Location!).PathAndQuery;
            queue.Enqueue(map);
            queue.Enqueue(map.Replace("/import/map", "/import/check", StringComparison.Ordinal));
        }
    }

    private async Task<IReadOnlyList<string>> Pages()
    {
        var pages = new List<string>();
        foreach (var row in RouteTable.Read().Where(r => r.Method == "GET" && !r.Route.StartsWith("/api", StringComparison.Ordinal) && r.Route is not ("/sign-out" or "/openapi/{documentName}.json" or "/_framework/opaque-redirect")))
        {
            pages.Add(await port.Address(row));
        }

        return pages;
    }

    private void Judge(List<string> wrong, string at, IDocument page, HttpResponseMessage answer)
    {
        var policy = string.Join(';', answer.Headers.GetValues("Content-Security-Policy"));
        if (policy.Contains("unsafe", StringComparison.Ordinal) || !policy.Contains("script-src 'self'", StringComparison.Ordinal) || !policy.Contains("object-src 'none'", StringComparison.Ordinal))
        {
            wrong.Add($"{at}: content policy {policy}");
        }

        foreach (var element in page.All)
        {
            if (element.LocalName.Contains("pwn", StringComparison.Ordinal) || element.LocalName is "iframe" or "object" or "embed" or "base" or "frame" or "applet" or "style"
                || (element.LocalName == "script" && (element.TextContent.Length > 0 || element.GetAttribute("src") is not ['/', not '/', ..]))
                || (element.LocalName == "meta" && element.HasAttribute("http-equiv")) || (element.LocalName == "img" && element.GetAttribute("src") is not ['/', not '/', ..]))
            {
                wrong.Add($"{at}: element {Short(element.OuterHtml)}");
            }

            foreach (var attribute in element.Attributes)
            {
                if (attribute.Name.StartsWith("on", StringComparison.Ordinal) || attribute.Name is "style" or "srcdoc" || attribute.Name.StartsWith("hx-on", StringComparison.Ordinal) || attribute.Name is "hx-vals" or "hx-headers" or "hx-vars"
                    || attribute.Name.IndexOfAny(['"', '\'', '<', '{']) >= 0 || attribute.Name.Contains("pwn", StringComparison.OrdinalIgnoreCase))
                {
                    wrong.Add($"{at}: attribute {attribute.Name} in {Short(element.OuterHtml)}");
                }

                if (Addresses.Contains(attribute.Name) && !Ours(element, attribute.Value))
                {
                    wrong.Add($"{at}: {attribute.Name}={Short(attribute.Value)} in {Short(element.OuterHtml)}");
                }
            }
        }

        foreach (var chart in page.QuerySelectorAll("[data-chart]"))
        {
            using var option = JsonDocument.Parse(chart.GetAttribute("data-chart")!);
            Links(option.RootElement, wrong, at);
        }
    }

    private static void Links(JsonElement json, List<string> wrong, string at)
    {
        foreach (var property in json.ValueKind == JsonValueKind.Object ? json.EnumerateObject().ToList() : [])
        {
            if (property.Name == "$href" && property.Value.GetString() is { } href && href is not ['/', not ('/' or '\\'), ..])
            {
                wrong.Add($"{at}: chart leads to {href}");
            }

            Links(property.Value, wrong, at);
        }

        foreach (var one in json.ValueKind == JsonValueKind.Array ? json.EnumerateArray().ToList() : [])
        {
            Links(one, wrong, at);
        }
    }

    /// <summary>An address of ours; a link for people may also lead to a page of the web by http or https.</summary>
    private bool Ours(IElement element, string value) =>
        value.Length == 0 || value[0] is '#' or '?' || (value is "/" or ['/', not ('/' or '\\'), ..] && !value.Any(char.IsControl))
        || (Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && element.LocalName == "a" && (address.Authority == port.Base.Authority || element.GetAttribute("rel")?.Contains("noopener", StringComparison.Ordinal) == true || element.GetAttribute("rel")?.Contains("noreferrer", StringComparison.Ordinal) == true));

    /// <summary>Pages that differ only by numbers show the same kinds of texts; the lowest numbers of each are enough.</summary>
    private static string Shape(string address) => address.Length > 400 ? address[..400] : address;

    private static string With(string address, string name, string value) => $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={value}";

    private static string Short(string text) => text.Length > 160 ? text[..160] : text;
}
