using System.Globalization;
using System.Text;
using System.Text.Json;
using Tanlu.Cli;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Cli;

/// <summary>The commands that work on a book, as a person types them, on both engines.</summary>
public sealed class BookCommandTests
{
    private static readonly HostVerbs NoHost = new((_, _, _, _) => throw new InvalidOperationException(), (_, _, _) => throw new InvalidOperationException());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task The_chain_of_the_log_is_proven_against_a_head_that_was_kept(Dialect engine)
    {
        await using var store = await TestStore.Open(engine);
        await Tanlu(store, "migrate");
        await Organisation(store);
        var (sound, said, _) = await Tanlu(store, "audit", "check");
        Assert.Equal(Terminal.Done, sound);
        var head = said.Trim().Split(' ')[^1];
        Assert.NotNull(AuditHead.Parse(head));
        Assert.Equal(Terminal.Done, (await Tanlu(store, "audit", "check", "--head", head)).Code);
        var (malformed, _, why) = await Tanlu(store, "audit", "check", "--head", "12");
        Assert.Equal(Terminal.Refused, malformed);
        Assert.Contains("64 hexadecimal digits", why, StringComparison.Ordinal);

        // The last row is cut off and the head mended: the chain fits itself, but not what was kept.
        await store.Db.Write(
            tx =>
            {
                tx.Execute($"DELETE FROM audit WHERE seq = (SELECT seq FROM audit_head)");
                tx.Execute($"UPDATE audit_head SET seq = seq - 1, hash = (SELECT hash FROM audit WHERE audit.seq = audit_head.seq - 1)");
            },
            Ct);
        Assert.Equal(Terminal.Done, (await Tanlu(store, "audit", "check")).Code);
        var (cut, _, rewritten) = await Tanlu(store, "audit", "check", "--head", head);
        Assert.Equal(Terminal.Refused, cut);
        Assert.Contains("Rewritten", rewritten, StringComparison.Ordinal);
        await store.Db.Write(tx => tx.Execute($"UPDATE audit SET subject = {"node/99"} WHERE seq = 2"), Ct);
        Assert.Contains("第 2 行断裂", (await Tanlu(store, "audit", "check", "--lang", "zh-CN")).Error, StringComparison.Ordinal);
    }

    [Theory, EngineData]
    public async Task A_tenant_is_made_with_the_link_of_its_first_administrator(Dialect engine)
    {
        await using var store = await TestStore.Open(engine);
        await Tanlu(store, "migrate");
        var (made, said, _) = await Tanlu(store, "tenant", "add", "--name-en", "Borealis", "--name-zh", "北光", "--email", "bo@borealis.example", "--address", "https://carbon.example/");
        Assert.Equal(Terminal.Done, made);
        var link = new Uri(said.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim());
        Assert.StartsWith("https://carbon.example/join/", link.ToString(), StringComparison.Ordinal);
        var audit = new Audit(store.Db, store.Clock);
        var invitations = new Invitations(store.Db, store.Clock, audit, new Sessions(store.Db, store.Clock, audit, OrganisationSettings.Default));
        var joined = await invitations.Accept(link.Segments[^1], "Bo Eriksen", "correct horse battery 47", Ct);
        Assert.True(joined.Ok);
        Assert.Equal((Role.Administrator, 0L), (joined.Value.Role, joined.Value.Node));

        // The address is taken now: neither a tenant nor an invitation comes of it. Nor of a tenant without a name.
        var (taken, _, why) = await Tanlu(store, "tenant", "add", "--name-en", "Other", "--email", " BO@borealis.example ");
        Assert.Equal(Terminal.Refused, taken);
        Assert.Contains("BO@borealis.example", why, StringComparison.Ordinal);
        Assert.Equal(Terminal.Refused, (await Tanlu(store, "tenant", "add", "--email", "new@other.example")).Code);
        Assert.Equal($"{joined.Value.Tenant}\t北光", (await Tanlu(store, "tenant", "list", "--lang", "zh-CN")).Out.Trim());
    }

