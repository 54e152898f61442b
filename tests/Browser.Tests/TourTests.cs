namespace Tanlu.Browser.Tests;

/// <summary>
/// Every page of the map with the demo's data, in both languages, wide and narrow, light and dark: nothing that stops a reader with a screen reader, nothing
/// that scrolls sideways on a phone, nothing in the console, nothing untranslated.
/// </summary>
public sealed class TourTests(Chromium chromium, DemoServer demo)
{
    private const int Phone = 390;

    public static TheoryData<string> Places => [.. Place.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_page_is_in_order_in_every_form(string name)
    {
        var place = Place.Named(name);
        List<string> faults = [];
        foreach (var (language, width) in new[] { ("zh-CN", 1440), ("en", 1440), ("zh-CN", Phone), ("en", Phone) })
        {
            await using var visit = await demo.Open(chromium, language, width);
            await place.Go(visit.Page);
            List<string> here = [.. visit.TakeFaults(), .. await Order(visit, language, width), .. await visit.Axe()];

            // The page is the same in the dark but for its colours.
            await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            here.AddRange((await visit.Axe("color-contrast")).Select(f => "dark: " + f));
            here.AddRange(visit.TakeFaults());
            faults.AddRange(here.Select(f => $"{language} {width}: {f}"));
        }

        Assert.True(faults.Count == 0, $"{name}\n{string.Join('\n', faults)}");
    }

    private static async Task<List<string>> Order(Visit visit, string language, int width)
    {
        List<string> faults = [];
        var text = await visit.Page.InnerTextAsync("body");
        faults.AddRange(Words.Keys(text));
        if (language == "zh-CN")
        {
            // Names that people gave and documents have keep their own language; the page marks them.
            faults.AddRange(Words.English(await visit.Page.EvaluateAsync<string>(Script.TextsWithoutChinese)));
        }

        if (width == Phone)
        {
            faults.AddRange(await visit.Page.EvaluateAsync<string[]>(Script.WiderThanWindow));
        }

        return faults;
    }
}
