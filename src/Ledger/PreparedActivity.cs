using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>
/// What all rows share that agree in everything but site, source, quantity and remarks: the posting plan, or the problems that refuse them.
/// Prepared once and looked up by the rows' bytes.
/// </summary>
public sealed class PreparedActivity
{
    private PreparedActivity(int number, PostingPlan? plan, IReadOnlyList<Problem> problems)
    {
        Number = number;
        Plan = plan;
        Problems = problems;
    }

    /// <summary>Position in the order of first appearance.</summary>
    public int Number { get; }

    /// <summary>Null exactly where there are problems.</summary>
    public PostingPlan? Plan { get; }

    /// <summary>Problems without a row number; the reader adds the row's.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <param name="text">The row's text of a field; empty where there is none.</param>
    public static PreparedActivity From(int number, Func<ActivityField, string> text, CalculationCache calculations)
    {
        var texts = new Texts(text);
        var problems = new List<Problem>();
        var period = Period(texts, problems);
        var region = Region(texts, problems);
        var unit = UnitOf(texts.Unit, "unit", problems);
        var measured = MeasuredOf(texts, problems);
        var scope = Whole(texts.Scope, "scope", 1, 3, "scope_unknown", problems);
        var category = Whole(texts.Scope3Category, "scope3_category", 1, 15, "category3_unknown", problems);
        if (texts.Activity.Length == 0 && texts.Factor.Length == 0)
        {
            problems.Add(new Problem("activity_or_factor_needed", Column: "activity"));
        }

        if (problems.Count > 0)
        {
            return new PreparedActivity(number, null, problems);
        }

        var request = new CalculationRequest(
            texts.Activity, unit!, region!, period!.Value.Middle, texts.Factor, scope, category, measured, measured.LeakRate is null ? 0 : period.Value.Days);
        var rates = calculations.Prepare(request);
        return rates.Ok
            ? new PreparedActivity(number, new PostingPlan(rates.Value, period.Value), [])
            : new PreparedActivity(number, null, rates.Problems);
    }

    private static DateInterval? Period(Texts texts, List<Problem> problems)
    {
        var start = CellDateOf(texts.Start, "start", problems);
        var end = CellDateOf(texts.End, "end", problems);
        if (start is not { } first || end is not { } last)
        {
            return null;
        }

        if (last < first)
        {
            problems.Add(new Problem("end_before_start", Column: "end", Found: texts.End, Args: [texts.Start]));
            return null;
        }

        if (last >= first.AddYears(2))
        {
            problems.Add(new Problem("period_too_long", Column: "end", Found: $"{texts.Start} – {texts.End}"));
            return null;
        }

        return DateInterval.Inclusive(first, last);
    }

    private static DateOnly? CellDateOf(string text, string column, List<Problem> problems)
    {
        var date = Tables.CellDate.Parse(text);
        if (date.Ok && date.Value.Year is >= 1990 and <= 2100)
        {
            return date.Value;
        }

        problems.Add(date.Ok
            ? new Problem("year_out_of_range", Column: column, Found: text)
            : date.Problems[0] with { Column = column });
        return null;
    }

    private static Region? Region(Texts texts, List<Problem> problems)
    {
        if (texts.Region.Length > 0 && Regions.Find(texts.Region) is { } region)
        {
            return region;
        }

        problems.Add(new Problem(texts.Region.Length == 0 ? "region_needed" : "region_unknown", Column: "region", Found: texts.Region));
        return null;
    }

    private static Unit? UnitOf(string text, string column, List<Problem> problems)
    {
        if (text.Length > 0 && Units.Find(text) is { } unit)
        {
            return unit;
        }

        problems.Add(new Problem(text.Length == 0 ? "unit_needed" : "unit_unknown", Column: column, Found: text));
        return null;
    }

    private static Measured MeasuredOf(Texts texts, List<Problem> problems)
    {
        if (texts is { Ncv: "", CarbonContent: "", Oxidation: "", Density: "", LeakRate: "", StockStart: "", StockEnd: "" })
        {
            return Measured.Nothing;
        }

        return new Measured
        {
            NetCalorificValue = WithUnit(texts.Ncv, texts.NcvUnit, "ncv", MeasuredRange.CalorificValue, problems),
            CarbonContent = WithUnit(texts.CarbonContent, texts.CarbonContentUnit, "carbon_content", MeasuredRange.CarbonContent, problems),
            Density = WithUnit(texts.Density, texts.DensityUnit, "density", MeasuredRange.Density, problems),
            Oxidation = Share(texts.Oxidation, "oxidation", problems),
            LeakRate = Share(texts.LeakRate, "leak_rate", problems),
            StockStart = Amount(texts.StockStart, "stock_start", problems),
            StockEnd = Amount(texts.StockEnd, "stock_end", problems),
        };
    }

    private static MeasuredValue? WithUnit(string value, string unit, string column, MeasuredRange range, List<Problem> problems)
    {
        if (Amount(value, column, problems) is not { } number)
        {
            return null;
        }

        if (number == 0)
        {
            problems.Add(new Problem("property_zero", Column: column, Found: value));
            return null;
        }

        if (UnitOf(unit, column + "_unit", problems) is not { } known)
        {
            return null;
        }

        var measured = new MeasuredValue(number, known);
        if (range.Refuses(measured, value, column) is not { } problem)
        {
            return measured;
        }

        problems.Add(problem);
        return null;
    }

    /// <summary>A share of one; a percentage says so with its sign, because 0.98 and 98 must not be confused.</summary>
    private static double? Share(string text, string column, List<Problem> problems)
    {
        var percent = text.EndsWith('%') || text.EndsWith('％');
        if (Amount(percent ? text[..^1] : text, column, problems) is not { } number)
        {
            return null;
        }

        var share = percent ? number / 100 : number;
        if (share <= 1)
        {
            return share;
        }

        problems.Add(new Problem("share_out_of_range", Column: column, Found: text));
        return null;
    }

    private static double? Amount(string text, string column, List<Problem> problems)
    {
        if (text.Length == 0)
        {
            return null;
        }

        var number = Tables.CellNumber.Parse(text);
        if (number.Ok && number.Value >= 0)
        {
            return number.Value;
        }

        problems.Add(number.Ok ? new Problem("negative", Column: column, Found: text) : number.Problems[0] with { Column = column });
        return null;
    }

    private static int Whole(string text, string column, int least, int most, string code, List<Problem> problems)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        problems.Add(new Problem(code, Column: column, Found: text));
        return 0;
    }

    /// <summary>The fields that decide a calculation, by name.</summary>
    private readonly struct Texts(Func<ActivityField, string> text)
    {
        public string Activity => text(ActivityField.Activity);

        public string Start => text(ActivityField.Start);

        public string End => text(ActivityField.End);

        public string Unit => text(ActivityField.Unit);

        public string Region => text(ActivityField.Region);

        public string Factor => text(ActivityField.Factor);

        public string Scope => text(ActivityField.Scope);

        public string Scope3Category => text(ActivityField.Scope3Category);

        public string Ncv => text(ActivityField.Ncv);

        public string NcvUnit => text(ActivityField.NcvUnit);

        public string CarbonContent => text(ActivityField.CarbonContent);

        public string CarbonContentUnit => text(ActivityField.CarbonContentUnit);

        public string Oxidation => text(ActivityField.Oxidation);

        public string Density => text(ActivityField.Density);

        public string DensityUnit => text(ActivityField.DensityUnit);

        public string LeakRate => text(ActivityField.LeakRate);

        public string StockStart => text(ActivityField.StockStart);

        public string StockEnd => text(ActivityField.StockEnd);
    }
}
