using System.CommandLine;
using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Cli;

/// <summary><c>tanlu audit check</c>: follows the chain of a tenant's audit log and prints its head, or says where it breaks (exit code 1).</summary>
internal static class AuditCommand
{
    public static Command Make(Terminal terminal) => new("audit", terminal.T("cli.audit")) { Check(terminal) };

    private static Command Check(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var head = new Option<string?>("--head") { Description = terminal.T("cli.audit.head") };
        var command = new Command("check", terminal.T("cli.audit.check")) { head };
        options.AddTo(command);
        command.SetAction((parsed, ct) =>
        {
            var given = parsed.GetValue(head);
            var kept = given is null ? null : AuditHead.Parse(given);
            return given is not null && kept is null
                ? Task.FromResult(terminal.Refuse([new Problem("audit_head_malformed", Column: "--head", Found: given)]))
                : options.With(terminal, parsed, async (book, caller) => Told(terminal, await book.Audit.Check(caller, ct, kept)), ct);
        });
        return command;
    }

    private static int Told(Terminal terminal, Outcome<AuditCheck> outcome)
    {
        if (!outcome.Ok)
        {
            return terminal.Refuse(outcome.Problems);
        }

        var check = outcome.Value;
        var (rows, at) = (check.Rows.ToString(CultureInfo.InvariantCulture), check.BrokenAt?.ToString(CultureInfo.InvariantCulture) ?? "");
        if (check.Sound)
        {
            terminal.Out.WriteLine(terminal.T("cli.audit.sound", rows, check.Head!.ToString()));
            return Terminal.Done;
        }

        terminal.Error.WriteLine(check.Rewritten ? terminal.T("cli.audit.rewritten", at) : terminal.T("cli.audit.broken", at, rows));
        return Terminal.Refused;
    }
}
