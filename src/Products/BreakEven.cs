using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>Where two alternatives cause the same.</summary>
/// <param name="Values">Every value found in the range, ascending; empty where the difference keeps its sign: there is no break-even in it.</param>
/// <param name="AtFrom">Difference A − B at the lower end of the range.</param>
/// <param name="AtUntil">Difference at the upper end.</param>
/// <param name="Evaluations">Exact evaluations that the search took.</param>
public sealed record BreakEvenResult(IReadOnlyList<double> Values, double AtFrom, double AtUntil, int Evaluations);

/// <summary>
/// Searches the values of a parameter at which A and B are equal: the range is looked at in steps, each change of sign closed in on by secants that are kept inside their bracket (Illinois
/// variant of regula falsi) with bisection where they stall. Every evaluation is exact; nothing is interpolated.
/// </summary>
public static class BreakEven
{
    private const int Steps = 24;
    private const int MostRefinements = 100;

    /// <summary>
    /// Break-even of two demands of one system over a parameter of it. Refused with <c>break_even_range</c> where the range is none, with the problems of a scenario where the system cannot be
    /// evaluated in it.
    /// </summary>
    public static Outcome<BreakEvenResult> Of(ImpactResult a, ImpactResult b, int indicator, int parameter, double from, double until)
    {
        var (setA, setB) = (new ScenarioSet(a), new ScenarioSet(b));
        return Search(
            value =>
            {
                var scenario = new Scenario("", [new SystemChange.Parameter(parameter, value)]);
                return setA.Of(scenario).Then(left => setB.Of(scenario).Then(right => Outcome<double>.Done(left.Values[indicator] - right.Values[indicator])));
            },
            from, until);
    }

    /// <summary>Break-even of any difference.</summary>
    /// <param name="difference">A − B at a value; must be continuous for the search to mean something.</param>
    public static Outcome<BreakEvenResult> Search(Func<double, Outcome<double>> difference, double from, double until)
    {
        if (!double.IsFinite(from) || !double.IsFinite(until) || from >= until)
        {
            return new Problem("break_even_range", Found: $"{from.ToString(CultureInfo.InvariantCulture)} – {until.ToString(CultureInfo.InvariantCulture)}");
        }

        var search = new Counted(difference);
        var found = new List<double>();
        double first = 0, before = 0, at = from;
        for (var step = 0; step <= Steps; step++)
        {
            var next = step == Steps ? until : from + ((until - from) * step / Steps);
            var value = search.At(next);
            if (search.Problems is { } problems)
            {
                return Outcome<BreakEvenResult>.Refused(problems);
            }

            if (value == 0)
            {
                found.Add(next);
            }
            else if (step > 0 && before != 0 && Math.Sign(value) != Math.Sign(before))
            {
                found.Add(Refined(search, at, before, next, value));
                if (search.Problems is { } later)
                {
                    return Outcome<BreakEvenResult>.Refused(later);
                }
            }

            first = step == 0 ? value : first;
            (at, before) = (next, value);
        }

        return new BreakEvenResult(found, first, before, search.Count);
    }

    private static double Refined(Counted difference, double low, double atLow, double high, double atHigh)
    {
        var side = 0;
        for (var i = 0; i < MostRefinements && high - low > 1e-14 * Math.Max(Math.Abs(low), Math.Abs(high)); i++)
        {
            var secant = ((low * atHigh) - (high * atLow)) / (atHigh - atLow);
            var middle = i % 8 == 7 || !(secant > low && secant < high) ? low + ((high - low) / 2) : secant;
            var value = difference.At(middle);
            if (value == 0 || difference.Problems is not null || middle == low || middle == high)
            {
                return middle;
            }

            if (Math.Sign(value) == Math.Sign(atLow))
            {
                (low, atLow) = (middle, value);
                atHigh /= side == -1 ? 2 : 1;
                side = -1;
            }
            else
            {
                (high, atHigh) = (middle, value);
                atLow /= side == 1 ? 2 : 1;
                side = 1;
            }
        }

        return low + ((high - low) / 2);
    }

    private sealed class Counted(Func<double, Outcome<double>> difference)
    {
        public int Count { get; private set; }

        public IReadOnlyList<Problem>? Problems { get; private set; }

        public double At(double value)
        {
            Count++;
            var outcome = difference(value);
            Problems ??= outcome.Ok ? null : outcome.Problems;
            return outcome.Ok ? outcome.Value : double.NaN;
        }
    }
}
