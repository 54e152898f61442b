using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tanlu.Numerics;
using Tanlu.Products;

namespace Tanlu.Cli;

/// <summary>A result as words or as JSON (the same shape in both languages).</summary>
internal sealed class LcaResultText(Terminal terminal, CalculatedResult result, UncertainResult? uncertain, int top)
{
    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    private ResultCertificate Certificate => result.Certificate;

    public void Words()
    {
        var demand = result.Impacts.Inventory.Demands[0];
        Line("result.demand", Figure(result.Request.Amount), result.Request.Unit ?? result.System.Processes[demand.Process].Unit, result.Process.Row.Name, result.Method.Method.Name);
        if (result.Rights != DataRight.Open)
        {
            terminal.Out.WriteLine($"[{Right()}]");
        }

        var from = result.Impacts.Contributions();
        for (var k = 0; k < result.Impacts.Indicators.Count; k++)
        {
            var indicator = result.Impacts.Indicators[k];
            terminal.Out.WriteLine($"{Figure(result.Impacts.Values[k]),14} {indicator.Unit}  {indicator.Name}");
            foreach (var part in from.ByProcess(k).Where(p => p.Direct != 0).Take(top))
            {
                terminal.Out.WriteLine($"    {Percent(part.Share),8}  {result.System.Processes[part.Process].Title}");
            }
        }

        if (uncertain is not null)
        {
            Sampled(uncertain);
        }

        terminal.Out.WriteLine(terminal.T("result.certificate"));
        Fact("result.backward_error", Figure(Certificate.Solver.BackwardError));
        Fact("result.primal_dual", Figure(Certificate.Solver.PrimalDual));
        Fact("result.solver", terminal.T("result.solver.how", Count(Certificate.Solver.Components), Count(Certificate.Solver.Sweeps))
            + (Certificate.Solver.Fallback is { } fallback ? ", " + terminal.T("result.fallback." + fallback) : ""));
        Fact("result.uncharacterised", terminal.T("result.uncharacterised.of", Count(Certificate.Coverage.Flows - Certificate.Coverage.Characterised), Count(Certificate.Coverage.Flows)));
        foreach (var flow in Certificate.Coverage.Largest.Take(top))
        {
            terminal.Out.WriteLine($"    {Percent(flow.Share),8}  {flow.Name} {Figure(flow.Amount)} {flow.Unit}");
        }

        Fact("result.open_inputs", Count(Certificate.Open.Count));
        Fact("result.ambiguous", Count(Certificate.Ambiguous));
        Fact("result.system_hash", Certificate.SystemHash);
        Fact("result.method_hash", Certificate.MethodHash);
        foreach (var linked in result.Linked)
        {
            Fact("result.rests_on", $"{linked.Library.Name} {linked.Library.Version} {linked.Library.Content}");
        }

        Fact("result.rights", Right());
    }

    public void Json()
    {
        var from = result.Impacts.Contributions();
        var written = new JsonObject
        {
            ["process"] = result.Process.Row.Id, ["name"] = result.Process.Row.Name, ["amount"] = result.Request.Amount,
            ["unit"] = result.Request.Unit ?? result.System.Processes[result.Impacts.Inventory.Demands[0].Process].Unit,
            ["method"] = result.Method.Row.Key, ["rights"] = result.Rights.ToString().ToLowerInvariant(),
            ["impacts"] = new JsonArray(
            [
                .. result.Impacts.Indicators.Select((indicator, k) => (JsonNode)new JsonObject
                {
                    ["id"] = indicator.Id, ["name"] = indicator.Name, ["unit"] = indicator.Unit, ["value"] = result.Impacts.Values[k],
                    ["processes"] = new JsonArray(
                    [
                        .. from.ByProcess(k).Where(p => p.Direct != 0).Take(top).Select(p => (JsonNode)new JsonObject
                        {
                            ["name"] = result.System.Processes[p.Process].Title, ["impact"] = p.Direct, ["share"] = p.Share,
                        }),
                    ]),
                }),
            ]),
            ["certificate"] = new JsonObject
            {
                ["backwardError"] = Certificate.Solver.BackwardError, ["primalDual"] = Certificate.Solver.PrimalDual, ["sweeps"] = Certificate.Solver.Sweeps,
                ["components"] = Certificate.Solver.Components, ["fallback"] = Certificate.Solver.Fallback, ["systemHash"] = Certificate.SystemHash, ["methodHash"] = Certificate.MethodHash,
                ["flows"] = Certificate.Coverage.Flows, ["characterised"] = Certificate.Coverage.Characterised,
                ["withoutFactor"] = new JsonArray([.. Certificate.Coverage.Largest.Select(f => (JsonNode)new JsonObject { ["name"] = f.Name, ["amount"] = f.Amount, ["unit"] = f.Unit, ["share"] = f.Share })]),
                ["openInputs"] = Certificate.Open.Count, ["ambiguous"] = Certificate.Ambiguous, ["notes"] = Certificate.Notes,
            },
            ["libraries"] = new JsonArray([.. result.Linked.Select(l => (JsonNode)new JsonObject { ["name"] = l.Library.Name, ["version"] = l.Library.Version, ["content"] = l.Library.Content })]),
        };
        if (uncertain is not null)
        {
            written["uncertainty"] = Samples(uncertain);
        }

        terminal.Out.WriteLine(written.ToJsonString(Format));
    }

