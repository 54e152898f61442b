using System.Globalization;

namespace Tanlu.Ledger;

/// <summary>An activity of the book back in the texts that a form or a file holds.</summary>
internal static class ActivityForm
{
    public static NewActivity Of(Activity activity, CalculationPin pin)
    {
        var values = new Dictionary<ActivityField, string>
        {
            [ActivityField.Site] = activity.SiteCode,
            [ActivityField.Source] = activity.SourceName,
            [ActivityField.Start] = Day(activity.Period.Start),
            [ActivityField.End] = Day(activity.Period.LastDay),
            [ActivityField.Quantity] = Number(activity.Quantity),
            [ActivityField.Unit] = activity.Unit,
            [ActivityField.Region] = activity.Region,
        };
        Add(ActivityField.Activity, activity.Code);
        Add(ActivityField.Factor, activity.Factor);
        Add(ActivityField.Scope, activity.Scope == 0 ? "" : Number(activity.Scope));
        Add(ActivityField.Scope3Category, activity.Category3 == 0 ? "" : Number(activity.Category3));
        Add(ActivityField.Quality, activity.Quality == DataQuality.Unstated ? "" : activity.Quality.ToString().ToLowerInvariant());
        Add(ActivityField.UncertaintyPercent, activity.UncertaintyPercent is { } percent ? Number(percent) : "");
        Add(ActivityField.Evidence, activity.Evidence);
        Add(ActivityField.Supplier, activity.Supplier);
        Add(ActivityField.Note, activity.Note);
        var measured = pin.Request.Measured;
        AddMeasured(ActivityField.Ncv, ActivityField.NcvUnit, measured.NetCalorificValue);
        AddMeasured(ActivityField.CarbonContent, ActivityField.CarbonContentUnit, measured.CarbonContent);
        AddMeasured(ActivityField.Density, ActivityField.DensityUnit, measured.Density);
        Add(ActivityField.Oxidation, measured.Oxidation is { } oxidation ? Number(oxidation) : "");
        Add(ActivityField.LeakRate, measured.LeakRate is { } rate ? Number(rate) : "");
        Add(ActivityField.StockStart, measured.StockStart is { } start ? Number(start) : "");
        Add(ActivityField.StockEnd, measured.StockEnd is { } end ? Number(end) : "");
        return new NewActivity(values);

        void Add(ActivityField field, string? text)
        {
            if (!string.IsNullOrEmpty(text))
            {
                values[field] = text;
            }
        }

        void AddMeasured(ActivityField field, ActivityField unit, Factors.Methods.MeasuredValue? value)
        {
            if (value is { } given)
            {
                values[field] = Number(given.Value);
                values[unit] = given.Unit.Code;
            }
        }
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
