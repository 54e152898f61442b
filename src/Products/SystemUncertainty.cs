using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>One thing in a product system whose value is uncertain: the amount of an exchange or a parameter.</summary>
/// <param name="Key">Names it whatever else the system holds, so that its draws stay the same when processes are added: process and exchange number, or owner and parameter.</param>
/// <param name="Exchange">Number of the exchange; null for a parameter.</param>
/// <param name="Name">Name of the flow or parameter.</param>
/// <param name="Value">The certain value that is calculated with otherwise.</param>
/// <param name="FromPedigree">The dataset gives scores and no distribution: it was made of them.</param>
public sealed record UncertainSource(string Key, string Process, int? Exchange, string Name, Distribution Distribution, double Value, bool FromPedigree = false);

/// <summary>
/// What draws of the uncertain amounts and parameters of a system make of its matrices. An exchange that stands in several columns (co-products) or a parameter that many formulas use is one source:
/// its draw is the same in all of them. An exchange with a formula takes its value from the parameters and has no draw of its own.
/// </summary>
public sealed class SystemUncertainty
{
    private readonly ProductSystem _system;
    private readonly SystemModel _model;
    private readonly string? _pedigree;
    private readonly (bool Elementary, int Place, int Source, double Factor)[] _fixed;
    private readonly List<(SystemEntry Entry, int Source, double Factor)> _entries = [];
    private readonly Lazy<int[]> _reckonedSources;
    private readonly (int Parameter, int Source)[] _parameters;
    private readonly HashSet<int> _dependent;
    private readonly Dictionary<(int Process, int Exchange), int> _sourceOf = [];
    private readonly (int[] A, int[] B) _starts;
    private readonly double[] _a;
    private readonly double[] _b;

    private SystemUncertainty(ProductSystem system, SystemModel model, string? pedigree)
    {
        _pedigree = pedigree;
        _system = system;
        _model = model;
        _starts = (Starts(system.A), Starts(system.B));
        (_a, _b) = (new double[system.A.Count], new double[system.B.Count]);
        var sources = new List<UncertainSource>();
        _parameters = [.. Parameters(system, sources)];
        var drawn = _parameters.Select(p => p.Parameter).ToArray();
        _dependent = drawn.Length == 0 ? [] : [.. Enumerable.Range(0, model.Processes.Length).Where(p => Reaches(model, p, drawn))];
        var places = new List<(bool, int, int, double)>();
        for (var p = 0; p < model.Processes.Length; p++)
        {
            Add(p, sources, places);
        }

        _fixed = [.. places];
        Sources = sources;
        _reckonedSources = new Lazy<int[]>(() =>
        [
            .. _parameters.Select(s => s.Source).OrderBy(s => sources[s].Key, StringComparer.Ordinal),
            .. _sourceOf.Where(s => _dependent.Contains(s.Key.Process)).Select(s => s.Value).OrderBy(s => sources[s].Key, StringComparer.Ordinal),
        ]);
    }

    public IReadOnlyList<UncertainSource> Sources { get; }

    /// <summary>Refused with <c>system_without_datasets</c> for labelled matrices.</summary>
    /// <param name="pedigree">Set of factors (<see cref="Pedigree.Sets"/>) by which exchanges that have scores and no distribution become lognormal; null to leave them certain.</param>
    public static Outcome<SystemUncertainty> Of(ProductSystem system, string? pedigree = null) =>
        system.Model is { } model ? new SystemUncertainty(system, model, pedigree) : new Problem("system_without_datasets");

    /// <summary>
    /// The values of A and B in the order of their storage (by columns, rows ascending). Refused as <see cref="ProductSystem.With"/> where a formula or a share does not hold for the draws.
    /// </summary>
    /// <param name="draws">One for every source.</param>
    public Outcome<bool> Fill(ReadOnlySpan<double> draws, Span<double> a, Span<double> b)
    {
        _a.CopyTo(a);
        _b.CopyTo(b);
        foreach (var (elementary, place, source, factor) in _fixed)
        {
            (elementary ? b : a)[place] += draws[source] * factor;
        }

        if (_dependent.Count == 0)
        {
            return true;
        }

        var values = new Dictionary<int, double>(_parameters.Length);
        foreach (var (parameter, source) in _parameters)
        {
            values[parameter] = draws[source];
        }

        var parameters = _model.Parameters.With(values);
        foreach (var p in _dependent)
        {
            var evaluated = Evaluated(p, parameters, draws);
            if (!evaluated.Ok)
            {
                return Outcome<bool>.Refused(evaluated.Problems);
            }

            var (from, until) = _model.EntriesOf(p);
            for (var i = from; i < until; i++)
            {
                var entry = _model.Entries[i];
                (entry.Elementary ? b : a)[Place(entry)] += _model.Value(entry, evaluated.Value.Values, evaluated.Value.Shares);
            }
        }

        return true;
    }

