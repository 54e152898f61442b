using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Tanlu.Browser.Tests;

/// <summary>
/// Two customers and four roles on one server: from the invitation of everybody over a year of data to an edition whose package proves itself to two programs that know nothing of
/// each other, while the other customer sees nothing of it.
/// </summary>
public sealed partial class TrustJourneyTests(Chromium chromium, EmptyServer server) : IClassFixture<EmptyServer>
{
    /// <summary>Stands in names of the first customer's site and source, and may stand nowhere else.</summary>
    private const string Canary = "Kingfisher7f3e";

    private const string Password = "correct horse battery 47";
    private const string Header = "site,source,activity,start,end,quantity,unit,region\n";

    private static readonly byte[] Bill = Encoding.UTF8.GetBytes("Diesel invoice 2025-06, 4.7 t 柴油发票\n");

    private static string Root
    {
        get
        {
            var at = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(at.FullName, "Tanlu.slnx")))
            {
                at = at.Parent!;
            }

            return at.FullName;
        }
    }

    [Fact]
    public async Task From_invitations_to_a_package_that_two_programs_verify_and_a_neighbour_never_sees()
    {
        var tanlu = await server.Process();
        await using var administrator = await Window("en");
        await administrator.SignIn(tanlu);
        var site = await Found(administrator.Page, tanlu);
        await using var manager = await Join(administrator, tanlu, "CarbonManager", "zh-CN", "陈敏", "");
        await using var worker = await Join(administrator, tanlu, "Operator", "en", "Omar Haddad", site);
        await using var verifier = await Join(administrator, tanlu, "Verifier", "en", "Vera Lindqvist", "");

        await Import(worker, tanlu);
        var activity = await Correct(manager, tanlu);
        await Freeze(manager, tanlu);
        var folder = Directory.CreateTempSubdirectory("tanlu-trust-");
        try
        {
            var evidence = await Follow(verifier, tanlu);
            await Verify(verifier, tanlu, folder.FullName);
            await Neighbour(tanlu, [activity, evidence, "/editions/1", "/editions/1/package", "/admin/organisation?edit=" + site, "/admin/people/1"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        await Audit(administrator, tanlu);
        foreach (var visit in new[] { administrator, manager, worker, verifier })
        {
            visit.ExpectNothing();
        }
    }

    private Task<Visit> Window(string language) => chromium.Open(new() { Locale = language, ViewportSize = new() { Width = 1440, Height = 900 } });

    /// <summary>One company with two sites; the id of the one that the operator will work at.</summary>
    private static async Task<string> Found(IPage page, TanluProcess tanlu)
    {
        await page.GotoAsync(tanlu.Address + "/admin/organisation");
        await Node(page, "Company", "ACME", "Acme");
        var company = page.Url;
        await Node(page, "Site", "PLANT-B", "Plant B");
        await page.GotoAsync(company);
        await Node(page, "Site", "PLANT-A", Canary);
        return NodeId().Match(page.Url).Groups["id"].Value;
    }

    private static async Task Node(IPage page, string kind, string code, string name)
    {
        await page.SelectOptionAsync("#field-new_kind", kind);
        await page.FillAsync("#field-new_code", code);
        await page.FillAsync("#field-new_name_en", name);
        await page.FillAsync("#field-new_name_zh", name + " 厂");
        await page.FillAsync("#field-new_region", "CN-GD");
        await page.ClickAsync("form:has(#field-new_code) button[type=submit]");
        await Assertions.Expect(page.Locator("#node-title")).ToContainTextAsync(name);
    }

    /// <summary>The administrator invites; the invited opens the link in a browser of their own, sets a password and is signed in.</summary>
    private async Task<Visit> Join(Visit administrator, TanluProcess tanlu, string role, string language, string name, string node)
    {
        var page = administrator.Page;
        await page.GotoAsync(tanlu.Address + "/admin/people");
        await page.FillAsync("#field-email", role.ToLowerInvariant() + "@acme.example");
        await page.SelectOptionAsync("#field-role", role);
        if (node.Length > 0)
        {
            await page.SelectOptionAsync("#field-node", node);
        }

        await page.SelectOptionAsync("#field-language", language);
        await page.ClickAsync("form:has(#field-email) button[type=submit]");
        var joined = await Answer(await page.InputValueAsync("#made-link"), language, name);

        // A link is answered once.
        await using var late = await Window("en");
        await late.Page.GotoAsync(await page.InputValueAsync("#made-link"));
        await Assertions.Expect(late.Page.Locator("#gone-title")).ToBeVisibleAsync();
        late.Expect(410);
        return joined;
    }

    private async Task<Visit> Answer(string link, string language, string name)
    {
        var visit = await Window(language);
        await visit.Page.GotoAsync(link);
        await Assertions.Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await InOrder(visit);
        await visit.Page.FillAsync("#field-name", name);
        await visit.Page.FillAsync("#field-password", Password);
        await visit.Page.FillAsync("#field-again", Password);
        await visit.Page.ClickAsync("form:has(#field-again) button[type=submit]");
        await Assertions.Expect(visit.Page.Locator("details.user")).ToContainTextAsync(name);
        await Assertions.Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", language);
        visit.ExpectNothing();
        return visit;
    }

    /// <summary>A year of one site. A row of the site next door is refused: for the operator it is not there.</summary>
    private static async Task Import(Visit visit, TanluProcess tanlu)
    {
        var page = visit.Page;
        var rows = new StringBuilder(Header);
        for (var month = 1; month <= 12; month++)
        {
            var (start, end) = ($"2025-{month:00}-01", $"2025-{month:00}-{DateTime.DaysInMonth(2025, month):00}");
            rows.Append($"PLANT-A,Grid meter {Canary},electricity.grid,{start},{end},{800_000 + (1_000 * month)},kWh,CN-GD\n")
                .Append($"PLANT-A,Boiler,fuel.natural_gas,{start},{end},{month}.5,10^4 Nm3,CN-GD\n")
                .Append($"PLANT-A,Truck,fuel.diesel,{start},{end},{month}.2,t,CN-GD\n");
        }

        await Upload(page, tanlu, rows + "PLANT-B,Truck,fuel.diesel,2025-01-01,2025-01-31,1,t,CN-GD\n");
        await Assertions.Expect(page.Locator("td.wrong", new() { HasText = "PLANT-B" }).Locator(".told")).ToBeVisibleAsync();
        await Upload(page, tanlu, rows.ToString());
        await Assertions.Expect(page.Locator("td.wrong")).ToHaveCountAsync(0);
        await page.ClickAsync("form:has(#field-reason) button[type=submit]");
        await page.WaitForURLAsync("**/import/run/**");
        await Assertions.Expect(page.Locator("main a.button[href^='/activities']")).ToBeVisibleAsync();
        await InOrder(visit);
        await page.Locator("main a.button[href^='/activities']").ClickAsync();
        await Assertions.Expect(page.Locator("table.data tbody tr").First).ToBeVisibleAsync();
        visit.ExpectNothing();
    }

    private static async Task Upload(IPage page, TanluProcess tanlu, string text)
    {
        await page.GotoAsync(tanlu.Address + "/import");
        await page.SetInputFilesAsync("#field-file", new FilePayload { Name = "year.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) });
        await page.ClickAsync("#import-form button[type=submit]");
        await page.WaitForURLAsync("**/import/map?**");
        await page.ClickAsync("form[action='/import/check'] button[type=submit]");
        await page.WaitForURLAsync("**/import/check?**");
    }

    /// <summary>One month of diesel was written down wrongly; the bill that shows it becomes its evidence. Returns the path of what was corrected.</summary>
    private static async Task<string> Correct(Visit visit, TanluProcess tanlu)
    {
        var page = visit.Page;
        await page.GotoAsync(tanlu.Address + "/activities?q=Truck");
        var row = page.Locator("table.data tbody tr", new() { HasText = "Truck" }).First;
        var path = (await row.Locator("td.heading a").GetAttributeAsync("href"))!.Split('?')[0];
        await page.GotoAsync(tanlu.Address + path + "/correct");
        await page.FillAsync("#field-source", "Hired truck");
        await page.FillAsync("#field-quantity", "4.7");
        await page.FillAsync("#field-reason", "发票数量为 4.7 吨");
        await page.SetInputFilesAsync("#field-document", new FilePayload { Name = "diesel-invoice.txt", MimeType = "text/plain", Buffer = Bill });
        await page.ClickAsync("button[name=what][value=replace]");
        await page.WaitForURLAsync(address => !address.Contains("/correct", StringComparison.Ordinal));
        visit.ExpectNothing();
        return path;
    }

    private static async Task Freeze(Visit visit, TanluProcess tanlu)
    {
        var page = visit.Page;
        await page.GotoAsync(tanlu.Address + "/editions/new?from=2025-01&to=2025-12");
        await page.FillAsync("#field-title", "2025 年盘查 " + Canary);
        await page.SelectOptionAsync("#field-approach", new SelectOptionValue { Index = 1 });
        await page.CheckAsync("input[name=no_exclusions]");
        await page.ClickAsync("form:has(#field-title) button[type=submit]");
        await page.WaitForURLAsync("**/editions/1?**");
        await InOrder(visit);
        visit.ExpectNothing();
    }

    /// <summary>The verifier may change nothing, and follows a figure to the bytes of its evidence and to its population. Returns the path of the evidence.</summary>
    private static async Task<string> Follow(Visit visit, TanluProcess tanlu)
    {
        var page = visit.Page;
        Assert.Equal(403, (await page.APIRequest.GetAsync(tanlu.Address + "/editions/new")).Status);
        Assert.Equal(403, (await page.APIRequest.GetAsync(tanlu.Address + "/activities/new")).Status);
        await page.GotoAsync(tanlu.Address + "/statement?from=2025-01&to=2025-12");
        await page.Locator("table.data tbody tr").First.Locator("td.number a").First.ClickAsync();
        var drawer = page.Locator("#drawer[open]");
        await drawer.GetByRole(AriaRole.Link, new() { Name = "Hired truck" }).First.ClickAsync();
        await Assertions.Expect(drawer.Locator(".explanation-label")).ToContainTextAsync("Hired truck");
        Assert.Equal("PK"u8.ToArray(), (await Fetch(page, drawer.Locator("a[download='population.xlsx']")))[..2]);
        await drawer.GetByRole(AriaRole.Link, new() { NameRegex = Diesel() }).First.ClickAsync();
        await Assertions.Expect(drawer.Locator(".explain")).ToBeVisibleAsync();
        var link = drawer.Locator("a[download='diesel-invoice.txt']").First;
        Assert.Equal(Bill, await Fetch(page, link));
        return (await link.GetAttributeAsync("href"))!;
    }

    /// <summary>Pages that the tour does not reach, as it looks at the others: for a screen reader, in the dark and on a phone.</summary>
    private static async Task InOrder(Visit visit)
    {
        var page = visit.Page;
        await Place.Settle(page);
        List<string> faults = [.. await visit.Axe()];
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        faults.AddRange(await visit.Axe("color-contrast"));
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(390, 844);
        faults.AddRange(await page.EvaluateAsync<string[]>(Script.WiderThanWindow));
        await page.SetViewportSizeAsync(1440, 900);
        Assert.True(faults.Count == 0, $"{page.Url}\n{string.Join('\n', faults)}");
    }

    private static async Task<byte[]> Fetch(IPage page, ILocator link)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        await using var stream = await download.CreateReadStreamAsync();
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    /// <summary>The package as the page gives it holds against the head that the page shows, for both programs; with one quantity changed it holds for neither.</summary>
    private static async Task Verify(Visit visit, TanluProcess tanlu, string folder)
    {
        var page = visit.Page;
        await page.GotoAsync(tanlu.Address + "/editions/1");
        var panel = page.Locator("section[aria-labelledby=edition-package]");
        var head = await panel.Locator("code.hash").First.InnerTextAsync();
        var chain = await panel.Locator("code.hash").Nth(1).InnerTextAsync();
        var package = Path.Combine(folder, "edition-1.zip");
        await File.WriteAllBytesAsync(package, await Fetch(page, panel.Locator("a[href='/editions/1/package']")), TestContext.Current.CancellationToken);
        var tampered = Path.Combine(folder, "tampered.zip");
        File.Copy(package, tampered);
        await Tamper(tampered);

        string[] known = ["--edition", "1", "--head", head, "--chain", chain];
        var script = Path.Combine(Root, "tests", "verifier", "verify_package.py");
        foreach (var (file, code) in new[] { (package, 0), (tampered, 1) })
        {
            var own = await tanlu.Bare(["verify", file, .. known]);
            var other = await CommandRun.Of("python3", folder, [script, file, .. known]);
            Assert.True(own.Code == code && other.Code == code, $"{file}: {own}\n{other}");
        }

        // The same file does not pass as another edition.
        var wrong = head[0] == '0' ? "1" + head[1..] : "0" + head[1..];
        Assert.Equal(1, (await tanlu.Bare("verify", package, "--head", wrong)).Code);
    }

    private static async Task Tamper(string path)
    {
        using var zip = await ZipFile.OpenAsync(path, ZipArchiveMode.Update, TestContext.Current.CancellationToken);
        var entry = zip.GetEntry("activities.csv")!;
        string text;
        using (var reader = new StreamReader(await entry.OpenAsync(TestContext.Current.CancellationToken)))
        {
            text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }

        Assert.Contains("806000", text, StringComparison.Ordinal);
        entry.Delete();
        await using var writer = new StreamWriter(await zip.CreateEntry("activities.csv").OpenAsync(TestContext.Current.CancellationToken));
        await writer.WriteAsync(text.Replace("806000", "806001", StringComparison.Ordinal));
    }

    /// <summary>Another customer on the same server: joins by the link that the command printed, and finds nothing of the first, neither by looking nor by address.</summary>
    private async Task Neighbour(TanluProcess tanlu, IReadOnlyList<string> foreign)
    {
        var made = await tanlu.Command("tenant", "add", "--name-en", "Borealis", "--name-zh", "北光", "--email", "admin@borealis.example", "--address", tanlu.Address);
        Assert.True(made.Code == 0, made.Said);
        await using var visit = await Answer(JoinLink().Match(made.Said).Value, "en", "Bo Eriksen");
        foreach (var address in new[] { "/", "/statement", "/explain", "/ledger", "/ledger/batches", "/activities", "/sources", "/editions", "/factors/packs", "/admin/organisation", "/admin/people", "/admin/audit", "/admin/sign-ins", "/admin/tokens", "/admin/health", "/search?q=" + Canary[..^2] })
        {
            await visit.Page.GotoAsync(tanlu.Address + address);
            Assert.DoesNotContain(Canary, await visit.Page.ContentAsync(), StringComparison.Ordinal);
        }

        visit.ExpectNothing();
        foreach (var address in foreign)
        {
            var answer = await visit.Page.APIRequest.GetAsync(tanlu.Address + address);
            Assert.True(answer.Status == 404, $"{answer.Status} {address}");
            Assert.DoesNotContain(Canary, await answer.TextAsync(), StringComparison.Ordinal);
        }
    }

    /// <summary>The log tells the story, and its chain holds.</summary>
    private static async Task Audit(Visit visit, TanluProcess tanlu)
    {
        var page = visit.Page;
        foreach (var (kind, name) in new[] { ("invitation", "Vera Lindqvist"), ("activities", "Omar Haddad"), ("activity", "陈敏"), ("edition", "陈敏"), ("population", "Vera Lindqvist"), ("evidence", "Vera Lindqvist"), ("package", "Vera Lindqvist") })
        {
            await page.GotoAsync($"{tanlu.Address}/admin/audit?verb={kind}");
            await Assertions.Expect(page.Locator("table.data tbody tr", new() { HasText = name }).First).ToBeVisibleAsync();
            Assert.DoesNotContain("Borealis", await page.ContentAsync(), StringComparison.Ordinal);
        }

        await page.GotoAsync(tanlu.Address + "/admin/audit?check=1");
        await Assertions.Expect(page.Locator(".notice.good .audit-head")).ToBeVisibleAsync();
        var head = await page.Locator(".audit-head").InnerTextAsync();
        Assert.Equal(0, (await tanlu.Command("audit", "check", "--tenant", "1", "--head", head)).Code);
    }

    [GeneratedRegex("diesel", RegexOptions.IgnoreCase)]
    private static partial Regex Diesel();

    [GeneratedRegex(@"[?&]edit=(?<id>\d+)")]
    private static partial Regex NodeId();

    [GeneratedRegex(@"http://\S+/join/\S+")]
    private static partial Regex JoinLink();
}
