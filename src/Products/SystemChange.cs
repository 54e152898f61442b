using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>One thing that a scenario makes otherwise than the system it starts from.</summary>
public abstract record SystemChange
{
    /// <summary>An exchange has another amount, in the unit of its dataset; its formula no longer counts.</summary>
    /// <param name="Process">A column of the process.</param>
    /// <param name="Exchange">Number of the exchange in its dataset.</param>
    public sealed record Amount(int Process, int Exchange, double Value) : SystemChange;

    /// <summary>An exchange is served by another provider: a column, also of another product where the unit fits.</summary>
    public sealed record Provider(int Process, int Exchange, int Supplier) : SystemChange;

    /// <summary>A parameter has another value.</summary>
    /// <param name="Number">Its number in <see cref="ProductSystem.Parameters"/>.</param>
    public sealed record Parameter(int Number, double Value) : SystemChange;
}

/// <summary>A process after a change, with its entries.</summary>
internal sealed record ChangedProcess(ProcessValues Values, BurdenShares Shares, SystemEntry[] Entries);

/// <summary>Works out which processes a set of changes touches, and evaluates and links only those again.</summary>
internal sealed class ChangedModel
{
    private readonly SystemModel _model;
    private readonly ProductSystem _system;
    private readonly List<Problem> _problems = [];

    private ChangedModel(ProductSystem system, SystemModel model, ParameterModel parameters)
    {
        _system = system;
        _model = model;
        Parameters = parameters;
    }

    public ParameterModel Parameters { get; }

    public Dictionary<int, ChangedProcess> Processes { get; } = [];

    /// <summary>
    /// Refused with <c>system_without_datasets</c> for labelled matrices, <c>not_found</c>, <c>change_exchange_unknown</c>, <c>change_unit</c>, or the problems of evaluation and allocation.
    /// </summary>
    public static Outcome<ChangedModel> Of(ProductSystem system, IReadOnlyList<SystemChange> changes)
    {
        if (system.Model is not { } model)
        {
            return new Problem("system_without_datasets");
        }

        var values = changes.OfType<SystemChange.Parameter>().Where(p => (uint)p.Number < (uint)system.Parameters.Count).GroupBy(p => p.Number).ToDictionary(p => p.Key, p => p.Last().Value);
        var changed = new ChangedModel(system, model, values.Count == 0 ? model.Parameters : model.Parameters.With(values));
        changed.Check(changes);
        if (changed._problems.Count == 0)
        {
            changed.Evaluate(changes, values);
        }

        return changed._problems.Count > 0 ? Outcome<ChangedModel>.Refused(changed._problems) : changed;
    }

    /// <summary>What is still open after the changes, with its new amounts.</summary>
    public IReadOnlyList<OpenExchange> Open(IReadOnlyList<OpenExchange> before)
    {
        var open = new List<OpenExchange>(before.Count);
        foreach (var item in before)
        {
            var column = _model.Columns[item.Column];
            if (!Processes.TryGetValue(column.Process, out var changed))
            {
                open.Add(item);
                continue;
            }

            var e = Index(column.Process, item.Exchange);
            if (!Array.Exists(changed.Entries, entry => entry.Exchange == e && entry.Column == item.Column))
            {
                var share = changed.Shares.Of(column.Product, e).Value;
                open.Add(item with { Amount = changed.Values.Amounts[e] * share, Kilograms = changed.Values.Kilograms(e) * share });
            }
        }

        return open;
    }

    private void Check(IReadOnlyList<SystemChange> changes)
    {
        foreach (var change in changes)
        {
            var (process, exchange, value, supplier) = change switch
            {
                SystemChange.Amount a => (a.Process, a.Exchange, a.Value, 0),
                SystemChange.Provider p => (p.Process, p.Exchange, 0, p.Supplier),
                SystemChange.Parameter p => (-1, 0, p.Value, (uint)p.Number < (uint)_system.Parameters.Count ? 0 : -1),
                _ => throw new InvalidOperationException("An unknown change."),
            };
            if (supplier < 0 || supplier >= _model.Columns.Count || process >= _model.Columns.Count || (process < 0 && change is not SystemChange.Parameter))
            {
                _problems.Add(new Problem("not_found"));
            }
            else if (!double.IsFinite(value))
            {
                _problems.Add(new Problem("change_not_finite", exchange == 0 ? null : exchange, Found: value.ToString(CultureInfo.InvariantCulture)));
            }
            else if (process >= 0 && Index(_model.Columns[process].Process, exchange) < 0)
            {
                _problems.Add(new Problem("change_exchange_unknown", exchange, Found: exchange.ToString(CultureInfo.InvariantCulture), Args: [_system.Processes[process].Title]));
            }
        }
    }

