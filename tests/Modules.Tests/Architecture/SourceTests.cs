using System.Text.RegularExpressions;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Architecture;

/// <summary>Rules 4, 8 and 9 of <c>docs/architecture.md</c>, and what must not stand in any tracked file.</summary>
public sealed partial class SourceTests
{
    private const int LongestFile = 400;

    private static readonly string[] CodeEndings = [".cs", ".razor", ".js", ".css", ".sql"];

    private static IEnumerable<string> Code => Repository.Files.Where(f => CodeEndings.Any(e => f.EndsWith(e, StringComparison.Ordinal)));

    [Fact]
    public void Pages_call_module_verbs_and_never_a_store()
    {
        Rule.Holds(
            from file in Repository.Files
            where file.EndsWith(".razor", StringComparison.Ordinal)
                || (file.StartsWith("src/Server/Web/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
            from line in Lines(file)
            where StoreWord().IsMatch(line.Text)
            select $"{file}:{line.Number}: {line.Text.Trim()}",
            "Ask the module for a verb that answers the page's question; SQL and stores stay inside modules.");
    }

    [Fact]
    public void Symbols_that_break_determinism_are_banned_everywhere()
    {
        var rules = Repository.Read("Directory.Build.props");
        var banned = Repository.Read("BannedSymbols.txt");
        string[] symbols =
        [
            "P:System.DateTime.Now;", "P:System.DateTime.UtcNow;", "P:System.DateTimeOffset.UtcNow;", "P:System.Globalization.CultureInfo.CurrentCulture;",
            "P:System.Threading.Tasks.Task`1.Result;", "M:System.Threading.Tasks.Task.Wait;", "M:System.Random.#ctor;", "P:System.Random.Shared;",
        ];
        Rule.Holds(
            symbols.Where(s => !banned.Contains(s, StringComparison.Ordinal)).Select(s => $"BannedSymbols.txt lacks {s}")
                .Concat(new[] { "Microsoft.CodeAnalysis.BannedApiAnalyzers", "BannedSymbols.txt", "<TreatWarningsAsErrors>true" }
                    .Where(s => !rules.Contains(s, StringComparison.Ordinal)).Select(s => $"Directory.Build.props lacks {s}"))
                .Concat(Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) && Repository.Read(f).Contains("RS0030", StringComparison.Ordinal))
                    .Select(f => $"{f} switches the ban off")),
            "Time comes from TimeProvider, culture is named, randomness has a seed.");
    }

    [Fact]
    public void No_source_file_is_longer_than_400_lines_without_a_reason()
    {
        var reasons = DataRows.Parse(File.ReadAllBytes(Repository.PathOf("tests/Modules.Tests/Architecture/long-files.csv")))
            .ToDictionary(row => row["path"], row => row["reason"]);
        var longFiles = Code.Where(file => Lines(file).Count() > LongestFile).ToHashSet(StringComparer.Ordinal);
        Rule.Holds(
            longFiles.Where(file => reasons.GetValueOrDefault(file, "").Length == 0).Select(file => $"{file} has {Lines(file).Count()} lines")
                .Concat(reasons.Keys.Except(longFiles).Select(file => $"{file} no longer needs its entry in long-files.csv")),
            $"Split the file by concept, or give the reason in tests/Modules.Tests/Architecture/long-files.csv (limit {LongestFile}).");
    }

    [Fact]
    public void No_tracked_file_names_a_machine_path_or_a_package_registry()
    {
        Rule.Holds(
            from file in Repository.Files
            where !file.EndsWith(".png", StringComparison.Ordinal) && !file.EndsWith(".xlsx", StringComparison.Ordinal)
            from line in Lines(file)
            where MachinePath().IsMatch(line.Text) || RegistryAddress().IsMatch(line.Text)
            select $"{file}:{line.Number}: {Shortened(line.Text)}",
            "Write paths relative to the repository; leave registries to the user's own configuration (npm: omit-lockfile-registry-resolved).");
    }

    [Fact]
    public void Nothing_unfinished_is_committed()
    {
        Rule.Holds(
            from file in Repository.Files
            where CodeEndings.Append(".sh").Append(".csproj").Append("Makefile").Append("/run").Append("/engines").Any(e => file.EndsWith(e, StringComparison.Ordinal))
            from line in Lines(file)
            where Unfinished().IsMatch(line.Text)
            select $"{file}:{line.Number}: {Shortened(line.Text)}",
            "Finish it, or open an issue and leave the code honest about what it does.");
    }

    private static IEnumerable<(int Number, string Text)> Lines(string file) =>
        File.ReadLines(Repository.PathOf(file)).Select((text, at) => (at + 1, text));

    private static string Shortened(string text) => text.Length > 160 ? text[..160] : text.Trim();

    [GeneratedRegex(@"\b(Db|Tx|SqliteDb|PostgresDb)\b|Tanlu\.Storage")]
    private static partial Regex StoreWord();

    // The brackets keep the patterns from finding themselves.
    [GeneratedRegex(@"(?<![\w.*])/(w[o]rk|r[o]ot|f[a]rm|h[o]me/\w+|Us[e]rs/\w+)/")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"https?://[^ ""]*(n[u]get|n[p]m|d[e]bian)[^ ""]*/")]
    private static partial Regex RegistryAddress();

    [GeneratedRegex(@"\b(T[O]DO|F[I]XME|H[A]CK|NotImplement[e]dException)\b|Skip\s*=\s*""")]
    private static partial Regex Unfinished();
}
