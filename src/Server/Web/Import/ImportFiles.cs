using System.Globalization;
using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Server.Identity;
using Tanlu.Tables;

namespace Tanlu.Server.Web.Import;

/// <summary>The files that the wizard hands out: a template to start from, and the problems of an upload.</summary>
internal static class ImportFiles
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/import/template.csv", Template).WithName("page-import-template").RequireAuthorization(RightPolicies.Page(Right.WriteActivities)).ExcludeFromDescription();
        app.MapGet("/import/problems.csv", Problems).WithName("page-import-problems").RequireAuthorization(RightPolicies.Page(Right.WriteActivities)).ExcludeFromDescription();
    }

    /// <summary>All columns, and two rows that pass the check as they stand.</summary>
    private static async Task<IResult> Template(Ui ui, OrganisationTree tree, CancellationToken ct)
    {
        var sites = await tree.Sites(ui.Caller, null, ct);
        var site = sites.Ok ? sites.Value.FirstOrDefault(s => s.ValidOn(ui.Today)) : null;
        var month = new Month(Month.Of(ui.Today).Number - 1).Interval;
        var rows = new[]
        {
            Example(site, month, "fuel.diesel", "12.5", "t", ui.T("import.example.diesel")),
            Example(site, month, "electricity.grid", "182400", "kWh", ui.T("import.example.power")),
        };
        return Csv(
            "tanlu-activities-template.csv",
            table =>
            {
                table.Row([.. ActivityFields.All]);
                foreach (var row in rows)
                {
                    table.Row([.. ActivityFields.All.Select(f => row.GetValueOrDefault(f, ""))]);
                }
            });
    }

    private static Dictionary<string, string> Example(Node? site, DateInterval month, string activity, string quantity, string unit, string source) => new()
    {
        ["site"] = site?.Code ?? "SITE-1",
        ["source"] = source,
        ["activity"] = activity,
        ["start"] = month.Start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["end"] = month.LastDay.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["quantity"] = quantity,
        ["unit"] = unit,
        ["region"] = site?.Region is { Length: > 0 } region ? region : "CN-JS",
        ["quality"] = "invoiced",
    };

    /// <summary>What a check found, for who asked for it.</summary>
    private static async Task<IResult> Problems(Ui ui, JobBoard board, long job, CancellationToken ct)
    {
        var check = await board.Status(ui.Caller, job, ct);
        if (!check.Ok || !check.Value.Ended)
        {
            return TypedResults.NotFound();
        }

        return Csv(
            "problems.csv",
            table =>
            {
                table.Row(ui.T("problems.row"), ui.T("problems.column"), ui.T("problems.found"), ui.T("problems.what"), ui.T("problems.expected"));
                foreach (var problem in check.Value.Problems)
                {
                    table.Row(
                        problem.Row?.ToString(CultureInfo.InvariantCulture), problem.Column, problem.Found, problem.Message(ui.Language),
                        Texts.Has("expected." + problem.Code) ? problem.Expected(ui.Language) : "");
                }
            });
    }

    internal static IResult Csv(string name, Action<TableWriter> write)
    {
        using var stream = new MemoryStream();
        using (var table = new CsvTableWriter(stream))
        {
            write(table);
        }

        return TypedResults.File(stream.ToArray(), "text/csv; charset=utf-8", name);
    }
}
