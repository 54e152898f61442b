using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Tanlu.Modules.Tests.Architecture;

/// <summary>Rules 1, 2, 3 and 10 of <c>docs/architecture.md</c>: who may know whom.</summary>
public sealed class ProjectTests
{
    private static readonly string[] NotSubFolders = ["Migrations", "wwwroot", "Properties"];

    [Fact]
    public void The_table_of_projects_and_the_source_folders_agree()
    {
        var declared = Repository.Declared.Where(d => d.State != "planned").Select(d => d.Name).ToHashSet();
        var actual = Repository.Projects.Select(p => p.Name).ToHashSet();
        Rule.Holds(
            declared.Except(actual).Select(name => $"{name} stands in the table but not below src/")
                .Concat(actual.Except(declared).Select(name => $"src/{name} is missing in the table or still `planned` there"))
                .Concat(Repository.Declared.Where(d => d.State is not ("built" or "begun" or "planned")).Select(d => $"{d.Name}: state `{d.State}`")),
            "Correct the table of projects in docs/architecture.md (states: built, begun, planned).");
    }

    [Fact]
    public void A_project_references_only_projects_above_it()
    {
        var order = Repository.Declared.Select(d => d.Name).ToList();
        Rule.Holds(
            from project in Repository.Projects
            from reference in project.References
            where order.IndexOf(reference) >= order.IndexOf(project.Name)
            select $"{project.Name} references {reference}, which stands below it",
            "Move the shared concept up, publish it as data, or write a flow in Server/Flows; do not turn the order around.");
    }

    [Fact]
    public void A_built_project_uses_every_project_it_references()
    {
        var built = Repository.Declared.Where(d => d.State == "built").Select(d => d.Name).ToHashSet();
        Rule.Holds(
            from project in Repository.Projects
            where built.Contains(project.Name) && project.BuiltAssembly is not null
            let used = ReferencedAssemblies(project.BuiltAssembly!)
            from reference in project.References
            where !used.Contains("Tanlu." + reference)
            select $"{project.Name} references {reference} and uses nothing of it",
            "Remove the ProjectReference.");
    }

    [Fact]
    public void A_project_has_only_the_packages_of_the_table()
    {
        Rule.Holds(
            from project in Repository.Projects
            from package in project.Packages.Except(Declared(project).Packages)
            select $"{project.Name} references the package {package}",
            "Only Storage knows database drivers, only Cli a command-line library, only Server ASP.NET Core. A new package needs its row in docs/architecture.md and a reason.");
    }

    [Fact]
    public void Only_the_server_knows_ASPNET_Core()
    {
        Rule.Holds(
            from project in Repository.Projects
            where project.Name != "Server" && (project.Sdk != "Microsoft.NET.Sdk" || project.HasFrameworkReference)
            select $"{project.Name} has the SDK {project.Sdk} or a framework reference",
            "Modules are plain libraries; HTTP belongs to Server.");
    }

    [Fact]
    public void There_are_no_sub_folders_beside_those_of_the_table()
    {
        Rule.Holds(
            from project in Repository.Projects
            from folder in SubFolders(project)
            where !Declared(project).SubFolders.Contains(folder)
            select $"{project.Folder}/{folder}",
            "A module is flat: name files after their concept. A sub-folder needs its row in docs/architecture.md.");
    }

    [Fact]
    public void A_module_does_not_use_its_own_sub_folder()
    {
        // Server is the host: its folders know each other by design, and rule 4 watches its pages.
        Rule.Holds(
            from project in Repository.Projects
            where project.Name != "Server"
            from folder in Declared(project).SubFolders
            from file in Repository.Files
            where Path.GetDirectoryName(file) == project.Folder && file.EndsWith(".cs", StringComparison.Ordinal)
            where Repository.Read(file).Contains($"Tanlu.{project.Name}.{folder}", StringComparison.Ordinal)
            select $"{file} uses {folder}",
            "A sub-folder may use its parent module, never the reverse: move what both need up, or the caller down.");
    }

    [Fact]
    public void No_type_is_named_like_a_namespace_segment()
    {
        var types = Repository.Projects
            .Where(p => p.BuiltAssembly is not null)
            .SelectMany(p => Types(p.BuiltAssembly!))
            .Where(t => t.Namespace.StartsWith("Tanlu", StringComparison.Ordinal))
            .Distinct()
            .ToList();
        var segments = types.SelectMany(t => t.Namespace.Split('.')).ToHashSet(StringComparer.Ordinal);
        Rule.Holds(
            types.Where(t => segments.Contains(t.Name)).Select(t => $"{t.Namespace}.{t.Name}"),
            "Name the type after what it holds (Journal in Ledger), or every user of both must qualify it.");
    }

    private static DeclaredProject Declared(SourceProject project) =>
        Repository.Declared.SingleOrDefault(d => d.Name == project.Name) ?? new(project.Name, "", [], []);

    private static IEnumerable<string> SubFolders(SourceProject project) =>
        Repository.Files
            .Where(f => f.StartsWith(project.Folder + "/", StringComparison.Ordinal))
            .Select(f => f[(project.Folder.Length + 1)..].Split('/'))
            .Where(parts => parts.Length > 1 && !NotSubFolders.Contains(parts[0]))
            .Select(parts => parts[0])
            .Distinct();

    private static HashSet<string> ReferencedAssemblies(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))];
    }

    private static List<(string Namespace, string Name)> Types(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        return [.. reader.TypeDefinitions.Select(reader.GetTypeDefinition).Select(type => (reader.GetString(type.Namespace), reader.GetString(type.Name)))];
    }
}
