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
/// would say. Sums are kept per calculation and quality; a row costs one look-up and its roundings.
/// </summary>
public sealed class StatelessCalculation
{
    private readonly ActivityReader _reader;
    private readonly GwpSet _gwp;
    private readonly RouteChoice _choice;
    private readonly Dictionary<(PostingRates Rates, DataQuality Quality, bool Evidenced), Cell> _cells = [];
    private readonly List<Cell?[]> _cellsByPrepared = [];
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
        for (var key = 0; key < cell.Sums.Length; key++)
        {
            if (!plan.TryWhole(key, record.Quantity, out var amounts))
            {
                return _reader.Refuse(record.Row, new Problem("out_of_range", record.Row, "quantity"));
            }

            cell.Sums[key] += amounts;
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

    /// <summary>The line's tree; lines that were folded into one stand below it side by side.</summary>
    public Explanation Explain(in ActivityRecord record, CalculatedLine line) => ActivityTree.Of(
        record.Plan.Calculation, record.Quantity, new ExplanationSource("input", $"row {record.Row.ToString(System.Globalization.CultureInfo.InvariantCulture)}"), _gwp, line.Parts);

    /// <summary>Whether a line counts on the chosen route.</summary>
    public bool Counts(Calculation calculation, CalculationLine line) => RouteOf(calculation) switch
    {
        Route.Guideline => line.Route != Route.GhgProtocol || (_choice == RouteChoice.ByPlace && line.Account.Scope == 3),
        _ => line.Route != Route.Guideline,
    };

    public Statement Statement()
    {
        var entries = new List<StatementEntry>();
        foreach (var (number, cell) in _cells.Values.Index())
        {
            var calculation = cell.Rates.Calculation;
            for (var key = 0; key < cell.Sums.Length; key++)
            {
                var line = calculation.Lines[cell.Rates.LineOf(key)];
                if (Counts(calculation, line))
                {
                    entries.Add(new StatementEntry(
                        0, 0, EntryOrigin.Of(number, key, calculation, line), cell.Rates.KeyAt(key), Month.Of(calculation.Request.On), cell.Quality, cell.Evidenced, cell.Sums[key]));
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
        while (_cellsByPrepared.Count <= record.Prepared.Number)
        {
            _cellsByPrepared.Add(new Cell?[2 * Enum.GetValues<DataQuality>().Length]);
        }

        var evidenced = !record[ActivityField.Evidence].IsEmpty;
        ref var cell = ref _cellsByPrepared[record.Prepared.Number][(2 * (int)record.Quality) + (evidenced ? 1 : 0)];
        if (cell is null)
        {
            var key = (record.Plan.Rates, record.Quality, evidenced);
            if (!_cells.TryGetValue(key, out cell))
            {
                cell = new Cell(record.Plan.Rates, record.Quality, evidenced);
                _cells.Add(key, cell);
            }
        }

        return cell;
    }

    private sealed class Cell(PostingRates rates, DataQuality quality, bool evidenced)
    {
        public PostingRates Rates { get; } = rates;

        public DataQuality Quality { get; } = quality;

        public bool Evidenced { get; } = evidenced;

        public Amounts[] Sums { get; } = new Amounts[rates.Count];
    }
}
