using System.Globalization;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Ledger;
using AccountRoute = Tanlu.Factors.Methods.Route;

namespace Tanlu.Server.Web.Activities;

/// <summary>Addresses and words of activities: row 12 of batch 7 stands at <c>/activities/7-12</c>.</summary>
internal static class ActivityLinks
{
    public static string Slug(ActivityId id) => string.Create(CultureInfo.InvariantCulture, $"{id.Batch}-{id.Row}");

    public static ActivityId? Parse(string? slug) => ActivityId.TryParse(slug?.Replace('-', ':'));

    public static string Page(Ui ui, ActivityId id) => ui.Link("/activities/" + Slug(id));

    public static string Explain(Ui ui, ActivityId id) => ui.Link("/explain/" + Slug(id));

    public static string Name(Ui ui, Activity activity) =>
        activity.Code.Length == 0 ? activity.Factor : ActivityTypes.Find(activity.Code)?.Name(ui.Language) ?? activity.Code;

    /// <summary>Whole months by name, other spans by their days.</summary>
    public static string Days(Ui ui, DateInterval days)
    {
        var (from, to) = (Month.Of(days.Start), Month.Of(days.LastDay));
        return days.Start == from.Interval.Start && days.End == to.Interval.End ? ui.Period(from, to) : $"{ui.Date(days.Start)} – {ui.Date(days.LastDay)}";
    }

    public static AccountRoute Route(Ui ui) => ui.Scope.Route == AccountingRoute.China ? AccountRoute.Guideline : AccountRoute.GhgProtocol;
}
