using System.Collections.Frozen;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// Phrases of the field that mean something beside their letters: names of activities and places, and the rows of <c>data/search/words.csv</c> (市电 is purchased electricity,
/// 排放因子 says nothing in a library of factors).
/// </summary>
internal static class SearchLexicon
{
    private static readonly FrozenDictionary<string, Meaning> Phrases = Build();
    private static readonly FrozenDictionary<string, Meaning>.AlternateLookup<ReadOnlySpan<char>> BySpan = Phrases.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly int Longest = Phrases.Keys.Max(k => k.Length);

    /// <summary>What a phrase means; a phrase may be the name of several things.</summary>
    /// <param name="Words">Other words for the same, each folded.</param>
    /// <param name="Filler">It narrows nothing.</param>
    public sealed record Meaning(IReadOnlyList<string> Activities, IReadOnlyList<string> Regions, FactorRole? Role, IReadOnlyList<string> Words, bool Filler);

    /// <summary>The longest known phrase that starts at a place of the folded text; a word of letters is known only whole.</summary>
    /// <param name="original">The text before folding to lower case, of the same length: short codes count only in capitals.</param>
    public static (int End, Meaning Meaning)? At(string folded, string original, int start)
    {
        for (var end = Math.Min(folded.Length, start + Longest); end > start; end--)
        {
            if (!Ends(folded, start, end) || !BySpan.TryGetValue(folded.AsSpan(start, end - start), out var meaning))
            {
                continue;
            }

            // “in” and “at” are words before they are countries.
            if (meaning.Regions.Count > 0 && meaning.Activities.Count == 0 && end - start <= 3 && char.IsAsciiLetter(folded[start]) && !Capitals(original, start, end))
            {
                continue;
            }

            return (end, meaning);
        }

        return null;
    }

    private static bool Capitals(string original, int start, int end) =>
        original.Length >= end && !original.AsSpan(start, end - start).ContainsAnyInRange('a', 'z');

    private static bool Ends(string text, int start, int end)
    {
        var inside = (char c) => char.IsLetterOrDigit(c) && !SearchText.IsHan(c);
        if ((inside(text[start]) && start > 0 && inside(text[start - 1])) || (inside(text[end - 1]) && end < text.Length && inside(text[end])))
        {
            return false;
        }

        // One character alone is a word only where nothing stands beside it.
        return end - start > 1 || !SearchText.IsHan(text[start]) || ((start == 0 || !SearchText.IsHan(text[start - 1])) && (end == text.Length || !SearchText.IsHan(text[end])));
    }

    private static FrozenDictionary<string, Meaning> Build()
    {
        var all = new Dictionary<string, Draft>(StringComparer.Ordinal);
        foreach (var type in ActivityTypes.All)
        {
            foreach (var name in type.Aliases.Append(type.En).Append(type.Zh).Append(type.Code))
            {
                Of(name).Activities.Add(type.Code);
            }
        }

        foreach (var region in Regions.All)
        {
            foreach (var name in region.Spellings)
            {
                Of(name).Regions.Add(region.Code);
            }
        }

        foreach (var row in DataRows.Read("search/words.csv"))
        {
            var draft = Of(row["phrase"]);
            foreach (var means in row["means"].Split('|', StringSplitOptions.RemoveEmptyEntries))
            {
                var (kind, value) = means.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? (means[..colon], means[(colon + 1)..]) : ("words", means);
                switch (kind)
                {
                    case "activity": draft.Activities.Add(ActivityTypes.Get(value).Code); break;
                    case "region": draft.Regions.Add(Regions.Get(value).Code); break;
                    case "role": draft.Role = PackFile.RoleOf(value) ?? throw new InvalidDataException($"search/words.csv row {row.Line}: no role {value}"); break;
                    default: draft.Words.Add(SearchText.Fold(value)); break;
                }
            }

            draft.Filler = row["means"].Length == 0;
        }

        return all.ToFrozenDictionary(
            a => a.Key, a => new Meaning([.. a.Value.Activities.Distinct()], [.. a.Value.Regions.Distinct()], a.Value.Role, a.Value.Words, a.Value.Filler), StringComparer.Ordinal);

        Draft Of(string phrase) => all.TryGetValue(SearchText.Fold(phrase), out var known) ? known : all[SearchText.Fold(phrase)] = new Draft();
    }

    private sealed class Draft
    {
        public List<string> Activities { get; } = [];

        public List<string> Regions { get; } = [];

        public List<string> Words { get; } = [];

        public FactorRole? Role { get; set; }

        public bool Filler { get; set; }
    }
}
