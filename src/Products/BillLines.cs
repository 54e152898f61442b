namespace Tanlu.Products;

/// <summary>Shares the impacts of a bill out to its lines, through bills in bills: amounts times intensities, nothing is solved.</summary>
internal sealed class BillLines
{
    private readonly BillNetwork _network;
    private readonly ImpactResult _result;
    private readonly Dictionary<(int Column, int Exchange), List<(int Row, double Value)>> _inputs = [];
    private readonly List<BillLineResult> _lines = [];
    private readonly List<BillLeaf> _leaves = [];
    private readonly List<BillGap> _gaps = [];

    private BillLines(BillNetwork network, ImpactResult result)
    {
        _network = network;
        _result = result;
        var model = result.System.Model!;
        foreach (var bill in network.Bills)
        {
            if (result.System.Find(bill.Row.Uid) is not { } column)
            {
                continue;
            }

            var process = model.Columns[column].Process;
            var (from, until) = model.EntriesOf(process);
            for (var at = from; at < until; at++)
            {
                ref readonly var entry = ref model.Entries[at];
                if (!entry.Elementary && entry.Row != column)
                {
                    var key = (column, model.Processes[process].Dataset.Exchanges[entry.Exchange].Number);
                    if (!_inputs.TryGetValue(key, out var inputs))
                    {
                        _inputs.Add(key, inputs = []);
                    }

                    inputs.Add((entry.Row, model.Value(entry)));
                }
            }
        }
    }

    public static (IReadOnlyList<BillLineResult> Lines, IReadOnlyList<BillLeaf> Leaves, IReadOnlyList<BillGap> Gaps) Of(BillNetwork network, ImpactResult result)
    {
        var lines = new BillLines(network, result);
        var demand = result.Inventory.Demands[0];
        lines.Add(network.Bills[0], demand.Process, demand.Amount / result.System.A.At(demand.Process, demand.Process), new Words("", "", "", ""), 0);
        return (lines._lines, lines._leaves, [.. lines._gaps.OrderBy(g => g.Reason).ThenBy(g => g.Path, StringComparer.Ordinal)]);
    }

    private void Add(StoredBill bill, int column, double times, Words above, int depth)
    {
        foreach (var line in bill.Dataset.Lines)
        {
            var words = above.Below(line);
            if (!_inputs.TryGetValue((column, BillNetwork.Exchange(line)), out var inputs))
            {
                var reason = _network.Gaps.TryGetValue((bill.Row.Id, line.Number), out var known) ? known : Reason(column, line);
                if (line.Amount != 0 || reason == BillGapReason.Unmatched)
                {
                    _gaps.Add(new BillGap(words.Path, line, line.Amount * times, reason));
                }

                Top(depth, line, "", new double[_result.Values.Length], reason);
                continue;
            }

            var impacts = new double[_result.Values.Length];
            foreach (var (row, value) in inputs)
            {
                var amount = -value * times;
                var intensity = _result.Characterised.IntensityOf(row);
                var own = new double[impacts.Length];
                for (var k = 0; k < own.Length; k++)
                {
                    own[k] = amount * intensity[k];
                    impacts[k] += own[k];
                }

                var process = _result.System.Processes[row];
                if (_network.BillOf(process) is { } part && depth < Bills.Deepest)
                {
                    Add(part, row, amount / _result.System.A.At(row, row), words, depth + 1);
                }
                else
                {
                    _leaves.Add(new BillLeaf(
                        words.Path, process.Title, process.Id, amount, process.Unit, words.Stage, words.Supplier, words.Place.Length > 0 ? words.Place : process.Location, own));
                }
            }

            Top(depth, line, _result.System.Processes[inputs[0].Row].Title, impacts, null);
        }
    }

    private void Top(int depth, BillPart line, string made, double[] impacts, BillGapReason? gap)
    {
        if (depth == 0)
        {
            _lines.Add(new BillLineResult(line, made, impacts, gap));
        }
    }

    private BillGapReason Reason(int column, BillPart line) =>
        _result.System.Report.Open.Any(o => o.Column == column && o.Exchange == BillNetwork.Exchange(line) && o.Reason == OpenReason.NoConversion) ? BillGapReason.NoConversion : BillGapReason.NotThere;

    /// <summary>What the lines on the way down say.</summary>
    private readonly record struct Words(string Path, string Stage, string Supplier, string Place)
    {
        public Words Below(BillPart line) => new(
            Path.Length == 0 ? line.Name : $"{Path} → {line.Name}", Stage.Length > 0 ? Stage : line.Stage, Supplier.Length > 0 ? Supplier : line.Supplier, line.Location.Length > 0 ? line.Location : Place);
    }
}
