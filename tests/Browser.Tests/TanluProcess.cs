using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Tanlu.Browser.Tests;

/// <summary>The built executable as a person starts it: its own data folder, its own port, its password read from what it prints.</summary>
public sealed partial class TanluProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "tanlu-browser-" + Path.GetRandomFileName());
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private TanluProcess(IEnumerable<string> arguments, string environment)
    {
        Directory.CreateDirectory(_folder);
        var start = new ProcessStartInfo(Executable, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = _folder,
        };
        start.Environment["LC_ALL"] = "en_US.UTF-8";
        start.Environment["LANG"] = "en_US.UTF-8";
        start.Environment["Tanlu__DataFolder"] = Path.Combine(_folder, "book");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"tanlu ended with code {_process.ExitCode}: {Said}"));
    }

    /// <summary>Where it serves, without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    public string Email { get; private set; } = "";

    public string Password { get; private set; } = "";

    /// <summary>Everything it printed so far.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary><c>tanlu demo</c>: the generated group.</summary>
    public static Task<TanluProcess> Demo() => Run(["demo", "--data", "demo"], "Production");

    /// <summary><c>tanlu serve</c> with an empty book; Development, because the gallery of parts exists only there.</summary>
    public static Task<TanluProcess> Empty() => Run(["serve", "--urls", "http://127.0.0.1:0"], "Development");

    /// <summary>A command beside the server, on the same book.</summary>
    internal Task<CommandRun> Command(params string[] arguments) => CommandRun.Of(Executable, _folder, [.. arguments, "--data", Path.Combine(_folder, "book")]);

    /// <summary>A command that needs no book.</summary>
    internal Task<CommandRun> Bare(params string[] arguments) => CommandRun.Of(Executable, _folder, arguments);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Beside this assembly in <c>artifacts/bin</c>, in the same configuration.</summary>
    private static string Executable
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(here.Parent!.Parent!.FullName, "Tanlu.Server", here.Name, OperatingSystem.IsWindows() ? "tanlu.exe" : "tanlu");
        }
    }

    private static async Task<TanluProcess> Run(IEnumerable<string> arguments, string environment)
    {
        var running = new TanluProcess(arguments, environment);
        try
        {
            running._process.Start();
            running._process.BeginOutputReadLine();
            running._process.BeginErrorReadLine();
            await running._ready.Task.WaitAsync(Patience, CancellationToken.None);
            return running;
        }
        catch (TimeoutException)
        {
            var said = running.Said;
            await running.DisposeAsync();
            throw new TimeoutException($"tanlu printed no address and password within {Patience}: {said}");
        }
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_said)
        {
            _said.AppendLine(line);
        }

        if (Served().Match(line) is { Success: true } served)
        {
            Address = served.Value;
        }
        else if (First().Match(line) is { Success: true } first)
        {
            (Email, Password) = (first.Groups["email"].Value, first.Groups["password"].Value);
        }

        if (Address.Length > 0 && Password.Length > 0)
        {
            _ready.TrySetResult();
        }
    }

    [GeneratedRegex(@"http://(localhost|127\.0\.0\.1):[1-9]\d*")]
    private static partial Regex Served();

    [GeneratedRegex(@"(?<email>\S+@\S+), password (?<password>\S+)")]
    private static partial Regex First();
}
