using Deque.AxeCore.Commons;

namespace Tanlu.Browser.Tests;

/// <summary>One reader's window. It writes down whatever a reader must never cause: errors in the console, failed requests, refused content.</summary>
public sealed class Visit : IAsyncDisposable
{
    private static readonly string AxeScript = new BundledAxeScriptProvider().GetScript();

    private readonly IBrowserContext _context;
    private readonly List<string> _faults = [];

    public Visit(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, said) => Note(said.Type == "error", $"console: {said.Text} ({said.Location})");
        page.PageError += (_, error) => Note(true, "script: " + error);
        page.Response += (_, answer) => Note(answer.Status >= 400, $"{answer.Status} {answer.Request.Method} {answer.Url}");

        // A page that is left, and a download, abort what is under way.
        page.RequestFailed += (_, request) => Note(request.Failure?.Contains("ERR_ABORTED", StringComparison.Ordinal) == false, $"{request.Failure} {request.Url}");
    }

    public IPage Page { get; }

    public IBrowserContext Context => _context;

    /// <summary>The faults since the last time, taken out.</summary>
    public IReadOnlyList<string> TakeFaults()
    {
        lock (_faults)
        {
            string[] taken = [.. _faults];
            _faults.Clear();
            return taken;
        }
    }

    /// <summary>A refusal that the test provoked: it must have come, and nothing else.</summary>
    public void Expect(int status)
    {
        var faults = TakeFaults();
        Assert.Contains(faults, f => f.StartsWith($"{status} ", StringComparison.Ordinal));
        Assert.DoesNotContain(faults, f => !f.StartsWith($"{status} ", StringComparison.Ordinal) && !f.Contains($"status of {status}", StringComparison.Ordinal));
    }

    /// <summary>Nothing went wrong since the last time.</summary>
    public void ExpectNothing() => Assert.Empty(TakeFaults());

    public async Task SignIn(TanluProcess server)
    {
        await Page.GotoAsync(server.Address + "/sign-in");
        await Page.FillAsync("input[name=name]", server.Email);
        await Page.FillAsync("input[name=password]", server.Password);
        await Page.ClickAsync("form button[type=submit]");
        await Page.WaitForURLAsync(address => !address.Contains("sign-in", StringComparison.Ordinal));
    }

    /// <summary>Serious and critical findings of axe, one a line, with the element they stand at.</summary>
    /// <param name="rules">Ids of the only rules to run; all without any.</param>
    public async Task<IReadOnlyList<string>> Axe(params string[] rules)
    {
        if (!await Page.EvaluateAsync<bool>("() => typeof axe === 'object'"))
        {
            await Page.EvaluateAsync(AxeScript);
        }

        return await Page.EvaluateAsync<string[]>(Script.AxeFindings, rules);
    }

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    private void Note(bool fault, string what)
    {
        if (fault)
        {
            lock (_faults)
            {
                _faults.Add(what);
            }
        }
    }
}
