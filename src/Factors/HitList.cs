using System.Collections.Immutable;

namespace Tanlu.Factors;

/// <summary>Takes hits in, keeps those that the filters let through, counts them by facet, and gives the page that was asked for.</summary>
internal sealed class HitList
{
    private static readonly string[] Names = ["publisher", "pack", "region", "year", "unit", "activity", "licence", "mark", "share_alike"];

    private readonly FactorSearch _search;
    private readonly ImmutableArray<PackIndex> _packs;
    private readonly int _wanted;

    // The worst of the kept hits is on top: most hits are compared with it once and forgotten.
    private readonly PriorityQueue<(int Pack, int Document), Rank> _kept = new(Comparer<Rank>.Create((a, b) => b.CompareTo(a)));
    private readonly Dictionary<string, int>[]? _facets;
    private readonly ulong[]?[] _seen;
    private int _at = -1;
    private Filter _filter;
    private int _total;

    public HitList(FactorSearch search, ImmutableArray<PackIndex> packs)
    {
        _search = search;
        _packs = packs;
        _wanted = search.Skip + search.Take;
        _seen = new ulong[packs.Length][];
        _facets = search.WithFacets ? [.. Names.Select(_ => new Dictionary<string, int>(StringComparer.Ordinal))] : null;
    }

    public bool Any => _total > 0;

    /// <summary>Whether a version of the pack can be a result; with facets also those that one filter keeps out, which its own facet counts.</summary>
    public bool Wants(FactorPack pack) => _facets is not null || (
        (_search.Pack is null || _search.Pack == pack.Code) && (_search.Publisher is null || _search.Publisher == pack.Publisher)
        && (_search.Licence is null || _search.Licence == pack.Licence) && (_search.ShareAlike is null || _search.ShareAlike == pack.ShareAlike));

    /// <param name="key">Smaller comes first.</param>
    public void Add(int pack, int document, ulong key)
    {
        if (pack != _at)
        {
            Count();
            _at = pack;
            _filter = new Filter(_search, _packs[pack]);
        }

        var seen = _seen[pack] ??= new ulong[(_packs[pack].Versions.Count + 63) / 64];
        var bit = 1UL << (document & 63);
        if ((seen[document >> 6] & bit) != 0)
        {
            return;
        }

        seen[document >> 6] |= bit;
        var failed = _filter.Failed(document);
        if (_facets is not null && (failed & (failed - 1)) == 0)
        {
            _filter.Count(document, failed);
        }

        if (failed != 0)
        {
            return;
        }

        _total++;
        var rank = new Rank(key, pack, document);
        if (_kept.Count < _wanted)
        {
            _kept.Enqueue((pack, document), rank);
        }
        else if (_wanted > 0 && _kept.TryPeek(out _, out var worst) && rank.CompareTo(worst) < 0)
        {
            _kept.EnqueueDequeue((pack, document), rank);
        }
    }

