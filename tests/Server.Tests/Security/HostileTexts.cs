using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Server.Tests.Access;

namespace Tanlu.Server.Tests.Security;

/// <summary>Plants a text that would act if a page did not write it as text, through every field that a person or a file fills.</summary>
internal sealed class HostileTexts(OpenPort port)
{
    /// <summary>An element and an attribute of no page of ours: where either is found, a text became markup.</summary>
    public const string Element = "pwn-x";

    public const string Attribute = "onpwn";

    private readonly List<string> _planted = [];

    /// <summary>Marks of the texts that were accepted; each should be read on some page, as text.</summary>
    public IReadOnlyList<string> Planted => _planted;

    public long Site { get; private set; }

    public long Edition { get; private set; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Day => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A text that leaves an attribute, a title, a script, a template, a JSON string and a formula, with marks that turn the line around; at most <paramref name="most"/> long.</summary>
    public static string Text(string mark, int most = 200)
    {
        var text = $"{mark}\"'><{Element} {Attribute}=1></title></script><script>pwn()</script>{{{{7*7}}}}${{7*7}}\\\u202e\u200bjavascript:pwn()";
        return text.Length <= most ? text : text[..most];
    }

    /// <summary>As <see cref="Text"/> for the name of a file, of which only what follows the last slash is kept.</summary>
    public static string Name(string mark) => Text(mark, 110).Replace("/", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal);

    public async Task Plant()
    {
        var services = port.World.Server.Services;
        T Get<T>() where T : notnull => services.GetRequiredService<T>();
        var us = Caller.System(port.Tenant);
        var since = new DateOnly(2020, 1, 1);
        var tree = Get<OrganisationTree>();
        var company = (await tree.Add(us, new NewNode(null, NodeKind.Company, "PWN-C", Mark("PWNCOMPANYEN"), Mark("PWNCOMPANYZH"), "CN", Mark("PWNINDUSTRY", 40), since), Stop)).Value;
        var site = (await tree.Add(us, new NewNode(company.Id, NodeKind.Site, "PWNCODE<img onerror=1>", Mark("PWNSITEEN"), Mark("PWNSITEZH"), "CN-GD", "", since), Stop)).Value;
        Site = site.Id;
        await Kept(Get<People>().Add(us, new NewPerson("PWNEMAIL\"'><img/src=x/onerror=1>@example.org", Mark("PWNPERSON", 100), Role.Viewer, company.Id, Language.English, World.Password), Stop));
        await Kept(Get<Invitations>().Invite(us, new NewInvitation("PWNINVITED'><svg/onload=1>@example.org", Role.Viewer, company.Id, Language.English), Stop));

        using var document = new MemoryStream(Encoding.UTF8.GetBytes($"<html><script>pwn()</script>{Text("PWNEVIDENCECONTENT")}</html>"));
        var evidence = (await Get<EvidenceFiles>().Add(us, document, Name("PWNEVIDENCENAME") + ".html", site.Id, Stop)).Value;

        var journal = Get<Journal>();
        var csv = new StringBuilder("site,source,activity,start,end,quantity,unit,region,supplier,quality,evidence,note\n");
        for (var month = 1; month <= 12; month++)
        {
            Row(month, Text("PWNSOURCE", 180), "electricity.grid", "kWh", evidence.Hash.ToString());
        }

        Row(2, Text("PWNBOILER", 180), "fuel.diesel", "kg", Text("PWNEVIDENCETEXT", 180));
        Row(3, Text("PWNBAD", 180), Text("PWNUNKNOWNACTIVITY", 180), Text("PWNUNIT", 60), "");
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString()));
        var importer = new Caller(us.Tenant, 0, Mark("PWNIMPORTER", 100), Role.Administrator, "/", Language.English);
        var imported = await journal.Import(importer, file, Name("PWNFILENAME") + ".csv", new ImportOptions(SkipBad: true, Reason: Mark("PWNREASON")), null, Stop);
        Assert.True(imported.Ok, imported.Ok ? "" : string.Join("; ", imported.Problems.Select(p => $"{p.Row} {p.Column} {p.Message(Language.English)} {p.Found}")));
        _planted.AddRange(["PWNSOURCE", "PWNBOILER", "PWNSUPPLIER", "PWNNOTE", "PWNEVIDENCENAME", "PWNFILENAME"]);
        var corrected = new ActivityId(imported.Value.Batch.Id, 3);
        var values = new Dictionary<ActivityField, string>((await journal.Values(us, corrected, Stop)).Value.Values) { [ActivityField.Note] = Text("PWNSECONDNOTE") };
        await Kept(journal.Correct(importer, corrected, new NewActivity(values), Mark("PWNCORRECTION"), Stop));

