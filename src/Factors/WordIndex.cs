using System.Collections.Frozen;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// What the versions of one pack are found by: words, pairs of Chinese characters (柴油 is two characters, which no trigram index finds), and marks for what each is
/// for. In memory and built once per edition, for all tenants and both database engines.
/// </summary>
internal sealed class WordIndex
{
    private readonly int _count;
    private readonly Dictionary<string, int[]> _documents;
    private readonly string[] _words;
    private readonly FrozenSet<string> _pack;

    public WordIndex(FactorPack pack, IReadOnlyList<FactorVersion> versions)
    {
        _count = versions.Count;
        _pack = new[] { pack.Code, pack.NameEn, pack.NameZh, pack.Publisher }.SelectMany(t => SearchText.OfDocument(SearchText.Fold(t))).ToFrozenSet(StringComparer.Ordinal);
        var postings = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var cut = new Dictionary<string, string[]>(StringComparer.Ordinal);
        for (var document = 0; document < _count; document++)
        {
            var version = versions[document];
            foreach (var text in Texts(version))
            {
                // Names, places and activities come again and again: each text is cut once.
                if (!cut.TryGetValue(text, out var words))
                {
                    cut.Add(text, words = [.. SearchText.OfDocument(SearchText.Fold(text))]);
                }

                foreach (var word in words)
                {
                    Add(word, document);
                }
            }

            foreach (var mark in Marks(version))
            {
                Add(mark, document);
            }
        }

        _documents = postings.ToDictionary(p => SharedText.Of(p.Key), p => p.Value.ToArray(), StringComparer.Ordinal);
        _words = [.. _documents.Keys.Where(k => k[0] > '\u0003').Order(StringComparer.Ordinal)];

        void Add(string word, int document)
        {
            if (!postings.TryGetValue(word, out var list))
            {
                postings.Add(word, list = []);
            }

            // Documents come in order, so the last entry tells whether the document is in already.
            if (list.Count == 0 || list[^1] != document)
            {
                list.Add(document);
            }
        }
    }

    /// <summary>Every word that begins with a letter of an alphabet, in order.</summary>
    public IEnumerable<string> Words => _words.Where(w => !SearchText.IsHan(w[0]));

    /// <summary>Entries over all words.</summary>
    public int Postings => _documents.Values.Sum(d => d.Length);

    public int[] Of(string word) => _documents.GetValueOrDefault(word) ?? [];

    /// <summary>Adds the versions that fulfil a part as it stands.</summary>
    public void Whole(SearchPart part, ulong[] bits)
    {
        ulong[]? all = null;
        foreach (var alternative in part.Whole)
        {
            if (alternative is [var only])
            {
                SetAll(bits, Of(only));
                continue;
            }

            // Every word of the alternative: what the rarest does not have, none has.
            if (alternative.Count == 0 || alternative.Any(w => !_documents.ContainsKey(w)))
            {
                continue;
            }

            all ??= new ulong[bits.Length];
            Array.Fill(all, ulong.MaxValue);
            var any = new ulong[bits.Length];
            foreach (var word in alternative)
            {
                Array.Clear(any);
                SetAll(any, Of(word));
                for (var at = 0; at < any.Length; at++)
                {
                    all[at] &= any[at];
                }
            }

            for (var at = 0; at < bits.Length; at++)
            {
                bits[at] |= all[at];
            }
        }
    }

    /// <summary>Adds the versions that hold words which begin as the part's own do, and all of them where the pack's name has the words.</summary>
    public void Begun(SearchPart part, ulong[] bits)
    {
        if (part.Whole[0].All(_pack.Contains))
        {
            Array.Fill(bits, ulong.MaxValue);
            return;
        }

        if (part.Begun.Count == 0)
        {
            return;
        }

        var all = new ulong[bits.Length];
        Array.Fill(all, ulong.MaxValue);
        var any = new ulong[bits.Length];
        foreach (var word in part.Begun)
        {
            Array.Clear(any);
            var at = Array.BinarySearch(_words, word, StringComparer.Ordinal);
            for (at = at < 0 ? ~at : at; at < _words.Length && _words[at].StartsWith(word, StringComparison.Ordinal); at++)
            {
                SetAll(any, _documents[_words[at]]);
            }

            for (var place = 0; place < any.Length; place++)
            {
                all[place] &= any[place];
            }
        }

        for (var place = 0; place < bits.Length; place++)
        {
            bits[place] |= all[place];
        }
    }

    private static void SetAll(ulong[] bits, int[] documents)
    {
        foreach (var document in documents)
        {
            bits[document >> 6] |= 1UL << (document & 63);
        }
    }

    private static IEnumerable<string> Texts(FactorVersion version)
    {
        yield return version.NameEn;
        yield return version.NameZh;
        yield return version.Series;
        yield return version.Version;
        yield return version.Technology;
        if (Regions.Find(version.Geography) is { } region)
        {
            yield return region.Code;
            yield return region.En;
            yield return region.Zh;
        }

        yield return version.Activity;
        if (version.Activity.Length > 0 && ActivityTypes.Find(version.Activity) is { } type)
        {
            yield return type.En;
            yield return type.Zh;
            foreach (var alias in type.Aliases)
            {
                yield return alias;
            }
        }
    }

    /// <summary>What a version is for: its activity, its role, its place and the places around it but the world.</summary>
    private static IEnumerable<string> Marks(FactorVersion version)
    {
        yield return SearchQuery.RoleOf(version.Role);
        if (version.Activity.Length > 0)
        {
            yield return SearchQuery.Activity(version.Activity);
        }

        if (Regions.Find(version.Geography) is { } region)
        {
            foreach (var place in Regions.Outwards(region).Where(p => p != Regions.World || p == region))
            {
                yield return SearchQuery.Place(place.Code);
            }
        }
    }
}
