namespace Tanlu.Factors;

/// <summary>
/// One edition's versions with the ways into them: by series, by activity and role, and by words. Immutable and shared by every library that holds the edition.
/// </summary>
internal sealed class PackIndex
{
    private readonly FactorVersion[] _versions;
    private readonly Dictionary<string, FactorVersion[]> _bySeries;
    private readonly Dictionary<(string Activity, FactorRole Role), FactorVersion[]> _byActivity;
    private readonly Lazy<WordIndex> _words;
    private readonly Lazy<FacetColumns> _facets;
    private readonly Lazy<RankColumns> _ranks;

    public PackIndex(FactorPack pack, IReadOnlyList<FactorVersion> versions)
    {
        Pack = pack;
        _versions = [.. versions.OrderBy(v => v.Priority).ThenByDescending(v => v.ValidFrom).ThenBy(v => v.Series, StringComparer.Ordinal)];
        _bySeries = versions.GroupBy(v => v.Series, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        _byActivity = versions.Where(v => v.Activity.Length > 0).GroupBy(v => (v.Activity, v.Role)).ToDictionary(g => g.Key, g => g.ToArray());

        // Matching needs no words: the index of a pack is built when somebody first searches it.
        _words = new Lazy<WordIndex>(() => new WordIndex(pack, _versions));
        _facets = new Lazy<FacetColumns>(() => new FacetColumns(_versions));
        _ranks = new Lazy<RankColumns>(() => new RankColumns(_versions));
    }

    public FactorPack Pack { get; }

    /// <summary>By priority, then newest first.</summary>
    public IReadOnlyList<FactorVersion> Versions => _versions;

    public WordIndex Words => _words.Value;

    public FacetColumns Facets => _facets.Value;

    public RankColumns Ranks => _ranks.Value;

    public IEnumerable<FactorVersion> Of(string activity, FactorRole role) => _byActivity.GetValueOrDefault((activity, role)) ?? [];

    /// <summary>All versions of a series.</summary>
    public IReadOnlyList<FactorVersion> Series(string series) => _bySeries.GetValueOrDefault(series) ?? [];

    /// <summary>Versions of <c>series</c> or the one of <c>series@version</c>.</summary>
    public IEnumerable<FactorVersion> Named(string text)
    {
        var at = text.LastIndexOf('@');
        var found = Series(at < 0 ? text : text[..at]);
        return at < 0 ? found : found.Where(v => v.Version.AsSpan().SequenceEqual(text.AsSpan(at + 1)));
    }

    /// <summary>Whether the two hold a version of the same series and name.</summary>
    public bool Shares(PackIndex other) => _versions.Any(v => other._bySeries.TryGetValue(v.Series, out var theirs) && Array.Exists(theirs, t => t.Version == v.Version));
}
