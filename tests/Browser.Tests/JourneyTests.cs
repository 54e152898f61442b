using System.Text;

namespace Tanlu.Browser.Tests;

/// <summary>The main path in a new installation: from the first sign-in over an import to a figure, down to its factor and its evidence, and to a frozen edition.</summary>
public sealed class JourneyTests(Chromium chromium, EmptyServer server) : IClassFixture<EmptyServer>
{
    private const string Header = "site,source,activity,start,end,quantity,unit,region\n";
    private const string Good = "PLANT-A,Grid meter,electricity.grid,2025-01-01,2025-01-31,820000,kWh,CN-GD\nPLANT-A,Grid meter,electricity.grid,2025-02-01,2025-02-28,790500,kWh,CN-GD\n";

    private static readonly byte[] Bill = Encoding.UTF8.GetBytes("Fuel bill 2025-03, 12.5 t diesel 柴油发票\n");

    [Fact]
    public async Task From_the_first_sign_in_to_a_frozen_edition()
    {
        await using var visit = await chromium.Open(new() { Locale = "en", ViewportSize = new() { Width = 1440, Height = 900 } });
        var tanlu = await server.Process();
        var page = visit.Page;

        // A wrong password says so, and says no more.
        await page.GotoAsync(tanlu.Address);
        await page.FillAsync("input[name=name]", tanlu.Email);
        await page.FillAsync("input[name=password]", "not the password");
        await page.ClickAsync("form button[type=submit]");
        await Assertions.Expect(page.Locator(".notice.bad")).ToBeVisibleAsync();
        visit.Expect(422);
        await page.FillAsync("input[name=name]", tanlu.Email);
        await page.FillAsync("input[name=password]", tanlu.Password);
        await page.ClickAsync("form button[type=submit]");

        // An empty book points to the first step.
        await Assertions.Expect(page.Locator(".empty a.button")).ToBeVisibleAsync();
        await Found(page, tanlu);
        visit.ExpectNothing();
        await Import(visit, tanlu);
        visit.ExpectNothing();
        await Record(visit, tanlu);
        visit.ExpectNothing();
        await Explain(visit, tanlu);
        visit.ExpectNothing();
        await Freeze(visit, tanlu);
        visit.ExpectNothing();
    }

    /// <summary>One company with one plant.</summary>
    private static async Task Found(IPage page, TanluProcess tanlu)
    {
        foreach (var (kind, code, name) in new[] { ("Company", "ACME", "Acme"), ("Site", "PLANT-A", "Plant A") })
        {
            if (kind == "Company")
            {
                await page.GotoAsync(tanlu.Address + "/admin/organisation");
            }

            await page.SelectOptionAsync("#field-new_kind", kind);
            await page.FillAsync("#field-new_code", code);
            await page.FillAsync("#field-new_name_en", name);
            await page.FillAsync("#field-new_name_zh", name + " 厂");
            await page.FillAsync("#field-new_region", "CN-GD");
            await page.ClickAsync("form:has(#field-new_code) button[type=submit]");
            await Assertions.Expect(page.Locator("#node-title")).ToContainTextAsync(name);
        }
    }

