using System.Security.Cryptography;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Tables;

namespace Tanlu.Server.Flows.Demo;

/// <summary>
/// Fills an empty book with the generated group, through the verbs that people use: tree, people, evidence, imports, corrections. Every name and reason says that
/// the data is generated.
/// </summary>
internal sealed class DemoSeed(
    OrganisationTree tree, Tenants tenants, People people, EvidenceFiles evidence, FactorPacks packs, Journal journal, TimeProvider time)
{
    private const string Reason = "生成的演示数据 Generated demonstration data";

    private static readonly string[] Header =
        [.. ((ActivityField[])
        [
            ActivityField.Site, ActivityField.Source, ActivityField.Activity, ActivityField.Start, ActivityField.End, ActivityField.Quantity, ActivityField.Unit, ActivityField.Region,
            ActivityField.Factor, ActivityField.Supplier, ActivityField.Quality, ActivityField.Evidence, ActivityField.Note,
        ]).Select(ActivityFields.Name)];

    /// <summary>Whether the tenant has no organisation yet.</summary>
    public async Task<bool> Empty(long tenant, CancellationToken ct) => Done(await tree.Subtree(Caller.System(tenant), null, null, ct)).Count == 0;

    public async Task Run(long tenant, CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(time.GetLocalNow().Date);
        var system = Caller.System(tenant);
        Done(await tenants.Rename(system, DemoGroup.En + DemoLabels.En, DemoGroup.Zh + DemoLabels.Zh, ct));
        var manager = await Person(system, "manager@demo.invalid", "陈薇 Chen Wei（生成）", Role.CarbonManager, 0, ct);
        var sites = await Tree(manager, today, ct);
        var steward = await Person(system, "steward@demo.invalid", "李强 Li Qiang（生成）", Role.DataSteward, 0, ct);
        await Person(system, "verifier@demo.invalid", "周敏 Zhou Min（生成）", Role.Verifier, 0, ct);
        await Person(system, "approver@demo.invalid", "赵磊 Zhao Lei（生成）", Role.Approver, 0, ct);
        await Person(system, "energy@demo.invalid", "孙洁 Sun Jie（生成）", Role.EnergyEngineer, 0, ct);
        await Person(system, "operator@demo.invalid", "吴刚 Wu Gang（生成）", Role.Operator, sites["WX-TYRE"].Id, ct);
        await Person(system, "tyre@demo.invalid", "郑丽 Zheng Li（生成）", Role.Administrator, sites["TYRE"].Id, ct);

        var library = await packs.LibraryFor(tenant, ct);
        foreach (var site in DemoGroup.Sites)
        {
            await Site(steward, site, sites[site.Code], today, library, ct);
        }

        foreach (var site in DemoGroup.Sites)
        {
            foreach (var slip in DemoRows.Of(site, today).Where(r => r.Slip != 1))
            {
                await Correct(manager, sites[site.Code], slip, ct);
            }
        }
    }

    private async Task<Dictionary<string, Node>> Tree(Caller caller, DateOnly today, CancellationToken ct)
    {
        var nodes = new Dictionary<string, Node>();
        var group = Done(await tree.Add(caller, DemoLabels.Node(null, NodeKind.Group, "DEMO", DemoGroup.En, DemoGroup.Zh), ct));
        foreach (var company in DemoGroup.Companies)
        {
            nodes[company.Code] = Done(await tree.Add(caller, DemoLabels.Node(group.Id, NodeKind.Company, company.Code, company.En, company.Zh), ct));
        }

        foreach (var site in DemoGroup.Sites)
        {
            var opened = site.OpenedBack > 0 ? new Month(Month.Of(today).Number - site.OpenedBack).Interval.Start : (DateOnly?)null;
            nodes[site.Code] = Done(await tree.Add(
                caller, DemoLabels.Node(nodes[site.Company].Id, NodeKind.Site, site.Code, site.En, site.Zh, site.Region, site.Industry, opened), ct));
        }

        return nodes;
    }

    /// <summary>A colleague who made some of the entries; nobody knows the password until an administrator sets one.</summary>
    private async Task<Caller> Person(Caller system, string email, string name, Role role, long node, CancellationToken ct)
    {
        var person = Done(await people.Add(system, new NewPerson(email, name, role, node, Language.Chinese, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))), ct));
        return system with { Person = person.Id, Name = person.Name, Role = person.Role, Language = Language.Chinese };
    }

    /// <summary>One file a year, as a data steward would send it.</summary>
    private async Task Site(Caller caller, DemoSite site, Node node, DateOnly today, FactorLibrary library, CancellationToken ct)
    {
        var rows = DemoRows.Of(site, today);
        var factors = site.Sources.ToDictionary(s => s, s => FactorOf(library, site, s, rows));
        foreach (var year in rows.GroupBy(r => r.Days.Start.Year))
        {
            var documents = new Dictionary<DemoSource, string>();
            foreach (var behind in year.Where(r => r.Documented).GroupBy(r => r.Source))
            {
                var (name, bytes) = DemoDocuments.Of(site, behind.Key, year.Key, [.. behind]);
                using var document = new MemoryStream(bytes, writable: false);
                documents[behind.Key] = Done(await evidence.Add(caller, document, name, node.Id, ct)).Hash.ToString();
            }

            using var file = File([.. year.Where(r => factors[r.Source] is not null)], factors, documents);
            Done(await journal.Import(
                caller, file, $"{site.Code}-{year.Key}-generated.csv", new ImportOptions(Kind: BatchKind.Seed, Reason: Reason), null, ct));
        }
    }

    private static MemoryStream File(IReadOnlyList<DemoRow> rows, Dictionary<DemoSource, string?> factors, Dictionary<DemoSource, string> documents)
    {
        using var stream = new MemoryStream();
        using (var table = new CsvTableWriter(stream))
        {
            table.Row(Header);
            foreach (var row in rows)
            {
                table.Row(
                    row.Site.Code, row.Source.Name, row.Source.Activity, DemoDocuments.Day(row.Days.Start), DemoDocuments.Day(row.Days.LastDay),
                    DemoDocuments.Number(row.Quantity * row.Slip), row.Source.Unit, row.Site.Region, factors[row.Source], row.Source.Supplier, row.Quality,
                    row.Documented ? documents[row.Source] : "", "生成数据 generated");
            }
        }

        return new MemoryStream(stream.ToArray(), writable: false);
    }

    /// <summary>
    /// Empty where matching finds a factor for the place; where the place has none, the id of the one that a person would choose from elsewhere; null where nobody
    /// has one, and the source stays out.
    /// </summary>
    private static string? FactorOf(FactorLibrary library, DemoSite site, DemoSource source, IReadOnlyList<DemoRow> rows)
    {
        var on = rows.First(r => r.Source == source).Days.Middle;
        var request = new CalculationRequest(source.Activity, Units.Get(source.Unit), Regions.Get(site.Region), on);
        return Calculator.Prepare(library, request).Ok ? ""
            : library.Of(source.Activity, FactorRole.Main).OrderByDescending(v => v.ValidFrom).ThenBy(v => v.Id, StringComparer.Ordinal)
                .Select(v => v.Id).FirstOrDefault(id => Calculator.Prepare(library, request with { Factor = id }).Ok);
    }

    private async Task Correct(Caller caller, Node site, DemoRow row, CancellationToken ct)
    {
        var found = Done(await journal.Activities(caller, new ActivityQuery(site.Id, row.Days, Activity: row.Source.Activity), ct)).Activities;
        var wrong = found.Single(a => a.SourceName == row.Source.Name);
        var values = new Dictionary<ActivityField, string>(Done(await journal.Values(caller, wrong.Id, ct)).Values) { [ActivityField.Quantity] = DemoDocuments.Number(row.Quantity) };
        var reason = row.Slip >= 1 ? "小数点抄错，按原始单据更正 Decimal point misread; corrected by the bill" : "漏读一块表，按原始单据更正 A meter was left out; corrected by the bill";
        Done(await journal.Correct(caller, wrong.Id, new NewActivity(values), reason + "（生成数据 generated）", ct));
    }

    private static T Done<T>(Outcome<T> outcome) =>
        outcome.Ok ? outcome.Value : throw new InvalidDataException("The demo was refused: " + string.Join("; ", outcome.Problems.Take(5).Select(p => $"{p.Row} {p.Column} {p.Found} {p.Message(Language.English)}")));
}
