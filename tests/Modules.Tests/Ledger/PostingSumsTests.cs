using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Ledger;

/// <summary>What a page of postings goes on from is the sum of the pages before.</summary>
public sealed class PostingSumsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData]
    public async Task Sums_up_to_a_posting_are_the_postings_read_so_far(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        for (var month = 1; month <= 4; month++)
        {
            await book.Import(Rows.Csv(Rows.Power("S1", month, 1000.7 * month), Rows.Power("S2", month, 77.3))).Done();
        }

        var query = new PostingQuery(Route: Route.GhgProtocol, Take: 3);
        var read = new List<Posting>();
        for (var after = query; ;)
        {
            var page = await book.Journal.Postings(book.Caller, after, Ct).Done();
            read.AddRange(page.Postings);
            var upTo = await book.Journal.PostingSums(book.Caller, query with { After = (read[^1].Id, read[^1].Line) }, Ct).Done();
            Assert.Equal(read.Count, upTo.Sum(s => s.Count));
            Assert.Equal(Total(read.Select(p => (p.Key, p.Amounts))), Total(upTo.Select(s => (s.Key, s.Amounts))));
            if (page.Next is null)
            {
                break;
            }

            after = query with { After = page.Next };
        }

        var all = await book.Journal.PostingSums(book.Caller, query, Ct).Done();
        Assert.Equal(Total(read.Select(p => (p.Key, p.Amounts))), Total(all.Select(s => (s.Key, s.Amounts))));
        var other = await book.Installation.Estate("other");
        Assert.Empty(await book.Journal.PostingSums(other.System, query, Ct).Done());
        await book.Journal.PostingSums(other.System, query with { Node = book.Estate.S1.Id }, Ct).Refused("not_found");
        Assert.Equal(
            Total(read.Where(p => p.Site == book.Estate.S2.Id).Select(p => (p.Key, p.Amounts))),
            Total((await book.Journal.PostingSums(book.Estate.At(book.Estate.S2, Tanlu.Organisation.Role.Viewer), query, Ct).Done()).Select(s => (s.Key, s.Amounts))));
    }

    private static Int128 Total(IEnumerable<(PostingKey Key, Amounts Amounts)> parts) =>
        parts.Aggregate(Int128.Zero, (sum, p) => sum + Co2e.InScopes(p.Amounts, p.Key.OtherGas, GwpSet.Ar6));
}
