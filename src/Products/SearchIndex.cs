using System.Text;

namespace Tanlu.Products;

/// <summary>What a search index keeps of a row.</summary>
/// <param name="Name">Decides the order among equals, and whether a row fits well.</param>
/// <param name="Text">Everything else that words are looked for in.</param>
internal readonly record struct SearchEntry<T>(T Row, long Id, string Name, string Place, string Text);

/// <summary>
/// Rows of one library in one of its revisions, held for search: by name, each with the text in which words are looked for. Every word is looked for in every text, which takes some
/// milliseconds for 20 000 rows and finds two Chinese characters as well as an English stem.
/// </summary>
internal sealed class SearchIndex<T>
{
    private const int Ranks = 4;

    private readonly SearchEntry<T>[] _entries;
    private readonly string[] _names;
    private readonly string[] _texts;

    public SearchIndex(IEnumerable<SearchEntry<T>> entries)
    {
        _entries = [.. entries];
        Array.Sort(_entries, ByName);
        _names = Array.ConvertAll(_entries, e => SearchWord.Plain(e.Name));
        _texts = Array.ConvertAll(_entries, e => SearchWord.Plain($"{e.Name}\n{e.Place}\n{e.Text}"));
    }

    /// <summary>Rows of all the indexes that have every word, best first: names that begin with the text, names with words that begin so, names that have the words, anything else that has them.</summary>
    /// <returns>The rows, merged as far as they are asked for, and how many there are.</returns>
    public static (IEnumerable<T> Ordered, int Total) Find(IReadOnlyList<SearchIndex<T>> indexes, string text, Func<T, bool> admits)
    {
        var words = SearchWord.Of(text);
        var whole = SearchWord.Plain(text.Trim());
        var found = Enumerable.Range(0, Ranks).Select(_ => new List<List<SearchEntry<T>>>()).ToList();
        var total = 0;
        foreach (var index in indexes)
        {
            var ranked = found.ConvertAll(lists =>
            {
                lists.Add([]);
                return lists[^1];
            });
            index.Collect(words, whole, admits, ranked);
            total += ranked.Sum(r => r.Count);
        }

        return (found.SelectMany(Merged), total);
    }

    private void Collect(IReadOnlyList<SearchWord> words, string whole, Func<T, bool> admits, List<List<SearchEntry<T>>> ranked)
    {
        for (var at = 0; at < _texts.Length; at++)
        {
            if (admits(_entries[at].Row) && All(words, _texts[at]))
            {
                ranked[Rank(_names[at], words, whole)].Add(_entries[at]);
            }
        }
    }

    private static bool All(IReadOnlyList<SearchWord> words, string text)
    {
        for (var word = 0; word < words.Count; word++)
        {
            if (!words[word].In(text))
            {
                return false;
            }
        }

        return true;
    }

    private static int Rank(string name, IReadOnlyList<SearchWord> words, string whole) =>
        words.Count == 0 || name.StartsWith(whole, StringComparison.Ordinal) ? 0
        : words.All(w => w.Begins(name)) ? 1
        : All(words, name) ? 2
        : 3;

    /// <summary>Lists that are each in the order of the names as one such list; only what is asked for is merged.</summary>
    private static IEnumerable<T> Merged(List<List<SearchEntry<T>>> lists)
    {
        var next = new PriorityQueue<(int List, int At), SearchEntry<T>>(Comparer<SearchEntry<T>>.Create(ByName));
        for (var list = 0; list < lists.Count; list++)
        {
            if (lists[list].Count > 0)
            {
                next.Enqueue((list, 0), lists[list][0]);
            }
        }

        while (next.TryDequeue(out var place, out var entry))
        {
            yield return entry.Row;
            if (place.At + 1 < lists[place.List].Count)
            {
                next.Enqueue((place.List, place.At + 1), lists[place.List][place.At + 1]);
            }
        }
    }

    private static int ByName(SearchEntry<T> one, SearchEntry<T> other)
    {
        var name = string.CompareOrdinal(one.Name, other.Name);
        var place = name != 0 ? name : string.CompareOrdinal(one.Place, other.Place);
        return place != 0 ? place : one.Id.CompareTo(other.Id);
    }
}

/// <summary>A word of a search with what it is called in the other language.</summary>
internal sealed record SearchWord(IReadOnlyList<string> Forms)
{
    public static IReadOnlyList<SearchWord> Of(string text) =>
        [.. Plain(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct().Select(w => new SearchWord(SearchTerms.Forms(w)))];

    /// <summary>Lower case, full-width forms as their usual ones.</summary>
    public static string Plain(string text) => (Ascii.IsValid(text) ? text : text.Normalize(NormalizationForm.FormKC)).ToLowerInvariant();

    public bool In(string text)
    {
        foreach (var form in Forms)
        {
            if (text.Contains(form, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a word of the text begins with it.</summary>
    public bool Begins(string text)
    {
        foreach (var form in Forms)
        {
            for (var at = text.IndexOf(form, StringComparison.Ordinal); at >= 0; at = text.IndexOf(form, at + 1, StringComparison.Ordinal))
            {
                if (at == 0 || !char.IsLetterOrDigit(text[at - 1]) || form[0] > '\u2e80')
                {
                    return true;
                }
            }
        }

        return false;
    }
}
