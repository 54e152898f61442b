using System.CommandLine;
using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Cli;

/// <summary>
/// <c>tanlu tenant add|list</c>: the customers of one installation. They are made here and nowhere else: whoever may run commands on the book's machine runs the installation, and
/// nobody inside a tenant does.
/// </summary>
internal static class TenantCommand
{
    public static Command Make(Terminal terminal) => new("tenant", terminal.T("cli.tenants")) { Add(terminal), List(terminal) };

    private static Command Add(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var english = new Option<string>("--name-en") { Description = terminal.T("cli.tenants.name_en"), DefaultValueFactory = _ => "" };
        var chinese = new Option<string>("--name-zh") { Description = terminal.T("cli.tenants.name_zh"), DefaultValueFactory = _ => "" };
        var email = new Option<string>("--email") { Description = terminal.T("cli.tenants.email"), Required = true };
        var address = new Option<string>("--address") { Description = terminal.T("cli.tenants.address"), DefaultValueFactory = _ => "http://localhost:5080" };
        var command = new Command("add", terminal.T("cli.tenants.add")) { english, chinese, email, address };
        options.AddTo(command, tenant: false);
        command.SetAction((parsed, ct) => options.With(
            terminal,
            parsed,
            async book =>
            {
                var draft = new NewTenant(parsed.GetRequiredValue(english), parsed.GetRequiredValue(chinese), parsed.GetRequiredValue(email), terminal.Language);
                return Told(terminal, parsed.GetRequiredValue(address), await book.Tenants.Open(draft, ct));
            },
            ct));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var command = new Command("list", terminal.T("cli.tenants.list"));
        options.AddTo(command, tenant: false);
        command.SetAction((parsed, ct) => options.With(
            terminal,
            parsed,
            async book =>
            {
                foreach (var tenant in await book.Tenants.All(ct))
                {
                    terminal.Out.WriteLine($"{Number(tenant.Id)}\t{tenant.Name(terminal.Language)}");
                }

                return Terminal.Done;
            },
            ct));
        return command;
    }

    private static int Told(Terminal terminal, string address, Outcome<OpenedTenant> outcome)
    {
        if (!outcome.Ok)
        {
            return terminal.Refuse(outcome.Problems);
        }

        var (tenant, made) = outcome.Value;
        terminal.Out.WriteLine(terminal.T("cli.tenants.added", Number(tenant.Id), tenant.Name(terminal.Language), made.Invitation.Email));
        terminal.Out.WriteLine($"{address.TrimEnd('/')}{Invitations.Page}{made.Token}?lang={Texts.Tag(made.Invitation.Language)}");
        terminal.Error.WriteLine(terminal.T("cli.tenants.once", Invitation.Lifetime.Days.ToString(CultureInfo.InvariantCulture)));
        return Terminal.Done;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
