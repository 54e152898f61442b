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

    /// <summary>The sum with <paramref name="sign"/> × <paramref name="b"/>, modulo 2^64: for a proof, where the way to a difference may leave the range.</summary>
    internal Amounts Wrapping(Amounts b, int sign) => unchecked(new(
        Co2 + (sign * b.Co2), Co2Biogenic + (sign * b.Co2Biogenic), Ch4Fossil + (sign * b.Ch4Fossil), Ch4NonFossil + (sign * b.Ch4NonFossil), Ch4 + (sign * b.Ch4),
        N2O + (sign * b.N2O), Other + (sign * b.Other), Co2eFixed + (sign * b.Co2eFixed), EnergyWh + (sign * b.EnergyWh)));

    /// <summary>The nine amounts in the order of the columns, with room to add many.</summary>
    public void CopyTo(Span<Int128> parts) =>
        (parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], parts[7], parts[8]) = (Co2, Co2Biogenic, Ch4Fossil, Ch4NonFossil, Ch4, N2O, Other, Co2eFixed, EnergyWh);
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
    private readonly (Month Month, double UpTo)[] _months;

    public PostingPlan(PostingRates rates, DateInterval period)
    {
        Rates = rates;
        Period = period;
        _months = Months(period);
    }

    public PostingRates Rates { get; }

    public Calculation Calculation => Rates.Calculation;

    public DateInterval Period { get; }

    /// <summary>Postings of one activity.</summary>
    public int Count => Rates.Count * _months.Length;

    /// <summary>Writes the postings of a quantity. False where a mass does not fit 64 bits: nothing may be posted then.</summary>
    /// <param name="lines">At least <see cref="Count"/> places.</param>
    public bool TryPost(double quantity, Span<PostingLine> lines)
    {
        var effective = Calculation.Effective.Of(quantity);
        var at = 0;
        for (var rate = 0; rate < Rates.Count; rate++)
        {
            if (!Rates.Fits(rate, effective))
            {
                return false;
            }

            var before = default(Amounts);
            foreach (var (month, upTo) in _months)
            {
                var cumulative = Rates.Round(rate, effective * upTo);
                lines[at++] = new PostingLine(Rates.KeyAt(rate), month, cumulative + -before);
                before = cumulative;
            }
        }

        return true;
    }

    /// <summary>The whole of one key, before the months: what its months add up to. False where a mass does not fit 64 bits.</summary>
    public bool TryWhole(int key, double quantity, out Amounts amounts)
    {
        var effective = Calculation.Effective.Of(quantity);
        var fits = Rates.Fits(key, effective);
        amounts = fits ? Rates.Round(key, effective) : default;
        return fits;
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
}
