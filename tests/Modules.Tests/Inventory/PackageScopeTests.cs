using System.Text;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>What must not leave in a package: other parts of the organisation, and factors that may not be passed on.</summary>
public sealed class PackageScopeTests
{
    private const string Licensed = """
        # pack: licensed
        # version: 1
        # name_en: Licensed factors
        # name_zh: 受限因子
        # publisher: a publisher
        # licence: for the licensee only
        # attribution: a publisher
        # share_alike: 0
        # redistribution: forbidden
        series,version,valid_from,valid_to,activity,role,geography,technology,name_en,name_zh,components,basis,gwp,priority,source,page,mark,uncertainty_percent,quality,note
        power,2023,2023-01-01,2024-01-01,electricity.grid,named,CN,,Licensed power,受限电力,co2=0.3141592 kg/kWh,,,1,a licensed book,1,V,,,canary note
        rail,2023,2023-01-01,2024-01-01,freight.rail,main,CN-GD,,Licensed rail,受限铁路,co2e=0.0271828 kg/tonne.km,,AR6,0,a licensed book,2,V,,,
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task Rows_of_other_parts_leave_as_hashes_only(Dialect engine)
    {
        await using var book = await PackageBook.Open(engine);
        var estate = book.Estate;
        await book.Fill();
        using var secret = new MemoryStream("CANARY-FILE"u8.ToArray());
        var hash = (await book.Evidence.Add(book.Caller, secret, "canary.txt", estate.S3.Id, Ct).Done()).Hash;
        await book.Import(
            PackageBook.Row("S3", "CANARY-SOURCE", "electricity.grid", "2023-05-01", "2023-05-31", "31415926.5", "kWh", $"note=CANARY-NOTE|supplier=CANARY-SUPPLIER|evidence={hash}"),
            PackageBook.Row("S3", "CANARY-SOURCE", "electricity.grid", "2023-06-01", "2023-06-30", "27182818.2", "kWh"),
            PackageBook.Row("S1", "Meter", "electricity.grid", "2023-06-01", "2023-06-30", "10", "kWh"),
            PackageBook.Row("S3", "CANARY-SOURCE", "electricity.grid", "2023-07-01", "2023-07-31", "31415926.5", "kWh"));
        var journal = book.Book.Book.Journal;
        var activities = await book.Book.Book.Activities(new ActivityQuery(Activity: "electricity.grid", Take: 500));
        await journal.Record(book.Caller, Rows.Form("S3", "electricity.grid", "31415926.5", "kWh", source: "CANARY-SOURCE"), "CANARY-REASON", null, Ct).Done();

        // An activity that moves into the part, and one that moves out of it.
        await Moved(activities.First(a => a.Quantity == 27182818.2), "S1", "it was ours");
        await Moved(activities.First(a => a.SiteCode == "S1" && a.Quantity == 10), "S3", "not ours");
        await journal.Record(book.Caller, Rows.Form("S3", "electricity.grid", "31415926.5", "kWh", source: "CANARY-SOURCE"), "CANARY-REASON", null, Ct).Done();
        var head = await book.Freeze(estate.C.Id);
        var caller = estate.At(estate.C, Role.Verifier);
        var package = await book.Export(head.Number, caller);
        var report = PackageTests.Verify(package, new PackageHead(Convert.ToHexStringLower(head.Hash), null, head.Number));
        PackageTests.Same(report);
        Assert.Equal((3, 2), (report.HiddenBatches, report.PartialRows));
        Assert.False(report.ChainBound);
        var (code, said) = await PythonVerifier.Run(package, "--head", Convert.ToHexStringLower(head.Hash));
        Assert.True(code == 0, said);
        var opened = new PackageForgery(package);
        Assert.True(opened.Table("tree.csv").Count > 2);
        foreach (var name in opened.Names)
        {
            var text = opened.Text(name);
            Assert.DoesNotContain("31415926", text, StringComparison.Ordinal);
            Assert.DoesNotContain(hash.ToString(), text + name, StringComparison.Ordinal);
            Assert.DoesNotContain("CANARY", text, StringComparison.Ordinal);
        }

        await book.Packages.Export(estate.At(estate.D, Role.Verifier), head.Number, true, Ct).Refused("not_found");
        await book.Packages.Export(estate.At(estate.C, Role.Viewer), head.Number, true, Ct).Refused("not_permitted");
        var whole = await book.Freeze();
        await book.Packages.Export(caller, whole.Number, true, Ct).Refused("not_found");
        var other = await book.Book.Book.Installation.Estate("另一家");
        await book.Packages.Export(other.System, head.Number, true, Ct).Refused("not_found");
        Assert.Contains((await book.Book.Book.Installation.Audit.List(book.Caller, null, 20, Ct).Done()).Entries, e => e.Verb == "package.export" && e.Subject == $"edition/{head.Number}");

        // A site that has gone to another part takes its rows along.
        await book.Book.Book.Installation.Tree.Move(book.Caller, estate.S2.Id, estate.D.Id, Ct).Done();
        await book.Packages.Export(caller, head.Number, true, Ct).Refused("package_site_moved");
        PackageTests.Same(PackageTests.Verify(await book.Export(head.Number)));

        async Task Moved(Activity from, string site, string reason)
        {
            var values = new Dictionary<ActivityField, string>((await journal.Values(book.Caller, from.Id, Ct).Done()).Values) { [ActivityField.Site] = site, [ActivityField.Source] = "Moved meter" };
            await journal.Correct(book.Caller, from.Id, new NewActivity(values), reason, Ct).Done();
        }
    }

    [Theory, EngineData]
    public async Task What_may_not_be_passed_on_is_sealed_and_counted(Dialect engine)
    {
        await using var book = await PackageBook.Open(engine);
        using var pack = new MemoryStream(Encoding.UTF8.GetBytes(Licensed));
        await book.Book.Book.Packs.Import(book.Caller, pack, "licensed.csv", Ct, serve: true).Done();
        await book.Fill();
        await book.Import(
            PackageBook.Row("S1", "Sealed", "electricity.grid", "2023-05-01", "2023-05-31", "98765.4321", "kWh", "factor=licensed:power@2023|note=sealed row"),
            PackageBook.Row("S1", "Sealed", "electricity.grid", "2023-06-01", "2023-06-30", "10", "kWh", "factor=licensed:power@2023"),
            PackageBook.Row("S3", "Train", "freight.rail", "2023-06-01", "2023-06-30", "87654.321", "tonne.km"));
        var wrong = (await book.Book.Book.Activities(new ActivityQuery(Take: 500))).First(a => a is { SourceName: "Sealed", Quantity: 10 });
        var values = new Dictionary<ActivityField, string>((await book.Book.Book.Journal.Values(book.Caller, wrong.Id, Ct).Done()).Values) { [ActivityField.Factor] = "" };
        await book.Book.Book.Journal.Correct(book.Caller, wrong.Id, new NewActivity(values), "the grid's own factor", Ct).Done();
        var head = await book.Freeze();
        var recorded = new PackageHead(Convert.ToHexStringLower(head.Hash), Convert.ToHexStringLower(head.Book.Chain), head.Number);
        var package = await book.Export(head.Number);
        var report = PackageTests.Verify(package, recorded);
        PackageTests.Same(report);
        Assert.Equal((2, 1, (string?)null, true), (report.SealedCells, report.PartialRows, report.EditionHash, report.ChainBound));
        var edition = await book.Book.Editions.Get(book.Caller, head.Number, Ct).Done();
        var expected = (98765.4321 * 0.3141592) + (87654.321 * 0.0271828);
        Assert.Equal(expected / edition.Statement.AllScopes.Kilograms, report.SealedShare, 9);
        Assert.Equal(1 - report.SealedShare, report.Recomputed, 12);
        var (code, said) = await PythonVerifier.Run(package, "--head", recorded.Edition!, "--chain", recorded.Chain!);
        Assert.True(code == 0 && said.Contains("2 sealed", StringComparison.Ordinal), said);

        var opened = new PackageForgery(package);
        foreach (var name in opened.Names)
        {
            // Value, quantity, masses and energy: each would give the factor away.
            foreach (var canary in (string[])["3141592", "0271828", "98765.4321", "98765432", "87654.321", "canary note", "sealed row", "31028103000"])
            {
                Assert.DoesNotContain(canary, opened.Text(name), StringComparison.Ordinal);
            }
        }

        Assert.Equal(2, opened.Table("factors.csv").Count(f => f[2] == "1"));
        Assert.Contains(opened.Table("packs.csv"), p => p[1] == "licensed" && p[^1] == "forbidden");
        Assert.Contains(opened.Table("sealed.csv"), s => s[0] == "200" && s[1] == "1");

        // A quantity that is changed in the open part is still found, and a chain that is another by the recorded one.
        opened.Change("activities.csv", "quantity", r => r("quantity") == "123456.7", _ => "123456.8");
        Assert.False(PackageTests.Verify(opened.Zip(fitting: true)).Same);
        var otherChain = PackageTests.Verify(package, recorded with { Chain = new string('0', 64) });
        Assert.Contains(otherChain.Differences, d => d is { Code: "head_differs", Field: "chain" });
    }

    [Fact]
    public async Task Without_the_right_to_evidence_none_is_enclosed_and_a_damaged_one_is_told()
    {
        await using var book = await PackageBook.Open(Dialect.Sqlite);
        await book.Fill();
        var head = await book.Freeze();
        var without = PackageTests.Verify(await book.Export(head.Number, evidence: false));
        PackageTests.Same(without);
        Assert.Equal((1, 0), (without.EvidenceNamed, without.EvidenceEnclosed));
        var blobs = Directory.EnumerateFiles(book.Book.Book.Installation.Store.Settings.BlobFolder, "*", SearchOption.AllDirectories);
        var bill = blobs.First(f => File.ReadAllText(f).StartsWith("A bill", StringComparison.Ordinal));
        var named = new PackageForgery(await book.Export(head.Number));
        Assert.Equal(await File.ReadAllBytesAsync(bill, Ct), named["evidence/" + Path.GetFileName(bill)]);
        await File.WriteAllTextAsync(bill, "A bill\r\nover 999 456.7 kWh\n", Ct);
        await book.Packages.Export(book.Caller, head.Number, true, Ct).Refused("package_evidence_damaged");
    }
}
