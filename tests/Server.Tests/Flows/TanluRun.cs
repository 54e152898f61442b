using System.Diagnostics;
using System.Text;

namespace Tanlu.Server.Tests.Flows;

/// <summary>The real command as a process of its own, which can be told to stop or be killed.</summary>
internal sealed class TanluRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly StringBuilder _complained = new();
    private readonly TaskCompletionSource _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TanluRun(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Hear(_said, line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(_complained, line.Data);
        _process.Exited += (_, _) => _serving.TrySetException(new InvalidOperationException($"tanlu ended with {_process.ExitCode}: {Said}{Complained}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Said => Locked(_said);

    public string Complained => Locked(_complained);

    /// <summary>Where it serves.</summary>
    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>E-mail and password of the first administrator, where this start made one.</summary>
    public (string Email, string Password)? First { get; private set; }

    public static TanluRun Start(IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, "tanlu");
        var start = new ProcessStartInfo(executable, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["LC_ALL"] = "en_US.UTF-8";
        start.Environment["TANLU_POSTGRES"] = "";
        start.Environment["TANLU_DATA"] = "";

        // A test asks faster than any person; what one may ask in a second has tests of its own.
        start.Environment["Tanlu__Limits__PerSecond"] = "100000";
        start.Environment["Tanlu__Limits__Burst"] = "100000";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new TanluRun(start);
    }

    /// <summary>Serves a book on a free port and waits until it does.</summary>
    public static async Task<TanluRun> Serve(IEnumerable<string> book, CancellationToken ct, params IEnumerable<(string Name, string Value)> environment)
    {
        var run = Start(["serve", "--urls", "http://127.0.0.1:0", .. book], environment);
        try
        {
            await run._serving.Task.WaitAsync(Patience, ct);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Said, string Complained)> Once(IEnumerable<string> arguments, CancellationToken ct)
    {
        await using var run = Start(arguments);
        return (await run.End(ct), run.Said, run.Complained);
    }

    public void Kill() => _process.Kill();

    /// <summary>SIGTERM, as a service manager sends it.</summary>
    public async Task Stop()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>The exit code.</summary>
    public async Task<int> End(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _ = _serving.Task.Exception;
        _process.Dispose();
    }

    private static string Locked(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private void Hear(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (text)
        {
            text.AppendLine(line);
        }

        const string serves = "Tanlu serves on ";
        const string administrator = "First administrator: ";
        if (line.StartsWith(serves, StringComparison.Ordinal))
        {
            Address = new Uri(line[serves.Length..].Split(' ')[0]);

            // The password, where there is one, is printed right after.
            _ = Task.Delay(50).ContinueWith(_ => _serving.TrySetResult(), TaskScheduler.Default);
        }
        else if (line.StartsWith(administrator, StringComparison.Ordinal))
        {
            var words = line[administrator.Length..].Split([", password ", " ("], StringSplitOptions.None);
            First = (words[0], words[1]);
        }
    }
}
