namespace Tanlu.Browser.Tests;

/// <summary>The pages with a keyboard alone.</summary>
public sealed class KeyboardTests(Chromium chromium, DemoServer demo)
{
    [Fact]
    public async Task A_slash_searches_and_arrows_choose()
    {
        await using var visit = await demo.Open(chromium, "zh-CN");
        var page = visit.Page;
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("/");
        await Assertions.Expect(page.Locator("#search")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("柴油");
        await Assertions.Expect(page.Locator("#search-results a").First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(page.Locator("#search-results a").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(address => new Uri(address).AbsolutePath != "/");
        visit.ExpectNothing();
    }

    [Fact]
    public async Task The_first_stop_skips_to_the_content()
    {
        await using var visit = await demo.Open(chromium, "en");
        var page = visit.Page;
        await page.GotoAsync("/statement");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Locator("a.skip")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("a.skip")).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#main")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        Assert.True(await page.EvaluateAsync<bool>("() => document.querySelector('#main').contains(document.activeElement)"));
    }

    [Fact]
    public async Task Tab_visits_the_frame_in_reading_order()
    {
        await using var visit = await demo.Open(chromium, "en");
        var page = visit.Page;
        await page.GotoAsync("/");
        List<string> stops = [];
        // As many as the map has places, and some for the rest of the frame.
        for (var press = 0; press < 80 && !stops.Contains("main"); press++)
        {
            await page.Keyboard.PressAsync("Tab");
            var stop = await page.EvaluateAsync<string>("() => document.activeElement.closest('.skip, .side, .scope, .search, .language, .user, main')?.className.split(' ')[0] || 'main'");
            if (stops.Count == 0 || stops[^1] != stop)
            {
                stops.Add(stop);
            }
        }

        Assert.Equal(["skip", "side", "scope", "search", "language", "menu", "main"], stops);
    }

    [Fact]
    public async Task Escape_closes_the_drawer_and_returns_to_the_figure()
    {
        await using var visit = await demo.Open(chromium, "en");
        var page = visit.Page;
        await page.GotoAsync("/statement");
        var figure = page.Locator("tbody td.number a").First;
        await figure.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#drawer[open]")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("() => document.querySelector('#drawer').contains(document.activeElement)"));
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#drawer[open]")).ToHaveCountAsync(0);
        await Assertions.Expect(figure).ToBeFocusedAsync();
        visit.ExpectNothing();
    }
}
