using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>An input parameter of a product system: what a sensitivity is asked for and a scenario changes.</summary>
/// <param name="Number">Its place in the system's list.</param>
/// <param name="ProcessId">Process that it belongs to; null for a parameter of a package.</param>
/// <param name="Owner">Name of that process or package.</param>
public sealed record SystemParameter(int Number, string? ProcessId, string Owner, string Name, double Value, Distribution Uncertainty);

/// <summary>
/// The parameters of packages and processes with their values. A process sees its own parameters first, then those of its package; names are taken in any case, as in openLCA
/// and SimaPro. Dependent parameters are evaluated when something asks for them, each once; a circle is refused with its names.
/// </summary>
internal sealed class ParameterModel
{
    private readonly Scope[] _packages;
    private readonly Scope[] _processes;
    private readonly Dictionary<string, FormulaTree> _parsed;

    // Dependent parameters are kept once evaluated, and scenarios of one system may ask for them side by side.
    private readonly Lock _evaluating = new();

    private ParameterModel(Scope[] packages, Scope[] processes, IReadOnlyList<SystemParameter> inputs, Dictionary<string, FormulaTree> parsed)
    {
        _packages = packages;
        _processes = processes;
        _parsed = parsed;
        Inputs = inputs;
    }

    public IReadOnlyList<SystemParameter> Inputs { get; }

    /// <param name="set">Values that take the place of a parameter's own value or formula.</param>
    public static ParameterModel Of(IReadOnlyList<DatasetPackage> packages, IReadOnlyList<(int Package, ProcessDataset Process)> processes, IReadOnlyList<ParameterValue> set)
    {
        var inputs = new List<SystemParameter>();
        var packageScopes = packages.Select(p => ScopeOf(p.Parameters, null, p.Name, null, set, inputs)).ToArray();
        var processScopes = processes.Select(p => ScopeOf(p.Process.Parameters, p.Process.Id, p.Process.Name, packageScopes[p.Package], set, inputs)).ToArray();
        return new ParameterModel(packageScopes, processScopes, inputs, new Dictionary<string, FormulaTree>(StringComparer.Ordinal));
    }

    /// <summary>The same parameters with other values of some inputs, by their numbers.</summary>
    public ParameterModel With(IReadOnlyDictionary<int, double> values)
    {
        var inputs = Inputs.Select(p => values.TryGetValue(p.Number, out var value) ? p with { Value = value } : p).ToArray();
        var packages = Array.ConvertAll(_packages, p => p.Fresh(null, inputs));
        return new ParameterModel(packages, Array.ConvertAll(_processes, p => p.Fresh(p.Parent is { } parent ? packages[Array.IndexOf(_packages, parent)] : null, inputs)), inputs, _parsed);
    }

    /// <summary>The value of a formula in a process.</summary>
    /// <param name="subject">Dataset and place for the refusal.</param>
    public Outcome<Sensitive> Value(int process, string formula, (string Dataset, int? Row, string Field) subject)
    {
        try
        {
            var value = Evaluated(process, formula);
            return double.IsFinite(value.Value) && value.Slopes.All(double.IsFinite)
                ? value
                : new Problem("formula_not_finite", subject.Row, subject.Field, formula, subject.Dataset);
        }
        catch (FormulaException wrong)
        {
            return new Problem(wrong.Code, subject.Row, subject.Field, formula, subject.Dataset, wrong.Found);
        }
    }

    /// <summary>Whether a formula of a process names one of some inputs, itself or through dependent parameters, in whichever branch.</summary>
    public bool Reaches(int process, string formula, IReadOnlyCollection<int> inputs)
    {
        try
        {
            return Reaches(_processes[process], Parsed(formula), inputs, []);
        }
        catch (FormulaException)
        {
            return false;
        }
    }

