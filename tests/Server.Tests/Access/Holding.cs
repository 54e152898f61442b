using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Automation;
using Tanlu.Exchange;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Products;

namespace Tanlu.Server.Tests.Access;

/// <summary>
/// What one part of an organisation holds: a company with a site, and one of everything that hangs on it. Every name and every quantity carries the part's own mark, so
/// that a mark in an answer says whose row it was.
/// </summary>
internal sealed class Holding
{
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    private Holding(long tenant, string mark, double number)
    {
        Tenant = tenant;
        Mark = mark;
        Number = number;
    }

    public long Tenant { get; }

    /// <summary>Stands in every text of the holding.</summary>
    public string Mark { get; }

    /// <summary>The quantity of its activities: seven digits that nothing else in the book has.</summary>
    public double Number { get; }

    /// <summary>Node of its company: the subtree of the people who see this holding and no other.</summary>
    public long Node => long.Parse(_ids["node"], CultureInfo.InvariantCulture);

    /// <summary>Ids by the names that the table of routes uses for them.</summary>
    public IReadOnlyDictionary<string, string> Ids => _ids;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="group">Node above the company; null makes the company a root.</param>
    public static async Task<Holding> Plant(IServiceProvider services, Caller system, long? group, string mark, double number)
    {
        var holding = new Holding(system.Tenant, mark, number);
        await holding.Plant(services, system, group);
        return holding;
    }

    /// <summary>Makes another thing of a kind that a call may use up; its id.</summary>
    public async Task<string> Another(IServiceProvider services, string kind)
    {
        var system = Caller.System(Tenant);
        var email = Guid.NewGuid().ToString("N") + "@example.org";
        var people = services.GetRequiredService<People>();
        switch (kind)
        {
            case "email":
                return email;
            case "person":
                return Text((await Person()).Id);
            case "disabled_person":
                return Text((await Done(people.Disable(system, (await Person()).Id, Stop))).Id);
            case "webhook":
                return Text((await Done(services.GetRequiredService<Webhooks>().Add(system, new NewWebhook(Mark + " hook", "https://hook.invalid/", ["batch.sealed"], Node), Stop))).Webhook.Id);
            case "token":
                var lastDay = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(30));
                return Text((await Done(services.GetRequiredService<ApiTokens>().Add(system, new NewApiToken(Mark + " logger", null, Node, lastDay, Device: true), Stop))).Token.Id);
            case "invitation":
                return Text((await Invited()).Invitation.Id);
            case "join":
                return (await Invited()).Token;
            case "session":
                return Text((await SomebodySignedIn(services)).Session);
            case "passkey":
                return Text((await Done(services.GetRequiredService<Passkeys>().Add(
                    await SomebodySignedIn(services), Mark + " key", Guid.NewGuid().ToString("N"), new PasskeyCredential(Guid.NewGuid().ToString("N"), [1], 0, "", true, false, false, default),
                    Guid.NewGuid().ToString("N"), Stop))).Id);
            default:
                throw new ArgumentException($"{RouteTable.File}: nobody makes a fresh {kind}.");
        }

        Task<Person> Person() => Done(people.Add(system, new NewPerson(email, Mark + " Colleague", Role.Viewer, Node, Language.English, World.Password), Stop));

        Task<MadeInvitation> Invited() =>
            Done(services.GetRequiredService<Invitations>().Invite(system, new NewInvitation($"{Mark}-{email}".ToLowerInvariant(), Role.Viewer, Node, Language.English), Stop));

