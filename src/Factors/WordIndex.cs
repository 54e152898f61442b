using System.Numerics;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// An in-memory index over the texts of versions: pairs of neighbouring characters for Chinese (柴油 is two characters, which no trigram
/// index finds), words for everything else, matched from their beginning. One index serves both database engines.
/// </summary>
internal sealed class WordIndex
{
    private readonly int _count;
    private readonly Dictionary<string, int[]> _documents;
    private readonly string[] _words;
    private readonly (string Name, int Document)[] _names;

    public WordIndex(IReadOnlyList<FactorVersion> versions)
    {
        _count = versions.Count;
        var postings = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var names = new List<(string Name, int Document)>(versions.Count * 4);
        for (var document = 0; document < versions.Count; document++)
        {
            var version = versions[document];
            foreach (var name in new[] { version.NameEn, version.NameZh, version.Activity, version.Series, version.Id })
            {
                if (name.Length > 0)
                {
                    names.Add((Fold(name), document));
                }
            }

            foreach (var text in Texts(version))
            {
                foreach (var token in Tokens(Fold(text), whole: false))
                {
                    if (!postings.TryGetValue(token, out var list))
                    {
                        postings.Add(token, list = []);
                    }

                    // Documents come in order, so the last entry tells whether the document is in already.
                    if (list.Count == 0 || list[^1] != document)
                    {
                        list.Add(document);
                    }
                }
            }
        }

        _documents = postings.ToDictionary(p => p.Key, p => p.Value.ToArray(), StringComparer.Ordinal);
        _words = [.. _documents.Keys.Order(StringComparer.Ordinal)];
        _names = [.. names.Distinct().OrderBy(n => n.Name, StringComparer.Ordinal).ThenBy(n => n.Document)];
    }

    /// <summary>Documents that fit, best rank first, each once: whole name, beginning of a name, every word whole, every word begun.</summary>
    public IEnumerable<(int Document, int Rank)> Find(string text)
    {
        var folded = Fold(text);
        var tokens = Tokens(folded, whole: true).Distinct(StringComparer.Ordinal).ToArray();
        if (tokens.Length == 0)
        {
            yield break;
        }

        var seen = new ulong[(_count + 63) / 64];
        var exact = new ulong[seen.Length];
        var begun = new ulong[seen.Length];
        for (var at = FirstAtLeast(folded); at < _names.Length && _names[at].Name.StartsWith(folded, StringComparison.Ordinal); at++)
        {
            Set(_names[at].Name.Length == folded.Length ? exact : begun, _names[at].Document);
        }

        var whole = Every(tokens, prefix: false);
        var prefix = Every(tokens, prefix: true);
        var rank = 0;
        foreach (var bits in new[] { exact, begun, whole, prefix })
        {
            for (var word = 0; word < bits.Length; word++)
            {
                var fresh = bits[word] & ~seen[word];
                seen[word] |= fresh;
                for (; fresh != 0; fresh &= fresh - 1)
                {
                    yield return ((word * 64) + BitOperations.TrailingZeroCount(fresh), rank);
                }
            }

            rank++;
        }
    }

    private ulong[] Every(string[] tokens, bool prefix)
    {
        var result = new ulong[(_count + 63) / 64];
        Array.Fill(result, ulong.MaxValue);
        var any = new ulong[result.Length];
        foreach (var token in tokens)
        {
            Array.Clear(any);
            if (prefix)
            {
                var at = Array.BinarySearch(_words, token, StringComparer.Ordinal);
                for (at = at < 0 ? ~at : at; at < _words.Length && _words[at].StartsWith(token, StringComparison.Ordinal); at++)
                {
                    SetAll(any, _documents[_words[at]]);
                }
            }
            else if (_documents.TryGetValue(token, out var documents))
            {
                SetAll(any, documents);
            }

            for (var word = 0; word < result.Length; word++)
            {
                result[word] &= any[word];
            }
        }

        return result;
    }

    private int FirstAtLeast(string name)
    {
        var low = 0;
        var high = _names.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(_names[middle].Name, name) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static void SetAll(ulong[] bits, int[] documents)
    {
        foreach (var document in documents)
        {
            Set(bits, document);
        }
    }

    private static void Set(ulong[] bits, int document) => bits[document >> 6] |= 1UL << (document & 63);

    private static IEnumerable<string> Texts(FactorVersion version)
    {
        yield return version.NameEn;
        yield return version.NameZh;
        yield return version.Series;
        yield return version.Version;
        yield return version.Technology;
        yield return version.Pack.Code;
        yield return version.Pack.NameEn;
        yield return version.Pack.NameZh;
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

    /// <summary>Lower case, full-width forms to ASCII, blanks at the ends removed.</summary>
    private static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text.AsSpan().Trim())
        {
            folded.Append(char.ToLowerInvariant(c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : c));
        }

        return folded.ToString();
    }

    /// <summary>
    /// Words of letters and digits; runs of Chinese as pairs. A query's run of one character stays one (it finds pairs by their beginning);
    /// a document's run also gives its last character, so that a single character finds it wherever it stands.
    /// </summary>
    private static IEnumerable<string> Tokens(string text, bool whole)
    {
        for (var at = 0; at < text.Length;)
        {
            if (IsHan(text[at]))
            {
                var start = at;
                while (at < text.Length && IsHan(text[at]))
                {
                    at++;
                }

                for (var i = start; i + 1 < at; i++)
                {
                    yield return text.Substring(i, 2);
                }

                if (!whole || at - start == 1)
                {
                    yield return text[(at - 1)..at];
                }
            }
            else if (char.IsLetterOrDigit(text[at]))
            {
                var start = at;
                while (at < text.Length && char.IsLetterOrDigit(text[at]) && !IsHan(text[at]))
                {
                    at++;
                }

                yield return text[start..at];
            }
            else
            {
                at++;
            }
        }
    }

    private static bool IsHan(char c) => c is (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF');
}
