using System.CommandLine;

namespace Tanlu.Cli;

/// <summary><c>tanlu serve</c>: the pages and the API.</summary>
internal static class ServeCommand
{
    public static Command Make(Terminal terminal, HostVerbs host)
    {
        var urls = new Option<string>("--urls") { Description = terminal.T("cli.serve.urls"), DefaultValueFactory = _ => "http://localhost:5080" };
        var options = new BookOptions(terminal);
        var command = new Command("serve", terminal.T("cli.serve")) { urls };
        options.AddTo(command, tenant: false);
        command.SetAction((parsed, ct) => host.Serve(terminal, parsed.GetRequiredValue(urls), options.Settings(parsed), ct));
        return command;
    }
}