    private void Sampled(UncertainResult drawn)
    {
        Line("uncertainty.counts", Count(drawn.Samples.Rules.Samples), drawn.Samples.Rules.Seed.ToString(CultureInfo.InvariantCulture), Count(drawn.Sources), Count(drawn.NotConverged));
        terminal.Out.WriteLine(terminal.T("uncertainty.scope." + Word(drawn.Scope)));
        for (var k = 0; k < drawn.Figures.Count; k++)
        {
            var (indicator, figures) = (drawn.Figures[k].Indicator, drawn.Figures[k].Summary);
            Line("uncertainty.line", indicator.Name, Figure(figures.Certain), Figure(figures.Mean), Figure(figures.Median), Figure(figures.StandardDeviation), Figure(figures.Lower), Figure(figures.Upper), indicator.Unit);
            terminal.Out.WriteLine("    " + terminal.T("sampling.reason." + Word(figures.Reason)));
            if (drawn.Largest(k, top) is { Ok: true } largest)
            {
                foreach (var part in largest.Value)
                {
                    terminal.Out.WriteLine($"    {Percent(part.Share),8}  {part.Source.Process}: {part.Source.Name}");
                }
            }
        }
    }

    private JsonObject Samples(UncertainResult drawn) => new()
    {
        ["samples"] = drawn.Samples.Rules.Samples, ["seed"] = drawn.Samples.Rules.Seed, ["scope"] = Word(drawn.Scope), ["sources"] = drawn.Sources, ["notConverged"] = drawn.NotConverged,
        ["indicators"] = new JsonArray(
        [
            .. drawn.Figures.Select((figure, k) => (JsonNode)new JsonObject
            {
                ["id"] = figure.Indicator.Id, ["static"] = Finite(figure.Summary.Certain), ["mean"] = Finite(figure.Summary.Mean), ["median"] = Finite(figure.Summary.Median),
                ["standardDeviation"] = Finite(figure.Summary.StandardDeviation), ["p2_5"] = Finite(figure.Summary.Lower), ["p97_5"] = Finite(figure.Summary.Upper), ["reason"] = Word(figure.Summary.Reason),
                ["variance"] = new JsonArray(
                [
                    .. (drawn.Largest(k, top) is { Ok: true } largest ? largest.Value : []).Select(p => (JsonNode)new JsonObject
                    {
                        ["process"] = p.Source.Process, ["exchange"] = p.Source.Exchange, ["name"] = p.Source.Name, ["share"] = p.Share,
                    }),
                ]),
            }),
        ]),
    };

    private void Line(string key, params IReadOnlyList<string> args) => terminal.Out.WriteLine(terminal.T(key, args));

    private void Fact(string key, string value) => terminal.Out.WriteLine($"  {terminal.T(key)}: {value}");

    private string Right() => terminal.T("result.rights." + result.Rights.ToString().ToLowerInvariant());

    private static string Word(UncertainScope scope) => scope == UncertainScope.Whole ? "whole" : "own";

    private static string Word(MeanShift reason) => reason switch
    {
        MeanShift.None => "none",
        MeanShift.SkewedInputs => "skewed_inputs",
        _ => "structure",
    };

    // Without a sample that converged there is no figure, and JSON has no word for it but null.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static string Figure(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);
}
