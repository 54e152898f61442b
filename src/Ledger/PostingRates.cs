using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>
/// A calculation as the book posts it: one key per account, route, fixed set and further gas, with mg (Wh for energy) per unit of quantity. Shared
/// by all periods that use the calculation.
/// </summary>
public sealed class PostingRates
{
    /// <summary>Masses must stay below this many mg (2^63 − 1), about 9.22 Gt.</summary>
    private const double Limit = 9.2233720368547748e18;

    private readonly Template[] _templates;

    public PostingRates(Calculation calculation)
    {
        Calculation = calculation;
        _templates = Templates(calculation);
        Co2eKgPerUnit = calculation.Effective.Multiplier * calculation.Lines.Sum(l =>
            l.Co2eKgPerUnit + l.Gases.Sum(g => g.KgPerUnit * Gwp.Scaled(GwpSet.Ar6, g.Gas.Id) / Gwp.Scale));
    }

    public Calculation Calculation { get; }

    /// <summary>kg CO2e per unit of quantity in the scopes under AR6, for plausibility checks.</summary>
    public double Co2eKgPerUnit { get; }

    /// <summary>Number of keys; amounts are asked for by position.</summary>
    public int Count => _templates.Length;

    public PostingKey KeyAt(int key) => _templates[key].Key;

    /// <summary>The calculation's line that a key belongs to; a line with several gases outside the named columns has several.</summary>
    public int LineOf(int key) => _templates[key].Line;

    /// <summary>Whether all masses of an effective quantity stay inside 64 bits.</summary>
    public bool Fits(int key, double effective) => _templates[key].Fits(effective);

    public Amounts Round(int key, double effective) => _templates[key].Round(effective);

    /// <summary>
    /// One template per line of the calculation, and one more for each further gas outside the six named columns. The energy stands in the
    /// first line only, so that it is not counted once per category.
    /// </summary>
    private static Template[] Templates(Calculation calculation)
    {
        var templates = new List<Template>();
        for (var at = 0; at < calculation.Lines.Count; at++)
        {
            var line = calculation.Lines[at];
            var named = new Rates();
            var others = new List<(short Gas, double Mg)>();
            foreach (var gas in line.Gases)
            {
                if (!named.Add(gas.Gas, gas.KgPerUnit * 1e6))
                {
                    others.Add((gas.Gas.Id, gas.KgPerUnit * 1e6));
                }
            }

            named.Co2eFixed = line.Co2eKgPerUnit * 1e6;
            if (templates.Count == 0 && calculation.Energy is { } energy)
            {
                named.EnergyWh = energy.WhPerUnit;
            }

            var first = others.Count > 0 ? others[0] : default;
            named.Other = first.Mg;
            templates.Add(new Template(at, new PostingKey(line.Account, line.Route, line.FixedGwp, first.Gas), named));
            templates.AddRange(others.Skip(1).Select(o => new Template(at, new PostingKey(line.Account, line.Route, GwpSet.None, o.Gas), new Rates { Other = o.Mg })));
        }

        return [.. templates];
    }

    /// <summary>mg (Wh for energy) per unit of effective quantity.</summary>
    private sealed class Rates
    {
        public double Co2, Co2Biogenic, Ch4Fossil, Ch4NonFossil, Ch4, N2O, Other, Co2eFixed, EnergyWh;

        public bool Add(Gas gas, double mg)
        {
            switch (gas.Code)
            {
                case "co2": Co2 += mg; return true;
                case "co2_biogenic": Co2Biogenic += mg; return true;
                case "ch4_fossil": Ch4Fossil += mg; return true;
                case "ch4_nonfossil": Ch4NonFossil += mg; return true;
                case "ch4": Ch4 += mg; return true;
                case "n2o": N2O += mg; return true;
                default: return false;
            }
        }

        public double Largest => Math.Max(
            Math.Max(Math.Max(Math.Abs(Co2), Math.Abs(Co2Biogenic)), Math.Max(Math.Abs(Ch4Fossil), Math.Abs(Ch4NonFossil))),
            Math.Max(Math.Max(Math.Abs(Ch4), Math.Abs(N2O)), Math.Max(Math.Max(Math.Abs(Other), Math.Abs(Co2eFixed)), Math.Abs(EnergyWh))));
    }

    private sealed class Template(int line, PostingKey key, Rates rates)
    {
        private readonly double _largest = rates.Largest;

        public int Line { get; } = line;

        public PostingKey Key { get; } = key;

        public bool Fits(double effective) => Math.Abs(effective) * _largest < Limit;

        public Amounts Round(double effective) => new(
            Mg(effective * rates.Co2), Mg(effective * rates.Co2Biogenic), Mg(effective * rates.Ch4Fossil), Mg(effective * rates.Ch4NonFossil), Mg(effective * rates.Ch4),
            Mg(effective * rates.N2O), Mg(effective * rates.Other), Mg(effective * rates.Co2eFixed), Mg(effective * rates.EnergyWh));

        private static long Mg(double value) => (long)Math.Round(value, MidpointRounding.ToEven);
    }
}
