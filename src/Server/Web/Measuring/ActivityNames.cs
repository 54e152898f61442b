using System.Globalization;
using Tanlu.Factors;
using Tanlu.Ledger;
using Tanlu.Server.Web.Parts;

namespace Tanlu.Server.Web.Measuring;

/// <summary>What activities are called, and where they stand: <c>/activities/7-12</c> is row 12 of batch 7.</summary>
public static class ActivityNames
{
    public static string Of(Ui ui, Activity activity) => Of(ui, activity.Code.Length > 0 ? activity.Code : activity.Factor);

    public static string Of(Ui ui, string code) => ActivityTypes.Find(code) is { } type ? type.Name(ui.Language) : code;

    public static string Slug(ActivityId id) => string.Create(CultureInfo.InvariantCulture, $"{id.Batch}-{id.Row}");

    public static ActivityId? TryParse(string? slug) => slug?.Contains(':', StringComparison.Ordinal) == true ? null : ActivityId.TryParse(slug?.Replace('-', ':'));

    public static string ActivityPage(this Ui ui, ActivityId id, string below = "") => ui.Link("/activities/" + Slug(id) + below);

    public static string ExplainActivity(this Ui ui, ActivityId id) => ui.Link("/explain/" + Slug(id));

    public static FigureMarks Marks(Activity activity) => activity.Quality == DataQuality.Estimated ? FigureMarks.Estimated : FigureMarks.None;
}
