using System.Collections.Concurrent;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>
/// Libraries linked and prepared once, to be asked many times: processes of one's own and bills are linked onto it by rows of intensities (<see cref="ForegroundSystem"/>), so that an
/// edit of them touches nothing here. Nothing in a background takes from a foreground. Immutable but for what it remembers; serves any number of threads.
/// </summary>
public sealed class Background
{
    private readonly ConcurrentDictionary<string, CharacterisedSystem> _characterised = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Method, string Flow), IReadOnlyList<(int Indicator, double Factor)>> _further = [];
    private readonly Lazy<ILookup<string, int>> _offers;
    private readonly Lazy<Dictionary<string, int>> _flows;
    private readonly Dictionary<string, DataRight> _rights = new(StringComparer.Ordinal);

    private Background(IReadOnlyList<LoadedLibrary> libraries, PreparedSystem prepared)
    {
        Libraries = libraries;
        Prepared = prepared;
        _offers = new Lazy<ILookup<string, int>>(() => prepared.System.Processes.ToLookup(p => p.FlowId, p => p.Index, StringComparer.Ordinal));
        _flows = new Lazy<Dictionary<string, int>>(() => prepared.System.Flows.Where(f => !f.Against).DistinctBy(f => Key(f.Flow)).ToDictionary(f => Key(f.Flow), f => f.Index, StringComparer.Ordinal));
        foreach (var library in libraries)
        {
            foreach (var process in library.Package.Processes)
            {
                _rights.TryAdd(process.Id, DataRights.Stricter(library.Library.Rights, library.Rights.GetValueOrDefault(process.Id)));
            }
        }
    }

    public IReadOnlyList<LoadedLibrary> Libraries { get; }

    public PreparedSystem Prepared { get; }

    public ProductSystem System => Prepared.System;

    /// <summary>Links and prepares; refused as <see cref="SystemLinker.Link"/> and <see cref="ProductSystem.Prepare"/> are.</summary>
    public static Outcome<Background> Of(IReadOnlyList<LoadedLibrary> libraries, LinkRules rules) =>
        SystemLinker.Link([.. libraries.Select(l => l.Package)], rules).Then(system => system.Prepare()).Then<Background>(prepared => new Background(libraries, prepared));

    /// <summary>The background under a method: its flows matched and the intensities of all products calculated once, then remembered.</summary>
    public Outcome<CharacterisedSystem> Characterise(MethodDataset method, FlowMappingSet? mapping = null)
    {
        var key = MethodHash.Of(method, mapping);
        return _characterised.TryGetValue(key, out var known)
            ? known
            : Prepared.Characterise(MethodMatcher.Match(method, [.. System.Flows.Select(f => f.Flow)], mapping)).Then<CharacterisedSystem>(made => _characterised.GetOrAdd(key, made));
    }

    /// <summary>
    /// The right of what is calculated from these columns: the strictest of everything that they lean on, however far away. A result of sealed data must say so and stay.
    /// </summary>
    public DataRight RightOf(IEnumerable<int> columns) => DataRights.Strictest(Behind(columns).Select(c => _rights.GetValueOrDefault(System.Processes[c].Id)));

    /// <summary>Ids of the sealed processes among everything that these columns lean on.</summary>
    public IReadOnlySet<string> SealedBehind(IEnumerable<int> columns) =>
        Behind(columns).Select(c => System.Processes[c].Id).Where(id => _rights.GetValueOrDefault(id) == DataRight.Sealed).ToHashSet(StringComparer.Ordinal);

    /// <summary>Columns that offer a flow.</summary>
    internal IEnumerable<int> Offering(string flow) => _offers.Value[flow];

    /// <summary>What one unit of an elementary flow does to the indicators: as the background's flow of this id and unit, else by matching it alone.</summary>
    internal IReadOnlyList<(int Indicator, double Factor)> FactorsOf(FlowDataset flow, CharacterisedMethod method)
    {
        if (_flows.Value.TryGetValue(Key(flow), out var row))
        {
            return Column(method.C, row);
        }

        return _further.GetOrAdd((method.Hash, Key(flow)), _ => Column(MethodMatcher.Match(method.Method, [flow], method.Mapping).C, 0));
    }

    private IEnumerable<int> Behind(IEnumerable<int> columns)
    {
        var (reached, open) = (new bool[System.Processes.Count], new Stack<int>(columns));
        while (open.TryPop(out var column))
        {
            if (reached[column])
            {
                continue;
            }

            reached[column] = true;
            foreach (var product in System.A.RowsOf(column))
            {
                open.Push(Prepared.Network.MakerOf(product));
            }

            yield return column;
        }
    }

    private static List<(int, double)> Column(Numerics.SparseMatrix c, int column)
    {
        var rows = c.RowsOf(column);
        var values = c.ValuesOf(column);
        var factors = new List<(int, double)>(rows.Length);
        for (var at = 0; at < rows.Length; at++)
        {
            factors.Add((rows[at], values[at]));
        }

        return factors;
    }

    private static string Key(FlowDataset flow) => $"{flow.Id}\n{flow.Unit}";
}
