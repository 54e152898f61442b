using Tanlu.Inventory;
using Tanlu.Kernel;
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

    internal static PackageReport Verify(byte[] bytes, PackageHead? head = null)
    {
        var verified = PackageVerify.Of(new MemoryStream(bytes), head);
        Assert.True(verified.Ok, verified.Ok ? "" : verified.Problems[0].Code + " " + verified.Problems[0].Found);
        return verified.Value;
    }

    internal static void Same(PackageReport report) =>
        Assert.True(report.Same, string.Join("\n", report.Differences.Take(20).Select(d => d.Text(Language.English))));
}
