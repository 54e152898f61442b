using System.Globalization;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Server.Web.Parts;
using Tanlu.Tables;

namespace Tanlu.Server.Web.Measuring;

/// <summary>
/// A view of a statement as a CSV or XLSX file: the lines, the total, what stands beside, and the caveats. Figures come twice: as a number for calculating, and with
/// every digit, because a spreadsheet keeps fifteen.
/// </summary>
internal static class StatementFile
{
    private const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    public static async Task<IResult> Answer(Ui ui, Statements statements, string? by, string? format)
    {
        var built = await statements.Build(ui.Caller, ui.Scope.Statement(), ui.Gone);
        if (!built.Ok)
        {
            return TypedResults.StatusCode(built.Problems[0].Code switch { "not_found" => 404, "not_permitted" => 403, _ => 422 });
        }

        var packs = await statements.Packs(ui.Caller, built.Value.Statement, ui.Gone);
        var lines = StatementLines.Of(ui, built.Value, StatementLines.ViewOf(by));
        using var bytes = new MemoryStream();
        var xlsx = format == "xlsx";
        using (TableWriter to = xlsx ? new XlsxTableWriter(bytes, ui.T("nav.statements")) : new CsvTableWriter(bytes))
        {
            Write(ui, to, built.Value, lines, packs.Ok ? packs.Value : []);
        }

        var scope = ui.Scope;
        var name = string.Create(CultureInfo.InvariantCulture, $"statement-{scope.From}-{scope.To}-{lines.View.ToString().ToLowerInvariant()}.{(xlsx ? "xlsx" : "csv")}");
        return TypedResults.File(bytes.ToArray(), xlsx ? Xlsx : "text/csv; charset=utf-8", name);
    }

    private static void Write(Ui ui, TableWriter to, BoundaryStatement of, StatementLines lines, IReadOnlyList<PackUse> packs)
    {
        to.Row([ui.T("sheet.by." + lines.View.ToString().ToLowerInvariant()), ui.T("sheet.note"), .. Headings(ui)]);
        foreach (var line in lines.Lines.Append(lines.Total))
        {
            to.Text(line.Words);
            to.Text(line.Note);
            Figures(to, line);
            to.EndRow();
        }

        to.EndRow();
        Beside(ui.T("measure.biogenic"), new FigureCut(Measure.Biogenic).AmountOf(of.Statement));
        Beside(ui.T("measure.apart"), new FigureCut(Measure.Apart).AmountOf(of.Statement));
        to.Row(ui.T("sheet.market"), ui.T("sheet.market.short"));
        to.EndRow();
        to.Row(ui.T("basis.entity"), of.Header.EntityName(ui.Language));
        to.Row(ui.T("scope.period"), ui.Period(ui.Scope.From, ui.Scope.To));
        to.Row(ui.T("scope.route"), ui.T("scope.route." + ui.Scope.RouteCode + ".full"));
        to.Row(ui.T("scope.gwp"), Gwp.Code(ui.Scope.Gwp));
        to.Row(ui.T("basis.scope2"), ui.T("basis.scope2.location"));
        to.Row(ui.T("basis.book"), of.Header.Book.Seq.ToString(CultureInfo.InvariantCulture), Convert.ToHexStringLower(of.Header.Book.Chain));
        foreach (var caveat in of.Statement.Caveats)
        {
            to.Row(ui.T("sheet.caveat"), caveat.Text(ui.Language));
        }

        foreach (var use in packs)
        {
            to.Row(ui.T(use.Pack.ShareAlike ? "sheet.pack.share_alike" : "sheet.pack"), $"{use.Line(ui.Language)} · {FigureText.Percent(use.Share)}");
        }

        void Beside(string words, ExactAmount amount)
        {
            to.Text(words);
            to.Text(FigureText.Pretty(amount.Unit));
            Both(to, amount);
            to.EndRow();
        }
    }

    private static IReadOnlyList<string> Headings(Ui ui)
    {
        string[] sums = [FigureNames.Scope(ui, 1), FigureNames.Scope(ui, 2), FigureNames.Scope(ui, 3), ui.T("sheet.sum")];
        return
        [
            .. sums.SelectMany(s => (string[])[$"{s} (t CO2e)", $"{s} (t CO2e, {ui.T("sheet.all_digits")})"]),
            $"{ui.T("sheet.energy")} (MWh)", $"{ui.T("sheet.energy")} (MWh, {ui.T("sheet.all_digits")})",
        ];
    }

    private static void Figures(TableWriter to, StatementLine line)
    {
        if (line.Cut is null)
        {
            return;
        }

        foreach (var amount in (ReadOnlySpan<ExactAmount>)[.. line.Scopes, line.Total, line.Energy])
        {
            Both(to, amount);
        }
    }

    private static void Both(TableWriter to, ExactAmount amount)
    {
        to.Number(amount.Value);
        to.Text(amount.Plain);
    }
}
