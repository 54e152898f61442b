using Tanlu.Inventory;
using Tanlu.Kernel;

namespace Tanlu.Server.Web.Measuring;

/// <summary>How a statement is laid out.</summary>
public enum StatementView
{
    Scopes,
    Site,
    Month,
    Gas,
    Source,
}

/// <summary>One line of a statement: what it is of, and its sums.</summary>
/// <param name="Words">Its name.</param>
/// <param name="Depth">1 for a part of the line above.</param>
/// <param name="Cut">The cut that the line is; null for a line without figures.</param>
/// <param name="Note">What stands in place of figures, or beside the name.</param>
/// <param name="Scopes">Sums of scope 1, 2 and 3; empty where the line lies in one scope by itself.</param>
/// <param name="MassMg">Mass of the gas that the line is; null elsewhere.</param>
public sealed record StatementLine(
    string Words, int Depth, FigureCut? Cut, string? Note, IReadOnlyList<ExactAmount> Scopes, ExactAmount Total, ExactAmount Energy, Int128? MassMg = null)
{
    /// <summary>GWP of the gas that the line is.</summary>
    public double? Potential { get; init; }
}

/// <summary>
/// A statement as lines: the page prints them, the files export them, and the lines of a view add up to its total digit by digit, because each is a sum
/// over entries of its own.
/// </summary>
public sealed class StatementLines
{
    private StatementLines(StatementView view, IReadOnlyList<StatementLine> lines, StatementLine total)
    {
        View = view;
        Lines = lines;
        Total = total;
    }

    public StatementView View { get; }

    public IReadOnlyList<StatementLine> Lines { get; }

    /// <summary>All scopes together, scope 2 by location.</summary>
    public StatementLine Total { get; }

    public static StatementView ViewOf(string? text) => Enum.TryParse<StatementView>(text, ignoreCase: true, out var view) && Enum.IsDefined(view) ? view : StatementView.Scopes;

    public static StatementLines Of(Ui ui, BoundaryStatement of, StatementView view)
    {
        var sums = new Sums(of.Statement);
        var names = new FigureNames(ui, of.Header);
        var total = sums.Line(ui.T("sheet.total"), 0, FigureCut.Whole);
        IReadOnlyList<StatementLine> lines = view switch
        {
            StatementView.Site =>
            [
                .. of.Header.Nodes.Where(n => sums.Sites.Contains(n.Id)).Select(n => sums.Line(names.Site(n.Id), 0, new FigureCut(Site: n.Id), n.Code)),
            ],
            StatementView.Month =>
            [
                .. Enumerable.Range(of.Header.Query.From.Number, of.Header.Query.To.Number - of.Header.Query.From.Number)
                    .Select(n => sums.Line(ui.Month(new Month(n)), 0, new FigureCut(Month: new Month(n)))),
            ],
            StatementView.Source =>
            [
                .. of.Header.Sources.Where(s => sums.Sources.Contains(s.Id)).Select(s => sums.Line(s.Name, 0, new FigureCut(Source: s.Id), names.Site(s.Site)))
                    .OrderByDescending(l => l.Total.Parts).ThenBy(l => l.Words, StringComparer.Ordinal),
            ],
            StatementView.Gas => [.. Gas(ui, of.Statement, sums)],
            _ => [.. Scopes(ui, sums)],
        };
        return new StatementLines(view, lines, total);
    }

    private static IEnumerable<StatementLine> Scopes(Ui ui, Sums sums)
    {
        yield return sums.Line(FigureNames.Scope(ui, 1), 0, new FigureCut(Scope: 1), ui.T("sheet.scope1.about"));
        yield return sums.Line(FigureNames.Scope(ui, 2), 0, new FigureCut(Scope: 2), ui.T("sheet.scope2.about"));
        yield return new StatementLine(ui.T("sheet.market"), 0, null, ui.T("sheet.market.absent"), [], default, default);
        yield return sums.Line(FigureNames.Scope(ui, 3), 0, new FigureCut(Scope: 3), ui.T("sheet.scope3.about"));
        for (var category = 1; category <= 15; category++)
        {
            var account = (short)(300 + category);
            var name = FigureNames.Category(ui, category);
            yield return sums.Accounts.Contains(account)
                ? sums.Line(name, 1, new FigureCut(Account: account))
                : new StatementLine(name, 1, null, ui.T("sheet.category_absent"), [], default, default);
        }
    }

    private static IEnumerable<StatementLine> Gas(Ui ui, Statement statement, Sums sums)
    {
        foreach (var total in statement.ByGas())
        {
            var cut = total.Gas is { } gas ? new FigureCut(Gas: gas.Id) : new FigureCut(Fixed: total.FixedGwp);
            var words = total.Gas is { } named ? FigureNames.Gas(ui, named) : FigureNames.Fixed(ui, total.FixedGwp);
            var line = sums.Line(words, 0, cut) with { MassMg = total.Gas is null ? null : total.MassMg };
            yield return total.Gas switch
            {
                { Biogenic: true } => line with { Cut = new FigureCut(Measure.Biogenic), Note = ui.T("sheet.biogenic_apart") },
                { Regime: not GasRegime.Kyoto } other => line with { Cut = new FigureCut(Measure.Apart, Gas: other.Id), Note = ui.T("sheet.outside_scopes"), Potential = Potential(statement, other) },
                { } kyoto => line with { Potential = Potential(statement, kyoto) },
                null => line with { Note = ui.T("sheet.never_restated") },
            };
        }
    }

    private static double? Potential(Statement statement, Gas gas) => Gwp.Find(statement.Gwp, gas)?.Value;

    /// <summary>Adds up the entries of a cut in one pass each.</summary>
    private sealed class Sums
    {
        private readonly Statement _statement;
        private readonly ILookup<long, StatementEntry> _bySource;

        public Sums(Statement statement)
        {
            _statement = statement;
            _bySource = statement.Entries.ToLookup(e => e.Source);
            Sites = [.. statement.Entries.Select(e => e.Site)];
            Sources = [.. _bySource.Select(s => s.Key)];
            Accounts = [.. statement.Entries.Select(e => e.Key.Account.Number)];
        }

        public HashSet<long> Sites { get; }

        public HashSet<long> Sources { get; }

        public HashSet<short> Accounts { get; }

        public StatementLine Line(string words, int depth, FigureCut cut, string? note = null)
        {
            Span<Int128> scopes = stackalloc Int128[4];
            var energy = Int128.Zero;
            foreach (var entry in cut.Source is { } source ? _bySource[source] : _statement.Entries)
            {
                if (cut.Covers(entry))
                {
                    scopes[entry.Key.Account.Scope] += cut.AmountOf(entry.Amounts, entry.Key, _statement.Gwp).Parts;
                    energy += entry.Amounts.EnergyWh;
                }
            }

            return new StatementLine(
                words, depth, cut, note, [new(Measure.Co2e, scopes[1]), new(Measure.Co2e, scopes[2]), new(Measure.Co2e, scopes[3])],
                new ExactAmount(Measure.Co2e, scopes[1] + scopes[2] + scopes[3]), new ExactAmount(Measure.Energy, energy));
        }
    }
}
