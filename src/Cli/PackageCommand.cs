using System.CommandLine;
using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Cli;

/// <summary><c>tanlu package export</c>: an edition with everything that it rests on, as one file.</summary>
internal static class PackageCommand
{
    public static Command Make(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var edition = new Option<long>("--edition") { Description = terminal.T("cli.package.edition"), Required = true };
        var to = new Option<string>("--out") { Description = terminal.T("cli.package.out"), Required = true };
        var without = new Option<bool>("--without-evidence") { Description = terminal.T("cli.package.evidence") };
        var export = new Command("export", terminal.T("cli.package.export")) { edition, to, without };
        options.AddTo(export);
        export.SetAction((parsed, ct) => options.With(
            terminal, parsed, (book, caller) => Run(terminal, book, caller, parsed.GetValue(edition), parsed.GetRequiredValue(to), !parsed.GetValue(without), ct), ct));
        return new Command("package", terminal.T("cli.package")) { export };
    }

    private static async Task<int> Run(Terminal terminal, LocalBook book, Caller caller, long edition, string to, bool evidence, CancellationToken ct)
    {
        if (File.Exists(to))
        {
            terminal.Error.WriteLine(terminal.T("cli.package.exists", to));
            return Terminal.Refused;
        }

        var made = await book.Packages.Export(caller, edition, evidence, ct);
        if (!made.Ok)
        {
            return terminal.Refuse(made.Problems);
        }

        var package = made.Value;
        await using (package.Content)
        {
            await using var file = new FileStream(to, FileMode.CreateNew, FileAccess.Write);
            await package.Content.CopyToAsync(file, ct);
        }

        terminal.Out.WriteLine(terminal.T("cli.package.done", to, Number(edition), Number(package.Rows), Number(package.Postings), Number(package.Evidence), Number(package.Sealed)));
        terminal.Out.WriteLine(terminal.T("cli.package.hash", package.Hash));
        terminal.Out.WriteLine(terminal.T("cli.package.head", Convert.ToHexStringLower(package.Edition.Hash)));
        terminal.Out.WriteLine(terminal.T("cli.package.chain", Convert.ToHexStringLower(package.Edition.Book.Chain)));
        return Terminal.Done;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
