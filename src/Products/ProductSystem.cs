using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>
/// Processes linked into a square network (ISO 14040:2006, 3.28). A is products × processes, outputs positive and inputs negative, each row in the unit of its product; B is
/// elementary flows × processes. Where a process treats waste its row is the treatment: positive for who treats, negative for who generates.
/// </summary>
public sealed class ProductSystem
{
    private readonly Lazy<string> _hash;
    private readonly Lazy<InputAmounts> _inputs;
    private readonly Dictionary<string, List<int>> _byId = new(StringComparer.Ordinal);

    internal ProductSystem(IReadOnlyList<DatasetPackage> packages, SystemModel model, IReadOnlyList<SystemFlow> flows, LinkReport report, LinkRules rules)
        : this(Columns(model), flows, model.Matrices(flows.Count), report, rules)
    {
        Packages = packages;
        Model = model;
        Parameters = model.Parameters.Inputs;
    }

    private ProductSystem(IReadOnlyList<SystemProcess> processes, IReadOnlyList<SystemFlow> flows, (SparseMatrix A, SparseMatrix B) matrices, LinkReport report, LinkRules rules)
    {
        Processes = processes;
        Flows = flows;
        (A, B) = matrices;
        Report = report;
        Rules = rules;
        foreach (var process in processes)
        {
            if (!_byId.TryGetValue(process.Id, out var columns))
            {
                _byId.Add(process.Id, columns = []);
            }

            columns.Add(process.Index);
        }

        _hash = new Lazy<string>(() => SystemHash.Of(this));
        _inputs = new Lazy<InputAmounts>(() => InputAmounts.Of(this));
    }

    /// <summary>Columns of both matrices, and the rows of A.</summary>
    public IReadOnlyList<SystemProcess> Processes { get; }

    /// <summary>Rows of B.</summary>
    public IReadOnlyList<SystemFlow> Flows { get; }

    public SparseMatrix A { get; }

    public SparseMatrix B { get; }

    public LinkReport Report { get; }

    public LinkRules Rules { get; }

    public IReadOnlyList<SystemParameter> Parameters { get; } = [];

    /// <summary>What the system was linked from; empty for labelled matrices.</summary>
    public IReadOnlyList<DatasetPackage> Packages { get; } = [];

    /// <summary>SHA-256 (lower-case hex) of the matrices, the ids and versions of processes and flows, the rules and the parameters.</summary>
    public string Hash => _hash.Value;

    internal InputAmounts Inputs => _inputs.Value;

    /// <summary>The linked datasets; null for labelled matrices.</summary>
    internal SystemModel? Model { get; }

    /// <summary>
    /// A system from matrices that are ready, e.g. an input-output table or a data package. Refused with <c>matrices_do_not_fit</c> where labels and sizes differ, or
    /// <c>matrices_diagonal</c> where a process makes nothing of the product that its label names.
    /// </summary>
    public static Outcome<ProductSystem> FromMatrices(IReadOnlyList<SystemProcess> processes, IReadOnlyList<SystemFlow> flows, SparseMatrix technology, SparseMatrix interventions)
    {
        if (technology.Rows != processes.Count || technology.Columns != processes.Count || interventions.Columns != processes.Count || interventions.Rows != flows.Count)
        {
            return new Problem(
                "matrices_do_not_fit", Found: $"{technology.Rows} × {technology.Columns}, {interventions.Rows} × {interventions.Columns}", Args: [$"{processes.Count}", $"{flows.Count}"]);
        }

        if (processes.Where((_, i) => technology.At(i, i) == 0).FirstOrDefault() is { } idle)
        {
            return new Problem("matrices_diagonal", Args: [idle.Title]);
        }

        return new ProductSystem([.. processes.Select((p, i) => p with { Index = i })], [.. flows.Select((f, i) => f with { Index = i })], (technology, interventions), new LinkReport(), new LinkRules());
    }


    /// <summary>Makes the network ready; refused with the problems of the network (<c>network_singular</c> …), whose columns are named.</summary>
    public Outcome<PreparedSystem> Prepare() => PreparedSystem.Of(this);

    /// <summary>
    /// The system with some amounts, providers or parameters otherwise; the links of everything else stay. Refused with <c>system_without_datasets</c> for labelled matrices, <c>not_found</c>,
    /// <c>change_exchange_unknown</c>, <c>change_not_finite</c>, <c>change_unit</c>, or the problems of evaluation and allocation.
    /// </summary>
    public Outcome<ProductSystem> With(IReadOnlyList<SystemChange> changes) => ChangedModel.Of(this, changes).Then(
        changed => Outcome<ProductSystem>.Done(new ProductSystem(Packages, Model!.With(changed.Parameters, changed.Processes), Flows, Report with { Open = changed.Open(Report.Open) }, Rules)));

    /// <summary>The column of a process, of one of its products where that is named; null where the system has none.</summary>
    public int? Find(string processId, string? flowId = null)
    {
        foreach (var column in _byId.GetValueOrDefault(processId) ?? [])
        {
            if (flowId is null || Processes[column].FlowId == flowId)
            {
                return column;
            }
        }

        return null;
    }

    /// <summary>
    /// An amount of a column's product in a unit of choice. Refused with <c>demand_unit</c> where the unit does not fit, <c>demand_not_finite</c>, or <c>not_found</c>.
    /// </summary>
    public Outcome<ProductDemand> Demand(int column, double amount, string? unit = null)
    {
        if ((uint)column >= (uint)Processes.Count)
        {
            return new Problem("not_found");
        }

        if (!double.IsFinite(amount))
        {
            return new Problem("demand_not_finite", Column: "amount", Found: $"{amount}", Args: [Processes[column].Title]);
        }

        var process = Processes[column];
        if (unit is null || unit == process.Unit)
        {
            return new ProductDemand(column, amount);
        }

        return FactorTo(column, unit) is { } factor
            ? new ProductDemand(column, amount * factor)
            : new Problem("demand_unit", Column: "unit", Found: unit, Args: [process.Title, process.Unit]);
    }

    private static SystemProcess[] Columns(SystemModel model) =>
    [
        .. model.Columns.Select((column, index) =>
        {
            var process = model.Processes[column.Process];
            var exchange = process.Dataset.Exchanges[column.Reference];
            var amount = process.Amounts[column.Reference];
            return new SystemProcess(
                index, process.Dataset.Id, process.Dataset.Name, process.Dataset.Location, process.Dataset.Category, process.Dataset.Version, exchange.FlowId,
                process.FlowName(column.Reference), exchange.Unit, Math.Abs(amount), exchange.Input || amount < 0, model.Shares[column.Process].Mean(column.Product), process.Dataset);
        }),
    ];

    private double? FactorTo(int column, string unit)
    {
        if (Model is null)
        {
            return Units.Find(unit) is { } from && Units.Find(Processes[column].Unit) is { } to ? Units.Ratio(from, to) : null;
        }

        var process = Model.Processes[Model.Columns[column].Process];
        var reference = Model.Columns[column].Reference;
        var exchange = process.Dataset.Exchanges[reference];
        return Model.Nomenclature.Factor(process.Flows[reference], process.Package, unit, null, process.Package, exchange.Unit, exchange.PropertyId);
    }
}
