using System.CommandLine;
using System.Globalization;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Cli;

/// <summary><c>tanlu factors search|show|import</c>: the library of the book, or of the product where there is no book.</summary>
internal static class FactorsCommand
{
    private const int Shown = 50;

    public static Command Make(Terminal terminal) =>
        new("factors", terminal.T("cli.factors"))
        {
            Search(terminal), Show(terminal), Import(terminal), PackCommands.List(terminal), PackCommands.Diff(terminal), PackCommands.Effect(terminal), PackCommands.Approve(terminal), PackCommands.Reject(terminal),
            PackCommands.Switch(terminal), PackCommands.FourEyes(terminal), PackCommands.Export(terminal),
        };

    private static Command Search(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var text = new Argument<string[]>("text") { Description = terminal.T("cli.factors.text"), Arity = ArgumentArity.ZeroOrMore };
        var region = new Option<string?>("--region") { Description = terminal.T("cli.factors.region") };
        var year = new Option<int?>("--year") { Description = terminal.T("cli.factors.year") };
        var pack = new Option<string?>("--pack") { Description = terminal.T("cli.factors.pack") };
        var command = new Command("search", terminal.T("cli.factors.search")) { text, region, year, pack };
        options.AddTo(command);
        command.SetAction((parsed, ct) =>
        {
            var search = new FactorSearch(
                string.Join(' ', parsed.GetValue(text) ?? []), Region: parsed.GetValue(region), Pack: parsed.GetValue(pack), Year: parsed.GetValue(year), Take: Shown);
            return OverLibrary(terminal, options, parsed, library =>
            {
                var hits = library.Search(search);
                foreach (var version in hits.Versions)
                {
                    terminal.Out.WriteLine($"{version.Id,-60} {version.Geography,-16} {version.Name(terminal.Language)} | {string.Join("; ", version.Components.Select(Text))} [{version.Mark}]");
                }

                terminal.Out.WriteLine(terminal.T("cli.factors.found", Number(hits.Total), Number(hits.Versions.Count)));
                return Terminal.Done;
            }, ct);
        });
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var id = new Argument<string>("id") { Description = terminal.T("cli.factors.id") };
        var command = new Command("show", terminal.T("cli.factors.show")) { id };
        options.AddTo(command);
        command.SetAction((parsed, ct) => OverLibrary(terminal, options, parsed, library =>
        {
            var wanted = parsed.GetRequiredValue(id);
            var found = library.Named(wanted);
            foreach (var version in found)
            {
                Write(terminal, version);
            }

            return found.Count > 0 ? Terminal.Done : terminal.Refuse([Refusal.NotFound(wanted)]);
        }, ct));
        return command;
    }

    private static Command Import(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var paths = new Argument<string[]>("path") { Description = terminal.T("cli.factors.path"), Arity = ArgumentArity.OneOrMore };
        var serve = new Option<bool>("--serve") { Description = terminal.T("cli.factors.serve") };
        var command = new Command("import", terminal.T("cli.factors.import")) { paths, serve };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(terminal, parsed, (book, caller) => parsed.GetRequiredValue(paths) switch
        {
            [var file] when !Directory.Exists(file) => ImportOne(terminal, book, caller, file, parsed.GetValue(serve), ct),
            var several => FactorFolderText.Import(terminal, book, caller, several, parsed.GetValue(serve), ct),
        }, ct));
        return command;
    }

    private static async Task<int> ImportOne(Terminal terminal, LocalBook book, Caller caller, string path, bool serve, CancellationToken ct)
    {
        if (!File.Exists(path))
        {
            return terminal.Refuse([new Problem("file_missing", Found: path)]);
        }

        await using var content = File.OpenRead(path);
        var imported = await book.Packs.Import(caller, content, Path.GetFileName(path), ct, serve);
        if (!imported.Ok)
        {
            return terminal.Refuse(imported.Problems);
        }

        var (pack, quarantine) = imported.Value;
        terminal.Out.WriteLine(terminal.T("cli.factors.imported", pack.Code, pack.Version, Number(pack.Versions), pack.Hash));
        terminal.Out.WriteLine(terminal.T(pack.State == PackState.Serving ? "cli.factors.serves" : "cli.factors.waits", pack.Id.ToString(CultureInfo.InvariantCulture)));
        return quarantine.Count > 0 ? terminal.Refuse(quarantine) : Terminal.Done;
    }

    private static async Task<int> OverLibrary(Terminal terminal, BookOptions options, ParseResult parsed, Func<FactorLibrary, int> work, CancellationToken ct) => options.Exists(parsed)
        ? await options.With(terminal, parsed, async (book, caller) => work(await book.Packs.LibraryFor(caller.Tenant, ct)), ct)
        : work(FactorLibrary.BuiltIn);

    private static void Write(Terminal terminal, FactorVersion version)
    {
        terminal.Out.WriteLine($"{version.Id}  {version.Name(terminal.Language)}");
        Line("cli.factors.line.values", string.Join("; ", version.Components.Select(Text)));
        Line("cli.factors.line.place", Regions.Find(version.Geography) is { } place ? $"{place.Code} {place.Name(terminal.Language)}" : version.Geography);
        Line("cli.factors.line.valid", $"{version.ValidFrom:yyyy-MM-dd} … {(version.ValidTo is { } end ? end.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "")}");
        Line("cli.factors.line.activity", version.Activity);
        Line("cli.factors.line.gwp", Gwp.Code(version.Gwp));
        Line("cli.factors.line.source", $"{version.Source} {version.Page} [{version.Mark}]".Replace("  ", " ", StringComparison.Ordinal));
        Line("cli.factors.line.licence", version.Pack.Licence);
        Line("cli.factors.line.uncertainty", version.UncertaintyPercent is { } percent ? $"± {percent.ToString(CultureInfo.InvariantCulture)} %" : "");
        Line("cli.factors.line.note", version.Note);

        void Line(string key, string value)
        {
            if (value.Length > 0)
            {
                terminal.Out.WriteLine($"  {terminal.T(key)} {value}");
            }
        }
    }

    private static string Text(FactorComponent component) =>
        $"{component.Gas?.Code ?? component.Kind.ToString()} {component.Value.ToString("0.######", CultureInfo.InvariantCulture)} {component.Unit.Code}";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
