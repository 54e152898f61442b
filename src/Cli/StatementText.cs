using System.Globalization;
using Tanlu.Inventory;
using Tanlu.Kernel;

namespace Tanlu.Cli;

/// <summary>A statement as plain text: scopes, scope 3 by category, what stands apart, energy, caveats.</summary>
internal static class StatementText
{
    private const int LabelWidth = 58;

    public static void Write(Terminal terminal, Statement statement)
    {
        terminal.Out.WriteLine(terminal.T("statement.title", Gwp.Code(statement.Gwp)));
        Line("statement.scope1", statement.Scope1);
        Line("statement.scope2_location", statement.Scope2Location);
        terminal.Out.WriteLine($"{Label("statement.scope2_market")}{terminal.T("statement.not_given"),20}");
        Line("statement.scope3", statement.Scope3);
        for (var category = 1; category <= 15; category++)
        {
            if (statement.Category3(category) is { Scaled: var scaled } sum && scaled != 0)
            {
                Line($"statement.category3_{category.ToString(CultureInfo.InvariantCulture)}", sum, indent: "  ");
            }
        }

        terminal.Out.WriteLine($"{Label("statement.biogenic")}{Kg((double)statement.BiogenicCo2Mg / 1e6),20} kg");
        if (statement.Apart.Scaled != 0)
        {
            Line("statement.apart", statement.Apart);
        }

        terminal.Out.WriteLine($"{Label("statement.energy")}{Kg(statement.EnergyMWh),20} MWh  {Kg(statement.EnergyGJ)} GJ  {Kg(statement.EnergyTce)} tce");
        foreach (var caveat in statement.Caveats)
        {
            terminal.Out.WriteLine("! " + caveat.Text(terminal.Language));
        }

        void Line(string key, Co2eSum sum, string indent = "") =>
            terminal.Out.WriteLine($"{indent + Label(key, LabelWidth - indent.Length)}{Kg(sum.Kilograms),20} kg CO2e");

        string Label(string key, int width = LabelWidth) => Pad(terminal.T(key), width);
    }

    /// <summary>Chinese characters take two places in a terminal.</summary>
    private static string Pad(string text, int width)
    {
        var shown = text.Sum(c => c >= 0x2E80 ? 2 : 1);
        return shown >= width ? text + " " : text + new string(' ', width - shown);
    }

    private static string Kg(double value) => value.ToString("#,##0.###", CultureInfo.InvariantCulture);
}
