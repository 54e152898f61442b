using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Inventory;

/// <summary>One line of a stateless calculation in full double precision: kg per unit of quantity under a GWP set.</summary>
/// <remarks>CH4 and N2O of combustion and biogenic CO2 belong to the same account as the fuel's own line and are folded into it.</remarks>
public sealed class CalculatedLine
{
    private readonly List<CalculationLine> _parts = [];

    private CalculatedLine(CalculationLine main) => Main = main;

    public CalculationLine Main { get; }

    public double Co2KgPerUnit { get; private set; }

    public double Ch4KgPerUnit { get; private set; }

    public double N2OKgPerUnit { get; private set; }

    public double BiogenicCo2KgPerUnit { get; private set; }

    /// <summary>In the scopes: Kyoto gases and fixed CO2e.</summary>
    public double Co2eKgPerUnit { get; private set; }

    public string FactorId => Main.Factor?.Id ?? "";

    /// <summary>The lines folded into this one.</summary>
    public IReadOnlyList<CalculationLine> Parts => _parts;

    /// <summary>The lines of a calculation that count under the route, one per account and factor.</summary>
    public static IReadOnlyList<CalculatedLine> Of(Calculation calculation, GwpSet gwp, Func<CalculationLine, bool> counts)
    {
        var lines = new List<CalculatedLine>();
        foreach (var line in calculation.Lines.Where(counts))
        {
            var into = line.Role is FactorRole.CombustionOther or FactorRole.OutsideScopes ? lines.Find(l => l.Main.Account == line.Account) : null;
            if (into is null)
            {
                lines.Add(into = new CalculatedLine(line));
            }

            into.Add(line, gwp);
        }

        return lines;
    }

    private void Add(CalculationLine line, GwpSet gwp)
    {
        _parts.Add(line);
        Co2eKgPerUnit += line.Co2eKgPerUnit;
        foreach (var gas in line.Gases)
        {
            if (gas.Gas == Gases.Co2)
            {
                Co2KgPerUnit += gas.KgPerUnit;
            }
            else if (gas.Gas == Gases.Ch4 || gas.Gas == Gases.Ch4Fossil || gas.Gas == Gases.Ch4NonFossil)
            {
                Ch4KgPerUnit += gas.KgPerUnit;
            }
            else if (gas.Gas == Gases.N2O)
            {
                N2OKgPerUnit += gas.KgPerUnit;
            }
            else if (gas.Gas.Biogenic)
            {
                BiogenicCo2KgPerUnit += gas.KgPerUnit;
            }

            if (gas.Gas.Regime == GasRegime.Kyoto)
            {
                Co2eKgPerUnit += gas.KgPerUnit * Gwp.Scaled(gwp, gas.Gas.Id) / Gwp.Scale;
            }
        }
    }
}
