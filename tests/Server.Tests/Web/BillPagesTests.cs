using System.Net;
using System.Text;
using Tanlu.Products;
using Tanlu.Server.Tests.Web.Data;

namespace Tanlu.Server.Tests.Web;

/// <summary>Bills of materials on their pages: pasted, edited, compared, without script.</summary>
public sealed class BillPagesTests(DemoServer demo) : IClassFixture<DemoServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bill_is_pasted_edited_and_compared_without_script()
    {
        var client = await demo.Client(Organisation.Role.Administrator);
        Assert.Contains("There is no bill", (await DemoServer.Page(client, "/lca/bills?lang=en")).Body!.TextContent, StringComparison.Ordinal);
        await Import();

        using var refused = await DemoServer.Send(client, "/lca/bills/new?lang=en", "bill", ("name", "Tower"), ("amount", "1"), ("unit", "pcs"), ("lines", "steel\tmany\tkg\nsteel\t2\tkg"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("many", (await DemoServer.Read(refused)).QuerySelector(".problems")!.TextContent, StringComparison.Ordinal);

        using var made = await DemoServer.Send(client, "/lca/bills/new", "bill", ("name", "Tower"), ("amount", "1"), ("unit", "pcs"), ("lines", "steel\t2\tkg\t\t\tNorthern\tA1\nunobtainium\t3\tkg"));
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        var address = made.Headers.Location!.ToString();
        var page = await DemoServer.Page(client, address + "?lang=en");
        Assert.Equal("4", page.QuerySelector("strong.total")!.GetAttribute("title"));
        Assert.Contains("unobtainium", page.QuerySelector("#gaps")!.ParentElement!.TextContent, StringComparison.Ordinal);
        Assert.Contains("suggested", page.QuerySelector(".bill-lines")!.TextContent, StringComparison.Ordinal);

        using var edited = await DemoServer.Send(
            client, address, "lines", ("bill-name", "Tower"), ("bill-amount", "1"), ("bill-unit", "pcs"), ("action", "confirm-1"),
            ("name-1", "steel"), ("amount-1", "5"), ("unit-1", "kg"), ("stage-1", "A1"), ("supplier-1", "Northern"), ("location-1", ""),
            ("name-2", "unobtainium"), ("amount-2", "3"), ("unit-2", "kg"), ("stage-2", ""), ("supplier-2", ""), ("location-2", ""));
        Assert.Equal(HttpStatusCode.Redirect, edited.StatusCode);
        page = await DemoServer.Page(client, address + "?lang=en");
        Assert.Equal("10", page.QuerySelector("strong.total")!.GetAttribute("title"));
        Assert.DoesNotContain("suggested", page.QuerySelector(".bill-lines")!.TextContent, StringComparison.Ordinal);

        // The unknown part gets a process, then the second line goes.
        var choice = await DemoServer.Page(client, address + "?choose=2&words=steel&lang=en");
        var steel = choice.QuerySelector("button[name=process]")!.GetAttribute("value")!;
        using var chosen = await DemoServer.Send(client, address + "?choose=2&words=steel", "choose", ("process", steel));
        Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);
        Assert.Equal("16", (await DemoServer.Page(client, address)).QuerySelector("strong.total")!.GetAttribute("title"));

        var id = address.Split('/')[^1];
        var compared = await DemoServer.Page(client, $"/lca/compare?a=bill:{id}:1&b=bill:{id}&lang=en");
        Assert.Equal(["4", "16", "12"], compared.QuerySelectorAll("section[aria-labelledby=totals] td.number span").Take(3).Select(s => s.GetAttribute("title")));

        using var restored = await DemoServer.Send(client, address, "restore", ("restores", "1"));
        Assert.Equal(HttpStatusCode.Redirect, restored.StatusCode);
        Assert.Equal("4", (await DemoServer.Page(client, address)).QuerySelector("strong.total")!.GetAttribute("title"));

        foreach (var language in (string[])["en", "zh-CN"])
        {
            foreach (var one in (string[])["/lca/bills", "/lca/bills/new", address, address + "?choose=1", $"/lca/compare?a=bill:{id}:1&b=bill:{id}"])
            {
                var text = await client.GetStringAsync(one + (one.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "lang=" + language, Stop);
                Assert.DoesNotMatch(@"\[[a-z_0-9]+\.[a-z0-9_.]+\]", text);
            }
        }

        // A reader sees the lines and can not send them.
        var reader = await demo.Client(Organisation.Role.Viewer);
        page = await DemoServer.Page(reader, address + "?lang=en");
        Assert.Equal("4", page.QuerySelector("strong.total")!.GetAttribute("title"));
        Assert.Empty(page.QuerySelectorAll("input[name=_handler][value=lines]"));
    }

    private async Task Import()
    {
        const string File = """
            <?xml version="1.0" encoding="UTF-8"?>
            <ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold01"><dataset number="1"><metaInformation><processInformation>
            <referenceFunction name="steel" unit="kg" category="metals" subCategory="steel" amount="1" datasetRelatesToProduct="true"/><geography location="CN"/></processInformation></metaInformation>
            <flowData><exchange number="1" name="steel" unit="kg" category="metals" subCategory="steel" location="CN" meanValue="1"><outputGroup>0</outputGroup></exchange>
            <exchange number="2" name="Carbon dioxide, fossil" unit="kg" category="air" subCategory="unspecified" CASNumber="000124-38-9" meanValue="2"><outputGroup>4</outputGroup></exchange></flowData></dataset></ecoSpold>
            """;
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(File));
        var imported = await ((Libraries)demo.Services.GetService(typeof(Libraries))!).Import(demo.System, content, "steel.xml", new LibraryOptions("Steel"), null, Stop);
        Assert.True(imported.Ok, imported.Ok ? "" : imported.Problems[0].ToString());
    }
}