    [Theory, EngineData]
    public async Task A_book_is_made_filled_and_read(Dialect engine)
    {
        await using var store = await TestStore.Open(engine);
        Assert.Equal((0, LocalBook.Migrations.Sum(m => m.Migrations.Count).ToString()), await Tanlu(store, "migrate") is var (code, text, _) ? (code, text.Split(' ')[0]) : default);
        Assert.StartsWith("0 ", (await Tanlu(store, "migrate")).Out, StringComparison.Ordinal);
        await store.Db.Write(tx => tx.Execute($"UPDATE migration SET number = number + 90 WHERE module = {"inventory"}"), Ct);
        var (newer, _, told) = await Tanlu(store, "statement", "--from", "2023", "--to", "2023");
        Assert.Equal(Terminal.Refused, newer);
        Assert.Contains("newer program", told, StringComparison.Ordinal);
        await store.Db.Write(tx => tx.Execute($"UPDATE migration SET number = number - 90 WHERE module = {"inventory"}"), Ct);
        var (none, _, why) = await Tanlu(store, "statement", "--from", "2023", "--to", "2023");
        Assert.Equal(Terminal.Refused, none);
        Assert.Contains("no organisation", why, StringComparison.Ordinal);
        await Organisation(store);

        var file = Path.Combine(store.Settings.DataFolder, "year.csv");
        await File.WriteAllTextAsync(file, Rows.Csv(Rows.Power("S1", 1, 1000), Rows.Diesel("S1", 2, 3), Rows.Power("S1", 3, 10).Replace("kWh", "kWhh")), Ct);
        var (refused, _, errors) = await Tanlu(store, "import", file);
        Assert.Equal(Terminal.Refused, refused);
        Assert.Contains("Row 4, column unit", errors, StringComparison.Ordinal);
        Assert.Equal(0, Scope2(await Tanlu(store, "statement", "--from", "2023-01", "--to", "2023-12", "--json")));
        var (partly, done, _) = await Tanlu(store, "import", file, "--skip-bad");
        Assert.Equal(Terminal.Refused, partly);
        Assert.StartsWith("2 rows", done, StringComparison.Ordinal);
        Assert.Contains("already", (await Tanlu(store, "import", file, "--skip-bad")).Error, StringComparison.Ordinal);

        var year = await Tanlu(store, "statement", "--from", "2023", "--to", "2023", "--json");
        Assert.Equal(441.9, Scope2(year), 6);
        Assert.Equal(0, Scope2(await Tanlu(store, "statement", "--from", "2023-02", "--to", "2023-12", "--node", "S1", "--json")));
        Assert.Contains("范围二", (await Tanlu(store, "statement", "--from", "2023", "--to", "2023", "--lang", "zh-CN", "--route", "guideline")).Out, StringComparison.Ordinal);
        Assert.Equal(Terminal.Refused, (await Tanlu(store, "statement", "--from", "2023", "--to", "2023", "--node", "NOWHERE")).Code);
    }

    [Theory, EngineData]
    public async Task Columns_are_mapped_and_packs_imported(Dialect engine)
    {
        await using var store = await TestStore.Open(engine);
        await Tanlu(store, "migrate");
        await Organisation(store);
        var pack = Path.Combine(store.Settings.DataFolder, "mine.csv");
        await File.WriteAllTextAsync(
            pack,
            "# pack: mine\n# version: 1\n# name_en: Mine\n# name_zh: 自有\n# publisher: us\n# licence: CC0-1.0\n# attribution: us\n# share_alike: 0\n" +
            "series,version,valid_from,valid_to,activity,role,geography,technology,name_en,name_zh,components,basis,gwp,priority,source,page,mark,uncertainty_percent,quality,note\n" +
            "road,2023,2023-01-01,2024-01-01,freight.road,main,CN,,Road freight of ours,自有公路货运,co2e=0.1 kg/tonne.km,,AR6,1,measured,1,V,,,\n",
            Ct);
        var (code, text, _) = await Tanlu(store, "factors", "import", pack);
        Assert.Equal(Terminal.Done, code);
        Assert.StartsWith("Pack mine 1: 1 factor", text, StringComparison.Ordinal);
        Assert.Equal(Terminal.Refused, (await Tanlu(store, "factors", "import", pack)).Code);
        Assert.DoesNotContain("mine:road@2023", (await Tanlu(store, "factors", "search", "自有公路货运")).Out, StringComparison.Ordinal);
        Assert.Contains("mine:road@2023", (await Tanlu(store, "factors", "diff", "mine")).Out, StringComparison.Ordinal);
        Assert.Equal(Terminal.Refused, (await Tanlu(store, "factors", "reject", "mine")).Code);
        Assert.Equal(Terminal.Done, (await Tanlu(store, "factors", "approve", "mine", "--reason", "looked at")).Code);
        Assert.Contains("serving", (await Tanlu(store, "factors", "packs")).Out, StringComparison.Ordinal);
        Assert.Contains("mine:road@2023", (await Tanlu(store, "factors", "search", "自有公路货运")).Out, StringComparison.Ordinal);
        Assert.Contains("co2e", (await Tanlu(store, "factors", "show", "mine:road@2023")).Out, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Terminal.Refused, (await Tanlu(store, "factors", "show", "no:such@one")).Code);

        var file = Path.Combine(store.Settings.DataFolder, "运输.csv");
        await File.WriteAllTextAsync(file, "site,source,activity,start,end,运量,unit,region\nS1,Lorry,freight.road,2023-01-01,2023-01-31,100,tonne.km,CN\n", Ct);
        Assert.Equal(Terminal.Done, (await Tanlu(store, "import", file, "--map", "运量=quantity")).Code);
        using var json = JsonDocument.Parse((await Tanlu(store, "statement", "--from", "2023", "--to", "2023", "--json")).Out);
        Assert.Equal(10, json.RootElement.GetProperty("totals").GetProperty("scope3_kg").GetDouble());
    }

