using System.Text.Json;
using System.Xml.Linq;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Architecture;

/// <summary>Rule 7 of <c>docs/architecture.md</c>: every package is pinned and its licence known and allowed.</summary>
public sealed class LicenceTests
{
    private static readonly string[] Allowed =
        ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "PostgreSQL", "OFL-1.1", "Unlicense"];

    [Fact]
    public void Every_package_of_the_lock_files_has_an_allowed_licence()
    {
        var table = DataRows.Parse(File.ReadAllBytes(Repository.PathOf("docs/reference/licences.csv")))
            .ToDictionary(row => (row["kind"], row["package"]), row => (Licence: row["licence"], Exception: row["exception"]));
        Rule.Holds(
            Packages().Distinct().Order().Select(package =>
                !table.TryGetValue(package, out var row) ? $"{package.Kind} {package.Name} is not in docs/reference/licences.csv"
                : Allowed.Contains(row.Licence) || row.Exception.Length > 0 ? ""
                : $"{package.Kind} {package.Name} has the licence {row.Licence}").Where(offence => offence.Length > 0)
                .Concat(table.Keys.Except(Packages()).Select(package => $"{package.Item1} {package.Item2} is in docs/reference/licences.csv and in no lock file")),
            $"Add the row with the licence that the package itself declares; allowed are {string.Join(", ", Allowed)}, else an exception with its reason.");
    }

    [Fact]
    public void Every_project_has_a_lock_file_and_no_version_of_its_own()
    {
        var projects = Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal)).ToList();
        Rule.Holds(
            projects.Where(f => !Repository.Files.Contains(Path.GetDirectoryName(f) + "/packages.lock.json")).Select(f => $"{f} has no packages.lock.json beside it")
                .Concat(
                    from file in projects
                    from reference in XElement.Parse(Repository.Read(file)).Descendants("PackageReference")
                    where reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null
                    select $"{file} pins {reference.Attribute("Include")?.Value} itself"),
            "Versions stand in Directory.Packages.props; commit the lock file that restore writes.");
    }

    private static IEnumerable<(string Kind, string Name)> Packages()
    {
        foreach (var file in Repository.Files.Where(f => Path.GetFileName(f) == "packages.lock.json"))
        {
            using var json = JsonDocument.Parse(Repository.Read(file));
            foreach (var package in json.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()))
            {
                if (package.Value.GetProperty("type").GetString() != "Project")
                {
                    yield return ("NuGet", package.Name);
                }
            }
        }

        foreach (var file in Repository.Files.Where(f => Path.GetFileName(f) == "package-lock.json"))
        {
            using var json = JsonDocument.Parse(Repository.Read(file));
            foreach (var package in json.RootElement.GetProperty("packages").EnumerateObject().Where(p => p.Name.Length > 0))
            {
                yield return ("npm", package.Name[(package.Name.LastIndexOf("node_modules/", StringComparison.Ordinal) + "node_modules/".Length)..]);
            }
        }
    }
}
