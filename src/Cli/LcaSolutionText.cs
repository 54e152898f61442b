using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tanlu.Numerics;

namespace Tanlu.Cli;

/// <summary>A solution as JSON for programs, and as a table for people.</summary>
internal static class LcaSolutionText
{
    private const int MostShown = 10;

    /// <summary>Numbers come back to the last bit.</summary>
    public static void Json(Terminal terminal, LcaSolution solution)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Numbers(json, "supply", solution.Supply.Values);
            Numbers(json, "inventory", solution.Inventory);
            Numbers(json, "impacts", solution.Impacts);
            var certificate = solution.Supply.Certificate;
            json.WriteStartObject("certificate");
            json.WriteNumber("backwardError", certificate.BackwardError);
            json.WriteNumber("primalDual", certificate.PrimalDual);
            json.WriteNumber("sweeps", certificate.Sweeps);
            json.WriteNumber("components", certificate.Components);
            json.WriteString("fallback", certificate.Fallback);
            json.WriteEndObject();
            if (solution.Samples is { } samples)
            {
                LcaSamplesText.Json(json, samples);
            }

            json.WriteEndObject();
        }

        terminal.Out.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    public static void Write(Terminal terminal, LcaMatrices matrices, LcaSolution solution)
    {
        var shape = solution.Network.Shape;
        terminal.Out.WriteLine(terminal.T("cli.lca.solve.network", Whole(shape.Size), Whole(shape.Count), Whole(shape.Components), Whole(shape.Loops), Whole(shape.Largest)));
        foreach (var demand in solution.Demands)
        {
            terminal.Out.WriteLine(terminal.T("cli.lca.solve.demanded", Number(demand.Amount), Whole(demand.Process)));
        }

        terminal.Out.WriteLine();
        if (matrices.HasCharacterisation)
        {
            Table(terminal, terminal.T("cli.lca.solve.impacts"), solution.Impacts, solution.Impacts.Length);
            Uncharacterised(terminal, matrices, solution);
        }

        if (matrices.HasInterventions)
        {
            Table(terminal, terminal.T("cli.lca.solve.inventory"), solution.Inventory, MostShown);
        }

        Table(terminal, terminal.T("cli.lca.solve.supply"), solution.Supply.Values, MostShown);
        var certificate = solution.Supply.Certificate;
        terminal.Out.WriteLine(terminal.T(
            "cli.lca.solve.certificate", Short(certificate.BackwardError), Short(Certificate.LargestBackwardError), Short(certificate.PrimalDual), Whole(certificate.Sweeps)));
        if (certificate.Fallback is { } reason)
        {
            terminal.Out.WriteLine(terminal.T("cli.lca.solve.fallback." + reason));
        }

        if (solution.Samples is { } samples)
        {
            LcaSamplesText.Write(terminal, samples);
        }
    }

    // A flow without a factor counts as nothing in every impact: how many, and the largest by amount.
    private static void Uncharacterised(Terminal terminal, LcaMatrices matrices, LcaSolution solution)
    {
        var characterised = matrices.C.Column.ToHashSet();
        var flows = Enumerable.Range(0, solution.Inventory.Length).Where(f => solution.Inventory[f] != 0).ToList();
        var without = flows.Where(f => !characterised.Contains(f)).OrderByDescending(f => Math.Abs(solution.Inventory[f])).ThenBy(f => f).ToList();
        if (without.Count > 0)
        {
            terminal.Out.WriteLine(terminal.T(
                "cli.lca.solve.uncharacterised", Whole(without.Count), Whole(flows.Count), string.Join(", ", without.Take(MostShown).Select(f => $"{Whole(f)} ({Number(solution.Inventory[f])})"))));
            terminal.Out.WriteLine();
        }
    }

    // The largest first; where all are shown, as they stand.
    private static void Table(Terminal terminal, string title, double[] values, int most)
    {
        var running = Enumerable.Range(0, values.Length).Where(i => values[i] != 0 || most == values.Length).ToList();
        var shown = most == values.Length ? running : [.. running.OrderByDescending(i => Math.Abs(values[i])).ThenBy(i => i).Take(most)];
        terminal.Out.WriteLine(shown.Count < running.Count ? terminal.T("cli.lca.solve.largest", title, Whole(shown.Count), Whole(running.Count)) : title);
        foreach (var at in shown)
        {
            terminal.Out.WriteLine($"{Whole(at),8}  {Number(values[at])}");
        }

        terminal.Out.WriteLine();
    }

    private static void Numbers(Utf8JsonWriter json, string name, double[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("G9", CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString("0.0E0", CultureInfo.InvariantCulture);
}
