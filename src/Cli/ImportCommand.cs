using System.CommandLine;
using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;

namespace Tanlu.Cli;

/// <summary><c>tanlu import FILE</c>: a file of activities into the book, all of it or nothing.</summary>
internal static class ImportCommand
{
    public static Command Make(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var file = new Argument<string>("file") { Description = terminal.T("cli.calc.file") };
        var skip = new Option<bool>("--skip-bad") { Description = terminal.T("cli.import.skip_bad") };
        var map = new Option<string[]>("--map") { Description = terminal.T("cli.import.map"), AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        map.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.LastIndexOf('=') <= 0))
            {
                result.AddError(terminal.T("cli.import.map_form", token.Value));
            }
        });
        var reason = new Option<string>("--reason") { Description = terminal.T("cli.import.reason"), DefaultValueFactory = _ => "" };
        var command = new Command("import", terminal.T("cli.import")) { file, skip, map, reason };
        options.AddTo(command);
        command.SetAction((parsed, ct) =>
        {
            var columns = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var pair in parsed.GetValue(map)!)
            {
                var at = pair.LastIndexOf('=');
                columns[pair[..at]] = pair[(at + 1)..];
            }

            var import = new ImportOptions(parsed.GetValue(skip), columns, BatchKind.Import, parsed.GetRequiredValue(reason));
            return options.With(terminal, parsed, (book, caller) => Run(terminal, book, caller, parsed.GetRequiredValue(file), import, ct), ct);
        });
        return command;
    }

    private static async Task<int> Run(Terminal terminal, LocalBook book, Caller caller, string path, ImportOptions options, CancellationToken ct)
    {
        if (!File.Exists(path))
        {
            return terminal.Refuse([new Problem("file_missing", Found: path)]);
        }

        var imported = await book.Journal.Import(caller, path, options, null, ct);
        if (!imported.Ok)
        {
            return terminal.Refuse(imported.Problems);
        }

        var (batch, refused, unknown) = imported.Value;
        terminal.Out.WriteLine(terminal.T("cli.import.done", Number(batch.Rows), Number(batch.Postings), Number(batch.Id), Convert.ToHexStringLower(batch.Root!)));
        if (unknown.Count > 0)
        {
            terminal.Error.WriteLine(terminal.T("cli.import.unknown", string.Join(", ", unknown)));
        }

        // The good rows are in the book, but the input as a whole was not taken.
        return refused.Count > 0 ? terminal.Refuse(refused) : Terminal.Done;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
