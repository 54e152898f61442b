using System.CommandLine;

namespace Tanlu.Cli;

/// <summary><c>tanlu lca</c>: process networks as plain matrices, without a book, and the impact methods of a book.</summary>
internal static class LcaCommand
{
    public static Command Make(Terminal terminal) =>
        new("lca", terminal.T("cli.lca")) { LcaSolveCommand.Make(terminal), LcaGenerateCommand.Make(terminal), LcaMethodsCommand.Make(terminal) };
}
