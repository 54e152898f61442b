using System.CommandLine;
using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Cli;

/// <summary><c>tanlu calc FILE</c>: activities in, statement out, without a book.</summary>
internal static class CalcCommand
{
    public static Command Make(Terminal terminal)
    {
        var file = new Argument<string>("file") { Description = terminal.T("cli.calc.file") };
        var gwp = new Option<string>("--gwp") { Description = terminal.T("cli.calc.gwp"), DefaultValueFactory = _ => "AR6" };
        gwp.AcceptOnlyFromAmong("SAR", "AR4", "AR5", "AR6");
        var packs = new Option<string[]>("--packs") { Description = terminal.T("cli.calc.packs"), AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var route = new Option<string>("--route") { Description = terminal.T("cli.calc.route"), DefaultValueFactory = _ => "place" };
        route.AcceptOnlyFromAmong("place", "guideline", "ghgp");
        var json = new Option<bool>("--json") { Description = terminal.T("cli.json") };
        var explain = new Option<bool>("--explain") { Description = terminal.T("cli.calc.explain") };
        var command = new Command("calc", terminal.T("cli.calc")) { file, gwp, packs, route, json, explain };
        command.SetAction(parsed =>
        {
            var choice = parsed.GetValue(route) switch
            {
                "guideline" => RouteChoice.Guideline,
                "ghgp" => RouteChoice.GhgProtocol,
                _ => RouteChoice.ByPlace,
            };
            return Run(
                terminal, parsed.GetRequiredValue(file), Gwp.Parse(parsed.GetValue(gwp))!.Value, parsed.GetValue(packs)!, choice, parsed.GetValue(json), parsed.GetValue(explain));
        });
        return command;
    }

    private static int Run(Terminal terminal, string path, GwpSet gwp, IReadOnlyList<string> packs, RouteChoice choice, bool json, bool explain)
    {
        var library = FactorFiles.Library(terminal, packs);
        if (!library.Ok)
        {
            return Refuse(library.Problems);
        }

        var opened = ActivityFile.Open(path);
        if (!opened.Ok)
        {
            return Refuse(opened.Problems);
        }

        using var file = opened.Value;
        if (!json)
        {
            return Print(terminal, file, library.Value, gwp, choice, explain);
        }

        using var output = new CalcJson(terminal, gwp, choice, explain);
        var reader = file.Read(library.Value, siteExists: null, output.Handler);
        output.End(reader);
        return reader.Problems.Count > 0 ? Terminal.Refused : Terminal.Done;

        int Refuse(IReadOnlyList<Problem> problems)
        {
            if (json)
            {
                using var refused = new CalcJson(terminal, gwp, choice, explain);
                refused.End(problems);
                return Terminal.Refused;
            }

            return terminal.Refuse(problems);
        }
    }

    private static int Print(Terminal terminal, ActivityFile file, FactorLibrary library, GwpSet gwp, RouteChoice choice, bool explain)
    {
        StatelessCalculation? calculation = null;
        var reader = file.Read(library, siteExists: null, r =>
        {
            calculation = new StatelessCalculation(r, gwp, choice);
            return explain ? Explained : calculation.Add;
        });
        StatementText.Write(terminal, calculation!.Statement());
        terminal.Out.WriteLine(terminal.T(
            "cli.calc.rows", (reader.Rows - reader.RefusedRows).ToString(System.Globalization.CultureInfo.InvariantCulture),
            reader.RefusedRows.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return reader.Problems.Count > 0 ? terminal.Refuse(reader.Problems, Math.Max(0, reader.RefusedRows - reader.Problems.Count)) : Terminal.Done;

        bool Explained(in ActivityRecord record)
        {
            if (!calculation!.Add(record))
            {
                return false;
            }

            foreach (var line in calculation.LinesOf(record.Prepared))
            {
                ExplanationText.Write(terminal, calculation.Explain(record, line), "");
            }

            return true;
        }
    }
}
