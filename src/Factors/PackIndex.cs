using System.Collections.Frozen;

namespace Tanlu.Factors;

/// <summary>
/// One pack's versions with the ways into them: by series, by activity and role, and by words. Versions are kept in the order in which
/// equal results are shown (priority, newest first), so that a search can stop as soon as it has a page.
/// </summary>
internal sealed class PackIndex
{
    private readonly FactorVersion[] _versions;
    private readonly FrozenDictionary<string, FactorVersion[]> _bySeries;
    private readonly FrozenDictionary<(string Activity, FactorRole Role), FactorVersion[]> _byActivity;
    private readonly Lazy<WordIndex> _words;

    public PackIndex(FactorPack pack, IReadOnlyList<FactorVersion> versions)
    {
        Pack = pack;
        _versions = [.. versions.OrderBy(v => v.Priority).ThenByDescending(v => v.ValidFrom).ThenBy(v => v.Series, StringComparer.Ordinal)];
        _bySeries = versions.GroupBy(v => v.Series, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        _byActivity = versions.Where(v => v.Activity.Length > 0).GroupBy(v => (v.Activity, v.Role)).ToFrozenDictionary(g => g.Key, g => g.ToArray());

        // Matching needs no words: the index of a pack is built when somebody first searches it.
        _words = new Lazy<WordIndex>(() => new WordIndex(_versions));
    }

    public FactorPack Pack { get; }

    public IReadOnlyList<FactorVersion> Versions => _versions;

    public IEnumerable<FactorVersion> Of(string activity, FactorRole role) => _byActivity.GetValueOrDefault((activity, role)) ?? [];

    /// <summary>Versions of <c>series</c> or the one of <c>series@version</c>, with or without this pack's code before it.</summary>
    public IEnumerable<FactorVersion> Named(string text)
    {
        var at = text.LastIndexOf('@');
        var series = at < 0 ? text : text[..at];
        var found = _bySeries.GetValueOrDefault(series) ?? [];
        return at < 0 ? found : found.Where(v => v.Version.AsSpan().SequenceEqual(text.AsSpan(at + 1)));
    }

    /// <summary>Whether the two hold a version of the same series and name.</summary>
    public bool Shares(PackIndex other) => _versions.Any(v => other._bySeries.TryGetValue(v.Series, out var theirs) && Array.Exists(theirs, t => t.Version == v.Version));

    /// <summary>Adds the best results of this pack to <paramref name="hits"/>, as many as the page can need; answers how many there are.</summary>
    public int Search(FactorSearch search, List<FactorHit> hits)
    {
        var wanted = search.Skip + search.Take;
        var total = 0;
        if (string.IsNullOrWhiteSpace(search.Text))
        {
            foreach (var version in _versions)
            {
                if (Passes(version, search) && total++ < wanted)
                {
                    hits.Add(new FactorHit(version, 0));
                }
            }

            return total;
        }

        foreach (var (document, rank) in _words.Value.Find(search.Text))
        {
            if (Passes(_versions[document], search) && total++ < wanted)
            {
                hits.Add(new FactorHit(_versions[document], rank));
            }
        }

        return total;
    }

    private static bool Passes(FactorVersion version, FactorSearch search) =>
        (search.Activity is null || version.Activity == search.Activity)
        && (search.Region is null || version.Geography == search.Region)
        && (search.Year is not { } year || (version.ValidFrom.Year <= year && (version.ValidTo is not { } to || to > new DateOnly(Math.Clamp(year, 1, 9999), 1, 1))));
}
