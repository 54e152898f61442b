using System.CommandLine;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary>The command line: its commands over the modules. The web host stands above and lends its verbs.</summary>
public static class CommandLine
{
    /// <summary>How long a command that is told to stop may take to leave nothing half done; the host has a limit of its own below it.</summary>
    private static readonly TimeSpan Ending = TimeSpan.FromMinutes(10);

    /// <summary>Runs the arguments and returns the exit code: 0 done, 1 input refused, 2 usage, 130 stopped before it was done.</summary>
    public static async Task<int> Run(IReadOnlyList<string> args, TextWriter output, TextWriter error, HostVerbs host)
    {
        var terminal = new Terminal(output, error, LanguageOf(args));
        var root = new RootCommand(terminal.T("cli.root"))
        {
            CalcCommand.Make(terminal), ActivitiesCommand.Make(terminal), FactorsCommand.Make(terminal), ImportCommand.Make(terminal), StatementCommand.Make(terminal),
            PackageCommand.Make(terminal), VerifyCommand.Make(terminal), BackupCommand.Make(terminal), RestoreCommand.Make(terminal), CheckCommand.Make(terminal), AuditCommand.Make(terminal), TenantCommand.Make(terminal), LcaCommand.Make(terminal), MigrateCommand.Make(terminal), ServeCommand.Make(terminal, host), DemoCommand.Make(terminal, host),
        };
        root.Options.Add(new Option<string>("--lang") { Description = terminal.T("cli.lang"), Recursive = true });
        var parsed = root.Parse([.. args]);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                error.WriteLine(problem.Message);
            }

            error.WriteLine(terminal.T("cli.see_help"));
            return Terminal.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Ending });
        }
        catch (MigrationRefused refused)
        {
            error.WriteLine(terminal.T("cli.migrate.refused", refused.Message));
            return Terminal.Refused;
        }
        catch (DatabaseUnavailable unavailable)
        {
            if (unavailable.Problem is { } problem)
            {
                return terminal.Refuse([problem]);
            }

            error.WriteLine(terminal.T("cli.database_unavailable", unavailable.Message));
            return Terminal.Refused;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine(terminal.T("cli.stopped"));
            return Terminal.Stopped;
        }
        catch (UnauthorizedAccessException denied)
        {
            return terminal.Refuse([new Problem("file_denied", Found: denied.Message, Args: [Environment.UserName])]);
        }
        catch (DiskFull full)
        {
            return terminal.Refuse([new Problem("disk_full", Found: full.Place)]);
        }
        catch (IOException failed)
        {
            error.WriteLine(terminal.T("cli.io", failed.Message));
            return Terminal.Refused;
        }
    }

    /// <summary><c>--lang zh-CN</c> first, then the environment.</summary>
    private static Language LanguageOf(IReadOnlyList<string> args)
    {
        for (var i = 0; i + 1 < args.Count; i++)
        {
            if (args[i] == "--lang")
            {
                return Texts.LanguageOf(args[i + 1]);
            }
        }

        return Texts.LanguageOf(Environment.GetEnvironmentVariable("LC_ALL") ?? Environment.GetEnvironmentVariable("LANG"));
    }
}