    /// <summary>
    /// The system as a network that can be sampled: exchanges with a draw of their own are inputs, entries that depend on parameters or on shares of drawn products are reckoned in each sample.
    /// </summary>
    /// <param name="rules">Of the samples: what is reckoned draws from the same streams, or has the first of the Sobol dimensions.</param>
    internal UncertainNetwork Network(CharacterisedSystem characterised, SamplingRules rules)
    {
        var inputs = new List<SampledInput>(Sources.Count);
        var terms = new List<SampledTerm>(_fixed.Length);
        var numbers = new int[Sources.Count];
        Array.Fill(numbers, -1);
        foreach (var (entry, source, factor) in _entries)
        {
            if (numbers[source] < 0)
            {
                numbers[source] = inputs.Count;
                inputs.Add(new SampledInput(SampleStreams.Key(Sources[source].Key), Sources[source].Distribution, Sources[source].Value));
            }

            terms.Add(new SampledTerm(entry.Elementary, entry.Row, entry.Column, numbers[source], factor));
        }

        var reckoned = _dependent.Order().SelectMany(p => Enumerable.Range(_model.EntriesOf(p).From, _model.EntriesOf(p).Until - _model.EntriesOf(p).From)).ToArray();
        for (var i = 0; i < reckoned.Length; i++)
        {
            var entry = _model.Entries[reckoned[i]];
            terms.Add(new SampledTerm(entry.Elementary, entry.Row, entry.Column, inputs.Count + i, 1));
        }

        var prepared = characterised.Prepared;
        return new UncertainNetwork(
            prepared.Network, _system.B, Characterisation(characterised), [.. inputs], [.. terms], [.. reckoned.Select(i => _model.Value(_model.Entries[i]))],
            reckoned.Length == 0 ? null : (sample, values) => Reckon(rules, sample, values));
    }

    /// <summary>Sources whose draws enter formulas or shares: they take the first dimensions of Sobol points, by key.</summary>
    internal int Reckoned => _reckonedSources.Value.Length;

    private bool Reckon(SamplingRules rules, long sample, Span<double> values)
    {
        var draws = new double[Sources.Count];
        var dimension = 0;
        foreach (var source in _reckonedSources.Value)
        {
            draws[source] = Sources[source].Distribution.Quantile(rules.Unit(SampleStreams.Key(Sources[source].Key), sample, dimension++));
        }

        var parameters = _parameters.Length == 0 ? _model.Parameters : _model.Parameters.With(_parameters.ToDictionary(p => p.Parameter, p => draws[p.Source]));
        var at = 0;
        foreach (var p in _dependent.Order())
        {
            var evaluated = Evaluated(p, parameters, draws);
            if (!evaluated.Ok)
            {
                return false;
            }

            var (from, until) = _model.EntriesOf(p);
            for (var i = from; i < until; i++)
            {
                values[at++] = _model.Value(_model.Entries[i], evaluated.Value.Values, evaluated.Value.Shares);
            }
        }

        return true;
    }

    /// <summary>C with the sign of rows that stand against their flow's direction.</summary>
    private SparseMatrix Characterisation(CharacterisedSystem characterised)
    {
        var c = characterised.Method.C;
        if (!_system.Flows.Any(f => f.Against))
        {
            return c;
        }

        var (rows, columns, values) = (new List<int>(c.Count), new List<int>(c.Count), new List<double>(c.Count));
        for (var flow = 0; flow < c.Columns; flow++)
        {
            for (var i = 0; i < c.RowsOf(flow).Length; i++)
            {
                rows.Add(c.RowsOf(flow)[i]);
                columns.Add(flow);
                values.Add(_system.Flows[flow].Against ? -c.ValuesOf(flow)[i] : c.ValuesOf(flow)[i]);
            }
        }

        return SparseMatrix.FromTriplets(c.Rows, c.Columns, [.. rows], [.. columns], [.. values]);
    }

    private static IEnumerable<(int Parameter, int Source)> Parameters(ProductSystem system, List<UncertainSource> sources)
    {
        foreach (var parameter in system.Parameters)
        {
            if (parameter.Uncertainty.Kind != DistributionKind.None)
            {
                yield return (parameter.Number, sources.Count);
                sources.Add(new UncertainSource($"{parameter.ProcessId}|{parameter.Name}", parameter.Owner, null, parameter.Name, parameter.Uncertainty, parameter.Value));
            }
        }
    }

