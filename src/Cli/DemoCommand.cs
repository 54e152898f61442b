using System.CommandLine;

namespace Tanlu.Cli;

/// <summary><c>tanlu demo</c>: the generated park group in a data folder of its own, served on this machine.</summary>
internal static class DemoCommand
{
    public static Command Make(Terminal terminal, HostVerbs host)
    {
        var data = new Option<string>("--data") { Description = terminal.T("cli.demo.data"), DefaultValueFactory = _ => Path.Combine(".tanlu", "demo") };
        var command = new Command("demo", terminal.T("cli.demo")) { data };
        command.SetAction((parsed, ct) => host.Demo(terminal, parsed.GetRequiredValue(data), ct));
        return command;
    }
}
