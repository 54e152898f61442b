using System.Globalization;
using System.Text.Json;
using Tanlu.Numerics;

namespace Tanlu.Cli;

/// <summary>What samples say of each indicator, for programs and for people.</summary>
internal static class LcaSamplesText
{
    private const int MostNamed = 100;

    /// <summary>Statistics that no sample has a value for are null.</summary>
    public static void Json(Utf8JsonWriter json, LcaSamples samples)
    {
        var impacts = samples.Impacts;
        json.WriteStartObject("samples");
        json.WriteNumber("n", impacts.Rules.Samples);
        json.WriteNumber("seed", impacts.Rules.Seed);
        json.WriteStartArray("perIndicator");
        for (var indicator = 0; indicator < impacts.Indicators; indicator++)
        {
            var summary = impacts.Summary(0, indicator);
            json.WriteStartObject();
            Number(json, "mean", summary.Mean, summary.Count);
            Number(json, "sd", summary.StandardDeviation, summary.Count);
            Number(json, "median", summary.Median, summary.Count);
            Number(json, "p2_5", summary.Lower, summary.Count);
            Number(json, "p97_5", summary.Upper, summary.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("notConverged", impacts.Refused.Count);
        json.WriteNumber("solvedDirectly", impacts.Direct.Count);
        json.WriteNumber("largestBackwardError", impacts.LargestBackwardError);
        json.WriteNumber("uncertainEntries", samples.Uncertain);
        json.WriteStartArray("refused");
        foreach (var refused in impacts.Refused.Take(MostNamed))
        {
            json.WriteStartObject();
            json.WriteNumber("sample", refused.Sample);
            json.WriteString("code", refused.Problem.Code);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Terminal terminal, LcaSamples samples)
    {
        var impacts = samples.Impacts;
        terminal.Out.WriteLine();
        terminal.Out.WriteLine(samples.Uncertain == 0
            ? terminal.T("cli.lca.solve.all_certain")
            : terminal.T("cli.lca.solve.sampled", Whole(impacts.Rules.Samples), impacts.Rules.Seed.ToString(CultureInfo.InvariantCulture), Whole(samples.Uncertain)));
        string[] heads = ["certain", "mean", "sd", "median", "p2_5", "p97_5"];
        terminal.Out.WriteLine("          " + string.Join("  ", heads.Select(h => terminal.T("cli.lca.solve.samples." + h).PadRight(13))).TrimEnd());
        for (var indicator = 0; indicator < impacts.Indicators; indicator++)
        {
            var summary = impacts.Summary(0, indicator);
            double[] figures = [summary.Certain, summary.Mean, summary.StandardDeviation, summary.Median, summary.Lower, summary.Upper];
            terminal.Out.WriteLine($"{Whole(indicator),8}  {string.Join("  ", figures.Select(f => f.ToString("G7", CultureInfo.InvariantCulture).PadRight(13))).TrimEnd()}");
        }

        foreach (var reason in Enumerable.Range(0, impacts.Indicators).Select(i => impacts.Summary(0, i).Reason).Distinct().Order())
        {
            terminal.Out.WriteLine(terminal.T("sampling.reason." + reason switch
            {
                MeanShift.SkewedInputs => "skewed_inputs",
                MeanShift.Structure => "structure",
                _ => "none",
            }));
        }

        terminal.Out.WriteLine(terminal.T("cli.lca.solve.samples.proven", impacts.LargestBackwardError.ToString("0.0E0", CultureInfo.InvariantCulture), Whole(impacts.Direct.Count)));
        if (impacts.Refused.Count > 0)
        {
            terminal.Out.WriteLine(terminal.T(
                "cli.lca.solve.samples.refused", Whole(impacts.Refused.Count), string.Join(", ", impacts.Refused.Take(10).Select(r => r.Sample.ToString(CultureInfo.InvariantCulture))),
                impacts.Refused[0].Problem.Message(terminal.Language)));
        }
    }

    private static void Number(Utf8JsonWriter json, string name, double value, int count)
    {
        if (count > 0 && double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);
}
