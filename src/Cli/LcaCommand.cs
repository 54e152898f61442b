using System.CommandLine;

namespace Tanlu.Cli;

/// <summary><c>tanlu lca</c>: process networks as plain matrices, without a book; and the life cycle data and impact methods of a book.</summary>
internal static class LcaCommand
{
    public static Command Make(Terminal terminal)
    {
        var command = new Command("lca", terminal.T("cli.lca")) { LcaSolveCommand.Make(terminal), LcaGenerateCommand.Make(terminal), LcaMethodsCommand.Make(terminal), LcaResultCommand.Make(terminal) };
        foreach (var further in LcaLibraryCommand.Make(terminal))
        {
            command.Add(further);
        }

        return command;
    }
}
