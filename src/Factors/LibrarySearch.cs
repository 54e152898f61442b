using System.Collections.Immutable;
using System.Numerics;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// Ranks the versions of a library for a query. First an id that was given in full, then the current versions of all series before older ones; among those, how well the words
/// fit (the activity itself or a whole name, a beginning, all words, beginnings of words), how near its place is to the reader's, its role, the publisher's order, and how little its name says
/// beside what was asked.
/// </summary>
internal sealed class LibrarySearch
{
    private const int World = 5;
    private const int FarthestPlace = 7;
    private const int MeansIt = 2;

    /// <summary>All hits come after what was named in full.</summary>
    private const ulong Below = 1UL << 63;

    /// <summary>So many characters of Chinese are no chance hit.</summary>
    private const int LongName = 6;

    private readonly ImmutableArray<PackIndex> _packs;
    private readonly Lazy<ulong[][]> _current;
    private readonly Lazy<TypoWords> _vocabulary;

    public LibrarySearch(ImmutableArray<PackIndex> packs)
    {
        _packs = packs;

        // The words of a pack are indexed when somebody first searches, all packs side by side.
        Parallel.ForEach(packs, p => _ = (p.Words, p.Facets, p.Ranks));
        _current = new Lazy<ulong[][]>(Current);
        _vocabulary = new Lazy<TypoWords>(() => new TypoWords(_packs.SelectMany(p => p.Words.Words)));
    }

    public FactorHits Find(FactorSearch search, IReadOnlyList<FactorVersion> named)
    {
        var hits = new HitList(search, _packs);
        if (string.IsNullOrWhiteSpace(search.Text))
        {
            for (var pack = 0; pack < _packs.Length; pack++)
            {
                for (var document = 0; document < _packs[pack].Versions.Count; document++)
                {
                    // Without words to rank by, the library reads in the order of its packs.
                    hits.Add(pack, document, 0);
                }
            }

            return hits.Result();
        }

        Take(named, hits);
        var query = SearchQuery.Of(search.Text);
        Collect(query, search, hits, left: null, Fit.All);
        if (hits.Any)
        {
            return hits.Result();
        }

        // Nothing as written: words of the library that are nearly the same, then all but one of the words.
        var vocabulary = _vocabulary.Value;
        var corrected = query.With(vocabulary.Nearest);
        if (corrected.Folded != query.Folded)
        {
            Collect(corrected, search, hits, left: null, Fit.All);
            if (hits.Any)
            {
                return hits.Result() with { ReadAs = corrected.Folded };
            }
        }

        for (var left = 0; left < corrected.Parts.Count && corrected.Parts.Count is > 1 and <= 8; left++)
        {
            Collect(corrected, search, hits, left, Fit.AllButOne);
        }

        return hits.Result();
    }

    /// <summary>An id or a series that was given in full comes before all else, newest first.</summary>
    private void Take(IReadOnlyList<FactorVersion> named, HitList hits)
    {
        for (var pack = 0; pack < _packs.Length && named.Count > 0; pack++)
        {
            foreach (var version in named.Where(v => ReferenceEquals(v.Pack, _packs[pack].Pack)))
            {
                var document = ((FactorVersion[])_packs[pack].Versions).AsSpan().IndexOf(version);
                hits.Add(pack, document, (ulong)_packs[pack].Ranks.Age[document]);
            }
        }
    }

    private void Collect(SearchQuery query, FactorSearch search, HitList hits, int? left, Fit fit)
    {
        var home = Home(query, search);
        var means = query.Activities.Select(SearchQuery.Activity).ToList();
        for (var pack = 0; pack < _packs.Length; pack++)
        {
            if (!hits.Wants(_packs[pack].Pack))
            {
                continue;
            }

            var index = _packs[pack];
            var words = index.Words;
            var size = (index.Versions.Count + 63) / 64;
            var whole = Filled(size, index.Versions.Count);
            var begun = Filled(size, index.Versions.Count);
            var bits = new ulong[size];
            for (var part = 0; part < query.Parts.Count; part++)
            {
                if (part == left)
                {
                    continue;
                }

                Array.Clear(bits);
                words.Whole(query.Parts[part], bits);
                And(whole, bits);
                words.Begun(query.Parts[part], bits);
                And(begun, bits);
            }

            var meant = new ulong[size];
            foreach (var mark in means)
            {
                foreach (var document in words.Of(mark))
                {
                    meant[document >> 6] |= 1UL << (document & 63);
                }
            }

            var regions = index.Facets.Region;
            var places = new int[regions.Values.Count];
            for (var at = 0; at < places.Length; at++)
            {
                places[at] = Distance(regions.Values[at], home);
            }

            var ranks = index.Ranks;
            var lengths = query.Chinese ? ranks.LengthZh : ranks.LengthEn;
            var letter = RankColumns.Letter(query.Folded);
            var current = _current.Value[pack];
            for (var word = 0; word < size; word++)
            {
                for (var bit = begun[word]; bit != 0; bit &= bit - 1)
                {
                    var document = (word * 64) + BitOperations.TrailingZeroCount(bit);
                    var here = 1UL << (document & 63);
                    if (query.Year is { } asked && !Covers(index.Versions[document], asked))
                    {
                        continue;
                    }

                    var grade = fit != Fit.All ? (int)fit
                        : Grade(ranks.MayBegin(document, letter) ? index.Versions[document] : null, query, (whole[word] & here) != 0, (meant[word] & here) != 0);
                    var now = query.Year is not null || (current[word] & here) != 0;
                    hits.Add(pack, document, Key(ranks, document, grade, now, places[regions.Of[document]], query.Role, lengths[document]));
                }
            }
        }
    }

