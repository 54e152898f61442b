using Tanlu.Kernel;

namespace Tanlu.Factors.Methods;

/// <summary>
/// Refrigerants and other gases released as such. The quantity is the mass that left (top-up), or with stocks given a mass balance
/// (released = purchased + stock at start − stock at end), or with a leak rate the charge (released = charge × rate × years, where a whole
/// calendar year is one, be it of 365 or 366 days).
/// IPCC 2006 vol. 3 ch. 7; GHG Protocol HFC tool. Blends split by composition; gases outside the Kyoto list keep their own mass and are reported apart.
/// </summary>
internal static class RefrigerantMethod
{
    private const string Clause = "IPCC 2006 vol. 3 ch. 7";

    public static Outcome<(FactorPlan Plan, EffectiveQuantity Effective)> Plan(string substance, Unit quantity, Measured measured, DateOnly on, int days)
    {
        if (quantity.Dimension != Dimension.OfMass)
        {
            return new Problem("unit_dimension", Column: "unit", Found: quantity.Code, Args: ["kg"]);
        }

        if ((measured.StockStart is null) != (measured.StockEnd is null))
        {
            return new Problem("stocks_incomplete", Column: measured.StockStart is null ? "stock_start" : "stock_end");
        }

        if (measured.StockStart is not null && measured.LeakRate is not null)
        {
            return new Problem("stocks_and_leak_rate", Column: "leak_rate");
        }

        var blend = Blends.Find(substance);
        IReadOnlyList<(Gas Gas, double Share)> parts = blend?.Parts ?? (Gases.Find(substance) is { } gas ? [(gas, 1.0)] : []);
        if (parts.Count == 0)
        {
            return new Problem("refrigerant_unknown", Column: "activity", Found: substance);
        }

        var gases = parts.Select(part =>
        {
            var kg = quantity.ToCoherent * part.Share;
            return new GasCoefficient(part.Gas, kg, blend is null
                ? new Explanation("per_unit", kg, $"kg/{quantity.Code}", Args: [part.Gas.Formula], Source: new ExplanationSource("constant", part.Gas.Code))
                : new Explanation("per_unit", kg, $"kg/{quantity.Code}", "w", Clause, [part.Gas.Code], Children:
                    [new Explanation("mass_share", part.Share, "1", Args: [part.Gas.Code, blend.Code], Source: new ExplanationSource("constant", blend.Code, blend.Source))]));
        }).ToList();
        return (new FactorPlan(gases, 0, null, null), Effective(quantity, measured, on, days));
    }

    private static EffectiveQuantity Effective(Unit quantity, Measured measured, DateOnly on, int days)
    {
        if (measured is { StockStart: { } start, StockEnd: { } end })
        {
            return new EffectiveQuantity(start - end, 1, new Explanation("stock_change", start - end, quantity.Code, "S₀ − S₁", Clause, Children:
            [
                new Explanation("stock_start", start, quantity.Code, Source: FactorPlan.FromInput("stock_start")),
                new Explanation("stock_end", end, quantity.Code, Source: FactorPlan.FromInput("stock_end")),
            ]));
        }

        if (measured.LeakRate is { } rate)
        {
            var years = Years(on, days);
            var share = rate * years;
            return new EffectiveQuantity(0, share, new Explanation("leak_share", share, "1", "r × a", Clause, Children:
            [
                new Explanation("leak_rate", rate, "1/a", Source: FactorPlan.FromInput("leak_rate")),
                new Explanation("years", years, "a", Source: new ExplanationSource("input", "start, end"), Children:
                    [new Explanation("days", days, "d", Source: new ExplanationSource("input", "start, end"))]),
            ]));
        }

        return EffectiveQuantity.AsWritten;
    }

    /// <summary>Length in years, each calendar year by its own days.</summary>
    /// <param name="on">The middle of the period (<see cref="DateInterval.Middle"/>).</param>
    private static double Years(DateOnly on, int days)
    {
        var years = 0.0;
        for (var at = on.AddDays(-((days - 1) / 2)); days > 0;)
        {
            var inYear = Math.Min(days, DateInterval.OfYear(at.Year).End.DayNumber - at.DayNumber);
            years += (double)inYear / DateInterval.OfYear(at.Year).Days;
            days -= inYear;
            at = at.AddDays(inYear);
        }

        return years;
    }
}
