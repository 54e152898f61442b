using System.Text.RegularExpressions;

namespace Tanlu.Exchange;

/// <summary>What the names of products in SimaPro libraries say: the place in braces or behind a slash, and U or S for unit and system processes.</summary>
internal static partial class SimaProNames
{
    public static string Location(string name) =>
        Braces().Match(name) is { Success: true } braces ? braces.Groups[1].Value : Slash().Match(name) is { Success: true } slash ? slash.Groups[1].Value : "";

    public static bool IsSystem(string name) => name.EndsWith(", S", StringComparison.Ordinal) || SystemSlash().IsMatch(name);

    /// <summary>Pedigree scores stand at the beginning of an exchange's comment.</summary>
    public static string Pedigree(string comment) => Scores().Match(comment) is { Success: true } scores ? scores.Value : "";

    [GeneratedRegex(@"\{([A-Za-z][A-Za-z0-9 ,+\-]{0,40})\}", RegexOptions.NonBacktracking)]
    private static partial Regex Braces();

    [GeneratedRegex(@"/([A-Z]{2,3}(?:-[A-Z]{2,4})?)(?: [US])?$", RegexOptions.NonBacktracking)]
    private static partial Regex Slash();

    [GeneratedRegex(@"/[A-Z]{2,3}(?:-[A-Z]{2,4})? S$", RegexOptions.NonBacktracking)]
    private static partial Regex SystemSlash();

    [GeneratedRegex(@"^\((?:[1-5]|na)(?:[,;](?:[1-5]|na)){4,6}\)", RegexOptions.NonBacktracking)]
    private static partial Regex Scores();
}
