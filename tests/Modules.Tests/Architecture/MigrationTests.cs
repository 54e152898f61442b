using System.Security.Cryptography;

namespace Tanlu.Modules.Tests.Architecture;

/// <summary>Rule 6 of <c>docs/architecture.md</c>: a migration that someone may have run never changes.</summary>
public sealed class MigrationTests
{
    private const string List = "tests/Modules.Tests/Architecture/migrations.sha256";

    [Fact]
    public void A_listed_migration_has_not_changed_and_every_migration_is_listed()
    {
        // The form of sha256sum, so that `sha256sum -c` reads it too.
        var listed = File.ReadLines(Repository.PathOf(List))
            .Select(line => line.Split("  ", 2))
            .ToDictionary(parts => parts[1], parts => parts[0], StringComparer.Ordinal);
        var migrations = Repository.Files
            .Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.Contains("/Migrations/", StringComparison.Ordinal))
            .ToDictionary(f => f, f => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Repository.PathOf(f)))), StringComparer.Ordinal);
        Rule.Holds(
            migrations.Where(m => !listed.ContainsKey(m.Key)).Select(m => $"not listed: {m.Value}  {m.Key}")
                .Concat(migrations.Where(m => listed.TryGetValue(m.Key, out var hash) && hash != m.Value).Select(m => $"changed: {m.Key}"))
                .Concat(listed.Keys.Where(k => !migrations.ContainsKey(k)).Select(k => $"gone: {k}")),
            $"List a new migration (sha256sum FILE >> {List}). Never edit one that is on main: write the next number.");
    }

    [Fact]
    public void Migrations_of_a_module_are_numbered_without_gaps()
    {
        Rule.Holds(
            from module in Repository.Files
                .Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.Contains("/Migrations/", StringComparison.Ordinal))
                .GroupBy(f => f.Split('/')[1])
            from entry in module.Order(StringComparer.Ordinal).Select((file, at) => (file, number: (at + 1).ToString("0000")))
            where !Path.GetFileName(entry.file).StartsWith(entry.number + "_", StringComparison.Ordinal)
            select $"{entry.file} should begin with {entry.number}_",
            "Name migrations NNNN_what.sql in the order in which they run.");
    }
}
