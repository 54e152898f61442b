namespace Tanlu.Modules.Tests;

/// <summary>The open data sets that tests compare with; without them the tests are skipped.</summary>
internal static class OpenData
{
    private static readonly string Root = Environment.GetEnvironmentVariable("TANLU_TEST_DATA") ?? Path.Combine(RepositoryRoot(), "..", "shared", "data");

    public static bool Exists(string path) => File.Exists(Path.Combine(Root, "carbon", path));

    /// <summary>Full path of a file below the carbon folder; the test is skipped where it is missing.</summary>
    public static string Require(string path)
    {
        var full = Path.Combine(Root, "carbon", path);
        Assert.SkipUnless(File.Exists(full), $"The open data file {path} is not here (TANLU_TEST_DATA).");
        return full;
    }

    /// <summary>Full path of a file below the folder of life cycle data; the test is skipped where it is missing.</summary>
    public static string Lca(string path)
    {
        var full = Path.Combine(Root, "lca", path);
        Assert.SkipUnless(File.Exists(full), $"The open data file lca/{path} is not here (TANLU_TEST_DATA).");
        return full;
    }

    public static byte[] Bytes(string path) => File.ReadAllBytes(Require(path));

    private static string RepositoryRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Tanlu.slnx")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? AppContext.BaseDirectory;
    }
}
