using System.Text;

namespace Tanlu.Browser.Tests;

/// <summary>The pictures of the guide, made anew where TANLU_SCREENSHOTS=1: wide and narrow, in both languages.</summary>
public sealed class PictureTests(Chromium chromium, DemoServer demo)
{
    private const string Rows =
        """
        场所,排放源,活动,开始日期,结束日期,数量,单位,地区
        WX-TYRE,办公楼电表,electricity.grid,2025-01-01,2025-01-31,182400,kWh,CN-JS
        WX-TYRE,办公楼电表,electricity.grid,2025-02-01,2025-02-28,一百,kWh,CN-JS
        WX-TYRE,叉车 2,fuel.diesel,2025-02-01,2025-02-28,3.2,furlong,CN-JS
        WX-TYRE,锅炉 2,fuel.natural_gas,2025-02-01,2025-02-28,1250,m3,CN-JS
        WX-TYRE,办公楼电表,electricity.grid,2025-03-01,2025-03-31,176000,kWh,CN-QQ

        """;

    private static readonly Place[] Pages =
    [
        new("overview", "/"), new("activities", "/activities"), new("factors", "/factors?q=电网"), new("factor", "/factors/cn-grid:grid.CN-JS@2023"),
        new("statement", "/statement"), new("ledger", "/ledger"), new("new-edition", "/editions/new"),
    ];

    [Fact]
    public async Task Pictures_of_the_guide()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TANLU_SCREENSHOTS") == "1", "TANLU_SCREENSHOTS=1 makes the pictures of the guide anew.");
        foreach (var language in new[] { "zh-CN", "en" })
        {
            foreach (var width in new[] { 1440, 390 })
            {
                await using var visit = await demo.Open(chromium, language, width);
                foreach (var place in Pages)
                {
                    await place.Go(visit.Page);
                    await Save(visit.Page, place.Name, language, width);
                }

                await visit.Page.GotoAsync("/statement");
                await visit.Page.Locator("tbody td.number a").First.ClickAsync();
                var drawer = visit.Page.Locator("#drawer[open]");
                await drawer.Locator(".part-list a").First.ClickAsync();
                await drawer.Locator(".part-list a[href^='/explain/']").First.ClickAsync();
                await Assertions.Expect(drawer.Locator(".explain")).ToBeVisibleAsync();
                await Save(visit.Page, "explanation", language, width);

                await visit.Page.GotoAsync("/import");
                await visit.Page.SetInputFilesAsync("#field-file", new FilePayload { Name = "wx-tyre-2025.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(Rows) });
                await visit.Page.ClickAsync("#import-form button[type=submit]");
                await visit.Page.WaitForURLAsync("**/import/map?**");
                await visit.Page.ClickAsync("form[action='/import/check'] button[type=submit]");
                await visit.Page.WaitForURLAsync("**/import/check?**");
                await Save(visit.Page, "import-check", language, width);
            }
        }
    }

    private static async Task Save(IPage page, string name, string language, int width)
    {
        await Place.Settle(page);
        var path = Path.Combine(Guide, $"{name}-{(language == "en" ? "en" : "zh")}-{width}.png");
        await page.ScreenshotAsync(new() { Path = path, Animations = ScreenshotAnimations.Disabled, Clip = new() { Width = width, Height = 780 } });
        Assert.True(new FileInfo(path).Length < 250_000, $"{path} is too large for the guide");
    }

    private static string Guide
    {
        get
        {
            var at = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(at.FullName, "Tanlu.slnx")))
            {
                at = at.Parent ?? throw new DirectoryNotFoundException("The tests run outside their checkout.");
            }

            return Directory.CreateDirectory(Path.Combine(at.FullName, "docs", "guide", "images")).FullName;
        }
    }
}
