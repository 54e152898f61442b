using System.Text.RegularExpressions;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Architecture;

/// <summary>Every text that a person reads exists, in both languages, under the key that the code asks for.</summary>
public sealed partial class TextTests
{
    private static IEnumerable<(string File, DataRow Row)> Rows =>
        from file in DataRows.Names("i18n/")
        from row in DataRows.Read(file)
        select (file, row);

    [Fact]
    public void Every_row_has_both_languages()
    {
        Rule.Holds(
            Rows.Where(r => r.Row["en"].Length == 0 || r.Row["zh"].Length == 0).Select(r => $"{r.File}: {r.Row["key"]}"),
            "Write the missing text.");
    }

    [Fact]
    public void Chinese_is_Chinese_and_English_is_English()
    {
        // Names and units (CSV, kWh, tCO2e) may be the same in both; a sentence may not.
        Rule.Holds(
            Rows.Where(r => (!Han().IsMatch(r.Row["zh"]) && Word().IsMatch(Hole().Replace(r.Row["zh"], ""))) || SentenceInHan().IsMatch(r.Row["en"]))
                .Select(r => $"{r.File}: {r.Row["key"]}: {r.Row["en"]} | {r.Row["zh"]}"),
            "Translate it; a quoted example inside a sentence is fine.");
    }

    [Fact]
    public void Both_languages_have_the_same_holes()
    {
        Rule.Holds(
            Rows.Where(r => !Holes(r.Row["en"]).SetEquals(Holes(r.Row["zh"])))
                .Select(r => $"{r.File}: {r.Row["key"]}: {r.Row["en"]} | {r.Row["zh"]}"),
            "A value that one language shows must not be lost in the other.");
    }

    [Fact]
    public void Every_problem_says_what_would_be_right()
    {
        const string problem = "problem.";
        Rule.Holds(
            Texts.Keys.Where(k => k.StartsWith(problem, StringComparison.Ordinal) && !Texts.Has("expected." + k[problem.Length..])).Order(StringComparer.Ordinal),
            "Each problem.<code> needs its expected.<code>.");
    }

    [Fact]
    public void Every_key_that_the_code_names_exists()
    {
        var keys = Texts.Keys.ToList();
        Rule.Holds(
            from file in Repository.Files
            where file.StartsWith("src/", StringComparison.Ordinal) && (file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal))
            let code = Repository.Read(file)
            from match in NamedText().Matches(code).Concat(NamedProblem().Matches(code))
            let problem = match.Groups["code"].Success ? "problem." : ""
            let pattern = new Regex("^" + problem + Pattern(match) + "$")
            where !keys.Any(pattern.IsMatch)
            select $"{file}: {problem}{match.Groups["key"].Value}{match.Groups["code"].Value}",
            "Add the row to data/i18n, in both languages, or correct the key.");
    }

    // A key with a hole, or one that goes on with an expression, must have at least one row of its shape.
    private static string Pattern(Match match) =>
        string.Join(".+", Hole().Split(match.Groups["key"].Value + match.Groups["code"].Value).Select(Regex.Escape)) + (match.Groups["more"].Success ? ".+" : "");

    private static HashSet<string> Holes(string text) => [.. Hole().Matches(text).Select(m => m.Value)];

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}[，。；：]|[，。；：]\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex SentenceInHan();

    [GeneratedRegex(@"\b[a-z]{4,}\b.*\b[a-z]{4,}\b")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?:\bTexts\.(?:Get|Fill|Has)\(\s*(?:[\w.]+,\s*)?|\bT\(\s*)\$?""(?<key>[^""]+)""(?<more>\s*\+)?")]
    private static partial Regex NamedText();

    [GeneratedRegex(@"(?:\bnew Problem|\b_?reading\.(?:Note|Fault)|\b_?names\.Note)\(\s*""(?<code>[^""]+)""(?<more>\s*\+)?")]
    private static partial Regex NamedProblem();
}
