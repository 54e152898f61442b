using System.Text.Json;
using System.Text.RegularExpressions;
using Tanlu.Kernel;

namespace Tanlu.Organisation;

/// <summary>A row of the log as a sentence: the text <c>audit.say.{verb}</c> with the row's details in its holes, or the verb's name where it has no sentence.</summary>
public static partial class AuditSentence
{
    /// <param name="place">Name of the node with this id, or null where the reader does not see it.</param>
    public static string Of(AuditEntry entry, Language language, Func<long, string?> place)
    {
        var details = Details(entry);
        var say = "audit.say." + entry.Verb;
        return Texts.Has(say)
            ? Hole().Replace(Texts.Get(language, say), hole => Word(hole.Groups[1].Value, details, language, place))
            : Texts.Has("audit." + entry.Verb) ? Texts.Get(language, "audit." + entry.Verb) : entry.Verb;
    }

    /// <summary>The details in their order; those that hold nothing are left out.</summary>
    public static IReadOnlyDictionary<string, string> Details(AuditEntry entry)
    {
        using var json = JsonDocument.Parse(entry.Detail);
        return new OrderedDictionary<string, string>(
            json.RootElement.EnumerateObject().Where(p => p.Value.GetString() is { Length: > 0 }).Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!)));
    }

    private static string Word(string name, IReadOnlyDictionary<string, string> details, Language language, Func<long, string?> place)
    {
        // What has a name in each language is written down in both.
        var (own, other) = language == Language.Chinese ? ("_zh", "_en") : ("_en", "_zh");
        if (!details.TryGetValue(name, out var value) && !details.TryGetValue(name + own, out value) && !details.TryGetValue(name + other, out value))
        {
            return "–";
        }

        if (name is "role" or "method")
        {
            return Texts.Has($"{name}.{value}") ? Texts.Get(language, $"{name}.{value}") : value;
        }

        if (Path().IsMatch(value))
        {
            var node = Node.IdOf(value);
            return node == 0 ? Texts.Get(language, "audit.everything") : place(node) ?? value;
        }

        return value;
    }

    [GeneratedRegex(@"\{([a-z_]+)\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"^/([0-9]+/)*$")]
    private static partial Regex Path();
}
