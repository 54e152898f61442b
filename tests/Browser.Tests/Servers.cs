[assembly: AssemblyFixture(typeof(Tanlu.Browser.Tests.DemoServer))]

namespace Tanlu.Browser.Tests;

/// <summary>
/// The demo, generated and served once for all tests that only read, with the session of its administrator. It starts with the first window, so that nothing
/// starts where Chromium is missing.
/// </summary>
public sealed class DemoServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1);
    private TanluProcess? _process;
    private string? _session;

    /// <summary>The served executable; there after the first window.</summary>
    public TanluProcess Process => _process!;

    /// <summary>A window in which the administrator is signed in.</summary>
    public async Task<Visit> Open(Chromium chromium, string language, int width = 1440, ColorScheme scheme = ColorScheme.Light, bool script = true, bool signedIn = true)
    {
        if (signedIn)
        {
            await Start(chromium);
        }

        return await chromium.Open(new()
        {
            BaseURL = _process?.Address,
            StorageState = signedIn ? _session : null,
            Locale = language,
            ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 },
            ColorScheme = scheme,
            JavaScriptEnabled = script,
            ReducedMotion = ReducedMotion.Reduce,
        });
    }

    public async ValueTask DisposeAsync()
    {
        _starting.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    private async Task Start(Chromium chromium)
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_session is null)
            {
                await using var visit = await chromium.Open(new());
                _process ??= await TanluProcess.Demo();
                await visit.SignIn(_process);
                visit.ExpectNothing();
                _session = await visit.Context.StorageStateAsync();
            }
        }
        finally
        {
            _starting.Release();
        }
    }
}

/// <summary>A new installation without any data, for the tests of one class.</summary>
public sealed class EmptyServer : IAsyncDisposable
{
    private TanluProcess? _process;

    /// <summary>The served executable, started with the first call.</summary>
    public async Task<TanluProcess> Process() => _process ??= await TanluProcess.Empty();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
