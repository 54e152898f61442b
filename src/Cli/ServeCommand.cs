using System.CommandLine;

namespace Tanlu.Cli;

/// <summary><c>tanlu serve</c>: the pages and the API.</summary>
internal static class ServeCommand
{
    public static Command Make(Terminal terminal, HostVerbs host)
    {
        var urls = new Option<string>("--urls") { Description = terminal.T("cli.serve.urls"), DefaultValueFactory = _ => "http://localhost:5080" };
        var command = new Command("serve", terminal.T("cli.serve")) { urls };
        command.SetAction((parsed, ct) => host.Serve(terminal, parsed.GetRequiredValue(urls), ct));
        return command;
    }
}
