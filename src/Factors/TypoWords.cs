namespace Tanlu.Factors;

/// <summary>The words of a library by length, to find the one that a mistyped word was meant to be.</summary>
internal sealed class TypoWords
{
    private const int ShortestCorrected = 4;
    private const int TwoErrorsFrom = 8;

    private readonly ILookup<int, string> _byLength;
    private readonly HashSet<string> _all;

    public TypoWords(IEnumerable<string> words)
    {
        _all = words.Where(w => w.Length >= ShortestCorrected).ToHashSet(StringComparer.Ordinal);
        _byLength = _all.Where(w => w.All(char.IsLetter)).ToLookup(w => w.Length);
    }

    /// <summary>The word itself where it is known, begins one, or is too short or a number; else the nearest by one error, or two in long words.</summary>
    public string Nearest(string word)
    {
        if (word.Length < ShortestCorrected || !word.All(char.IsLetter) || SearchText.IsHan(word[0]) || _all.Contains(word))
        {
            return word;
        }

        var most = word.Length >= TwoErrorsFrom ? 2 : 1;
        var best = word;
        var least = most + 1;
        for (var length = word.Length - most; length <= word.Length + most; length++)
        {
            foreach (var candidate in _byLength[length])
            {
                var errors = Errors(word, candidate, least);
                if (errors < least || (errors == least && errors <= most && Better(candidate, best, word)))
                {
                    (least, best) = (errors, candidate);
                }
            }
        }

        return best;
    }

    /// <summary>Of words with as many errors, the one that begins alike; people rarely mistype the first letter.</summary>
    private static bool Better(string candidate, string best, string word) =>
        (candidate[0] == word[0]) != (best[0] == word[0]) ? candidate[0] == word[0] : string.CompareOrdinal(candidate, best) < 0;

    /// <summary>Letters put in, left out, exchanged or swapped with the next; at least <paramref name="limit"/> + 1 where there are more than that.</summary>
    private static int Errors(string a, string b, int limit)
    {
        Span<int> before = stackalloc int[b.Length + 1];
        Span<int> last = stackalloc int[b.Length + 1];
        Span<int> now = stackalloc int[b.Length + 1];
        for (var at = 0; at <= b.Length; at++)
        {
            last[at] = at;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Math.Min(Math.Min(now[j - 1], last[j]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    cost = Math.Min(cost, before[j - 2] + 1);
                }

                now[j] = cost;
                least = Math.Min(least, cost);
            }

            if (least > limit)
            {
                return limit + 1;
            }

            var free = before;
            before = last;
            last = now;
            now = free;
        }

        return last[b.Length];
    }
}
