using System.CommandLine;
using System.Globalization;
using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary><c>tanlu migrate</c>: brings the book to the state that this program knows; makes it where there is none.</summary>
internal static class MigrateCommand
{
    public static Command Make(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var command = new Command("migrate", terminal.T("cli.migrate"));
        options.AddTo(command, tenant: false);
        command.SetAction(async (parsed, ct) =>
        {
            var settings = options.Settings(parsed);
            await using var db = await Db.Open(settings, TimeProvider.System, ct);
            var applied = await Migrator.RunAll(db, LocalBook.Migrations, ct);
            terminal.Out.WriteLine(terminal.T("cli.migrate.done", applied.ToString(CultureInfo.InvariantCulture), db.Dialect == Dialect.Postgres ? "PostgreSQL" : settings.DataFolder));
            return Terminal.Done;
        });
        return command;
    }
}