    public FactorHits Result()
    {
        Count();
        _at = -1;
        var page = new FactorVersion[Math.Max(0, _kept.Count - _search.Skip)];
        for (var place = _kept.Count - 1; place >= 0; place--)
        {
            var (pack, document) = _kept.Dequeue();
            if (place >= _search.Skip)
            {
                page[place - _search.Skip] = _packs[pack].Versions[document];
            }
        }

        var hits = new FactorHits(page, _total);
        return _facets is null ? hits : hits with
        {
            Facets = Names.Zip(_facets).ToDictionary(
                f => f.First,
                f => (IReadOnlyList<FacetCount>)[.. f.Second.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => new FacetCount(c.Key, c.Value))],
                StringComparer.Ordinal),
        };
    }

    private void Count()
    {
        if (_at >= 0 && _facets is not null)
        {
            _filter.AddTo(_facets);
        }
    }

    private readonly record struct Rank(ulong Key, int Pack, int Document) : IComparable<Rank>
    {
        public int CompareTo(Rank other) => (Key, Pack, Document).CompareTo((other.Key, other.Pack, other.Document));
    }

    /// <summary>The filters over one pack, as numbers of its columns, and the counts of its versions.</summary>
    private readonly struct Filter
    {
        private readonly FactorVersion[] _versions;
        private readonly FactorPack _pack;
        private readonly (FacetColumn Column, int? Number, int Bit, int[] Counts)[] _columns;
        private readonly (ushort[] Of, int Number, int Bit)[] _asked;
        private readonly int _failed;
        private readonly int? _year;
        private readonly int[] _packCounts;

        public Filter(FactorSearch search, PackIndex index)
        {
            _pack = index.Pack;
            _versions = (FactorVersion[])index.Versions;
            _year = search.Year;
            _packCounts = new int[Names.Length];
            _failed = Bit("publisher", search.Publisher is not null && search.Publisher != _pack.Publisher) | Bit("pack", search.Pack is not null && search.Pack != _pack.Code)
                | Bit("licence", search.Licence is not null && search.Licence != _pack.Licence) | Bit("share_alike", search.ShareAlike is { } asked && asked != _pack.ShareAlike);
            var facets = index.Facets;
            _columns =
            [
                Column(facets.Region, search.Region, "region"), Column(facets.Activity, search.Activity, "activity"), Column(facets.Unit, search.Unit, "unit"),
                Column(facets.Mark, search.Mark, "mark"), Column(facets.Year, null, "year"),
            ];
            _asked = [.. _columns.Where(c => c.Number is not null).Select(c => (c.Column.Of, c.Number!.Value, c.Bit))];
        }

        /// <summary>A bit for every filter that the version does not pass.</summary>
        public int Failed(int document)
        {
            var failed = _failed;
            foreach (var (of, number, bit) in _asked)
            {
                failed |= of[document] != number ? bit : 0;
            }

            return failed | (_year is { } year && !Applies(_versions[document], year) ? Bit("year", true) : 0);
        }

        /// <summary>A version that passes counts in every facet, one that a single filter keeps out in the facet of that filter.</summary>
        public void Count(int document, int failed)
        {
            for (var at = 0; at < Names.Length; at++)
            {
                _packCounts[at] += failed == 0 || failed == 1 << at ? 1 : 0;
            }

            foreach (var (column, _, bit, counts) in _columns)
            {
                counts[column.Of[document]] += failed == 0 || failed == bit ? 1 : 0;
            }
        }

        public void AddTo(Dictionary<string, int>[] facets)
        {
            foreach (var (name, value) in ((string, string)[])[("publisher", _pack.Publisher), ("pack", _pack.Code), ("licence", _pack.Licence), ("share_alike", _pack.ShareAlike ? "1" : "0")])
            {
                var at = Array.IndexOf(Names, name);
                Add(facets[at], value, _packCounts[at]);
            }

            foreach (var (column, _, bit, counts) in _columns)
            {
                for (var number = 0; number < counts.Length; number++)
                {
                    Add(facets[System.Numerics.BitOperations.TrailingZeroCount(bit)], column.Values[number], counts[number]);
                }
            }
        }

        private static void Add(Dictionary<string, int> facet, string value, int count)
        {
            if (count > 0 && value.Length > 0)
            {
                facet[value] = facet.GetValueOrDefault(value) + count;
            }
        }

        private static (FacetColumn, int?, int, int[]) Column(FacetColumn column, string? asked, string name) =>
            (column, column.Number(asked), Bit(name, true), new int[column.Values.Count]);

        private static int Bit(string name, bool set) => set ? 1 << Array.IndexOf(Names, name) : 0;

        private static bool Applies(FactorVersion version, int year) =>
            version.ValidFrom.Year <= year && (version.ValidTo is not { } to || to > new DateOnly(Math.Clamp(year, 1, 9999), 1, 1));
    }
}
