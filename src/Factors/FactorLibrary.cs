using System.Collections.Concurrent;
using System.Collections.Immutable;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// An immutable snapshot of the factor versions of several packs: what matching looks in and what the library page searches. A pack is
/// indexed once; <see cref="With"/> shares the indexes of the packs that stay, so that enabling a pack for one tenant costs nothing to others.
/// </summary>
public sealed class FactorLibrary
{
    private static readonly Lazy<FactorLibrary> Shipped = new(LoadBuiltIn);

    private readonly ImmutableArray<PackIndex> _packs;
    private readonly Lazy<DateOnly[]> _turns;
    private readonly Lazy<LibrarySearch> _search;
    private readonly ConcurrentDictionary<(string Activity, FactorRole Role), FactorVersion[]> _byActivity = new();

    private FactorLibrary(ImmutableArray<PackIndex> packs)
    {
        _packs = packs;
        _search = new Lazy<LibrarySearch>(() => new LibrarySearch(packs));
        Count = packs.Sum(p => p.Versions.Count);
        _turns = new Lazy<DateOnly[]>(() => [.. All.SelectMany(v => new[] { v.ValidFrom, v.ValidTo ?? v.ValidFrom }).Distinct().Order()]);
    }

    public static FactorLibrary Empty { get; } = new([]);

    /// <summary>The packs that ship with the product (<c>data/packs/*.csv</c>). A row of theirs that does not hold is a bug and throws.</summary>
    public static FactorLibrary BuiltIn => Shipped.Value;

    /// <summary>Number of versions.</summary>
    public int Count { get; }

    public IEnumerable<FactorPack> Packs => _packs.Select(p => p.Pack);

    public IEnumerable<FactorVersion> All => _packs.SelectMany(p => p.Versions);

    /// <summary>
    /// The snapshot with a further pack. An edition of the same pack that holds one of its versions leaves (a corrected file replaces the
    /// first one); one that holds other years stays beside it, so that yearly files add up to one series.
    /// </summary>
    public FactorLibrary With(PackReading reading) => With(reading.Pack, reading.Versions);

    public FactorLibrary With(FactorPack pack, IReadOnlyList<FactorVersion> versions) => With(new PackIndex(pack, versions));

    internal FactorLibrary With(PackIndex index) => new(_packs.RemoveAll(p => Replaces(index, p)).Add(index));

    /// <summary>The packs of the same code that an edition would take the place of, and those that it would stand beside.</summary>
    internal (IReadOnlyList<PackIndex> Replaced, IReadOnlyList<PackIndex> Beside) Meeting(FactorPack pack, IReadOnlyList<FactorVersion> versions)
    {
        var index = new PackIndex(pack, versions);
        var same = _packs.Where(p => p.Pack.Code == pack.Code).ToLookup(p => Replaces(index, p));
        return ([.. same[true]], [.. same[false]]);
    }

    /// <summary>The index of exactly this edition.</summary>
    internal PackIndex? IndexOf(PackPin pin) => _packs.FirstOrDefault(p => p.Pack.Hash == pin.Hash && p.Pack.Code == pin.Code);

    /// <summary>The snapshot without a pack, e.g. one a tenant has switched off.</summary>
    public FactorLibrary Without(string packCode) => new(_packs.RemoveAll(p => p.Pack.Code == packCode));

    /// <summary>All versions that serve an activity in a role, in pack order. An array that callers must not change.</summary>
    public IReadOnlyList<FactorVersion> Of(string activity, FactorRole role)
    {
        if (_byActivity.TryGetValue((activity, role), out var known))
        {
            return known;
        }

        FactorVersion[] found = [.. _packs.SelectMany(p => p.Of(activity, role))];

        // An unserved code is not remembered: callers may ask for any text.
        return found.Length == 0 ? found : _byActivity.GetOrAdd((activity, role), found);
    }

    /// <summary>
    /// The first day of the stretch around a day in which no version begins or ends: all its days find the same versions, so calculations are
    /// made once for it. The day itself where nothing begins before it.
    /// </summary>
    public DateOnly EraOf(DateOnly day)
    {
        var turns = _turns.Value;
        var at = Array.BinarySearch(turns, day);
        return at >= 0 || at == ~0 ? day : turns[~at - 1];
    }

    /// <summary>
    /// Every version that a person's text may mean: <c>pack:series@version</c>, <c>series@version</c>, <c>pack:series</c> or <c>series</c>.
    /// One element: it is named without doubt; several: the caller chooses by date, or refuses; none: unknown.
    /// </summary>
    public IReadOnlyList<FactorVersion> Named(string text)
    {
        var name = text.Trim();
        var found = new List<FactorVersion>();
        foreach (var pack in _packs)
        {
            found.AddRange(pack.Named(name));
        }

        if (found.Count == 0 && name.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
        {
            foreach (var pack in _packs)
            {
                if (pack.Pack.Code.AsSpan().SequenceEqual(name.AsSpan(0, colon)))
                {
                    found.AddRange(pack.Named(name[(colon + 1)..]));
                }
            }
        }

        return found;
    }

    /// <summary>The version with exactly this id (<c>pack:series@version</c>).</summary>
    public FactorVersion? Find(string id) => Named(id) is [var only] && only.Id == id.Trim() ? only : null;

    /// <summary>
    /// Finds versions by words in either language, a code or an id, best first (see <see cref="LibrarySearch"/>). An empty text lists everything the filters let
    /// through, in the order of the packs.
    /// </summary>
    public FactorHits Search(FactorSearch search) => _search.Value.Find(search, search.Text.Length is > 0 and < 300 ? Named(search.Text) : []);

    /// <summary>All versions of a series of a pack code, over all its editions, oldest first.</summary>
    public IReadOnlyList<FactorVersion> SeriesOf(string pack, string series) =>
        [.. _packs.Where(p => p.Pack.Code == pack).SelectMany(p => p.Series(series)).OrderBy(v => v.ValidFrom)];

    private static bool Replaces(PackIndex edition, PackIndex other) =>
        other.Pack.Code == edition.Pack.Code && (other.Pack.Version == edition.Pack.Version || edition.Shares(other));

    private static FactorLibrary LoadBuiltIn()
    {
        var packs = ImmutableArray.CreateBuilder<PackIndex>();
        foreach (var name in DataRows.Names("packs/"))
        {
            var reading = PackFile.Parse(DataRows.Bytes(name), name, builtIn: true);
            if (!reading.Ok || reading.Value.Quarantine.Count > 0)
            {
                var problem = reading.Ok ? reading.Value.Quarantine[0] : reading.Problems[0];
                throw new InvalidDataException($"{name} row {problem.Row}, {problem.Column}: {problem.Code} ({problem.Found})");
            }

            packs.Add(new PackIndex(reading.Value.Pack, reading.Value.Versions));
        }

        return new FactorLibrary(packs.ToImmutable());
    }
}
