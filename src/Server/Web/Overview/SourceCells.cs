using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Server.Web.Overview;

/// <summary>What a month of a source is.</summary>
public enum MonthState
{
    /// <summary>Before the source began, after its site left, or not over yet.</summary>
    NotExpected,
    Missing,
    Estimated,
    Present,
}

/// <summary>A row of the completeness matrix.</summary>
public sealed record SourceCells(EmissionSource Source, IReadOnlyList<(Month Month, MonthState State)> Months, int Missing, int Estimated)
{
    /// <summary>The sources with the most missing months first; what is complete follows by site and name as the book lists it.</summary>
    public static IReadOnlyList<SourceCells> Of(BoundaryStatement of, IReadOnlyList<Month> months)
    {
        var estimated = of.Statement.Entries.Where(e => e.Quality == DataQuality.Estimated).Select(e => (e.Source, e.Month)).ToHashSet();
        return
        [
            .. of.Completeness.Sources.Select(s =>
            {
                var present = s.Present.ToHashSet();
                var cells = months.Select(m => (m, State(m, s, present, estimated.Contains((s.Source.Id, m))))).ToList();
                return new SourceCells(s.Source, cells, cells.Count(c => c.Item2 == MonthState.Missing), cells.Count(c => c.Item2 == MonthState.Estimated));
            }).OrderByDescending(r => r.Missing).ThenByDescending(r => r.Estimated),
        ];
    }

    private static MonthState State(Month month, SourceMonths source, HashSet<Month> present, bool estimated) =>
        present.Contains(month) ? estimated ? MonthState.Estimated : MonthState.Present
        : month.Number >= source.First.Number && month.Number < source.End.Number ? MonthState.Missing : MonthState.NotExpected;
}
