using System.Globalization;
using System.Text;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;

namespace Tanlu.Server.Tests.Web;

/// <summary>A host whose book holds a year of two sites, a correction, and another tenant that nobody here may see.</summary>
public sealed class MeasuredBook : IAsyncLifetime
{
    public const string Hostile = "<script>alert(1)</script>";
    public const string Scope = "from=2024-01&to=2024-12&gwp=AR6&route=ghg";

    public TestServer Server { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    /// <summary>A node and an activity of the other tenant.</summary>
    public long TheirNode { get; private set; }

    public ActivityId Theirs { get; private set; }

    public ActivityId Corrected { get; private set; }

    public ActivityId Correction { get; private set; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public T Get<T>() where T : notnull => Server.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        Client = await Server.SignedIn();
        var us = Caller.System(1);
        await Site(us, "GZ", "Guangzhou works", "广州工厂");
        await Site(us, "SZ", "Shenzhen " + Hostile, "深圳" + Hostile);
        var imported = await Import(us, Year("GZ", "SZ"));
        Corrected = new ActivityId(imported.Batch.Id, 2);
        var values = await Get<Journal>().Values(us, Corrected, Stop);
        var changed = new Dictionary<ActivityField, string>(values.Value.Values) { [ActivityField.Quantity] = "1000.5" };
        var correction = await Get<Journal>().Correct(us, Corrected, new NewActivity(changed), "meter read again " + Hostile, Stop);
        Assert.True(correction.Ok);
        Correction = correction.Value;

        var them = Caller.System((await Get<Tenants>().Add("Others", "别家", Stop)).Value.Id);
        TheirNode = await Site(them, "XX", "Theirs", "别家场所");
        Theirs = new ActivityId((await Import(them, Year("XX"))).Batch.Id, 2);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }

    public async Task<IHtmlDocument> Page(string address) => await new HtmlParser().ParseDocumentAsync(await Client.GetStringAsync(address, Stop), Stop);

    public async Task<Statement> Statement() =>
        (await Get<Statements>().Build(Caller.System(1), new StatementQuery(null, Month.Of(2024, 1), Month.Of(2025, 1), GwpSet.Ar6, Route.GhgProtocol), Stop)).Value.Statement;

    private async Task<long> Site(Caller caller, string code, string en, string zh)
    {
        var company = await Get<OrganisationTree>().FindByCode(caller, "CO", Stop) is { Ok: true, Value: var there }
            ? there
            : (await Get<OrganisationTree>().Add(caller, new NewNode(null, NodeKind.Company, "CO", "Company", "公司", "CN", "", new DateOnly(2020, 1, 1), null, null), Stop)).Value;
        var site = await Get<OrganisationTree>().Add(caller, new NewNode(company.Id, NodeKind.Site, code, en, zh, "CN-GD", "", new DateOnly(2020, 1, 1), null, null), Stop);
        Assert.True(site.Ok);
        return site.Value.Id;
    }

    private async Task<ImportResult> Import(Caller caller, string csv)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var imported = await Get<Journal>().Import(caller, content, "year.csv", new ImportOptions(), null, Stop);
        Assert.True(imported.Ok, string.Join("; ", imported.Problems.Select(p => $"{p.Row} {p.Message(Language.English)}")));
        return imported.Value;
    }

    /// <summary>Fuel, power, heat and refrigerant of every month; quantities that do not come out even.</summary>
    private static string Year(params string[] sites)
    {
        var csv = new StringBuilder("site,source,activity,start,end,quantity,unit,region,quality,evidence\n");
        foreach (var site in sites)
        {
            for (var month = 1; month <= 12; month++)
            {
                var days = new DateOnly(2024, month, 1).AddMonths(1).AddDays(-1).Day;
                Line(site, "Boiler " + Hostile, "fuel.diesel", month, days, 13.337 * month, "t", "measured", "bill-17");
                Line(site, "Grid", "electricity.grid", month, days, 70123.77 * month, "kWh", "invoiced", "");
                Line(site, "Steam", "heat.purchased", month, days, 311.13 * month, "GJ", "estimated", "");
                Line(site, "Chiller", "refrigerant.R-410A", month, days, 0.731 * month, "kg", "", "");
                Line(site, "Gas 炉", "fuel.natural_gas", month, days, 1.937 * month, "10^4 Nm3", "", "");
            }
        }

        return csv.ToString();

        void Line(string site, string source, string activity, int month, int days, double quantity, string unit, string quality, string evidence) => csv.Append(
            CultureInfo.InvariantCulture, $"{site},{source},{activity},2024-{month:D2}-01,2024-{month:D2}-{days:D2},{quantity:R},{unit},CN-GD,{quality},{evidence}\n");
    }
}
