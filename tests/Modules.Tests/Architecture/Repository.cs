using System.Diagnostics;
using System.Text;
using System.Xml.Linq;

namespace Tanlu.Modules.Tests.Architecture;

/// <summary>The checkout that the tests were built from, as files.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Paths of everything that is or is about to be committed, relative to the root, with slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    public static IReadOnlyList<SourceProject> Projects { get; } =
        [.. Files.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".csproj", StringComparison.Ordinal)).Select(SourceProject.Load)];

    /// <summary>The table of <c>docs/architecture.md</c>, top to bottom.</summary>
    public static IReadOnlyList<DeclaredProject> Declared { get; } =
    [
        .. File.ReadLines(PathOf("docs/architecture.md"))
            .SkipWhile(line => !line.StartsWith("| project |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => new DeclaredProject(cells[1], cells[2], Listed(cells[3]), Listed(cells[4]))),
    ];

    private static string[] Listed(string cell) => cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Tanlu.slnx")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException("No Tanlu.slnx above " + AppContext.BaseDirectory);
    }

    private static List<string> ListFiles()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var git = Process.Start(start)!;
        var names = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return [.. names.Distinct(StringComparer.Ordinal).Where(name => File.Exists(PathOf(name))).Order(StringComparer.Ordinal)];
    }
}

/// <summary>A row of the table of projects in <c>docs/architecture.md</c>.</summary>
internal sealed record DeclaredProject(string Name, string State, IReadOnlyList<string> SubFolders, IReadOnlyList<string> Packages);

/// <summary>A project below <c>src/</c> as its project file says.</summary>
internal sealed record SourceProject(string Name, string Folder, string Sdk, string Assembly, IReadOnlyList<string> References, IReadOnlyList<string> Packages, bool HasFrameworkReference)
{
    public static SourceProject Load(string file)
    {
        var xml = XElement.Parse(Repository.Read(file));
        var folder = Path.GetDirectoryName(file)!;
        return new(
            Path.GetFileName(folder),
            folder,
            xml.Attribute("Sdk")!.Value,
            xml.Descendants("AssemblyName").Single().Value,
            [.. Includes(xml, "ProjectReference").Select(path => Path.GetFileName(Path.GetDirectoryName(path))!)],
            [.. Includes(xml, "PackageReference")],
            xml.Descendants("FrameworkReference").Any());
    }

    /// <summary>The project's assembly as built beside the tests, or null where this run did not build it.</summary>
    public string? BuiltAssembly
    {
        get
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
            var path = Repository.PathOf($"artifacts/bin/Tanlu.{Name}/{configuration}/{Assembly}.dll");
            return File.Exists(path) ? path : null;
        }
    }

    private static IEnumerable<string> Includes(XElement xml, string item) => xml.Descendants(item).Select(e => e.Attribute("Include")!.Value);
}

/// <summary>How a rule reports: every offender on its own line, then what to do.</summary>
internal static class Rule
{
    public static void Holds(IEnumerable<string> offenders, string remedy)
    {
        var found = offenders.ToList();
        if (found.Count > 0)
        {
            Assert.Fail(string.Join('\n', found) + "\n→ " + remedy);
        }
    }
}
