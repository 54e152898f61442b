using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>The masses and the energy of one posting, as the book keeps them: integers, additive in any order.</summary>
/// <remarks>Masses in mg, energy in Wh. <see cref="Other"/> is the mass of the posting's <see cref="PostingKey.OtherGas"/>.</remarks>
public readonly record struct Amounts(long Co2, long Co2Biogenic, long Ch4Fossil, long Ch4NonFossil, long Ch4, long N2O, long Other, long Co2eFixed, long EnergyWh)
{
    public static Amounts operator +(Amounts a, Amounts b) => checked(new(
        a.Co2 + b.Co2, a.Co2Biogenic + b.Co2Biogenic, a.Ch4Fossil + b.Ch4Fossil, a.Ch4NonFossil + b.Ch4NonFossil, a.Ch4 + b.Ch4,
        a.N2O + b.N2O, a.Other + b.Other, a.Co2eFixed + b.Co2eFixed, a.EnergyWh + b.EnergyWh));

    public static Amounts operator -(Amounts a) => checked(new(
        -a.Co2, -a.Co2Biogenic, -a.Ch4Fossil, -a.Ch4NonFossil, -a.Ch4, -a.N2O, -a.Other, -a.Co2eFixed, -a.EnergyWh));
}

/// <summary>What tells the postings of one activity apart, beside site, source and month.</summary>
/// <param name="OtherGas">Id of the gas in <see cref="Amounts.Other"/>; 0 where there is none.</param>
public readonly record struct PostingKey(Account Account, Route Route, GwpSet FixedGwp, short OtherGas);

/// <summary>One posting of an activity: its key, its calendar month, its amounts.</summary>
public readonly record struct PostingLine(PostingKey Key, Month Month, Amounts Amounts);

/// <summary>
/// Turns a quantity into postings: one rounding per mass (half to even), spread over the calendar months of the period by days so that the
/// months add up to the whole exactly: an interval's integer is round(cumulative at its end) − round(cumulative at its start).
/// </summary>
public sealed class PostingPlan
{
    /// <summary>Masses must stay below this many mg (2^63 − 1), about 9.22 Gt.</summary>
    private const double Limit = 9.2233720368547748e18;

    private readonly Template[] _templates;
    private readonly (Month Month, double UpTo)[] _months;
    private readonly EffectiveQuantity _effective;

    public PostingPlan(Calculation calculation, DateInterval period)
    {
        Calculation = calculation;
        Period = period;
        _effective = calculation.Effective;
        _templates = Templates(calculation);
        _months = Months(period);
        Co2eKgPerUnit = calculation.Effective.Multiplier * calculation.Lines.Sum(l =>
            l.Co2eKgPerUnit + l.Gases.Sum(g => g.KgPerUnit * Gwp.Scaled(GwpSet.Ar6, g.Gas.Id) / Gwp.Scale));
    }

    public Calculation Calculation { get; }

    public DateInterval Period { get; }

    /// <summary>Postings of one activity.</summary>
    public int Count => _templates.Length * _months.Length;

    /// <summary>kg CO2e per unit of quantity in the scopes under AR6, for plausibility checks.</summary>
    public double Co2eKgPerUnit { get; }

    /// <summary>Number of keys; amounts are asked for by position.</summary>
    public int KeyCount => _templates.Length;

    public PostingKey KeyAt(int template) => _templates[template].Key;

    /// <summary>The calculation's line that a template belongs to; a line with several gases outside the named columns has several.</summary>
    public int LineOf(int template) => _templates[template].Line;

    /// <summary>Writes the postings of a quantity. False where a mass does not fit 64 bits: nothing may be posted then.</summary>
    /// <param name="lines">At least <see cref="Count"/> places.</param>
    public bool TryPost(double quantity, Span<PostingLine> lines)
    {
        var effective = _effective.Of(quantity);
        var at = 0;
        foreach (var template in _templates)
        {
            if (!template.Fits(effective))
            {
                return false;
            }

            var before = default(Amounts);
            foreach (var (month, upTo) in _months)
            {
                var cumulative = template.Round(effective * upTo);
                lines[at++] = new PostingLine(template.Key, month, cumulative + -before);
                before = cumulative;
            }
        }

        return true;
    }

    /// <summary>The whole of one key, before the months: what its months add up to. False where a mass does not fit 64 bits.</summary>
    public bool TryWhole(int line, double quantity, out Amounts amounts)
    {
        var effective = _effective.Of(quantity);
        var fits = _templates[line].Fits(effective);
        amounts = fits ? _templates[line].Round(effective) : default;
        return fits;
    }

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

    private static (Month, double)[] Months(DateInterval period)
    {
        var months = new List<(Month, double)>();
        var days = 0;
        for (var month = Month.Of(period.Start); month.Interval.Start < period.End; month = new Month(month.Number + 1))
        {
            var to = month.Interval.End < period.End ? month.Interval.End : period.End;
            var from = month.Interval.Start > period.Start ? month.Interval.Start : period.Start;
            days += to.DayNumber - from.DayNumber;
            months.Add((month, days == period.Days ? 1 : (double)days / period.Days));
        }

        return [.. months];
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