    private int Index(int process, int number)
    {
        var exchanges = _model.Processes[process].Dataset.Exchanges;
        for (var e = 0; e < exchanges.Count; e++)
        {
            if (exchanges[e].Number == number)
            {
                return e;
            }
        }

        return -1;
    }

    private void Evaluate(IReadOnlyList<SystemChange> changes, Dictionary<int, double> values)
    {
        var amounts = changes.OfType<SystemChange.Amount>().ToLookup(a => _model.Columns[a.Process].Process);
        var providers = changes.OfType<SystemChange.Provider>().ToLookup(p => _model.Columns[p.Process].Process);
        var touched = amounts.Select(a => a.Key).Concat(providers.Select(p => p.Key)).ToHashSet();
        if (values.Count > 0)
        {
            touched.UnionWith(Enumerable.Range(0, _model.Processes.Length).Where(p => _model.Depends(p) && DependsOn(p, values)));
        }

        foreach (var p in touched.Order())
        {
            var before = _model.Processes[p];
            var dataset = before.Dataset;
            if (amounts.Contains(p))
            {
                var given = amounts[p].GroupBy(a => a.Exchange).ToDictionary(a => a.Key, a => a.Last().Value);
                dataset = dataset with { Exchanges = [.. dataset.Exchanges.Select(e => given.TryGetValue(e.Number, out var amount) ? e with { Amount = amount, Formula = null } : e)] };
            }

            var after = ProcessValues.Of(p, before.Package, dataset, _model.Nomenclature, Parameters, _system.Rules.StoredAmounts, []);
            var shares = after.Then(a => SharesOf(p, a));
            if (!shares.Ok)
            {
                _problems.AddRange(shares.Problems);
            }
            else if (after.Value.Amounts[_model.Products[p].FirstOrDefault()] == 0)
            {
                var exchange = dataset.Exchanges[_model.Products[p][0]];
                _problems.Add(new Problem("process_reference_zero", exchange.Number, "amount", "0", dataset.Name, after.Value.FlowName(_model.Products[p][0])));
            }
            else
            {
                Processes.Add(p, new ChangedProcess(after.Value, shares.Value, Entries(p, providers[p])));
            }
        }
    }

    private bool DependsOn(int process, Dictionary<int, double> values)
    {
        var (from, until) = _model.EntriesOf(process);
        for (var i = from; i < until; i++)
        {
            if (_model.Slope(_model.Entries[i]) is { } slope && slope.By.Any(values.ContainsKey))
            {
                return true;
            }
        }

        // A condition that is decided by a parameter has no slope by it and still changes with it.
        return _model.Processes[process].Dataset.Exchanges.Any(e => e.Formula is not null && _model.Parameters.Reaches(process, e.Formula, values.Keys))
            || _model.Processes[process].Dataset.Allocation.Any(a => a.Formula is not null);
    }

    private Outcome<BurdenShares> SharesOf(int p, ProcessValues values) => _model.Rules[p] is CoProductRule.Physical or CoProductRule.Economic or CoProductRule.Causal
        ? BurdenShares.By(_model.Rules[p], values, _model.Products[p], _system.Rules, [])
        : BurdenShares.Whole;

    private SystemEntry[] Entries(int p, IEnumerable<SystemChange.Provider> moves)
    {
        var (from, until) = _model.EntriesOf(p);
        var entries = _model.Entries[from..until].ToList();
        foreach (var move in moves)
        {
            var e = Index(p, move.Exchange);
            if (_model.Factors.Linked(p, e, move.Supplier) is not { } factor)
            {
                var exchange = _model.Processes[p].Dataset.Exchanges[e];
                _problems.Add(new Problem("change_unit", move.Exchange, "unit", exchange.Unit, _system.Processes[move.Process].Title, _system.Processes[move.Supplier].Title, _system.Processes[move.Supplier].Unit));
                continue;
            }

            entries.RemoveAll(entry => entry.Exchange == e && !entry.Elementary);
            for (var c = 0; c < _model.ColumnsOf(p); c++)
            {
                entries.Add(new SystemEntry(_model.FirstColumn(p) + c, move.Supplier, false, p, e, factor));
            }
        }

        return [.. entries.OrderBy(entry => entry.Exchange).ThenBy(entry => entry.Column)];
    }
}
