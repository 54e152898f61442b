using System.Collections.Frozen;
using System.Reflection;

namespace Tanlu.Kernel;

/// <summary>The two languages in which every page, message and report exists.</summary>
public enum Language
{
    English,
    Chinese,
}

/// <summary>
/// All texts a person reads, as data rows (<c>data/i18n/*.csv</c>: key, en, zh). A missing text is a bug that a test finds, so
/// an unknown key shows itself in brackets instead of hiding behind the other language.
/// </summary>
public static class Texts
{
    private static readonly FrozenDictionary<string, (string En, string Zh)> Rows = Load();

    public static IEnumerable<string> Keys => Rows.Keys;

    public static bool Has(string key) => Rows.ContainsKey(key);

    public static string Get(Language language, string key) =>
        Rows.TryGetValue(key, out var row) ? (language == Language.Chinese ? row.Zh : row.En) : $"[{key}]";

    /// <summary>The text with its holes filled: <c>{found}</c> and <c>{0}</c>, <c>{1}</c> … of <paramref name="args"/>.</summary>
    public static string Fill(Language language, string key, string? found, IReadOnlyList<string> args)
    {
        var text = Get(language, key).Replace("{found}", found ?? "", StringComparison.Ordinal);
        for (var i = 0; i < args.Count; i++)
        {
            text = text.Replace("{" + i + "}", args[i], StringComparison.Ordinal);
        }

        return text;
    }

    public static string Fill(Language language, string key, params IReadOnlyList<string> args) => Fill(language, key, null, args);

    /// <summary>The language a tag such as <c>zh-CN</c> or <c>zh_CN.UTF-8</c> asks for; English where it names neither.</summary>
    public static Language LanguageOf(string? tag) =>
        tag is not null && tag.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Language.Chinese : Language.English;

    public static string Tag(Language language) => language == Language.Chinese ? "zh-CN" : "en";

    private static FrozenDictionary<string, (string En, string Zh)> Load()
    {
        var rows = new Dictionary<string, (string En, string Zh)>(StringComparer.Ordinal);
        foreach (var name in DataRows.Names("i18n/"))
        {
            foreach (var row in DataRows.Read(name))
            {
                if (!rows.TryAdd(row["key"], (row["en"], row["zh"])))
                {
                    throw new InvalidDataException($"{name}: the key {row["key"]} stands twice.");
                }
            }
        }

        return rows.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
