using System.Net;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Tests.Web;

/// <summary>The package as people and programs fetch it, and what the edition's page tells those who verify it.</summary>
public sealed class EditionPackageTests(MeasuredBook book) : IClassFixture<MeasuredBook>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_edition_page_gives_the_package_and_the_head_it_is_compared_with()
    {
        var draft = new NewEdition("2024", 0, Consolidation.OperationalControl, Month.Of(2024, 1), Month.Of(2025, 1), Route.GhgProtocol, GwpSet.Ar6, [], NoExclusions: true);
        var head = (await book.Get<Editions>().Freeze(Caller.System(1), draft, Stop)).Value;
        var (hash, chain) = (Convert.ToHexStringLower(head.Hash), Convert.ToHexStringLower(head.Book.Chain));
        foreach (var language in (string[])["en", "zh-CN"])
        {
            var section = (await book.Page($"/editions/{head.Number}?lang={language}")).QuerySelector("section[aria-labelledby=edition-package]")!;
            Assert.Equal([head.Number.ToString(), hash, chain], section.QuerySelectorAll("dd code").Select(c => c.TextContent));
            Assert.Contains($"tanlu verify edition-{head.Number}.zip --edition {head.Number} --head {hash}", section.QuerySelector("pre")!.TextContent, StringComparison.Ordinal);
            Assert.DoesNotContain("edition.package", section.TextContent, StringComparison.Ordinal);
        }

        byte[]? first = null;
        foreach (var address in (string[])[$"/editions/{head.Number}/package", $"/editions/{head.Number}/package?evidence=0", $"/api/v1/editions/{head.Number}/package"])
        {
            using var answer = await book.Client.GetAsync(address, Stop);
            Assert.Equal((HttpStatusCode.OK, "application/zip"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            Assert.Equal($"edition-{head.Number}.zip", answer.Content.Headers.ContentDisposition?.FileName);
            var bytes = await answer.Content.ReadAsByteArrayAsync(Stop);
            var report = PackageVerify.Of(new MemoryStream(bytes), new PackageHead(hash, chain, head.Number)).Value;
            Assert.True(report.Same, string.Join('\n', report.Differences.Take(5).Select(d => d.Text(Language.English))));
            Assert.Equal(first ??= bytes, bytes);
        }

        using var none = await book.Client.GetAsync("/editions/99/package", Stop);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }
}
