using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>Which route a stateless calculation takes for a row.</summary>
public enum RouteChoice
{
    /// <summary>A Chinese place counts the gases its guideline names; any other follows the GHG Protocol.</summary>
    ByPlace,
    Guideline,
    GhgProtocol,
}

/// <summary>
/// Adds up the activities of one file without a book: the same reader, plans and integers as an import, so that its totals are what the book
/// would say. Sums are kept per source, calculation and quality; a row costs one look-up and its roundings.
/// </summary>
public sealed class StatelessCalculation
{
    private readonly ActivityReader _reader;
    private readonly GwpSet _gwp;
    private readonly RouteChoice _choice;
    private readonly Dictionary<ulong, int> _cellByKey = [];
    private readonly List<Cell> _cells = [];
    private readonly List<IReadOnlyList<CalculatedLine>?> _lines = [];

    public StatelessCalculation(ActivityReader reader, GwpSet gwp, RouteChoice choice)
    {
        _reader = reader;
        _gwp = gwp;
        _choice = choice;
    }

    /// <summary>Adds a row. False where a mass does not fit the book's 64 bits; the reader then holds the problem.</summary>
    public bool Add(in ActivityRecord record)
    {
        var cell = CellOf(record);
        var plan = record.Plan;
        for (var line = 0; line < plan.KeyCount; line++)
        {
            if (!plan.TryWhole(line, record.Quantity, out var amounts))
            {
                return _reader.Refuse(record.Row, new Problem("out_of_range", record.Row, "quantity"));
            }

            cell.Sums[line] += amounts;
        }

        return true;
    }

    /// <summary>The row's lines per unit of quantity; the quantity to multiply with is the effective one.</summary>
    public IReadOnlyList<CalculatedLine> LinesOf(PreparedActivity prepared)
    {
        while (_lines.Count <= prepared.Number)
        {
            _lines.Add(null);
        }

        return _lines[prepared.Number] ??= CalculatedLine.Of(prepared.Plan!.Calculation, _gwp, line => Counts(prepared.Plan!.Calculation, line));
    }

    /// <summary>Whether a line counts on the chosen route.</summary>
    public bool Counts(Calculation calculation, CalculationLine line) => RouteOf(calculation) switch
    {
        Route.Guideline => line.Route != Route.GhgProtocol || (_choice == RouteChoice.ByPlace && line.Account.Scope == 3),
        _ => line.Route != Route.Guideline,
    };

    public Statement Statement()
    {
        var entries = new List<StatementEntry>();
        foreach (var cell in _cells)
        {
            var calculation = cell.Prepared.Plan!.Calculation;
            var plan = cell.Prepared.Plan!;
            for (var at = 0; at < cell.Sums.Length; at++)
            {
                var line = calculation.Lines[plan.LineOf(at)];
                if (Counts(calculation, line))
                {
                    entries.Add(new StatementEntry(
                        _reader.Sources[cell.Source].Site, cell.Source, EntryOrigin.Of(cell.Prepared.Number, at, calculation, line), plan.KeyAt(at),
                        Month.Of(plan.Period.Start), cell.Quality, cell.Evidenced, cell.Sums[at]));
                }
            }
        }

        // Lines off the route are left out above, row by row: a Chinese place's row takes the guideline, another's the GHG Protocol.
        return new Statement(entries, _gwp, Route.Both);
    }

    private Route RouteOf(Calculation calculation) => _choice switch
    {
        RouteChoice.Guideline => Route.Guideline,
        RouteChoice.GhgProtocol => Route.GhgProtocol,
        _ => Regions.Outwards(calculation.Request.Region).Any(r => r.Code == "CN") ? Route.Guideline : Route.GhgProtocol,
    };

    private Cell CellOf(in ActivityRecord record)
    {
        var evidenced = !record[ActivityField.Evidence].IsEmpty;
        var key = ((ulong)(uint)record.Prepared.Number << 36) | ((ulong)(uint)record.Source << 4) | ((ulong)record.Quality << 1) | (evidenced ? 1UL : 0);
        if (_cellByKey.TryGetValue(key, out var at))
        {
            return _cells[at];
        }

        var cell = new Cell(record.Prepared, record.Source, record.Quality, evidenced);
        _cellByKey.Add(key, _cells.Count);
        _cells.Add(cell);
        return cell;
    }

    private sealed class Cell(PreparedActivity prepared, int source, DataQuality quality, bool evidenced)
    {
        public PreparedActivity Prepared { get; } = prepared;

        public int Source { get; } = source;

        public DataQuality Quality { get; } = quality;

        public bool Evidenced { get; } = evidenced;

        public Amounts[] Sums { get; } = new Amounts[prepared.Plan!.KeyCount];
    }
}
