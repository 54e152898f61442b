using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>One part of a query: any of the alternatives fulfils it, each by all of its words.</summary>
/// <param name="Whole">Words as they stand, and what stands for them.</param>
/// <param name="Begun">The part's own words, of which beginnings are enough.</param>
internal sealed record SearchPart(string Text, IReadOnlyList<IReadOnlyList<string>> Whole, IReadOnlyList<string> Begun);

/// <summary>A query as it is understood: its parts, and the place, year, role and activity that it names.</summary>
/// <param name="Activities">The activities that the query names.</param>
/// <param name="Means">The same where it names nothing else beside place, year and role; empty where it says more.</param>
internal sealed record SearchQuery(
    string Folded, IReadOnlyList<SearchPart> Parts, IReadOnlySet<string> Activities, IReadOnlySet<string> Means, string? Region, int? Year, FactorRole? Role, bool Chinese)
{
    private const int MostTranslated = 4;

    // Marks that no text holds: a document carries what it is for beside its words.
    public static string Activity(string code) => "\u0001" + code;

    public static string Place(string code) => "\u0002" + code;

    public static string RoleOf(FactorRole role) => "\u0003" + (int)role;

    public static SearchQuery Of(string text)
    {
        var original = Collapse(text);
        var folded = SearchText.Fold(original);
        var parts = new List<SearchPart>();
        var fillers = new List<SearchPart>();
        var activities = new HashSet<string>(StringComparer.Ordinal);
        var otherWords = false;
        var named = 0;
        string? region = null;
        int? year = null;
        FactorRole? role = null;
        for (var at = 0; at < folded.Length;)
        {
            if (!char.IsLetterOrDigit(folded[at]))
            {
                at++;
                continue;
            }

            if (YearAt(folded, at) is { } number)
            {
                year = number;
                at += 4;
                at += at < folded.Length && folded[at] == '年' ? 1 : 0;
                at += at < folded.Length && folded[at] == '度' && folded[at - 1] == '年' ? 1 : 0;
                continue;
            }

            if (SearchLexicon.At(folded, original, at) is var (end, meaning))
            {
                var part = Part(folded[at..end], meaning);
                at = end;
                if (meaning.Filler)
                {
                    fillers.Add(part);
                    continue;
                }

                parts.Add(part);
                role ??= meaning.Role;
                if (meaning.Activities.Count > 0)
                {
                    named++;
                    activities.UnionWith(meaning.Activities);
                }
                else if (meaning.Regions.Count > 0)
                {
                    region = meaning.Regions.MinBy(r => r.Length);
                }
                else
                {
                    otherWords |= meaning.Role is null;
                }

                continue;
            }

            var stop = EndOf(folded, original, at);
            parts.Add(Part(folded[at..stop], null));
            otherWords = true;
            at = stop;
        }

        if (parts.Count == 0)
        {
            parts = fillers;
            if (parts.Count == 0 && year is { } only)
            {
                // A year and nothing else is a word like any other.
                parts.Add(Part(only.ToString(CultureInfo.InvariantCulture), null));
                year = null;
            }
        }

        return new SearchQuery(
            folded, parts, activities, named == 1 && !otherWords ? activities : new HashSet<string>(), region, year, role, folded.Any(SearchText.IsHan));
    }

    /// <summary>The same query with some words written otherwise.</summary>
    public SearchQuery With(Func<string, string> spelling) => Of(string.Join(' ', Parts.Select(p => string.Join(' ', p.Begun.Count > 0 ? p.Begun.Select(spelling) : [p.Text]))));

    private static SearchPart Part(string text, SearchLexicon.Meaning? meaning)
    {
        List<string> own = [.. SearchText.OfQuery(text).Distinct(StringComparer.Ordinal)];
        var whole = new List<IReadOnlyList<string>> { own };
        if (own is [var word] && Plural(word) is { } other)
        {
            whole.AddRange(other.Select(o => (IReadOnlyList<string>)[o]));
        }

        if (meaning is not null)
        {
            whole.AddRange(meaning.Activities.Select(a => (IReadOnlyList<string>)[Activity(a)]));

            // Many publishers give one language only: an activity is also asked for by its name in the other.
            whole.AddRange(meaning.Activities.Take(MostTranslated).Select(ActivityTypes.Find).OfType<ActivityType>().SelectMany(t => new[] { t.En, t.Zh })
                .Select(n => (IReadOnlyList<string>)[.. SearchText.OfQuery(SearchText.Fold(n))]).Where(w => w.Count > 0));
            whole.AddRange(meaning.Regions.Select(r => (IReadOnlyList<string>)[Place(r)]));
            whole.AddRange(meaning.Words.Select(w => (IReadOnlyList<string>)[.. SearchText.OfQuery(w)]));
            if (meaning.Role is { } role)
            {
                whole.Add([RoleOf(role)]);
            }
        }

        // Pairs of Chinese are whole or not there; a lone character and a word may be beginnings.
        return new SearchPart(text, whole, own.TrueForAll(w => w.Length == 2 && SearchText.IsHan(w[0])) ? [] : own);
    }

    /// <summary>One and many of an English noun: what stands in the table may be either.</summary>
    private static string[]? Plural(string word) =>
        word.Length < 4 || !word.All(char.IsAsciiLetter) ? null
        : word.EndsWith("ies", StringComparison.Ordinal) ? [word[..^3] + "y"]
        : word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word.EndsWith("es", StringComparison.Ordinal) ? [word[..^1], word[..^2]] : [word[..^1]]
        : word.EndsWith('y') ? [word[..^1] + "ies"]
        : [word + "s", word + "es"];

    private static int? YearAt(string text, int at) =>
        at + 4 <= text.Length && (at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1])) && (at + 4 == text.Length || !char.IsAsciiLetterOrDigit(text[at + 4]))
        && int.TryParse(text.AsSpan(at, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is >= 1990 and <= 2060
            ? year
            : null;

    /// <summary>A word ends where its letters do; a run of Chinese also where a known phrase begins in it.</summary>
    private static int EndOf(string folded, string original, int start)
    {
        var han = SearchText.IsHan(folded[start]);
        var end = start + 1;
        while (end < folded.Length && char.IsLetterOrDigit(folded[end]) && SearchText.IsHan(folded[end]) == han && (!han || SearchLexicon.At(folded, original, end) is null))
        {
            end++;
        }

        return end;
    }

    /// <summary>Blanks as folding leaves them, letters as they were, so that places in the two texts agree.</summary>
    private static string Collapse(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