    [Theory, EngineData]
    public async Task An_edition_leaves_as_a_package_and_is_verified_without_the_book(Dialect engine)
    {
        await using var store = await TestStore.Open(engine);
        await Tanlu(store, "migrate");
        await Organisation(store);
        var file = Path.Combine(store.Settings.DataFolder, "year.csv");
        await File.WriteAllTextAsync(file, Rows.Csv(Rows.Power("S1", 1, 1000), Rows.Diesel("S1", 2, 3)), Ct);
        await Tanlu(store, "import", file);
        await using var book = await LocalBook.Open(store.Settings, store.Clock, Ct);
        var draft = new NewEdition("2023", 0, Consolidation.OperationalControl, Month.Of(2023, 1), Month.Of(2024, 1), Route.GhgProtocol, GwpSet.Ar6, [], NoExclusions: true);
        var head = Convert.ToHexStringLower((await book.Editions.Freeze((await book.Caller(null, Language.English, Ct)).Value, draft, Ct)).Value.Hash);

        var package = Path.Combine(store.Settings.DataFolder, "edition.zip");
        var (code, told, error) = await Tanlu(store, "package", "export", "--edition", "1", "--out", package);
        Assert.True(code == Terminal.Done, error);
        Assert.Contains(head, told, StringComparison.Ordinal);
        Assert.Equal(Terminal.Refused, (await Tanlu(store, "package", "export", "--edition", "1", "--out", package)).Code);
        Assert.Equal(Terminal.Refused, (await Tanlu(store, "package", "export", "--edition", "2", "--out", package + "2")).Code);
        Assert.False(File.Exists(package + "2"));
        Assert.Equal(Terminal.Usage, (await Tanlu(store, "package", "export")).Code);

        var (same, said, _) = await Run("verify", package, "--head", head, "--edition", "1");
        Assert.Equal(Terminal.Done, same);
        Assert.Contains($"Same. Edition hash {head}", said, StringComparison.Ordinal);
        Assert.Contains("--head", (await Run("verify", package)).Out, StringComparison.Ordinal);
        var (other, _, differs) = await Run("verify", package, "--head", new string('0', 64), "--lang", "zh-CN");
        Assert.Equal(Terminal.Refused, other);
        Assert.Contains("登记的首部", differs, StringComparison.Ordinal);
        Assert.Equal(Terminal.Refused, (await Run("verify", file)).Code);
        Assert.Equal(Terminal.Refused, (await Run("verify", package + "2")).Code);
        Assert.Equal(Terminal.Usage, (await Run("verify")).Code);
    }

