using System.Globalization;
using Tanlu.Factors;
using Tanlu.Ledger;
using Tanlu.Server.Web.Parts;

namespace Tanlu.Server.Web.Activities;

/// <summary>The list's question to the journal, as its address writes it.</summary>
internal static class ActivityFilter
{
    public static ActivityQuery Of(Ui ui, TableQuery query, int take)
    {
        var batch = Number(ui.Query["batch"]);
        return new ActivityQuery(
            ui.Scope.Node, batch is null ? ui.Scope.Period : null, Number(query.Filter("source")),
            query.Filter("activity") is { Length: > 0 } activity ? ActivityTypes.Find(activity)?.Code ?? activity : null, Batch: batch, Text: query.Words,
            OnlyCurrent: query.Filter("state") != "all", After: ActivityId.TryParse(ui.Query["after"].ToString().Replace('-', ':')), Take: take,
            Quality: Enum.TryParse<DataQuality>(query.Filter("quality"), ignoreCase: true, out var quality) ? quality : null,
            Evidenced: query.Filter("evidence") switch { "yes" => true, "no" => false, _ => null });
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
