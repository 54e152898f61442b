namespace Tanlu.Modules.Tests.Factors;

/// <summary>The open data sets the factor tests compare with; without them the tests are skipped.</summary>
internal static class OpenData
{
    private static readonly string Root = Environment.GetEnvironmentVariable("TANLU_TEST_DATA") ?? Path.Combine(RepositoryRoot(), "..", "shared", "data");

    public static string Require(string path)
    {
        var full = Path.Combine(Root, "carbon", path);
        Assert.SkipUnless(File.Exists(full), $"The open data file {path} is not here (TANLU_TEST_DATA).");
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
