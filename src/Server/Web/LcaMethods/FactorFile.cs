using System.Globalization;
using Tanlu.Products;
using Tanlu.Server.Hosting;
using Tanlu.Server.Web.Measuring;
using Tanlu.Tables;

namespace Tanlu.Server.Web.LcaMethods;

/// <summary>The factors of a method that its page shows, as a CSV or XLSX file. Factors of a licensed method do not leave: the verb refuses them.</summary>
internal static class FactorFile
{
    private const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    private const int MostRows = 1_048_000;

    public static void Map(WebApplication app) => app.MapGet("/lca/methods/{key}/factors", Answer)
        .WithName("method-factors-file").Exports("method").WithMetadata(new HeavyRoute()).ExcludeFromDescription();

    private static async Task<IResult> Answer(string key, Ui ui, ImpactMethods methods)
    {
        int? version = int.TryParse(ui.Query["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        var found = await methods.Get(ui.Caller, key, version, ui.Gone);
        if (!found.Ok)
        {
            return FigureFiles.Refusal(found.Problems);
        }

        var units = found.Value.Method.Indicators.ToDictionary(i => i.Id, i => (i.Name, i.Unit), StringComparer.Ordinal);
        var indicator = ui.Query["f.indicator"].ToString() is { Length: > 0 } only ? only : null;
        using var bytes = new MemoryStream();
        var xlsx = ui.Query["format"] == "xlsx";
        using (TableWriter to = xlsx ? new XlsxTableWriter(bytes, ui.T("method.factors")) : new CsvTableWriter(bytes))
        {
            to.Row([
                ui.T("method.indicator"), ui.T("method.indicator.unit"), ui.T("method.flow"), ui.T("method.flow.id"), ui.T("method.compartment"), ui.T("method.subcompartment"), "CAS", ui.T("method.location"),
                ui.T("method.flow.unit"), ui.T("method.factor"),
            ]);
            for (int? after = 0; after is { } at && at < MostRows;)
            {
                var page = await methods.Factors(ui.Caller, key, version, indicator, ui.Query["q"], DataWay.Leave, at, ImpactMethods.LongestPage, ui.Gone);
                if (!page.Ok)
                {
                    return FigureFiles.Refusal(page.Problems);
                }

                foreach (var factor in page.Value.Factors)
                {
                    Write(to, factor, units[factor.Indicator]);
                }

                after = page.Value.Next;
            }
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"factors-{key}-{found.Value.Row.Version}.{(xlsx ? "xlsx" : "csv")}");
        return TypedResults.File(bytes.ToArray(), xlsx ? Xlsx : "text/csv; charset=utf-8", name);
    }

    private static void Write(TableWriter to, FactorRow factor, (string Name, string Unit) indicator)
    {
        to.Text(indicator.Name);
        to.Text(indicator.Unit);
        to.Text(factor.Flow);
        to.Text(factor.FlowId);
        to.Text(factor.Compartment);
        to.Text(factor.Subcompartment);
        to.Text(factor.Cas);
        to.Text(factor.Location);
        to.Text(factor.Unit);
        to.Number(factor.Value);
        to.EndRow();
    }
}
