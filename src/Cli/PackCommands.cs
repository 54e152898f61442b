using System.CommandLine;
using System.Globalization;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Cli;

/// <summary><c>tanlu factors packs|diff|approve|reject|switch|four-eyes|export</c>: editions of packs and the decision which of them serve.</summary>
internal static class PackCommands
{
    private const int Shown = 200;

    public static Command List(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var command = new Command("packs", terminal.T("cli.packs"));
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(terminal, parsed, async (book, caller) =>
        {
            var found = await book.Packs.List(caller, ct);
            foreach (var pack in found.Ok ? found.Value : [])
            {
                var marks = (pack.SwitchedOff ? " " + terminal.T("pack.switched_off") : "") + (pack.Identity.ShareAlike ? " " + terminal.T("pack.share_alike") : "");
                terminal.Out.WriteLine(
                    $"{pack.Id,6}  {pack.Code + " " + pack.Version,-44} {State(terminal, pack.State),-10} {pack.Versions,7}  {pack.Identity.Licence}{marks}");
            }

            return found.Ok ? Terminal.Done : terminal.Refuse(found.Problems);
        }, ct));
        return command;
    }

    public static Command Diff(Terminal terminal)
    {
        var kind = new Option<string?>("--kind") { Description = terminal.T("cli.packs.kind") };
        var text = new Option<string?>("--text") { Description = terminal.T("cli.packs.text") };
        return OverPack(terminal, "diff", [kind, text], async (book, caller, pack, parsed, ct) =>
        {
            var found = await book.Packs.Review(caller, pack.Id, ct);
            if (!found.Ok)
            {
                return terminal.Refuse(found.Problems);
            }

            Write(terminal, found.Value, PackChanges.Order(found.Value.Diff.Changes, parsed.GetValue(kind), parsed.GetValue(text), by: null));
            return Terminal.Done;
        });
    }

    public static Command Effect(Terminal terminal)
    {
        var gwp = new Option<string>("--gwp") { Description = terminal.T("cli.calc.gwp"), DefaultValueFactory = _ => "AR6" };
        return OverPack(terminal, "effect", [gwp], async (book, caller, pack, parsed, ct) =>
        {
            if (Gwp.Parse(parsed.GetValue(gwp)) is not { } set)
            {
                return terminal.Refuse([new Problem("gwp_unknown", Column: "--gwp", Found: parsed.GetValue(gwp))]);
            }

            var found = await book.Effects.Of(caller, pack.Id, set, Route.GhgProtocol, ct);
            if (!found.Ok)
            {
                return terminal.Refuse(found.Problems);
            }

            Write(terminal, found.Value);
            return Terminal.Done;
        });
    }

    public static Command Approve(Terminal terminal)
    {
        var reason = Reason(terminal);
        return OverPack(terminal, "approve", [reason], async (book, caller, pack, parsed, ct) =>
            Told(terminal, await book.Packs.Serve(caller, pack.Id, parsed.GetValue(reason) ?? "", ct)));
    }

    public static Command Reject(Terminal terminal)
    {
        var reason = Reason(terminal);
        return OverPack(terminal, "reject", [reason], async (book, caller, pack, parsed, ct) =>
            Told(terminal, await book.Packs.Reject(caller, pack.Id, parsed.GetValue(reason) ?? "", ct)));
    }

    public static Command Switch(Terminal terminal)
    {
        var reason = Reason(terminal);
        var to = new Argument<string>("to") { Description = terminal.T("cli.packs.to") };
        to.AcceptOnlyFromAmong("on", "off");
        return OverPack(terminal, "switch", [to, reason], async (book, caller, pack, parsed, ct) =>
        {
            var done = await book.Packs.Switch(caller, pack.Code, parsed.GetRequiredValue(to) == "on", parsed.GetValue(reason) ?? "", ct);
            if (done.Ok)
            {
                terminal.Out.WriteLine(terminal.T(done.Value ? "cli.packs.on" : "cli.packs.off", pack.Code));
            }

            return done.Ok ? Terminal.Done : terminal.Refuse(done.Problems);
        });
    }

    public static Command FourEyes(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var to = new Argument<string>("to") { Description = terminal.T("cli.packs.to") };
        to.AcceptOnlyFromAmong("on", "off");
        var command = new Command("four-eyes", terminal.T("cli.packs.four_eyes")) { to };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(terminal, parsed, async (book, caller) =>
        {
            var done = await book.Packs.SetFourEyes(caller, parsed.GetRequiredValue(to) == "on", ct);
            if (done.Ok)
            {
                terminal.Out.WriteLine(terminal.T(done.Value ? "cli.packs.two_people" : "cli.packs.one_person"));
            }

            return done.Ok ? Terminal.Done : terminal.Refuse(done.Problems);
        }, ct));
        return command;
    }

    public static Command Export(Terminal terminal)
    {
        var to = new Option<string>("--out") { Description = terminal.T("cli.packs.out"), Required = true };
        return OverPack(terminal, "export", [to], async (book, caller, pack, parsed, ct) =>
        {
            var found = await book.Packs.Export(caller, pack.Id, ct);
            if (!found.Ok)
            {
                return terminal.Refuse(found.Problems);
            }

            await using var content = found.Value.Content;
            await using var file = File.Create(parsed.GetRequiredValue(to));
            await content.CopyToAsync(file, ct);
            terminal.Out.WriteLine(terminal.T("cli.packs.exported", pack.Code, pack.Version, parsed.GetRequiredValue(to), pack.Identity.Licence));
            return Terminal.Done;
        });
    }

    private static Option<string?> Reason(Terminal terminal) => new("--reason") { Description = terminal.T("cli.packs.reason") };

    /// <summary>A command about one edition, which is named by its number, its code, or code@version.</summary>
    private static Command OverPack(
        Terminal terminal, string verb, IReadOnlyList<Symbol> more, Func<LocalBook, Caller, StoredPack, ParseResult, CancellationToken, Task<int>> work)
    {
        var options = new BookOptions(terminal);
        var name = new Argument<string>("pack") { Description = terminal.T("cli.packs.name") };
        var command = new Command(verb, terminal.T("cli.packs." + verb)) { name };
        foreach (var symbol in more)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(terminal, parsed, async (book, caller) =>
        {
            var wanted = parsed.GetRequiredValue(name);
            var packs = await book.Packs.List(caller, ct);
            if (!packs.Ok)
            {
                return terminal.Refuse(packs.Problems);
            }

            return packs.Value.FirstOrDefault(p => p.Id.ToString(CultureInfo.InvariantCulture) == wanted || p.Code == wanted || $"{p.Code}@{p.Version}" == wanted) is { } pack
                ? await work(book, caller, pack, parsed, ct)
                : terminal.Refuse([Refusal.NotFound($"pack/{wanted}")]);
        }, ct));
        return command;
    }

    private static int Told(Terminal terminal, Outcome<StoredPack> decided)
    {
        if (!decided.Ok)
        {
            return terminal.Refuse(decided.Problems);
        }

        terminal.Out.WriteLine(terminal.T("cli.packs.decided", decided.Value.Code, decided.Value.Version, State(terminal, decided.Value.State)));
        return Terminal.Done;
    }

    private static void Write(Terminal terminal, PackReview review, IReadOnlyList<SeriesChange> changes)
    {
        var diff = review.Diff;
        terminal.Out.WriteLine($"{review.Pack.Code} {review.Pack.Version}  {State(terminal, review.Pack.State)}  {review.Pack.Identity.Licence}");
        terminal.Out.WriteLine(terminal.T(
            "cli.packs.counts", Number(diff.Count(ChangeKind.Added)), Number(diff.Count(ChangeKind.Renewed)), Number(diff.Count(ChangeKind.Corrected)), Number(diff.Count(ChangeKind.Ended)),
            Number(diff.Count(ChangeKind.Withdrawn)), Number(diff.Unchanged)));
        foreach (var line in diff.Identity)
        {
            terminal.Out.WriteLine($"  {terminal.T("pack.field." + line.Field)}: {line.Before} → {line.After}");
        }

        foreach (var change in changes.Take(Shown))
        {
            var percent = change.Percent is { } p ? p.ToString("+0.##;-0.##;0", CultureInfo.InvariantCulture) + " %" : "";
            var numbers = string.Join("; ", change.Numbers.Select(n => $"{Text(n.Before)} → {Text(n.After)}"));
            terminal.Out.WriteLine($"  {terminal.T("pack.change." + change.Kind.ToString().ToLowerInvariant()),-10} {percent,10}  {(change.After ?? change.Before)!.Id}  {numbers}");
        }

        terminal.Out.WriteLine(terminal.T("cli.factors.found", Number(changes.Count), Number(Math.Min(changes.Count, Shown))));
        foreach (var served in review.Serves.Take(Shown))
        {
            terminal.Out.WriteLine($"  {served.Activity} {PackFile.RoleName(served.Role)} {served.Region} {served.On:yyyy-MM-dd}: {served.Before?.Id ?? "–"} → {served.After?.Id ?? "–"}");
        }
    }

    private static void Write(Terminal terminal, LibraryEffect effect)
    {
        terminal.Out.WriteLine(terminal.T("cli.packs.effect.total", Tonnes(effect.PostedKg), Tonnes(effect.AfterKg), Tonnes(effect.ChangeKg), Gwp.Code(effect.Gwp)));
        foreach (var row in effect.Rows.Take(Shown))
        {
            var percent = row.Percent is { } p ? p.ToString("+0.##;-0.##;0", CultureInfo.InvariantCulture) + " %" : "";
            terminal.Out.WriteLine($"  {row.Month} {effect.Sources.GetValueOrDefault(row.Source)?.Code,-24} {Tonnes(row.PostedKg),14} → {Tonnes(row.AfterKg),14} t {percent,10}  {row.FactorBefore} → {row.FactorAfter}");
        }

        foreach (var refusal in effect.Refused)
        {
            terminal.Out.WriteLine($"  {refusal.Activity} {refusal.FactorBefore} × {refusal.Activities.ToString(CultureInfo.InvariantCulture)}: {refusal.Problem.Message(terminal.Language)}");
        }

        terminal.Out.WriteLine(terminal.T(
            "cli.packs.effect.rest", Number(effect.Rows.Count), Number(Math.Min(effect.Rows.Count, Shown)), Number(effect.Frozen), effect.Unknown.ToString(CultureInfo.InvariantCulture)));
    }

    private static string Tonnes(double kilograms) => (kilograms / 1000).ToString("0.###", CultureInfo.InvariantCulture);

    private static string State(Terminal terminal, PackState state) => terminal.T("pack.state." + state.ToString().ToLowerInvariant());

    private static string Text(FactorComponent? component) => component is null
        ? "–"
        : $"{component.Gas?.Code ?? component.Kind.ToString()} {component.Value.ToString("0.######", CultureInfo.InvariantCulture)} {component.Unit.Code}";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
