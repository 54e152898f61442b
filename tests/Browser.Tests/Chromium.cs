using Xunit.Sdk;

[assembly: AssemblyFixture(typeof(Tanlu.Browser.Tests.Chromium))]

namespace Tanlu.Browser.Tests;

/// <summary>
/// The installed Chromium, started once for all tests: env TANLU_CHROMIUM, or the usual place. Nothing is ever downloaded. Where it is missing the tests are
/// skipped with the reason, and fail where TANLU_REQUIRE_ENGINES=1.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly string[] Quiet =
        ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Light or dark, wide or narrow, with or without script: a window as one reader has it.</summary>
    public async Task<Visit> Open(BrowserNewContextOptions window)
    {
        var context = await Browser.NewContextAsync(window);
        context.SetDefaultTimeout(15_000);
        return new Visit(context, await context.NewPageAsync());
    }

    public async ValueTask InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable("TANLU_CHROMIUM") is { Length: > 0 } named ? named : Usual.FirstOrDefault(File.Exists);
        if (path is null || !File.Exists(path))
        {
            return;
        }

        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Quiet });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }

    private IBrowser Browser
    {
        get
        {
            if (_browser is null && Environment.GetEnvironmentVariable("TANLU_REQUIRE_ENGINES") == "1")
            {
                Assert.Fail("Chromium is required and not there (TANLU_CHROMIUM names the executable).");
            }

            return _browser ?? throw SkipException.ForSkip("Chromium is not installed (TANLU_CHROMIUM names the executable).");
        }
    }
}