    /// <summary>Smaller comes first.</summary>
    private static ulong Key(RankColumns ranks, int document, int grade, bool current, int place, FactorRole? asked, int length)
    {
        var main = asked is { } wanted ? ranks.Role[document] == wanted : ranks.Role[document] == FactorRole.Main;
        var role = main ? 0UL : ranks.Role[document] == FactorRole.Named ? 2UL : 1UL;

        // The reader's country with all its parts, main factors first; then the world; then elsewhere.
        var tier = place < World ? main ? (ulong)place : World : place == World ? main ? 6UL : 7UL : main ? 8UL : 9UL;
        var (priority, age, mark) = ((ulong)ranks.Priority[document], (ulong)ranks.Age[document], (ulong)ranks.Mark[document]);

        // Where the activity itself was asked for, its publisher's order says more than the length of names; elsewhere the other way round.
        var order = grade <= MeansIt ? (priority << 6) + (ulong)length : ((ulong)length << 10) + priority;
        return Below | ((current ? 0UL : 1UL) << 62) | ((ulong)grade << 59) | (tier << 55) | (role << 53) | (order << 37) | (age << 15) | (mark << 13)
            | ((ulong)Math.Min(3, place) << 11);
    }

    /// <param name="named">The version, where one of its names can begin as the query does: the first letter decides for almost all.</param>
    /// <returns>1 a long name's beginning, 2 the activity itself or a whole name, 3 the beginning of a name, 4 all words and of the activity, 5 all words, 6 beginnings of words.</returns>
    private static int Grade(FactorVersion? named, SearchQuery query, bool whole, bool meant)
    {
        var begins = false;
        foreach (var name in named is null ? [] : (ReadOnlySpan<string>)[named.NameEn, named.NameZh, named.Series, named.Activity])
        {
            if (name.StartsWith(query.Folded, StringComparison.OrdinalIgnoreCase))
            {
                if (query.Chinese && query.Folded.Length >= LongName)
                {
                    return 1;
                }

                if (name.Length == query.Folded.Length)
                {
                    return MeansIt;
                }

                begins = true;
            }
        }

        return whole && meant && query.Means.Count > 0 ? MeansIt : begins ? 3 : whole ? meant ? 4 : 5 : 6;
    }

    private static bool Covers(FactorVersion version, int year) =>
        (version.ValidFrom.Year <= year && (version.ValidTo is not { } to || to > new DateOnly(year, 1, 1))) || version.Version.Contains(year.ToString("D4", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static string? Home(SearchQuery query, FactorSearch search) =>
        query.Region ?? search.Home ?? (query.Chinese || search.Language == Language.Chinese ? "CN" : null);

    /// <summary>0 the place itself, 1 the next place around it, then farther ones; 3 inside it, 4 beside it, 5 the world, 7 elsewhere.</summary>
    private static int Distance(string code, string? home)
    {
        if (home is null || code == home)
        {
            return 0;
        }

        if (Regions.Find(home) is not { } at || Regions.Find(code) is not { } place)
        {
            return FarthestPlace;
        }

        if (place == Regions.World)
        {
            return World;
        }

        var step = 0;
        foreach (var around in Regions.Outwards(at))
        {
            if (around == place)
            {
                return Math.Min(2, step);
            }

            step++;
        }

        var within = Regions.Outwards(place).ToList();
        return within.Contains(at) ? 3 : Country(within) is { } one && Country(Regions.Outwards(at).ToList()) == one ? 4 : FarthestPlace;
    }

    private static Region? Country(List<Region> outwards) => outwards.Count >= 2 ? outwards[^2] : null;

    /// <summary>
    /// Which versions are the current ones: the latest of their series over all editions of the pack, and not given up more than a year before its newest one (publishers give some
    /// countries later than others).
    /// </summary>
    private ulong[][] Current()
    {
        var result = new ulong[_packs.Length][];
        foreach (var same in _packs.Select((p, at) => (Index: p, At: at)).GroupBy(p => p.Index.Pack.Code, StringComparer.Ordinal))
        {
            var latest = new Dictionary<string, DateOnly>(StringComparer.Ordinal);
            var newest = new DateOnly(1900, 1, 1);
            foreach (var version in same.SelectMany(s => s.Index.Versions))
            {
                latest[version.Series] = latest.TryGetValue(version.Series, out var known) && known >= version.ValidFrom ? known : version.ValidFrom;
                newest = version.ValidFrom > newest ? version.ValidFrom : newest;
            }

            foreach (var (index, at) in same)
            {
                var bits = result[at] = new ulong[(index.Versions.Count + 63) / 64];
                for (var document = 0; document < index.Versions.Count; document++)
                {
                    var version = index.Versions[document];
                    if (latest[version.Series] == version.ValidFrom && (version.ValidTo is not { } end || end >= newest.AddYears(-1)))
                    {
                        bits[document >> 6] |= 1UL << (document & 63);
                    }
                }
            }
        }

        return result;
    }

    private static ulong[] Filled(int size, int count)
    {
        var bits = new ulong[size];
        Array.Fill(bits, ulong.MaxValue);
        if (count % 64 != 0)
        {
            bits[^1] = (1UL << (count % 64)) - 1;
        }

        return bits;
    }

    private static void And(ulong[] into, ulong[] other)
    {
        for (var at = 0; at < into.Length; at++)
        {
            into[at] &= other[at];
        }
    }

    /// <summary>How a hit was found; the numbers are grades after those of full hits.</summary>
    private enum Fit
    {
        All = 0,
        AllButOne = 7,
    }
}