    private static bool Reaches(SystemModel model, int process, int[] parameters) =>
        model.Processes[process].Dataset.Exchanges.Any(e => e.Formula is not null && model.Parameters.Reaches(process, e.Formula, parameters))
        || model.Processes[process].Dataset.Allocation.Any(a => a.Formula is not null && model.Parameters.Reaches(process, a.Formula, parameters));

    private static int[] Starts(SparseMatrix matrix)
    {
        var starts = new int[matrix.Columns + 1];
        for (var column = 0; column < matrix.Columns; column++)
        {
            starts[column + 1] = starts[column] + matrix.RowsOf(column).Length;
        }

        return starts;
    }

    private void Add(int p, List<UncertainSource> sources, List<(bool, int, int, double)> places)
    {
        var process = _model.Processes[p];
        var exchanges = process.Dataset.Exchanges;
        var (from, until) = _model.EntriesOf(p);

        // Physical shares follow the products' amounts, so such a process is evaluated as a whole for every draw.
        var uncertain = Enumerable.Range(0, exchanges.Count).Where(e => DistributionOf(process, e).Kind != DistributionKind.None && !process.ByFormula.ContainsKey(e)).ToHashSet();
        if (_model.ColumnsOf(p) > 1 && _model.Products[p].Any(uncertain.Contains))
        {
            _dependent.Add(p);
        }

        foreach (var e in uncertain.Order())
        {
            var source = sources.Count;
            sources.Add(new UncertainSource(
                $"{process.Dataset.Id}|{exchanges[e].Number}", process.Dataset.Name, exchanges[e].Number, process.FlowName(e), DistributionOf(process, e), process.Amounts[e],
                exchanges[e].Uncertainty.Kind == DistributionKind.None));
            _sourceOf[(p, e)] = source;
        }

        for (var i = from; i < until; i++)
        {
            var entry = _model.Entries[i];
            if (_dependent.Contains(p))
            {
                continue;
            }

            if (uncertain.Contains(entry.Exchange))
            {
                var column = _model.Columns[entry.Column];
                var share = column.Reference == entry.Exchange ? 1 : _model.Shares[p].Of(column.Product, entry.Exchange).Value;
                places.Add((entry.Elementary, Place(entry), _sourceOf[(p, entry.Exchange)], entry.Factor * share));
                _entries.Add((entry, _sourceOf[(p, entry.Exchange)], entry.Factor * share));
            }
            else
            {
                (entry.Elementary ? _b : _a)[Place(entry)] += _model.Value(entry);
            }
        }
    }

    private Distribution DistributionOf(ProcessValues process, int e)
    {
        var exchange = process.Dataset.Exchanges[e];
        return exchange.Uncertainty.Kind == DistributionKind.None && _pedigree is not null && process.Amounts[e] != 0 && Pedigree.Parse(exchange.Pedigree) is { } scores
            ? new Distribution(DistributionKind.Lognormal, process.Amounts[e], scores.Sigma(set: _pedigree))
            : exchange.Uncertainty;
    }

    private int Place(in SystemEntry entry) => entry.Elementary
        ? _starts.B[entry.Column] + _system.B.RowsOf(entry.Column).BinarySearch(entry.Row)
        : _starts.A[entry.Column] + _system.A.RowsOf(entry.Column).BinarySearch(entry.Row);

    private Outcome<(ProcessValues Values, BurdenShares Shares)> Evaluated(int p, ParameterModel parameters, ReadOnlySpan<double> draws)
    {
        var before = _model.Processes[p];
        var exchanges = before.Dataset.Exchanges.ToArray();
        for (var e = 0; e < exchanges.Length; e++)
        {
            if (_sourceOf.TryGetValue((p, e), out var source))
            {
                exchanges[e] = exchanges[e] with { Amount = draws[source] };
            }
        }

        var values = ProcessValues.Of(p, before.Package, before.Dataset with { Exchanges = exchanges }, _model.Nomenclature, parameters, _system.Rules.StoredAmounts, []);
        return values.Then(v => (_model.Rules[p] is CoProductRule.Physical or CoProductRule.Economic or CoProductRule.Causal ? BurdenShares.By(_model.Rules[p], v, _model.Products[p], _system.Rules, []) : BurdenShares.Whole)
            .Then(shares => Outcome<(ProcessValues, BurdenShares)>.Done((v, shares))));
    }
}
