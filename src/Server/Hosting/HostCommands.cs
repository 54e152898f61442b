using System.CommandLine;
using Tanlu.Cli;

namespace Tanlu.Server.Hosting;

/// <summary>The commands that need the web server.</summary>
internal static class HostCommands
{
    public static IEnumerable<Command> Make(Terminal terminal)
    {
        yield return Serve(terminal);
    }

    private static Command Serve(Terminal terminal)
    {
        var urls = new Option<string>("--urls") { Description = terminal.T("cli.serve.urls"), DefaultValueFactory = _ => "http://localhost:5080" };
        var command = new Command("serve", terminal.T("cli.serve")) { urls };
        command.SetAction(async (parsed, ct) =>
        {
            var app = TanluHost.Build([$"--urls={parsed.GetValue(urls)}"]);
            await app.StartAsync(ct);
            terminal.Out.WriteLine(terminal.T("cli.serve.ready", string.Join(' ', app.Urls)));
            await terminal.Out.FlushAsync(ct);
            await app.WaitForShutdownAsync(ct);
            return Terminal.Done;
        });
        return command;
    }
}
