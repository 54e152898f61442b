using System.Globalization;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Cli;

/// <summary><c>tanlu factors import DIR|FILES…</c>: a line per file while it runs, the refused rows by reason, the totals, and the files nobody knew.</summary>
internal static class FactorFolderText
{
    public static async Task<int> Import(Terminal terminal, LocalBook book, Caller caller, IReadOnlyList<string> paths, bool serve, CancellationToken ct)
    {
        var loads = new List<FactorFileLoad>();
        terminal.Out.WriteLine(terminal.T("cli.factors.load.header"));
        await foreach (var load in FactorFolder.Import(book.Packs, caller, FactorFolder.Files(paths), ct, serve))
        {
            loads.Add(load);
            Write(terminal, load);
        }

        var taken = loads.Where(l => l.State == FactorFileState.Taken).ToList();
        terminal.Out.WriteLine(terminal.T(
            "cli.factors.load.total", Number(loads.Count), Number(taken.Count), Number(taken.Sum(l => l.Rows)), Number(taken.Sum(l => l.Versions)), Number(taken.Sum(l => l.Problems.Count))));
        terminal.Out.WriteLine(terminal.T("cli.factors.load.share_alike", Number(taken.Where(l => l.Pack!.ShareAlike).Sum(l => l.Versions))));
        if (taken.Count > 0)
        {
            terminal.Out.WriteLine(terminal.T(serve ? "cli.factors.load.serve" : "cli.factors.load.wait"));
        }

        if (loads.Count(l => l.State == FactorFileState.Known) is > 0 and var known)
        {
            terminal.Out.WriteLine(terminal.T("cli.factors.load.known_files", Number(known)));
        }

        foreach (var load in loads.Where(l => l.State == FactorFileState.Unrecognised))
        {
            terminal.Out.WriteLine($"{terminal.T("cli.factors.load.unrecognised")} {load.Path}: {load.Problems[0].Message(terminal.Language)}");
        }

        // Rows that were kept apart do not make the run a failure: each stands in the book's quarantine with its reason.
        return loads.Exists(l => l.State is FactorFileState.Taken or FactorFileState.Known) ? Terminal.Done : Terminal.Refused;
    }

    private static void Write(Terminal terminal, FactorFileLoad load)
    {
        if (load.State == FactorFileState.Unrecognised)
        {
            return;
        }

        var state = terminal.T($"cli.factors.load.{load.State.ToString().ToLowerInvariant()}");
        var name = Path.GetFileName(load.Path);
        terminal.Out.WriteLine(load.Pack is { } pack
            ? $"{name} | {pack.Publisher} | {pack.Code} {pack.Version} | {Number(load.Rows)} | {Number(load.Versions)} | {Number(load.Problems.Count)} | {state}"
            : $"{name} | | {(load.State == FactorFileState.Known ? string.Join(' ', load.Problems[0].Args.Take(2)) : "")} | | | {(load.State == FactorFileState.Refused ? Number(load.Problems.Count) : "")} | {state}");
        if (load.State == FactorFileState.Known)
        {
            return;
        }

        foreach (var reason in load.Problems.GroupBy(p => p.Code).OrderByDescending(g => g.Count()))
        {
            var first = reason.First();
            terminal.Out.WriteLine("    " + terminal.T(
                "cli.factors.load.reason", Number(reason.Count()), Number(first.Row ?? 0), first.Column ?? "", first.Message(terminal.Language), terminal.T("cli.expected", first.Expected(terminal.Language))));
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
