using System.Globalization;
using System.Net;
using System.Text.Json;
using AngleSharp.Dom;
using Tanlu.Inventory;
using Tanlu.Ledger;
using Tanlu.Server.Web.Measuring;

namespace Tanlu.Server.Tests.Web;

/// <summary>Overview, statement, ledger, explanations and editions over a real book.</summary>
public sealed class MeasurePagesTests(MeasuredBook book) : IClassFixture<MeasuredBook>
{
    private const string Scope = MeasuredBook.Scope;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Pages =>
    [
        "/", "/completeness", "/statement", "/statement?by=site", "/statement?by=month", "/statement?by=gas", "/statement?by=source", "/ledger", "/ledger?scope=1&gas=co2", "/ledger/batches",
        "/explain", "/explain?scope=2", "/explain?of=energy", "/explain?of=biogenic", "/explain?source=1", "/explain?account=100&month=2024-03", "/editions", "/editions/new", "/activities/1-3", "/explain/1-3",
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_whole_in_both_languages_and_escapes_what_people_typed(string address)
    {
        foreach (var language in (string[])["en", "zh-CN"])
        {
            var text = await book.Client.GetStringAsync(With(address, $"{Scope}&lang={language}"), Stop);
            Assert.DoesNotMatch(@"\[[a-z_0-9]+\.[a-z0-9_.]+\]", text);
            Assert.DoesNotContain(MeasuredBook.Hostile, text, StringComparison.Ordinal);
            Assert.Contains("<h1", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_overview_shows_the_statement_to_the_last_digit_with_its_caveats()
    {
        var statement = await book.Statement();
        var page = await book.Page($"/?{Scope}&lang=en");
        var shown = page.QuerySelectorAll(".overview .stat data").Select(d => d.GetAttribute("value")).ToList();
        Assert.Equal(new[] { statement.AllScopes, statement.Scope1, statement.Scope2Location, statement.Scope3 }.Select(Plain), shown);
        Assert.Equal(statement.Caveats.Count, page.QuerySelectorAll(".caveats li").Length);
        Assert.Contains("market-based not given", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.All(page.QuerySelectorAll(".overview .stat .figure a"), a => Assert.StartsWith("/explain", a.GetAttribute("href"), StringComparison.Ordinal));
        Assert.Equal(4, page.QuerySelectorAll("[data-chart]").Length + page.QuerySelectorAll(".chart-none").Length);
    }

    [Theory]
    [InlineData("site")]
    [InlineData("month")]
    [InlineData("gas")]
    [InlineData("source")]
    public async Task The_lines_of_a_view_and_of_its_file_add_up_to_the_statement(string view)
    {
        var total = Plain((await book.Statement()).AllScopes);
        var page = await book.Page($"/statement?by={view}&{Scope}&lang=en");
        var lines = page.QuerySelectorAll(".statement tbody td.sum data").Select(d => Number(d.GetAttribute("value")!)).ToList();
        Assert.NotEmpty(lines);
        Assert.Equal(Number(total), lines.Sum());
        Assert.Equal(total, page.QuerySelector(".statement tfoot td.sum data")!.GetAttribute("value"));

        var file = await book.Client.GetStringAsync($"/statement/file?by={view}&format=csv&{Scope}&lang=en", Stop);
        var rows = file.TrimStart('\uFEFF').Split("\r\n").TakeWhile(r => r.Length > 0).Select(r => r.Split(',')).ToList();
        Assert.Equal(total, rows[^1][^3]);
        Assert.Equal(Number(total), rows.Skip(1).SkipLast(1).Sum(r => Number(r[^3])));
    }

    [Fact]
    public async Task The_file_is_a_workbook_where_one_is_asked_for()
    {
        var bytes = await book.Client.GetByteArrayAsync($"/statement/file?by=source&format=xlsx&{Scope}", Stop);
        Assert.Equal("PK"u8.ToArray(), bytes[..2]);
    }

    [Fact]
    public async Task Scope_2_by_market_is_said_to_be_absent_in_the_statement()
    {
        var page = await book.Page($"/statement?{Scope}&lang=zh-CN");
        Assert.Contains("未给出", page.QuerySelector(".statement tr.absent")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(15, page.QuerySelectorAll(".statement tr.sub").Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("scope=1")]
    [InlineData("account=200&month=2024-02")]
    [InlineData("gas=n2o")]
    [InlineData("of=energy")]
    [InlineData("source=1&month=2024-01")]
    public async Task Postings_run_to_the_figure_over_all_pages(string cut)
    {
        var next = With("/ledger?" + cut, Scope + "&lang=en");
        var carried = "0";
        for (var pages = 0; ; pages++)
        {
            Assert.True(pages < 20);
            var page = await book.Page(next);
            Assert.NotNull(page.QuerySelector(".agrees"));
            var rows = page.QuerySelectorAll("#postings tbody tr:not(.carried)");
            var running = rows.Select(r => r.QuerySelectorAll("td.number").Select(c => Number(c.QuerySelector("data")?.GetAttribute("value") ?? "0")).ToList()).ToList();
            Assert.Equal(Number(carried) + running.Sum(r => r[0]), running[^1][1]);
            carried = running[^1][1].ToString(CultureInfo.InvariantCulture);
            if (page.QuerySelector("#postings a[rel=next]") is not { } link)
            {
                Assert.Equal(Number(page.QuerySelector(".ledger-figure data")!.GetAttribute("value")!), running[^1][1]);
                return;
            }

            next = link.GetAttribute("href")!;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("scope=1")]
    [InlineData("of=energy")]
    [InlineData("source=1")]
    [InlineData("source=1&month=2024-01&gas=co2")]
    [InlineData("account=100&site=3")]
    public async Task An_explanation_is_the_sum_of_its_parts(string cut)
    {
        using var json = JsonDocument.Parse(await book.Client.GetStringAsync(With("/explain/file?" + cut, Scope), Stop));
        var root = json.RootElement;
        var parts = root.GetProperty("parts").EnumerateArray().Select(p => Number(p.GetProperty("value").GetString()!)).ToList();
        Assert.Equal("0", root.GetProperty("rest").GetString());
        Assert.Equal(Number(root.GetProperty("value").GetString()!), parts.Sum());
        Assert.Equal(parts.OrderDescending(), parts);
        if (!cut.Contains("of=", StringComparison.Ordinal) && !cut.Contains("gas=", StringComparison.Ordinal))
        {
            Assert.Equal(parts.Sum(), root.GetProperty("gases").EnumerateArray().Sum(p => Number(p.GetProperty("value").GetString()!)));
        }
    }

    [Fact]
    public async Task Every_figure_leads_to_a_factor_and_its_evidence_level_by_level()
    {
        var page = await book.Page($"/explain?scope=1&{Scope}&lang=en");
        var source = page.QuerySelector("a.part")!.GetAttribute("href")!;
        Assert.Contains("source=", source, StringComparison.Ordinal);
        var activities = await book.Page(source);
        var activity = activities.QuerySelector("a.part")!.GetAttribute("href")!;
        Assert.Matches("^/explain/[0-9]+-[0-9]+", activity);
        var tree = await book.Page(activity);
        Assert.NotNull(tree.QuerySelector("a[href^='/factors/']"));
        Assert.NotNull(tree.QuerySelector(".provenance"));
    }

    [Fact]
    public async Task The_drawer_gets_the_explanation_without_the_document_and_goes_on_inside_itself()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/explain?scope=1&{Scope}&lang=en");
        request.Headers.Add("HX-Request", "true");
        request.Headers.Add("HX-Target", "drawer-body");
        using var answer = await book.Client.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.DoesNotContain("<html", text, StringComparison.Ordinal);
        Assert.Contains("hx-target=\"#drawer-body\"", text, StringComparison.Ordinal);
        Assert.Contains("data-copy=\"/explain?from=2024-01", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_corrected_activity_says_who_when_and_why()
    {
        var before = await book.Page($"/activities/{ActivityNames.Slug(book.Corrected)}?{Scope}&lang=en");
        Assert.Contains("Taken back", before.QuerySelector(".page-head")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, before.QuerySelectorAll(".timeline li").Length);
        Assert.Contains("meter read again", before.QuerySelector(".timeline")!.TextContent, StringComparison.Ordinal);
        var after = await book.Page($"/activities/{ActivityNames.Slug(book.Correction)}?{Scope}&lang=en");
        Assert.Contains("1,000.5", after.QuerySelector(".rows")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_belongs_to_another_tenant_is_not_there()
    {
        foreach (var address in (string[])
        [
            $"/activities/{ActivityNames.Slug(book.Theirs)}", $"/explain/{ActivityNames.Slug(book.Theirs)}", $"/explain/{ActivityNames.Slug(book.Theirs)}/file", $"/?node={book.TheirNode}",
            $"/statement?node={book.TheirNode}", $"/statement/file?node={book.TheirNode}", $"/ledger?node={book.TheirNode}", $"/explain?node={book.TheirNode}", "/editions/99", "/activities/nothing",
        ])
        {
            using var answer = await book.Client.GetAsync(address, Stop);
            Assert.True(HttpStatusCode.NotFound == answer.StatusCode, $"{address}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task The_check_of_the_book_answers_on_its_page()
    {
        var text = await book.Client.GetStringAsync("/ledger/batches?lang=en", Stop);
        using var form = TestServer.Form(text, "main form[method=post]");
        using var answer = await book.Client.PostAsync("/ledger/batches?lang=en", form, Stop);
        Assert.Contains("The book is sound", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edition_is_refused_field_by_field_and_then_frozen()
    {
        var address = $"/editions/new?{Scope}&lang=en";
        var text = await book.Client.GetStringAsync(address, Stop);
        using var empty = TestServer.Form(text, "main form[method=post]", new("entity", "0"), new("from", "2024-01"), new("to", "2024-12"), new("route", "ghg"), new("gwp", "AR6"));
        using var refused = await book.Client.PostAsync(address, empty, Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var wrong = await new AngleSharp.Html.Parser.HtmlParser().ParseDocumentAsync(await refused.Content.ReadAsStringAsync(Stop), Stop);
        Assert.NotNull(wrong.QuerySelector("#field-title[aria-invalid=true]"));
        Assert.NotNull(wrong.QuerySelector("#field-approach[aria-invalid=true]"));
        Assert.NotNull(wrong.QuerySelector(".exclusions.wrong .error"));

        foreach (var title in (string[])["First " + MeasuredBook.Hostile, "Second"])
        {
            using var form = TestServer.Form(
                text, "main form[method=post]", new("title", title), new("entity", "0"), new("approach", "operational_control"), new("from", "2024-01"), new("to", "2024-12"), new("route", "ghg"),
                new("gwp", "AR6"), new("what0", "Canteen gas"), new("reason0", "below 0.1 %"));
            using var made = await book.Client.PostAsync(address, form, Stop);
            Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
            var edition = await book.Page(made.Headers.Location!.ToString());
            Assert.Equal(Plain((await book.Statement()).AllScopes), edition.QuerySelector("tfoot data")!.GetAttribute("value"));
            Assert.Contains("below 0.1 %", edition.Body!.TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain(MeasuredBook.Hostile, await book.Client.GetStringAsync(made.Headers.Location!.ToString(), Stop), StringComparison.Ordinal);
        }

        var list = await book.Page("/editions?lang=en");
        Assert.Equal(2, list.QuerySelectorAll("tbody tr").Length);
        var second = await book.Page("/editions/2?lang=en");
        Assert.NotNull(second.QuerySelector("#compared"));
    }

    private static string With(string address, string query) => address + (address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + query;

    private static string Plain(Co2eSum sum) => new ExactAmount(Measure.Co2e, sum.Scaled).Plain;

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
