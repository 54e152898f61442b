using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Inventory;

public sealed class PackageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task A_package_is_recomputed_without_a_database(Dialect engine)
    {
        await using var book = await PackageBook.Open(engine);
        await book.Fill();
        var head = await book.Freeze();
        var bytes = await book.Export(head.Number);
        var report = Verify(bytes, new PackageHead(Convert.ToHexStringLower(head.Hash), Convert.ToHexStringLower(head.Book.Chain), head.Number));
        Same(report);
        Assert.Equal(1, report.Recomputed);
        Assert.Equal(report.Postings, report.PostingsRecomputed);
        Assert.Equal((1, 1, 0, 0), (report.EvidenceNamed, report.EvidenceEnclosed, report.SealedCells, report.HiddenBatches));
        Assert.True(report.Rows > 12);
        Assert.Equal(bytes, await book.Export(head.Number));
        Assert.Equal(0, (await PythonVerifier.Run(bytes, "--head", Convert.ToHexStringLower(head.Hash), "--edition", "1")).Code);
    }

    [Theory]
    [InlineData(Route.Guideline, GwpSet.Ar6)]
    [InlineData(Route.GhgProtocol, GwpSet.Ar4)]
    [InlineData(Route.Guideline, GwpSet.Sar)]
    public async Task Editions_of_either_route_and_any_set_are_recomputed(Route route, GwpSet gwp)
    {
        await using var book = await PackageBook.Open(Dialect.Sqlite);
        await book.Fill();
        var head = await book.Freeze(route: route, gwp: gwp);
        await Holds(await book.Export(head.Number), head);
    }

    [Fact]
    public async Task An_edition_stays_what_it_was_when_the_book_goes_on()
    {
        await using var book = await PackageBook.Open(Dialect.Sqlite);
        await book.Fill();
        var first = await book.Freeze();
        var before = await book.Export(first.Number);
        var power = (await book.Book.Book.Activities(new ActivityQuery(Activity: "electricity.grid"))).First(a => a.SiteCode == "S3" && a.CorrectedBy is null);
        await book.Book.Book.Journal.Correct(book.Caller, power.Id, null, "not ours", Ct).Done();
        await book.Book.Book.Installation.Tree.Rename(book.Caller, book.Estate.S1.Id, "Renamed", "改名", Ct).Done();
        var second = await book.Freeze();
        Assert.Equal(before, await book.Export(first.Number));
        await Holds(await book.Export(second.Number), second);
    }

    [Fact]
    public async Task Months_outside_a_sites_validity_are_left_out_and_said()
    {
        await using var book = await PackageBook.Open(Dialect.Sqlite);
        await book.Fill();
        await book.Book.Book.Installation.Tree.Close(book.Caller, book.Estate.S3.Id, new DateOnly(2023, 10, 1), Ct).Done();
        var head = await book.Freeze();
        var package = await book.Export(head.Number);
        await Holds(package, head);
        Assert.Equal(["2023-10", "2023-11", "2023-12"], new PackageForgery(package).Table("left_out.csv").Skip(1).Select(r => r[1]));
    }

    [Fact]
    public async Task What_an_earlier_program_posted_otherwise_is_shown_and_not_taken_for_a_forgery()
    {
        await using var book = await PackageBook.Open(Dialect.Sqlite);
        await book.Fill();
        await book.Book.Book.Db.Write(tx => tx.Execute($"UPDATE calculation SET code_version = {"0.0.9"} WHERE activity = {"freight.road"}"), Ct);
        await Earlier(book, "UPDATE posting SET co2e_mg = co2e_mg + 7 WHERE co2e_mg > 0 AND calculation IN (SELECT id FROM calculation WHERE activity = 'freight.road')");
        await Earlier(book, "UPDATE balance_sum SET co2e_mg = co2e_mg + 7 WHERE co2e_mg > 0 AND calculation IN (SELECT id FROM calculation WHERE activity = 'freight.road')");
        var head = await book.Freeze();
        var report = Verify(await book.Export(head.Number));

        // Whoever wrote into the database like this test is found by the hashes, not by the cells: those hold.
        Assert.All(report.Differences, d => Assert.True(d.File is "calculations.csv" or "batches.csv" && d.Field is "hash" or "root", d.Text(Language.English)));
        Assert.InRange(report.LostShare, 0.001, 0.5);
        Assert.Equal(1, report.LostShare + report.Recomputed, 12);
        var (_, said) = await PythonVerifier.Run(await book.Export(head.Number));
        Assert.DoesNotContain("edition.json", said, StringComparison.Ordinal);

        static Task Earlier(PackageBook book, string sql) => book.Book.Book.Db.Write(tx => tx.Execute(Sql.Raw(sql)), Ct);
    }

    [Fact]
    public async Task An_edition_of_an_empty_book_is_a_package_too()
    {
        await using var book = await PackageBook.Open(Dialect.Sqlite);
        var head = await book.Freeze();
        var package = await book.Export(head.Number);
        var report = Verify(package, new PackageHead(Convert.ToHexStringLower(head.Hash), "", 1));
        Same(report);
        Assert.Equal((0, 0, 1), (report.Rows, report.Cells, report.Recomputed));
        var (code, said) = await PythonVerifier.Run(package, "--head", Convert.ToHexStringLower(head.Hash));
        Assert.True(code == 0, said);
    }

    [Fact(Explicit = true)]
    public async Task Two_hundred_thousand_rows_are_exported_and_recomputed_by_both()
    {
        await using var book = await PackageBook.Open(Dialect.Sqlite);
        var rows = Enumerable.Range(0, 200_000).Select(n => (n % 3) switch
        {
            0 => Rows.Power("S1", (n % 12) + 1, 1000 + (n * 0.37), "Meter " + PackageText.Number((long)n % 50)),
            1 => Rows.Diesel("S2", (n % 12) + 1, 1 + (n * 0.0011), "Boiler " + PackageText.Number((long)n % 50)),
            _ => Rows.Row("S3", "Chiller", "refrigerant.R-410A", (n % 12) + 1, 0.5 + (n * 0.001), "kg"),
        });
        Assert.True((await book.Book.Book.Import(Rows.Csv(rows))).Ok);
        foreach (var node in (long[])[0, book.Estate.C.Id])
        {
            var head = await book.Freeze(node);
            var start = TimeProvider.System.GetTimestamp();
            var package = await book.Export(head.Number);
            var exported = TimeProvider.System.GetElapsedTime(start);
            start = TimeProvider.System.GetTimestamp();
            var report = Verify(package);
            var verified = TimeProvider.System.GetElapsedTime(start);
            Same(report);
            start = TimeProvider.System.GetTimestamp();
            var (code, said) = await PythonVerifier.Run(package);
            Assert.True(code == 0, said);
            TestContext.Current.SendDiagnosticMessage(
                $"node {node}: {report.Rows} rows, {report.Postings} postings, {package.Length} bytes; export {exported}, C# {verified}, Python {TimeProvider.System.GetElapsedTime(start)}");
        }
    }

    private static async Task Holds(byte[] package, EditionHead head)
    {
        Same(Verify(package, new PackageHead(Convert.ToHexStringLower(head.Hash), Convert.ToHexStringLower(head.Book.Chain), head.Number)));
        var (code, said) = await PythonVerifier.Run(package, "--head", Convert.ToHexStringLower(head.Hash));
        Assert.True(code == 0, said);
    }

    internal static PackageReport Verify(byte[] bytes, PackageHead? head = null)
    {
        var verified = PackageVerify.Of(new MemoryStream(bytes), head);
        Assert.True(verified.Ok, verified.Ok ? "" : verified.Problems[0].Code + " " + verified.Problems[0].Found);
        return verified.Value;
    }

    internal static void Same(PackageReport report) =>
        Assert.True(report.Same, string.Join("\n", report.Differences.Take(20).Select(d => d.Text(Language.English))));
}
