using System.Globalization;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Server.Web.Measuring;

namespace Tanlu.Server.Web.Postings;

/// <summary>One posting with what it brings to the figure and the sum up to it.</summary>
public sealed record PostingRow(Posting Posting, ExactAmount Amount, ExactAmount Running);

/// <summary>
/// A page of the postings behind a figure. The running sum goes on from page to page and ends at the figure; both are sums of the book, the figure of its
/// balances and the running sum of its postings.
/// </summary>
/// <param name="Count">Postings of all pages.</param>
/// <param name="First">Place of the page's first posting, from 1.</param>
/// <param name="Carried">Sum of the pages before.</param>
/// <param name="Sum">Sum of all postings.</param>
/// <param name="Figure">The statement's figure.</param>
/// <param name="Next">What <c>after</c> names the next page; null on the last.</param>
public sealed record PostingRows(IReadOnlyList<PostingRow> Rows, long Count, long First, ExactAmount Carried, ExactAmount Sum, ExactAmount Figure, string? Next)
{
    public const int PageSize = 100;

    /// <summary>Whether the postings add up to the figure of the balances.</summary>
    public bool Agrees => Sum == Figure;

    public static async Task<Outcome<PostingRows>> Of(Ui ui, BoundaryStatement of, FigureCut cut, Statements statements)
    {
        var query = of.Header.Query;
        var after = KeyOf(ui.Query["after"]);
        var all = await statements.DrillDownSums(ui.Caller, query, cut.Drill, null, ui.Gone);
        var carried = after is null ? all : await statements.DrillDownSums(ui.Caller, query, cut.Drill, after, ui.Gone);
        var page = await statements.DrillDown(ui.Caller, query, cut.Drill, after, PageSize, ui.Gone);
        if (!all.Ok || !carried.Ok || !page.Ok)
        {
            return Outcome<PostingRows>.Refused([.. all.Problems, .. all.Ok ? page.Problems : []]);
        }

        var before = after is null ? new ExactAmount(cut.Of, 0) : Add(carried.Value, cut, query.Gwp);
        var running = before;
        var rows = new List<PostingRow>(page.Value.Postings.Count);
        foreach (var posting in page.Value.Postings)
        {
            var amount = cut.AmountOf(posting.Amounts, posting.Key, query.Gwp);
            running += amount;
            rows.Add(new PostingRow(posting, amount, running));
        }

        return new PostingRows(
            rows, all.Value.Sum(s => s.Count), (after is null ? 0 : carried.Value.Sum(s => s.Count)) + 1, before, Add(all.Value, cut, query.Gwp), cut.AmountOf(of.Statement),
            page.Value.Next is { } next ? string.Create(CultureInfo.InvariantCulture, $"{next.Id.Batch}-{next.Id.Row}-{next.Line}") : null);
    }

    private static ExactAmount Add(IEnumerable<PostingSum> sums, FigureCut cut, GwpSet gwp) =>
        sums.Aggregate(new ExactAmount(cut.Of, 0), (sum, s) => sum + cut.AmountOf(s.Amounts, s.Key, gwp));

    /// <summary><c>7-12-0</c>: batch, row and line of the last posting of the page before.</summary>
    private static (ActivityId, int)? KeyOf(string? text)
    {
        var dash = text?.LastIndexOf('-') ?? -1;
        return dash > 0 && ActivityNames.TryParse(text![..dash]) is { } id && int.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            ? (id, line)
            : null;
    }
}
