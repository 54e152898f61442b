namespace Tanlu.Browser.Tests;

/// <summary>Reading works where script is switched off.</summary>
public sealed class WithoutScriptTests(Chromium chromium, DemoServer demo)
{
    [Fact]
    public async Task Sign_in_statement_and_explanation_are_whole_pages()
    {
        await using (await demo.Open(chromium, "en"))
        {
            // The demo is served from here on.
        }

        await using var visit = await demo.Open(chromium, "en", script: false, signedIn: false);
        var page = visit.Page;
        await visit.SignIn(demo.Process);
        await page.GotoAsync("/statement");
        var figure = page.Locator("tbody td.number a").First;
        var words = (await figure.InnerTextAsync()).Split('\n')[0].Trim();
        await figure.ClickAsync();
        Assert.Equal("/explain", new Uri(page.Url).AbsolutePath);
        await Assertions.Expect(page.Locator("header.top")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync(words);

        // The scope bar is a plain form.
        await page.GotoAsync("/statement");
        await page.ClickAsync(".scope > summary");
        await page.SelectOptionAsync("select[name=gwp]", "AR5");
        await page.ClickAsync(".scope-panel button[type=submit]");
        Assert.Contains("gwp=AR5", page.Url, StringComparison.Ordinal);
        visit.ExpectNothing();
    }
}