    private bool Reaches(Scope scope, FormulaTree tree, IReadOnlyCollection<int> inputs, HashSet<(Scope, string)> seen)
    {
        foreach (var name in tree.Names())
        {
            var home = scope;
            while (home is not null && !home.Entries.ContainsKey(name))
            {
                home = home.Parent;
            }

            if (home is not null && seen.Add((home, name.ToLowerInvariant())) && home.Entries[name] is var entry
                && (entry.Formula is null ? inputs.Contains(entry.Input) : Reaches(home, Parsed(entry.Formula), inputs, seen)))
            {
                return true;
            }
        }

        return false;
    }

    private static Scope ScopeOf(IReadOnlyList<ParameterDataset> parameters, string? process, string owner, Scope? parent, IReadOnlyList<ParameterValue> set, List<SystemParameter> inputs)
    {
        var entries = new Dictionary<string, Entry>(parameters.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in parameters)
        {
            var given = set.LastOrDefault(s => s.ProcessId == process && s.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase));
            var isInput = given is not null || string.IsNullOrWhiteSpace(parameter.Formula);
            if (entries.TryAdd(parameter.Name, new Entry(parameter.Name, isInput ? null : parameter.Formula, isInput ? inputs.Count : -1)) && isInput)
            {
                inputs.Add(new SystemParameter(inputs.Count, process, owner, parameter.Name, given?.Value ?? parameter.Value, given is null ? parameter.Uncertainty : default));
            }
        }

        var scope = new Scope(entries, parent);
        foreach (var entry in entries.Values.Where(e => e.Formula is null))
        {
            entry.Value = Sensitive.Parameter(entry.Input, inputs[entry.Input].Value);
        }

        return scope;
    }

    private Sensitive Evaluated(int process, string formula)
    {
        lock (_evaluating)
        {
            return Parsed(formula).Value(name => Resolve(_processes[process], name, []));
        }
    }

    private FormulaTree Parsed(string formula)
    {
        lock (_parsed)
        {
            if (!_parsed.TryGetValue(formula, out var tree))
            {
                tree = FormulaParser.Parse(formula);
                _parsed.Add(formula, tree);
            }

            return tree;
        }
    }

    private Sensitive? Resolve(Scope scope, string name, List<string> open)
    {
        if (!scope.Entries.TryGetValue(name, out var entry))
        {
            return scope.Parent is { } parent ? Resolve(parent, name, open) : null;
        }

        if (entry.Value is { } known)
        {
            return known;
        }

        if (entry.Open)
        {
            throw new FormulaException("formula_cycle", string.Join(" → ", open.SkipWhile(o => !o.Equals(entry.Name, StringComparison.OrdinalIgnoreCase)).Append(entry.Name)));
        }

        if (open.Count > 200)
        {
            throw new FormulaException("formula_too_deep", entry.Name);
        }

        entry.Open = true;
        open.Add(entry.Name);
        try
        {
            entry.Value = Parsed(entry.Formula!).Value(other => Resolve(scope, other, open));
        }
        finally
        {
            entry.Open = false;
            open.RemoveAt(open.Count - 1);
        }

        return entry.Value;
    }

    private sealed class Scope(Dictionary<string, Entry> entries, Scope? parent)
    {
        public Dictionary<string, Entry> Entries => entries;

        public Scope? Parent => parent;

        public Scope Fresh(Scope? newParent, SystemParameter[] inputs) => new(
            entries.ToDictionary(
                e => e.Key,
                e => new Entry(e.Value.Name, e.Value.Formula, e.Value.Input) { Value = e.Value.Input < 0 ? null : Sensitive.Parameter(e.Value.Input, inputs[e.Value.Input].Value) },
                StringComparer.OrdinalIgnoreCase),
            newParent);
    }

    private sealed class Entry(string name, string? formula, int input)
    {
        public string Name => name;

        public string? Formula => formula;

        /// <summary>Number of the input parameter; −1 for a dependent one.</summary>
        public int Input => input;

        public Sensitive? Value { get; set; }

        /// <summary>Being evaluated: asked for again, it depends on itself.</summary>
        public bool Open { get; set; }
    }
}
