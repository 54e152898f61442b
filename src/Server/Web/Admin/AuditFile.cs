using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Server.Identity;
using Tanlu.Tables;

namespace Tanlu.Server.Web.Admin;

/// <summary>The filtered log as a file, with every row's hash, so that it can be compared with the book later.</summary>
internal static class AuditFile
{
    public static void Map(WebApplication app) =>
        app.MapGet("/admin/audit/file", Answer).WithName("audit-file").RequireAuthorization(RightPolicies.Page(Right.ReadAudit)).Exports("audit").ExcludeFromDescription();

    /// <summary>What the address asks of the log.</summary>
    public static AuditFilter Filter(Ui ui) => new(
        long.TryParse(ui.Query["person"], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var person) ? person : null,
        ui.Query["verb"].ToString().Trim(), ui.Query["subject"].ToString().Trim(), Day(ui, "since"), Day(ui, "until"));

    private static async Task<IResult> Answer(Ui ui, Audit audit)
    {
        var filter = Filter(ui);
        var first = await audit.List(ui.Caller, null, Audit.LongestPage, ui.Gone, filter);
        if (!first.Ok)
        {
            return TypedResults.StatusCode(StatusCodes.Status403Forbidden);
        }

        var xlsx = ui.Query["format"] == "xlsx";
        using var bytes = new MemoryStream();
        using (TableWriter to = xlsx ? new XlsxTableWriter(bytes, ui.T("nav.audit")) : new CsvTableWriter(bytes))
        {
            to.Row("seq", "at", "person", "name", "verb", "subject", "said", "detail", "hash");
            for (var page = first.Value; ; page = (await audit.List(ui.Caller, page.Next, Audit.LongestPage, ui.Gone, filter)).Value)
            {
                foreach (var entry in page.Entries)
                {
                    to.Row(
                        entry.Seq.ToString(CultureInfo.InvariantCulture), entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), entry.Person.ToString(CultureInfo.InvariantCulture), entry.PersonName,
                        entry.Verb, entry.Subject, AuditSentence.Of(entry, ui.Language, _ => null), entry.Detail, Convert.ToHexStringLower(entry.Hash));
                }

                if (page.Next is null)
                {
                    break;
                }
            }
        }

        return TypedResults.File(
            bytes.ToArray(), xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv; charset=utf-8", $"audit.{(xlsx ? "xlsx" : "csv")}");
    }

    private static DateOnly? Day(Ui ui, string name) =>
        DateOnly.TryParseExact(ui.Query[name], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