    /// <summary>Wrong cells are shown where they stand, in either language; the mended file goes in whole.</summary>
    private static async Task Import(Visit visit, TanluProcess tanlu)
    {
        var page = visit.Page;
        await Upload(page, tanlu, Header + Good
            + "PLANT-A,Boiler,fuel.natural_gas,2025-01-01,2025-01-31,abc,10^4 Nm3,CN-GD\n"
            + "PLANT-A,Grid meter,electricity.grid,2025-03-01,2025-03-31,5000,kWh,CN-XX\n"
            + "PLANT-A,Truck,fuel.diesel,2025-03-01,2025-03-31,3.2,furlong,CN-GD\n");
        string[] wrong = ["abc", "CN-XX", "furlong"];
        foreach (var cell in wrong)
        {
            await Assertions.Expect(page.Locator("td.wrong", new() { HasText = cell }).Locator(".told")).ToBeVisibleAsync();
        }

        var english = await page.Locator("td.wrong .told").AllInnerTextsAsync();
        await page.ClickAsync("a.language");
        await Assertions.Expect(page.Locator("td.wrong .told")).ToHaveCountAsync(english.Count);
        Assert.All(await page.Locator("td.wrong .told").AllInnerTextsAsync(), told => Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", told));
        Assert.All(english, told => Assert.DoesNotMatch(@"\p{IsCJKUnifiedIdeographs}", told));
        await page.ClickAsync("a.language");

        await Upload(page, tanlu, Header + Good
            + "PLANT-A,Boiler,fuel.natural_gas,2025-01-01,2025-01-31,1.5,10^4 Nm3,CN-GD\n"
            + "PLANT-A,Grid meter,electricity.grid,2025-03-01,2025-03-31,805000,kWh,CN-GD\n"
            + "PLANT-A,Truck,fuel.diesel,2025-03-01,2025-03-31,3.2,t,CN-GD\n");
        await Assertions.Expect(page.Locator("td.wrong")).ToHaveCountAsync(0);
        await page.ClickAsync("form:has(#field-reason) button[type=submit]");
        await Assertions.Expect(page.Locator("main .job a.button.primary, main a.button.primary").First).ToBeVisibleAsync();
    }

    private static async Task Upload(IPage page, TanluProcess tanlu, string text)
    {
        await page.GotoAsync(tanlu.Address + "/import");
        await page.SetInputFilesAsync("#field-file", new FilePayload { Name = "plant-a.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) });
        await page.ClickAsync("#import-form button[type=submit]");
        await page.WaitForURLAsync("**/import/map?**");
        await page.ClickAsync("form[action='/import/check'] button[type=submit]");
        await page.WaitForURLAsync("**/import/check?**");
    }

    /// <summary>One entry by hand, with its document.</summary>
    private static async Task Record(Visit visit, TanluProcess tanlu)
    {
        var page = visit.Page;
        await page.GotoAsync(tanlu.Address + "/activities/new");
        await page.SelectOptionAsync("#field-site", "PLANT-A");
        await page.FillAsync("#field-source", "Excavator");
        await page.FillAsync("#field-activity", "fuel.diesel");
        await page.FillAsync("#field-region", "CN-GD");
        await page.FillAsync("#field-quantity", "12.5");
        await page.FillAsync("#field-unit", "t");
        await page.FillAsync("#field-start", "2025-03-01");
        await page.FillAsync("#field-end", "2025-03-31");
        await page.SetInputFilesAsync("#field-document", new FilePayload { Name = "bill-2025-03.txt", MimeType = "text/plain", Buffer = Bill });
        await page.ClickAsync("form:has(#field-quantity) button[type=submit]");
        await page.WaitForURLAsync("**/activities/*-*");
    }

    /// <summary>A figure of the statement, down to an activity, its factor version and the bytes of its evidence.</summary>
    private static async Task Explain(Visit visit, TanluProcess tanlu)
    {
        var page = visit.Page;
        await page.GotoAsync(tanlu.Address + "/?from=2025-01&to=2025-12");
        await Assertions.Expect(page.Locator(".scope-card")).ToHaveCountAsync(3);
        await page.ClickAsync(".page-head a[href^='/statement']");
        await page.Locator("table.data tbody tr").First.Locator("td.number a").First.ClickAsync();

        var drawer = page.Locator("#drawer[open]");
        await drawer.GetByRole(AriaRole.Link, new() { Name = "Excavator" }).First.ClickAsync();
        await drawer.GetByRole(AriaRole.Link, new() { NameRegex = new("diesel", System.Text.RegularExpressions.RegexOptions.IgnoreCase) }).First.ClickAsync();
        await Assertions.Expect(drawer.Locator(".explain")).ToBeVisibleAsync();

        var download = await page.RunAndWaitForDownloadAsync(() => drawer.Locator("a[download='bill-2025-03.txt']").ClickAsync());
        await using (var stream = await download.CreateReadStreamAsync())
        {
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
            Assert.Equal(Bill, bytes.ToArray());
        }

        await drawer.EvaluateAsync("d => d.querySelectorAll('.explain details').forEach(branch => branch.open = true)");

        var factor = drawer.Locator(".explain-source a[href^='/factors/']").First;
        var version = await factor.InnerTextAsync();
        await factor.ClickAsync();
        await page.WaitForURLAsync("**/factors/**");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(version);
    }

    private static async Task Freeze(Visit visit, TanluProcess tanlu)
    {
        var page = visit.Page;
        await page.GotoAsync(tanlu.Address + "/editions/new?from=2025-01&to=2025-12");

        // What is missing is named; nothing is frozen without it.
        await page.ClickAsync("form:has(#field-title) button[type=submit]");
        await Assertions.Expect(page.Locator(".notice.bad")).ToBeVisibleAsync();
        visit.Expect(422);
        await page.FillAsync("#field-title", "Inventory 2025");
        await page.SelectOptionAsync("#field-approach", new SelectOptionValue { Index = 1 });
        await page.CheckAsync("input[name=no_exclusions]");
        await page.ClickAsync("form:has(#field-title) button[type=submit]");
        await page.WaitForURLAsync("**/editions/1?**");
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("Inventory 2025");
    }
}
