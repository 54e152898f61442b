using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Inventory;

/// <summary>
/// Statements of the book: what the balances of a boundary and a period add up to. Reading needs <see cref="Right.ReadFigures"/> and reaches the caller's tenant and
/// subtree only.
/// </summary>
public sealed class Statements(Db db, OrganisationTree tree, Tenants tenants, Journal journal, PinnedCalculations calculations, TimeProvider time)
{
    private readonly BookSums _sums = new(db, calculations);

    /// <summary>
    /// Builds a statement. A month in which a site does not belong to the organisation is left out and said. What is known of factors (stale, unverified, of a larger
    /// place) follows from what the postings pin, not from today's packs.
    /// </summary>
    public async Task<Outcome<BoundaryStatement>> Build(Caller caller, StatementQuery query, CancellationToken ct)
    {
        if (Against(caller, query) is { Count: > 0 } problems)
        {
            return Outcome<BoundaryStatement>.Refused(problems);
        }

        var nodes = await tree.Subtree(caller, query.Node, null, ct);
        var sources = await journal.Sources(caller, query.Node, ct);
        var tenant = await tenants.Own(caller, ct);
        if (!nodes.Ok || !sources.Ok || !tenant.Ok)
        {
            return Outcome<BoundaryStatement>.Refused([.. nodes.Problems, .. nodes.Ok ? sources.Problems : [], .. tenant.Problems]);
        }

        var reading = Reading(await _sums.Of(caller.Tenant, [.. nodes.Value.Select(n => n.Id)], query, ct), query);
        var spans = nodes.Value.ToDictionary(n => n.Id, n => SiteMonths.Of(n.ValidFrom, n.ValidTo));
        var entries = reading.Entries.Where(e => spans[e.Site].Has(e.Month.Number)).ToList();
        var present = new Dictionary<long, SortedSet<int>>();
        foreach (var entry in entries)
        {
            (present.TryGetValue(entry.Source, out var months) ? months : present[entry.Source] = []).Add(entry.Month.Number);
        }

        var completeness = Completeness.Of(sources.Value, query, spans, present, reading.Begun, Month.Of(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)));
        var top = query.Node is { } id ? nodes.Value.First(n => n.Id == id) : nodes.Value.FirstOrDefault(n => n.Id == caller.Node);
        var header = new StatementHeader(
            query, top, top?.NameEn ?? tenant.Value.NameEn, top?.NameZh ?? tenant.Value.NameZh, nodes.Value, sources.Value, reading.Book, time.GetUtcNow());
        return new BoundaryStatement(header, new Statement(entries, query.Gwp, query.Route, [.. More(reading.Refused, completeness, entries.Count < reading.Entries.Count)]), completeness);
    }

    /// <summary>
    /// One figure: what a part of a statement adds up to, without its lines. The same sum as <see cref="Build"/> gives, and as the postings of <see cref="DrillDown"/> have.
    /// </summary>
    public async Task<Outcome<CutTotal>> Total(Caller caller, StatementQuery query, StatementCut cut, CancellationToken ct)
    {
        if (Against(caller, query) is { Count: > 0 } problems)
        {
            return Outcome<CutTotal>.Refused(problems);
        }

        var nodes = await tree.Subtree(caller, query.Node, null, ct);
        if (!nodes.Ok)
        {
            return Outcome<CutTotal>.Refused(nodes.Problems);
        }

        var within = nodes.Value.Where(n => cut.Site is null || n.Id == cut.Site).ToDictionary(n => n.Id, n => SiteMonths.Of(n.ValidFrom, n.ValidTo));
        var sums = await _sums.Of(caller.Tenant, [.. within.Keys], query, ct);
        var total = new CutSums(query, cut);
        var (from, to) = cut.Month is { } month ? (Math.Max(month.Number, query.From.Number), Math.Min(month.Number + 1, query.To.Number)) : (query.From.Number, query.To.Number);
        foreach (var site in sums.Sites)
        {
            var span = within[site.Site];
            site.AddTo(total, Math.Max(from, span.First), Math.Min(to, span.End));
        }

        return new CutTotal(query, cut, total.Parts, sums.Book);
    }

    /// <summary>
    /// The factor packs that a statement rests on, with licence and attribution, the one with most tonnes first: what has to be named where the figures are shown. Figures of
    /// gases by mass (refrigerants) rest on none.
    /// </summary>
    public async Task<Outcome<IReadOnlyList<PackUse>>> Packs(Caller caller, Statement statement, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var known = await calculations.Of(caller.Tenant, statement.Entries.Select(e => e.Origin.Calculation).ToHashSet(), ct);
        return Outcome<IReadOnlyList<PackUse>>.Done(PackUse.Of(statement, known));
    }

    /// <summary>The postings behind a part of a statement, in the order of the book, those that take others back included.</summary>
    /// <param name="after">The <c>Next</c> of the page before.</param>
    public async Task<Outcome<PostingPage>> DrillDown(Caller caller, StatementQuery query, StatementCut cut, (ActivityId Id, int Line)? after, int take, CancellationToken ct) =>
        Against(caller, query) is { Count: > 0 } problems
            ? Outcome<PostingPage>.Refused(problems)
            : await journal.Postings(caller, Behind(query, cut, after) with { Take = take }, ct);

    /// <summary>What the postings behind a part of a statement add up to; with an <paramref name="upTo"/>, those up to and with it in the order of the book.</summary>
    public async Task<Outcome<IReadOnlyList<PostingSum>>> DrillDownSums(Caller caller, StatementQuery query, StatementCut cut, (ActivityId Id, int Line)? upTo, CancellationToken ct) =>
        Against(caller, query) is { Count: > 0 } problems
            ? Outcome<IReadOnlyList<PostingSum>>.Refused(problems)
            : await journal.PostingSums(caller, Behind(query, cut, upTo), ct);

    /// <summary>The activities behind a part of a statement that stand as they are.</summary>
    public async Task<Outcome<ActivityPage>> Activities(Caller caller, StatementQuery query, StatementCut cut, ActivityId? after, int take, CancellationToken ct)
    {
        if (Against(caller, query) is { Count: > 0 } problems)
        {
            return Outcome<ActivityPage>.Refused(problems);
        }

        var period = new DateInterval((cut.Month ?? query.From).Interval.Start, cut.Month is { } month ? month.Interval.End : query.To.Interval.Start);
        return await journal.Activities(caller, new ActivityQuery(cut.Site ?? query.Node, period, cut.Source, Account: cut.Account, After: after, Take: take, InValidity: true), ct);
    }

    /// <summary>Rights first: whoever may not ask is not told what was wrong with the question.</summary>
    private static IReadOnlyList<Problem> Against(Caller caller, StatementQuery query) => caller.May(Right.ReadFigures) ? query.Problems() : [Refusal.NotPermitted()];

    private static EntryReading Reading(BoundarySums sums, StatementQuery query)
    {
        var (entries, begun) = (new List<StatementEntry>(), new HashSet<long>());
        foreach (var site in sums.Sites)
        {
            site.Entries(query.From.Number, query.To.Number, entries);
            site.BegunBefore(query.From.Number, begun);
        }

        return new EntryReading(entries, sums.Refused, begun, sums.Book);
    }

    private static PostingQuery Behind(StatementQuery query, StatementCut cut, (ActivityId Id, int Line)? after) => new(
        query.Node, cut.Month ?? query.From, cut.Month ?? new Month(query.To.Number - 1), cut.Source, Account: cut.Account, After: after, Site: cut.Site, Scope: cut.Scope, Gas: cut.Gas,
        Route: query.Route, FixedGwp: cut.FixedGwp, InValidity: true);

    /// <summary>Caveats that come from where the figures were read.</summary>
    private static IEnumerable<Caveat> More(RefusedRows refused, Completeness completeness, bool outside)
    {
        if (completeness.Missing > 0)
        {
            yield return new Caveat("months_missing", null, Number(completeness.Missing), Number(completeness.Expected), Number(completeness.Sources.Count(s => s.Missing.Any())));
        }

        if (refused.Rows > 0)
        {
            yield return new Caveat("rows_refused", null, Number(refused.Rows), Number(refused.Files));
        }

        if (outside)
        {
            yield return new Caveat("outside_validity", null);
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
