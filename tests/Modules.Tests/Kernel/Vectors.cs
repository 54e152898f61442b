using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Kernel;

/// <summary>Known answers as tables (<c>tests/vectors/</c>), and the open data sets beside the repository.</summary>
internal static class Vectors
{
    private static readonly string Repository = FindRepository();

    /// <summary>Folder of the open data; null where it is not there.</summary>
    public static string? OpenData =>
        Environment.GetEnvironmentVariable("TANLU_TEST_DATA") is { Length: > 0 } stated ? Existing(stated) : Existing(Path.Combine(Repository, "..", "shared", "data"));

    public static IEnumerable<DataRow> Read(string name) => DataRows.Parse(File.ReadAllBytes(Path.Combine(Repository, "tests", "vectors", name)));

    public static string InRepository(params string[] parts) => Path.Combine([Repository, .. parts]);

    private static string? Existing(string path) => Directory.Exists(path) ? path : null;

    private static string FindRepository()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Tanlu.slnx")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new DirectoryNotFoundException("The tests run inside the repository.");
    }
}
