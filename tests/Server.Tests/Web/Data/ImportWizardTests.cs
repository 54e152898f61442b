using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Ledger;
using Tanlu.Organisation;

namespace Tanlu.Server.Tests.Web.Data;

public sealed class ImportWizardTests(DemoServer demo) : IClassFixture<DemoServer>
{
    private const string Header = "site,source,活动,start,end,数量,unit,region,extra\n";
    private const string Good = "WX-PARK,试验锅炉,fuel.diesel,2026-01-01,2026-01-31,12.5,t,CN-JS,a\n";
    private const string Bad = "NOWHERE,试验锅炉,fuel.diesel,2026-02-01,2026-02-28,abc,t,CN-JS,b\n";

    [Fact]
    public async Task A_file_goes_from_upload_to_the_book_and_is_known_afterwards()
    {
        using var client = await demo.Administrator();
        var before = await Batches();
        var map = await DemoServer.Upload(client, "year.csv", Header + Good + Good.Replace("2026-01", "2026-03", StringComparison.Ordinal));

        // Chinese headers are found by the alias table; what is unknown is set aside.
        var mapping = await DemoServer.Page(client, map);
        Assert.Equal("activity", mapping.QuerySelector("select[name='m.2'] option[selected]")!.GetAttribute("value"));
        Assert.Equal("quantity", mapping.QuerySelector("select[name='m.5'] option[selected]")!.GetAttribute("value"));
        var check = Check(map);
        var checking = await DemoServer.Page(client, check);
        Assert.Equal(["2", "0"], checking.QuerySelectorAll(".count").Select(c => c.TextContent));
        Assert.Equal(before, await Batches());

        using var confirmed = await DemoServer.Send(client, check, "confirm", ("reason", "wizard test"));
        Assert.Equal(HttpStatusCode.Redirect, confirmed.StatusCode);
        var run = await DemoServer.Page(client, confirmed.Headers.Location!.ToString());
        Assert.NotNull(run.QuerySelector(".job.done"));
        Assert.NotNull(run.QuerySelector("a[href*='batch=']"));
        Assert.Equal(before + 1, await Batches());

        var again = await DemoServer.Upload(client, "renamed.csv", Header + Good + Good.Replace("2026-01", "2026-03", StringComparison.Ordinal));
        using var known = await DemoServer.Settled(client, Check(again));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, known.StatusCode);
        Assert.NotNull((await DemoServer.Read(known)).QuerySelector(".notice.warning a[href*='batch=']"));
        Assert.Equal(before + 1, await Batches());
    }

    [Fact]
    public async Task Problems_stand_at_their_cells_and_nothing_is_half_written()
    {
        using var client = await demo.Administrator();
        var before = await Batches();
        var check = Check(await DemoServer.Upload(client, "bad.csv", Header + Good.Replace("12.5", "13.5", StringComparison.Ordinal) + Bad));

        var page = await DemoServer.Page(client, check);
        var row = page.QuerySelector("#row-3")!;
        Assert.Equal(["NOWHERE", "abc"], row.QuerySelectorAll("td.wrong .cell").Select(c => c.TextContent));
        var filtered = await DemoServer.Page(client, check + "&kind=site_unknown");
        Assert.Single(filtered.QuerySelectorAll("td.wrong"));
        var csv = await client.GetStringAsync(page.QuerySelector("a[href*='problems.csv']")!.GetAttribute("href")!, TestContext.Current.CancellationToken);
        Assert.Contains("abc", csv, StringComparison.Ordinal);

        using (var strict = await DemoServer.Send(client, check, "confirm", ("skip", "0"), ("reason", "")))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, strict.StatusCode);
            Assert.Equal(before, await Batches());
        }

        using var skipping = await DemoServer.Send(client, check, "confirm", ("skip", "1"), ("reason", ""));
        Assert.Equal(HttpStatusCode.Redirect, skipping.StatusCode);
        var run = await DemoServer.Page(client, skipping.Headers.Location!.ToString());
        Assert.NotNull(run.QuerySelector(".job.done .notice.warning"));
        Assert.Equal(before + 1, await Batches());
    }

    [Fact]
    public async Task Files_that_are_no_table_are_refused_in_words()
    {
        using var client = await demo.Administrator();
        var map = await DemoServer.Upload(client, "../../etc/passwd", "%PDF-1.4 nothing of a table\u0000\u0001");
        using var answer = await client.GetAsync(map, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.NotNull((await DemoServer.Read(answer)).QuerySelector(".problems"));

        using var empty = await DemoServer.Send(client, "/import", "upload");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
    }

    [Fact]
    public async Task A_ticket_serves_only_the_person_who_uploaded()
    {
        using var client = await demo.Administrator();
        var map = await DemoServer.Upload(client, "mine.csv", Header + Good.Replace("12.5", "14.5", StringComparison.Ordinal));
        using var other = await demo.Client(Role.DataSteward);
        foreach (var address in new[] { map, Check(map), "/import/map?file=nonsense", "/import/map" })
        {
            using var answer = await other.GetAsync(address, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        }

        using var run = await other.GetAsync("/import/run/1", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, run.StatusCode);
    }

    [Fact]
    public async Task The_template_passes_the_check_as_it_stands()
    {
        using var client = await demo.Administrator();
        var template = await client.GetStringAsync("/import/template.csv", TestContext.Current.CancellationToken);
        var page = await DemoServer.Page(client, Check(await DemoServer.Upload(client, "template.csv", template)));
        Assert.Equal(["2", "0"], page.QuerySelectorAll(".count").Select(c => c.TextContent));
    }

    private static string Check(string map) => map.Replace("/import/map", "/import/check", StringComparison.Ordinal);

    private async Task<int> Batches() => (await demo.Services.GetRequiredService<Journal>().Batches(demo.System, null, 500, TestContext.Current.CancellationToken)).Value.Batches.Count;
}
