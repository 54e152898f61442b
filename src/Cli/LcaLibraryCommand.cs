using System.CommandLine;
using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Products;

namespace Tanlu.Cli;

/// <summary><c>tanlu lca import|libraries|processes|show|export</c>: life cycle data of the book.</summary>
internal static class LcaLibraryCommand
{
    private const int Shown = 50;

    public static IEnumerable<Command> Make(Terminal terminal) => [Import(terminal), List(terminal), Processes(terminal), Show(terminal), Export(terminal)];

    private static Command Import(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var file = new Argument<string>("file") { Description = terminal.T("cli.lca.file") };
        var name = new Option<string?>("--library") { Description = terminal.T("cli.lca.library") };
        var rights = new Option<string>("--rights") { Description = terminal.T("cli.lca.rights"), DefaultValueFactory = _ => "open" };
        rights.AcceptOnlyFromAmong([.. Enum.GetNames<DataRight>().Select(n => n.ToLowerInvariant())]);
        var command = new Command("import", terminal.T("cli.lca.import")) { file, name, rights };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(
            terminal, parsed,
            async (book, caller) =>
            {
                var path = parsed.GetRequiredValue(file);
                if (!File.Exists(path))
                {
                    return terminal.Refuse([new Problem("file_missing", Found: path)]);
                }

                await using var content = File.OpenRead(path);
                var right = Enum.Parse<DataRight>(parsed.GetRequiredValue(rights), ignoreCase: true);
                var imported = await book.Libraries.Import(caller, content, Path.GetFileName(path), new LibraryOptions(parsed.GetValue(name), right), null, ct);
                if (!imported.Ok)
                {
                    return terminal.Refuse(imported.Problems);
                }

                var library = imported.Value.Library;
                terminal.Out.WriteLine(terminal.T("cli.lca.imported", Number(library.Id), library.Name, library.Format, Number(library.Processes), Number(library.Flows), Number(library.Exchanges), library.Content));
                if (library.Link is { } link)
                {
                    terminal.Out.WriteLine(link.Problem.Length > 0
                        ? terminal.T("cli.lca.not_linked", link.Problem)
                        : terminal.T("cli.lca.linked", Number(link.Linked), Number(link.CutOff), Number(link.Untreated), Number(link.Ambiguous), Number(link.Converted), Number(link.Dropped), Number(link.WithoutProduct)));
                }

                // What could not be taken as it stood is no failure: everything else is there, and the notes stay with the library.
                if (imported.Value.Notes.Count > 0)
                {
                    terminal.Refuse(imported.Value.Notes, library.Notes - imported.Value.Notes.Count);
                }

                return Terminal.Done;
            },
            ct));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var command = new Command("libraries", terminal.T("cli.lca.libraries"));
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(
            terminal, parsed,
            async (book, caller) => terminal.Told(await book.Libraries.List(caller, ct), all =>
            {
                foreach (var library in all)
                {
                    terminal.Out.WriteLine(
                        $"{library.Id,6} {terminal.T("lca.state." + library.State.ToString().ToLowerInvariant()),-10} {terminal.T("lca.rights." + library.Rights.ToString().ToLowerInvariant()),-10} "
                        + $"{library.Processes,8} {library.Name} {library.Version}".TrimEnd());
                }
            }),
            ct));
        return command;
    }

    private static Command Processes(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var text = new Option<string>("--text") { Description = terminal.T("cli.lca.text"), DefaultValueFactory = _ => "" };
        var library = new Option<long?>("--library") { Description = terminal.T("cli.lca.in_library") };
        var location = new Option<string?>("--location") { Description = terminal.T("cli.lca.location") };
        var category = new Option<string?>("--category") { Description = terminal.T("cli.lca.category") };
        var command = new Command("processes", terminal.T("cli.lca.processes")) { text, library, location, category };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(
            terminal, parsed,
            async (book, caller) =>
            {
                var search = new ProcessSearch(parsed.GetRequiredValue(text), parsed.GetValue(library), parsed.GetValue(location), parsed.GetValue(category), Take: Shown);
                return terminal.Told(await book.Processes.Search(caller, search, ct), page =>
                {
                    foreach (var process in page.Processes)
                    {
                        terminal.Out.WriteLine($"{process.Id,12} {process.Location,-8} {process.Name} [{process.ReferenceName}, {process.Unit}] {process.LibraryName}");
                    }

                    terminal.Out.WriteLine(terminal.T("cli.lca.found", Number(page.Total), Number(page.Processes.Count)));
                });
            },
            ct));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var id = new Argument<long>("process") { Description = terminal.T("cli.lca.process") };
        var version = new Option<int?>("--version-number") { Description = terminal.T("cli.lca.version") };
        var command = new Command("show", terminal.T("cli.lca.show")) { id, version };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(
            terminal, parsed, async (book, caller) => terminal.Told(await book.Processes.Get(caller, parsed.GetRequiredValue(id), parsed.GetValue(version), ct), p => Write(terminal, p)), ct));
        return command;
    }

    private static Command Export(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var id = new Argument<long>("library") { Description = terminal.T("cli.lca.in_library") };
        var to = new Option<string?>("--out") { Description = terminal.T("cli.lca.out") };
        var command = new Command("export", terminal.T("cli.lca.export")) { id, to };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(
            terminal, parsed,
            async (book, caller) =>
            {
                var exported = await book.Libraries.Export(caller, parsed.GetRequiredValue(id), ct);
                if (!exported.Ok)
                {
                    return terminal.Refuse(exported.Problems);
                }

                await using var content = exported.Value.Content;
                var path = parsed.GetValue(to) ?? exported.Value.FileName;
                if (File.Exists(path))
                {
                    return terminal.Refuse([new Problem("lca_export_exists", Column: "--out", Found: path)]);
                }

                await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
                {
                    await content.CopyToAsync(file, ct);
                }

                terminal.Out.WriteLine(terminal.T("cli.lca.exported", path, Number(exported.Value.Processes), Number(exported.Value.Sealed.Count)));
                if (exported.Value.Notes.Count > 0)
                {
                    terminal.Refuse(exported.Value.Notes);
                }

                return Terminal.Done;
            },
            ct));
        return command;
    }

    private static void Write(Terminal terminal, StoredProcess process)
    {
        var row = process.Row;
        terminal.Out.WriteLine($"{row.Name} {{{row.Location}}}");
        terminal.Out.WriteLine($"  {row.LibraryName} · {row.Uid} · {terminal.T("cli.lca.version_line", Number(process.Version.Number), process.Version.Sha256)}");
        terminal.Out.WriteLine($"  {row.Category} · {terminal.T("lca.rights." + row.Rights.ToString().ToLowerInvariant())}");
        foreach (var exchange in process.Dataset.Exchanges.OrderByDescending(e => e.Reference).ThenBy(e => e.Input).ThenBy(e => e.Number))
        {
            var flow = process.Flows.GetValueOrDefault(exchange.FlowId);
            var place = flow is { Kind: FlowKind.Elementary } ? $" ({flow.Compartment})" : "";
            terminal.Out.WriteLine(
                $"  {(exchange.Reference ? "=" : exchange.Input ? "→" : "←")} {exchange.Number,4} {exchange.Amount.ToString("R", CultureInfo.InvariantCulture),22} {exchange.Unit,-8} {flow?.Name ?? exchange.FlowId}{place}{(exchange.Formula is { } formula ? $"  {formula}" : "")}");
        }
    }

    private static int Told<T>(this Terminal terminal, Outcome<T> outcome, Action<T> tell)
    {
        if (!outcome.Ok)
        {
            return terminal.Refuse(outcome.Problems);
        }

        tell(outcome.Value);
        return Terminal.Done;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
