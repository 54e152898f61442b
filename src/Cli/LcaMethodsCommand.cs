using System.CommandLine;
using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Products;

namespace Tanlu.Cli;

/// <summary><c>tanlu lca methods list|import|coverage|map|mappings</c>: the impact methods and flow mappings of the book.</summary>
internal static class LcaMethodsCommand
{
    private const int MissingShown = 25;

    public static Command Make(Terminal terminal) => new("methods", terminal.T("cli.lca.methods"))
    {
        List(terminal), Import(terminal), Coverage(terminal), Mappings(terminal), Map(terminal),
    };

    private static Command List(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var command = new Command("list", terminal.T("cli.lca.methods.list"));
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(terminal, parsed, async (book, caller) =>
        {
            var found = await book.Methods.List(caller, ct);
            foreach (var method in found.Ok ? found.Value : [])
            {
                Write(terminal, method);
            }

            return found.Ok ? Terminal.Done : terminal.Refuse(found.Problems);
        }, ct));
        return command;
    }

    private static Command Import(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var file = new Argument<FileInfo>("file") { Description = terminal.T("cli.lca.methods.file") };
        var twice = Word<RepeatRule>("--twice", terminal.T("cli.lca.methods.twice"));
        var rights = Word<DataRight>("--rights", terminal.T("cli.lca.methods.rights"));
        var command = new Command("import", terminal.T("cli.lca.methods.import")) { file, twice, rights };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(terminal, parsed, (book, caller) => Opened(terminal, parsed.GetRequiredValue(file), async content =>
        {
            var imported = await book.Methods.Import(caller, content, parsed.GetRequiredValue(file).Name, new MethodOptions(Of<DataRight>(parsed.GetValue(rights)), Of<RepeatRule>(parsed.GetValue(twice))), ct);
            if (!imported.Ok)
            {
                return terminal.Refuse(imported.Problems);
            }

            foreach (var method in imported.Value.Methods)
            {
                Write(terminal, method);
                if (method.Repeated > 0)
                {
                    terminal.Out.WriteLine(terminal.T("cli.lca.methods.repeated", Number(method.Repeated), terminal.T("cli.lca.methods.twice." + parsed.GetValue(twice))));
                }
            }

            foreach (var note in imported.Value.Notes.Take(MissingShown))
            {
                terminal.Out.WriteLine(note.Message(terminal.Language));
            }

            return Terminal.Done;
        }), ct));
        return command;
    }

    private static Command Coverage(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var method = new Argument<string>("method") { Description = terminal.T("cli.lca.methods.method") };
        var library = new Option<long>("--library") { Description = terminal.T("cli.lca.methods.library"), Required = true };
        var mapping = new Option<long?>("--mapping") { Description = terminal.T("cli.lca.methods.mapping") };
        var version = new Option<int?>("--version") { Description = terminal.T("cli.lca.methods.version") };
        var command = new Command("coverage", terminal.T("cli.lca.methods.coverage")) { method, library, mapping, version };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(terminal, parsed, async (book, caller) =>
        {
            var found = await book.Methods.Coverage(
                caller, parsed.GetRequiredValue(method), parsed.GetValue(version), parsed.GetValue(library), parsed.GetValue(mapping), MissingShown, ct);
            if (!found.Ok)
            {
                return terminal.Refuse(found.Problems);
            }

            Write(terminal, found.Value);
            return Terminal.Done;
        }, ct));
        return command;
    }

    private static Command Mappings(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var command = new Command("mappings", terminal.T("cli.lca.methods.mappings"));
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(terminal, parsed, async (book, caller) =>
        {
            var found = await book.Mappings.List(caller, ct);
            foreach (var mapping in found.Ok ? found.Value : [])
            {
                Write(terminal, mapping);
            }

            return found.Ok ? Terminal.Done : terminal.Refuse(found.Problems);
        }, ct));
        return command;
    }

    private static Command Map(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var file = new Argument<FileInfo>("file") { Description = terminal.T("cli.lca.methods.map_file") };
        var name = new Option<string?>("--name") { Description = terminal.T("cli.lca.methods.map_name") };
        var rights = Word<DataRight>("--rights", terminal.T("cli.lca.methods.rights"));
        var command = new Command("map", terminal.T("cli.lca.methods.map")) { file, name, rights };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(terminal, parsed, (book, caller) => Opened(terminal, parsed.GetRequiredValue(file), async content =>
        {
            var imported = await book.Mappings.Import(caller, content, parsed.GetRequiredValue(file).Name, parsed.GetValue(name), Of<DataRight>(parsed.GetValue(rights)), ct);
            if (!imported.Ok)
            {
                return terminal.Refuse(imported.Problems);
            }

            Write(terminal, imported.Value);
            return Terminal.Done;
        }), ct));
        return command;
    }

    /// <summary>An option that takes the names of an enumeration in lower case; the first is meant where nothing is said.</summary>
    private static Option<string> Word<T>(string name, string description)
        where T : struct, Enum
    {
        string[] words = [.. Enum.GetNames<T>().Select(n => n.ToLowerInvariant())];
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => words[0] };
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    private static T Of<T>(string? word)
        where T : struct, Enum => Enum.Parse<T>(word!, ignoreCase: true);

    private static async Task<int> Opened(Terminal terminal, FileInfo file, Func<Stream, Task<int>> work)
    {
        if (!file.Exists)
        {
            return terminal.Refuse([new Problem("file_missing", Column: "file", Found: file.FullName)]);
        }

        await using var content = file.OpenRead();
        return await work(content);
    }

    private static void Write(Terminal terminal, MethodRow method) => terminal.Out.WriteLine(
        $"{method.Key,-20} {method.Version,3}  {method.Indicators,4} × {method.Factors,-7} {(method.Rights == DataRight.Open ? "" : terminal.T("lca_right." + method.Rights.ToString().ToLowerInvariant()) + " ")}{method.Name} {method.Edition}  {method.Hash[..12]}");

    private static void Write(Terminal terminal, MappingRow mapping) =>
        terminal.Out.WriteLine($"{mapping.Id,6}  {mapping.Version,3}  {mapping.Flows,7}  {mapping.Name}: {mapping.Sources} → {mapping.Targets}  {mapping.Hash[..12]}");

    private static void Write(Terminal terminal, LibraryCoverage coverage)
    {
        terminal.Out.WriteLine(terminal.T("cli.lca.methods.known", coverage.Method.Name, Number(coverage.Known), Number(coverage.Flows)));
        if (coverage.Mapping is { } mapping)
        {
            terminal.Out.WriteLine(terminal.T("cli.lca.methods.before", mapping, Number(coverage.BeforeMapping)));
        }

        terminal.Out.WriteLine(string.Join("  ", Enum.GetValues<FlowMatch>().Select(step => $"{terminal.T("lca_match." + step.ToString().ToLowerInvariant())} {Number(coverage.Steps.GetValueOrDefault(step))}")));
        foreach (var indicator in coverage.Indicators)
        {
            terminal.Out.WriteLine($"{indicator.Flows,7}  {(coverage.Mapping is null ? "" : $"({indicator.BeforeMapping})  ")}{indicator.IndicatorId}");
        }

        if (coverage.Missing.Count > 0)
        {
            terminal.Out.WriteLine(terminal.T("cli.lca.methods.missing"));
        }

        foreach (var flow in coverage.Missing)
        {
            terminal.Out.WriteLine($"{flow.Uses,7}  {flow.Name} [{flow.Place.Compartment}{(flow.Place.Sub.Length > 0 ? "/" + flow.Place.Sub : "")}] {flow.Unit}  {terminal.T("lca_gap." + flow.Gap.ToString().ToLowerInvariant())}");
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
