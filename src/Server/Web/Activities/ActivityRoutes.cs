using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Server.Flows;
using Tanlu.Server.Hosting;
using Tanlu.Server.Web.Parts;
using Tanlu.Tables;

namespace Tanlu.Server.Web.Activities;

/// <summary>The fragments and files of the activity pages.</summary>
internal static class ActivityRoutes
{
    private const int MostListed = 30;

    public static void Map(WebApplication app)
    {
        app.MapGet("/activities/types", Types).WithName("page-activity-types").ExcludeFromDescription();
        app.MapGet("/activities/units", UnitsOf).WithName("page-activity-units").ExcludeFromDescription();
        app.MapGet("/activities/preview", Preview).WithName("page-activity-preview").ExcludeFromDescription();
        app.MapGet("/activities/export", Export).WithName("page-activity-export").Exports("activities").ExcludeFromDescription();
    }

    /// <summary>The catalogue's activities that hold every word typed, in either language, as options.</summary>
    private static RazorComponentResult<OptionList> Types(Ui ui)
    {
        var words = ui.Query["activity"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Options(ActivityTypes.All.Where(t => !t.Code.EndsWith('*') && words.All(w => Holds(t, w))).Take(MostListed).Select(t => (t.Code, t.Name(ui.Language))));
    }

    private static RazorComponentResult<OptionList> UnitsOf(Ui ui) =>
        Options(ActivityTypes.Find(ui.Query["activity"].ToString())?.Units.Select(u => (u.Code, "")) ?? []);

    private static async Task<RazorComponentResult<PreviewResult>> Preview(Ui ui, ActivityTrial trial, CancellationToken ct)
    {
        var result = await trial.Run(ui.Caller, ActivityPosted.Address(ui), ui.Scope.Gwp, ActivityLinks.Route(ui), ct);
        return new RazorComponentResult<PreviewResult>(new { Result = result.Ok ? result.Value : null, Problems = result.Ok ? [] : result.Problems });
    }

    /// <summary>The filtered activities as a file that can be imported again, with their CO2e beside them.</summary>
    private static async Task<IResult> Export(Ui ui, Journal journal, CancellationToken ct)
    {
        var query = ActivityFilter.Of(ui, TableQuery.Of(ui), Journal.LongestPage) with { After = null };
        var first = await journal.Activities(ui.Caller, query, ct);
        if (!first.Ok)
        {
            return TypedResults.NotFound();
        }

        var xlsx = ui.Query["format"] == "xlsx";
        return TypedResults.Stream(
            async stream =>
            {
                // The writers write at once, the response does not: the file is made first.
                using var file = new MemoryStream();
                using (TableWriter table = xlsx ? new XlsxTableWriter(file, "activities") : new CsvTableWriter(file))
                {
                    table.Row("batch", "row", "site", "source", "activity", "start", "end", "quantity", "unit", "region", "factor", "supplier", "quality", "evidence", "note", "kg_co2e");
                    for (var page = first.Value; ; page = (await journal.Activities(ui.Caller, query with { After = page.Next }, ct)).Value)
                    {
                        foreach (var activity in page.Activities)
                        {
                            Write(table, activity, ui);
                        }

                        if (page.Next is null)
                        {
                            break;
                        }
                    }
                }

                await stream.WriteAsync(file.ToArray(), ct);
            },
            xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8",
            $"activities-{ui.Scope.From}-{ui.Scope.To}.{(xlsx ? "xlsx" : "csv")}");
    }

    private static void Write(TableWriter table, Activity activity, Ui ui)
    {
        table.Number(activity.Id.Batch);
        table.Number(activity.Id.Row);
        table.Text(activity.SiteCode);
        table.Text(activity.SourceName);
        table.Text(activity.Code);
        table.Date(activity.Period.Start);
        table.Date(activity.Period.LastDay);
        table.Number(activity.Quantity);
        table.Text(activity.Unit);
        table.Text(activity.Region);
        table.Text(activity.Factor);
        table.Text(activity.Supplier);
        table.Text(activity.Quality == DataQuality.Unstated ? "" : activity.Quality.ToString().ToLowerInvariant());
        table.Text(activity.Evidence);
        table.Text(activity.Note);
        table.Number(activity.Co2eKilograms(ui.Scope.Gwp, ActivityLinks.Route(ui)));
        table.EndRow();
    }

    private static bool Holds(ActivityType type, string word) =>
        type.Code.Contains(word, StringComparison.OrdinalIgnoreCase) || type.En.Contains(word, StringComparison.OrdinalIgnoreCase)
        || type.Zh.Contains(word, StringComparison.Ordinal) || type.Aliases.Any(a => a.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static RazorComponentResult<OptionList> Options(IEnumerable<(string, string)> options) => new(new { Options = (IReadOnlyList<(string, string)>)[.. options] });
}
