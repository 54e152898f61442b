using System.Collections.Frozen;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>Words of the trade in both languages (<c>data/lca/terms.csv</c>), so that 电力 finds electricity in a database that knows no Chinese, and the other way round.</summary>
internal static class SearchTerms
{
    private static readonly FrozenDictionary<string, string[]> Other = Load();

    /// <summary>The word and what it is called in the other language.</summary>
    public static IReadOnlyList<string> Forms(string word) => Other.TryGetValue(word, out var others) ? [word, .. others] : [word];

    private static FrozenDictionary<string, string[]> Load()
    {
        var pairs = DataRows.Read("lca/terms.csv").SelectMany(
            row => from en in row["en"].Split('|') from zh in row["zh"].Split('|') from pair in ((string, string)[])[(en, zh), (zh, en)] select pair);
        return pairs.GroupBy(p => SearchWord.Plain(p.Item1), p => SearchWord.Plain(p.Item2)).ToFrozenDictionary(g => g.Key, g => g.Distinct().ToArray(), StringComparer.Ordinal);
    }
}