    [Theory, EngineData]
    public async Task A_folder_of_factor_files_is_told_file_by_file(Dialect engine)
    {
        await using var store = await TestStore.Open(engine);
        await Tanlu(store, "migrate");
        await Organisation(store);
        var folder = Path.Combine(store.Settings.DataFolder, "incoming");
        Directory.CreateDirectory(Path.Combine(folder, "below"));
        await File.WriteAllTextAsync(Path.Combine(folder, "README.md"), "# About\nColumns: `zone, year`.\n", Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "a.csv"), "Entity,Code,Year,carbon_intensity\nChina,CHN,2023,583.04\nNowhere,XXX,2023,1\nWorld,OWID_WRL,2023,483.68\n", Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "below", "b.csv"), "zone,year,carbon_intensity_gco2eq_kwh,renewable_pct,carbon_free_pct\nGB,2024,175,45,60\n", Ct);
        var (code, text, _) = await Tanlu(store, "factors", "import", folder);
        Assert.Equal(Terminal.Done, code);
        Assert.Contains("a.csv | Our World in Data; Ember; Energy Institute | owid-ember 2023 | 3 | 2 | 1 | taken", text, StringComparison.Ordinal);
        Assert.Contains("    1 rows kept apart, first row 3 geography", text, StringComparison.Ordinal);
        Assert.Contains("b.csv | Electricity Maps | electricity-maps 2021-2025 | 1 | 1 | 0 | taken", text, StringComparison.Ordinal);
        Assert.Contains("3 files looked at, 2 taken: 4 rows, 3 factor versions, 1 rows kept apart.", text, StringComparison.Ordinal);
        Assert.Contains("Of these 1 versions stand in share-alike packs.", text, StringComparison.Ordinal);
        Assert.Contains("Not recognised: " + Path.Combine(folder, "README.md"), text, StringComparison.Ordinal);

        var (again, second, _) = await Tanlu(store, "factors", "import", folder, "--lang", "zh-CN");
        Assert.Equal(Terminal.Done, again);
        Assert.Equal(2, second.Split("已存在").Length - 2);
        Assert.Equal(Terminal.Refused, (await Tanlu(store, "factors", "import", Path.Combine(folder, "README.md"), Path.Combine(folder, "gone.csv"))).Code);
    }

    [Fact]
    public async Task Wrong_usage_is_2_and_a_missing_book_is_not_made()
    {
        var missing = Path.Combine(Path.GetTempPath(), "tanlu-none-" + Guid.NewGuid().ToString("N"));
        foreach (var args in new[] { new[] { "statement" }, ["statement", "--from", "2023-13", "--to", "2024"], ["import"], ["import", "x.csv", "--map", "no-mapping"], ["statement", "--from", "2023", "--to", "2023", "--gwp", "AR9"], ["factors", "nothing"] })
        {
            Assert.Equal(Terminal.Usage, (await Run([.. args, "--data", missing])).Code);
        }

        var (code, _, error) = await Run("statement", "--from", "2023", "--to", "2023", "--data", missing, "--postgres", "");
        Assert.Equal(Terminal.Refused, code);
        Assert.Contains("no book", error, StringComparison.Ordinal);

        // Without a book the library of the product answers.
        Assert.Contains("柴油", (await Run("factors", "search", "柴油", "--lang", "zh-CN", "--data", missing, "--postgres", "")).Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(missing));
    }

    private static Task<(int Code, string Out, string Error)> Tanlu(TestStore store, params string[] args) =>
        Run([.. args, "--data", store.Settings.DataFolder, "--postgres", store.Settings.Postgres ?? ""]);

    private static async Task<(int Code, string Out, string Error)> Run(params string[] args)
    {
        var (output, error) = (new StringBuilder(), new StringBuilder());
        var code = await CommandLine.Run(args.Contains("--lang") ? args : [.. args, "--lang", "en"], new StringWriter(output), new StringWriter(error), NoHost);
        return (code, output.ToString(), error.ToString());
    }

    private static double Scope2((int Code, string Out, string Error) run)
    {
        Assert.True(run.Code == Terminal.Done, run.Error);
        using var json = JsonDocument.Parse(run.Out);
        return json.RootElement.GetProperty("totals").GetProperty("scope2_location_kg").GetDouble();
    }

    private static async Task Organisation(TestStore store)
    {
        var audit = new Audit(store.Db, store.Clock);
        var tenant = (await new Tenants(store.Db, store.Clock, audit).Add("Us", "我们", Ct)).Value;
        var tree = new OrganisationTree(store.Db, audit);
        var company = (await tree.Add(Caller.System(tenant.Id), new NewNode(null, NodeKind.Company, "C", "C", "公司"), Ct)).Value;
        Assert.True((await tree.Add(Caller.System(tenant.Id), new NewNode(company.Id, NodeKind.Site, "S1", "S1", "场所", "CN-GD"), Ct)).Ok);
    }
}
