using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Server.Web.Measuring;

/// <summary>One part of a figure, one level down.</summary>
/// <param name="Cut">Null where the part is an activity.</param>
public sealed record CutPart(string Words, string? Note, ExactAmount Amount, FigureCut? Cut, Activity? Activity = null);

/// <summary>
/// What a figure is the sum of: its sources, and below a source its activities. What is not listed stands in <see cref="Rest"/>, so that the parts always add up to
/// the figure.
/// </summary>
/// <param name="Figure">The figure itself.</param>
/// <param name="Parts">Largest first.</param>
/// <param name="Gases">The same figure by gas; empty where it is not CO2e, or one gas already.</param>
/// <param name="Factors">The factor versions behind it with their share, largest first.</param>
/// <param name="Activities">The parts are activities.</param>
public sealed record CutParts(
    FigureCut Cut, ExactAmount Figure, IReadOnlyList<CutPart> Parts, ExactAmount Rest, IReadOnlyList<CutPart> Gases, IReadOnlyList<(string Factor, string Source, ExactAmount Amount)> Factors,
    bool Activities)
{
    private const int MostActivities = 200;

    public static async Task<CutParts> Of(Ui ui, BoundaryStatement of, FigureCut cut, Statements statements)
    {
        var covered = of.Statement.Entries.Where(cut.Covers).ToList();
        var figure = cut.AmountOf(covered, of.Statement.Gwp);
        var names = new FigureNames(ui, of.Header);
        var parts = cut.Source is null ? Sources(cut, covered, of.Statement.Gwp, names, ui) : await Behind(ui, of, cut, statements);
        return new CutParts(
            cut, figure, parts, parts.Aggregate(figure, (rest, p) => rest - p.Amount), ByGas(ui, cut, covered, of.Statement), ByFactor(cut, covered, of.Statement.Gwp), cut.Source is not null);
    }

    private static IReadOnlyList<CutPart> Sources(FigureCut cut, List<StatementEntry> covered, GwpSet gwp, FigureNames names, Ui ui) =>
    [
        .. covered.GroupBy(e => (e.Source, e.Site)).Select(g => new CutPart(
                names.Source(g.Key.Source), cut.Site is null ? names.Site(g.Key.Site) : string.Join(", ", g.Select(e => e.Origin.Activity).Where(a => a.Length > 0).Distinct().Select(a => ActivityNames.Of(ui, a))),
                cut.AmountOf(g, gwp), cut with { Source = g.Key.Source, Site = g.Key.Site }))
            .Where(p => p.Amount.Parts != 0).OrderByDescending(p => p.Amount.Parts).ThenBy(p => p.Words, StringComparer.Ordinal),
    ];

    private static async Task<IReadOnlyList<CutPart>> Behind(Ui ui, BoundaryStatement of, FigureCut cut, Statements statements)
    {
        var query = of.Header.Query;
        var page = await statements.Activities(ui.Caller, query, cut.Drill, null, MostActivities, ui.Gone);
        return !page.Ok
            ? []
            :
            [
                .. page.Value.Activities.Select(a => new CutPart(
                        ActivityNames.Of(ui, a), ui.Days(a.Period),
                        a.Postings.Where(p => cut.Covers(p, query)).Aggregate(new ExactAmount(cut.Of, 0), (sum, p) => sum + cut.AmountOf(p.Amounts, p.Key, query.Gwp)), null, a))
                    .Where(p => p.Amount.Parts != 0).OrderByDescending(p => p.Amount.Parts).ThenBy(p => p.Activity!.Period.Start),
            ];
    }

    private static IReadOnlyList<CutPart> ByGas(Ui ui, FigureCut cut, List<StatementEntry> covered, Statement statement)
    {
        if (cut.Of != Measure.Co2e || cut.Gas is not null || cut.Fixed is not null)
        {
            return [];
        }

        // A statement of its own over the covered entries, because that knows which columns hold which gas.
        var gases = new Statement(covered, statement.Gwp, statement.Route).ByGas();
        return
        [
            .. gases.Where(g => g.Gas is not { Biogenic: true } && g.Gas is null or { Regime: GasRegime.Kyoto }).Select(g => new CutPart(
                    g.Gas is { } gas ? FigureNames.Gas(ui, gas) : FigureNames.Fixed(ui, g.FixedGwp), null, new ExactAmount(Measure.Co2e, g.Co2e.Scaled),
                    g.Gas is null ? cut with { Fixed = g.FixedGwp } : cut with { Gas = g.Gas.Id }))
                .Where(p => p.Amount.Parts != 0).OrderByDescending(p => p.Amount.Parts),
        ];
    }

    private static IReadOnlyList<(string, string, ExactAmount)> ByFactor(FigureCut cut, List<StatementEntry> covered, GwpSet gwp) =>
    [
        .. covered.GroupBy(e => (e.Origin.FactorId, e.Origin.Source)).Where(g => g.Key.FactorId.Length > 0).Select(g => (g.Key.FactorId, g.Key.Source, cut.AmountOf(g, gwp)))
            .Where(f => f.Item3.Parts != 0).OrderByDescending(f => f.Item3.Parts),
    ];
}