        static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
    }

    private async Task<Caller> SomebodySignedIn(IServiceProvider services)
    {
        var email = Guid.NewGuid().ToString("N") + "@example.org";
        await Done(services.GetRequiredService<People>().Add(Caller.System(Tenant), new NewPerson(email, Mark + " Colleague", Role.Viewer, Node, Language.English, World.Password), Stop));
        return (await Done(services.GetRequiredService<Sessions>().SignIn(email, World.Password, Stop))).Caller;
    }

    private async Task Plant(IServiceProvider services, Caller system, long? group)
    {
        T Get<T>() where T : notnull => services.GetRequiredService<T>();
        var tree = Get<OrganisationTree>();
        var journal = Get<Journal>();
        var since = new DateOnly(2020, 1, 1);
        var company = await Done(tree.Add(system, new NewNode(group, NodeKind.Company, Mark + "-C", Mark + " Company", Mark + "公司", "CN", Mark + "IND", since), Stop));
        var site = await Done(tree.Add(system, new NewNode(company.Id, NodeKind.Site, Mark + "-S", Mark + " Plant", Mark + "工厂", "CN-GD", "", since, EquityPercent: 51.5m), Stop));
        var spare = await Done(tree.Add(system, new NewNode(company.Id, NodeKind.Site, Mark + "-T", Mark + " Store", Mark + "仓库", "CN-GD", "", since), Stop));
        Keep("node", company.Id);
        Keep("site", site.Id);
        Keep("spare", spare.Id);

        using var document = new MemoryStream(Encoding.UTF8.GetBytes($"bill of {Mark}"));
        var evidence = await Done(Get<EvidenceFiles>().Add(system, document, Mark + " bill.txt", site.Id, Stop));
        _ids["evidence"] = evidence.Hash.ToString();

        var csv = new StringBuilder("site,source,activity,start,end,quantity,unit,region,supplier,quality,evidence,note\n");
        for (var month = 1; month <= 6; month++)
        {
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{Mark}-S,{Mark} Meter,electricity.grid,2024-{month:D2}-01,2024-{month:D2}-{DateTime.DaysInMonth(2024, month):D2},{Number:0},kWh,CN-GD,{Mark} Utility,measured,{evidence.Hash},{Mark} note\n");
        }

        csv.Append(CultureInfo.InvariantCulture, $"{Mark}-S,{Mark} Boiler,fuel.diesel,2024-02-01,2024-02-29,{Number:0},kg,CN-GD,{Mark} Fuels,estimated,,{Mark} dipstick\n");
        csv.Append(CultureInfo.InvariantCulture, $"{Mark}-S,{Mark} Boiler,fuel.diesel,2024-03-01,2024-03-31,{Mark}x,kg,CN-GD,,,,\n");
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString()));
        var limited = new Caller(system.Tenant, 0, Mark + " Importer", Role.Administrator, company.Path, Language.English);
        var imported = await Done(journal.Import(limited, file, Mark + ".csv", new ImportOptions(SkipBad: true, Reason: Mark + " reason"), null, Stop));
        Keep("batch", imported.Batch.Id);
        _ids["activity"] = new ActivityId(imported.Batch.Id, 2).ToString();
        _ids["activity_slug"] = _ids["activity"].Replace(':', '-');
        _ids["other_activity"] = new ActivityId(imported.Batch.Id, 4).ToString();
        var corrected = new ActivityId(imported.Batch.Id, 3);
        var values = new Dictionary<ActivityField, string>((await Done(journal.Values(limited, corrected, Stop))).Values) { [ActivityField.Supplier] = Mark + " Other Utility" };
        var correction = await Done(journal.Correct(limited, corrected, new NewActivity(values), Mark + " corrected", Stop));
        _ids["corrected"] = corrected.ToString();
        _ids["correction"] = correction.ToString();
        Keep("source", (await Done(journal.Sources(limited, null, Stop)))[0].Id);

        var edition = new NewEdition(
            Mark + " edition", company.Id, Consolidation.OperationalControl, Month.Of(2024, 1), Month.Of(2025, 1), Route.GhgProtocol, GwpSet.Ar6, [new Exclusion(Mark + " car", Mark + " small")], NoExclusions: false);
        Keep("edition", (await Done(Get<Editions>().Freeze(limited, edition, Stop))).Number);
        Keep("edition2", (await Done(Get<Editions>().Freeze(limited, edition, Stop))).Number);

        // A kind that no worker knows: it waits for ever.
        Keep("job", (await Done(Get<JobBoard>().Enqueue(limited, new NewJob("table.of.routes", Right.WriteActivities, Mark + " job", "{}"), Stop))).Id);
        Keep("webhook", (await Done(Get<Webhooks>().Add(limited, new NewWebhook(Mark + " hook", "https://hook.invalid/", ["batch.sealed"], null), Stop))).Webhook.Id);
        Keep("person", (await Done(Get<People>().Add(
            system, new NewPerson($"{Mark}@example.org".ToLowerInvariant(), Mark + " Person", Role.Viewer, company.Id, Language.English, World.Password), Stop))).Id);

        _ids["token"] = await Another(services, "token");
        _ids["invitation"] = await Another(services, "invitation");

        // A pack belongs to the whole tenant, so it wears the tenant's mark and not the holding's.
        using var pack = new MemoryStream(Encoding.UTF8.GetBytes(Pack(PackMark(Tenant))));
        _ = await Get<FactorPacks>().Import(system, pack, PackMark(Tenant) + ".csv", Stop);

        await PlantLibrary(services, system);
        var packs = await Done(Get<FactorPacks>().List(system, Stop));
        Keep("pack", packs[0].Id);
        _ids["factor"] = (await Get<FactorPacks>().LibraryFor(system.Tenant, Stop)).All.First().Id;

        void Keep(string name, long id) => _ids[name] = id.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Life cycle data belongs to the whole tenant too: one library of its own with one process, whose amount is the tenant's number.</summary>
    private async Task PlantLibrary(IServiceProvider services, Caller system)
    {
        var mark = PackMark(Tenant);
        var libraries = services.GetRequiredService<Libraries>();
        var library = (await Done(libraries.List(system, Stop))).FirstOrDefault(l => l.Own) ?? await Done(libraries.Add(system, mark + " library", Stop));
        var process = (await Done(services.GetRequiredService<Processes>().Search(system, new ProcessSearch(Library: library.Id), Stop))).Processes.FirstOrDefault();
        if (process is null)
        {
            var dataset = new ProcessDataset
            {
                Id = "", Name = mark + " furnace", Location = mark, Category = mark + " category",
                Exchanges =
                [
                    new ProcessExchange { Number = 1, FlowId = "product", Amount = 1, Unit = "kg", Reference = true },
                    new ProcessExchange { Number = 2, FlowId = "gas", Amount = Number, Unit = "kg", Comment = mark + " comment" },
                ],
            };
            process = (await Done(services.GetRequiredService<ProcessEdits>().Create(
                system, library.Id,
                new ProcessInput(
                    dataset,
                    [
                        new FlowDataset { Id = "product", Name = mark + " product", Kind = FlowKind.Product, Unit = "kg" },
                        new FlowDataset { Id = "gas", Name = mark + " gas", Kind = FlowKind.Elementary, Unit = "kg", Compartment = "air" },
                    ],
                    mark + " reason"),
                Stop))).Row;
        }

        var methods = services.GetRequiredService<ImpactMethods>();
        var method = (await Done(methods.List(system, Stop))).FirstOrDefault(m => m.Own) ?? (await Done(methods.Create(
            system,
            new MethodDataset
            {
                Id = "", Name = mark + " method", Source = mark + " source",
                Indicators =
                [
                    new IndicatorDataset(
                        "i", "", mark + " indicator", "kg",
                        [new CharacterisationFactor(new FlowDataset { Id = "gas", Name = mark + " gas", Unit = "kg", Compartment = "air" }, Number, "kg")]),
                ],
            },
            mark + " reason",
            Stop))).Row;
        var bills = services.GetRequiredService<Bills>();
        var bill = (await Done(bills.List(system, Stop))).FirstOrDefault() ?? (await Done(bills.Create(
            system,
            new BillDataset
            {
                Name = mark + " bill", Unit = "pcs",
                Lines = [new BillPart { Name = mark + " part", Amount = Number, Unit = "kg", Process = process.Uid, Supplier = mark + " supplier", Stage = mark + " stage", Comment = mark + " comment" }],
            },
            mark + " reason",
            Stop))).Row;
        _ids["bill"] = bill.Id.ToString(CultureInfo.InvariantCulture);
        _ids["method"] = method.Key;
        _ids["library"] = library.Id.ToString(CultureInfo.InvariantCulture);
        _ids["process"] = process.Id.ToString(CultureInfo.InvariantCulture);
        _ids["flow"] = process.ReferenceFlow;
    }

    /// <summary>Stands in the pack of a tenant.</summary>
    public static string PackMark(long tenant) => $"QZPACK{(char)('A' + tenant)}";

    private static string Pack(string mark) => $"""
        # pack: {mark.ToLowerInvariant()}
        # version: 1
        # name_en: {mark} factors
        # name_zh: {mark}因子
        # publisher: {mark}
        # licence: CC0-1.0
        # attribution: {mark}
        # share_alike: 0
        series,version,valid_from,valid_to,activity,role,geography,technology,name_en,name_zh,components,basis,gwp,priority,source,page,mark,uncertainty_percent,quality,note
        road,2024,2024-01-01,,freight.road,named,CN,,{mark} freight,{mark}货运,co2e=0.1234567 kg/tonne.km,,AR5,1,{mark} paper,1,S,,,
        wrong,2024,2024-01-01,,freight.road,named,CN,,{mark} wrong,,co2e=x kg/tonne.km,,AR5,1,{mark} paper,1,S,,,

        """;

    private static async Task<T> Done<T>(Task<Outcome<T>> task)
    {
        var outcome = await task;
        Assert.True(outcome.Ok, outcome.Ok ? "" : string.Join("; ", outcome.Problems.Select(p => $"{p.Row} {p.Column} {p.Message(Language.English)}")));
        return outcome.Value;
    }
}
