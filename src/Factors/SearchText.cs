using System.Text;

namespace Tanlu.Factors;

/// <summary>How texts are cut for searching: words of letters and digits, and pairs of neighbouring characters of Chinese.</summary>
internal static class SearchText
{
    /// <summary>Lower case, full-width forms to ASCII, runs of blanks to one, none at the ends.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var written in text)
        {
            var c = written is >= '\uFF01' and <= '\uFF5E' ? (char)(written - 0xFEE0) : written;
            if (char.IsWhiteSpace(c))
            {
                if (folded.Length > 0 && folded[^1] != ' ')
                {
                    folded.Append(' ');
                }
            }
            else
            {
                folded.Append(char.ToLowerInvariant(Plain(c)));
            }
        }

        return folded.Length > 0 && folded[^1] == ' ' ? folded.ToString(0, folded.Length - 1) : folded.ToString();
    }

    /// <summary>
    /// What a text is found by. A run of Chinese gives its pairs and its last character, so that a single character finds it by the beginning of a pair; a word
    /// joined to the next by a hyphen or point (R-410A) gives the two together as well.
    /// </summary>
    public static IEnumerable<string> OfDocument(string folded)
    {
        var before = (Text: "", End: -2);
        foreach (var (start, end, han) in Runs(folded))
        {
            if (han)
            {
                for (var at = start; at + 1 < end; at++)
                {
                    yield return folded.Substring(at, 2);
                }

                yield return folded[(end - 1)..end];
                continue;
            }

            var word = folded[start..end];
            yield return word;
            if (before.End == start - 1 && folded[start - 1] is '-' or '.' && before.Text.Length + word.Length <= 12)
            {
                yield return before.Text + word;
            }

            before = (word, end);
        }
    }

    /// <summary>What has to be there for a part of a query: its words, the pairs of its Chinese, a lone character as it is.</summary>
    public static IEnumerable<string> OfQuery(string folded)
    {
        foreach (var (start, end, han) in Runs(folded))
        {
            if (!han || end - start == 1)
            {
                yield return folded[start..end];
                continue;
            }

            for (var at = start; at + 1 < end; at++)
            {
                yield return folded.Substring(at, 2);
            }
        }
    }

    /// <summary>Number of words, two characters of Chinese being one: how much there is to a name beside what was asked for.</summary>
    public static int Length(string folded) => Runs(folded).Sum(r => r.Han ? (r.End - r.Start + 1) / 2 : 1);

    public static IEnumerable<(int Start, int End, bool Han)> Runs(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            if (IsHan(text[at]))
            {
                while (at < text.Length && IsHan(text[at]))
                {
                    at++;
                }

                yield return (start, at, true);
            }
            else if (char.IsLetterOrDigit(text[at]))
            {
                while (at < text.Length && char.IsLetterOrDigit(text[at]) && !IsHan(text[at]))
                {
                    at++;
                }

                yield return (start, at, false);
            }
            else
            {
                at++;
            }
        }
    }

    public static bool IsHan(char c) => c is (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF');

    /// <summary>Letters that publishers write with and without their mark.</summary>
    private static char Plain(char c) => c switch
    {
        '₂' => '2',
        '₄' => '4',
        '₃' => '3',
        '₆' => '6',
        'é' or 'è' or 'ê' or 'É' or 'È' => 'e',
        'à' or 'â' or 'À' => 'a',
        'ç' or 'Ç' => 'c',
        'ô' or 'ö' or 'Ö' => 'o',
        'ü' or 'û' or 'Ü' => 'u',
        'î' or 'ï' => 'i',
        _ => c,
    };
}
