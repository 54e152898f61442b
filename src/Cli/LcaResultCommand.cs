using System.CommandLine;
using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Products;

namespace Tanlu.Cli;

/// <summary><c>tanlu lca result PROCESS</c>: impacts of a process of the book with contributions and certificate; with <c>--samples</c> their uncertainty. Sealed results are shown with their mark: who sits at the machine works with the data.</summary>
internal static class LcaResultCommand
{
    public static Command Make(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var process = new Argument<long>("process") { Description = terminal.T("cli.lca.process") };
        var amount = new Option<double>("--amount") { Description = terminal.T("cli.lca.result.amount"), DefaultValueFactory = _ => 1 };
        var unit = new Option<string?>("--unit") { Description = terminal.T("cli.lca.result.unit") };
        var method = new Option<string?>("--method") { Description = terminal.T("cli.lca.result.method") };
        var mapping = new Option<long?>("--mapping") { Description = terminal.T("cli.lca.methods.mapping") };
        var top = new Option<int>("--top") { Description = terminal.T("cli.lca.result.top"), DefaultValueFactory = _ => 5 };
        var samples = new Option<int?>("--samples") { Description = terminal.T("cli.lca.result.samples", Calculations.MostSamples.ToString(CultureInfo.InvariantCulture)) };
        var seed = new Option<ulong>("--seed") { Description = terminal.T("cli.lca.solve.seed"), DefaultValueFactory = _ => 1 };
        var pedigree = new Option<string?>("--pedigree") { Description = terminal.T("cli.lca.result.pedigree") };
        var json = new Option<bool>("--json") { Description = terminal.T("cli.json") };
        var command = new Command("result", terminal.T("cli.lca.result")) { process, amount, unit, method, mapping, top, samples, seed, pedigree, json };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.With(
            terminal, parsed,
            async (book, caller) =>
            {
                var request = new ResultRequest(parsed.GetRequiredValue(process), parsed.GetValue(amount), parsed.GetValue(unit), parsed.GetValue(method), Mapping: parsed.GetValue(mapping));
                UncertainResult? uncertain = null;
                CalculatedResult result;
                if (parsed.GetValue(samples) is { } count)
                {
                    var drawn = await book.Calculations.Uncertainty(caller, request, count, parsed.GetValue(seed), ct, parsed.GetValue(pedigree));
                    if (!drawn.Ok)
                    {
                        return terminal.Refuse(drawn.Problems);
                    }

                    (uncertain, result) = (drawn.Value, drawn.Value.Result);
                }
                else
                {
                    var calculated = await book.Calculations.Of(caller, request, ct);
                    if (!calculated.Ok)
                    {
                        return terminal.Refuse(calculated.Problems);
                    }

                    result = calculated.Value;
                }

                var text = new LcaResultText(terminal, result, uncertain, Math.Max(parsed.GetValue(top), 0));
                if (parsed.GetValue(json))
                {
                    text.Json();
                }
                else
                {
                    text.Words();
                }

                return Terminal.Done;
            },
            ct));
        return command;
    }
}