        // A person of ours with a hostile name, whose session adds what is one's own.
        const string Email = "pwn.person@example.org";
        Assert.True((await Get<People>().Add(us, new NewPerson(Email, Mark("PWNREADER", 100), Role.Administrator, 0, Language.English, World.Password), Stop)).Ok);
        var self = (await Get<Sessions>().SignIn(Email, World.Password, Stop)).Value.Caller;
        await Kept(Get<ApiTokens>().Add(self, new NewApiToken(Mark("PWNTOKEN", 100), [Right.ReadFigures], 0, DateOnly.Parse(Day, CultureInfo.InvariantCulture)), Stop));
        await Kept(Get<Passkeys>().Add(
            self, Mark("PWNPASSKEY", 100), Guid.NewGuid().ToString("N"), new PasskeyCredential(Guid.NewGuid().ToString("N"), [1], 0, "", true, false, false, default), Guid.NewGuid().ToString("N"), Stop));
        var edition = await Get<Editions>().Freeze(
            self, new NewEdition(
                Mark("PWNEDITION"), company.Id, Consolidation.OperationalControl, Month.Of(2024, 1), Month.Of(2025, 1), Route.GhgProtocol, GwpSet.Ar6,
                [new Exclusion(Mark("PWNEXCLUDED", 2000) + "\n" + new string('x', 1500), Mark("PWNWHY"))]), Stop);
        Assert.True(edition.Ok);
        Edition = edition.Value.Number;
        await Pack(Get<FactorPacks>(), us);

        void Row(int month, string source, string activity, string unit, string proof) => csv.Append(
            CultureInfo.InvariantCulture,
            $"{Cell(site.Code)},{Cell(source)},{Cell(activity)},2024-{month:D2}-01,2024-{month:D2}-{DateTime.DaysInMonth(2024, month):D2},{1000 + month},{Cell(unit)},CN-GD,{Cell(Text("PWNSUPPLIER"))},measured,{Cell(proof)},{Cell(Text("PWNNOTE"))}\n");
    }

    /// <summary>A file for the wizard: hostile header, hostile cells, hostile name.</summary>
    public static MultipartFormDataContent Upload(string token)
    {
        var csv = $"site,source,activity,start,end,quantity,unit,region,{Cell(Text("PWNHEADER"))}\n{Cell(Text("PWNCELL"))},s,fuel.diesel,2024-01-01,2024-01-31,{Cell(Text("PWNQUANTITY"))},t,CN-GD,x\n";
        var part = new ByteArrayContent(Encoding.UTF8.GetBytes(csv));
        part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "file", FileNameStar = Name("PWNUPLOAD") + ".csv" };
        return new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new StringContent("upload"), "_handler" }, part };
    }

    private static string Cell(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task Pack(FactorPacks packs, Caller us)
    {
        var pack = $"""
            # pack: pwn
            # version: 1
            # name_en: {Text("PWNPACK")}
            # name_zh: {Text("PWNPACKZH")}
            # publisher: {Text("PWNPUBLISHER")}
            # licence: {Text("PWNLICENCE")}
            # licence_url: https://example.org/"'><pwn-x>
            # attribution: {Text("PWNATTRIBUTION")}
            series,version,valid_from,valid_to,activity,role,geography,components,basis,gwp,name_en,name_zh,source,mark
            peat,2023,2023-01-01,,,named,CN,co2=1 kg/kg,,,{Cell(Text("PWNFACTOR"))},{Cell(Text("PWNFACTORZH"))},{Cell(Text("PWNSOURCETEXT"))},V
            {Cell("bad<pwn-x>")},2023,2023-13-01,,,named,CN,{Cell(Text("PWNCOMPONENT"))},,,,,,V

            """;
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(pack));
        var made = await packs.Import(us, content, Text("PWNPACKFILE", 100) + ".csv", Stop, serve: true);
        Assert.True(made.Ok, made.Ok ? "" : string.Join("; ", made.Problems.Select(p => $"{p.Row} {p.Column} {p.Message(Language.English)} {p.Found}")));
        _planted.AddRange(["PWNPACK", "PWNFACTOR"]);
    }

    private string Mark(string mark, int most = 200)
    {
        _planted.Add(mark);
        return Text(mark, most);
    }

    private static async Task Kept<T>(Task<Outcome<T>> task)
    {
        var outcome = await task;
        Assert.True(outcome.Ok, outcome.Ok ? "" : string.Join("; ", outcome.Problems.Select(p => $"{p.Column} {p.Message(Language.English)} {p.Found}")));
    }
}
